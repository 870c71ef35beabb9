/* SPDX-License-Identifier: Apache-2.0 */
/* plim_fix_make: what would make a target pass. */
#include <plimsoll/fix.h>

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/output.h"
#include "fix/fix.h"
#include "gate/judging.h"
#include "gate/one_image.h"
#include "process/channel.h"

#include <fcntl.h>

struct plim_fix {
	struct run *run;
	struct analysis *analysis;
	struct process judge;
	struct message answer;     /* texts below are in it */
	enum result result;
	struct slice texts[8];     /* one for each of fix_writers; absent where it does not apply */
};

void
plim_fix_free(struct plim_fix *fix)
{
	if (fix == NULL)
		return;
	message_done(&fix->answer);
	process_close(&fix->judge);
	analysis_close(fix->analysis);
	run_end(fix->run);
	free(fix);
}
AUTO_DEFINE(plim_fix, struct plim_fix, plim_fix_free)

const char *
plim_fix_format_name(unsigned index)
{
	for (unsigned i = 0; fix_writers[i]; i++)
		if (i == index)
			return fix_writers[i]->name;
	return NULL;
}

enum plim_result
plim_fix_result(const struct plim_fix *fix)
{
	if (fix->result == RESULT_FAIL)
		return PLIM_FAIL;
	return fix->result == RESULT_UNKNOWN ? PLIM_UNKNOWN : PLIM_PASS;
}

/* asking */

/* A name that leaves its line would say something else to whoever applies the patch. */
static int
read_dockerfile(const char *path, struct fix_order *order, char **text, struct plim_error *err)
{
	size_t size;
	if (path == NULL)
		return 0;
	order->name = slice_of(path);
	for (size_t i = 0; i < order->name.n; i++)
		if ((unsigned char)path[i] < ' ' || path[i] == 0x7f)
			return error_set(err, PLIM_EUSAGE, "the name of the Dockerfile has control characters");
	while (slice_skip(&order->name, SLICE("/")) || slice_skip(&order->name, SLICE("./")))
		;
	int r = file_read(AT_FDCWD, path, LIMIT_CONFIG_BODY_BYTES, text, &size, err);
	if (r == 0)
		order->dockerfile = (struct slice){ *text, size };
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

static int
take_answer(struct plim_fix *fix, struct plim_error *err)
{
	struct slice body = fix->answer.body;
	if (fix->answer.kind != SAY_FIX)
		return error_set(err, PLIM_EPROCESS, "the judge spoke out of turn");
	uint32_t result = number_of(&body);
	struct cursor from = cursor_of(body);
	for (size_t i = 0; fix_writers[i]; i++)
		fix->texts[i] = wire_take_slice(&from);
	if (from.bad || result > RESULT_FAIL)
		return error_set(err, PLIM_EFORMAT, "a mending that cannot be read");
	fix->result = (enum result)result;
	return 0;
}

static int
ask(struct plim_fix *fix, const struct plim_fix_options *options, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	AUTO(strbuf) struct strbuf body = { 0 };
	struct fix_order order = { 0 };
	int r = read_dockerfile(options->dockerfile, &order, &text, err);
	if (r < 0)
		return r;
	wire_write(&wire_fix_order, &order, &body);
	if (body.failed)
		return error_nomem(err);
	r = judging_ask(fix->analysis, fix->run, &fix->judge, SAY_FIX, 0, strbuf_slice(&body), &fix->answer, err);
	watching_end(&fix->run->watching);
	return r < 0 ? r : take_answer(fix, err);
}

static int
make(struct plim_fix *fix, const struct plim_fix_options *options, struct plim_error *err)
{
	const char *platforms[] = { options->platform, NULL };
	const struct judging_choice choice = { options->policy, options->database, options->at, options->as, options->policy_key, options->database_keys };
	struct wishes wishes = { 0 };
	int r = analysis_open(fix->run, options->target, platforms[0] ? platforms : NULL, &fix->analysis, err);
	if (r < 0 || (r = demand_one_image(analysis_set(fix->analysis), err)) < 0)
		return r;
	struct judge_order order = { .target = analysis_name(fix->analysis) };
	if ((r = judging_begin_by(fix->run, &order, &choice, &fix->judge, err)) < 0 || (r = judging_ready(fix->run, &fix->judge, &wishes, NULL, err)) < 0)
		return r;
	analysis_want(fix->analysis, &wishes);
	r = analysis_read(fix->analysis, SIZE_MAX, err);
	return r < 0 ? r : ask(fix, options, err);
}

int
plim_fix_make(const struct plim_fix_options *options, struct plim_fix **out, struct plim_error *err)
{
	AUTO(plim_fix) struct plim_fix *fix = calloc(1, sizeof *fix);
	if (fix == NULL)
		return error_nomem(err);
	fix->judge.channel = -1;
	fix->answer = (struct message){ .fd = { -1, -1 } };
	int r = run_start(options->run, &fix->run, err);
	if (r == 0)
		r = make(fix, options, err);
	if (r < 0)
		return analysis_error(err, r, options->target);
	*out = ptr_take(&fix);
	return 0;
}

int
plim_fix_write(const struct plim_fix *fix, const char *format, FILE *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	size_t at = 0;
	while (fix_writers[at] && strcmp(fix_writers[at]->name, format) != 0)
		at++;
	if (fix_writers[at] == NULL)
		return error_set(err, PLIM_EUSAGE, "there is no format '%s'", format);
	if (fix->texts[at].p == NULL)
		return error_set(err, PLIM_EUSAGE, fix_writers[at]->wants_dockerfile ? "a patch is one of a Dockerfile (--dockerfile) of an image"
		                                                                    : "a tree is built by nothing that could be written: text and json tell what to change");
	strbuf_put(&text, fix->texts[at]);
	return text.failed ? error_nomem(err) : output_text(&text, into, err);
}
