/* SPDX-License-Identifier: Apache-2.0 */
/* A VEX document, whatever its format. */
#include "vex/statement.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"

#include "version/semver.h"

#include <inttypes.h>

const char *
vex_status_name(enum vex_status status)
{
	static const char *const names[VEX_STATUS_COUNT] = {
		[VEX_NOT_AFFECTED] = "not_affected", [VEX_FIXED] = "fixed", [VEX_AFFECTED] = "affected", [VEX_UNDER_INVESTIGATION] = "under_investigation",
	};
	return names[status];
}

bool
vex_status_waives(enum vex_status status)
{
	return status == VEX_NOT_AFFECTED || status == VEX_FIXED;
}

void
vex_document_done(struct vex_document *document)
{
	vec_done(&document->statements);
}

/* An integer, or of CSAF the three numbers of semver. */
static bool
version_parse(const struct vex_document *document, struct semver *out)
{
	static const struct semver_rules rules = { .wildcards = "", .padded = true, .least = 1 };
	return semver_parse(document->version, &rules, out);
}

int
vex_document_lineage(const struct vex_document *document, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct slice publisher = document->format == VEX_CSAF ? document->author : SLICE("");
	struct semver version;
	*out = SLICE_NONE;
	if (document->id.n == 0 || !version_parse(document, &version))
		return 0;
	*out = arena_printf(arena, "%d %zu %.*s %.*s", document->format, document->id.n, SLICE_ARG(document->id), SLICE_ARG(publisher));
	return out->p ? 0 : error_nomem(err);
}

bool
vex_document_is_newer(const struct vex_document *a, const struct vex_document *b)
{
	struct semver of_a, of_b;
	return version_parse(a, &of_a) && version_parse(b, &of_b) && semver_order(&of_a, &of_b) > 0;
}

bool
vex_lacks_reason(const struct vex_document *document, const struct vex_statement *statement)
{
	return document->format != VEX_CYCLONEDX && statement->status == VEX_NOT_AFFECTED && statement->justification.n == 0 && statement->impact.n == 0;
}

int
vex_add(struct vex_document *document, const struct vex_statement *statement, struct plim_error *err)
{
	if (document->statements.n == LIMIT_VEX_STATEMENT_COUNT)
		return error_set(err, PLIM_ELIMIT, "more statements than limit VEX_STATEMENT_COUNT (%" PRIu64 ")", LIMIT_VEX_STATEMENT_COUNT);
	struct vex_statement *kept = vec_push(&document->statements);
	if (kept == NULL)
		return error_nomem(err);
	*kept = *statement;
	return 0;
}

bool
vex_keep(struct arena *arena, struct slice text, struct slice *out)
{
	*out = text.n ? arena_dup(arena, text) : SLICE_NONE;
	return text.n == 0 || out->p;
}

/* Behind the last slash an @ begins the version; a scope's stands before one. */
bool
vex_purl_has_version(struct slice purl)
{
	struct slice before, qualifiers, name, version;
	slice_cut(purl, '?', &before, &qualifiers);
	slice_cut_last(path_base(before), '@', &name, &version);
	return version.n || slice_find_text(qualifiers, SLICE("tag=")) != SIZE_MAX;
}

int
vex_time(const struct json *object, const char *key, int64_t *out, struct plim_error *err)
{
	const struct json *value = json_get(object, key);
	*out = DATE_NONE;
	if (value == NULL || json_is(value, JSON_NULL))
		return 0;
	return date_parse(json_string(value), out) ? 0 : error_set(err, PLIM_EFORMAT, "%s: no time", key);
}

int
vex_time_of(const struct json *statement, const char *updated, const char *issued, int64_t otherwise, int64_t *out, struct plim_error *err)
{
	int64_t first;
	int r = vex_time(statement, updated, out, err);
	if (r < 0 || (r = vex_time(statement, issued, &first, err)) < 0)
		return r;
	if (*out == DATE_NONE)
		*out = first != DATE_NONE ? first : otherwise;
	return 0;
}

int
vex_list(const struct json *object, const char *key, const struct json **out, struct plim_error *err)
{
	const struct json *value = json_get(object, key);
	*out = value && !json_is(value, JSON_NULL) ? value : NULL;
	return *out == NULL || json_is(*out, JSON_ARRAY) ? 0 : error_set(err, PLIM_EFORMAT, "%s: no list", key);
}

/* What each format has and no other: the context of OpenVEX has its version behind it, or none. */
static bool
is_openvex(const struct json *root)
{
	return slice_starts(json_get_string(root, "@context"), SLICE("https://openvex.dev/ns"));
}

bool
vex_is_csaf(const struct json *root)
{
	return json_get(json_get(root, "document"), "csaf_version") != NULL;
}

static bool
is_cyclonedx(const struct json *root)
{
	return slice_is(json_get_string(root, "bomFormat"), "CycloneDX");
}

static const struct {
	bool (*is)(const struct json *root);
	enum vex_format format;
	int (*read)(const struct json *root, struct arena *arena, struct vex_document *out, struct plim_error *err);
} readers[] = {
	{ is_openvex, VEX_OPENVEX, openvex_read },
	{ vex_is_csaf, VEX_CSAF, csaf_read },
	{ is_cyclonedx, VEX_CYCLONEDX, cyclonedx_vex_read },
};

bool
vex_is_document(const struct json *root)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
		if (readers[i].is(root))
			return true;
	return false;
}

static int
read_tree(const struct json *root, struct arena *arena, struct vex_document *out, struct plim_error *err)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
		if (readers[i].is(root)) {
			out->format = readers[i].format;
			return readers[i].read(root, arena, out, err);
		}
	return error_set(err, PLIM_EFORMAT, "neither OpenVEX nor CSAF nor CycloneDX");
}

int
vex_read(struct slice text, struct arena *arena, struct vex_document *out, struct plim_error *err)
{
	AUTO(arena) struct arena *tree = arena_new(LIMIT_VEX_MEMORY_BYTES);
	const struct json *root;
	*out = (struct vex_document){ .issued = DATE_NONE, .updated = DATE_NONE };
	if (tree == NULL)
		return error_nomem(err);
	if (text.n > LIMIT_VEX_BYTES)
		return error_set(err, PLIM_ELIMIT, "more bytes than limit VEX_BYTES (%" PRIu64 ")", LIMIT_VEX_BYTES);
	int r = json_parse(text, tree, &root, err);
	if (r < 0 && arena_full(tree))
		return error_set(err, PLIM_ELIMIT, "more memory than limit VEX_MEMORY_BYTES (%" PRIu64 ")", LIMIT_VEX_MEMORY_BYTES);
	return r < 0 ? r : read_tree(root, arena, out, err);
}
