/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trailers, deltas, and what is made of a delta's content.  The first byte says which.  A database that comes out of a form must have that
 * form again.
 */
#include "../fuzz.h"

#include "advisory/delta.c"
#include "advisory/store.h"

#include <sys/mman.h>

static void
same_again(const struct strbuf *file, struct slice form)
{
	AUTO(fd) int fd = memfd_create("database", MFD_CLOEXEC);
	AUTO(database) struct database *db = NULL;
	AUTO(strbuf) struct strbuf again = { 0 }, delta = { 0 }, twice = { 0 };
	struct delta read;
	struct plim_error err;
	if (fd < 0 || write(fd, file->p, file->n) != (ssize_t)file->n || database_open_fd(fd, "made", &db, &err) < 0)
		return;
	fuzz_demand(put_form(db, &again, &err) == 0 && again.n <= form.n);
	/* Of the root's place nothing is asked. */
	fuzz_demand(memcmp(again.p + FORMAT_TABLE_AT, form.p + FORMAT_TABLE_AT, again.n - FORMAT_TABLE_AT) == 0);
	fuzz_demand(delta_write(db, db, &delta, &err) == 0 && delta_parse(strbuf_slice(&delta), &read, &err) == 0 && delta_apply(&read, db, &twice, &err) == 0);
	fuzz_demand(slice_eq(strbuf_slice(&twice), strbuf_slice(file)));
}

static void
make(struct slice form)
{
	AUTO(free) char *bytes = malloc(form.n + 1);
	AUTO(strbuf) struct strbuf file = { 0 };
	struct digest root;
	struct plim_error err;
	if (bytes == NULL)
		return;
	memcpy(bytes, form.p, form.n);
	if (put_file(bytes, form.n, &file, &root, &err) == 0)
		same_again(&file, form);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = { (const char *)data + 1, size - 1 }, signatures;
	struct delta delta;
	struct plim_error err;
	size_t plain;
	if (size == 0)
		return 0;
	if (data[0] == 't') {
		AUTO(strbuf) struct strbuf again = { 0 };
		if (trailer_parse(bytes, &signatures, &err) == 0)
			trailer_write(signatures, &again);
		fuzz_demand(again.n == 0 || slice_eq(strbuf_slice(&again), bytes));
	} else if (data[0] == 'd') {
		if (delta_parse(bytes, &delta, &err) == 0)
			packed_size(delta.frame, 1 << 20, &plain, &err);
	} else {
		make(bytes);
	}
	return 0;
}
