/* SPDX-License-Identifier: Apache-2.0 */
/* From what packages call their licences to expressions. */
#include "codec/spdx.h"

/* Parentheses in parentheses, and bytes: beyond any licence, and within what a hostile text may cost. */
#define DEPTH_MOST 16
#define TEXT_MOST 2048

static const struct {
	const char *id, *name;
} licenses[] = {
#define LICENSE(id, name) { id, name },
#include "codec/spdx_ids.def"
#undef LICENSE
};
#define LICENSE_COUNT (sizeof licenses / sizeof *licenses)

static const char *const exceptions[] = {
#define EXCEPTION(id) id,
#include "codec/spdx_exceptions.def"
#undef EXCEPTION
};
#define EXCEPTION_COUNT (sizeof exceptions / sizeof *exceptions)

static const struct {
	const char *theirs, *expression;
} names[] = {
#define NAME(theirs, expression) { theirs, expression },
#include "codec/spdx_names.def"
#undef NAME
};
#define NAME_COUNT (sizeof names / sizeof *names)

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static int
order_nocase(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)lower(a.p[i]), y = (unsigned char)lower(b.p[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.n > b.n) - (a.n < b.n);
}

struct slice
spdx_id(struct slice text)
{
	size_t low = 0, high = LICENSE_COUNT;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = order_nocase(slice_of(licenses[middle].id), text);
		if (order == 0)
			return slice_of(licenses[middle].id);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return SLICE_NONE;
}

static struct slice
exception_id(struct slice text)
{
	for (size_t i = 0; i < EXCEPTION_COUNT; i++)
		if (slice_eq_nocase(slice_of(exceptions[i]), text))
			return slice_of(exceptions[i]);
	return SLICE_NONE;
}

/* Without regard to case, and any run of blanks as one. */
static bool
is_name(struct slice text, const char *name)
{
	size_t at = 0;
	for (; *name; name++) {
		bool blank = *name == ' ';
		if (at == text.n || (blank ? text.p[at] != ' ' && text.p[at] != '\t' && text.p[at] != '\n' : lower(text.p[at]) != lower(*name)))
			return false;
		at++;
		while (blank && at < text.n && (text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == '\n'))
			at++;
	}
	return at == text.n;
}

struct reader {
	struct arena *arena;
	size_t depth;
	enum spdx_words words;
};

static const struct spdx *
license_make(struct reader *r, struct slice id, struct slice exception)
{
	struct spdx *node = id.p ? arena_make(r->arena, struct spdx) : NULL;
	if (node)
		*node = (struct spdx){ .kind = SPDX_LICENSE, .id = id, .exception = exception };
	return node;
}

const struct spdx *
spdx_join(const struct spdx *left, const struct spdx *right, enum spdx_kind kind, struct arena *arena)
{
	if (left == NULL || right == NULL)
		return left ? left : right;
	struct spdx *node = arena_make(arena, struct spdx);
	if (node)
		*node = (struct spdx){ .kind = kind, .left = left, .right = right };
	return node;
}

static bool
is_id_byte(char c)
{
	return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' || c == ':';
}

static bool
is_reference(struct slice text)
{
	bool is = slice_starts(text, SLICE("LicenseRef-")) || slice_starts(text, SLICE("DocumentRef-"));
	for (size_t i = 0; is && i < text.n; i++)
		is = is_id_byte(text.p[i]);
	return is;
}

/* "GPL-2.0" and "GPL-2.0+" are what the list called these until its version 3. */
static struct slice
gnu_id(struct slice id, bool later, struct arena *arena)
{
	static const char *const families[] = { "AGPL-", "GFDL-", "GPL-", "LGPL-" };
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		struct slice rest = id;
		if (slice_skip(&rest, slice_of(families[i])) && rest.n == 3)
			return spdx_id(arena_printf(arena, "%.*s%s", SLICE_ARG(id), later ? "-or-later" : "-only"));
	}
	return SLICE_NONE;
}

/* "MIT", "gpl-2.0+", "LicenseRef-x"; a plus where the list has no identifier for it stays. */
static struct slice
simple_id(struct reader *r, struct slice text)
{
	bool later = slice_skip_end(&text, SLICE("+"));
	if (is_reference(text))
		return later ? SLICE_NONE : arena_dup(r->arena, text);
	struct slice id = spdx_id(text), gnu = id.p ? gnu_id(id, later, r->arena) : SLICE_NONE;
	if (id.p == NULL || gnu.p)
		return gnu;
	return later ? arena_printf(r->arena, "%.*s+", SLICE_ARG(id)) : id;
}

/* "GPL-2.0-only WITH Classpath-exception-2.0" */
static const struct spdx *
license_read(struct reader *r, struct slice text)
{
	struct slice rest = text, id, with, exception, more;
	if (!slice_word(&rest, &id))
		return NULL;
	if (!slice_word(&rest, &with))
		return license_make(r, simple_id(r, id), SLICE_NONE);
	if (!slice_eq_nocase(with, SLICE("with")) || !slice_word(&rest, &exception) || slice_word(&rest, &more))
		return NULL;
	struct slice known = exception_id(exception);
	if (known.p == NULL && is_reference(exception))
		known = arena_dup(r->arena, exception);
	return known.p ? license_make(r, simple_id(r, id), known) : NULL;
}

static const struct spdx *expression_read(struct reader *r, struct slice text);

/* Without words that say nothing: "the", "license". */
static const struct spdx *
name_read(struct reader *r, struct slice text)
{
	static const char *const before[] = { "License :: OSI Approved :: ", "License :: ", "SPDX:" };
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		slice_skip(&text, slice_of(before[i]));
	text = slice_trim(text);
	for (size_t i = 0; i < NAME_COUNT; i++)
		if (is_name(text, names[i].theirs))
			return expression_read(r, slice_of(names[i].expression));
	for (size_t i = 0; i < LICENSE_COUNT; i++)
		if (licenses[i].name[0] && is_name(text, licenses[i].name))
			return license_make(r, simple_id(r, slice_of(licenses[i].id)), SLICE_NONE);
	return NULL;
}

static const struct operator {
	const char *text;
	enum spdx_kind kind;
	bool before, behind;    /* where a blank must stand */
} commas[] = { { ", and", SPDX_AND, false, true }, { ", or", SPDX_OR, false, true }, { 0 } },
  slashes[] = { { "/", SPDX_OR, false, false }, { 0 } },
  ors[] = { { "or", SPDX_OR, true, true }, { "|", SPDX_OR, false, false }, { "and/or", SPDX_OR, true, true }, { 0 } },
  ands[] = { { "and", SPDX_AND, true, true }, { ",", SPDX_AND, false, false }, { ";", SPDX_AND, false, false }, { "&", SPDX_AND, false, false }, { 0 } };

/* The weakest first: "A or B, and C" is of two, for a comma before the word makes it the weakest of all. */
static const struct operator *const levels[] = { commas, slashes, ors, ands };
#define LEVEL_COUNT (sizeof levels / sizeof *levels)

static bool
is_blank(struct slice text, size_t at)
{
	return at >= text.n || text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == '\n' || text.p[at] == '(' || text.p[at] == ')';
}

static bool
operator_at(struct slice text, size_t at, const struct operator *operator)
{
	struct slice have = slice_first(slice_from(text, at), strlen(operator->text));
	if (!slice_eq_nocase(have, slice_of(operator->text)))
		return false;
	return (!operator->before || (at > 0 && is_blank(text, at - 1))) && (!operator->behind || is_blank(text, at + have.n));
}

/* The next of that level outside of parentheses; NULL behind the last, `*place` is the end then. */
static const struct operator *
operator_next(struct slice text, const struct operator *level, size_t from, size_t *place)
{
	size_t open = 0;
	for (size_t at = from; at < text.n; at++) {
		open += text.p[at] == '(';
		open -= text.p[at] == ')' && open > 0;
		for (const struct operator *o = level; open == 0 && o->text; o++)
			if (operator_at(text, at, o)) {
				*place = at;
				return o;
			}
	}
	*place = text.n;
	return NULL;
}

/* "(A or B)" as a whole. */
static bool
strip_parentheses(struct slice *text)
{
	size_t open = 0;
	if (text->n < 2 || text->p[0] != '(' || text->p[text->n - 1] != ')')
		return false;
	for (size_t i = 0; i + 1 < text->n; i++) {
		open += text->p[i] == '(';
		open -= text->p[i] == ')';
		if (open == 0)
			return false;
	}
	*text = slice_trim(slice_first(slice_from(*text, 1), text->n - 2));
	return true;
}

/* "public-domain(x)" as LicenseRef-public-domain-x- */
static const struct spdx *
reference_read(struct reader *r, struct slice text)
{
	AUTO(strbuf) struct strbuf id = { 0 };
	strbuf_puts(&id, "LicenseRef-");
	for (size_t i = 0; i < text.n; i++)
		strbuf_putc(&id, is_id_byte(text.p[i]) && text.p[i] != ':' ? text.p[i] : '-');
	return id.failed ? NULL : license_make(r, arena_dup(r->arena, strbuf_slice(&id)), SLICE_NONE);
}

/* "GPL-3+ with Autoconf exception": what the licence is without it. */
static const struct spdx *
without_exception(struct reader *r, struct slice text)
{
	for (size_t at = 1; at + 4 < text.n; at++)
		if (slice_eq_nocase(slice_first(slice_from(text, at), 4), SLICE("with")) && (is_blank(text, at - 1) || text.p[at - 1] == '-') &&
		    (is_blank(text, at + 4) || text.p[at + 4] == '-')) {
			struct slice before = slice_first(text, at - 1);
			const struct spdx *found = license_read(r, before);
			return found ? found : name_read(r, before);
		}
	return NULL;
}

static const struct spdx *
unknown_read(struct reader *r, struct slice text)
{
	if (r->words != SPDX_WORDS_NAMED)
		return NULL;
	const struct spdx *found = without_exception(r, text);
	return found ? found : reference_read(r, text);
}

/* All parts between operators of one level, which join from the left. */
static const struct spdx *
parts_read(struct reader *r, struct slice text, const struct operator *level)
{
	const struct spdx *whole = NULL;
	const struct operator *operator = NULL;
	size_t from = 0, at;
	do {
		const struct operator *next = operator_next(text, level, from, &at);
		const struct spdx *part = expression_read(r, slice_first(slice_from(text, from), at - from));
		whole = part && operator ? spdx_join(whole, part, operator->kind, r->arena) : part;
		from = at + (next ? strlen(next->text) : 0);
		operator = next;
	} while (operator && whole);
	return whole;
}

static const struct spdx *
split_read(struct reader *r, struct slice text)
{
	size_t at;
	for (size_t i = 0; i < LEVEL_COUNT; i++)
		if ((levels[i] != slashes || r->words == SPDX_WORDS_CARGO) && operator_next(text, levels[i], 0, &at))
			return parts_read(r, text, levels[i]);
	return unknown_read(r, text);
}

static const struct spdx *
expression_read(struct reader *r, struct slice text)
{
	text = slice_trim(text);
	const struct spdx *found = text.n ? license_read(r, text) : NULL;
	if (found == NULL && text.n)
		found = name_read(r, text);
	if (found || text.n == 0)
		return found;
	if (!strip_parentheses(&text))
		return split_read(r, text);
	if (r->depth == DEPTH_MOST)
		return NULL;
	r->depth++;
	found = expression_read(r, text);
	r->depth--;
	return found;
}

const struct spdx *
spdx_read(struct slice declared, enum spdx_words words, struct arena *arena)
{
	struct reader r = { .arena = arena, .words = words };
	return declared.n <= TEXT_MOST ? expression_read(&r, declared) : NULL;
}

static void
write_part(const struct spdx *part, enum spdx_kind within, struct strbuf *into)
{
	bool closed = part->kind == SPDX_OR && within == SPDX_AND;
	strbuf_puts(into, closed ? "(" : "");
	spdx_write(part, into);
	strbuf_puts(into, closed ? ")" : "");
}

void
spdx_write(const struct spdx *expression, struct strbuf *into)
{
	if (expression->kind == SPDX_LICENSE) {
		strbuf_put(into, expression->id);
		strbuf_puts(into, expression->exception.p ? " WITH " : "");
		strbuf_put(into, expression->exception.p ? expression->exception : SLICE(""));
		return;
	}
	write_part(expression->left, expression->kind, into);
	strbuf_puts(into, expression->kind == SPDX_OR ? " OR " : " AND ");
	write_part(expression->right, expression->kind, into);
}

bool
spdx_holds(const struct spdx *expression, bool (*holds)(const void *context, const struct spdx *license), const void *context)
{
	if (expression->kind == SPDX_LICENSE)
		return holds(context, expression);
	bool left = spdx_holds(expression->left, holds, context);
	if (expression->kind == SPDX_OR ? left : !left)
		return left;
	return spdx_holds(expression->right, holds, context);
}

void
spdx_each(const struct spdx *expression, void (*see)(void *context, const struct spdx *license), void *context)
{
	if (expression->kind == SPDX_LICENSE) {
		see(context, expression);
		return;
	}
	spdx_each(expression->left, see, context);
	spdx_each(expression->right, see, context);
}
