/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Debian security tracker's own lists (data/CVE/list, data/DSA/list, data/DLA/list, data/DTSA/list), read together: what an
 * advisory says of a release is said of each CVE that it names, and what is said of unstable is said of every release of which
 * nothing else is.
 */
#include "advisory/ecosystem.h"
#include "advisory/feed.h"
#include "base/cursor.h"
#include "base/date.h"
#include "base/error.h"
#include "base/vec.h"
#include "version/scheme.h"

enum note_kind {
	NOTE_VERSION, NOTE_UNFIXED, NOTE_NOT_AFFECTED, NOTE_UNDETERMINED, NOTE_END_OF_LIFE,
	/* What is meant to be done about it there; says nothing of versions. */
	NOTE_NO_DSA, NOTE_IGNORED,
	NOTE_NOWHERE,                  /* intended to be packaged: not there yet */
};

struct note {
	struct slice id, title;
	struct slice release;          /* absent: unstable, and all that have nothing of their own */
	struct slice package, version;
	enum note_kind kind;
	bool unimportant;
	bool copied;                   /* from an advisory */
	enum severity severity;
	int64_t fix_known;
	uint32_t place;
};

struct bug {
	struct slice id, title;
	struct slice refs;             /* what stands between braces */
	int64_t date;                  /* of an advisory, DATE_NONE */
	size_t first;                  /* of its notes */
	uint64_t bug;
};

struct lists {
	struct builder *builder;
	struct arena *arena;
	VEC(struct note) read;         /* in the order of the lists */
	VEC(struct note) notes;        /* by id, then package */
	struct bug entry;
	size_t line;
	size_t noted;                  /* entries of CVE/list that speak of a package */
	int64_t newest;
	uint64_t records;
};

static void
auto_lists(struct lists *lists)
{
	vec_done(&lists->read);
	vec_done(&lists->notes);
}

static bool
is_cve(struct slice id)
{
	return slice_starts(id, SLICE("CVE-"));
}

static int
bid(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 4096), first, rest;
	slice_cut(head, '\n', &first, &rest);
	if (is_cve(first))
		return rest.n && (rest.p[0] == '\t' || rest.p[0] == ' ' || is_cve(rest)) ? 48 : 0;
	bool advisory = slice_find_text(first, SLICE("] DSA-")) != SIZE_MAX || slice_find_text(first, SLICE("] DLA-")) != SIZE_MAX ||
	                slice_find_text(first, SLICE("] DTSA-")) != SIZE_MAX;
	return first.n && first.p[0] == '[' && advisory ? 48 : 0;
}

/* lines */

static const struct word {
	const char *word;
	enum note_kind kind;
} words[] = {
	{ "<unfixed>", NOTE_UNFIXED },           { "<removed>", NOTE_UNFIXED },         { "<not-affected>", NOTE_NOT_AFFECTED },
	{ "<undetermined>", NOTE_UNDETERMINED }, { "<end-of-life>", NOTE_END_OF_LIFE }, { "<no-dsa>", NOTE_NO_DSA },
	{ "<postponed>", NOTE_NO_DSA },          { "<ignored>", NOTE_IGNORED },         { "<itp>", NOTE_NOWHERE },
};

static bool
take_word(struct slice word, struct note *note)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(word, words[i].word)) {
			note->kind = words[i].kind;
			return true;
		}
	note->version = word;
	return word.n > 0 && word.p[0] != '<';
}

/* "(unimportant; bug #1234)": what of it is an urgency, and the first bug. */
static void
take_details(struct slice details, struct note *note, uint64_t *bug)
{
	slice_skip(&details, SLICE("("));
	slice_skip_end(&details, SLICE(")"));
	for (struct slice piece; slice_next(&details, ';', &piece);) {
		piece = slice_trim(piece);
		note->unimportant = note->unimportant || slice_is(piece, "unimportant");
		severity_parse(piece, &note->severity);
		if (*bug == 0 && slice_skip(&piece, SLICE("bug #")))
			slice_to_u64(piece, 10, bug);
	}
}

/* "[bookworm] - openssl 3.0.9-1 (bug #1234)" */
static int
take_note(struct lists *lists, struct slice text, struct plim_error *err)
{
	struct note note = { .id = lists->entry.id, .title = lists->entry.title, .fix_known = lists->entry.date };
	struct slice word;
	if (slice_skip(&text, SLICE("["))) {
		if (!slice_cut(text, ']', &note.release, &text) || note.release.n == 0)
			return error_set(err, PLIM_EFORMAT, "line %zu: a release without its bracket", lists->line);
		text = slice_trim(text);
	}
	if (!slice_skip(&text, SLICE("-")) || !slice_word(&text, &note.package))
		return error_set(err, PLIM_EFORMAT, "line %zu: a package is expected", lists->line);
	text = slice_trim(text);
	/* What only an explanation follows is open. */
	if (text.n == 0 || text.p[0] == '(')
		note.kind = NOTE_UNFIXED;
	else if (!slice_word(&text, &word) || !take_word(word, &note))
		return error_set(err, PLIM_EFORMAT, "line %zu: neither a version nor a word that the tracker has", lists->line);
	take_details(slice_trim(text), &note, &lists->entry.bug);
	struct note *place = vec_push(&lists->read);
	if (place == NULL)
		return error_nomem(err);
	note.place = (uint32_t)lists->read.n;
	*place = note;
	return 0;
}

static bool
is_remark(struct slice text)
{
	static const char *const marks[] = { "NOTE:", "TODO:", "NOT-FOR-US", "RESERVED", "REJECTED", "begin claimed", "end claimed" };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (slice_starts(text, slice_of(marks[i])))
			return true;
	return false;
}

static int
take_detail(struct lists *lists, struct slice text, struct plim_error *err)
{
	if (lists->entry.id.n == 0)
		return error_set(err, PLIM_EFORMAT, "line %zu: said of nothing", lists->line);
	if (slice_skip(&text, SLICE("{"))) {
		if (!slice_skip_end(&text, SLICE("}")))
			return error_set(err, PLIM_EFORMAT, "line %zu: names without the brace behind them", lists->line);
		lists->entry.refs = text;
		return 0;
	}
	return is_remark(text) ? 0 : take_note(lists, text, err);
}

/* entries */

static int
put_note(struct lists *lists, const struct note *note, struct plim_error *err)
{
	struct note *place = note->kind == NOTE_NOWHERE ? NULL : vec_push(&lists->notes);
	if (place)
		*place = *note;
	return place || note->kind == NOTE_NOWHERE ? 0 : error_nomem(err);
}

/* What has no number yet is named as the tracker names it: by its first bug and what it is called. */
static struct slice
temporary_name(const struct lists *lists, struct slice title, uint64_t bug)
{
	char hex[DIGEST_TEXT_SIZE], name[6];
	struct digest digest = digest_by(DIGEST_MD5, title);
	digest_hex(&digest, hex);
	for (size_t i = 0; i < sizeof name; i++)
		name[i] = hex[i] >= 'a' ? (char)(hex[i] - 'a' + 'A') : hex[i];
	return arena_printf(lists->arena, "TEMP-%07llu-%.6s", (unsigned long long)bug, name);
}

static int
end_cve(struct lists *lists, struct plim_error *err)
{
	struct bug *entry = &lists->entry;
	struct slice id = slice_ends(entry->id, SLICE("XXXX")) ? temporary_name(lists, entry->title, entry->bug) : entry->id;
	int r = id.p ? 0 : error_nomem(err);
	lists->noted += lists->read.n > entry->first;
	for (size_t i = entry->first; r == 0 && i < lists->read.n; i++) {
		lists->read.at[i].id = id;
		r = put_note(lists, &lists->read.at[i], err);
	}
	return r;
}

static int
copy_notes(struct lists *lists, struct slice id, struct plim_error *err)
{
	int r = 0;
	for (size_t i = lists->entry.first; r == 0 && i < lists->read.n; i++) {
		struct note note = lists->read.at[i];
		note.id = id;
		note.copied = true;
		note.title = slice_eq(id, lists->entry.id) ? note.title : SLICE_NONE;
		r = put_note(lists, &note, err);
	}
	return r;
}

/* An advisory that names no CVE stands for itself, unless it only mends what an earlier one broke. */
static int
end_advisory(struct lists *lists, struct plim_error *err)
{
	struct slice rest = lists->entry.refs, ref;
	bool named = false;
	int r = 0;
	while (r == 0 && slice_word(&rest, &ref))
		if (is_cve(ref)) {
			named = true;
			r = copy_notes(lists, ref, err);
		}
	if (r < 0 || named || slice_find_text(lists->entry.title, SLICE("regression")) != SIZE_MAX)
		return r;
	return copy_notes(lists, lists->entry.id, err);
}

static int
end_entry(struct lists *lists, struct plim_error *err)
{
	if (lists->entry.id.n == 0)
		return 0;
	int r = is_cve(lists->entry.id) ? end_cve(lists, err) : end_advisory(lists, err);
	lists->entry = (struct bug){ 0 };
	return r;
}

/* "CVE-2021-1 (text)", "CVE-2021-XXXX [text]", "[29 Mar 2023] DSA-5380-1 xorg-server - security update" */
static int
begin_entry(struct lists *lists, struct slice line, struct plim_error *err)
{
	struct bug entry = { .date = DATE_NONE, .first = lists->read.n };
	struct slice date;
	if (slice_skip(&line, SLICE("["))) {
		if (!slice_cut(line, ']', &date, &line) || (entry.date = feed_date(date)) == DATE_NONE)
			return error_set(err, PLIM_EFORMAT, "line %zu: an advisory without its date", lists->line);
		lists->newest = entry.date > lists->newest ? entry.date : lists->newest;
	}
	if (!slice_word(&line, &entry.id) || is_cve(entry.id) != (entry.date == DATE_NONE))
		return error_set(err, PLIM_EFORMAT, "line %zu: neither a CVE nor an advisory with its date", lists->line);
	entry.title = slice_trim(line);
	if (entry.title.n > 1 && (entry.title.p[0] == '(' || entry.title.p[0] == '['))
		entry.title = (struct slice){ entry.title.p + 1, entry.title.n - 2 };
	lists->entry = entry;
	return 0;
}

static int
read_list(struct lists *lists, struct slice bytes, struct plim_error *err)
{
	struct cursor c = cursor_of(bytes);
	struct slice line;
	int r = 0;
	for (lists->line = 1; r == 0 && cursor_line(&c, &line); lists->line++) {
		struct slice text = slice_trim(line);
		if (text.n == 0 || slice_starts(line, SLICE("--")) || slice_starts(line, SLICE("STOP:")))
			continue;
		if (line.p[0] == '\t' || line.p[0] == ' ')
			r = take_detail(lists, text, err);
		else if ((r = end_entry(lists, err)) == 0)
			r = begin_entry(lists, text, err);
	}
	return r < 0 ? r : end_entry(lists, err);
}

/* what they say together */

static bool
is_intention(const struct note *note)
{
	return note->kind == NOTE_NO_DSA || note->kind == NOTE_IGNORED;
}

static const struct note *
find_note(const struct note *notes, size_t n, struct slice release, bool intention)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(notes[i].release, release) && is_intention(&notes[i]) == intention && notes[i].kind != NOTE_NOWHERE)
			return &notes[i];
	return NULL;
}

/*
 * Of two that speak of one release the CVE's own counts where it knows no version that mends, else the one with the later version; so it
 * is where one list says a thing twice.  The losing one says nothing any more.
 */
static void
settle(struct note *notes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct note *late = &notes[i];
		struct note *own = (struct note *)find_note(notes, i, late->release, false);
		if (own == NULL || is_intention(late))
			continue;
		bool open = own->kind != NOTE_VERSION && own->kind != NOTE_NOT_AFFECTED;
		bool later = late->kind == NOTE_VERSION && (own->kind == NOTE_NOT_AFFECTED || version_dpkg.compare(late->version, own->version) > 0);
		bool wins = !open && (later || (late->kind != NOTE_VERSION && late->kind != NOTE_NOT_AFFECTED));
		if (!wins && late->kind == NOTE_VERSION && own->kind == NOTE_VERSION && own->fix_known == DATE_NONE &&
		    slice_eq(late->version, own->version))
			own->fix_known = late->fix_known;
		(wins ? own : late)->kind = NOTE_NOWHERE;
	}
}

static enum match_state
open_state(const struct note *note, const struct note *intention)
{
	if (note && note->kind == NOTE_END_OF_LIFE)
		return MATCH_END_OF_LIFE;
	if (note && note->kind == NOTE_UNDETERMINED)
		return MATCH_UNDER_INVESTIGATION;
	if ((intention && intention->kind == NOTE_IGNORED) || (note && note->unimportant))
		return MATCH_WONT_FIX;
	return intention ? MATCH_DEFERRED : MATCH_AFFECTED;
}

/* Releases that take what is in unstable; the others had theirs when they were made. */
static bool
follows_unstable(struct slice codename)
{
	return slice_is(codename, "sid") || slice_is(codename, "forky") || slice_is(codename, "duke");
}

static int
judge_release(struct lists *lists, const struct note *note, const struct note *intention, struct slice codename, struct affected *out,
              struct plim_error *err)
{
	struct slice number = ecosystem_debian_release(codename);
	struct version_event *events = arena_make_array(lists->arena, 2, struct version_event);
	bool mended = note && note->kind == NOTE_VERSION && (note->release.n || follows_unstable(codename));
	*out = (struct affected){
		.ecosystem = arena_printf(lists->arena, "debian:%.*s", SLICE_ARG(number.p ? number : codename)),
		.package = (note ? note : intention)->package, .severity = (note ? note : intention)->severity, .events = events,
		.fix_known = mended ? note->fix_known : DATE_NONE, .state = mended ? MATCH_FIXED : open_state(note, intention),
	};
	if (events == NULL || out->ecosystem.p == NULL)
		return error_nomem(err);
	if (note && note->kind == NOTE_NOT_AFFECTED)
		out->state = MATCH_NOT_AFFECTED;
	if (note == NULL || note->kind != NOTE_VERSION)
		return 0;
	/* Mended in unstable, and so in a release that has as much; what would mend an older one there is not known. */
	events[0] = (struct version_event){ EVENT_INTRODUCED, SLICE("0") };
	events[1] = (struct version_event){ mended ? EVENT_FIXED : EVENT_LIMIT, note->version };
	out->event_count = 2;
	return 0;
}

static const struct slice releases[] = {
	SLICE("squeeze"), SLICE("wheezy"), SLICE("jessie"), SLICE("stretch"), SLICE("buster"), SLICE("bullseye"), SLICE("bookworm"),
	SLICE("trixie"), SLICE("forky"), SLICE("duke"), SLICE("sid"),
};
#define RELEASE_COUNT (sizeof releases / sizeof *releases)

static bool
is_listed(struct slice codename)
{
	for (size_t i = 0; i < RELEASE_COUNT; i++)
		if (slice_eq(codename, releases[i]))
			return true;
	return false;
}

/* All that is said of one package under one id. */
static int
take_group(struct lists *lists, struct note *notes, size_t n, struct plim_error *err)
{
	struct affected *affected = arena_make_array(lists->arena, n + RELEASE_COUNT, struct affected);
	struct slice title = SLICE_NONE;
	size_t count = 0;
	int r = affected ? 0 : error_nomem(err);
	settle(notes, n);
	const struct note *unstable = find_note(notes, n, SLICE_NONE, false);
	for (size_t i = 0; r == 0 && i < RELEASE_COUNT; i++) {
		const struct note *own = find_note(notes, n, releases[i], false), *intention = find_note(notes, n, releases[i], true);
		if (own || unstable || intention)
			r = judge_release(lists, own ? own : unstable, intention, releases[i], &affected[count++], err);
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		title = notes[i].title.n ? notes[i].title : title;
		if (notes[i].release.n && notes[i].kind != NOTE_NOWHERE && !is_intention(&notes[i]) && !is_listed(notes[i].release))
			r = judge_release(lists, &notes[i], NULL, notes[i].release, &affected[count++], err);
	}
	const struct advisory advisory = {
		.id = notes[0].id, .title = slice_first_text(title, 160), .published = DATE_NONE, .modified = DATE_NONE, .affected = affected,
		.affected_count = count,
	};
	lists->records += count > 0;
	return r < 0 || count == 0 ? r : builder_advisory(lists->builder, &advisory, err);
}

static int
by_package(const void *left, const void *right)
{
	const struct note *a = left, *b = right;
	int order = slice_cmp(a->id, b->id);
	if (order == 0)
		order = slice_cmp(a->package, b->package);
	if (order == 0)
		order = a->copied - b->copied;
	return order ? order : a->place < b->place ? -1 : a->place > b->place;
}

static int
take_groups(struct lists *lists, struct plim_error *err)
{
	struct note *notes = lists->notes.at;
	size_t n = lists->notes.n;
	int r = 0;
	if (n > 1)
		qsort(notes, n, sizeof *notes, by_package);
	for (size_t first = 0, end; r == 0 && first < n; first = end) {
		for (end = first + 1; end < n && slice_eq(notes[end].id, notes[first].id) && slice_eq(notes[end].package, notes[first].package);)
			end++;
		r = take_group(lists, notes + first, end - first, err);
	}
	return r;
}

/* Advisories alone do not tell what is open. */
#define NOTED_AT_LEAST 100

static int
cover(struct lists *lists, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && lists->noted >= NOTED_AT_LEAST && i < RELEASE_COUNT; i++) {
		struct slice number = ecosystem_debian_release(releases[i]);
		struct slice key = arena_printf(lists->arena, "debian:%.*s", SLICE_ARG(number));
		r = key.p ? builder_covers(lists->builder, key, NULL, 0, err) : error_nomem(err);
	}
	return r;
}

static int
read_lists(const struct feed_file *files, size_t n, struct builder *builder, struct arena *arena, struct data_feed *out,
           struct plim_error *err)
{
	AUTO(lists) struct lists lists = { .builder = builder, .arena = arena, .newest = DATE_NONE };
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		if ((r = read_list(&lists, files[i].bytes, err)) < 0)
			return error_wrap(err, r, "%.*s", SLICE_ARG(files[i].name));
	if ((r = take_groups(&lists, err)) < 0 || (r = cover(&lists, err)) < 0)
		return r;
	out->name = SLICE("debian-lists");
	out->records = lists.records;
	/* They are at least as new as the newest advisory that they have. */
	out->snapshot = lists.newest;
	return 0;
}

static int
read_one(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	return read_lists(file, 1, builder, arena, out, err);
}

const struct feed feed_debian_list = { .format = "debian-lists", .bid = bid, .read = read_one, .read_all = read_lists, .own = true };
