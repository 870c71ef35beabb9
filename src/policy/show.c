/* SPDX-License-Identifier: Apache-2.0 */
/* The effective policy as YAML again, and the statements that it runs. */
#include "policy/model.h"

#include "codec/yaml_write.h"

struct showing {
	struct strbuf *into;
	size_t line_begins;
};

#define ORIGIN_COLUMN 72

/* The place that a line's node comes from. */
static void
put_origin(void *context, const struct yaml_node *node)
{
	struct showing *showing = context;
	struct strbuf *into = showing->into;
	if (node->doc) {
		size_t width = into->n - showing->line_begins;
		strbuf_printf(into, "%*s# ", (int)(width < ORIGIN_COLUMN ? ORIGIN_COLUMN - width : 1), "");
		strbuf_put_printable(into, node->doc->name);
		strbuf_printf(into, ":%u", node->line);
	}
	showing->line_begins = into->n + 1;
}

static bool
is_of_file(struct slice key)
{
	return slice_is(key, "extends") || slice_is(key, "open");
}

void
policy_show(const struct policy *policy, bool origins, struct strbuf *into)
{
	struct showing showing = { .into = into, .line_begins = into->n };
	const struct yaml_lines lines = { into, origins ? put_origin : NULL, &showing };
	for (size_t i = 0; i < policy->root->n; i++)
		if (!is_of_file(policy->root->keys[i]->text))
			yaml_put_pair(&lines, policy->root->keys[i], policy->root->items[i], 0);
}

static void
show_parameter(const struct fact_parameter *parameter, struct strbuf *into)
{
	struct slice rest = parameter->value, line;
	strbuf_printf(into, "-- :%.*s =", SLICE_ARG(parameter->name));
	while (slice_next(&rest, '\n', &line))
		strbuf_printf(into, " %.*s", SLICE_ARG(line));
	strbuf_putc(into, '\n');
}

static void
show_statement(const struct selected *selected, struct strbuf *into)
{
	const struct check *check = selected->check;
	strbuf_printf(into, "-- %.*s: %.*s\n", SLICE_ARG(check->id), SLICE_ARG(check->title));
	for (size_t i = 0; i < check->parameters.n; i++)
		show_parameter(&selected->parameters[i], into);
	strbuf_printf(into, "%.*s;\n\n", SLICE_ARG(slice_trim(check->query)));
}

void
policy_show_sql(const struct policy *policy, struct strbuf *into)
{
	for (size_t i = 0; i < policy->selected.n; i++)
		show_statement(&policy->selected.at[i], into);
	for (size_t i = 0; i < policy->rules.n; i++)
		show_statement(&policy->rules.at[i], into);
}
