/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of files that say when they were made, without what they say of it: two builds of one source have the same. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/digest.h"
#include "base/error.h"

#define PYC_HEAD  16
#define PYC_TIME  8
#define PYC_TIME_SIZE 4

static int
add_digest(struct hasher *hasher, const char *what, struct rows *rows, struct plim_error *err)
{
	struct digest digest = hasher_end(hasher);
	char text[DIGEST_TEXT_SIZE];
	const struct slice fields[TIMELESS_FIELD_COUNT] = { [TIMELESS_DIGEST] = slice_of(digest_text(&digest, text)), [TIMELESS_WITHOUT] = slice_of(what) };
	return rows_add(rows, ROW_TIMELESS, 0, fields, TIMELESS_FIELD_COUNT, err);
}

/* "name:hash:DAY:...": all of a line but the day in its third field; none, and 0, mean something else than a day. */
static void
hash_account(struct hasher *hasher, struct slice line)
{
	struct slice name, secret, day, rest;
	slice_cut(line, ':', &name, &rest);
	slice_cut(rest, ':', &secret, &rest);
	slice_cut(rest, ':', &day, &rest);
	hasher_add(hasher, slice_range(line.p, secret.p ? secret.p + secret.n : name.p + name.n));
	hasher_add(hasher, day.n == 0 ? SLICE("\nnever") : slice_is(day, "0") ? SLICE("\nat once") : SLICE(""));
	hasher_add(hasher, SLICE("\n"));
	hasher_add(hasher, rest.p ? rest : SLICE(""));
	hasher_add(hasher, SLICE("\n"));
}

static int
shadow_digest(struct hasher *hasher, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	for (struct slice line; cursor_line(&in, &line);)
		hash_account(hasher, line);
	return add_digest(hasher, "days of password changes", rows, err);
}

/* PEP 552: magic, flags, and, where the flags are 0, time and size of the source.  Other forms have no time, or are older. */
static int
compiled_digest(struct hasher *hasher, struct slice body, struct rows *rows, struct plim_error *err)
{
	static const char no_flags[4];
	if (body.n < PYC_HEAD || memcmp(body.p + 2, "\r\n", 2) != 0 || memcmp(body.p + 4, no_flags, 4) != 0)
		return 0;
	hasher_add(hasher, slice_first(body, PYC_TIME));
	hasher_add(hasher, slice_from(body, PYC_TIME + PYC_TIME_SIZE));
	return add_digest(hasher, "the time of its source", rows, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	if (hasher == NULL)
		return error_nomem(err);
	return slice_ends(path, SLICE(".pyc")) ? compiled_digest(hasher, body, rows, err) : shadow_digest(hasher, body, rows, err);
}

const struct cataloger cataloger_timeless = {
	.name = "timeless",
	.missing = MISSING_OWN,
	.on_wish = true,
	.paths = (const char *const[]){ "etc/shadow", "etc/shadow-", "**/*.pyc", NULL },
	.extract = extract,
};
