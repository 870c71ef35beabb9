/* SPDX-License-Identifier: Apache-2.0 */
/* The effective policy as YAML again, and the statements that it runs. */
#include "policy/model.h"

#include "base/strbuf.h"

struct showing {
	struct strbuf *into;
	bool origins;
	size_t line_begins;
};

/* Words, numbers, globs and dates stand as they are; everything else in quotes. */
static bool
is_plain(const struct yaml_node *node)
{
	static const char *const words[] = { "true", "false", "null", "yes", "no", "on", "off", "~" };
	struct slice text = node->text;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(text, words[i]))
			return !node->quoted;
	for (size_t i = 0; i < text.n; i++)
		if (!((text.p[i] >= 'a' && text.p[i] <= 'z') || (text.p[i] >= 'A' && text.p[i] <= 'Z') || (text.p[i] >= '0' && text.p[i] <= '9') ||
		      (i > 0 && strchr("_-./", text.p[i]))))
			return false;
	return text.n > 0 && (!node->quoted || ((text.p[0] < '0' || text.p[0] > '9')));
}

static void
put_quoted(struct strbuf *into, struct slice text)
{
	strbuf_putc(into, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (c == '"' || c == '\\')
			strbuf_printf(into, "\\%c", c);
		else if (c == '\n')
			strbuf_puts(into, "\\n");
		else if (c < 0x20 || c == 0x7f)
			strbuf_printf(into, "\\x%02x", c);
		else
			strbuf_putc(into, (char)c);
	}
	strbuf_putc(into, '"');
}

static void
put_scalar(struct strbuf *into, const struct yaml_node *node)
{
	if (node->kind == YAML_NULL)
		strbuf_puts(into, "null");
	else if (is_plain(node))
		strbuf_put(into, node->text);
	else
		put_quoted(into, node->text);
}

#define ORIGIN_COLUMN 72

/* Ends a line, with the place that its node comes from. */
static void
end_line(struct showing *showing, const struct yaml_node *node)
{
	struct strbuf *into = showing->into;
	if (showing->origins && node->doc) {
		size_t width = into->n - showing->line_begins;
		strbuf_printf(into, "%*s# ", (int)(width < ORIGIN_COLUMN ? ORIGIN_COLUMN - width : 1), "");
		strbuf_put_printable(into, node->doc->name);
		strbuf_printf(into, ":%u", node->line);
	}
	strbuf_putc(into, '\n');
	showing->line_begins = into->n;
}

static bool
is_small(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR || node->kind == YAML_NULL || node->n == 0;
}

static void show_node(struct showing *showing, const struct yaml_node *node, size_t indent);

static void
put_small(struct showing *showing, const struct yaml_node *node)
{
	if (node->kind == YAML_SEQUENCE || node->kind == YAML_MAPPING)
		strbuf_puts(showing->into, node->kind == YAML_SEQUENCE ? "[]" : "{}");
	else
		put_scalar(showing->into, node);
	end_line(showing, node);
}

/* Behind "KEY:" or "-": on the same line, or below it. */
static void
show_value(struct showing *showing, const struct yaml_node *at, const struct yaml_node *node, size_t indent)
{
	if (is_small(node)) {
		strbuf_putc(showing->into, ' ');
		put_small(showing, node);
		return;
	}
	end_line(showing, at);
	show_node(showing, node, indent);
}

static void
show_pair(struct showing *showing, const struct yaml_node *key, const struct yaml_node *item, size_t indent)
{
	put_scalar(showing->into, key);
	strbuf_putc(showing->into, ':');
	show_value(showing, key, item, indent + 2);
}

/* An item that is a mapping begins on the line of its dash. */
static void
show_item(struct showing *showing, const struct yaml_node *item, size_t indent)
{
	strbuf_printf(showing->into, "%*s-", (int)indent, "");
	if (item->kind != YAML_MAPPING || item->n == 0) {
		show_value(showing, item, item, indent + 2);
		return;
	}
	for (size_t i = 0; i < item->n; i++) {
		strbuf_printf(showing->into, "%*s", i ? (int)indent + 2 : 1, "");
		show_pair(showing, item->keys[i], item->items[i], indent + 2);
	}
}

static void
show_node(struct showing *showing, const struct yaml_node *node, size_t indent)
{
	for (size_t i = 0; node->kind == YAML_SEQUENCE && i < node->n; i++)
		show_item(showing, node->items[i], indent);
	for (size_t i = 0; node->kind == YAML_MAPPING && i < node->n; i++) {
		strbuf_printf(showing->into, "%*s", (int)indent, "");
		show_pair(showing, node->keys[i], node->items[i], indent);
	}
}

static bool
is_of_file(struct slice key)
{
	return slice_is(key, "extends") || slice_is(key, "open");
}

void
policy_show(const struct policy *policy, bool origins, struct strbuf *into)
{
	struct showing showing = { .into = into, .origins = origins, .line_begins = into->n };
	for (size_t i = 0; i < policy->root->n; i++)
		if (!is_of_file(policy->root->keys[i]->text))
			show_pair(&showing, policy->root->keys[i], policy->root->items[i], 0);
}

static void
show_statement(const struct selected *selected, struct strbuf *into)
{
	const struct check *check = selected->check;
	strbuf_printf(into, "-- %.*s: %.*s\n%.*s;\n\n", SLICE_ARG(check->id), SLICE_ARG(check->title), SLICE_ARG(slice_trim(check->query)));
}

void
policy_show_sql(const struct policy *policy, struct strbuf *into)
{
	for (size_t i = 0; i < policy->selected.n; i++)
		show_statement(&policy->selected.at[i], into);
	for (size_t i = 0; i < policy->rules.n; i++)
		show_statement(&policy->rules.at[i], into);
}
