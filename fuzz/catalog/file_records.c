/* SPDX-License-Identifier: Apache-2.0 */
/* Records of packages' files: any text of a row taken apart, and what a sink wrote read back as it was, but for what it refused with a problem. */
#include "../fuzz.h"

#include "catalog/files.h"

#include <stdlib.h>

static void
demand_within(struct slice part, struct slice whole)
{
	fuzz_demand(part.p == NULL || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
	fuzz_touch(part);
}

static void
take_apart(struct slice text)
{
	struct file_record record;
	for (struct slice rest = text; file_records_next(&rest, &record);) {
		demand_within(record.path, text);
		demand_within(record.digest, text);
		demand_within(record.mode, text);
		demand_within(record.kind, text);
	}
}

/* "PATH DIGEST MODE KIND", a line each: what is empty is not recorded. */
static bool
listed_next(struct slice *rest, struct listed_file *out)
{
	struct slice line, *words[] = { &out->path, &out->digest, &out->mode, &out->kind };
	*out = (struct listed_file){ .type = SLICE("deb"), .package = SLICE("a") };
	if (!slice_next(rest, '\n', &line))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!slice_next(&line, ' ', words[i]) || words[i]->n == 0)
			*words[i] = SLICE_NONE;
	return true;
}

static size_t
write_listed(struct rows *rows, struct slice text)
{
	AUTO(file_sink) struct file_sink sink = { .rows = rows, .whole = true };
	struct listed_file file;
	struct plim_error err = { 0 };
	size_t n = 0;
	while (listed_next(&text, &file) && file_sink_add(&sink, &file, &err) == 0)
		n++;
	fuzz_demand(err.text[0] == 0 && file_sink_end(&sink, &err) == 0);
	return n;
}

static bool
is_same(const struct file_record *record, const struct listed_file *file)
{
	struct slice path = file->path, own = record->path;
	slice_skip(&path, SLICE("/"));
	slice_skip_end(&path, SLICE("/"));
	return slice_skip(&own, SLICE("/")) && slice_eq(own, path) && slice_eq(record->digest, file->digest) &&
	    slice_eq(record->mode, file->mode) && slice_eq(record->kind, file->kind);
}

static size_t
read_back(const struct block *block, struct slice text)
{
	struct listed_file file = { .path = SLICE_NONE };
	struct file_record record;
	size_t n = 0;
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		struct slice rest = block_field(block, &row, PACKAGE_FILE_FILES);
		for (; file_records_next(&rest, &record); n++) {
			bool found = false;
			/* Those in between were refused. */
			while (!found && listed_next(&text, &file))
				found = is_same(&record, &file);
			fuzz_demand(found);
		}
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	struct entry entry = { .path = SLICE("a"), .type = ENTRY_FILE };
	struct rows rows = { .cataloger = "dpkg" };
	struct slice text = { (const char *)data, size };
	struct plim_error err = { 0 };
	char *bytes;
	size_t length;
	take_apart(text);
	if (block_builder_new(&builder, &err) < 0 || block_add_entry(builder, &entry, &rows.entry, &err) < 0)
		return 0;
	rows.into = builder;
	size_t wanted = write_listed(&rows, text);
	fuzz_demand(block_finish(builder, &bytes, &length, &err) == 0 && block_open((struct slice){ bytes, length }, &block, &err) == 0);
	fuzz_demand(read_back(block, text) + block_problem_count(block) == wanted);
	block_close(ptr_take(&block));
	free(bytes);
	return 0;
}
