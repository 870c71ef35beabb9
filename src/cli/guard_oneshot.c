/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll guard runtime, hook, containerd: doors that are called once for each start.  Their orders are in a file, for engines give them no options. */
#include "cli/guard_oneshot.h"

#include "enforce/start/guard_runtime.h"

#include <string.h>

enum { OPT_CONFIG = 1400, OPT_HOOK };

#define CONFIG_OPTION(usual) { { "config", required_argument, NULL, OPT_CONFIG }, "FILE", "its orders; " usual }

const struct option_text guard_runtime_options[] = {
	CONFIG_OPTION("/etc/plimsoll/runtime.conf"),
	{ { "hook", no_argument, NULL, OPT_HOOK }, NULL, "as an OCI hook, as plimsoll guard hook" },
	{ { 0 }, NULL, NULL },
};

const struct option_text guard_hook_options[] = {
	CONFIG_OPTION("/etc/plimsoll/runtime.conf"),
	{ { 0 }, NULL, NULL },
};

const struct option_text guard_containerd_options[] = {
	CONFIG_OPTION("$PLIMSOLL_GUARD_CONFIG, else /etc/plimsoll/containerd.conf"),
	{ { 0 }, NULL, NULL },
};

struct own {
	const char *config;
	bool hook;
	char **rest;                   /* what is not ours */
};

/* Not getopt's: where our options end the engine's begin, with dashes too.  0, or the exit status after a complaint. */
static int
take_own(const struct command *self, char **words, struct own *out)
{
	*out = (struct own){ .rest = words };
	for (char **word = words; *word; out->rest = word) {
		if (strncmp(*word, "--config=", 9) == 0)
			out->config = *word++ + 9;
		else if (strcmp(*word, "--config") == 0 && word[1])
			out->config = word[1], word += 2;
		else if (strcmp(*word, "--hook") == 0 && self->options == guard_runtime_options)
			out->hook = true, word++;
		else if (strcmp(*word, "--") == 0)
			return out->rest = word + 1, 0;
		else if (strcmp(*word, "--config") == 0)
			return command_usage_error(self, "option '--config' needs a value");
		else
			return 0;
	}
	return 0;
}

int
guard_hook_run(const struct command *self, int argc, char **argv)
{
	struct own own;
	int status = take_own(self, argv + 1, &own);
	(void)argc;
	if (status == 0 && *own.rest)
		status = command_usage_error(self, "'%s' is not known here", *own.rest);
	return status != 0 ? status : guard_hook(own.config);
}

int
guard_runtime_run(const struct command *self, int argc, char **argv)
{
	struct own own;
	int status = take_own(self, argv + 1, &own);
	(void)argc;
	if (status == 0 && own.hook && *own.rest)
		status = command_usage_error(self, "'%s' is not known of a hook", *own.rest);
	if (status != 0)
		return status;
	return own.hook ? guard_hook(own.config) : guard_runtime(own.config, own.rest);
}

int
guard_containerd_run(const struct command *self, int argc, char **argv)
{
	struct own own;
	int status = take_own(self, argv + 1, &own);
	(void)argc;
	return status != 0 ? status : guard_verifier(own.config, own.rest);
}

int
guard_by_name(const char *program, char **words)
{
	const char *slash = strrchr(program, '/'), *name = slash ? slash + 1 : program;
	if (strcmp(name, "plimsoll-runtime") == 0)
		return guard_runtime(NULL, words);
	if (strcmp(name, "plimsoll-verifier") == 0)
		return guard_verifier(NULL, words);
	return -1;
}
