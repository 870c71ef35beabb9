/* SPDX-License-Identifier: Apache-2.0 */
/* Beginning a run, and hearing what its processes have to say. */
#include "gate/run.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/output.h"
#include "process/sandbox.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>

static unsigned
cores(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

static int
check_sandbox(const struct plim_run_options *options, struct plim_error *err)
{
	struct sandbox_support support = sandbox_support();
	if (sandbox_is_whole(&support))
		return 0;
	const char *what = support.landlock ? "seccomp" : support.seccomp ? "Landlock" : "Landlock and seccomp";
	if (options && options->require_sandbox)
		return error_set(err, PLIM_EUNSUPPORTED, "this kernel lacks %s, and --require-sandbox asks for it", what);
	if (options && options->warnings)
		fprintf(options->warnings, "WARNING: this kernel lacks %s: what reads the image is NOT fully confined (see plimsoll doctor)\n", what);
	return 0;
}

static struct fetcher_options
network_options(const struct plim_network_options *from)
{
	return (struct fetcher_options){
		.auth_file = from->auth_file, .certificates = from->certificates, .registries_conf = from->registries_conf, .plain_http = from->plain_http,
		.anonymous = from->anonymous, .engine = from->engine,
	};
}

int
run_start(const struct plim_run_options *options, struct run **out, struct plim_error *err)
{
	AUTO(run) struct run *run = calloc(1, sizeof *run);
	if (run == NULL)
		return error_nomem(err);
	run->hasher.channel = -1;
	run->jobs = options && options->jobs ? options->jobs : cores();
	if (options)
		run->watching = (struct watching){ .tell = options->on_progress, .context = options->progress_context };
	if (options && options->full)
		run->level = LEVEL_FULL;
	if (options && options->network)
		run->network = network_options(options->network);
	int r = check_sandbox(options, err);
	/* What every process would otherwise prepare for itself. */
	digest_of(SLICE(""));
	/* The zygote first: what is opened or mapped later is none of its business. */
	if (r < 0 || (r = zygote_start(jobs, &run->zygote, err)) < 0)
		return r;
	if (!(options && options->no_cache) && (r = cache_open(&run->cache, err)) < 0)
		return r;
	*out = ptr_take(&run);
	return 0;
}

void
run_end(struct run *run)
{
	if (run == NULL)
		return;
	watching_end(&run->watching);
	process_close(&run->hasher);
	cache_close(run->cache);
	fetcher_stop(run->fetcher);
	zygote_stop(run->zygote);
	free(run);
}

int
run_hasher(struct run *run, size_t streams, int *channel, struct plim_error *err)
{
	int r = 0;
	if (run->hasher.channel < 0) {
		size_t threads = streams < run->jobs ? streams : run->jobs;
		r = zygote_spawn(run->zygote, JOB_HASHER, &run->hasher, err);
		if (r == 0)
			r = say_number(run->hasher.channel, SAY_START, (uint32_t)threads, SLICE(""), err);
	}
	*channel = run->hasher.channel;
	return r;
}

int
run_fetcher(struct run *run, struct fetcher **out, struct plim_error *err)
{
	int r = run->fetcher ? 0 : fetcher_start(&run->network, &run->fetcher, err);
	*out = run->fetcher;
	return r;
}

int
run_expect(struct run *run, const struct process *process, uint32_t kind, struct message *out, struct plim_error *err)
{
	char cause[128];
	int r = watching_wait(&run->watching, process->channel, POLLIN, err);
	if (r == 0)
		r = channel_receive(process->channel, out, err);
	if (r == PLIM_ENOTFOUND) {
		zygote_cause(run->zygote, process, cause, sizeof cause);
		return error_set(err, PLIM_EPROCESS, "the process that read it %s", cause);
	}
	if (r < 0)
		return r;
	if (out->kind == SAY_FAILED)
		r = failure_of(out->body, err);
	else if (kind && out->kind != kind)
		r = error_set(err, PLIM_EPROCESS, "the process that read it spoke out of turn");
	if (r < 0)
		message_done(out);
	return r;
}

int
run_expect_hashed(struct run *run, int channel, struct hashed *out, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct plim_error why = { 0 };
	int r = watching_wait(&run->watching, channel, POLLIN, &why);
	if (r == 0)
		r = channel_receive(channel, &message, &why);
	if (r < 0) {
		char cause[128];
		zygote_cause(run->zygote, &run->hasher, cause, sizeof cause);
		return error_set(err, PLIM_EPROCESS, "the hasher %s", cause);
	}
	if (message.kind != SAY_HASHED || message.body.n != sizeof *out)
		return error_set(err, PLIM_EPROCESS, "the hasher spoke out of turn");
	memcpy(out, message.body.p, sizeof *out);
	out->text[sizeof out->text - 1] = 0;
	return 0;
}

int
plim_limit_choose(const char *assignment, struct plim_error *err)
{
	return limit_choose(slice_of(assignment), err);
}

int
plim_doctor(FILE *into, int *whole, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct sandbox_support support = sandbox_support();
	strbuf_puts(&text, "What confines the processes that read images, feeds and verdicts here:\n");
	sandbox_describe(&support, &text);
	*whole = sandbox_is_whole(&support);
	return output_text(&text, into, err);
}

