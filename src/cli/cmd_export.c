/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll export: let others demand what was approved. */
#include "cli/command.h"

#include <plimsoll/export.h>

#include <string.h>

enum {
	OPT_KEY = 256, OPT_CERTIFICATE, OPT_REPOSITORY, OPT_DIGEST, OPT_DIGESTS, OPT_BASE, OPT_POLICY, OPT_NAMESPACE, OPT_EXEMPT, OPT_NAME,
	OPT_INSTALL, OPT_SIGNED_AS, OPT_REMAP, OPT_AT, OPT_DIRECTORY,
};

static const struct option_text options[] = {
	{ { "key", required_argument, NULL, OPT_KEY }, "FILE", "a public key that approves (PEM); may be repeated" },
	{ { "certificate", required_argument, NULL, OPT_CERTIFICATE }, "FILE", "the same as a certificate, for notation; may be repeated" },
	{ { "repository", required_argument, NULL, OPT_REPOSITORY }, "GLOB", "where images may come from, REGISTRY/PATH/*; may be repeated" },
	{ { "digest", required_argument, NULL, OPT_DIGEST }, "DIGEST", "of an approved image; may be repeated" },
	{ { "digests", required_argument, NULL, OPT_DIGESTS }, "FILE", "such digests, one a line" },
	{ { "base", required_argument, NULL, OPT_BASE }, "REF@DIGEST", "an image that may be built on; may be repeated" },
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "its repositories and bases; cluster-image-policy and kyverno demand verdicts by it" },
	{ { "at", required_argument, NULL, OPT_AT }, "DAY", "bases that ended before are left out; today" },
	{ { "name", required_argument, NULL, OPT_NAME }, "NAME", "of what is made in a cluster; plimsoll and the policy's name" },
	{ { "namespace", required_argument, NULL, OPT_NAMESPACE }, "NAMESPACE", "of the ConfigMap; for crio those that it holds for, may be repeated" },
	{ { "exempt", required_argument, NULL, OPT_EXEMPT }, "NAMESPACE", "whose pods are not asked, instead of kube-system; may be repeated" },
	{ { "install-dir", required_argument, NULL, OPT_INSTALL }, "DIR", "where the files will be; /etc/plimsoll" },
	{ { "signed-as", required_argument, NULL, OPT_SIGNED_AS }, "REPOSITORY", "the one repository that signatures name" },
	{ { "remap", required_argument, NULL, OPT_REMAP }, "PREFIX=PREFIX", "which beginning of a name signatures have as what" },
	{ { "output-dir", required_argument, NULL, OPT_DIRECTORY }, "DIR", "write files there; a single file goes to standard output without it" },
	{ { 0 }, NULL, NULL },
};

#define LIST_MOST 256

struct list {
	const char *at[LIST_MOST + 1];
	size_t n;
};

struct arguments {
	struct plim_export_options export;
	struct list keys, certificates, repositories, digests, bases, namespaces, exempt;
};

static int
list_add(const struct command *self, struct list *list)
{
	if (list->n == LIST_MOST)
		return command_usage_error(self, "an option is repeated more than %d times", LIST_MOST);
	list->at[list->n++] = optarg;
	return 0;
}

static const char *const *
list_of(const struct list *list)
{
	return list->n ? list->at : NULL;
}

static int
take_option(const struct command *self, int chosen, struct arguments *args)
{
	switch (chosen) {
	case OPT_KEY:
		return list_add(self, &args->keys);
	case OPT_CERTIFICATE:
		return list_add(self, &args->certificates);
	case OPT_REPOSITORY:
		return list_add(self, &args->repositories);
	case OPT_DIGEST:
		return list_add(self, &args->digests);
	case OPT_DIGESTS:
		return args->export.digest_file = optarg, 0;
	case OPT_BASE:
		return list_add(self, &args->bases);
	case OPT_POLICY:
		return args->export.policy = optarg, 0;
	case OPT_AT:
		return args->export.at = optarg, 0;
	case OPT_NAME:
		return args->export.name = optarg, 0;
	case OPT_NAMESPACE:
		return list_add(self, &args->namespaces);
	case OPT_EXEMPT:
		return list_add(self, &args->exempt);
	case OPT_INSTALL:
		return args->export.install_directory = optarg, 0;
	case OPT_SIGNED_AS:
		return args->export.signed_as = optarg, 0;
	case OPT_REMAP:
		return args->export.remap = optarg, 0;
	case OPT_DIRECTORY:
		return args->export.directory = optarg, 0;
	default:
		return EXIT_ERROR;
	}
}

static int
list_formats(const struct command *self, const char *wrong)
{
	const char *name;
	if (wrong)
		command_usage_error(self, "there is no format '%s'; there are", wrong);
	else
		command_usage_error(self, "a format is missing; there are");
	for (unsigned i = 0; (name = plim_export_format_name(i)) != NULL; i++)
		fprintf(stderr, "  %-22s %s\n", name, plim_export_format_meaning(i));
	return EXIT_ERROR;
}

static bool
is_format(const char *word)
{
	const char *name;
	for (unsigned i = 0; (name = plim_export_format_name(i)) != NULL; i++)
		if (strcmp(name, word) == 0)
			return true;
	return false;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct arguments args = { .export.size = sizeof args.export };
	struct plim_error err = { 0 };
	int chosen, status;
	while ((chosen = command_option(self, argc, argv)) != -1)
		if ((status = take_option(self, chosen, &args)) != 0)
			return status;
	if (argc - optind != 1 || !is_format(argv[optind]))
		return list_formats(self, optind < argc ? argv[optind] : NULL);
	args.export.format = argv[optind];
	args.export.keys = list_of(&args.keys);
	args.export.certificates = list_of(&args.certificates);
	args.export.repositories = list_of(&args.repositories);
	args.export.digests = list_of(&args.digests);
	args.export.bases = list_of(&args.bases);
	args.export.namespaces = list_of(&args.namespaces);
	args.export.exempt = list_of(&args.exempt);
	return plim_export(&args.export, stdout, stderr, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

const struct command command_export = {
	.name = "export",
	.synopsis = "[OPTIONS] FORMAT",
	.meaning = "Let podman, Kubernetes, containerd and others demand what was approved",
	.options = options,
	.run = run,
};
