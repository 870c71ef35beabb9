/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/cpe.h"

#include "base/error.h"
#include "base/strbuf.h"

enum { PART, VENDOR, PRODUCT, VERSION, UPDATE, ATTRIBUTE_COUNT = 11 };

/* Attributes end at a colon that is not escaped. */
static bool
take_attribute(struct slice *rest, struct slice *out)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] != ':')
		n += rest->p[n] == '\\' ? 2 : 1;
	if (n > rest->n)
		return false;
	*out = slice_first(*rest, n);
	*rest = slice_from(*rest, n < rest->n ? n + 1 : n);
	return n > 0;
}

static void
put_plain(struct strbuf *into, struct slice attribute)
{
	for (size_t i = 0; i < attribute.n; i++) {
		char c = attribute.p[i];
		if (c == '\\' && i + 1 < attribute.n)
			c = attribute.p[++i];
		strbuf_putc(into, c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c);
	}
}

static bool
is_any(struct slice attribute)
{
	return slice_is(attribute, "*");
}

/* Part of a value, where it is not escaped: "1.2.*". */
static bool
is_pattern(struct slice attribute)
{
	for (size_t i = 0; i < attribute.n && !is_any(attribute); i++)
		if (attribute.p[i] == '\\')
			i++;
		else if (attribute.p[i] == '*' || attribute.p[i] == '?')
			return true;
	return false;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *const javas[] = { "oracle:jdk", "oracle:jre", "oracle:openjdk", "oracle:java_se", "sun:jdk", "sun:jre" };

static bool
is_java(struct slice package)
{
	for (size_t i = 0; i < sizeof javas / sizeof *javas; i++)
		if (slice_is(package, javas[i]))
			return true;
	return false;
}

struct slice
cpe_version(struct slice package, struct slice version, struct arena *arena)
{
	bool short_java = version.n == 1 && version.p[0] >= '5' && version.p[0] <= '8' && is_java(package);
	return short_java ? arena_printf(arena, "1.%.*s.0", SLICE_ARG(version)) : version;
}

/* "update_292", "update292" */
static bool
is_java_update(struct slice *update)
{
	if (!slice_skip(update, SLICE("update")))
		return false;
	slice_skip(update, SLICE("_"));
	return update->n > 0 && is_digit(update->p[0]);
}

static struct slice
whole_version(struct slice package, struct slice version, struct slice update, struct arena *arena)
{
	version = cpe_version(package, version, arena);
	if (version.p == NULL || is_any(update) || slice_is(version, "-"))
		return version;
	if (slice_is(update, "-"))
		return arena_printf(arena, "%.*s:-", SLICE_ARG(version));
	const char *joint = is_java_update(&update) ? "_" : "-";
	return arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(version), joint, SLICE_ARG(update));
}

static int
keep_package(const struct slice *attributes, struct arena *arena, struct cpe *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	put_plain(&text, attributes[VENDOR]);
	strbuf_putc(&text, ':');
	put_plain(&text, attributes[PRODUCT]);
	out->package = text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
	return out->package.p ? 0 : error_nomem(err);
}

static int
keep_version(const struct slice *attributes, struct arena *arena, struct cpe *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf version = { 0 }, update = { 0 };
	out->open = slice_is(attributes[VERSION], "-") || is_pattern(attributes[VERSION]) || is_pattern(attributes[UPDATE]);
	if (out->open || is_any(attributes[VERSION]))
		return 0;
	put_plain(&version, attributes[VERSION]);
	put_plain(&update, attributes[UPDATE]);
	struct slice whole = version.failed || update.failed ? SLICE_NONE
	                         : whole_version(out->package, strbuf_slice(&version), strbuf_slice(&update), arena);
	out->version = whole.p ? arena_dup(arena, whole) : SLICE_NONE;
	return out->version.p ? 0 : error_nomem(err);
}

int
cpe_parse(struct slice text, struct arena *arena, struct cpe *out, struct plim_error *err)
{
	struct slice attributes[ATTRIBUTE_COUNT], rest = text;
	bool whole = slice_skip(&rest, SLICE("cpe:2.3:"));
	for (size_t i = 0; whole && i < ATTRIBUTE_COUNT; i++)
		whole = take_attribute(&rest, &attributes[i]);
	if (!whole || rest.n > 0 || attributes[PART].n != 1)
		return error_set(err, PLIM_EFORMAT, "'%.*s' is no name of CPE 2.3", SLICE_ARG(text));
	*out = (struct cpe){ .part = attributes[PART].p[0] };
	int r = keep_package(attributes, arena, out, err);
	return r < 0 ? r : keep_version(attributes, arena, out, err);
}

/* Where "9.3p1" and "1.8.0_292" have their update; the whole where there is none. */
static struct slice
without_update(struct slice version)
{
	size_t n = version.n;
	while (n > 0 && is_digit(version.p[n - 1]))
		n--;
	bool updated = n > 1 && n < version.n && (version.p[n - 1] == 'p' || version.p[n - 1] == '_');
	if (!updated)
		return version;
	n--;
	if (n > 1 && version.p[n - 1] == '-')
		n--;
	return is_digit(version.p[n - 1]) ? slice_first(version, n) : version;
}

static int
compare(struct slice a, struct slice b)
{
	bool exact = slice_skip_end(&a, SLICE(":-")), other = slice_skip_end(&b, SLICE(":-"));
	struct slice base_a = without_update(a), base_b = without_update(b);
	bool one_updated = (base_a.n < a.n) != (base_b.n < b.n);
	if (!exact && !other && one_updated && version_generic.compare(base_a, base_b) == 0)
		return 0;
	return version_generic.compare(a, b);
}

static int
check(struct slice version, struct plim_error *err)
{
	return version_generic.check(version, err);
}

const struct version_scheme version_cpe = { .name = "cpe", .check = check, .compare = compare };
