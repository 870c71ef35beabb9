/* SPDX-License-Identifier: Apache-2.0 */
/* From files to feeds: unpacking, recognising; every file is answered for. */
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/limits.h"
#include "base/map.h"
#include "codec/inflate.h"
#include "codec/tar.h"
#include "codec/yaml.h"

#include <stdio.h>

const struct feed *const feeds[] = {
	&feed_alpine, &feed_arch, &feed_csaf, &feed_debian, &feed_debian_list, &feed_eol, &feed_epss, &feed_friendsofphp, &feed_github, &feed_glsa,
	&feed_kev, &feed_nodejs, &feed_nvd, &feed_nvd_overrides, &feed_osv, &feed_osv_loose, &feed_osv_list, &feed_oval, &feed_photon, &feed_rubysec,
	&feed_ubuntu, &feed_updateinfo, NULL,
};

/* What is known by its name and not read; asked before a file is opened. */
static const struct skipped {
	const char *glob;
	const char *reason;
} skipped[] = {
	{ "**README*", "documentation" },
	{ "**.md", "documentation" },
	{ "**excerpt*", "an excerpt, not a feed as its publisher publishes it" },
	{ "**excerpt*/**", "an excerpt, not a feed as its publisher publishes it" },
	{ "**schema.json", "a JSON schema" },
	{ "**known_exploited_vulnerabilities*.csv*", "the CSV edition of the catalogue; the JSON edition is read" },
	{ "**modified_id.csv", "an index of the archive beside it" },
	{ "**ecosystems.txt", "an index of the archives beside it" },
	{ "**provenance.csv", "where records come from, not data" },
	{ "**secdb-yaml*", "the YAML edition of secdb; the JSON edition is read" },
	{ "**boilerplate*", "a form for new files of the tracker" },
	{ "**vuln/deps/**", "which vulnerabilities of its parts Node.js has, not data about packages" },
	{ "**vuln/core/index.json", NULL },
	{ "**vuln/npm/index.json", NULL },
	{ "**vuln/core/**", "the index beside it has it" },
	{ "**vuln/npm/**", "the index beside it has it" },
	{ "**nvdcve-1*", "NVD's format of before 2023 is not read" },
	{ "**nvdcve-2.0-modified*", "the yearly files beside it have these records" },
	{ "**nvdcve-2.0-recent*", "the yearly files beside it have these records" },
	{ "**archive_latest.txt", "the name of the archive beside it" },
	{ "**changes.csv", "when documents beside it changed" },
	{ "**deletions.csv", "which documents are gone; the archive does not have them" },
	{ "**hydra-cve/**", "Red Hat's older API; its CSAF is read" },
	{ "**openvex*", "VEX of others than distributions is not read" },
	{ "**vexhub*", "VEX of others than distributions is not read" },
	{ "**dot-vex*", "VEX of others than distributions is not read" },
	{ "**csaf-examples*", "examples of the format, not data" },
	{ "**vex-server.txtar*", "a recorded server, not a feed as its publisher publishes it" },
};

const struct feed *
feed_of_format(struct slice format)
{
	for (size_t i = 0; feeds[i]; i++)
		if (slice_is(format, feeds[i]->format))
			return feeds[i];
	return NULL;
}

int
feed_yaml(const struct feed_file *file, struct arena *arena, struct yaml_document **out, struct plim_error *err)
{
	struct plim_error why = { 0 };
	int r = yaml_parse(file->name, file->bytes, arena, out, &why);
	/* A file of ours that is wrong is one of a policy; this one is of others. */
	return r < 0 ? error_set(err, r == PLIM_EPOLICY ? PLIM_EFORMAT : r, "%s", why.text) : 0;
}

struct slice
feed_yaml_text(const struct yaml_node *mapping, const char *key)
{
	const struct yaml_node *node = yaml_get(mapping, key);
	return node && node->kind == YAML_SCALAR ? slice_trim(node->text) : SLICE_NONE;
}

int64_t
feed_date(struct slice text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct slice a, b, year;
	int64_t day;
	char iso[16];
	if (!slice_word(&text, &a) || !slice_word(&text, &b) || !slice_word(&text, &year))
		return DATE_NONE;
	bool day_first = a.n && a.p[0] >= '0' && a.p[0] <= '9';
	struct slice number = day_first ? a : b, month = slice_first(day_first ? b : a, 3);
	while (number.n && (number.p[number.n - 1] < '0' || number.p[number.n - 1] > '9'))
		number.n--;
	for (int i = 0; month.n == 3 && number.n && number.n <= 2 && year.n == 4 && i < 12; i++)
		if (memcmp(months + 3 * i, month.p, 3) == 0) {
			snprintf(iso, sizeof iso, "%.4s-%02d-%s%.*s", year.p, i + 1, number.n == 1 ? "0" : "", (int)number.n, number.p);
			return date_parse_day(slice_of(iso), &day) ? day * DAY_S : DATE_NONE;
		}
	return DATE_NONE;
}

/* Of a feed that reads all of its files together. */
struct kept_file {
	const struct feed *feed;
	struct feed_file file;         /* the bytes are its own */
	bool done;
};

/* A feed of many files that was begun, whatever was read since. */
struct joined {
	const struct feed *feed;
	size_t number;                 /* the builder's */
	size_t report;                 /* of its first file */
	size_t outer;                  /* the file that was taken last of which it has something */
	bool refused;                  /* what would have joined it goes with it */
};

struct feeds_reading {
	struct builder *builder;
	struct feed_reports *reports;
	struct map joined;             /* struct joined by format and holder; in the arena of the reports */
	VEC(struct joined *) joins;    /* the same, in their order */
	struct strbuf key;
	VEC(size_t) unrecognised;      /* reports of files that are of no format */
	VEC(struct kept_file) kept;
	size_t kept_bytes;
	size_t members;
	size_t outer;                  /* so many files were taken, archives as one */
	struct feed_origin origin;     /* of the file at hand */
};

static int
report_as(struct feeds_reading *in, struct slice name, const struct data_feed *feed, bool refused, struct slice reason, struct plim_error *err)
{
	struct feed_report *place = vec_push(&in->reports->list);
	if (place == NULL)
		return error_nomem(err);
	place->name = arena_dup(in->reports->arena, name);
	place->taken = feed != NULL;
	place->refused = feed == NULL && refused;
	if (feed)
		place->feed = *feed;
	else
		place->reason = arena_dup(in->reports->arena, reason);
	return place->name.p ? 0 : error_nomem(err);
}

static int
report(struct feeds_reading *in, struct slice name, const struct data_feed *feed, struct slice reason, struct plim_error *err)
{
	return report_as(in, name, feed, false, reason, err);
}

const char *
feed_skip_reason(struct slice name)
{
	for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
		if (glob_match(slice_of(skipped[i].glob), name))
			return skipped[i].reason;
	return NULL;
}

/* one file */

static const struct feed *
highest_bid(const struct feed_file *file)
{
	const struct feed *best = NULL;
	int most = 0;
	for (size_t i = 0; feeds[i]; i++) {
		int bid = feeds[i]->bid(file);
		if (bid <= most)
			continue;
		most = bid;
		best = feeds[i];
	}
	return best;
}

static void
report_superseded(struct feeds_reading *in, const struct data_feed *loser)
{
	vec_each(&in->reports->list, at) {
		if (!at->taken || !digest_eq(&at->feed.digest, &loser->digest) || !slice_eq(at->feed.name, loser->name))
			continue;
		at->taken = false;
		at->reason = SLICE("another file of this feed is as new or newer");
		return;
	}
}

/* Of two of one feed the newer counts, and the report of the other says so; once all of their files are known. */
static void
supersede(struct feeds_reading *in, size_t newest)
{
	struct builder *builder = in->builder;
	const struct data_feed *new = &builder->feeds.at[newest].feed;
	for (size_t i = 0; i < newest; i++) {
		struct kept_feed *old = &builder->feeds.at[i];
		if (old->dropped || !slice_eq(old->feed.name, new->name))
			continue;
		size_t loser = new->snapshot >= old->feed.snapshot ? i : newest;
		builder_feed_drop(builder, loser);
		report_superseded(in, &builder->feeds.at[loser].feed);
		return;
	}
}

/* One more document of a feed that is made of many. */
static void
join(struct feeds_reading *in, const struct joined *to, const struct data_feed *part)
{
	struct data_feed *whole = &in->builder->feeds.at[to->number].feed;
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	whole->records += part->records;
	whole->sample = whole->sample || part->sample;
	if (part->snapshot > whole->snapshot)
		whole->snapshot = part->snapshot;
	if (hasher) {
		hasher_add(hasher, (struct slice){ (const char *)whole->digest.bytes, 32 });
		hasher_add(hasher, (struct slice){ (const char *)part->digest.bytes, 32 });
		whole->digest = hasher_end(hasher);
	}
	in->reports->list.at[to->report].feed = *whole;
}

/* The directory that a feed of many files lies in. */
static struct slice
holder(const struct feed *feed, struct slice name)
{
	struct slice directory = path_dir(name);
	for (unsigned i = 0; i < feed->depth; i++)
		directory = path_dir(directory);
	return directory;
}

/* What tells a feed of many files from others of its format; valid until the next one. */
static struct slice
joined_key(struct feeds_reading *in, const struct feed *feed, struct slice name)
{
	struct slice directory = holder(feed, name);
	strbuf_clear(&in->key);
	strbuf_printf(&in->key, "%s/%.*s", feed->format, SLICE_ARG(directory));
	return in->key.failed ? SLICE_NONE : strbuf_slice(&in->key);
}

/* The feed that a file of that name is a part of; NULL: none was begun. */
static struct joined *
joined_find(struct feeds_reading *in, const struct feed *feed, struct slice name)
{
	return feed->joins ? map_find(&in->joined, joined_key(in, feed, name)) : NULL;
}

static int
joined_begin(struct feeds_reading *in, const struct feed *feed, struct slice name, bool refused, struct plim_error *err)
{
	struct joined *joined = arena_make(in->reports->arena, struct joined);
	struct slice key = arena_dup(in->reports->arena, joined_key(in, feed, name));
	void **place = joined && key.p ? map_place(&in->joined, key) : NULL;
	struct joined **listed = place ? vec_push(&in->joins) : NULL;
	if (listed == NULL)
		return error_nomem(err);
	*joined = (struct joined){ feed, in->builder->feeds.n - 1, in->reports->list.n - 1, in->outer, refused };
	*place = *listed = joined;
	return 0;
}

static void
joined_drop(struct feeds_reading *in, struct joined *joined, const char *reason)
{
	struct feed_report *at = &in->reports->list.at[joined->report];
	if (at->taken) {
		at->taken = false;
		at->reason = slice_of(reason);
	}
	joined->refused = true;
	builder_feed_drop(in->builder, joined->number);
}

#define REFUSED_WITH_A_FILE "a file of its feed was refused"

/* A feed that is malformed is refused as a whole: what was read of it goes with it. */
static int
refuse(struct feeds_reading *in, const struct feed_file *file, const struct feed *feed, const struct plim_error *why, struct plim_error *err)
{
	struct slice reason = arena_printf(in->reports->arena, "refused as %s: %s", feed->format, why->text);
	struct joined *joined = joined_find(in, feed, file->name);
	if (joined)
		joined_drop(in, joined, REFUSED_WITH_A_FILE);
	else
		builder_feed_drop(in->builder, in->builder->feeds.n - 1);
	int r = reason.p ? report_as(in, file->name, NULL, true, reason, err) : error_nomem(err);
	return r == 0 && feed->joins && joined == NULL ? joined_begin(in, feed, file->name, true, err) : r;
}

static int
keep_feed(struct feeds_reading *in, const struct feed_file *file, const struct feed *feed, struct data_feed *data, struct plim_error *err)
{
	int r = builder_feed_done(in->builder, data, err);
	if (r < 0)
		return r;
	*data = in->builder->feeds.at[in->builder->feeds.n - 1].feed;
	if ((r = report(in, file->name, data, SLICE_NONE, err)) < 0)
		return r;
	return feed->joins ? joined_begin(in, feed, file->name, false, err) : 0;
}

/* As much memory as what is read of a document may take: so many times its size. */
#define ROOM_TIMES ((size_t)64)
#define ROOM_LEAST ((size_t)64 << 20)

static size_t
room_of(const struct feed_file *file)
{
	return file->bytes.n < (SIZE_MAX - ROOM_LEAST) / ROOM_TIMES ? ROOM_LEAST + ROOM_TIMES * file->bytes.n : SIZE_MAX;
}

/* One that grows beyond that is no reason to give up the others. */
static int
read_within(const struct feed *feed, const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out,
            struct plim_error *err)
{
	int r = feed->read(file, builder, arena, out, err);
	return r == PLIM_ENOMEM && arena_full(arena) ? error_set(err, PLIM_ELIMIT, "it takes more than %zu times its size to read", ROOM_TIMES) : r;
}

static int
begin_feed(struct feeds_reading *in, const struct joined *joined, struct plim_error *err)
{
	if (joined == NULL)
		return builder_feed(in->builder, err);
	builder_feed_resume(in->builder, joined->number);
	return 0;
}

static int
read_feed(struct feeds_reading *in, const struct feed *feed, const struct feed_file *file, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(room_of(file));
	struct data_feed data = { .format = slice_of(feed->format), .digest = digest_of(file->bytes), .snapshot = DATE_NONE,
		                .url = in->origin.url, .fetched = in->origin.fetched };
	struct plim_error why = { 0 };
	struct joined *joined = joined_find(in, feed, file->name);
	if (joined && joined->refused)
		return report(in, file->name, NULL, SLICE(REFUSED_WITH_A_FILE), err);
	int r = arena == NULL ? error_nomem(err) : begin_feed(in, joined, err);
	if (r < 0)
		return r;
	if (joined)
		joined->outer = in->outer;
	r = read_within(feed, file, in->builder, arena, &data, &why);
	if (r == PLIM_EFORMAT || r == PLIM_ELIMIT || r == PLIM_EUNSUPPORTED)
		return refuse(in, file, feed, &why, err);
	if (r < 0)
		return error_set(err, r, "%s", why.text);
	/* Days without news are no sign of old data where the publisher's own file is of today; what a mirror tells of its copy is. */
	if (data.snapshot == DATE_NONE || (in->origin.published && in->origin.modified > data.snapshot))
		data.snapshot = in->origin.modified;
	if (joined == NULL)
		return keep_feed(in, file, feed, &data, err);
	join(in, joined, &data);
	return 0;
}

/* feeds that read all of their files together */

static int
keep_file(struct feeds_reading *in, const struct feed *feed, const struct feed_file *file, struct plim_error *err)
{
	bool fits = file->bytes.n <= LIMIT_FEED_FILE_BYTES - in->kept_bytes;
	char *bytes = fits ? slice_dup(file->bytes) : NULL;
	struct kept_file *place = bytes || !fits ? vec_push(&in->kept) : NULL;
	if (place == NULL) {
		free(bytes);
		return error_nomem(err);
	}
	/* One that does not fit has its place without its bytes: its feed is refused, not read without it. */
	*place = (struct kept_file){ feed, { arena_dup(in->reports->arena, file->name), { bytes, fits ? file->bytes.n : 0 } }, false };
	in->kept_bytes += place->file.bytes.n;
	return place->file.name.p ? 0 : error_nomem(err);
}

static bool
is_of_one(const struct kept_file *a, const struct kept_file *b)
{
	return a->feed == b->feed && slice_eq(path_dir(path_dir(a->file.name)), path_dir(path_dir(b->file.name)));
}

/* The same digest as of feeds whose files are read one by one. */
static struct digest
digest_of_all(const struct feed_file *files, size_t n)
{
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	for (size_t i = 0; hasher && i < n; i++) {
		struct digest digest = digest_of(files[i].bytes);
		hasher_add(hasher, (struct slice){ (const char *)digest.bytes, 32 });
	}
	return hasher ? hasher_end(hasher) : (struct digest){ 0 };
}

static int
read_together(struct feeds_reading *in, const struct feed *feed, const struct feed_file *files, size_t n, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct data_feed data = { .format = slice_of(feed->format), .digest = digest_of_all(files, n), .snapshot = DATE_NONE,
		                .fetched = DATE_NONE };
	struct plim_error why = { 0 };
	int r = arena == NULL ? error_nomem(err) : builder_feed(in->builder, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (files[i].bytes.p == NULL)
			r = error_set(&why, PLIM_ELIMIT, "its files together are longer than limit FEED_FILE_BYTES");
	if (r == 0)
		r = feed->read_all(files, n, in->builder, arena, &data, &why);
	if (r == PLIM_EFORMAT || r == PLIM_ELIMIT || r == PLIM_EUNSUPPORTED)
		return refuse(in, files, feed, &why, err);
	return r < 0 ? error_set(err, r, "%s", why.text) : keep_feed(in, files, feed, &data, err);
}

/* What is of no format, and lies and is named as a document of the feed, is one that nobody can read: what it says is missing. */
static int
refuse_incomplete(struct feeds_reading *in, size_t number, struct plim_error *err)
{
	struct feed_report *at = &in->reports->list.at[number];
	for (size_t i = 0; feeds[i]; i++) {
		bool named = feeds[i]->is_document && feeds[i]->is_document(path_base(at->name));
		struct joined *joined = named ? joined_find(in, feeds[i], at->name) : NULL;
		if (joined == NULL)
			continue;
		joined_drop(in, joined, REFUSED_WITH_A_FILE);
		at->refused = true;
		at->reason = arena_printf(in->reports->arena, "it should be a document of %s, and its content is none", feeds[i]->format);
	}
	return at->reason.p ? 0 : error_nomem(err);
}

static int
read_kept(struct feeds_reading *in, struct plim_error *err)
{
	int r = 0;
	struct feed_file *files = calloc(in->kept.n + 1, sizeof *files);
	vec_each(&in->kept, first) {
		size_t n = 0;
		for (struct kept_file *at = first; files && !first->done && at < in->kept.at + in->kept.n; at++)
			if (is_of_one(first, at)) {
				files[n++] = at->file;
				at->done = at != first;
			}
		if (r == 0 && n > 0)
			r = read_together(in, first->feed, files, n, err);
	}
	r = files ? r : error_nomem(err);
	free(files);
	return r;
}

int
feeds_end(struct feeds_reading *in, struct plim_error *err)
{
	int r = read_kept(in, err);
	for (size_t i = 0; r == 0 && i < in->unrecognised.n; i++)
		r = refuse_incomplete(in, in->unrecognised.at[i], err);
	for (size_t i = 0; i < in->builder->feeds.n; i++)
		if (!in->builder->feeds.at[i].dropped)
			supersede(in, i);
	return r;
}

static int
report_unrecognised(struct feeds_reading *in, struct slice name, bool refused, struct plim_error *err)
{
	int r = report_as(in, name, NULL, refused, SLICE("its content is no format that is read"), err);
	size_t *place = r == 0 ? vec_push(&in->unrecognised) : NULL;
	if (place)
		*place = in->reports->list.n - 1;
	return r == 0 && place == NULL ? error_nomem(err) : r;
}

static int
take_file(struct feeds_reading *in, const struct feed_file *file, struct plim_error *err)
{
	const struct feed *feed = highest_bid(file);
	bool chosen = in->origin.format.n > 0;
	if (feed == NULL)
		return report_unrecognised(in, file->name, chosen, err);
	if (chosen && !slice_is(in->origin.format, feed->format))
		return report_as(in, file->name, NULL, true, SLICE("its content is of another format than its publisher's"), err);
	return feed->read_all ? keep_file(in, feed, file, err) : read_feed(in, feed, file, err);
}

/* archives */

static struct slice
member_name(struct feeds_reading *in, struct slice outer, struct slice inner)
{
	slice_skip(&inner, SLICE("./"));
	return arena_printf(in->reports->arena, "%.*s/%.*s", SLICE_ARG(outer), SLICE_ARG(inner));
}

static int
read_body(struct tar *tar, struct strbuf *into, struct plim_error *err)
{
	struct slice piece;
	int r;
	while ((r = tar_read(tar, &piece, err)) == 0 && piece.n > 0) {
		strbuf_put(into, piece);
		if (into->n > LIMIT_FEED_FILE_BYTES)
			return error_set(err, PLIM_ELIMIT, "longer than limit FEED_FILE_BYTES");
	}
	return r == 0 && into->failed ? error_nomem(err) : r;
}

static int
take_member(struct feeds_reading *in, struct slice outer, struct tar *tar, const struct tar_entry *entry, struct plim_error *err)
{
	struct slice name = member_name(in, outer, entry->path);
	if (name.p == NULL)
		return error_nomem(err);
	if (++in->members > LIMIT_FEED_MEMBER_COUNT)
		return error_set(err, PLIM_ELIMIT, "more files than limit FEED_MEMBER_COUNT");
	const char *reason = feed_skip_reason(slice_from(name, outer.n));
	if (reason)
		return report(in, name, NULL, slice_of(reason), err);
	AUTO(strbuf) struct strbuf body = { 0 };
	int r = read_body(tar, &body, err);
	if (r < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(name));
	return take_file(in, &(struct feed_file){ name, strbuf_slice(&body) }, err);
}

static int
take_tar(struct feeds_reading *in, struct slice name, struct stream *plain, struct plim_error *err)
{
	AUTO(tar) struct tar *tar = NULL;
	struct tar_entry entry;
	int r = tar_open(plain, &tar, err);
	while (r == 0 && (r = tar_next(tar, &entry, err)) > 0)
		r = entry.type == TAR_FILE ? take_member(in, name, tar, &entry, err) : 0;
	return r;
}

/* "secdb.tar.zst", "x.tgz". */
static bool
is_tar(struct slice name)
{
	static const char *const packed[] = { ".gz", ".zst", ".xz", ".bz2" };
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		slice_skip_end(&name, slice_of(packed[i]));
	return slice_ends(name, SLICE(".tar")) || slice_ends(name, SLICE(".tgz"));
}

static int
take_whole(struct feeds_reading *in, struct slice name, struct stream *plain, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t size;
	int r = stream_read_all(plain, LIMIT_FEED_FILE_BYTES, &bytes, &size, err);
	return r < 0 ? r : take_file(in, &(struct feed_file){ name, { bytes, size } }, err);
}

static int
take_stream(struct feeds_reading *in, struct slice name, int fd, uint64_t size, struct plim_error *err)
{
	AUTO(stream) struct stream *stored = NULL;
	AUTO(stream) struct stream *plain = NULL;
	int r = stream_of_file(fd, 0, size, &stored, err);
	uint64_t most = is_tar(name) ? LIMIT_FEED_ARCHIVE_BYTES : LIMIT_FEED_FILE_BYTES;
	if (r < 0 || (r = inflate_open_any(stored, most, &plain, err)) < 0)
		return r;
	stored = NULL;    /* the inflater's now */
	return is_tar(name) ? take_tar(in, name, plain, err) : take_whole(in, name, plain, err);
}

/* How much there is before an archive is read. */
struct before {
	size_t feeds, reports, kept;
};

static struct before
before_archive(const struct feeds_reading *in)
{
	return (struct before){ in->builder->feeds.n, in->reports->list.n, in->kept.n };
}

#define REFUSED_WITH_ITS_ARCHIVE "refused with the archive that it is in"

/* What was read of an archive that ends too early is part of a feed, and nobody could tell; a feed that it joined is part of one too. */
static void
take_back(struct feeds_reading *in, const struct before *before)
{
	for (size_t i = in->builder->feeds.n; i > before->feeds; i--)
		builder_feed_drop(in->builder, i - 1);
	vec_each(&in->joins, joined)
		if ((*joined)->outer == in->outer)
			joined_drop(in, *joined, REFUSED_WITH_ITS_ARCHIVE);
	for (size_t i = before->reports; i < in->reports->list.n; i++)
		if (in->reports->list.at[i].taken) {
			in->reports->list.at[i].taken = false;
			in->reports->list.at[i].reason = SLICE(REFUSED_WITH_ITS_ARCHIVE);
		}
	for (; in->kept.n > before->kept; in->kept.n--)
		free((char *)in->kept.at[in->kept.n - 1].file.bytes.p);
}

int
feeds_take(struct feeds_reading *in, struct slice name, int fd, struct plim_error *err)
{
	uint64_t size;
	struct plim_error why = { 0 };
	const struct before before = before_archive(in);
	in->outer++;
	if (!file_size(fd, &size))
		return report(in, name, NULL, SLICE("not a regular file"), err);
	int r = take_stream(in, name, fd, size, &why);
	/* What cannot be unpacked is refused like what cannot be read. */
	if (r == PLIM_EFORMAT || r == PLIM_ELIMIT || r == PLIM_EUNSUPPORTED) {
		take_back(in, &before);
		return report_as(in, name, NULL, true, slice_of(why.text), err);
	}
	return r < 0 ? error_set(err, r, "%s", why.text) : 0;
}

void
feeds_origin(struct feeds_reading *in, const struct feed_origin *origin)
{
	in->origin = *origin;
}

int
feeds_skip(struct feeds_reading *in, struct slice name, struct slice reason, struct plim_error *err)
{
	return report(in, name, NULL, reason, err);
}

int
feeds_reading_new(struct builder *builder, struct feed_reports *reports, struct feeds_reading **out, struct plim_error *err)
{
	struct feeds_reading *in = calloc(1, sizeof *in);
	if (in == NULL)
		return error_nomem(err);
	in->builder = builder;
	in->reports = reports;
	in->origin = (struct feed_origin){ .fetched = DATE_NONE, .modified = DATE_NONE };
	*out = in;
	return 0;
}

void
feeds_reading_free(struct feeds_reading *in)
{
	if (in == NULL)
		return;
	vec_each(&in->kept, kept)
		free((char *)kept->file.bytes.p);
	vec_done(&in->kept);
	vec_done(&in->unrecognised);
	vec_done(&in->joins);
	map_done(&in->joined);
	strbuf_done(&in->key);
	free(in);
}
