/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges: a comma stands between two of them, and between two parameters of one as well. */
#include "net/challenge.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"

static bool
is_tchar(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* '=' only ends a token68: "abc==". */
static bool
is_token68(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~+/", c));
}

static char
peek(const struct cursor *in)
{
	return in->at < in->in.n ? in->in.p[in->at] : '\0';
}

static bool
skip_blanks(struct cursor *in)
{
	size_t from = in->at;
	while (peek(in) == ' ' || peek(in) == '\t')
		in->at++;
	return in->at > from;
}

static struct slice
run_of(struct cursor *in, bool (*is)(char))
{
	size_t from = in->at;
	while (in->at < in->in.n && is(in->in.p[in->at]))
		in->at++;
	return slice_first(slice_from(in->in, from), in->at - from);
}

static bool
quoted(struct cursor *in, struct arena *arena, struct slice *out)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	in->at++;
	while (in->at < in->in.n && in->in.p[in->at] != '"') {
		if (in->in.p[in->at] == '\\')
			in->at++;
		if (in->at < in->in.n)
			strbuf_putc(&text, in->in.p[in->at++]);
	}
	if (in->at >= in->in.n)
		return false;
	in->at++;
	*out = arena_dup(arena, strbuf_slice(&text));
	return out->p != NULL && !text.failed;
}

/* NAME = VALUE; false, and nothing taken, where no such thing stands here. */
static bool
parameter_name(struct cursor *in, struct slice *name)
{
	struct cursor at = *in;
	*name = run_of(&at, is_tchar);
	skip_blanks(&at);
	if (name->n == 0 || peek(&at) != '=')
		return false;
	at.at++;
	skip_blanks(&at);
	/* "abc=" and "abc==" are token68: a value follows where this is a parameter. */
	if (peek(&at) == '=' || peek(&at) == ',' || peek(&at) == '\0')
		return false;
	*in = at;
	return true;
}

static bool
keep(struct challenge *challenge, struct slice name, struct slice value)
{
	struct slice *place = slice_eq_nocase(name, SLICE("realm")) ? &challenge->realm
	    : slice_eq_nocase(name, SLICE("service"))                ? &challenge->service
	    : slice_eq_nocase(name, SLICE("scope"))                  ? &challenge->scope
	                                                             : NULL;
	if (place && place->p)
		return false;
	if (place)
		*place = value;
	return true;
}

static bool
parameter(struct cursor *in, struct arena *arena, struct challenge *challenge, struct slice name)
{
	struct slice value = SLICE_NONE;
	if (peek(in) == '"') {
		if (!quoted(in, arena, &value))
			return false;
	} else if ((value = run_of(in, is_tchar)).n == 0)
		return false;
	else
		value = arena_dup(arena, value);
	return value.p && keep(challenge, name, value);
}

/* Behind a scheme: parameters, or one token68, or nothing. */
static bool
details(struct cursor *in, struct arena *arena, struct challenge *challenge)
{
	struct slice name;
	bool any = false, parted = true;
	for (struct cursor at = *in; parted && parameter_name(&at, &name);) {
		if (!parameter(&at, arena, challenge, name))
			return false;
		any = true;
		skip_blanks(&at);
		*in = at;
		for (parted = peek(&at) == ','; peek(&at) == ',' || peek(&at) == ' ' || peek(&at) == '\t';)
			at.at++;
	}
	if (any || peek(in) == ',')
		return true;
	run_of(in, is_token68);
	while (peek(in) == '=')
		in->at++;
	skip_blanks(in);
	return true;
}

static bool
one(struct cursor *in, struct arena *arena, struct challenge *challenge)
{
	challenge->scheme = arena_dup(arena, run_of(in, is_tchar));
	if (challenge->scheme.n == 0)
		return false;
	if (skip_blanks(in) && !details(in, arena, challenge))
		return false;
	return peek(in) == ',' || in->at == in->in.n;
}

int
challenges_parse(struct slice header, struct arena *arena, struct challenges *out, struct plim_error *err)
{
	struct cursor in = cursor_of(header);
	for (;;) {
		while (peek(&in) == ',' || peek(&in) == ' ' || peek(&in) == '\t')
			in.at++;
		if (in.at == in.in.n)
			return 0;
		if (out->n == CHALLENGE_MOST)
			return error_set(err, PLIM_ELIMIT, "more than %d challenges", CHALLENGE_MOST);
		struct challenge found = { 0 };
		if (!one(&in, arena, &found))
			return error_set(err, PLIM_EFORMAT, "WWW-Authenticate is damaged at byte %zu", in.at);
		out->at[out->n++] = found;
	}
}

const struct challenge *
challenges_find(const struct challenges *challenges, const char *scheme)
{
	for (size_t i = 0; i < challenges->n; i++)
		if (slice_eq_nocase(challenges->at[i].scheme, slice_of(scheme)))
			return &challenges->at[i];
	return NULL;
}
