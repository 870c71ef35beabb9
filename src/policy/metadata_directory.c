/* SPDX-License-Identifier: Apache-2.0 */
/* The working directory. */
#include "policy/metadata.h"

#include "base/error.h"

static int
report_directory(struct metadata_judging *m, const struct terms *terms, const char *rule, struct slice title, struct slice message, struct slice fix,
                 struct plim_error *err)
{
	struct words words = { .rule = rule, .setting = SLICE("working_dir"), .title = title, .message = message, .fix = fix };
	return metadata_report(m, terms, &words, err);
}

/* Whose terms ask for anything; answers how many. */
static size_t
asked_of_directory(const struct metadata *wanted, const struct terms *asked[4])
{
	const struct demand *const demands[] = { &wanted->working_dir.required, &wanted->working_dir.exists, &wanted->working_dir.writable };
	size_t n = 0;
	for (size_t i = 0; i < sizeof demands / sizeof *demands; i++)
		if (demands[i]->set)
			asked[n++] = &demands[i]->terms;
	if (metadata_asks(&wanted->working_dir.paths))
		asked[n++] = &wanted->working_dir.paths.terms;
	return n;
}

static int
report_relative(struct metadata_judging *m, struct slice path, const struct terms *const *asked, size_t n, struct plim_error *err)
{
	struct words words = {
		.rule = "metadata/working-dir", .setting = SLICE("working_dir"), .title = SLICE("Its working directory is not absolute"),
		.message = judge_text(m->judging, "WorkingDir is '%.*s', which no runtime takes", SLICE_ARG(slice_first(path, 200))),
		.fix = SLICE("WORKDIR with an absolute path in the Dockerfile"),
	};
	return metadata_report_once(m, asked, n, &words, err);
}

static int
judge_there(struct metadata_judging *m, struct slice path, const struct node *node, struct plim_error *err)
{
	const struct demand *demand = &m->wanted->working_dir.exists;
	struct slice hole;
	if (!demand->set || judge_has_hole(m->judging, &hole))
		return 0;    /* the gap itself is an unknown of this area */
	return report_directory(m, &demand->terms, "metadata/working-dir-exists",
	                        node ? SLICE("Its working directory is no directory") : SLICE("Its working directory is missing"),
	                        judge_text(m->judging, "'%.*s'; engines make a missing one, owned by root", SLICE_ARG(slice_first(path, 200))),
	                        SLICE("make it in the build, owned as it is meant"), err);
}

static int
judge_open(struct metadata_judging *m, struct slice path, const struct node *node, struct plim_error *err)
{
	const struct demand *demand = &m->wanted->working_dir.writable;
	struct entry entry = node_entry(m->judging->inventory->tree, node);
	if (!demand->set || !(entry.mode & 0002))
		return 0;
	struct words words = {
		.rule = "metadata/working-dir-writable", .setting = SLICE("working_dir"), .path = path, .layer = node->layer,
		.title = SLICE("Everybody may write its working directory"),
		.message = judge_text(m->judging, "mode %04o: what programs look for there anybody can bring", entry.mode),
		.fix = judge_text(m->judging, "chmod o-w %.*s", SLICE_ARG(path)),
	};
	return metadata_report(m, &demand->terms, &words, err);
}

int
judge_working_dir(struct metadata_judging *m, struct plim_error *err)
{
	const struct tree *tree = m->judging->inventory->tree;
	struct slice path = m->config->working_dir.n ? m->config->working_dir : SLICE("/"), why = metadata_objection(&m->wanted->working_dir.paths, path);
	const struct demand *required = &m->wanted->working_dir.required;
	const struct terms *asked[4];
	size_t n = asked_of_directory(m->wanted, asked);
	int r = 0;
	if (n == 0)
		return 0;
	if (!slice_starts(path, SLICE("/")))
		return report_relative(m, path, asked, n, err);
	if (required->set && m->config->working_dir.n == 0)
		r = report_directory(m, &required->terms, "metadata/working-dir", SLICE("It has no working directory"), SLICE("it begins in /"),
		                     SLICE("WORKDIR with an absolute path in the Dockerfile"), err);
	if (r == 0 && why.n)
		r = report_directory(m, &m->wanted->working_dir.paths.terms, "metadata/working-dir-path",
		                     judge_text(m->judging, "It begins in %.*s", SLICE_ARG(slice_first(path, 200))), why, SLICE_NONE, err);
	const struct node *node = tree_resolve(tree, path);
	if (r < 0 || node == NULL || node_entry_type(tree, node) != ENTRY_DIRECTORY)
		return r < 0 ? r : judge_there(m, path, node, err);
	return judge_open(m, path, node, err);
}
