/* SPDX-License-Identifier: Apache-2.0 */
/* One file after another: what of it is text, its pieces put together at their edges, and rows of what was found. */
#include "catalog/secret/search.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"
#include "catalog/rows.h"
#include "catalog/secret/find.h"

#include <stdio.h>

/* A file without a NUL in so many bytes is text. */
#define TEXT_BYTES ((size_t)4096)
/* Pieces that are not much larger than their edges are gathered first. */
#define GATHER_BYTES (4 * (SECRET_BEFORE_BYTES + SECRET_BEHIND_BYTES))

/* UTF-16 is searched as its ASCII characters, one byte each; with its BOM, so that places are half of what they are in the file. */
enum width { WIDTH_8, WIDTH_16LE, WIDTH_16BE };

/* A place in the file, and the line that it is in. */
struct position {
	uint64_t at, line_at;
	uint32_t line;             /* newlines before it */
};

struct secret_search {
	enum analysis_level level;
	struct secret_finder *finder;    /* made for the first file that is searched */
	struct secret_places places;
	const struct entry *entry;
	bool decided, over;
	bool too_long;                   /* a text of which the level searches nothing */
	enum width width;
	struct strbuf narrow;            /* the piece at hand, of UTF-16 */
	int half;                        /* a character's first byte, at the end of the piece before; -1: none */
	/* What was not searched yet, with what patterns may look back at before it. */
	struct strbuf held;
	size_t searched;                 /* bytes of it that were */
	struct position begin;           /* where it begins */
	VEC(struct secret_match) matches;
	struct slice window;             /* what is searched at the moment, */
	struct position window_begin;    /* and where that begins */
	struct position counted;         /* a place in it to which lines were counted */
	struct plim_error trouble;       /* why it was not searched to its end; code 0: it was */
	size_t told;                     /* of LIMIT_SECRET_COUNT */
	bool told_all;
};

const char *
analysis_level_name(enum analysis_level level)
{
	return level == LEVEL_FULL ? "full" : "standard";
}

int
secret_search_new(enum analysis_level level, struct secret_search **out, struct plim_error *err)
{
	struct secret_search *search = calloc(1, sizeof *search);
	if (search == NULL)
		return error_nomem(err);
	search->level = level;
	*out = search;
	return 0;
}

void
secret_search_free(struct secret_search *search)
{
	if (search == NULL)
		return;
	secret_finder_free(search->finder);
	strbuf_done(&search->held);
	strbuf_done(&search->narrow);
	vec_done(&search->matches);
	free(search);
}

void
secret_search_layer(struct secret_search *search)
{
	search->told = 0;
	search->told_all = false;
}

bool
secret_search_begin(struct secret_search *search, const struct entry *entry)
{
	search->matches.n = 0;
	search->trouble = (struct plim_error){ 0 };
	search->too_long = false;
	search->width = WIDTH_8;
	search->half = -1;
	if (entry->size == 0 || search->told_all)
		return false;
	strbuf_clear(&search->held);
	search->searched = 0;
	search->begin = (struct position){ 0 };
	search->entry = entry;
	search->decided = search->over = false;
	return true;
}

static struct position
position_after(struct position position, struct slice bytes)
{
	for (const char *p = bytes.p, *end = p + bytes.n; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) {
		position.line++;
		position.line_at = position.at + (uint64_t)(p - bytes.p) + 1;
	}
	position.at += bytes.n;
	return position;
}

/* Matches come in the order of their literals, each no further from it than patterns look: no line is counted for each match anew. */
static struct position
line_of(struct secret_search *search, uint64_t place)
{
	const uint64_t behind = SECRET_BEFORE_BYTES + SECRET_BEHIND_BYTES;
	uint64_t from = search->window_begin.at, at = from + place;
	if (at > search->counted.at + behind)
		search->counted = position_after(search->counted, slice_range(search->window.p + (search->counted.at - from), search->window.p + (at - behind - from)));
	return position_after(search->counted, slice_range(search->window.p + (search->counted.at - from), search->window.p + place));
}

static int
keep(void *context, const struct secret_match *match, struct plim_error *err)
{
	struct secret_search *search = context;
	if (search->matches.n == LIMIT_SECRET_FILE_COUNT)
		return error_set(err, PLIM_ELIMIT, "more secrets than limit SECRET_FILE_COUNT (%ju)", (uintmax_t)LIMIT_SECRET_FILE_COUNT);
	struct secret_match *kept = vec_push(&search->matches);
	if (kept == NULL)
		return error_nomem(err);
	*kept = *match;
	kept->at += search->window_begin.at;
	kept->place += search->window_begin.at;
	kept->hides_from += search->window_begin.at;
	kept->hides_to += match->hides_to == UINT64_MAX ? 0 : search->window_begin.at;
	if (search->places.text) {
		struct position position = line_of(search, match->place);
		kept->line = position.line + 1;
		kept->column = (uint32_t)(position.at - position.line_at + 1);
	}
	return 0;
}

/* What begins in [from, to) of the window.  Beyond a limit the file is not searched on: that is told in its end. */
static int
look(struct secret_search *search, struct slice window, struct position begin, size_t from, size_t to, struct plim_error *err)
{
	search->window = window;
	search->window_begin = search->counted = begin;
	if (search->finder == NULL) {
		int r = secret_finder_new(&search->finder, err);
		if (r < 0)
			return r;
	}
	int r = secret_find(search->finder, window, from, to, &search->places, keep, search, &search->trouble);
	if (r != PLIM_ELIMIT)
		return r < 0 ? error_set(err, (enum plim_code)r, "%s", search->trouble.text) : 0;
	search->over = true;
	return 0;
}

static int
hold(struct secret_search *search, struct slice bytes, struct plim_error *err)
{
	strbuf_put(&search->held, bytes);
	return search->held.failed ? error_nomem(err) : 0;
}

/* By what a file begins with: no text of eight bits, for that has no NUL. */
static enum width
width_of(const char *first)
{
	if (first[0] == '\xff' && first[1] == '\xfe')
		return WIDTH_16LE;
	return first[0] == '\xfe' && first[1] == '\xff' ? WIDTH_16BE : WIDTH_8;
}

/* Is it text, by what there is of its first bytes? */
static void
decide(struct secret_search *search, struct slice more)
{
	struct slice held = slice_first(strbuf_slice(&search->held), TEXT_BYTES);
	more = slice_first(more, TEXT_BYTES - held.n);
	bool text = slice_find(held, '\0') == SIZE_MAX && slice_find(more, '\0') == SIZE_MAX;
	if (!text && held.n + more.n > 1) {
		const char first[] = { held.n ? held.p[0] : more.p[0], held.n > 1 ? held.p[1] : more.p[1 - held.n] };
		search->width = width_of(first);
		text = search->width != WIDTH_8;
	}
	search->decided = true;
	search->places = secret_places_of_file(search->entry->path, text);
	search->over = !text && search->level == LEVEL_STANDARD;
	search->too_long = !search->over && search->level == LEVEL_STANDARD && search->entry->size > LIMIT_SECRET_FILE_BYTES;
}

static bool
is_plain(char c)
{
	return (c >= ' ' && c < 127) || c == '\t' || c == '\n' || c == '\r';
}

/* Two bytes that are one character, or, in what only begins like UTF-16, two. */
static void
put_character(struct secret_search *search, char one, char other)
{
	char high = search->width == WIDTH_16LE ? other : one, low = search->width == WIDTH_16LE ? one : other;
	if (is_plain(one) && is_plain(other)) {
		strbuf_putc(&search->narrow, one);
		strbuf_putc(&search->narrow, other);
	} else {
		strbuf_putc(&search->narrow, high == 0 && is_plain(low) ? low : '\x80');
	}
}

static int
narrow(struct secret_search *search, struct slice wide, struct slice *out, struct plim_error *err)
{
	strbuf_clear(&search->narrow);
	for (size_t i = 0; i < wide.n; i++) {
		if (search->half >= 0)
			put_character(search, (char)search->half, wide.p[i]);
		search->half = search->half < 0 ? (uint8_t)wide.p[i] : -1;
	}
	*out = strbuf_slice(&search->narrow);
	return search->narrow.failed ? error_nomem(err) : 0;
}

/* All of what is held but for the end, behind which patterns may look. */
static int
look_at_held(struct secret_search *search, size_t to, struct plim_error *err)
{
	struct slice held = strbuf_slice(&search->held);
	int r = look(search, held, search->begin, search->searched, to, err);
	search->searched = to;
	return r;
}

/* Forgets what no pattern will look at again. */
static void
drop_searched(struct secret_search *search)
{
	struct strbuf *held = &search->held;
	if (search->searched <= SECRET_BEFORE_BYTES)
		return;
	size_t drop = search->searched - SECRET_BEFORE_BYTES;
	search->begin = position_after(search->begin, (struct slice){ held->p, drop });
	memmove(held->p, held->p + drop, held->n - drop);
	held->n -= drop;
	search->searched -= drop;
}

/* A large piece is searched where it is; what is held is searched first, with the piece's beginning behind it. */
static int
look_at_piece(struct secret_search *search, struct slice piece, struct plim_error *err)
{
	size_t held = search->held.n, end = piece.n - SECRET_BEHIND_BYTES, from = held ? SECRET_BEFORE_BYTES : 0;
	struct position begin = search->begin;
	int r = 0;
	if (held) {
		begin = position_after(begin, strbuf_slice(&search->held));
		r = hold(search, slice_first(piece, SECRET_BEFORE_BYTES + SECRET_BEHIND_BYTES), err);
		if (r == 0)
			r = look_at_held(search, held + SECRET_BEFORE_BYTES, err);
	}
	if (r < 0 || search->over || (r = look(search, piece, begin, from, end, err)) < 0)
		return r;
	strbuf_clear(&search->held);
	search->begin = position_after(begin, slice_first(piece, end - SECRET_BEFORE_BYTES));
	search->searched = SECRET_BEFORE_BYTES;
	return hold(search, slice_from(piece, end - SECRET_BEFORE_BYTES), err);
}

static int
look_at_some(struct secret_search *search, struct slice piece, struct plim_error *err)
{
	/* The usual file comes as one piece. */
	if (search->begin.at == 0 && search->held.n == 0 && piece.n >= search->entry->size) {
		int r = look(search, piece, search->begin, 0, piece.n, err);
		search->over = true;
		return r;
	}
	if (piece.n >= GATHER_BYTES)
		return look_at_piece(search, piece, err);
	int r = hold(search, piece, err);
	if (r < 0 || search->held.n < 2 * GATHER_BYTES)
		return r;
	r = look_at_held(search, search->held.n - SECRET_BEHIND_BYTES, err);
	drop_searched(search);
	return r;
}

/* The first bytes were held as they are until it was known what they are of. */
static int
narrow_held(struct secret_search *search, struct plim_error *err)
{
	struct slice text;
	int r = narrow(search, strbuf_slice(&search->held), &text, err);
	strbuf_clear(&search->held);
	return r < 0 ? r : hold(search, text, err);
}

static int
begin_text(struct secret_search *search, struct slice piece, struct plim_error *err)
{
	if (search->decided)
		return 0;
	decide(search, piece);
	search->over |= search->too_long;
	return search->width != WIDTH_8 && !search->over ? narrow_held(search, err) : 0;
}

int
secret_search_add(struct secret_search *search, struct slice piece, bool *more, struct plim_error *err)
{
	int r = 0;
	if (!search->decided && search->held.n + piece.n < TEXT_BYTES && search->held.n + piece.n < search->entry->size) {
		r = hold(search, piece, err);
	} else {
		r = begin_text(search, piece, err);
		/* A tree's file may have grown since it was looked at. */
		if (search->level == LEVEL_STANDARD && !search->over && search->begin.at + search->held.n + piece.n > LIMIT_SECRET_FILE_BYTES)
			search->over = search->too_long = true;
		if (r == 0 && !search->over && search->width != WIDTH_8)
			r = narrow(search, piece, &piece, err);
		if (r == 0 && !search->over)
			r = look_at_some(search, piece, err);
	}
	*more = !search->over;
	return r;
}

static int
tell(const struct secret_search *search, const struct secret_match *match, struct block_builder *into, uint32_t index, struct plim_error *err)
{
	char column[24], offset[24];
	unsigned width = search->width == WIDTH_8 ? 1 : 2;
	snprintf(column, sizeof column, "%u", match->line ? (match->column - 1) * width + 1 : 0);
	snprintf(offset, sizeof offset, "%ju", (uintmax_t)match->place * width);
	struct slice fields[] = {
		[SECRET_RULE] = slice_of(match->rule->id),
		[SECRET_COLUMN] = match->line ? slice_of(column) : SLICE_NONE,
		[SECRET_OFFSET] = slice_of(offset),
		[SECRET_EXCERPT] = slice_of(match->excerpt),
		[SECRET_EXAMPLE] = match->example ? SLICE("1") : SLICE("0"),
	};
	return block_add_row(into, ROW_SECRET, index, match->line, fields, SECRET_FIELD_COUNT, err);
}

static int
tell_trouble(struct block_builder *into, uint32_t index, const char *text, struct plim_error *err)
{
	return block_add_problem(into, index, SLICE("secrets"), slice_of(text), err);
}

int
secret_search_end(struct secret_search *search, struct block_builder *into, uint32_t index, struct plim_error *err)
{
	int r = begin_text(search, SLICE_NONE, err);
	if (r == 0 && !search->over)
		r = look_at_held(search, search->held.n, err);
	if (r == 0 && search->too_long)
		r = block_add_row(into, ROW_UNSEARCHED, index, 0, &SLICE("limit SECRET_FILE_BYTES"), UNSEARCHED_FIELD_COUNT, err);
	search->matches.n = secret_matches_settle(search->matches.at, search->matches.n);
	for (size_t i = 0; r == 0 && i < search->matches.n && search->told < LIMIT_SECRET_COUNT; i++, search->told++)
		r = tell(search, &search->matches.at[i], into, index, err);
	if (r == 0 && search->trouble.text[0])
		r = tell_trouble(into, index, search->trouble.text, err);
	if (r == 0 && search->told >= LIMIT_SECRET_COUNT) {
		search->told_all = true;
		r = tell_trouble(into, ENTRY_NONE, "more secrets than limit SECRET_COUNT: the rest of the layer is not searched", err);
	}
	return r;
}

int
secret_search_mask(const struct secret_search *search, struct slice body, struct strbuf *room, struct slice *out, struct plim_error *err)
{
	bool whole = !search->told_all && !search->too_long && search->trouble.text[0] == '\0' && (search->width == WIDTH_8 || search->matches.n == 0);
	*out = whole ? body : SLICE_NONE;
	if (body.n == 0 || !whole || search->matches.n == 0)
		return 0;
	strbuf_put(room, body);
	if (room->failed)
		return error_nomem(err);
	for (size_t i = 0; i < search->matches.n; i++) {
		const struct secret_match *match = &search->matches.at[i];
		uint64_t to = match->hides_to < room->n ? match->hides_to : room->n;
		if (match->hides_from < to)
			memset(room->p + match->hides_from, '*', (size_t)(to - match->hides_from));
	}
	*out = strbuf_slice(room);
	return 0;
}
