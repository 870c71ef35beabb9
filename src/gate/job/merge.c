/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/job/merge.h"

#include "base/error.h"
#include "gate/job/trust.h"
#include "trust/referrer.h"

const struct wire_struct wire_merge_order = { sizeof(struct merge_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct merge_order, old), WIRE_PLAIN(WIRE_SLICE, struct merge_order, from),
	WIRE_PLAIN(WIRE_BOOL, struct merge_order, to_index), { WIRE_END, 0, 0, 0, NULL } } };

int
merge_answer(struct slice body, struct arena *arena, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf manifest = { 0 };
	AUTO(strbuf) struct strbuf config = { 0 };
	struct merge_order order = { 0 };
	struct cursor from = cursor_of(body);
	int r = wire_read(&wire_merge_order, &from, arena, &order, err);
	if (r < 0)
		return r;
	r = order.to_index ? referrer_index_merge(order.old, order.from, &manifest, err)
	                   : cosign_manifest_merge(order.old, order.from, &manifest, &config, err);
	if (r < 0)
		return r;
	const struct add_answer answer = { strbuf_slice(&manifest), config.n ? strbuf_slice(&config) : SLICE_NONE };
	wire_write(&wire_add_answer, &answer, into);
	return 0;
}
