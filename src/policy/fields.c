/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings by table, and the readers of plain values. */
#include "policy/fields.h"

#include "base/date.h"
#include "base/error.h"
#include "base/glob.h"
#include "base/severity.h"
#include "base/strbuf.h"

#define FIELDS_MAX 40

static const struct field *
field_find(const struct field *fields, struct slice name)
{
	for (; fields->name; fields++)
		if (slice_is(name, fields->name))
			return fields;
	return NULL;
}

static int
unknown_key(struct reading *in, const struct yaml_node *key, const char *what, const struct field *fields, struct plim_error *err)
{
	const char *names[FIELDS_MAX + 1] = { 0 };
	for (size_t i = 0; i < FIELDS_MAX && fields[i].name; i++)
		names[i] = fields[i].name;
	const char *nearest = name_nearest(key->text, names);
	if (nearest)
		return yaml_error(in->doc, key, err, "%s has no key '%.*s'; did you mean '%s'?", what, SLICE_ARG(key->text), nearest);

	AUTO(strbuf) struct strbuf all = { 0 };
	for (size_t i = 0; names[i]; i++)
		strbuf_printf(&all, "%s%s", i ? ", " : "", names[i]);
	return yaml_error(in->doc, key, err, "%s has no key '%.*s'; it has %.*s", what, SLICE_ARG(key->text),
	                  SLICE_ARG(strbuf_slice(&all)));
}

static int
wrong_kind(struct reading *in, const struct yaml_node *node, const char *wanted, struct plim_error *err)
{
	return yaml_error(in->doc, node, err, "%s is needed here, not %s", wanted, yaml_kind_name(node->kind));
}

static int
missing_key(struct reading *in, const struct yaml_node *node, const char *what, const struct field *fields, struct plim_error *err)
{
	for (; fields->name; fields++)
		if (fields->required && yaml_get(node, fields->name) == NULL)
			return yaml_error(in->doc, node, err, "%s needs the key '%s'", what, fields->name);
	return 0;
}

int
fields_read(struct reading *in, const struct yaml_node *node, const char *what, const struct field *fields, void *into,
            struct plim_error *err)
{
	if (node->kind != YAML_MAPPING)
		return wrong_kind(in, node, "a mapping", err);
	for (size_t i = 0; i < node->n; i++) {
		const struct field *field = field_find(fields, node->keys[i]->text);
		if (field == NULL)
			return unknown_key(in, node->keys[i], what, fields, err);
		int r = field->read(in, node->items[i], (char *)into + field->offset, err);
		if (r < 0)
			return r;
	}
	return missing_key(in, node, what, fields, err);
}

int
list_read(struct reading *in, const struct yaml_node *node, size_t size, field_fn *item, struct any_list *out,
          struct plim_error *err)
{
	if (node->kind != YAML_SEQUENCE)
		return wrong_kind(in, node, "a list", err);
	char *at = arena_alloc_array(in->arena, node->n + 1, size);
	if (at == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < node->n; i++) {
		int r = item(in, node->items[i], at + i * size, err);
		if (r < 0)
			return r;
	}
	*out = (struct any_list){ at, node->n };
	return 0;
}

int
list_or_one_read(struct reading *in, const struct yaml_node *node, size_t size, field_fn *item, struct any_list *out,
                 struct plim_error *err)
{
	if (node->kind == YAML_SEQUENCE)
		return list_read(in, node, size, item, out, err);
	void *at = arena_alloc(in->arena, size);
	if (at == NULL)
		return error_nomem(err);
	int r = item(in, node, at, err);
	if (r == 0)
		*out = (struct any_list){ at, 1 };
	return r;
}

int
word_read(struct reading *in, const struct yaml_node *node, const char *const *words, int64_t *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf all = { 0 };
	for (size_t i = 0; words[i]; i++) {
		if (node->kind == YAML_SCALAR && slice_is(node->text, words[i])) {
			*out = (int64_t)i;
			return 0;
		}
		strbuf_printf(&all, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
	}
	if (node->kind != YAML_SCALAR)
		return wrong_kind(in, node, strbuf_slice(&all).p, err);
	return yaml_error(in->doc, node, err, "'%.*s' cannot stand here: it is %.*s", SLICE_ARG(node->text),
	                  SLICE_ARG(strbuf_slice(&all)));
}

int
version_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "v1", NULL };
	int64_t at;
	(void)into;
	return word_read(in, node, words, &at, err);
}

int
text_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	if (node->kind != YAML_SCALAR)
		return wrong_kind(in, node, "a text", err);
	if (slice_is_empty(slice_trim(node->text)))
		return yaml_error(in->doc, node, err, "the text is empty");
	*(struct slice *)into = node->text;
	return 0;
}

int
texts_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice_list *list = into;
	struct any_list any;
	int r = list_or_one_read(in, node, sizeof(struct slice), text_read, &any, err);
	if (r == 0)
		*list = (struct slice_list){ any.at, any.n };
	return r;
}

int
some_texts_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	int r = texts_read(in, node, into, err);
	if (r == 0 && ((struct slice_list *)into)->n == 0)
		return yaml_error(in->doc, node, err, "an empty list: name something, or leave it out");
	return r;
}

int
flag_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "false", "true", NULL };
	return word_read(in, node, words, into, err);
}

int
day_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	if (node->kind != YAML_SCALAR || !date_parse_day(node->text, into))
		return yaml_error(in->doc, node, err, "a date is needed here, as 2027-01-31");
	return 0;
}

int
days_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice number = node->text;
	uint64_t days;
	if (node->kind != YAML_SCALAR || !slice_skip_end(&number, SLICE("d")) || !slice_to_u64(number, 10, &days) || days > 36500)
		return yaml_error(in->doc, node, err, "a number of days is needed here, as 14d");
	*(int64_t *)into = (int64_t)days;
	return 0;
}

int
count_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	uint64_t count;
	if (node->kind != YAML_SCALAR || !slice_to_u64(node->text, 10, &count) || count == 0 || count > INT32_MAX)
		return yaml_error(in->doc, node, err, "a number is needed here, as 20");
	*(int64_t *)into = (int64_t)count;
	return 0;
}

int
u64_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	uint64_t number;
	if (node->kind != YAML_SCALAR || !slice_to_u64(node->text, 10, &number) || number == 0)
		return yaml_error(in->doc, node, err, "a number is needed here, as 20");
	*(uint64_t *)into = number;
	return 0;
}

int
bool_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	int64_t flag;
	int r = flag_read(in, node, &flag, err);
	if (r == 0)
		*(bool *)into = flag;
	return r;
}

bool
bytes_parse(struct slice text, uint64_t *out)
{
	static const struct {
		const char *unit;
		uint64_t bytes;
	} units[] = {
		{ "kB", 1000 },      { "MB", 1000000 },        { "GB", 1000000000 },
		{ "KiB", 1ull << 10 }, { "MiB", 1ull << 20 }, { "GiB", 1ull << 30 },
	};
	uint64_t number, factor = 1;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (slice_skip_end(&text, slice_of(units[i].unit)))
			factor = units[i].bytes;
	if (!slice_to_u64(text, 10, &number) || number > INT64_MAX / factor)
		return false;
	*out = number * factor;
	return true;
}

int
bytes_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	uint64_t bytes;
	if (node->kind != YAML_SCALAR || !bytes_parse(node->text, &bytes) || bytes == 0)
		return yaml_error(in->doc, node, err, "a size is needed here, as 500MB or 2GiB");
	*(int64_t *)into = (int64_t)bytes;
	return 0;
}

int
severity_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "low", "medium", "high", "critical", NULL };
	static const enum severity severities[] = { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
	int64_t at;
	int r = word_read(in, node, words, &at, err);
	if (r == 0)
		*(enum severity *)into = severities[at];
	return r;
}

bool
list_matches(const struct slice_list *globs, struct slice text)
{
	for (size_t i = 0; i < globs->n; i++)
		if (glob_match(globs->at[i], text))
			return true;
	return globs->n == 0;
}
