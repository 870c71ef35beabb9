/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll guard: only authorised images run. */
#include "cli/guard_exec.h"
#include "cli/guard_oneshot.h"
#include "cli/guarding.h"

#include "base/error.h"
#include "net/reference.h"

enum { OPT_NAMESPACE = 256, OPT_CLOCK };

static const struct option_text ask_options[] = {
	{ { "namespace", required_argument, NULL, OPT_NAMESPACE }, "NAME", "of Kubernetes, in which it would run" },
	{ { "at", required_argument, NULL, OPT_CLOCK }, "TIME", "the clock: 2026-01-31 or 2026-01-31T12:00:00Z" },
	GUARDING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

struct ask {
	struct guarding guarding;
	const char *namespace;
};

static int
ask_option(const struct command *self, int chosen, struct ask *ask)
{
	if (chosen == OPT_NAMESPACE)
		return ask->namespace = optarg, 0;
	if (chosen == OPT_CLOCK)
		return ask->guarding.guard.at = optarg, 0;
	return guarding_option(self, chosen, &ask->guarding);
}

static int
place_of(const char *text, struct arena *arena, struct guard_place *out, struct plim_error *err)
{
	struct reference reference;
	struct slice name = slice_of(text);
	slice_skip(&name, SLICE("docker://"));
	int r = reference_parse(name, &reference, err);
	if (r < 0)
		return r;
	if (reference.host.p == NULL)
		reference.host = SLICE("docker.io");
	bool bare = reference.tag.p == NULL && reference.digest.algorithm == DIGEST_NONE;
	*out = (struct guard_place){ reference_repository(&reference, arena), bare ? SLICE("latest") : reference.tag, reference.digest };
	return out->repository.p ? 0 : error_nomem(err);
}

static int
tell(const struct guard_answer *answer)
{
	static const char *const headings[] = { [GUARD_ALLOWED] = "ALLOWED", [GUARD_REFUSED] = "REFUSED", [GUARD_CANNOT_TELL] = "CANNOT TELL" };
	static const int statuses[] = { [GUARD_ALLOWED] = EXIT_PASS, [GUARD_REFUSED] = EXIT_FAIL, [GUARD_CANNOT_TELL] = EXIT_UNKNOWN };
	char digest[DIGEST_TEXT_SIZE];
	printf("%s%s%s\n", headings[answer->outcome], answer->broken ? ", admitted by a broken glass" : "", answer->dry ? ", admitted by a dry run" : "");
	if (answer->digest.algorithm != DIGEST_NONE)
		printf("    %s\n", digest_text(&answer->digest, digest));
	if (answer->rule.n)
		printf("    rule    %.*s\n", SLICE_ARG(answer->rule));
	printf("    reason  %.*s\n", SLICE_ARG(answer->reason));
	return answer->broken ? EXIT_PASS : statuses[answer->outcome];
}

static int
ask_core(const struct command *self, const struct ask *ask, const char *image)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(guard) struct guard *guard = NULL;
	struct plim_error err = { 0 };
	struct guard_place place;
	struct guard_answer answer;
	if (arena == NULL || place_of(image, arena, &place, &err) < 0 || guard_open(&ask->guarding.guard, &guard, &err) < 0)
		return command_error(self, &err);
	const struct guard_question question = {
		.door = "ask", .places = &place, .place_count = 1, .namespace = ask->namespace ? slice_of(ask->namespace) : SLICE_NONE, .resolves = true, .quiet = true,
	};
	return guard_decide(guard, &question, arena, &answer, &err) < 0 ? command_error(self, &err) : tell(&answer);
}

static int
run_ask(const struct command *self, int argc, char **argv)
{
	struct ask ask = { .guarding = GUARDING_NONE };
	int status = 0;
	for (int chosen; status == 0 && (chosen = command_option(self, argc, argv)) != -1;)
		status = ask_option(self, chosen, &ask);
	if (status != 0 || (status = guarding_done(self, &ask.guarding)) != 0)
		return status;
	if (argc - optind != 1)
		return command_usage_error(self, argc == optind ? "an image is missing" : "one image at a time");
	return ask_core(self, &ask, argv[optind]);
}

static const struct command subcommands[] = {
	{
	    .name = "ask",
	    .of = "guard",
	    .synopsis = "[OPTIONS] --assign FILE --assign-key FILE IMAGE",
	    .meaning = "what would the doors say of this image?",
	    .options = ask_options,
	    .run = run_ask,
	},
	{
	    .name = "containerd",
	    .of = "guard",
	    .synopsis = "[--config FILE] [--] -name REF -digest DIGEST -stdin-media-type TYPE",
	    .meaning = "an image verifier of containerd",
	    .options = guard_containerd_options,
	    .run = guard_containerd_run,
	    .passes_on = true,
	},
	{
	    .name = "docker",
	    .of = "guard",
	    .synopsis = "[OPTIONS] --assign FILE --assign-key FILE",
	    .meaning = "Docker's authorization plugin",
	    .program = "plimsoll-guard",
	},
	{
	    .name = "exec",
	    .of = "guard",
	    .synopsis = "[OPTIONS] CONTAINER...|--all",
	    .meaning = "what containers may execute: what their images contain",
	    .options = guard_exec_options,
	    .run = guard_exec_command,
	},
	{
	    .name = "hook",
	    .of = "guard",
	    .synopsis = "[--config FILE]",
	    .meaning = "an OCI hook, for podman and CRI-O",
	    .options = guard_hook_options,
	    .run = guard_hook_run,
	},
	{
	    .name = "kubernetes",
	    .of = "guard",
	    .synopsis = "--certificate FILE --key FILE [OPTIONS] --assign FILE --assign-key FILE",
	    .meaning = "the webhooks of an API server",
	    .program = "plimsoll-guard",
	},
	{
	    .name = "registry",
	    .of = "guard",
	    .synopsis = "[OPTIONS] --assign FILE --assign-key FILE --upstream HOST",
	    .meaning = "a registry in front of others",
	    .program = "plimsoll-guard",
	},
	{
	    .name = "runtime",
	    .of = "guard",
	    .synopsis = "[--config FILE] [--] WORDS...",
	    .meaning = "what stands in front of runc or crun",
	    .options = guard_runtime_options,
	    .run = guard_runtime_run,
	    .passes_on = true,
	},
	{ 0 },
};

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

const struct command command_guard = {
	.name = "guard",
	.synopsis = "ask | containerd | docker | exec | hook | kubernetes | registry | runtime ...",
	.meaning = "Let only authorised images run",
	.options = no_options,
	.subcommands = subcommands,
};
