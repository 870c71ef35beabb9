/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plim_database_update and _feeds.  What is fetched counts once the reader of feeds has taken it: until then, and where it does not, what was
 * kept before is what the database is made of.
 */
#include <plimsoll/database.h>

#include "advisory/store.h"
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/output.h"
#include "gate/data/feeding.h"
#include "gate/data/refresh.h"
#include "store/atomic.h"

#include <time.h>

/* One that lost more than half of its records lost them by accident, unless it never had many. */
#define RECORDS_LEAST 100

/* As often as something may be refused: what is new, then what was kept. */
#define BUILDS_MOST 5

struct update {
	struct refreshing refreshing;
	const char *path;              /* of the database */
	const char *previous;          /* the same, where it is whole; or NULL */
	struct source_files files;
	struct refresh *refreshes;     /* as many as files */
	struct feed_reports reports;   /* of the last build */
	struct slice database;
	struct digest digest;
	struct strbuf text;
};

static void
auto_update(struct update *update)
{
	for (size_t i = 0; update->refreshes && i < update->files.list.n; i++)
		refresh_done(&update->refreshes[i]);
	vec_done(&update->reports.list);
	auto_source_files(&update->files);
	file_unmap(&update->database);
	strbuf_done(&update->text);
	arena_free(update->refreshing.arena);
}

/* fetching */

static int
fetch_all(struct update *update, struct plim_error *err)
{
	struct watching *watching = &update->refreshing.run->watching;
	watching_stage(watching, (struct plim_progress){ .stage = PLIM_STAGE_FETCHING, .total = update->files.list.n });
	for (size_t i = 0; i < update->files.list.n; i++) {
		struct refresh *one = &update->refreshes[i];
		watching->now.done = i;
		watching->now.name = one->file->name.p;
		watching->now.name_size = one->file->name.n;
		watching_tell(watching);
		int r = refresh(&update->refreshing, one, err);
		if (r < 0)
			return error_wrap(err, r, "%.*s", SLICE_ARG(one->file->name));
	}
	return 0;
}

/* Of what is known to be as its publisher has it, or was chosen to be taken as it is. */
static size_t
count_fresh(const struct update *update)
{
	size_t n = 0;
	for (size_t i = 0; i < update->files.list.n; i++)
		n += update->refreshes[i].fate >= REFRESH_KEPT && !update->refreshes[i].refused;
	return n;
}

/* building */

/* The bytes that the database is to be made of; -1 for none. */
static int
chosen(const struct refresh *one, const struct downloaded **what)
{
	bool new = one->fate == REFRESH_NEW && !one->refused;
	*what = one->fate >= REFRESH_KEPT && !one->refused ? &one->new : &one->old;
	if (one->left_out || (!new && !one->had))
		return -1;
	return new ? one->new_fd : one->old_fd;
}

/* By whose end archives are told. */
static struct slice
reader_name(const struct update *update, const struct refresh *one, const struct downloaded *what)
{
	struct slice place = one->file->place;
	if (!one->file->source->led)
		return place;
	return arena_printf(update->refreshing.arena, "%.*s/%.*s", SLICE_ARG(path_dir(place)), SLICE_ARG(path_base(what->address)));
}

static bool
is_published(const struct source_file *file, struct slice address)
{
	return file->source->led ? slice_eq(path_dir(address), path_dir(file->address)) : slice_eq(address, file->address);
}

static struct feed_origin
origin_of(const struct source_file *file, const struct downloaded *what)
{
	return (struct feed_origin){ .url = what->address, .format = slice_of(file->source->format), .fetched = what->fetched,
		                     .modified = what->modified_at, .published = is_published(file, what->address) };
}

static int
build_once(struct update *update, struct plim_error *err)
{
	struct refreshing *in = &update->refreshing;
	struct feeding_file *files = arena_make_array(in->arena, update->files.list.n + 1, struct feeding_file);
	size_t n = 0;
	if (files == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < update->files.list.n; i++) {
		struct refresh *one = &update->refreshes[i];
		const struct downloaded *what;
		int fd = chosen(one, &what);
		if (fd >= 0 && (one->name = reader_name(update, one, what)).p == NULL)
			return error_nomem(err);
		if (fd >= 0)
			files[n++] = (struct feeding_file){ one->name, fd, origin_of(one->file, what) };
	}
	vec_done(&update->reports.list);
	update->reports.arena = in->arena;
	file_unmap(&update->database);
	const struct feeding what = { .files = files, .file_count = n, .previous = update->previous, .now = in->now };
	int r = feeding(in->run, &what, &update->reports, &update->database, &update->digest, err);
	/* That nothing was taken is told of each. */
	return r == PLIM_ENOTFOUND ? 0 : r;
}

static bool
is_of(struct slice name, struct slice place)
{
	return slice_skip(&name, place) && (name.n == 0 || *name.p == '/');
}

/* Why the reader did not take a file, absent where it did, and how many records it found there. */
static struct slice
heard(const struct update *update, const struct refresh *one, bool broken_only, uint64_t *records)
{
	struct slice why = SLICE_NONE;
	bool taken = false, any = false;
	*records = 0;
	for (size_t i = 0; i < update->reports.list.n; i++) {
		const struct feed_report *report = &update->reports.list.at[i];
		if (!is_of(report->name, one->name))
			continue;
		any = true;
		taken = taken || report->taken;
		*records += report->taken ? report->feed.records : 0;
		if (report->refused || (why.p == NULL && !report->taken))
			why = report->reason;
		if (report->refused)
			return why;
	}
	/* Of files that are one feed the first only is told of. */
	return taken || !any || broken_only ? SLICE_NONE : why;
}

static struct slice
shrunk(const struct update *update, const struct refresh *one, uint64_t records)
{
	uint64_t before = one->had ? one->old.records : 0;
	if (update->refreshing.how->accept_smaller || one->fate != REFRESH_NEW || one->refused || before < RECORDS_LEAST || records >= before / 2)
		return SLICE_NONE;
	return arena_printf(update->refreshing.arena, "it has %ju records, %ju were in the last one", (uintmax_t)records, (uintmax_t)before);
}

/* Whatever is not taken gives way to what was; true where something did.  What fell with another file only has another chance first. */
static bool
give_way(struct update *update, bool broken_only)
{
	bool any = false;
	for (size_t i = 0; i < update->files.list.n; i++) {
		struct refresh *one = &update->refreshes[i];
		const struct downloaded *what;
		uint64_t records;
		if (chosen(one, &what) < 0)
			continue;
		struct slice why = heard(update, one, broken_only, &records);
		why = why.p ? why : shrunk(update, one, records);
		one->new.records = records ? records : one->new.records;
		if (why.p == NULL)
			continue;
		one->left_out = one->refused || one->fate != REFRESH_NEW || !one->had;
		one->why = one->refused ? one->why : why;
		one->refused = any = true;
	}
	return any;
}

static int
build(struct update *update, struct plim_error *err)
{
	for (int i = 0; i < BUILDS_MOST; i++) {
		int r = build_once(update, err);
		if (r < 0)
			return r;
		if (!give_way(update, true) && !give_way(update, false))
			break;
	}
	if (update->database.p == NULL || count_fresh(update) == 0)
		return error_set(err, PLIM_ENOTFOUND, "no feed that was fetched is one");
	return 0;
}

/* Days of fixes are carried over from a database that is whole; without one they begin anew. */
static void
find_previous(struct update *update)
{
	AUTO(database) struct database *db = NULL;
	struct plim_error why = { 0 };
	int r = database_open(update->path, &db, &why);
	if (r == 0)
		r = store_verify(db, &why);
	update->previous = r == 0 ? update->path : NULL;
	if (r < 0 && r != PLIM_ENOTFOUND)
		strbuf_printf(&update->text, "the database from before is not read, days of fixes begin anew: %s\n", why.text);
}

/* keeping */

static int
keep(struct update *update, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < update->files.list.n; i++) {
		struct refresh *one = &update->refreshes[i];
		if (one->refused)
			download_drop(&one->coming);
		else if (one->fate == REFRESH_NEW)
			r = download_keep(&one->coming, &one->new, err);
		else if (one->fate == REFRESH_SAME)
			r = download_tell(one->path, &one->new, err);
	}
	return r;
}

/* telling */

static void
say_behind(struct strbuf *text, const struct refresh *one)
{
	char day[DATE_TEXT_SIZE];
	strbuf_puts(text, ": ");
	strbuf_put_printable(text, one->why);
	if (one->had && !one->left_out)
		strbuf_printf(text, "; what was fetched on %s stays", date_day_text(date_day(one->old.fetched), day));
	else
		strbuf_puts(text, "; there is no data of it");
}

static void
say_one(struct strbuf *text, const struct refresh *one)
{
	static const char *const words[] = {
		[REFRESH_FAILED] = "failed", [REFRESH_ABSENT] = "no file", [REFRESH_KEPT] = "kept", [REFRESH_SAME] = "same", [REFRESH_NEW] = "new",
	};
	bool behind = one->refused || one->fate == REFRESH_FAILED;
	strbuf_printf(text, "%-8s %.*s", one->refused ? "refused" : words[one->fate], SLICE_ARG(one->file->name));
	if (behind)
		say_behind(text, one);
	else if (one->fate != REFRESH_ABSENT) {
		strbuf_puts(text, ": ");
		strbuf_printf(text, "%ju bytes", (uintmax_t)one->new.size);
		/* Of files that are one feed the first only has them. */
		if (one->new.records)
			strbuf_printf(text, ", %ju records", (uintmax_t)one->new.records);
	}
	strbuf_putc(text, '\n');
}

static size_t
say_all(struct update *update)
{
	size_t behind = 0;
	for (size_t i = 0; i < update->files.list.n; i++) {
		const struct refresh *one = &update->refreshes[i];
		behind += one->refused || one->fate == REFRESH_FAILED;
		say_one(&update->text, one);
	}
	return behind;
}

/* all of it */

static int
nothing_fresh(const struct update *update, struct plim_error *err)
{
	if (update->refreshing.how->offline)
		return error_set(err, PLIM_ENOTFOUND, "nothing was fetched before");
	return error_set(err, PLIM_EREMOTE, "no feed could be fetched; what was there before stays");
}

static int
update_in(struct update *update, struct plim_error *err)
{
	int r = fetch_all(update, err);
	if (r < 0)
		return r;
	if (count_fresh(update) == 0)
		return nothing_fresh(update, err);
	find_previous(update);
	if ((r = build(update, err)) < 0)
		return r;
	/* The database first: who is killed in between fetches once more what is in it, no more than that. */
	if ((r = atomic_write(update->path, 0644, update->database, err)) < 0)
		return r;
	return keep(update, err);
}

static int
check_mirrors(const char *const *mirrors, struct plim_error *err)
{
	int r = 0;
	for (; r == 0 && mirrors && *mirrors; mirrors++)
		r = source_mirror_check(slice_of(*mirrors), err);
	return r;
}

static int
begin(struct update *update, const struct plim_database_update *how, const char *path, struct plim_error *err)
{
	size_t n = 0;
	struct refreshing *in = &update->refreshing;
	AUTO(free) char *standard = database_default_path();
	if ((in->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	if (standard == NULL)
		return error_set(err, PLIM_EUSAGE, "neither XDG_CACHE_HOME nor HOME is set: there is no place for feeds");
	while (how->feeds && how->feeds[n])
		n++;
	const char *unknown = source_unknown(how->feeds, n);
	if (unknown)
		return error_set(err, PLIM_EUSAGE, "'%s' names no feed; `plimsoll db feeds` lists them", unknown);
	int r = check_mirrors(how->mirrors, err);
	if (r < 0)
		return r;
	in->how = how;
	in->now = time(NULL);
	in->directory = arena_printf(in->arena, "%.*s/feeds", SLICE_ARG(path_dir(slice_of(standard)))).p;
	update->path = path ? path : arena_strz(in->arena, slice_of(standard));
	if (!in->directory || !update->path || !source_files(how->feeds, n, in->arena, &update->files) ||
	    (update->refreshes = arena_make_array(in->arena, update->files.list.n + 1, struct refresh)) == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < update->files.list.n; i++)
		update->refreshes[i] = (struct refresh){ .file = &update->files.list.at[i], .old_fd = -1, .new_fd = -1, .coming = { .fd = -1, .beside = -1 } };
	return directory_make(in->directory, err);
}

int
plim_database_update(const struct plim_run_options *options, const struct plim_database_update *how, const char *path, FILE *into, size_t *behind,
                     struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(update) struct update update = { 0 };
	char digest[DIGEST_TEXT_SIZE];
	int r = begin(&update, how, path, err);
	if (r < 0 || (r = run_start(options, &run, err)) < 0)
		return r;
	update.refreshing.run = run;
	r = update_in(&update, err);
	watching_end(&run->watching);
	*behind = say_all(&update);
	if (r == 0)
		strbuf_printf(&update.text, "%s: %zu bytes, %s\n", update.path, update.database.n, digest_text(&update.digest, digest));
	int written = output_text(&update.text, into, r == 0 ? err : NULL);
	return r < 0 ? r : written;
}

/* the table */

static void
put_source(struct strbuf *text, const struct feed_source *source)
{
	strbuf_printf(text, "%s%s\n  %s\n  %s\n  format %s, licence %s, published %s\n", source->name, source->usual ? "" : " (only when it is named)",
	              source->meaning, source->address, source->format, source->licence, source->cadence);
	if (*source->words)
		strbuf_printf(text, "  for each of %s\n", source->words);
}

int
plim_database_feeds(const char *const *globs, FILE *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(source_files) struct source_files files = { 0 };
	const struct feed_source *source;
	size_t n = 0;
	while (globs && globs[n])
		n++;
	const char *unknown = source_unknown(globs, n);
	if (unknown)
		return error_set(err, PLIM_ENOTFOUND, "'%s' names no feed", unknown);
	for (size_t at = 0; n == 0 && (source = source_next(&at)) != NULL;)
		put_source(&text, source);
	if (n && (arena == NULL || !source_files(globs, n, arena, &files)))
		return error_nomem(err);
	for (size_t i = 0; i < files.list.n; i++)
		strbuf_printf(&text, "%.*s\t%.*s\n", SLICE_ARG(files.list.at[i].name), SLICE_ARG(files.list.at[i].address));
	return output_text(&text, into, err);
}
