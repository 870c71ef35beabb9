/* SPDX-License-Identifier: Apache-2.0 */
/* A document, whatever its format. */
#include "sbom/document.h"

#include "base/error.h"
#include "base/limits.h"

void
sbom_document_done(struct sbom_document *document)
{
	vec_each (&document->parts, part)
		vec_done(&part->properties);
	vec_done(&document->parts);
	vec_done(&document->properties);
	vec_done(&document->needs);
	arena_free(document->arena);
	*document = (struct sbom_document){ 0 };
}

struct part *
sbom_add_part(struct sbom_document *document, struct plim_error *err)
{
	if (document->parts.n == LIMIT_SBOM_PART_COUNT) {
		error_set(err, PLIM_ELIMIT, "more components than limit SBOM_PART_COUNT");
		return NULL;
	}
	struct part *part = vec_push(&document->parts);
	if (part == NULL)
		error_nomem(err);
	return part;
}

int
sbom_add_property(struct sbom_document *document, struct part *part, struct slice name, struct slice value, struct plim_error *err)
{
	struct part_property *property = part ? vec_push(&part->properties) : vec_push(&document->properties);
	if (property == NULL)
		return error_nomem(err);
	*property = (struct part_property){ name, value };
	return 0;
}

struct slice
sbom_property(const struct part *part, const char *name)
{
	for (size_t i = 0; i < part->properties.n; i++)
		if (slice_is(part->properties.at[i].name, name))
			return part->properties.at[i].value;
	return SLICE_NONE;
}

struct slice
sbom_said(struct slice text)
{
	return slice_is(text, "NOASSERTION") || slice_is(text, "NONE") || text.n == 0 ? SLICE_NONE : text;
}

struct slice
sbom_said_by(struct slice text)
{
	text = sbom_said(text);
	if (!slice_skip(&text, SLICE("Organization:")))
		slice_skip(&text, SLICE("Person:"));
	text = slice_trim(text);
	return text.n ? text : SLICE_NONE;
}

static bool
is_purpose(struct slice text, const char *name)
{
	size_t n = strlen(name);
	if (text.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((text.p[i] == '-' ? '_' : text.p[i]) != name[i])
			return false;
	return true;
}

void
sbom_take_purpose(struct part *part, struct slice purpose)
{
	static const struct {
		const char *purpose;
		enum part_kind kind;
		bool needs_purl;
	} purposes[] = {
		{ "OPERATING_SYSTEM", PART_SYSTEM, false }, { "FILE", PART_FILE, false },  { "CONTAINER", PART_PACKAGE, false },
		{ "SOURCE", PART_PACKAGE, false },          { "DEVICE", PART_OTHER, false }, { "APPLICATION", PART_PACKAGE, true },
	};
	part->kind = PART_PACKAGE;
	part->needs_purl = true;
	part->may_be_list = is_purpose(purpose, "APPLICATION");
	for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
		if (is_purpose(purpose, purposes[i].purpose)) {
			part->kind = purposes[i].kind;
			part->needs_purl = purposes[i].needs_purl;
		}
}

static int
read_json(struct slice bytes, struct sbom_document *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(bytes, out->arena, &root, err);
	if (r < 0)
		return r;
	if (slice_is(json_get_string(root, "bomFormat"), "CycloneDX"))
		return sbom_read_cyclonedx(root, out, err);
	if (json_get_string(root, "spdxVersion").n)
		return sbom_read_spdx(root, out, err);
	if (json_get(root, "@graph") || json_get(root, "@context"))
		return error_set(err, PLIM_EUNSUPPORTED, "SPDX 3 and other linked data is not read: CycloneDX 1.2 to 1.6 and SPDX 2.2 and 2.3 are");
	return error_set(err, PLIM_EFORMAT, "line 1: neither bomFormat CycloneDX nor spdxVersion: no bill of materials that is known");
}

static int
read_any(struct slice bytes, struct sbom_document *out, struct plim_error *err)
{
	struct slice text = bytes;
	slice_skip(&text, SLICE("\xef\xbb\xbf"));
	struct slice begin = slice_trim(text);
	if (begin.n == 0)
		return error_set(err, PLIM_EFORMAT, "line 1: it is empty");
	if (begin.p[0] == '{')
		return read_json(text, out, err);
	return begin.p[0] == '<' ? sbom_read_cyclonedx_xml(text, out, err) : sbom_read_spdx_tags(text, out, err);
}

int
sbom_document_read(struct slice bytes, struct sbom_document *out, struct plim_error *err)
{
	*out = (struct sbom_document){ .arena = arena_new(LIMIT_SBOM_MEMORY_BYTES) };
	if (out->arena == NULL)
		return error_nomem(err);
	if (bytes.n > LIMIT_SBOM_BYTES)
		return error_set(err, PLIM_ELIMIT, "it is larger than limit SBOM_BYTES");
	int r = read_any(bytes, out, err);
	return r == PLIM_ENOMEM && arena_full(out->arena) ? error_set(err, PLIM_ELIMIT, "it needs more memory than limit SBOM_MEMORY_BYTES") : r;
}
