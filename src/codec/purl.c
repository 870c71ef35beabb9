/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs: parts, and the spelling of each type. */
#include "codec/purl.h"

#include "base/error.h"

#include <stdlib.h>

/* Module paths of Go tell capitals apart, their package URLs do not: what is read keeps them, what is written has none. */
enum spelling { AS_IS, LOWER, LOWER_DASHED, LOWER_WORD, DASHED, LOWER_WRITTEN };
enum presence { MAY, MUST, MUST_NOT };

/* What is not here may have a namespace and is spelled as it is. */
static const struct purl_type {
	const char *type;
	enum presence namespaced;
	enum spelling namespace, name, version;
	const char *needs;      /* a qualifier without which it says nothing */
} types[] = {
	{ "alpm", MUST, LOWER, LOWER, AS_IS, NULL },       { "apk", MUST, LOWER, LOWER, AS_IS, NULL },
	{ "bazel", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL },  { "bitbucket", MUST, LOWER, LOWER, AS_IS, NULL },
	{ "bitnami", MUST_NOT, AS_IS, LOWER, AS_IS, NULL }, { "brew", MAY, LOWER, LOWER, AS_IS, NULL },
	{ "cargo", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL },  { "chrome-extension", MUST_NOT, AS_IS, LOWER, AS_IS, NULL },
	{ "cocoapods", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL }, { "composer", MUST, LOWER, LOWER, AS_IS, NULL },
	{ "conda", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL },  { "cran", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL },
	{ "deb", MUST, LOWER, LOWER, AS_IS, NULL },        { "gem", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL },
	{ "git", MUST, AS_IS, AS_IS, AS_IS, NULL },        { "github", MUST, LOWER, LOWER, AS_IS, NULL },
	{ "golang", MAY, LOWER_WRITTEN, LOWER_WRITTEN, AS_IS, NULL },      { "hackage", MUST_NOT, AS_IS, DASHED, AS_IS, NULL },
	{ "hex", MAY, LOWER, LOWER, AS_IS, NULL },         { "huggingface", MUST, AS_IS, AS_IS, LOWER, NULL },
	{ "julia", MUST_NOT, AS_IS, AS_IS, AS_IS, "uuid" }, { "luarocks", MAY, LOWER, LOWER, AS_IS, NULL },
	{ "maven", MUST, AS_IS, AS_IS, AS_IS, NULL },      { "mlflow", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL },
	{ "nuget", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL },  { "oci", MUST_NOT, AS_IS, LOWER, LOWER, NULL },
	{ "opam", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL },   { "otp", MUST_NOT, AS_IS, LOWER, AS_IS, NULL },
	{ "pub", MUST_NOT, AS_IS, LOWER_WORD, AS_IS, NULL }, { "pypi", MUST_NOT, AS_IS, LOWER_DASHED, LOWER, NULL },
	{ "qpkg", MUST, LOWER, AS_IS, AS_IS, NULL },       { "rpm", MUST, LOWER, AS_IS, AS_IS, NULL },
	{ "swid", MAY, AS_IS, AS_IS, AS_IS, "tag_id" },    { "swift", MUST, AS_IS, AS_IS, AS_IS, NULL },
	{ "vcpkg", MUST_NOT, AS_IS, AS_IS, AS_IS, NULL },  { "vscode-extension", MUST, LOWER, LOWER, LOWER, NULL },
	{ "yocto", MAY, LOWER, AS_IS, AS_IS, NULL },
};
static const struct purl_type other_type = { NULL, MAY, AS_IS, AS_IS, AS_IS, NULL };

static const struct purl_type *
type_find(struct slice type)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_is(type, types[i].type))
			return &types[i];
	return &other_type;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static char
spelled(char c, enum spelling spelling)
{
	if (spelling == DASHED)
		return c == '_' ? '-' : c;
	if (spelling != AS_IS)
		c = lower(c);
	if (spelling == LOWER_DASHED)
		return c == '_' || c == '.' ? '-' : c;
	if (spelling == LOWER_WORD && !is_letter(c) && !is_digit(c))
		return '_';
	return c;
}

/* A text of input and where it stands in all of it. */
struct parser {
	struct slice whole;
	struct arena *arena;
};

static int
refuse(const struct parser *p, const char *at, const char *why, struct plim_error *err)
{
	return error_set(err, PLIM_EFORMAT, "offset %zu: %s", at ? (size_t)(at - p->whole.p) : 0, why);
}

static int
hex_digit(char c)
{
	return is_digit(c) ? c - '0' : lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

/* Of one segment: what it stands for may hold no slash of its own. */
static int
decode(const struct parser *p, struct slice text, bool slashes, struct strbuf *into, struct plim_error *err)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '%') {
			bool whole = text.n - i >= 3;
			int high = whole ? hex_digit(text.p[i + 1]) : -1, low = whole ? hex_digit(text.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return refuse(p, text.p + i, "no two hex digits behind %", err);
			c = (char)(high * 16 + low);
			i += 2;
			if (c == '/' && !slashes)
				return refuse(p, text.p + i, "a slash inside a segment", err);
		}
		if (c == '\0')
			return refuse(p, text.p + i, "a NUL byte", err);
		strbuf_putc(into, c);
	}
	return into->failed ? error_nomem(err) : 0;
}

static int
keep(const struct parser *p, const struct strbuf *text, enum spelling spelling, struct slice *out, struct plim_error *err)
{
	if (!slice_is_utf8(strbuf_slice(text)))
		return refuse(p, p->whole.p, "it is not UTF-8", err);
	*out = arena_dup(p->arena, strbuf_slice(text));
	for (size_t i = 0; out->p && i < out->n; i++)
		((char *)(uintptr_t)out->p)[i] = spelled(out->p[i], spelling == LOWER_WRITTEN ? AS_IS : spelling);
	return out->p ? 0 : error_nomem(err);
}

static int
take_text(const struct parser *p, struct slice text, enum spelling spelling, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	int r = decode(p, text, true, &plain, err);
	return r < 0 ? r : keep(p, &plain, spelling, out, err);
}

static bool
is_dots(struct slice s)
{
	return slice_is(s, ".") || slice_is(s, "..");
}

/* Empty segments mean nothing; of a subpath dots do not either. */
static int
take_segments(const struct parser *p, struct slice text, bool subpath, enum spelling spelling, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf all = { 0 };
	struct slice segment;
	while (slice_next(&text, '/', &segment)) {
		AUTO(strbuf) struct strbuf plain = { 0 };
		int r = decode(p, segment, false, &plain, err);
		if (r < 0)
			return r;
		if (plain.n == 0 || (subpath && is_dots(strbuf_slice(&plain))))
			continue;
		strbuf_puts(&all, all.n ? "/" : "");
		strbuf_put(&all, strbuf_slice(&plain));
	}
	return all.n == 0 ? 0 : keep(p, &all, spelling, out, err);
}

static int
take_type(const struct parser *p, struct slice text, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	if (text.n == 0 || is_digit(text.p[0]))
		return refuse(p, text.p, "a type begins with a letter", err);
	for (size_t i = 0; i < text.n; i++)
		if (!is_letter(text.p[i]) && !is_digit(text.p[i]) && strchr(".-", text.p[i]) == NULL)
			return refuse(p, text.p + i, "a type has letters, digits, dots and dashes", err);
	strbuf_put(&plain, text);
	return plain.failed ? error_nomem(err) : keep(p, &plain, LOWER, out, err);
}

static int
take_key(const struct parser *p, struct slice text, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	if (text.n == 0 || is_digit(text.p[0]))
		return refuse(p, text.p, "a qualifier's key begins with a letter", err);
	for (size_t i = 0; i < text.n; i++)
		if (!is_letter(text.p[i]) && !is_digit(text.p[i]) && strchr(".-_", text.p[i]) == NULL)
			return refuse(p, text.p + i, "a qualifier's key has letters, digits, dots, dashes and underscores", err);
	strbuf_put(&plain, text);
	return plain.failed ? error_nomem(err) : keep(p, &plain, LOWER, out, err);
}

static int
by_key(const void *a, const void *b)
{
	return slice_cmp(((const struct purl_qualifier *)a)->key, ((const struct purl_qualifier *)b)->key);
}

static int
take_qualifier(const struct parser *p, struct slice text, struct purl *out, struct plim_error *err)
{
	struct purl_qualifier *q = &out->qualifiers[out->qualifier_count];
	struct slice key, value;
	if (!slice_cut(text, '=', &key, &value))
		return refuse(p, text.p, "a qualifier without =", err);
	int r = take_key(p, key, &q->key, err);
	if (r < 0 || (r = take_text(p, value, AS_IS, &q->value, err)) < 0)
		return r;
	for (size_t i = 0; i < out->qualifier_count; i++)
		if (slice_eq(out->qualifiers[i].key, q->key))
			return refuse(p, text.p, "a qualifier that was there before", err);
	out->qualifier_count += q->value.n > 0;
	return 0;
}

static int
take_qualifiers(const struct parser *p, struct slice text, struct purl *out, struct plim_error *err)
{
	struct slice one;
	while (slice_next(&text, '&', &one)) {
		if (one.n == 0)
			continue;
		if (out->qualifier_count == PURL_QUALIFIER_MOST)
			return refuse(p, one.p, "more qualifiers than there can be", err);
		int r = take_qualifier(p, one, out, err);
		if (r < 0)
			return r;
	}
	if (out->qualifier_count > 1)
		qsort(out->qualifiers, out->qualifier_count, sizeof *out->qualifiers, by_key);
	return 0;
}

/* The @ in front of a scope of npm is often written as it is: it begins a segment, and no version. */
static struct slice
cut_version(struct slice *text)
{
	size_t at = slice_find_last(*text, '@');
	if (at == SIZE_MAX || at == 0 || text->p[at - 1] == '/')
		return SLICE_NONE;
	struct slice version = slice_from(*text, at + 1);
	*text = slice_first(*text, at);
	return version;
}

static int
take_name(const struct parser *p, struct slice text, const struct purl_type *type, struct purl *out, struct plim_error *err)
{
	struct slice namespace, name, rest = text;
	while (slice_skip_end(&rest, SLICE("/")))
		continue;
	if (!slice_cut_last(rest, '/', &namespace, &name)) {
		name = rest;
		namespace = SLICE_NONE;
	}
	/* What would be its version stands where its name should. */
	if (slice_starts(name, SLICE("@")))
		return refuse(p, name.p, "there is no name", err);
	int r = take_segments(p, namespace, false, type->namespace, &out->namespace, err);
	if (r < 0 || (r = take_segments(p, name, false, type->name, &out->name, err)) < 0)
		return r;
	return out->name.n ? 0 : refuse(p, text.p, "there is no name", err);
}

static int
demand(const struct parser *p, const struct purl_type *type, const struct purl *purl, struct plim_error *err)
{
	if (type->namespaced == MUST && purl->namespace.n == 0)
		return refuse(p, p->whole.p, "its type needs a namespace", err);
	if (type->namespaced == MUST_NOT && purl->namespace.n)
		return refuse(p, p->whole.p, "its type has no namespace", err);
	if (slice_is(purl->type, "cpan") && slice_find_text(purl->name, SLICE("::")) != SIZE_MAX)
		return refuse(p, p->whole.p, "a module, where a distribution is meant", err);
	if (type->needs && purl_qualifier(purl, type->needs).n == 0)
		return refuse(p, p->whole.p, "a qualifier that its type needs is missing", err);
	return 0;
}

int
purl_parse(struct slice text, struct arena *arena, struct purl *out, struct plim_error *err)
{
	const struct parser p = { text, arena };
	struct slice rest = text, subpath = SLICE_NONE, qualifiers = SLICE_NONE, type, scheme;
	*out = (struct purl){ 0 };
	if (!slice_cut(rest, ':', &scheme, &rest) || !slice_eq_nocase(scheme, SLICE("pkg")))
		return refuse(&p, text.p, "it does not begin with pkg:", err);
	slice_cut_last(rest, '#', &rest, &subpath);
	slice_cut_last(rest, '?', &rest, &qualifiers);
	while (slice_skip(&rest, SLICE("/")))
		continue;
	if (!slice_cut(rest, '/', &type, &rest))
		return refuse(&p, type.p, "there is no type", err);
	int r = take_type(&p, type, &out->type, err);
	if (r < 0)
		return r;
	const struct purl_type *kind = type_find(out->type);
	struct slice version = cut_version(&rest);
	if ((version.n && (r = take_text(&p, version, kind->version, &out->version, err)) < 0) || (r = take_name(&p, rest, kind, out, err)) < 0)
		return r;
	if ((r = take_qualifiers(&p, qualifiers, out, err)) < 0 || (r = take_segments(&p, subpath, true, AS_IS, &out->subpath, err)) < 0)
		return r;
	return demand(&p, kind, out, err);
}

struct slice
purl_qualifier(const struct purl *purl, const char *key)
{
	for (size_t i = 0; i < purl->qualifier_count; i++)
		if (slice_is(purl->qualifiers[i].key, key))
			return purl->qualifiers[i].value;
	return SLICE_NONE;
}

static void
put_spelled(struct strbuf *into, struct slice text, enum spelling spelling)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	for (size_t i = 0; i < text.n; i++)
		strbuf_putc(&plain, spelled(text.p[i], spelling));
	into->failed |= plain.failed;
	strbuf_put_percent(into, strbuf_slice(&plain), ":");
}

static void
put_segments(struct strbuf *into, struct slice text, enum spelling spelling)
{
	struct slice segment;
	for (bool first = true; slice_next(&text, '/', &segment); first = false) {
		strbuf_puts(into, first ? "" : "/");
		put_spelled(into, segment, spelling);
	}
}

void
purl_write(const struct purl *purl, struct strbuf *into)
{
	const struct purl_type *type = type_find(purl->type);
	strbuf_puts(into, "pkg:");
	strbuf_put(into, purl->type);
	strbuf_putc(into, '/');
	if (purl->namespace.n) {
		put_segments(into, purl->namespace, type->namespace);
		strbuf_putc(into, '/');
	}
	put_spelled(into, purl->name, type->name);
	if (purl->version.n) {
		strbuf_putc(into, '@');
		put_spelled(into, purl->version, type->version);
	}
	for (size_t i = 0; i < purl->qualifier_count; i++) {
		strbuf_putc(into, i ? '&' : '?');
		strbuf_put(into, purl->qualifiers[i].key);
		strbuf_putc(into, '=');
		strbuf_put_percent(into, purl->qualifiers[i].value, ":");
	}
	if (purl->subpath.n) {
		strbuf_putc(into, '#');
		put_segments(into, purl->subpath, AS_IS);
	}
}
