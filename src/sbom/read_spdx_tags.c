/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX 2.2 and 2.3 as tags and values: a tag a line, of which <text> may go over several. */
#include "sbom/document.h"

#include "base/cursor.h"
#include "base/error.h"

#include <stddef.h>

struct tags {
	struct sbom_document *out;
	struct cursor in;
	struct part *part;         /* whose tags follow; NULL: of the document, or of what nobody wants */
	size_t line;
	size_t described;
};

static const struct {
	const char *tag;
	size_t place;
} plain_tags[] = {
	{ "SPDXID", offsetof(struct part, ref) }, { "PackageVersion", offsetof(struct part, version) },
	{ "PackageSourceInfo", offsetof(struct part, source_info) },
};

static bool
take_plain(struct part *part, struct slice tag, struct slice value)
{
	for (size_t i = 0; i < sizeof plain_tags / sizeof *plain_tags; i++)
		if (slice_is(tag, plain_tags[i].tag)) {
			*(struct slice *)((char *)part + plain_tags[i].place) = value;
			return true;
		}
	return false;
}

/* "PACKAGE-MANAGER purl pkg:..." */
static void
take_reference(struct part *part, struct slice value)
{
	struct slice category, type, locator;
	if (slice_word(&value, &category) && slice_word(&value, &type) && slice_word(&value, &locator) && slice_is(type, "purl") && part->purl.n == 0)
		part->purl = locator;
}

static int
take_checksum(struct tags *tags, struct slice value, struct plim_error *err)
{
	struct slice name, hex;
	if (!slice_cut(value, ':', &name, &hex))
		return 0;
	return sbom_take_checksum(tags->out, tags->part, slice_trim(name), slice_trim(hex), err);
}

static int
take_of_package(struct tags *tags, struct slice tag, struct slice value, struct plim_error *err)
{
	struct part *part = tags->part;
	if (take_plain(part, tag, value))
		return 0;
	if (slice_is(tag, "PackageSupplier") || (slice_is(tag, "PackageOriginator") && part->vendor.n == 0))
		part->vendor = sbom_said_by(value).n ? sbom_said_by(value) : part->vendor;
	else if (slice_is(tag, "PackageLicenseDeclared") || (slice_is(tag, "PackageLicenseConcluded") && part->license.n == 0))
		part->license = sbom_said(value).n ? sbom_said(value) : part->license;
	else if (slice_is(tag, "PrimaryPackagePurpose"))
		sbom_take_purpose(part, value);
	else if (slice_is(tag, "ExternalRef"))
		take_reference(part, value);
	else if (slice_is(tag, "PackageChecksum"))
		return take_checksum(tags, value, err);
	return 0;
}

static int
begin_package(struct tags *tags, struct slice name, struct plim_error *err)
{
	tags->part = sbom_add_part(tags->out, err);
	if (tags->part == NULL)
		return err && err->code ? err->code : PLIM_ENOMEM;
	tags->part->name = name;
	sbom_take_purpose(tags->part, SLICE_NONE);
	return 0;
}

/* What the document is about need have no package URL. */
static void
take_described(struct tags *tags, struct slice ref)
{
	if (tags->described++ > 0)
		return;
	vec_each (&tags->out->parts, part)
		if (slice_eq(part->ref, ref))
			part->needs_purl = false;
}

static int
take_relationship(struct tags *tags, struct slice value, struct plim_error *err)
{
	struct slice from, type, to;
	if (!slice_word(&value, &from) || !slice_word(&value, &type) || !slice_word(&value, &to))
		return error_set(err, PLIM_EFORMAT, "line %zu: a relationship of fewer than three words", tags->line);
	if (slice_is(type, "DESCRIBES"))
		take_described(tags, to);
	bool on = slice_is(type, "DEPENDS_ON"), of = slice_is(type, "DEPENDENCY_OF");
	struct part_need *need = on || of ? vec_push(&tags->out->needs) : NULL;
	if (on || of) {
		if (need == NULL)
			return error_nomem(err);
		*need = on ? (struct part_need){ from, to } : (struct part_need){ to, from };
	}
	return 0;
}

static int
take_version(struct sbom_document *out, struct slice value, struct plim_error *err)
{
	out->version = value;
	if (slice_skip(&out->version, SLICE("SPDX-")) && (slice_is(out->version, "2.2") || slice_is(out->version, "2.3")))
		return 0;
	return error_set(err, PLIM_EUNSUPPORTED, "%.*s is not read: SPDX-2.2 and SPDX-2.3 are", SLICE_ARG(slice_first(value, 20)));
}

static int
take_tag(struct tags *tags, struct slice tag, struct slice value, struct plim_error *err)
{
	static const char *const others[] = { "FileName", "SnippetSPDXID", "LicenseID", "Reviewer", "Annotator", NULL };
	struct sbom_document *out = tags->out;
	for (size_t i = 0; others[i]; i++)
		if (slice_is(tag, others[i]))
			tags->part = NULL;
	if (slice_is(tag, "SPDXVersion"))
		return take_version(out, value, err);
	if (slice_is(tag, "PackageName"))
		return begin_package(tags, value, err);
	if (slice_is(tag, "Relationship"))
		return take_relationship(tags, value, err);
	if (slice_is(tag, "DocumentName"))
		out->name = value;
	else if (slice_is(tag, "DocumentNamespace"))
		out->serial = value;
	else if (slice_is(tag, "Creator") && slice_skip(&value, SLICE("Tool: ")))
		out->tool = value;
	return tags->part ? take_of_package(tags, tag, value, err) : 0;
}

/* The value may go on over lines. */
static int
take_value(struct tags *tags, struct slice *value, struct plim_error *err)
{
	struct slice end = SLICE("</text>"), line;
	if (!slice_skip(value, SLICE("<text>")))
		return 0;
	size_t first = tags->line, at = slice_find_text(*value, end);
	while (at == SIZE_MAX) {
		if (!cursor_line(&tags->in, &line))
			return error_set(err, PLIM_EFORMAT, "line %zu: a <text> without end", first);
		tags->line++;
		*value = slice_range(value->p, line.p + line.n);
		at = slice_find_text(line, end);
		if (at != SIZE_MAX)
			at += (size_t)(line.p - value->p);
	}
	*value = slice_first(*value, at);
	return 0;
}

static int
take_line(struct tags *tags, struct slice line, struct plim_error *err)
{
	struct slice tag, value;
	line = slice_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return 0;
	if (!slice_cut(line, ':', &tag, &value))
		return error_set(err, PLIM_EFORMAT, "line %zu: neither a tag nor a comment", tags->line);
	value = slice_trim(value);
	int r = take_value(tags, &value, err);
	if (r < 0)
		return r;
	if (tags->out->version.n == 0 && !slice_is(tag, "SPDXVersion"))
		return error_set(err, PLIM_EFORMAT, "line %zu: it does not begin with SPDXVersion: no bill of materials that is known", tags->line);
	return take_tag(tags, tag, value, err);
}

int
sbom_read_spdx_tags(struct slice bytes, struct sbom_document *out, struct plim_error *err)
{
	/* The parts outlive the bytes. */
	struct slice kept = arena_dup(out->arena, bytes), line;
	struct tags tags = { .out = out, .in = cursor_of(kept) };
	int r = 0;
	if (kept.p == NULL)
		return error_nomem(err);
	if (!slice_is_utf8(kept) || slice_find(kept, 0) != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "line 1: it is no text in UTF-8");
	out->format = SLICE("SPDX");
	while (r == 0 && cursor_line(&tags.in, &line)) {
		tags.line++;
		r = take_line(&tags, line, err);
	}
	return r;
}
