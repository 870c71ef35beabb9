/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of layers, and under which name: their digest, and all that changes what comes of reading them. */
#include "gate/analysis.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

/* Options of one blob's reading: the files of a second reading, and limits that are not the usual ones. */
static int
options_of(const struct analysis *analysis, size_t blob, struct strbuf *out, struct plim_error *err)
{
	static const char *const digests[] = {
		[HASH_NOTHING] = "", [HASH_PROGRAMS] = "digests\n", [HASH_EVERYTHING] = "digests of every file\n", [HASH_RECORDED] = "recorded digests\n",
	};
	for (size_t i = 0; i < analysis->extras.n; i++) {
		const struct extra *extra = &analysis->extras.at[i];
		if (extra->blob != blob)
			continue;
		wire_put_slice(out, extra->path);
		wire_put_slice(out, extra->known_as);
	}
	strbuf_puts(out, digests[analysis->hashing]);
	if (analysis->run->level == LEVEL_FULL)
		strbuf_puts(out, "full\n");
	if (analysis->wished_rows)
		strbuf_puts(out, "wished rows\n");
	limits_chosen(out);
	return out->failed ? error_nomem(err) : 0;
}

void
analysis_keep(struct analysis *analysis, size_t blob)
{
	struct part *part = &analysis->parts[blob];
	AUTO(strbuf) struct strbuf options = { 0 };
	struct slice bytes;
	if (analysis->run->cache == NULL || options_of(analysis, blob, &options, NULL) < 0 || file_map_fd(part->block, 0, &bytes, NULL) < 0)
		return;
	struct cache_layer layer = { part->stored, part->size, part->plain };
	cache_keep(analysis->run->cache, &layer, strbuf_slice(&options), bytes);
	file_unmap(&bytes);
}

bool
analysis_take_kept(struct analysis *analysis, size_t blob, const struct digest *stored)
{
	struct part *part = &analysis->parts[blob];
	AUTO(strbuf) struct strbuf options = { 0 };
	struct cache_entry entry;
	if (options_of(analysis, blob, &options, NULL) < 0 || !cache_find(analysis->run->cache, stored, strbuf_slice(&options), &entry))
		return false;
	part_done(part);
	*part = (struct part){ .block = entry.fd, .length = entry.length, .stored = *stored, .size = entry.layer.size,
	                       .plain = entry.layer.plain, .unsent = true };
	return true;
}

bool
analysis_seems_kept(const struct analysis *analysis, size_t blob)
{
	AUTO(strbuf) struct strbuf options = { 0 };
	if (analysis->run->cache == NULL || options_of(analysis, blob, &options, NULL) < 0)
		return false;
	for (size_t i = 0; i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		for (size_t k = 0; k < image->layer_count; k++)
			if (image->layers[k].blob == blob && cache_has(analysis->run->cache, &image->layers[k].diff_id, strbuf_slice(&options)))
				return true;
	}
	return false;
}
