/* SPDX-License-Identifier: Apache-2.0 */
/* Globs without recursion, and the nearest of a list of names. */
#include "base/glob.h"

struct star {
	size_t pattern;    /* behind the star; SIZE_MAX when none was seen */
	size_t text;       /* where its run ends so far */
	bool slash;        /* the slash behind it was passed over: it may stand for itself too */
};

/* Lets a star swallow one more byte; false when it may not or there is none. */
static bool
star_extend(struct star *star, struct slice text, bool crosses, size_t *p, size_t *t)
{
	if (star->pattern != SIZE_MAX && star->slash) {
		star->slash = false;
		*p = star->pattern;
		*t = star->text;
		return true;
	}
	if (star->pattern == SIZE_MAX || star->text >= text.n)
		return false;
	if (!crosses && text.p[star->text] == '/')
		return false;
	*p = star->pattern;
	*t = ++star->text;
	return true;
}

static size_t
star_width(struct slice pattern, size_t at)
{
	return at + 1 < pattern.n && pattern.p[at + 1] == '*' ? 2 : 1;
}

bool
glob_match(struct slice pattern, struct slice text)
{
	struct star single = { SIZE_MAX, 0, false }, twice = { SIZE_MAX, 0, false };
	size_t p = 0, t = 0;
	while (t < text.n || p < pattern.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			size_t width = star_width(pattern, p);
			p += width;
			if (width == 2) {
				/* "**" followed by "/" also matches no directory at all: "**" "/x" matches "x". */
				bool slash = p < pattern.n && pattern.p[p] == '/' && (t == 0 || text.p[t - 1] == '/');
				twice = (struct star){ p, t, slash };
				single.pattern = SIZE_MAX;
				p += slash;
			} else {
				single = (struct star){ p, t, false };
			}
			continue;
		}
		bool one = p < pattern.n && t < text.n && (pattern.p[p] == text.p[t] || (pattern.p[p] == '?' && text.p[t] != '/'));
		if (one) {
			p++;
			t++;
		} else if (!star_extend(&single, text, false, &p, &t)) {
			single.pattern = SIZE_MAX;
			if (!star_extend(&twice, text, true, &p, &t))
				return false;
		}
	}
	return true;
}

bool
glob_is_pattern(struct slice pattern)
{
	return slice_find(pattern, '*') != SIZE_MAX || slice_find(pattern, '?') != SIZE_MAX;
}

#define NAME_BYTES 48

/* Edits (insert, delete, replace, swap of neighbours) from `a` to `b`; both at most NAME_BYTES long. */
static size_t
edit_distance(struct slice a, struct slice b)
{
	uint8_t rows[3][NAME_BYTES + 1];
	uint8_t *before = rows[0], *last = rows[1], *now = rows[2];
	for (size_t j = 0; j <= b.n; j++)
		last[j] = (uint8_t)j;
	for (size_t i = 1; i <= a.n; i++) {
		now[0] = (uint8_t)i;
		for (size_t j = 1; j <= b.n; j++) {
			bool same = a.p[i - 1] == b.p[j - 1];
			uint8_t best = (uint8_t)(last[j - 1] + !same);
			if (last[j] + 1 < best)
				best = (uint8_t)(last[j] + 1);
			if (now[j - 1] + 1 < best)
				best = (uint8_t)(now[j - 1] + 1);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] && before[j - 2] + 1 < best)
				best = (uint8_t)(before[j - 2] + 1);
			now[j] = best;
		}
		uint8_t *oldest = before;
		before = last;
		last = now;
		now = oldest;
	}
	return last[b.n];
}

const char *
name_nearest(struct slice word, const char *const *names)
{
	const char *nearest = NULL;
	size_t least = word.n / 3 + 2;
	if (word.n > NAME_BYTES)
		return NULL;
	for (; *names; names++) {
		struct slice name = slice_of(*names);
		size_t distance = name.n > NAME_BYTES ? least : edit_distance(word, name);
		if (distance < least) {
			least = distance;
			nearest = *names;
		}
	}
	return nearest;
}
