/* SPDX-License-Identifier: Apache-2.0 */
/* plim_sbom: a target to its bill of materials. */
#include <plimsoll/sbom.h>

#include "base/error.h"
#include "base/output.h"
#include "gate/judging.h"
#include "gate/one_image.h"
#include "process/channel.h"
#include "sbom/sbom.h"

struct plim_sbom {
	struct run *run;
	struct analysis *analysis;
	struct process judge;
	FILE *warnings;            /* NULL once they were told */
};

void
plim_sbom_free(struct plim_sbom *sbom)
{
	if (sbom == NULL)
		return;
	process_close(&sbom->judge);
	analysis_close(sbom->analysis);
	run_end(sbom->run);
	free(sbom);
}
AUTO_DEFINE(plim_sbom, struct plim_sbom, plim_sbom_free)

const char *
plim_sbom_format_name(unsigned index)
{
	for (unsigned i = 0; sbom_writers[i]; i++)
		if (i == index)
			return sbom_writers[i]->name;
	return NULL;
}

static int
begin_judge(struct plim_sbom *sbom, const struct plim_sbom_options *options, struct slice target, struct plim_error *err)
{
	struct judge_order order = { .target = target };
	const struct judging_choice choice = { .policy = options->policy, .at = options->at };
	if (options->policy)
		return judging_begin_by(sbom->run, &order, &choice, &sbom->judge, err);
	int r = judging_clock(options->at, &order.at, err);
	return r < 0 ? r : judging_begin(sbom->run, &order, &sbom->judge, err);
}

/* The target's name, without the machine's directories, is known once it is open. */
static int
read_target(struct plim_sbom *sbom, const struct plim_sbom_options *options, struct plim_error *err)
{
	const char *platforms[] = { options->platform, NULL };
	struct wishes wishes = { 0 };
	int r = analysis_open(sbom->run, options->target, platforms[0] ? platforms : NULL, &sbom->analysis, err);
	if (r < 0 || (r = demand_one_image(analysis_set(sbom->analysis), err)) < 0 ||
	    (r = begin_judge(sbom, options, analysis_name(sbom->analysis), err)) < 0 || (r = judging_ready(sbom->run, &sbom->judge, &wishes, NULL, err)) < 0)
		return r;
	if (wishes.hashing < HASH_EVERYTHING)
		wishes.hashing = HASH_EVERYTHING;
	analysis_want(sbom->analysis, &wishes);
	return analysis_read(sbom->analysis, SIZE_MAX, err);
}

int
plim_sbom_read(const struct plim_sbom_options *options, struct plim_sbom **out, struct plim_error *err)
{
	AUTO(plim_sbom) struct plim_sbom *sbom = calloc(1, sizeof *sbom);
	if (sbom == NULL)
		return error_nomem(err);
	sbom->judge.channel = -1;
	sbom->warnings = options->warnings;
	int r = run_start(options->run, &sbom->run, err);
	if (r == 0)
		r = read_target(sbom, options, err);
	if (r < 0)
		return analysis_error(err, r, options->target);
	*out = ptr_take(&sbom);
	return 0;
}

static void
warn(const struct plim_sbom *sbom, struct slice body)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put_printable(&text, body);
	if (sbom->warnings)
		fprintf(sbom->warnings, "warning: %s\n", text.p ? text.p : "");
}

static int
hear(struct plim_sbom *sbom, struct message *message, struct plim_error *err)
{
	int r = 0;
	while (r == 0 && message->kind == SAY_WARNING) {
		warn(sbom, message->body);
		message_done(message);
		r = judging_answer(sbom->run, &sbom->judge, 0, message, err);
	}
	sbom->warnings = NULL;
	if (r == 0 && message->kind != SAY_SBOM)
		r = error_set(err, PLIM_EPROCESS, "the judge spoke out of turn");
	return r;
}

int
plim_sbom_write(struct plim_sbom *sbom, const char *format, FILE *into, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(strbuf) struct strbuf number = { 0 };
	AUTO(strbuf) struct strbuf text = { 0 };
	uint32_t at = 0;
	while (sbom_writers[at] && strcmp(sbom_writers[at]->name, format) != 0)
		at++;
	if (sbom_writers[at] == NULL)
		return error_set(err, PLIM_EUSAGE, "there is no format '%s'", format);
	wire_put_u32(&number, at);
	int r = number.failed ? error_nomem(err)
	    : judging_ask(sbom->analysis, sbom->run, &sbom->judge, SAY_SBOM, 0, strbuf_slice(&number), &message, err);
	watching_end(&sbom->run->watching);
	if (r < 0 || (r = hear(sbom, &message, err)) < 0)
		return r;
	strbuf_put(&text, message.body);
	return text.failed ? error_nomem(err) : output_text(&text, into, err);
}
