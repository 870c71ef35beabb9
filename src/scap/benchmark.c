/* SPDX-License-Identifier: Apache-2.0 */
/* XCCDF in one pass: a table says what each element begins and ends. */
#include "scap/benchmark.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/xml.h"

#include <inttypes.h>

static const char *const outcome_names[SCAP_OUTCOME_COUNT] = {
	[SCAP_PASS] = "pass", [SCAP_FAIL] = "fail", [SCAP_ERROR] = "error", [SCAP_UNKNOWN] = "unknown", [SCAP_NOT_APPLICABLE] = "notapplicable",
	[SCAP_NOT_CHECKED] = "notchecked", [SCAP_NOT_SELECTED] = "notselected", [SCAP_INFORMATIONAL] = "informational", [SCAP_FIXED] = "fixed",
};

const char *
scap_outcome_name(enum scap_outcome outcome)
{
	return outcome_names[outcome];
}

static void
profile_done(struct scap_profile *profile)
{
	vec_done(&profile->settings);
}

static void
benchmark_done(struct scap_benchmark *benchmark)
{
	vec_each (&benchmark->rules, rule)
		vec_done(&rule->values);
	vec_each (&benchmark->values, value)
		vec_done(&value->choices);
	vec_each (&benchmark->profiles, profile)
		profile_done(profile);
	vec_done(&benchmark->platforms);
	vec_done(&benchmark->groups);
	vec_done(&benchmark->rules);
	vec_done(&benchmark->values);
	vec_done(&benchmark->profiles);
}

void
scap_document_done(struct scap_document *document)
{
	vec_each (&document->benchmarks, benchmark)
		benchmark_done(benchmark);
	vec_each (&document->tailored, profile)
		profile_done(profile);
	vec_done(&document->benchmarks);
	vec_done(&document->tailored);
	vec_done(&document->results);
	vec_done(&document->platforms);
}

struct slice
scap_short_id(struct slice id, const char *kind)
{
	AUTO(strbuf) struct strbuf mark = { 0 };
	strbuf_printf(&mark, "_%s_", kind);
	size_t at = slice_starts(id, SLICE("xccdf_")) && !mark.failed ? slice_find_text(id, strbuf_slice(&mark)) : SIZE_MAX;
	return at == SIZE_MAX ? id : slice_from(id, at + mark.n);
}

/* Where the reader stands: the innermost thing of each kind, and how deep it is (0: in none). */
struct scap_reader {
	struct xml *xml;
	struct arena *arena;
	struct scap_document *out;
	struct map ids;                    /* of the benchmark's rules, groups and values: each is there once */
	struct strbuf attribute;
	size_t items;
	size_t group;
	struct slice tailored;             /* id of the benchmark that the tailoring is for */
	size_t benchmark_depth, tailoring_depth, result_depth, value_depth, rule_depth, profile_depth, rule_result_depth;
};

static int
refuse(const struct scap_reader *r, struct plim_error *err, const char *what)
{
	return error_set(err, PLIM_EFORMAT, "line %u: %s", xml_line(r->xml), what);
}

static int
keep(const struct scap_reader *r, struct slice text, struct slice *out, struct plim_error *err)
{
	*out = arena_dup(r->arena, slice_trim(text));
	return out->p ? 0 : error_nomem(err);
}

/* Absent where there is none. */
static int
take_attribute(struct scap_reader *r, const char *name, struct slice *out, struct plim_error *err)
{
	strbuf_clear(&r->attribute);
	*out = SLICE_NONE;
	bool has = xml_attribute_find(r->xml->attributes, name, &r->attribute);
	if (r->attribute.failed)
		return error_nomem(err);
	return has ? keep(r, strbuf_slice(&r->attribute), out, err) : 0;
}

static int
need_attribute(struct scap_reader *r, const char *name, struct slice *out, struct plim_error *err)
{
	int code = take_attribute(r, name, out, err);
	if (code == 0 && slice_is_empty(*out))
		return error_set(err, PLIM_EFORMAT, "line %u: %.*s needs the attribute '%s'", xml_line(r->xml),
		                 SLICE_ARG(path_base(strbuf_slice(&r->xml->path))), name);
	return code;
}

/* XML Schema's booleans. */
static int
take_flag(struct scap_reader *r, const char *name, bool *out, struct plim_error *err)
{
	struct slice word;
	int code = take_attribute(r, name, &word, err);
	if (code < 0 || word.p == NULL)
		return code;
	*out = slice_is(word, "true") || slice_is(word, "1");
	return *out || slice_is(word, "false") || slice_is(word, "0") ? 0 : refuse(r, err, "'selected' is neither true nor false");
}

/* Absent, it stays what it is. */
static int
take_role(struct scap_reader *r, enum scap_role *out, struct plim_error *err)
{
	static const char *const words[] = { [SCAP_ROLE_FULL] = "full", [SCAP_ROLE_UNSCORED] = "unscored", [SCAP_ROLE_UNCHECKED] = "unchecked" };
	struct slice word;
	int code = take_attribute(r, "role", &word, err);
	if (code < 0 || word.p == NULL)
		return code;
	for (size_t i = SCAP_ROLE_FULL; i < sizeof words / sizeof *words; i++)
		if (slice_is(word, words[i])) {
			*out = (enum scap_role)i;
			return 0;
		}
	return refuse(r, err, "'role' is none of full, unscored and unchecked");
}

static int
count_item(struct scap_reader *r, struct plim_error *err)
{
	if (r->items++ < LIMIT_SCAP_ITEM_COUNT)
		return 0;
	return error_set(err, PLIM_ELIMIT, "line %u: more items than limit SCAP_ITEM_COUNT (%" PRIu64 ")", xml_line(r->xml), LIMIT_SCAP_ITEM_COUNT);
}

static int
take_id(struct scap_reader *r, struct slice *out, struct plim_error *err)
{
	int code = need_attribute(r, "id", out, err);
	if (code < 0 || (code = count_item(r, err)) < 0)
		return code;
	void **place = map_place(&r->ids, *out);
	if (place == NULL)
		return error_nomem(err);
	if (*place)
		return error_set(err, PLIM_EFORMAT, "line %u: the id '%.*s' is there twice", xml_line(r->xml), SLICE_ARG(slice_first(*out, 200)));
	*place = r;
	return 0;
}

static struct scap_benchmark *
benchmark_at(const struct scap_reader *r)
{
	return &r->out->benchmarks.at[r->out->benchmarks.n - 1];
}

#define LAST(vec) (&(vec).at[(vec).n - 1])

/* begin */

static int
begin_benchmark(struct scap_reader *r, struct plim_error *err)
{
	struct scap_benchmark *benchmark = vec_push(&r->out->benchmarks);
	if (benchmark == NULL)
		return error_nomem(err);
	map_done(&r->ids);
	r->group = SCAP_NO_GROUP;
	r->benchmark_depth = r->xml->depth;
	return take_id(r, &benchmark->id, err);
}

static int
begin_tailoring(struct scap_reader *r, struct plim_error *err)
{
	(void)err;
	r->out->is_tailoring = true;
	r->tailored = SLICE_NONE;
	r->tailoring_depth = r->xml->depth;
	return 0;
}

static int
begin_tailored(struct scap_reader *r, struct plim_error *err)
{
	return take_attribute(r, "id", &r->tailored, err);
}

static int
begin_group(struct scap_reader *r, struct plim_error *err)
{
	struct scap_benchmark *benchmark = benchmark_at(r);
	struct scap_group *group = vec_push(&benchmark->groups);
	if (group == NULL)
		return error_nomem(err);
	*group = (struct scap_group){ .selected = true, .parent = r->group };
	r->group = benchmark->groups.n - 1;
	int code = take_id(r, &group->id, err);
	if (code == 0)
		code = take_attribute(r, "cluster-id", &group->cluster, err);
	return code < 0 ? code : take_flag(r, "selected", &group->selected, err);
}

static int
begin_rule(struct scap_reader *r, struct plim_error *err)
{
	struct slice severity;
	struct scap_rule *rule = vec_push(&benchmark_at(r)->rules);
	if (rule == NULL)
		return error_nomem(err);
	*rule = (struct scap_rule){ .selected = true, .group = r->group, .role = SCAP_ROLE_FULL };
	r->rule_depth = r->xml->depth;
	int code = take_id(r, &rule->id, err);
	if (code == 0)
		code = take_attribute(r, "cluster-id", &rule->cluster, err);
	if (code == 0)
		code = take_role(r, &rule->role, err);
	if (code == 0)
		code = take_flag(r, "selected", &rule->selected, err);
	if (code == 0)
		code = take_attribute(r, "severity", &severity, err);
	if (code == 0 && severity.p)
		severity_parse(severity, &rule->severity);
	return code;
}

static int
begin_value(struct scap_reader *r, struct plim_error *err)
{
	struct scap_value *value = vec_push(&benchmark_at(r)->values);
	if (value == NULL)
		return error_nomem(err);
	r->value_depth = r->xml->depth;
	return take_id(r, &value->id, err);
}

static struct scap_profile *
profile_at(const struct scap_reader *r)
{
	return r->tailoring_depth ? LAST(r->out->tailored) : LAST(benchmark_at(r)->profiles);
}

static int
begin_profile(struct scap_reader *r, struct plim_error *err)
{
	struct scap_profile *profile = r->tailoring_depth ? vec_push(&r->out->tailored) : vec_push(&benchmark_at(r)->profiles);
	if (profile == NULL)
		return error_nomem(err);
	r->profile_depth = r->xml->depth;
	profile->line = xml_line(r->xml);
	profile->benchmark = r->tailoring_depth ? r->tailored : SLICE_NONE;
	int code = count_item(r, err);
	if (code == 0)
		code = need_attribute(r, "id", &profile->id, err);
	return code < 0 ? code : take_attribute(r, "extends", &profile->extends, err);
}

static int
begin_setting(struct scap_reader *r, enum scap_setting_kind kind, const char *attribute, struct plim_error *err)
{
	struct scap_setting *setting = vec_push(&profile_at(r)->settings);
	if (setting == NULL)
		return error_nomem(err);
	*setting = (struct scap_setting){ .kind = kind, .line = xml_line(r->xml) };
	int code = count_item(r, err);
	if (code == 0)
		code = need_attribute(r, "idref", &setting->idref, err);
	if (code == 0 && attribute)
		code = take_attribute(r, attribute, &setting->text, err);
	if (code == 0 && kind == SCAP_SELECT)
		code = take_flag(r, "selected", &setting->selected, err);
	return code;
}

static int
begin_select(struct scap_reader *r, struct plim_error *err)
{
	struct slice selected;
	int code = need_attribute(r, "selected", &selected, err);
	return code < 0 ? code : begin_setting(r, SCAP_SELECT, NULL, err);
}

static int
begin_set_value(struct scap_reader *r, struct plim_error *err)
{
	return begin_setting(r, SCAP_SET_VALUE, NULL, err);
}

static int
begin_refine_value(struct scap_reader *r, struct plim_error *err)
{
	return begin_setting(r, SCAP_REFINE_VALUE, "selector", err);
}

static int
begin_refine_rule(struct scap_reader *r, struct plim_error *err)
{
	int code = begin_setting(r, SCAP_REFINE_RULE, "severity", err);
	if (code < 0)
		return code;
	struct scap_setting *setting = LAST(profile_at(r)->settings);
	code = take_attribute(r, "selector", &setting->selector, err);
	return code < 0 ? code : take_role(r, &setting->role, err);
}

static int
begin_choice(struct scap_reader *r, struct plim_error *err)
{
	struct scap_choice *choice = vec_push(&LAST(benchmark_at(r)->values)->choices);
	int code = choice ? count_item(r, err) : error_nomem(err);
	return code < 0 ? code : take_attribute(r, "selector", &choice->selector, err);
}

/* What a check takes: several checks of one rule may take the same value. */
static int
begin_export(struct scap_reader *r, struct plim_error *err)
{
	struct scap_rule *rule = LAST(benchmark_at(r)->rules);
	struct slice id;
	int code = need_attribute(r, "value-id", &id, err);
	if (code < 0 || (code = count_item(r, err)) < 0)
		return code;
	vec_each (&rule->values, known)
		if (slice_eq(*known, id))
			return 0;
	struct slice *kept = vec_push(&rule->values);
	if (kept)
		*kept = id;
	return kept ? 0 : error_nomem(err);
}

static int
begin_platform(struct scap_reader *r, struct plim_error *err)
{
	struct slice *platform = r->result_depth ? vec_push(&r->out->platforms) : vec_push(&benchmark_at(r)->platforms);
	int code = platform ? count_item(r, err) : error_nomem(err);
	return code < 0 ? code : need_attribute(r, "idref", platform, err);
}

static int
begin_test_result(struct scap_reader *r, struct plim_error *err)
{
	(void)err;
	r->out->has_results = true;
	r->result_depth = r->xml->depth;
	return 0;
}

static int
begin_rule_result(struct scap_reader *r, struct plim_error *err)
{
	struct scap_result *result = vec_push(&r->out->results);
	if (result == NULL)
		return error_nomem(err);
	result->outcome = SCAP_OUTCOME_COUNT;
	r->rule_result_depth = r->xml->depth;
	int code = count_item(r, err);
	return code < 0 ? code : need_attribute(r, "idref", &result->idref, err);
}

/* end: its text */

static int
end_group(struct scap_reader *r, struct plim_error *err)
{
	(void)err;
	if (r->group != SCAP_NO_GROUP)
		r->group = benchmark_at(r)->groups.at[r->group].parent;
	return 0;
}

static int
end_title(struct scap_reader *r, struct plim_error *err)
{
	struct slice *title = r->profile_depth ? &profile_at(r)->title
	    : r->rule_depth                    ? &LAST(benchmark_at(r)->rules)->title
	                                       : &benchmark_at(r)->title;
	return title->p ? 0 : keep(r, strbuf_slice(&r->xml->text), title, err);
}

static int
end_choice(struct scap_reader *r, struct plim_error *err)
{
	return keep(r, strbuf_slice(&r->xml->text), &LAST(LAST(benchmark_at(r)->values)->choices)->text, err);
}

static int
end_set_value(struct scap_reader *r, struct plim_error *err)
{
	return keep(r, strbuf_slice(&r->xml->text), &LAST(profile_at(r)->settings)->text, err);
}

static int
end_outcome(struct scap_reader *r, struct plim_error *err)
{
	struct scap_result *result = LAST(r->out->results);
	for (size_t i = 0; i < SCAP_OUTCOME_COUNT; i++)
		if (slice_is(slice_trim(strbuf_slice(&r->xml->text)), outcome_names[i]))
			result->outcome = (enum scap_outcome)i;
	return result->outcome < SCAP_OUTCOME_COUNT ? 0 : refuse(r, err, "a result that XCCDF does not have");
}

/* A rule without one would look like one that was not selected. */
static int
end_rule_result(struct scap_reader *r, struct plim_error *err)
{
	return LAST(r->out->results)->outcome < SCAP_OUTCOME_COUNT ? 0 : refuse(r, err, "a rule-result without a result");
}

typedef int step_fn(struct scap_reader *r, struct plim_error *err);

/* What begins and what ends an element, where it counts. */
static const struct scap_element {
	const char *name;
	size_t parent;      /* offset of the depth of what its parent is; 0: between the items of a benchmark; SIZE_MAX: outside of all */
	step_fn *begin, *end;
} elements[] = {
#define IN(place) offsetof(struct scap_reader, place##_depth)
	{ "Benchmark", SIZE_MAX, begin_benchmark, NULL },
	{ "Tailoring", SIZE_MAX, begin_tailoring, NULL },
	{ "TestResult", SIZE_MAX, begin_test_result, NULL },
	{ "TestResult", IN(benchmark), begin_test_result, NULL },
	{ "rule-result", IN(result), begin_rule_result, end_rule_result },
	{ "result", IN(rule_result), NULL, end_outcome },
	{ "Group", 0, begin_group, end_group },
	{ "Rule", 0, begin_rule, NULL },
	{ "Value", 0, begin_value, NULL },
	{ "Profile", IN(benchmark), begin_profile, NULL },
	{ "benchmark", IN(tailoring), begin_tailored, NULL },
	{ "Profile", IN(tailoring), begin_profile, NULL },
	{ "select", IN(profile), begin_select, NULL },
	{ "set-value", IN(profile), begin_set_value, end_set_value },
	{ "refine-value", IN(profile), begin_refine_value, NULL },
	{ "refine-rule", IN(profile), begin_refine_rule, NULL },
	{ "title", IN(profile), NULL, end_title },
	{ "title", IN(rule), NULL, end_title },
	{ "title", IN(benchmark), NULL, end_title },
	{ "value", IN(value), begin_choice, end_choice },
	{ "platform", IN(benchmark), begin_platform, NULL },
	{ "platform", IN(result), begin_platform, NULL },
#undef IN
};

static size_t
depth_at(const struct scap_reader *r, size_t place)
{
	return *(const size_t *)((const char *)r + place);
}

static bool
is_between_items(const struct scap_reader *r)
{
	return r->benchmark_depth && !r->rule_depth && !r->value_depth && !r->profile_depth && !r->result_depth;
}

static bool
is_outside(const struct scap_reader *r)
{
	return !r->benchmark_depth && !r->tailoring_depth && !r->result_depth;
}

static bool
stands_in(const struct scap_reader *r, const struct scap_element *element)
{
	if (element->parent == SIZE_MAX)
		return is_outside(r);
	if (element->parent == 0)
		return is_between_items(r);
	size_t depth = depth_at(r, element->parent);
	return depth && depth + 1 == r->xml->depth;
}

static const struct scap_element *
element_find(const struct scap_reader *r, struct slice name)
{
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		if (slice_is(name, elements[i].name) && stands_in(r, &elements[i]))
			return &elements[i];
	return NULL;
}

static int
on_open(struct scap_reader *r, struct slice name, struct plim_error *err)
{
	/* Of a rule's checks, however complex. */
	if (r->rule_depth && slice_is(name, "check-export"))
		return begin_export(r, err);
	const struct scap_element *element = element_find(r, name);
	return element && element->begin ? element->begin(r, err) : 0;
}

static int
on_close(struct scap_reader *r, struct slice name, struct plim_error *err)
{
	size_t *const places[] = { &r->benchmark_depth, &r->tailoring_depth, &r->result_depth, &r->value_depth, &r->rule_depth, &r->profile_depth, &r->rule_result_depth };
	int code = 0;
	if (r->rule_result_depth == r->xml->depth)
		code = end_rule_result(r, err);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (*places[i] == r->xml->depth) {
			*places[i] = 0;
			return code;
		}
	const struct scap_element *element = element_find(r, name);
	return element && element->end ? element->end(r, err) : 0;
}

static int
read_all(struct scap_reader *r, struct plim_error *err)
{
	enum xml_kind kind;
	int code;
	while ((code = xml_next(r->xml, &kind, err)) == 0 && kind != XML_END) {
		struct slice name = path_base(strbuf_slice(&r->xml->path));
		code = kind == XML_OPEN ? on_open(r, name, err) : on_close(r, name, err);
		if (code < 0)
			return code;
	}
	return code;
}

int
scap_parse(struct slice text, struct arena *arena, struct scap_document *out, struct plim_error *err)
{
	AUTO(xml) struct xml xml = { .in = { .in = text } };
	struct scap_reader r = { .xml = &xml, .arena = arena, .out = out, .group = SCAP_NO_GROUP };
	int code = read_all(&r, err);
	strbuf_done(&r.attribute);
	map_done(&r.ids);
	if (code < 0)
		return code;
	if (out->benchmarks.n == 0 && !out->is_tailoring && !out->has_results)
		return error_set(err, PLIM_EFORMAT, "neither a SCAP data stream nor XCCDF: there is no Benchmark, Tailoring or TestResult");
	return 0;
}
