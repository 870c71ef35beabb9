/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes as block YAML. */
#include "codec/yaml_write.h"

static bool
is_plain(struct slice text, bool quoted)
{
	static const char *const words[] = { "true", "false", "null", "yes", "no", "on", "off", "~" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(text, words[i]))
			return !quoted;
	for (size_t i = 0; i < text.n; i++)
		if (!((text.p[i] >= 'a' && text.p[i] <= 'z') || (text.p[i] >= 'A' && text.p[i] <= 'Z') || (text.p[i] >= '0' && text.p[i] <= '9') ||
		      (i > 0 && strchr("_-./", text.p[i]))))
			return false;
	return text.n > 0 && (!quoted || ((text.p[0] < '0' || text.p[0] > '9')));
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

void
yaml_put_text(struct strbuf *into, struct slice text, bool quoted)
{
	if (is_plain(text, quoted))
		strbuf_put(into, text);
	else
		put_quoted(into, text);
}

void
yaml_put_scalar(struct strbuf *into, const struct yaml_node *node)
{
	if (node->kind == YAML_NULL)
		strbuf_puts(into, "null");
	else
		yaml_put_text(into, node->text, node->quoted);
}

static void
end_line(const struct yaml_lines *lines, const struct yaml_node *node)
{
	if (lines->end)
		lines->end(lines->context, node);
	strbuf_putc(lines->into, '\n');
}

static bool
is_small(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR || node->kind == YAML_NULL || node->n == 0;
}

static void
put_small(const struct yaml_lines *lines, const struct yaml_node *node)
{
	if (node->kind == YAML_SEQUENCE || node->kind == YAML_MAPPING)
		strbuf_puts(lines->into, node->kind == YAML_SEQUENCE ? "[]" : "{}");
	else
		yaml_put_scalar(lines->into, node);
	end_line(lines, node);
}

/* Behind "KEY:" or "-": on the same line, or below it. */
static void
put_value(const struct yaml_lines *lines, const struct yaml_node *at, const struct yaml_node *node, size_t indent)
{
	if (is_small(node)) {
		strbuf_putc(lines->into, ' ');
		put_small(lines, node);
		return;
	}
	end_line(lines, at);
	yaml_put_node(lines, node, indent);
}

void
yaml_put_pair(const struct yaml_lines *lines, const struct yaml_node *key, const struct yaml_node *item, size_t indent)
{
	yaml_put_scalar(lines->into, key);
	strbuf_putc(lines->into, ':');
	put_value(lines, key, item, indent + 2);
}

/* An item that is a mapping begins on the line of its dash. */
static void
put_item(const struct yaml_lines *lines, const struct yaml_node *item, size_t indent)
{
	strbuf_printf(lines->into, "%*s-", (int)indent, "");
	if (item->kind != YAML_MAPPING || item->n == 0) {
		put_value(lines, item, item, indent + 2);
		return;
	}
	for (size_t i = 0; i < item->n; i++) {
		strbuf_printf(lines->into, "%*s", i ? (int)indent + 2 : 1, "");
		yaml_put_pair(lines, item->keys[i], item->items[i], indent + 2);
	}
}

void
yaml_put_node(const struct yaml_lines *lines, const struct yaml_node *node, size_t indent)
{
	for (size_t i = 0; node->kind == YAML_SEQUENCE && i < node->n; i++)
		put_item(lines, node->items[i], indent);
	for (size_t i = 0; node->kind == YAML_MAPPING && i < node->n; i++) {
		strbuf_printf(lines->into, "%*s", (int)indent, "");
		yaml_put_pair(lines, node->keys[i], node->items[i], indent);
	}
}
