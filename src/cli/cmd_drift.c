/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll drift: what changed in containers that may never change? */
#include "cli/lists.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/reading.h"

#include <plimsoll/drift.h>

enum { OPT_ALL = 1024, OPT_FULL, OPT_IMAGE, OPT_LAYERS, OPT_SEVERITY, OPT_IGNORE, OPT_INSIDE, OPT_ENGINE, OPT_DOCKER_ROOT, OPT_PODMAN_ROOT, OPT_CONTAINERD_STATE };

static const struct option_text options[] = {
	{ { "all", no_argument, NULL, OPT_ALL }, NULL, "every container of every engine on this machine" },
	{ { "full", no_argument, NULL, OPT_FULL }, NULL, "read every file, those of the layers below too" },
	{ { "severity", required_argument, NULL, OPT_SEVERITY }, "LEVEL", "low, medium (the default), high or critical: what is worse than that or as bad fails" },
	{ { "ignore", required_argument, NULL, OPT_IGNORE }, "GLOB", "paths that may change: '/var/log/**'; may be repeated" },
	{ { "inside", no_argument, NULL, OPT_INSIDE }, NULL, "do not look for programs in volumes and tmpfs" },
	{ { "image", required_argument, NULL, OPT_IMAGE }, "TARGET", "the container's image, where its engine does not keep it" },
	{ { "layers", no_argument, NULL, OPT_LAYERS }, NULL, "take the layers below, as they lie on this disk, for the image" },
	{ { "engine", required_argument, NULL, OPT_ENGINE }, "NAME", "docker, podman or containerd; may be repeated" },
	{ { "docker-root", required_argument, NULL, OPT_DOCKER_ROOT }, "DIR", "Docker's data root, in place of /var/lib/docker" },
	{ { "podman-root", required_argument, NULL, OPT_PODMAN_ROOT }, "DIR", "podman's store, in place of that of storage.conf" },
	{ { "containerd-state", required_argument, NULL, OPT_CONTAINERD_STATE }, "DIR", "containerd's state, in place of /run/containerd" },
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT[=FILE]", "text (the default) or json; may be repeated" },
	{ { "color", required_argument, NULL, OPT_COLOR }, "WHEN", "auto, always or never" },
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

struct chosen {
	struct plim_drift_options drift;
	struct list ignore, engines;
	struct plim_run_options reading;
	struct progress progress;
	struct outputs outputs;
	int all;
};

static int
write_drift(const void *what, const char *format, const struct plim_report_options *page, FILE *into, struct plim_error *err)
{
	return plim_drift_write(what, format, page, into, err);
}

static const struct output_kind drift_kind = { plim_drift_format_name, write_drift };

static int
take_option(const struct command *self, int option, struct chosen *chosen)
{
	switch (option) {
	case OPT_ALL:
		chosen->all = 1;
		return 0;
	case OPT_FULL:
		chosen->drift.full = 1;
		return 0;
	case OPT_INSIDE:
		chosen->drift.inside = 1;
		return 0;
	case OPT_LAYERS:
		chosen->drift.layers = 1;
		return 0;
	case OPT_SEVERITY:
		chosen->drift.severity = optarg;
		return 0;
	case OPT_IMAGE:
		chosen->drift.image = optarg;
		return 0;
	case OPT_DOCKER_ROOT:
		chosen->drift.docker_root = optarg;
		return 0;
	case OPT_PODMAN_ROOT:
		chosen->drift.podman_root = optarg;
		return 0;
	case OPT_CONTAINERD_STATE:
		chosen->drift.containerd_state = optarg;
		return 0;
	case OPT_IGNORE:
		return list_option(self, &chosen->ignore);
	case OPT_ENGINE:
		return list_option(self, &chosen->engines);
	case OPT_OUTPUT:
	case OPT_COLOR:
		return outputs_option_of(self, &drift_kind, option, &chosen->outputs);
	default:
		return reading_option(self, option, &chosen->reading);
	}
}

static int
look(const struct command *self, struct chosen *chosen)
{
	struct plim_error err = { 0 };
	struct plim_drift *drift = NULL;
	if (plim_drift(&chosen->drift, &drift, &err) < 0)
		return command_error(self, &err);
	int status = outputs_write_of(self, &drift_kind, drift, (int)plim_drift_result(drift), &chosen->outputs);
	plim_drift_free(drift);
	return status;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct chosen chosen = { .drift = { .size = sizeof chosen.drift } };
	int option, status = 0;
	chosen.reading.warnings = stderr;
	progress_watch(&chosen.progress, &chosen.reading);
	while (status == 0 && (option = command_option(self, argc, argv)) != -1)
		status = take_option(self, option, &chosen);
	if (status != 0)
		return status;
	if (chosen.all == (argc > optind))
		return command_usage_error(self, chosen.all ? "--all, or containers, but not both" : "a container is needed, or --all");
	if (chosen.drift.image && chosen.drift.layers)
		return command_usage_error(self, "--image and --layers exclude each other");
	if (chosen.drift.full && chosen.drift.layers)
		return command_usage_error(self, "--full holds the layers against the image: with --layers there is none");
	chosen.drift.containers = chosen.all ? NULL : (const char *const *)argv + optind;
	chosen.drift.ignore = list_chosen(&chosen.ignore);
	chosen.drift.engines = list_chosen(&chosen.engines);
	chosen.drift.run = &chosen.reading;
	return look(self, &chosen);
}

const struct command command_drift = {
	.name = "drift",
	.synopsis = "[OPTIONS] CONTAINER...|--all",
	.meaning = "What changed in containers since their images were made?",
	.options = options,
	.run = run,
};
