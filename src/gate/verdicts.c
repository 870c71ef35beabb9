/* SPDX-License-Identifier: Apache-2.0 */
/* What verdicts say together, and their reports. */
#include "gate/verdicts.h"

#include "base/error.h"
#include "base/output.h"
#include "report/template.h"
#include "report/writer.h"

void
plim_verdicts_free(struct plim_verdicts *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->count; i++)
		verdict_free(v->verdicts[i]);
	free(v->verdicts);
	arena_free(v->arena);
	process_close(&v->judge);
	if (!v->borrows_analysis)
		analysis_close(v->analysis);
	run_end(v->run);
	free(v);
}

enum result
verdicts_worst(const struct plim_verdicts *v)
{
	enum result result = RESULT_NOT_REQUIRED;
	for (size_t i = 0; i < v->count; i++)
		if (v->verdicts[i]->result > result)
			result = v->verdicts[i]->result;
	return result;
}

enum plim_result
plim_verdicts_result(const struct plim_verdicts *v)
{
	enum result result = verdicts_worst(v);
	if (result == RESULT_FAIL)
		return PLIM_FAIL;
	return result == RESULT_PASS ? PLIM_PASS : PLIM_UNKNOWN;
}

int
plim_verdicts_write(const struct plim_verdicts *v, const char *format, const struct plim_report_options *options, FILE *into,
                    struct plim_error *err)
{
	struct slice template = slice_of(format);
	const struct writer *writer = writer_find(template);
	bool is_template = slice_skip(&template, SLICE(PLIM_TEMPLATE));
	if (writer == NULL && !is_template)
		return error_set(err, PLIM_EUSAGE, "there is no report format '%s'", format);
	struct report report = {
		.target = v->target,
		.verdicts = (const struct verdict *const *)v->verdicts,
		.count = v->count,
		.result = verdicts_worst(v),
		.columns = options && options->columns ? options->columns : 80,
		.colour = options && options->colour,
	};
	AUTO(strbuf) struct strbuf text = { 0 };
	int r = 0;
	if (is_template)
		r = template_write(&report, template.p, &text, err);
	else
		writer->write(&report, &text);
	return r < 0 ? r : output_text(&text, into, err);
}

int
plim_template_check(const char *path, struct plim_error *err)
{
	return template_check(path, err);
}

const char *
plim_report_format_name(unsigned index)
{
	for (unsigned i = 0; writers[i]; i++)
		if (i == index)
			return writers[i]->name;
	return NULL;
}
