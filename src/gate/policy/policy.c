/* SPDX-License-Identifier: Apache-2.0 */
/* plim_policy_lint and _show: reading is most of it, for a policy that was read is sound. */
#include <plimsoll/policy.h>

#include "base/error.h"
#include "base/output.h"
#include "gate/judging.h"
#include "gate/run.h"
#include "gate/trust/approvals.h"
#include "policy/policy.h"
#include "store/atomic.h"

#include <time.h>

/* What files of VEX and SCAP say is foreign: a judge reads it, as it would for an image. */
static int
lint_foreign(const char *name, struct plim_error *err)
{
	const struct plim_run_options options = { .warnings = stderr };
	const struct judge_order order = { .policy = slice_of(name) };
	AUTO(run) struct run *run = NULL;
	struct process judge = { .channel = -1 };
	struct wishes wishes = { 0 };
	int r = run_start(&options, &run, err);
	if (r == 0)
		r = judging_begin(run, &order, &judge, err);
	if (r == 0)
		r = judging_ready(run, &judge, &wishes, NULL, err);
	process_close(&judge);
	return r;
}

int
plim_policy_lint(const char *name, FILE *into, struct plim_error *err)
{
	AUTO(policy) struct policy *policy = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	char digest_hold[DIGEST_TEXT_SIZE];
	int r = policy_load(name, &policy, err);
	if (r == 0 && (policy_has_vex(policy) || policy_has_scap(policy)))
		r = lint_foreign(name, err);
	if (r == 0)
		r = approvals_check(policy, err);
	if (r < 0)
		return r;
	struct digest digest = policy_digest(policy);
	strbuf_put_printable(&text, policy_name(policy));
	strbuf_puts(&text, ": ");
	policy_describe(policy, &text);
	strbuf_printf(&text, "\n  %s\n", digest_text(&digest, digest_hold));
	policy_notes(policy, (int64_t)time(NULL), &text);
	policy_approval_notes(policy, (int64_t)time(NULL), &text);
	return output_text(&text, into, err);
}

int
plim_policy_show(const char *name, enum plim_policy_view view, FILE *into, struct plim_error *err)
{
	AUTO(policy) struct policy *policy = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	int r = policy_load(name, &policy, err);
	if (r < 0)
		return r;
	if (view == PLIM_POLICY_SQL)
		policy_show_sql(policy, &text);
	else
		policy_show(policy, view == PLIM_POLICY_ORIGINS, &text);
	return output_text(&text, into, err);
}

int
plim_policy_vex(const struct plim_policy_vex_options *options, FILE *into, FILE *warnings, struct plim_error *err)
{
	AUTO(policy) struct policy *policy = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(strbuf) struct strbuf left_out = { 0 };
	int64_t at;
	int r = judging_clock(options->at, &at, err);
	if (r < 0 || (r = policy_load(options->policy, &policy, err)) < 0 || (r = approvals_check(policy, err)) < 0)
		return r;
	policy_vex_write(policy, at, slice_of(options->author), &text, &left_out);
	if ((r = output_text(&left_out, warnings, err)) < 0 || options->output == NULL)
		return r < 0 ? r : output_text(&text, into, err);
	return text.failed ? error_nomem(err) : atomic_write(options->output, 0644, strbuf_slice(&text), err);
}
