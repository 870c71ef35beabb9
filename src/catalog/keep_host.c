/* SPDX-License-Identifier: Apache-2.0 */
/* A host's root as such, and what of it is left out. */
#include "catalog/keep.h"

#include "catalog/rows.h"

int
left_out_keep(struct block_builder *into, uint32_t index, struct slice type, struct slice reason, struct plim_error *err)
{
	const struct slice fields[LEFT_OUT_FIELD_COUNT] = { [LEFT_OUT_TYPE] = type, [LEFT_OUT_REASON] = reason };
	return block_add_row(into, ROW_LEFT_OUT, index, 0, fields, LEFT_OUT_FIELD_COUNT, err);
}

int
host_keep(struct block_builder *into, bool live, struct plim_error *err)
{
	const struct slice fields[HOST_FIELD_COUNT] = { [HOST_LIVE] = live ? SLICE("1") : SLICE_NONE };
	return block_add_row(into, ROW_HOST, 0, 0, fields, HOST_FIELD_COUNT, err);
}
