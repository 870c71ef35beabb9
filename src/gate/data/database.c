/* SPDX-License-Identifier: Apache-2.0 */
/* plim_database_build, _status, _show and _search. */
#include <plimsoll/database.h>

#include "advisory/store.h"
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/output.h"
#include "gate/data/feeding.h"
#include "gate/judging.h"
#include "gate/trust/data_signer.h"
#include "store/atomic.h"
#include "trust/data.h"
#include "trust/dsse.h"

/* Pads to a column, at least one blank. */
static void
put_column(struct strbuf *text, struct slice cell, size_t width)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, cell);
	strbuf_put(text, strbuf_slice(&shown));
	strbuf_fill(text, ' ', shown.n < width ? width - shown.n : 1);
}

static void
put_feed(struct strbuf *text, const struct data_feed *feed)
{
	char day[DATE_TEXT_SIZE];
	put_column(text, feed->name, 34);
	strbuf_printf(text, "%8llu records  %s%s\n", (unsigned long long)feed->records,
	              feed->snapshot == DATE_NONE ? "no date" : date_day_text(date_day(feed->snapshot), day),
	              feed->sample ? "  sample data, not for judging" : "");
}

/* build */

/* Archives of many files of one kind are one line. */
static size_t
same_reason(const struct feed_reports *reports, size_t at)
{
	const struct feed_report *first = &reports->list.at[at];
	size_t n = 1;
	for (; at + n < reports->list.n; n++) {
		const struct feed_report *next = &reports->list.at[at + n];
		if (next->taken || !slice_eq(next->reason, first->reason) || !slice_eq(path_dir(next->name), path_dir(first->name)))
			break;
	}
	return n;
}

static void
put_skipped(struct strbuf *text, const struct feed_reports *reports)
{
	for (size_t i = 0; i < reports->list.n;) {
		const struct feed_report *report = &reports->list.at[i];
		size_t n = report->taken ? 1 : same_reason(reports, i);
		if (!report->taken) {
			strbuf_puts(text, "skipped  ");
			strbuf_put_printable(text, report->name);
			if (n > 1)
				strbuf_printf(text, " and %zu more", n - 1);
			strbuf_puts(text, ": ");
			strbuf_put_printable(text, report->reason);
			strbuf_putc(text, '\n');
		}
		i += n;
	}
}

static void
put_reports(struct strbuf *text, const struct feed_reports *reports)
{
	for (size_t i = 0; i < reports->list.n; i++)
		if (reports->list.at[i].taken) {
			strbuf_puts(text, "taken    ");
			put_feed(text, &reports->list.at[i].feed);
		}
	put_skipped(text, reports);
}

static int
build(struct run *run, const struct feeding *what, const char *path, struct feed_reports *reports, FILE *into,
      struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(map_file) struct slice database = SLICE_NONE;
	struct digest digest;
	char digest_hold[DIGEST_TEXT_SIZE];
	int r = feeding(run, what, reports, &database, &digest, err);
	put_reports(&text, reports);
	watching_end(&run->watching);
	if (r == 0 && (r = atomic_write(path, 0644, database, err)) == 0)
		strbuf_printf(&text, "%s: %zu bytes, %s\n", path, database.n, digest_text(&digest, digest_hold));
	int written = output_text(&text, into, r == 0 ? err : NULL);
	return r < 0 ? r : written;
}

static int
build_in(const struct plim_run_options *options, const struct plim_database_sources *from, const char *path, FILE *into, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct feed_reports reports = { .arena = arena };
	struct feeding what = { .directory = from->directory, .previous = from->previous };
	int r = arena ? judging_clock(from->at, &what.now, err) : error_nomem(err);
	if (r == 0)
		r = run_start(options, &run, err);
	if (r == 0)
		r = build(run, &what, path, &reports, into, err);
	vec_done(&reports.list);
	return r;
}

int
plim_database_build(const struct plim_run_options *options, const struct plim_database_sources *sources, const char *path, FILE *into,
                    struct plim_error *err)
{
	AUTO(free) char *standard = path ? NULL : database_default_path();
	const char *output = path ? path : standard;
	if (output == NULL)
		return error_set(err, PLIM_EUSAGE, "neither XDG_CACHE_HOME nor HOME is set: --output says where the database goes");
	int r = path ? 0 : directory_make_parent(output, err);
	return r < 0 ? r : build_in(options, sources, output, into, err);
}

/* asking */

static int
open_one(const char *path, struct database **out, struct plim_error *err)
{
	AUTO(free) char *standard = path ? NULL : database_default_path();
	if (path == NULL && standard == NULL)
		return error_set(err, PLIM_EUSAGE, "neither XDG_CACHE_HOME nor HOME is set: --db says where the database is");
	return database_open(path ? path : standard, out, err);
}

/* Nobody's word is taken for it without keys: then it is told whom the signature names. */
static int
put_signed(const struct database *db, const char *path, const char *const *keys, struct strbuf *text, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct slice left = database_signatures(db);
	struct data_keys wanted;
	struct data_signer signer;
	struct data_signature found;
	char when[DATE_TEXT_SIZE];
	bool there;
	int r = arena ? data_keys_load(keys, arena, &wanted, err) : error_nomem(err);
	if (r < 0 || (r = data_signer_check(db, path ? path : "advisory database", &wanted, arena, &signer, err)) < 0)
		return r;
	if (signer.text.p)
		strbuf_printf(text, "signed  by %.*s, %s, serial %ju\n", SLICE_ARG(signer.text), date_text(signer.time, when), (uintmax_t)signer.serial);
	while (signer.text.p == NULL && (r = data_signature_next(&left, arena, &found, &there, err)) == 0 && there) {
		strbuf_puts(text, "signed  with key ");
		strbuf_put_printable(text, slice_first(found.envelope->signatures[0].keyid, 100));
		strbuf_printf(text, ", %s, serial %ju; not checked (--db-key)\n", date_text(found.claim.time, when), (uintmax_t)found.claim.serial);
	}
	return r < 0 && path ? error_wrap(err, r, "%s", path) : r;
}

static void
put_cover(const struct database *db, const struct store_cover *cover, struct strbuf *text)
{
	size_t n;
	put_column(text, cover->ecosystem, 20);
	if (cover->named != COVER_DECLARED)
		strbuf_printf(text, "%u package%s named by ", cover->named, cover->named == 1 ? "" : "s");
	else if (cover->packages.left)
		strbuf_printf(text, "%u package%s declared by ", cover->packages.left, cover->packages.left == 1 ? "" : "s");
	strbuf_put_printable(text, database_feeds(db, &n)[cover->feed].name);
	strbuf_puts(text, cover->named < 100 ? ", too few to cover it\n" : "\n");
}

/* As the built-in policies bear with. */
#define OLD_DAYS 3

/* Days since it was fetched, or since its snapshot where it was at hand; -1 where nobody knows. */
static int64_t
feed_age(const struct data_feed *feed, int64_t now)
{
	int64_t of = feed->fetched != DATE_NONE ? feed->fetched : feed->snapshot;
	return of == DATE_NONE || of > now ? -1 : date_day(now) - date_day(of);
}

static void
put_age(struct strbuf *text, const struct data_feed *feed, int64_t now)
{
	char time[DATE_TEXT_SIZE];
	int64_t age = feed_age(feed, now);
	const char *loud = age < 0 ? "  AGE UNKNOWN" : age > OLD_DAYS ? "  OLD" : "";
	strbuf_puts(text, "    ");
	if (feed->fetched != DATE_NONE)
		strbuf_printf(text, "fetched %s", date_text(feed->fetched, time));
	else
		strbuf_puts(text, "not fetched");
	if (age >= 0)
		strbuf_printf(text, ", %lld day%s old", (long long)age, age == 1 ? "" : "s");
	strbuf_puts(text, loud);
	strbuf_putc(text, '\n');
	if (feed->url.n == 0)
		return;
	strbuf_puts(text, "    from ");
	strbuf_put_printable(text, feed->url);
	strbuf_putc(text, '\n');
}

static void
put_feeds(struct strbuf *text, const struct database *db, int64_t now)
{
	size_t n, old = 0;
	const struct data_feed *feeds_ = database_feeds(db, &n);
	for (size_t i = 0; i < n; i++) {
		int64_t age = feed_age(&feeds_[i], now);
		old += age < 0 || age > OLD_DAYS;
	}
	if (old)
		strbuf_printf(text, "OLD DATA: %zu of %zu feeds are more than %d days old, or do not tell; plimsoll db update fetches them\n", old, n, OLD_DAYS);
	strbuf_puts(text, "\nfeeds\n");
	for (size_t i = 0; i < n; i++) {
		strbuf_puts(text, "  ");
		put_feed(text, &feeds_[i]);
		put_age(text, &feeds_[i], now);
	}
}

int
plim_database_status(const char *path, const char *at, const char *const *keys, FILE *into, struct plim_error *err)
{
	AUTO(database) struct database *db = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	char digest_hold[DIGEST_TEXT_SIZE];
	int64_t now;
	int r = judging_clock(at, &now, err);
	if (r < 0 || (r = open_one(path, &db, err)) < 0)
		return r;
	struct digest digest = database_digest(db);
	strbuf_printf(&text, "digest  %s\n", digest_text(&digest, digest_hold));
	if ((r = put_signed(db, path, keys, &text, err)) < 0)
		return r;
	put_feeds(&text, db, now);
	strbuf_puts(&text, "\nreleases and registries\n");
	struct store_cover cover;
	for (uint64_t next = 0; store_next_cover(db, &next, &cover);) {
		strbuf_puts(&text, "  ");
		put_cover(db, &cover, &text);
	}
	return (r = store_check(db, err)) < 0 ? r : output_text(&text, into, err);
}

typedef int ask_fn(const struct database *db, struct slice word, struct strbuf *into, struct plim_error *err);

static int
ask(const char *path, const char *word, ask_fn *fn, FILE *into, struct plim_error *err)
{
	AUTO(database) struct database *db = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	int r = open_one(path, &db, err);
	if (r < 0)
		/* That there is no database is not an answer about the word. */
		return r == PLIM_ENOTFOUND ? error_wrap(err, PLIM_ESYSTEM, "there is no data") : r;
	r = fn(db, slice_of(word), &text, err);
	return r < 0 ? r : output_text(&text, into, err);
}

int
plim_database_show(const char *path, const char *id, FILE *into, struct plim_error *err)
{
	return ask(path, id, database_show, into, err);
}

int
plim_database_search(const char *path, const char *package, FILE *into, struct plim_error *err)
{
	return ask(path, package, database_search, into, err);
}
