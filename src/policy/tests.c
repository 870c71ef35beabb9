/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of other programs have in common: results, and looking at files. */
#include "policy/tests.h"

#include "base/error.h"
#include "base/limits.h"
#include "catalog/derived.h"

#include <stdarg.h>
#include <stdio.h>

int
test_fail(struct test *test, struct plim_error *err, const char *format, ...)
{
	char message[500];
	struct judging *judging = test->tests->judging;
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	struct finding finding = {
		.rule = test->id, .area = AREA_RULES, .severity = SEVERITY_MEDIUM, .title = test->title, .message = judge_text(judging, "%s", message),
		.evidence = EVIDENCE_NONE,
	};
	const struct node *node = test->path.n ? tree_find(judging->inventory->tree, test->path) : NULL;
	finding.evidence.path = test->path;
	finding.evidence.setting = test->setting;
	finding.evidence.detail = finding.message;
	finding.evidence.layer = node ? node->layer : UINT32_MAX;
	test->failed = true;
	return judge_entry(judging, test->terms, &finding, err);
}

void
test_doubt(struct test *test, enum unknown_kind kind, struct slice reason)
{
	if (test->doubt.n)
		return;
	test->kind = kind;
	test->doubt = reason.n ? reason : SLICE("it cannot be told");
}

int
test_end(struct test *test, struct plim_error *err)
{
	struct check_result *result = vec_push(&test->tests->results);
	if (result == NULL || test->id.p == NULL)
		return error_nomem(err);
	enum severity severity = test->terms->severity == SEVERITY_UNKNOWN ? SEVERITY_MEDIUM : test->terms->severity;
	*result = (struct check_result){ .area = AREA_RULES, .id = test->id, .title = test->title, .severity = severity, .outcome = CHECK_PASS };
	struct slice elsewhere = judge_leaves_out(test->tests->judging, test->terms) ? SLICE("the policy asks for it elsewhere only") : test->out_of_scope;
	if (elsewhere.n || test->not_applicable.n) {
		result->outcome = elsewhere.n ? CHECK_OUT_OF_SCOPE : CHECK_NOT_APPLICABLE;
		result->reason = elsewhere.n ? elsewhere : test->not_applicable;
		return 0;
	}
	if (test->failed)
		result->outcome = CHECK_FAIL;
	if (test->doubt.n == 0)
		return 0;
	if (!test->failed)
		result->outcome = CHECK_UNKNOWN;
	result->reason = test->doubt;
	return judge_unknown(test->tests->judging, test->kind, AREA_RULES, test->id, test->doubt, UINT32_MAX, err);
}

enum seen
test_look(const struct judging *judging, struct slice path, const struct node **out, struct slice *reason)
{
	/* A layer that nobody could read may have changed it, or taken it away. */
	if (judge_has_hole(judging, reason))
		return SEEN_UNKNOWN;
	*out = tree_find(judging->inventory->tree, path);
	if (*out)
		return SEEN_THERE;
	if (inventory_left_out(judging->inventory, path)) {
		*reason = SLICE("another file system is mounted there, which was not read");
		return SEEN_UNKNOWN;
	}
	return judge_misses_files((struct judging *)judging, reason) ? SEEN_UNKNOWN : SEEN_NOT;
}

static const struct shown_row *
content_row(const struct inventory *inventory, const struct node *node)
{
	const struct shown_row *rows;
	return rows_of_node(inventory, ROW_CONTENT, node, &rows) ? rows : NULL;
}

static enum seen
row_content(const struct shown_row *row, struct slice *out, struct slice *reason)
{
	static const struct {
		const char *state, *reason;
	} reasons[] = {
		{ "too_large", "its content was not kept: limit CONFIG_BODY_BYTES or CONFIG_BYTES" },
		{ "secret", "its content was not kept: it is one of keys or of password hashes" },
		{ "masked", "its content was not kept: there are secrets in it" },
	};
	struct slice state = row ? block_field(row->block, &row->row, CONTENT_STATE) : SLICE_NONE;
	*out = row ? block_field(row->block, &row->row, CONTENT_CONTENT) : SLICE_NONE;
	if (slice_is(state, "kept") && out->p)
		return SEEN_THERE;
	*reason = SLICE("its content was not read (a stored inventory has it where it was recorded with this --policy)");
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (slice_is(state, reasons[i].state))
			*reason = slice_of(reasons[i].reason);
	return SEEN_UNKNOWN;
}

enum seen
test_content(const struct judging *judging, struct slice path, struct slice *out, struct slice *reason)
{
	const struct inventory *inventory = judging->inventory;
	const struct node *node;
	enum seen seen = test_look(judging, path, &node, reason);
	if (seen == SEEN_NOT)
		*reason = SLICE("it is not there");
	if (seen != SEEN_THERE)
		return seen;
	if ((node = tree_resolve(inventory->tree, path)) == NULL) {
		*reason = SLICE("it is a link to what is not there");
		return judge_misses_files((struct judging *)judging, reason) ? SEEN_UNKNOWN : SEEN_NOT;
	}
	struct entry entry = node_entry(inventory->tree, node);
	*reason = SLICE("it is no regular file");
	if (entry.type != ENTRY_FILE && entry.type != ENTRY_HARDLINK)
		return SEEN_NOT;
	if (entry.type == ENTRY_FILE && entry.size == 0) {
		*out = SLICE("");
		return SEEN_THERE;
	}
	return row_content(content_row(inventory, node), out, reason);
}

int
test_miss(const struct inventory *inventory, struct tests *into, struct slice path, struct plim_error *err)
{
	const struct node *node = tree_resolve(inventory->tree, path);
	if (node == NULL || node->content_entry == ENTRY_NONE || content_row(inventory, node))
		return 0;
	struct entry entry = block_entry(inventory->blocks[node->content_layer], node->content_entry);
	if (entry.type != ENTRY_FILE || entry.size == 0)
		return 0;
	struct missed_file *file = vec_push(&into->missed);
	if (file == NULL)
		return error_nomem(err);
	*file = (struct missed_file){ node->content_layer, node->content_entry, SLICE("") };
	return 0;
}

/* all files */

int
policy_missed(const struct policy *policy, const struct inventory *inventory, struct arena *arena, const struct missed_file **out, size_t *out_count,
              struct plim_error *err)
{
	struct tests tests = { 0 };
	int r = 0;
	for (size_t i = 0; r == 0 && i < policy->structure.n; i++)
		r = structure_missed(inventory, &tests, &policy->structure.at[i], err);
	for (size_t i = 0; r == 0 && i < policy->goss.n; i++)
		r = goss_missed(inventory, &tests, &policy->goss.at[i], err);
	struct missed_file *kept = r == 0 ? arena_make_array(arena, tests.missed.n + 1, struct missed_file) : NULL;
	if (kept && tests.missed.n)
		memcpy(kept, tests.missed.at, tests.missed.n * sizeof *kept);
	*out = kept;
	*out_count = tests.missed.n;
	vec_done(&tests.missed);
	return r < 0 ? r : kept ? 0 : error_nomem(err);
}

/* Behind those of the rules. */
static int
add_results(struct tests *tests, struct plim_error *err)
{
	struct verdict *v = tests->judging->verdict;
	struct area_state *state = &v->areas[AREA_RULES];
	struct check_result *all = arena_make_array(tests->judging->arena, v->check_count + tests->results.n + 1, struct check_result);
	if (all == NULL)
		return error_nomem(err);
	if (v->check_count)
		memcpy(all, v->checks, v->check_count * sizeof *all);
	v->checks = all;
	vec_each (&tests->results, result) {
		all[v->check_count++] = *result;
		state->evaluated += result->outcome == CHECK_PASS || result->outcome == CHECK_FAIL;
		state->not_applicable += result->outcome == CHECK_NOT_APPLICABLE || result->outcome == CHECK_OUT_OF_SCOPE;
	}
	return 0;
}

int
judge_tests(struct judging *judging, struct plim_error *err)
{
	struct tests tests = { .judging = judging };
	int r = 0;
	for (size_t i = 0; r == 0 && i < judging->policy->structure.n; i++)
		r = structure_judge(&tests, &judging->policy->structure.at[i], err);
	for (size_t i = 0; r == 0 && i < judging->policy->goss.n; i++)
		r = goss_judge(&tests, &judging->policy->goss.at[i], err);
	if (r == 0)
		r = add_results(&tests, err);
	vec_done(&tests.results);
	return r;
}
