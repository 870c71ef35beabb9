/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs, taken apart. */
#include "catalog/language/purl_text.h"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX unescaped; absent without memory. */
static struct slice
unescape(struct slice text, struct arena *arena)
{
	char *out = arena_alloc(arena, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; out && i < text.n; i++) {
		bool escaped = text.p[i] == '%' && i + 2 < text.n && hex_value(text.p[i + 1]) >= 0 && hex_value(text.p[i + 2]) >= 0;
		out[n++] = escaped ? (char)(hex_value(text.p[i + 1]) << 4 | hex_value(text.p[i + 2])) : text.p[i];
		i += escaped ? 2 : 0;
	}
	return out ? (struct slice){ out, n } : SLICE_NONE;
}

static struct slice
qualifier(struct slice qualifiers, const char *name)
{
	struct slice one, key, value;
	while (slice_next(&qualifiers, '&', &one))
		if (slice_cut(one, '=', &key, &value) && slice_is(key, name))
			return value;
	return SLICE_NONE;
}

bool
purl_split(struct slice purl, struct arena *arena, struct purl_parts *out)
{
	struct slice rest = purl, subpath, qualifiers, type, name, version = SLICE_NONE, namespace, last;
	if (!slice_skip(&rest, SLICE("pkg:")))
		return false;
	slice_cut(rest, '#', &rest, &subpath);
	slice_cut(rest, '?', &rest, &qualifiers);
	if (!slice_cut(rest, '/', &type, &name) || type.n == 0)
		return false;
	/* A scope of npm begins with "@", escaped or not. */
	if (slice_find_last(name, '@') != SIZE_MAX && slice_find_last(name, '@') > 0)
		slice_cut_last(name, '@', &name, &version);
	if (slice_is(type, "maven") && slice_cut_last(name, '/', &namespace, &last))
		name = arena_printf(arena, "%.*s:%.*s", SLICE_ARG(namespace), SLICE_ARG(last));
	*out = (struct purl_parts){
		.type = type,
		.name = unescape(name, arena),
		.version = version.p ? unescape(version, arena) : SLICE_NONE,
		.arch = qualifier(qualifiers, "arch"),
	};
	return out->name.n > 0;
}

static void
put_qualifier(struct strbuf *into, char *before, const char *name, struct slice value)
{
	if (value.n == 0)
		return;
	strbuf_printf(into, "%c%s=", *before, name);
	strbuf_put_percent(into, value, "");
	*before = '&';
}

void
purl_put(struct strbuf *into, struct slice type, struct slice name, struct slice version, struct slice arch, struct slice distro)
{
	char before = '?';
	strbuf_puts(into, "pkg:");
	strbuf_put(into, type);
	strbuf_putc(into, '/');
	strbuf_put_percent(into, name, "/");
	if (version.n) {
		strbuf_putc(into, '@');
		strbuf_put_percent(into, version, "");
	}
	put_qualifier(into, &before, "arch", arch);
	put_qualifier(into, &before, "distro", distro);
}
