/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts read back from JSON: a table for each object, beside which stands what report/json.c writes. */
#include "policy/verdict_file.h"

#include "base/error.h"
#include "codec/json_fill.h"

#define END { NULL, FILL_END, false, 0, 0, NULL, NULL, 0, NULL }
#define SHAPE(type, ...) { sizeof(type), (const struct fill_member[]){ __VA_ARGS__, END } }

#define WORD_OF(name, type) static const char *name##_word(unsigned at) { return name##_name((enum type)at); }
WORD_OF(area, area)
WORD_OF(result, result)
WORD_OF(action, action)
WORD_OF(severity, severity)
WORD_OF(origin, origin)
WORD_OF(match_state, match_state)
WORD_OF(check_outcome, check_outcome)

#define EVIDENCE(kind, key, field) FILL_ROW(kind, struct evidence, key, field)
static const struct fill_shape evidence_shape = SHAPE(struct evidence,
	EVIDENCE(FILL_TEXT, "detail", detail), EVIDENCE(FILL_TEXT, "instruction", instruction), EVIDENCE(FILL_U32, "layer", layer),
	EVIDENCE(FILL_DIGEST, "layer_digest", layer_digest), FILL_CHOICE(struct evidence, "origin", origin, false, origin_word, ORIGIN_APPLICATION + 1),
	EVIDENCE(FILL_TEXT, "package", package), EVIDENCE(FILL_TEXT, "path", path), EVIDENCE(FILL_TEXT, "setting", setting),
	EVIDENCE(FILL_TEXT, "type", package_type), EVIDENCE(FILL_TEXT, "version", package_version));

#define MATCH(kind, key, field) FILL_ROW(kind, struct match, key, field)
static const struct fill_shape match_shape = SHAPE(struct match,
	FILL_LIST(FILL_TEXTS, struct match, "aliases", aliases, alias_count, NULL), MATCH(FILL_REAL, "epss", epss),
	MATCH(FILL_TIME, "exploited_since", kev_added), MATCH(FILL_TIME, "fix_known", fix_known), MATCH(FILL_TEXT, "id", id),
	MATCH(FILL_TIME, "published", published), MATCH(FILL_REAL, "score", score), MATCH(FILL_TEXT, "source", source),
	FILL_CHOICE(struct match, "state", state, true, match_state_word, MATCH_STATE_COUNT), MATCH(FILL_TEXT, "vector", vector));

#define STATEMENT(kind, key, field) FILL_ROW(kind, struct statement_note, key, field)
static const struct fill_shape statement_shape = SHAPE(struct statement_note,
	STATEMENT(FILL_TEXT, "action", action), STATEMENT(FILL_TEXT, "author", author), STATEMENT(FILL_TEXT, "document", document),
	STATEMENT(FILL_TEXT, "impact", impact), STATEMENT(FILL_TEXT, "justification", justification), STATEMENT(FILL_TEXT, "key", key),
	FILL_MUST(FILL_TEXT, struct statement_note, "product", product), FILL_MUST(FILL_TEXT, struct statement_note, "source", source),
	FILL_MUST(FILL_TEXT, struct statement_note, "status", status), STATEMENT(FILL_TIME, "time", time),
	FILL_MUST(FILL_TEXT, struct statement_note, "vulnerability", vulnerability));

#define FINDING(kind, key, field) FILL_ROW(kind, struct finding, key, field)
static const struct fill_shape fix_shape = SHAPE(struct finding,
	FINDING(FILL_TEXT, "command", fix_command), FINDING(FILL_TEXT, "version", fix_version));

static const struct fill_shape finding_shape = SHAPE(struct finding,
	FILL_CHOICE(struct finding, "action", action, true, action_word, ACTION_FAIL + 1),
	FILL_CHOICE(struct finding, "area", area, true, area_word, AREA_COUNT), FINDING(FILL_TEXT, "control", control),
	{ "evidence", FILL_INSIDE, true, offsetof(struct finding, evidence), 0, &evidence_shape, NULL, 0, NULL }, FILL_HERE("fix", false, &fix_shape),
	FILL_MUST(FILL_TEXT, struct finding, "id", id), FINDING(FILL_BOOL, "known", known), FINDING(FILL_TEXT, "message", message),
	FILL_LIST(FILL_TEXTS, struct finding, "references", references, reference_count, NULL), FILL_MUST(FILL_TEXT, struct finding, "rule", rule),
	FILL_CHOICE(struct finding, "severity", severity, true, severity_word, SEVERITY_CRITICAL + 1),
	{ "statement", FILL_POINTER, false, offsetof(struct finding, statement), 0, &statement_shape, NULL, 0, NULL },
	FILL_MUST(FILL_TEXT, struct finding, "title", title),
	{ "vulnerability", FILL_POINTER, false, offsetof(struct finding, match), 0, &match_shape, NULL, 0, NULL });

#define WAIVED(kind, key, field) FILL_ROW(kind, struct waived, key, field)
static const struct fill_shape waiver_shape = SHAPE(struct waived,
	WAIVED(FILL_TEXT, "owner", owner), WAIVED(FILL_TEXT, "reason", reason), WAIVED(FILL_TEXT, "ticket", ticket), FILL_MUST(FILL_DAY, struct waived, "until", until));

static const struct fill_shape waived_shape = SHAPE(struct waived,
	FILL_HERE("exception", false, &waiver_shape),
	{ "finding", FILL_INSIDE, true, offsetof(struct waived, finding), 0, &finding_shape, NULL, 0, NULL });

#define UNKNOWN(kind_, key, field) FILL_ROW(kind_, struct unknown, key, field)
static const struct fill_shape unknown_shape = SHAPE(struct unknown,
	FILL_CHOICE(struct unknown, "action", action, true, action_word, ACTION_FAIL + 1),
	FILL_CHOICE(struct unknown, "area", area, true, area_word, AREA_COUNT), FILL_MUST(FILL_TEXT, struct unknown, "kind", kind),
	UNKNOWN(FILL_U32, "layer", layer), FILL_MUST(FILL_TEXT, struct unknown, "reason", reason), UNKNOWN(FILL_TEXT, "subject", subject));

#define NOTE(kind, key, field) FILL_ROW(kind, struct exception_note, key, field)
static const struct fill_shape note_shape = SHAPE(struct exception_note,
	NOTE(FILL_TEXT, "id", id), NOTE(FILL_TEXT, "lacking", lacking), NOTE(FILL_TEXT, "owner", owner), NOTE(FILL_TEXT, "reason", reason), NOTE(FILL_TEXT, "rule", rule),
	NOTE(FILL_TEXT, "ticket", ticket), NOTE(FILL_DAY, "until", until));

#define STATEMENT_UNUSED(key, field) FILL_MUST(FILL_TEXT, struct statement_unused, key, field)
static const struct fill_shape statement_unused_shape = SHAPE(struct statement_unused,
	STATEMENT_UNUSED("product", product), STATEMENT_UNUSED("reason", reason), STATEMENT_UNUSED("source", source),
	STATEMENT_UNUSED("status", status), STATEMENT_UNUSED("vulnerability", vulnerability));

#define FEED(kind, key, field) FILL_ROW(kind, struct data_feed, key, field)
static const struct fill_shape feed_shape = SHAPE(struct data_feed,
	FEED(FILL_TEXT, "name", name), FEED(FILL_U64, "records", records), FEED(FILL_TIME, "snapshot", snapshot));

#define LAYER(kind, key, field) FILL_ROW(kind, struct layer_summary, key, field)
static const struct fill_shape layer_shape = SHAPE(struct layer_summary,
	LAYER(FILL_U64, "bytes", bytes), LAYER(FILL_U64, "files", files), LAYER(FILL_TEXT, "instruction", instruction),
	FILL_CHOICE(struct layer_summary, "origin", origin, false, origin_word, ORIGIN_APPLICATION + 1), LAYER(FILL_U64, "packages", packages));

#define OS(kind, key, field) FILL_ROW(kind, struct operating_system, key, field)
static const struct fill_shape os_shape = SHAPE(struct operating_system,
	OS(FILL_TEXT, "codename", codename), OS(FILL_TEXT, "id", id), OS(FILL_BOOL, "known", known), OS(FILL_BOOL, "none", none),
	OS(FILL_TEXT, "pretty_name", pretty_name), OS(FILL_DAY, "support_end", support_end), OS(FILL_TEXT, "version", version_id));

/* Objects whose keys are data. */

static const struct fill_shape area_shape = SHAPE(struct area_state,
	FILL_CHOICE(struct area_state, "result", result, true, result_word, RESULT_FAIL + 1));

static bool
area_of(struct slice word, enum area *out)
{
	for (enum area area = 0; area < AREA_COUNT; area++)
		if (slice_is(word, area_name(area))) {
			*out = area;
			return true;
		}
	return false;
}

/* An area that is not known here may be the one that fails. */
static int
take_areas(struct filling *filling, const struct json *value, const struct fill_place *place, void *out)
{
	enum area area;
	for (size_t i = 0; json_is(value, JSON_OBJECT) && i < value->n; i++) {
		if (!area_of(value->keys[i], &area))
			return fill_error(filling, place, "an area that is not known here");
		struct slice key = SLICE("result");
		const struct json one = { .type = JSON_OBJECT, .n = 1, .keys = &key, .items = &value->items[i] };
		int r = json_fill(filling, &area_shape, &one, place, &((struct verdict *)out)->areas[area]);
		if (r < 0)
			return r;
	}
	return json_is(value, JSON_OBJECT) ? 0 : fill_error(filling, place, "no object");
}

static int
take_area_notes(struct filling *filling, const struct json *value, const struct fill_place *place, void *out)
{
	enum area area;
	for (size_t i = 0; json_is(value, JSON_OBJECT) && i < value->n; i++) {
		if (!area_of(value->keys[i], &area) || !json_is(&value->items[i], JSON_STRING))
			return fill_error(filling, place, "no note of an area");
		((struct verdict *)out)->areas[area].note = value->items[i].text;
	}
	return json_is(value, JSON_OBJECT) ? 0 : fill_error(filling, place, "no object");
}

static int
take_packages(struct filling *filling, const struct json *value, const struct fill_place *place, void *out)
{
	struct verdict *v = out;
	if (!json_is(value, JSON_OBJECT))
		return fill_error(filling, place, "no object");
	v->packages = arena_make_array(filling->arena, value->n + 1, struct package_count);
	if (v->packages == NULL)
		return error_nomem(filling->err);
	for (size_t i = 0; i < value->n; i++) {
		uint64_t count;
		if (!json_u64(&value->items[i], &count))
			return fill_error(filling, place, "no number of packages");
		v->packages[v->package_type_count++] = (struct package_count){ value->keys[i], (size_t)count };
	}
	/* The type comes first in it. */
	if (value->n > 1)
		qsort(v->packages, value->n, sizeof *v->packages, slice_cmp_qsort);
	return 0;
}

/* Of what an image is, a verdict tells the parts that reports show. */

#define IMAGE(kind, key, field) FILL_ROW(kind, struct image, key, field)
static const struct fill_shape image_shape = SHAPE(struct image,
	IMAGE(FILL_DIGEST, "config", config_digest), IMAGE(FILL_DIGEST, "index", index_digest), IMAGE(FILL_DIGEST, "manifest", manifest_digest),
	FILL_LIST(FILL_TEXTS, struct image, "names", names, name_count, NULL), IMAGE(FILL_TEXT, "reference", reference));

static int
take_layers(struct filling *filling, const struct json *ids, const struct fill_place *place, struct image *image)
{
	struct image_layer *layers = json_is(ids, JSON_ARRAY) ? arena_make_array(filling->arena, ids->n + 1, struct image_layer) : NULL;
	if (!json_is(ids, JSON_ARRAY))
		return fill_error(filling, place, "diff_ids are missing");
	if (layers == NULL)
		return error_nomem(filling->err);
	for (size_t i = 0; i < ids->n; i++)
		if (!digest_parse(json_string(&ids->items[i]), &layers[i].diff_id))
			return fill_error(filling, place, "a diff id that is no digest");
	image->layers = layers;
	image->layer_count = ids->n;
	return 0;
}

static int
take_subject(struct filling *filling, const struct json *value, const struct fill_place *place, void *out)
{
	struct verdict *v = out;
	struct slice platform = json_get_string(value, "platform");
	if ((v->target = json_get_string(value, "target")).p == NULL)
		return fill_error(filling, place, "it has no target");
	v->destination = json_get_string(value, "repository");
	v->kind = json_get_string(value, "kind");
	/* A tree has no platform. */
	if (json_get(value, "platform") == NULL)
		return 0;
	struct image *image = arena_make(filling->arena, struct image);
	if (image == NULL)
		return error_nomem(filling->err);
	/* It is shown only: a variant may stay with the architecture. */
	if (!slice_cut(platform, '/', &image->platform.os, &image->platform.architecture) || image->platform.os.n == 0 || image->platform.architecture.n == 0)
		return fill_error(filling, place, "no platform");
	v->image = image;
	int r = json_fill(filling, &image_shape, value, place, image);
	return r < 0 ? r : take_layers(filling, json_get(value, "diff_ids"), place, image);
}

/* The whole. */

#define CHECK(kind, key, field) FILL_ROW(kind, struct check_result, key, field)
static const struct fill_shape check_shape = SHAPE(struct check_result,
	FILL_CHOICE(struct check_result, "area", area, true, area_word, AREA_COUNT), CHECK(FILL_TEXT, "control", control),
	FILL_MUST(FILL_TEXT, struct check_result, "id", id), CHECK(FILL_TEXT, "reason", reason),
	FILL_CHOICE(struct check_result, "result", outcome, true, check_outcome_word, CHECK_OUT_OF_SCOPE + 1),
	FILL_CHOICE(struct check_result, "severity", severity, true, severity_word, SEVERITY_CRITICAL + 1),
	FILL_MUST(FILL_TEXT, struct check_result, "title", title));

#define VERDICT(kind, key, field) FILL_ROW(kind, struct verdict, key, field)
#define NEEDED(kind, key, field) FILL_MUST(kind, struct verdict, key, field)
#define MANY(key, field, number, shape) { key, FILL_MANY, true, offsetof(struct verdict, field), offsetof(struct verdict, number), shape, NULL, 0, NULL }

static const struct fill_shape data_shape = SHAPE(struct verdict,
	VERDICT(FILL_DIGEST, "digest", data_digest), MANY("feeds", feeds, feed_count, &feed_shape), NEEDED(FILL_BOOL, "sample", data_is_sample));

static const struct fill_shape exceptions_shape = SHAPE(struct verdict,
	MANY("expired", expired, expired_count, &note_shape), FILL_LIST(FILL_MANY, struct verdict, "unapproved", unapproved, unapproved_count, &note_shape),
	MANY("unused", unused, unused_count, &note_shape));

static const struct fill_shape left_out_shape = SHAPE(struct left_out,
	FILL_MUST(FILL_TEXT, struct left_out, "path", path), FILL_MUST(FILL_TEXT, struct left_out, "reason", reason),
	FILL_ROW(FILL_TEXT, struct left_out, "type", type));

static const struct fill_shape inventory_shape = SHAPE(struct verdict,
	NEEDED(FILL_U64, "files", file_count), FILL_LIST(FILL_MANY, struct verdict, "layers", layers, layer_count, &layer_shape),
	FILL_LIST(FILL_MANY, struct verdict, "left_out", left_out, left_out_count, &left_out_shape),
	{ "os", FILL_INSIDE, true, offsetof(struct verdict, os), 0, &os_shape, NULL, 0, NULL }, FILL_OTHERWISE("packages", take_packages),
	VERDICT(FILL_U64, "unaccounted_files", unaccounted_count), VERDICT(FILL_U64, "unsearched_files", unsearched_count));

static const struct fill_shape policy_shape = SHAPE(struct verdict,
	NEEDED(FILL_DIGEST, "digest", policy_digest), VERDICT(FILL_TEXT, "name", policy_name));

static const struct fill_shape since_shape = SHAPE(struct verdict,
	VERDICT(FILL_DIGEST, "digest", since), VERDICT(FILL_U64, "known", known_count));

static const struct fill_shape vex_shape = SHAPE(struct verdict,
	NEEDED(FILL_U64, "documents", vex_documents), NEEDED(FILL_U64, "statements", vex_statements),
	MANY("unused", vex_unused, vex_unused_count, &statement_unused_shape), NEEDED(FILL_U64, "used", vex_used));

static const struct fill_shape tool_shape = SHAPE(struct verdict, VERDICT(FILL_TEXT, "version", tool_version));

static const struct fill_shape verdict_shape = SHAPE(struct verdict,
	FILL_OTHERWISE("area_notes", take_area_notes), FILL_OTHERWISE("areas", take_areas),
	/* Verdicts of before had none. */
	{ "checks", FILL_MANY, false, offsetof(struct verdict, checks), offsetof(struct verdict, check_count), &check_shape, NULL, 0, NULL },
	FILL_HERE("data", true, &data_shape),
	NEEDED(FILL_TIME, "evaluated_at", evaluated_at), FILL_HERE("exceptions", true, &exceptions_shape),
	MANY("findings", findings, finding_count, &finding_shape), FILL_HERE("inventory", true, &inventory_shape),
	VERDICT(FILL_TEXT, "level", level), FILL_HERE("policy", true, &policy_shape), FILL_CHOICE(struct verdict, "result", result, true, result_word, RESULT_FAIL + 1),
	FILL_HERE("since", false, &since_shape), FILL_OTHERWISE("subject", take_subject), FILL_HERE("tool", true, &tool_shape),
	MANY("unknown", unknowns, unknown_count, &unknown_shape), FILL_HERE("vex", false, &vex_shape),
	MANY("waived", waived, waived_count, &waived_shape));

int
verdict_schema_check(const struct json *root, struct plim_error *err)
{
	uint64_t schema;
	if (!json_u64(json_get(root, "schema"), &schema))
		return error_set(err, PLIM_EFORMAT, "no verdict: it has no schema");
	if (schema != VERDICT_SCHEMA)
		return error_set(err, PLIM_EUNSUPPORTED, "a verdict of schema %ju; this program reads %d", (uintmax_t)schema, VERDICT_SCHEMA);
	return 0;
}

/* A verdict that says pass and lists what fails would pass whoever looks at its result alone. */
static bool
is_sound(const struct verdict *v)
{
	struct verdict concluded = *v;
	concluded.result = RESULT_NOT_REQUIRED;
	/* A finding is one or is none: reports show no third kind. */
	for (size_t i = 0; i < v->finding_count; i++)
		if (v->findings[i].action == ACTION_UNKNOWN)
			return false;
	verdict_conclude(&concluded);
	for (enum area area = 0; area < AREA_COUNT; area++)
		if (concluded.areas[area].result != v->areas[area].result)
			return false;
	return concluded.result == v->result;
}

static int
complete_waived(struct filling *filling, const struct fill_place *place, struct verdict *v)
{
	for (size_t i = 0; i < v->waived_count; i++) {
		const struct fill_place list = { place, "waived", 0 }, item = { &list, NULL, i };
		struct plim_error why = { 0 };
		int r = waived_complete(&v->waived[i], filling->arena, &why);
		if (r < 0)
			return r == PLIM_ENOMEM ? error_nomem(filling->err) : fill_error(filling, &item, why.text);
	}
	return 0;
}

static int
read_one(struct filling *filling, const struct json *root, const struct fill_place *place, struct verdict *out)
{
	int r = verdict_schema_check(root, filling->err);
	if (r < 0 || (r = json_fill(filling, &verdict_shape, root, place, out)) < 0 || (r = complete_waived(filling, place, out)) < 0 ||
	    (r = verdict_merge_checks(out, filling->err)) < 0)
		return r;
	if (!verdict_checks_agree(out))
		return fill_error(filling, place, "the result of a check does not follow from its findings and unknowns");
	return is_sound(out) ? 0 : fill_error(filling, place, "its result does not follow from its areas, findings and unknowns");
}

/* What the document of several images says of all of them. */
static int
check_set(struct filling *filling, const struct json *root, const struct verdict_list *list)
{
	enum result worst = RESULT_NOT_REQUIRED;
	for (size_t i = 0; i < list->n; i++)
		worst = list->at[i].result > worst ? list->at[i].result : worst;
	return slice_is(json_get_string(root, "result"), result_name(worst)) ? 0 : fill_error(filling, NULL, "its result is not the worst of its images'");
}

static int
read_set(struct filling *filling, const struct json *root, const struct json *images, struct verdict_list *list)
{
	const struct fill_place place = { NULL, "images", 0 };
	if (!json_is(images, JSON_ARRAY) || images->n == 0)
		return fill_error(filling, &place, "there are none");
	list->target = json_get_string(json_get(root, "subject"), "target");
	if (list->target.p == NULL)
		return fill_error(filling, NULL, "subject.target: it is missing");
	list->at = arena_make_array(filling->arena, images->n, struct verdict);
	if (list->at == NULL)
		return error_nomem(filling->err);
	for (size_t i = 0; i < images->n; i++) {
		const struct fill_place item = { &place, NULL, i };
		int r = read_one(filling, &images->items[i], &item, &list->at[list->n++]);
		if (r < 0)
			return r;
	}
	return check_set(filling, root, list);
}

int
verdict_list_read(struct slice text, struct arena *arena, struct verdict_list *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(text, arena, &root, err);
	return r < 0 ? r : verdict_list_read_json(root, arena, out, err);
}

int
verdict_list_read_json(const struct json *root, struct arena *arena, struct verdict_list *out, struct plim_error *err)
{
	struct filling filling = { arena, err };
	int r = verdict_schema_check(root, err);
	if (r < 0)
		return r;
	*out = (struct verdict_list){ 0 };
	const struct json *images = json_get(root, "images");
	if (images)
		return read_set(&filling, root, images, out);
	if ((out->at = arena_make(arena, struct verdict)) == NULL)
		return error_nomem(err);
	out->n = 1;
	r = read_one(&filling, root, NULL, out->at);
	out->target = out->at->target;
	return r;
}
