/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slice is a borrowed run of bytes, passed by value.  It is not
 * NUL-terminated and never owns; whoever keeps one says in a comment which
 * arena or map it points into.  {NULL, 0} means "absent", {p, 0} "empty".
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *p;
	size_t n;
};

#define SLICE(literal) ((struct slice){ "" literal, sizeof(literal) - 1 })
#define SLICE_NONE     ((struct slice){ NULL, 0 })
#define SLICE_ARG(s)   (int)((s).n > 4096 ? 4096 : (s).n), (s).p ? (s).p : ""    /* for "%.*s" */

static inline struct slice
slice_of(const char *text)
{
	return (struct slice){ text, text ? strlen(text) : 0 };
}

static inline struct slice
slice_range(const char *from, const char *to)
{
	return (struct slice){ from, (size_t)(to - from) };
}

static inline bool
slice_is_empty(struct slice s)
{
	return s.n == 0;
}

static inline bool
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
slice_is(struct slice s, const char *text)
{
	return slice_eq(s, slice_of(text));
}

/* Bytewise, as memcmp; a prefix sorts before what it begins. */
int slice_cmp(struct slice a, struct slice b);
/* qsort's view of slice_cmp over an array of slices. */
int slice_cmp_qsort(const void *a, const void *b);
bool slice_eq_nocase(struct slice a, struct slice b);    /* ASCII letters only */
/* One of the words, of which NULL ends the list; as slice_eq_nocase. */
bool slice_among_nocase(struct slice s, const char *const *words);
bool slice_ends(struct slice s, struct slice suffix);
bool slice_skip_end(struct slice *s, struct slice suffix);

static inline bool
slice_starts(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

/* The part from `at` on; empty when `at` is past the end. */
static inline struct slice
slice_from(struct slice s, size_t at)
{
	if (at > s.n)
		at = s.n;
	return (struct slice){ s.p ? s.p + at : NULL, s.n - at };
}

/* The first `n` bytes, or all if there are fewer. */
static inline struct slice
slice_first(struct slice s, size_t n)
{
	return (struct slice){ s.p, n < s.n ? n : s.n };
}

/* Removes the prefix and answers true, or leaves `s` alone. */
static inline bool
slice_skip(struct slice *s, struct slice prefix)
{
	if (!slice_starts(*s, prefix))
		return false;
	*s = slice_from(*s, prefix.n);
	return true;
}

/* The same without a part of a character of UTF-8 at its end. */
struct slice slice_first_text(struct slice s, size_t n);

/* Index of the first such byte or text, SIZE_MAX when there is none. */
size_t slice_find(struct slice s, char c);
size_t slice_find_last(struct slice s, char c);
size_t slice_find_text(struct slice s, struct slice text);

/*
 * Splits at the first `c`: `head` before, `tail` behind it.  Without `c` the
 * head is all, the tail absent, and the answer false.  Pointers may alias `s`.
 */
bool slice_cut(struct slice s, char c, struct slice *head, struct slice *tail);
bool slice_cut_last(struct slice s, char c, struct slice *head, struct slice *tail);

/* Takes the next piece up to `c` off the front of `rest`; false once nothing is left.  "a,,b" has three pieces. */
bool slice_next(struct slice *rest, char c, struct slice *piece);
/* Takes the next run of non-blank bytes (blank, tab, newline, return separate). */
bool slice_word(struct slice *rest, struct slice *word);

/* The line that byte `at` (the end, too) stands in, without its newline; how many bytes of it are before goes to `*before`. */
struct slice slice_line_at(struct slice s, size_t at, size_t *before);

/* Without blanks, tabs, newlines and returns at both ends. */
struct slice slice_trim(struct slice s);

/* The whole slice as a number without sign; false on anything else, overflow included. */
bool slice_to_u64(struct slice s, unsigned base, uint64_t *out);
bool slice_to_i64(struct slice s, int64_t *out);

/* A NUL-terminated heap copy, the caller's to free; NULL without memory. */
char *slice_dup(struct slice s);

/* 64-bit hash, not keyed; for maps over input see map.h, which seeds it. */
uint64_t slice_hash(struct slice s, uint64_t seed);

/* The slice is well-formed UTF-8 without surrogates or overlong forms. */
bool slice_is_utf8(struct slice s);

/* The last component of a path, and what is before its slash (absent when there is none). */
struct slice path_base(struct slice path);
struct slice path_dir(struct slice path);

#endif
