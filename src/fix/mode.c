/* SPDX-License-Identifier: Apache-2.0 */
/* What chmod(1) would make of a mode; a clause without letters is for all, whatever the mask. */
#include "fix/mode.h"

struct clause {
	uint32_t who;      /* the bits that it may touch */
	uint32_t bits;
	char operator;
};

static bool
take_who(struct slice *rest, struct clause *out)
{
	static const struct {
		char letter;
		uint32_t who;
	} places[] = { { 'u', 04700 }, { 'g', 02070 }, { 'o', 01007 }, { 'a', 07777 } };
	bool found = false;
	for (size_t i = 0; rest->n && i < sizeof places / sizeof *places; i++)
		if (rest->p[0] == places[i].letter) {
			out->who |= places[i].who;
			found = true;
		}
	if (found)
		*rest = slice_from(*rest, 1);
	return found;
}

static bool
take_bit(struct slice *rest, struct clause *out)
{
	static const struct {
		char letter;
		uint32_t bits;
	} all[] = { { 'r', 0444 }, { 'w', 0222 }, { 'x', 0111 }, { 's', 06000 }, { 't', 01000 } };
	for (size_t i = 0; rest->n && i < sizeof all / sizeof *all; i++)
		if (rest->p[0] == all[i].letter) {
			out->bits |= all[i].bits;
			*rest = slice_from(*rest, 1);
			return true;
		}
	return false;
}

static bool
clause_parse(struct slice text, struct clause *out)
{
	*out = (struct clause){ 0 };
	while (take_who(&text, out))
		;
	if (out->who == 0)
		out->who = 07777;
	if (text.n == 0 || strchr("+-=", text.p[0]) == NULL)
		return false;
	out->operator = text.p[0];
	text = slice_from(text, 1);
	while (take_bit(&text, out))
		;
	return text.n == 0;
}

static uint32_t
clause_apply(const struct clause *clause, uint32_t mode)
{
	uint32_t bits = clause->bits & clause->who;
	if (clause->operator == '-')
		return mode & ~bits;
	return (clause->operator == '=' ? mode & ~clause->who : mode) | bits;
}

bool
mode_change(struct slice text, uint32_t mode, uint32_t *out)
{
	struct clause clause;
	struct slice piece;
	uint64_t octal;
	if (slice_to_u64(text, 8, &octal) && octal <= 07777)
		return *out = (uint32_t)octal, true;
	bool any = false;
	while (slice_next(&text, ',', &piece)) {
		if (!clause_parse(piece, &clause))
			return false;
		mode = clause_apply(&clause, mode);
		any = true;
	}
	*out = mode;
	return any;
}
