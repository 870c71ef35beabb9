/* SPDX-License-Identifier: Apache-2.0 */
/* Declared ports and volumes. */
#include "policy/metadata.h"

#include "base/glob.h"

/* "8080" is "8080/tcp". */
static struct slice
port_text(struct metadata_judging *m, struct slice port)
{
	return slice_find(port, '/') == SIZE_MAX ? judge_text(m->judging, "%.*s/tcp", SLICE_ARG(port)) : port;
}

static bool
names_port(struct metadata_judging *m, const struct slice_list *list, struct slice port, bool is_port)
{
	for (size_t i = 0; i < list->n; i++)
		if (glob_match(is_port ? port_text(m, list->at[i]) : list->at[i], port))
			return true;
	return false;
}

static int
judge_allowance(struct metadata_judging *m, const struct allowance *allowance, const struct string_list *have, const char *word,
                bool is_port, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < have->n; i++) {
		struct slice name = is_port ? port_text(m, have->at[i]) : have->at[i];
		bool denied = names_port(m, &allowance->deny, name, is_port);
		if (!denied && (!allowance->has_allow || names_port(m, &allowance->allow, name, is_port)))
			continue;
		struct words words = {
			.rule = is_port ? "metadata/port" : "metadata/volume",
			.setting = judge_text(m->judging, "%s:%.*s", word, SLICE_ARG(name)),
			.title = judge_text(m->judging, "It declares the %s %.*s", word, SLICE_ARG(name)),
			.message = denied ? SLICE("the policy denies it") : SLICE("the policy does not allow it"),
		};
		r = metadata_report(m, &allowance->terms, &words, err);
	}
	return r;
}

int
judge_ports(struct metadata_judging *m, struct plim_error *err)
{
	int r = judge_allowance(m, &m->wanted->ports, &m->config->ports, "port", true, err);
	return r < 0 ? r : judge_allowance(m, &m->wanted->volumes, &m->config->volumes, "volume", false, err);
}
