/* SPDX-License-Identifier: Apache-2.0 */
/* plim_check: target to verdicts. */
#include <plimsoll/check.h>

#include "base/date.h"
#include "base/error.h"
#include "base/output.h"
#include "gate/analyze.h"
#include "gate/subject.h"
#include "policy/policy.h"
#include "report/writer.h"

#include <time.h>

struct judged {
	struct inventory *inventory;
	struct verdict *verdict;
};

struct plim_verdicts {
	struct image_set *set;
	struct analysis *analysis;
	struct policy *policy;
	struct database *database;
	struct judged *judged;
	size_t count;
};

void
plim_verdicts_free(struct plim_verdicts *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->count; i++) {
		verdict_free(v->judged[i].verdict);
		inventory_free(v->judged[i].inventory);
	}
	free(v->judged);
	database_close(v->database);
	policy_free(v->policy);
	analysis_free(v->analysis);
	image_set_close(v->set);
	free(v);
}
AUTO_DEFINE(verdicts, struct plim_verdicts, plim_verdicts_free)

static int
parse_at(const char *text, int64_t *at, struct plim_error *err)
{
	if (text == NULL) {
		*at = time(NULL);
		return 0;
	}
	if (!date_parse(slice_of(text), at))
		return error_set(err, PLIM_EUSAGE, "'%s' is no time: write 2026-01-31 or 2026-01-31T12:00:00Z", text);
	return 0;
}

static int
judge(struct plim_verdicts *v, size_t at, int64_t clock, struct plim_error *err)
{
	struct judged *judged = &v->judged[at];
	int r = analysis_inventory(v->analysis, at, &judged->inventory, err);
	if (r < 0)
		return r;
	struct evaluation evaluation = {
		.policy = v->policy,
		.inventory = judged->inventory,
		.target = image_set_name(v->set),
		.database = v->database,
		.at = clock,
	};
	return policy_evaluate(&evaluation, &judged->verdict, err);
}

static int
judge_all(struct plim_verdicts *v, int64_t clock, struct plim_error *err)
{
	size_t count = image_set_directory(v->set) >= 0 ? 1 : image_set_count(v->set);
	v->judged = calloc(count + 1, sizeof *v->judged);
	if (v->judged == NULL)
		return error_nomem(err);
	if (count == 0)
		return error_set(err, PLIM_ENOTFOUND, "there is no image in it");
	for (; v->count < count; v->count++) {
		int r = judge(v, v->count, clock, err);
		if (r < 0)
			return v->count++, r;
	}
	return 0;
}

static int
check_target(const struct plim_check_options *options, struct plim_verdicts *v, int64_t clock, struct plim_error *err)
{
	int r = subject_open(options->target, options->platforms, &v->set, err);
	if (r < 0 || (r = analysis_new(v->set, &v->analysis, err)) < 0)
		return r;
	return judge_all(v, clock, err);
}

int
plim_check(const struct plim_check_options *options, struct plim_verdicts **out, struct plim_error *err)
{
	int64_t clock;
	int r = parse_at(options->at, &clock, err);
	if (r < 0)
		return r;
	AUTO(verdicts) struct plim_verdicts *v = calloc(1, sizeof *v);
	if (v == NULL)
		return error_nomem(err);
	/* Before a gigabyte is read: what can be wrong about the policy and the data. */
	if ((r = policy_load(options->policy ? options->policy : "standard", &v->policy, err)) < 0)
		return r;
	if ((r = subject_database(options->database, &v->database, err)) < 0)
		return r;
	if ((r = check_target(options, v, clock, err)) < 0)
		return error_wrap(err, r, "%s", options->target);
	*out = ptr_take(&v);
	return 0;
}

static enum result
worst(const struct plim_verdicts *v)
{
	enum result result = RESULT_NOT_REQUIRED;
	for (size_t i = 0; i < v->count; i++)
		if (v->judged[i].verdict->result > result)
			result = v->judged[i].verdict->result;
	return result;
}

enum plim_result
plim_verdicts_result(const struct plim_verdicts *v)
{
	enum result result = worst(v);
	if (result == RESULT_FAIL)
		return PLIM_FAIL;
	return result == RESULT_PASS ? PLIM_PASS : PLIM_UNKNOWN;
}

int
plim_verdicts_write(const struct plim_verdicts *v, const char *format, const struct plim_report_options *options, FILE *into,
                    struct plim_error *err)
{
	const struct writer *writer = writer_find(slice_of(format));
	if (writer == NULL)
		return error_set(err, PLIM_EUSAGE, "there is no report format '%s'", format);
	AUTO(free) const struct verdict **verdicts = calloc(v->count + 1, sizeof *verdicts);
	if (verdicts == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < v->count; i++)
		verdicts[i] = v->judged[i].verdict;
	struct report report = {
		.target = image_set_name(v->set),
		.verdicts = verdicts,
		.count = v->count,
		.result = worst(v),
		.columns = options && options->columns ? options->columns : 80,
		.colour = options && options->colour,
	};
	AUTO(strbuf) struct strbuf text = { 0 };
	writer->write(&report, &text);
	return output_text(&text, into, err);
}

const char *
plim_report_format_name(unsigned index)
{
	for (unsigned i = 0; writers[i]; i++)
		if (i == index)
			return writers[i]->name;
	return NULL;
}
