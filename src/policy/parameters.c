/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of checks: lists are kept as lines, as in_list() of a query takes them. */
#include "policy/parameters.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/strbuf.h"

static int
line_check(struct reading *in, const struct yaml_node *node, struct slice text, struct plim_error *err)
{
	return slice_find(text, '\n') == SIZE_MAX ? 0 : yaml_error(in->doc, node, err, "a parameter is one line");
}

static int
list_value_read(struct reading *in, const struct yaml_node *node, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf lines = { 0 };
	struct slice_list items;
	int r = texts_read(in, node, &items, err);
	for (size_t i = 0; r == 0 && i < items.n; i++) {
		r = line_check(in, node, items.at[i], err);
		strbuf_put(&lines, items.at[i]);
		strbuf_putc(&lines, i + 1 < items.n ? '\n' : '\0');
	}
	if (r < 0)
		return r;
	*out = items.n == 0 ? SLICE("") : lines.failed ? SLICE_NONE : arena_dup(in->arena, slice_first(strbuf_slice(&lines), lines.n - 1));
	return out->p ? 0 : error_nomem(err);
}

static int
value_read(struct reading *in, const struct yaml_node *node, struct fact_parameter *out, struct plim_error *err)
{
	out->list = node->kind == YAML_SEQUENCE;
	if (out->list)
		return list_value_read(in, node, &out->value, err);
	int r = text_read(in, node, &out->value, err);
	return r < 0 ? r : line_check(in, node, out->value, err);
}

int
parameters_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct check_parameters *out = into;
	if (node->kind != YAML_MAPPING)
		return yaml_error(in->doc, node, err, "parameters are a mapping of names to values");
	struct fact_parameter *at = arena_make_array(in->arena, node->n + 1, struct fact_parameter);
	int r = at ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < node->n; i++) {
		at[i].name = node->keys[i]->text;
		r = value_read(in, node->items[i], &at[i], err);
	}
	*out = (struct check_parameters){ at, node->n };
	return r;
}

static const struct fact_parameter *
parameter_find(const struct check *check, struct slice name)
{
	for (size_t i = 0; i < check->parameters.n; i++)
		if (slice_eq(check->parameters.at[i].name, name))
			return &check->parameters.at[i];
	return NULL;
}

static int
parameter_unknown(const struct yaml_node *key, const struct check *check, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	for (size_t i = 0; i < check->parameters.n; i++)
		strbuf_printf(&names, "%s%.*s", i ? ", " : "", SLICE_ARG(check->parameters.at[i].name));
	struct slice known = names.n ? strbuf_slice(&names) : SLICE("none");
	return yaml_error(key->doc, key, err, "'%.*s' is no parameter of %.*s, which has %.*s", SLICE_ARG(key->text), SLICE_ARG(check->id), SLICE_ARG(known));
}

static bool
is_number(struct slice text, char most)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > most)
			return false;
	return text.n > 0;
}

/* What a number cannot be read from would compare to nothing, and find nothing.  A default with a leading nought is octal. */
static char
highest_digit(const struct fact_parameter *parameter)
{
	return parameter->value.n > 1 && parameter->value.p[0] == '0' ? '7' : '9';
}

bool
parameter_takes(const struct fact_parameter *parameter, struct slice text)
{
	char most = highest_digit(parameter);
	return parameter->list || !is_number(parameter->value, most) || is_number(text, most);
}

static int
number_check(const struct yaml_node *node, const struct fact_parameter *parameter, const struct check *check, struct plim_error *err)
{
	if (parameter_takes(parameter, node->text))
		return 0;
	return yaml_error(node->doc, node, err, "'%.*s' of %.*s is %s number, as is its default, %.*s", SLICE_ARG(parameter->name), SLICE_ARG(check->id),
	                  highest_digit(parameter) == '7' ? "an octal" : "a", SLICE_ARG(parameter->value));
}

int
parameters_check(const struct yaml_node *mapping, const struct check *check, struct plim_error *err)
{
	for (size_t i = 0; mapping && i < mapping->n; i++) {
		const struct fact_parameter *parameter = parameter_find(check, mapping->keys[i]->text);
		if (parameter == NULL)
			return parameter_unknown(mapping->keys[i], check, err);
		if (!parameter->list && mapping->items[i]->kind == YAML_SEQUENCE)
			return yaml_error(mapping->items[i]->doc, mapping->items[i], err, "'%.*s' of %.*s is one value, no list", SLICE_ARG(parameter->name), SLICE_ARG(check->id));
		int r = number_check(mapping->items[i], parameter, check, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
parameters_fill(struct reading *in, const struct yaml_node *mapping, const struct check *check, const struct fact_parameter **out,
                struct plim_error *err)
{
	size_t n = check->parameters.n;
	*out = check->parameters.at;
	if (mapping == NULL || n == 0)
		return 0;
	struct fact_parameter *own = arena_make_array(in->arena, n, struct fact_parameter);
	int r = own ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct yaml_node *value = yaml_get(mapping, check->parameters.at[i].name.p);
		own[i] = check->parameters.at[i];
		/* Of a list a single value is a list of one. */
		if (value)
			r = own[i].list ? list_value_read(in, value, &own[i].value, err) : value_read(in, value, &own[i], err);
	}
	*out = own;
	return r;
}
