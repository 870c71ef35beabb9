/* SPDX-License-Identifier: Apache-2.0 */
/* plim_parity: two targets, each judged by the same policy at the same time, and the verdicts side by side. */
#include <plimsoll/parity.h>

#include "base/date.h"
#include "base/error.h"
#include "base/output.h"
#include "gate/check.h"
#include "report/parity.h"

#include <time.h>

struct plim_parity {
	struct run *run;
	struct plim_verdicts *sides[2];
	struct parity *parity;
};

void
plim_parity_free(struct plim_parity *p)
{
	if (p == NULL)
		return;
	parity_free(p->parity);
	for (size_t i = 0; i < 2; i++)
		plim_verdicts_free(p->sides[i]);
	run_end(p->run);
	free(p);
}
AUTO_DEFINE(plim_parity, struct plim_parity, plim_parity_free)

static int
judge_side(struct plim_parity *p, size_t side, const struct plim_parity_options *options, const char *at, struct plim_error *err)
{
	const char *target = side == 0 ? options->first : options->second;
	const struct judging_choice choice = { options->policy, options->database, at, options->as, options->policy_key, options->database_keys };
	const struct checking checking = { .target = target, .platforms = options->platforms, .choice = &choice, .order = { .target = slice_of(target) } };
	int r = check_run(p->run, &checking, &p->sides[side], err);
	if (r == 0 && p->sides[side]->count != 1)
		r = error_set(err, PLIM_EUSAGE, "%s: there are %zu images in it, name one by its reference or by --platform", target, p->sides[side]->count);
	return r;
}

int
plim_parity(const struct plim_parity_options *options, struct plim_parity **out, struct plim_error *err)
{
	AUTO(plim_parity) struct plim_parity *p = calloc(1, sizeof *p);
	char now[DATE_TEXT_SIZE];
	const char *at = options->at ? options->at : date_text(time(NULL), now);
	int r = p ? run_start(options->run, &p->run, err) : error_nomem(err);
	for (size_t i = 0; r == 0 && i < 2; i++)
		r = judge_side(p, i, options, at, err);
	if (r < 0 || (r = parity_make(p->sides[0]->verdicts[0], p->sides[1]->verdicts[0], &p->parity, err)) < 0)
		return r;
	*out = ptr_take(&p);
	return 0;
}

enum plim_result
plim_parity_result(const struct plim_parity *p)
{
	enum parity_state state = parity_result(p->parity);
	return state == PARITY_DIFFER ? PLIM_FAIL : state == PARITY_AGREE ? PLIM_PASS : PLIM_UNKNOWN;
}

const char *
plim_parity_format_name(unsigned index)
{
	for (unsigned i = 0; parity_writers[i]; i++)
		if (i == index)
			return parity_writers[i]->name;
	return NULL;
}

int
plim_parity_write(const struct plim_parity *p, const char *format, const struct plim_report_options *options, FILE *into, struct plim_error *err)
{
	const struct parity_report report = { p->parity, options && options->columns ? options->columns : 80, options && options->colour };
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; parity_writers[i]; i++)
		if (strcmp(parity_writers[i]->name, format) == 0) {
			parity_writers[i]->write(&report, &text);
			return output_text(&text, into, err);
		}
	return error_set(err, PLIM_EUSAGE, "there is no report format '%s'", format);
}
