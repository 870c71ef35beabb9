/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll doctor: can this machine confine what reads images?  Which doors are open? */
#include "cli/command.h"

#include "enforce/doctor/doctor.h"

#include <plimsoll/run.h>

enum { OPT_DOORS = 256, OPT_ROOT };

static const struct option_text options[] = {
	{ { "doors", no_argument, NULL, OPT_DOORS }, NULL, "which engines of this machine start images that nobody authorised?" },
	{ { "root", required_argument, NULL, OPT_ROOT }, "DIR", "the doors of the machine whose root that is" },
	{ { 0 }, NULL, NULL },
};

static const int statuses[] = { [DOOR_SHUT] = EXIT_PASS, [DOOR_OPEN] = EXIT_FAIL, [DOOR_UNKNOWN] = EXIT_UNKNOWN };

static int
run_confinement(const struct command *self)
{
	struct plim_error err = { 0 };
	int whole = 0;
	if (plim_doctor(stdout, &whole, &err) < 0)
		return command_error(self, &err);
	return whole ? EXIT_PASS : EXIT_FAIL;
}

static int
run_doors(const struct command *self, const char *root, const char *const *manifests)
{
	struct plim_error err = { 0 };
	enum door_state worst = DOOR_UNKNOWN;
	int r = root ? doctor_machine(root, stdout, &worst, &err) : doctor_manifests(manifests, stdout, &worst, &err);
	return r < 0 ? command_error(self, &err) : statuses[worst];
}

static int
run(const struct command *self, int argc, char **argv)
{
	const char *root = NULL;
	for (int chosen; (chosen = command_option(self, argc, argv)) != -1;) {
		if (chosen != OPT_DOORS && chosen != OPT_ROOT)
			return EXIT_ERROR;
		root = chosen == OPT_ROOT ? optarg : root ? root : "/";
	}
	if (root && optind != argc)
		return command_usage_error(self, "a machine or manifests, not both");
	return root || optind != argc ? run_doors(self, root, (const char *const *)argv + optind) : run_confinement(self);
}

const struct command command_doctor = {
	.name = "doctor",
	.synopsis = "[--doors [--root DIR] | MANIFEST...]",
	.meaning = "Tell what confines the processes that read images here, and which doors to images are open (exit status 1 if anything is missing or open)",
	.options = options,
	.run = run,
};
