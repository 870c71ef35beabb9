/* SPDX-License-Identifier: Apache-2.0 */
/* Members that verdicts and comparisons have in common. */
#include "report/json_parts.h"

void
json_put_layer(struct json_writer *w, uint32_t layer)
{
	if (layer != UINT32_MAX)
		json_write_member_u64(w, "layer", layer);
}

void
json_put_tool(struct json_writer *w, struct slice version)
{
	json_write_key(w, SLICE("tool"));
	json_write_object(w);
	json_write_member(w, "name", SLICE("plimsoll"));
	json_write_member(w, "version", version);
	json_write_object_end(w);
}
