/* SPDX-License-Identifier: Apache-2.0 */
/* Members that verdicts, comparisons and drift have in common. */
#include "report/json_parts.h"

#include "diff/diff.h"

void
json_put_layer(struct json_writer *w, uint32_t layer)
{
	if (layer != UINT32_MAX)
		json_write_member_u64(w, "layer", layer);
}

void
json_put_details(struct json_writer *w, const struct detail *details, size_t n)
{
	json_write_key(w, SLICE("details"));
	json_write_array(w);
	for (size_t i = 0; i < n; i++) {
		json_write_object(w);
		json_write_member(w, "new", details[i].new);
		json_write_member(w, "old", details[i].old);
		json_write_member(w, "what", details[i].what);
		json_write_object_end(w);
	}
	json_write_array_end(w);
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
