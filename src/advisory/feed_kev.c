/* SPDX-License-Identifier: Apache-2.0 */
/* CISA's catalogue of known exploited vulnerabilities, the JSON edition. */
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/json.h"

static int
bid(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 4096);
	return slice_find_text(head, SLICE("\"catalogVersion\"")) != SIZE_MAX ? 64 : 0;
}

static int
take_entry(const struct json *entry, size_t at, struct builder *builder, struct plim_error *err)
{
	int64_t day;
	struct slice id = json_get_string(entry, "cveID");
	if (id.n == 0 || !date_parse_day(json_get_string(entry, "dateAdded"), &day))
		return error_set(err, PLIM_EFORMAT, "entry %zu: cveID or dateAdded is missing", at + 1);
	return builder_exploited(builder, &(struct exploited){ id, day * 86400 }, err);
}

static int
read_kev(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(file->bytes, arena, &root, err);
	if (r < 0)
		return r;
	const struct json *entries = json_get(root, "vulnerabilities");
	if (!json_is(entries, JSON_ARRAY) || !date_parse(json_get_string(root, "dateReleased"), &out->snapshot))
		return error_set(err, PLIM_EFORMAT, "vulnerabilities or dateReleased are missing");
	out->name = SLICE("kev");
	for (; r == 0 && out->records < entries->n; out->records++)
		r = take_entry(&entries->items[out->records], (size_t)out->records, builder, err);
	return r;
}

const struct feed feed_kev = { .format = "kev", .bid = bid, .read = read_kev };
