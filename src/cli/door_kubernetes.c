/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll guard kubernetes: the webhooks of an API server. */
#include "cli/door.h"

#include "enforce/kubernetes/guard_kubernetes.h"

#define USUAL_ADDRESS ":8443"

static const struct option_text options[] = {
	DOOR_TLS_OPTIONS,
	DOOR_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
run(const struct command *self, int argc, char **argv)
{
	struct door_arguments args = DOOR_NONE;
	struct plim_error err = { 0 };
	int status = 0;
	for (int chosen; status == 0 && (chosen = command_option(self, argc, argv)) != -1;)
		status = door_option(self, chosen, &args);
	if (status != 0 || (status = door_done(self, argc, USUAL_ADDRESS, &args)) != 0)
		return status;
	if (args.serving.listen.certificate == NULL || args.serving.listen.key == NULL)
		return command_usage_error(self, "API servers speak TLS alone: name --certificate FILE and --key FILE");
	/* Where clients need a certificate, who looks after its health has none. */
	args.serving.pages = args.serving.listen.authorities == NULL;
	return guard_kubernetes_run(&args.serving, stderr, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

const struct command door_kubernetes = {
	.name = "kubernetes",
	.of = "guard",
	.synopsis = "--certificate FILE --key FILE [OPTIONS] --assign FILE --assign-key FILE",
	.meaning = "The webhooks and the image policy of a Kubernetes API server",
	.options = options,
	.run = run,
};
