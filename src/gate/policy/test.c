/* SPDX-License-Identifier: Apache-2.0 */
/* plim_policy_test: recorded cases, one after another in one run. */
#include <plimsoll/policy.h>

#include "base/date.h"
#include "base/error.h"
#include "base/output.h"
#include "gate/check.h"
#include "gate/policy/case_files.h"
#include "image/target.h"
#include "policy/extend.h"
#include "policy/policy.h"

#include <stdio.h>

struct testing {
	struct run *run;
	struct arena *arena;
	struct case_files files;
	const char *policy;        /* of cases that name none; may be NULL */
	struct plim_policy_test_counts counts;
	FILE *into;
};

static void
auto_testing(struct testing *testing)
{
	vec_done(&testing->files.files);
	arena_free(testing->arena);
	run_end(testing->run);
}

/* One case with its file. */
struct trial {
	struct testing *testing;
	const char *file;
	const struct policy_case *policy_case;
	struct slice policy;       /* a name or a path; of a text: the file that it stands in */
	struct slice policy_text;
};

/* paths: relative ones begin beside the file of cases */

static struct slice
beside(const struct trial *trial, struct slice path)
{
	struct slice directory = path_dir(slice_of(trial->file));
	if (path.p == NULL || slice_starts(path, SLICE("/")) || directory.p == NULL)
		return path;
	return arena_printf(trial->testing->arena, "%.*s/%.*s", SLICE_ARG(directory), SLICE_ARG(path));
}

/* Moved to where it stands in the file of cases, so that its lines and columns are those of that file. */
static struct slice
text_in_place(const struct trial *trial, const struct yaml_node *node)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	unsigned line, column;
	struct slice rest = node->text, piece;
	yaml_place(node, 0, &line, &column);
	strbuf_fill(&text, '\n', line - 1);
	while (slice_next(&rest, '\n', &piece)) {
		strbuf_fill(&text, ' ', piece.n ? column - 1 : 0);
		strbuf_put(&text, piece);
		strbuf_putc(&text, '\n');
	}
	return text.failed ? SLICE_NONE : arena_dup(trial->testing->arena, strbuf_slice(&text));
}

static int
find_policy(struct trial *trial, struct plim_error *err)
{
	const struct yaml_node *node = trial->policy_case->policy;
	trial->policy = slice_of(trial->testing->policy);
	if (node == NULL && trial->policy.p == NULL)
		return error_set(err, PLIM_EUSAGE, "the case has no key 'policy', and --policy is not given");
	if (node == NULL)
		return 0;
	if (node->block) {
		trial->policy = slice_of(trial->file);
		trial->policy_text = text_in_place(trial, node);
		return trial->policy_text.p ? 0 : error_nomem(err);
	}
	trial->policy = policy_built_in(node->text) ? node->text : beside(trial, node->text);
	return trial->policy.p ? 0 : error_nomem(err);
}

/* running */

static int
check_case(const struct trial *trial, struct plim_verdicts **out, struct plim_error *err)
{
	const struct policy_case *c = trial->policy_case;
	struct arena *arena = trial->testing->arena;
	const struct slice_list *platforms = &c->subject.platforms;
	const char **wanted = arena_make_array(arena, platforms->n + 1, const char *);
	bool recorded = c->subject.inventory.p != NULL;
	struct slice subject = recorded ? beside(trial, c->subject.inventory)
	                                : target_below(c->subject.target, path_dir(slice_of(trial->file)), arena);
	if (wanted == NULL || subject.p == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < platforms->n; i++)
		wanted[i] = platforms->at[i].p;
	struct checking checking = {
		.target = arena_strz(arena, subject),
		.recorded = recorded,
		.platforms = platforms->n ? wanted : NULL,
		.order = {
			.policy = trial->policy, .policy_text = trial->policy_text, .database = beside(trial, c->database),
			.since = beside(trial, c->since), .target = recorded ? c->subject.inventory : c->subject.target,
			.destination = c->destination, .at = c->at,
		},
	};
	return checking.target ? check_run(trial->testing->run, &checking, out, err) : error_nomem(err);
}

static int
read_policy(const struct trial *trial, struct plim_error *err)
{
	AUTO(policy) struct policy *policy = NULL;
	const char *name = arena_strz(trial->testing->arena, trial->policy);
	if (name == NULL)
		return error_nomem(err);
	return trial->policy_text.p ? policy_load_text(name, trial->policy_text, &policy, err) : policy_load(name, &policy, err);
}

/* Without a subject it is the reading of the policy that something is expected of. */
static int
run_case(struct trial *trial, struct plim_verdicts **out, struct plim_error *err)
{
	const struct case_subject *subject = &trial->policy_case->subject;
	int r = find_policy(trial, err);
	if (r < 0)
		return r;
	return subject->target.p || subject->inventory.p ? check_case(trial, out, err) : read_policy(trial, err);
}

/* telling */

static void
put_comment(struct strbuf *into, const char *head, struct slice text)
{
	strbuf_printf(into, "# %s\n", head);
	slice_skip_end(&text, SLICE("\n"));
	for (struct slice line; slice_next(&text, '\n', &line);) {
		strbuf_puts(into, "#   ");
		strbuf_put(into, line);
		strbuf_putc(into, '\n');
	}
}

static void
put_failure(const struct trial *trial, const struct case_outcome *outcome, struct slice differences, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf expected = { 0 };
	AUTO(strbuf) struct strbuf came = { 0 };
	case_put_expected(trial->policy_case, &expected);
	case_put_outcome(outcome, &came);
	put_comment(into, "differs:", differences);
	put_comment(into, "expected:", strbuf_slice(&expected));
	put_comment(into, "came:", strbuf_slice(&came));
}

static void
put_line(const struct trial *trial, bool ok, struct strbuf *into)
{
	const struct plim_policy_test_counts *counts = &trial->testing->counts;
	AUTO(strbuf) struct strbuf name = { 0 };
	strbuf_printf(into, "%sok %zu - ", ok ? "" : "not ", counts->passed + counts->failed + counts->errors);
	strbuf_put_printable(into, slice_of(trial->file));
	strbuf_puts(into, ": ");
	strbuf_put_printable(&name, trial->policy_case->name);
	/* In TAP it begins a directive: a case named "# TODO" must not pass for one that may fail. */
	for (size_t i = 0; i < name.n; i++)
		strbuf_puts(into, name.p[i] == '#' ? "\\#" : (const char[]){ name.p[i], '\0' });
	strbuf_putc(into, '\n');
	into->failed |= name.failed;
}

/* Of what is neither the policy's fault nor a wrong expectation there is nothing to compare: of a policy that cannot be read, whatever was expected. */
static bool
is_error(const struct trial *trial, int code)
{
	const struct policy_case *c = trial->policy_case;
	bool expected = c->expect.error.p && (c->subject.target.p || c->subject.inventory.p);
	return code < 0 && code != PLIM_EPOLICY && code != PLIM_EQUERY && !expected;
}

static void
tell(struct trial *trial, int code, const struct plim_verdicts *verdicts, const struct plim_error *why, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf differences = { 0 };
	struct plim_policy_test_counts *counts = &trial->testing->counts;
	struct case_outcome outcome = { .exit = 3, .error = code < 0 ? why->text : NULL };
	if (code == 0 && verdicts) {
		outcome.verdicts = (const struct verdict *const *)verdicts->verdicts;
		outcome.count = verdicts->count;
		outcome.result = verdicts_worst(verdicts);
		outcome.exit = (int)plim_verdicts_result(verdicts);
	}
	if (is_error(trial, code)) {
		counts->errors++;
		put_line(trial, false, into);
		put_comment(into, "could not be judged:", slice_of(why->text));
		return;
	}
	bool fits = case_fits(trial->policy_case, &outcome, &differences);
	*(fits ? &counts->passed : &counts->failed) += 1;
	put_line(trial, fits, into);
	if (!fits)
		put_failure(trial, &outcome, strbuf_slice(&differences), into);
	into->failed |= differences.failed;
}

static int
try_case(struct testing *testing, const char *file, const struct policy_case *policy_case, struct plim_error *err)
{
	struct trial trial = { .testing = testing, .file = file, .policy_case = policy_case };
	AUTO(verdicts) struct plim_verdicts *verdicts = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	struct plim_error why = { 0 };
	int r = run_case(&trial, &verdicts, &why);
	watching_end(&testing->run->watching);
	tell(&trial, r, verdicts, &why, &text);
	return output_text(&text, testing->into, err);
}

static int
try_all(struct testing *testing, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "1..%zu\n", testing->files.cases);
	int r = output_text(&text, testing->into, err);
	vec_each (&testing->files.files, file)
		for (size_t i = 0; r == 0 && i < file->cases.n; i++)
			r = try_case(testing, file->path, &file->cases.at[i], err);
	if (r < 0)
		return r;
	strbuf_clear(&text);
	strbuf_printf(&text, "# %zu passed, %zu failed, %zu could not be judged\n", testing->counts.passed, testing->counts.failed, testing->counts.errors);
	return output_text(&text, testing->into, err);
}

int
plim_policy_test(const struct plim_policy_test_options *options, const char *const *paths, FILE *into, struct plim_policy_test_counts *out,
                 struct plim_error *err)
{
	AUTO(testing) struct testing testing = { .policy = options->policy, .into = into };
	int r = run_start(options->run, &testing.run, err);
	if (r == 0 && (testing.arena = arena_new(0)) == NULL)
		r = error_nomem(err);
	for (; r == 0 && *paths; paths++)
		r = case_files_add(&testing.files, *paths, testing.arena, err);
	if (r == 0)
		r = try_all(&testing, err);
	*out = testing.counts;
	return r;
}
