/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: rows of the configuration tables, each told from the others by some of its fields. */
#include "diff/comparing.h"

#include "base/error.h"

#define BIT(field) (1u << (field))
#define ALL        UINT32_MAX

/* Of `ALL` a row is its own key: it comes or goes, and never changes. */
static const struct setting_kind {
	enum row_kind kind;
	uint32_t key;
} setting_kinds[] = {
	{ ROW_USERS, BIT(USERS_USERNAME) },
	{ ROW_GROUPS, BIT(GROUPS_GROUPNAME) },
	{ ROW_SHADOW, BIT(SHADOW_USERNAME) },
	{ ROW_GSHADOW, BIT(GSHADOW_GROUPNAME) },
	{ ROW_LOGIN_DEFS, BIT(LOGIN_DEFS_NAME) },
	{ ROW_SUDOER, ALL },
	{ ROW_PAM_RULE, ALL },
	{ ROW_SSH_CONFIG, BIT(SSH_CONFIG_KEYWORD) | BIT(SSH_CONFIG_BLOCK) },
	{ ROW_PACKAGE_SOURCE, BIT(PACKAGE_SOURCE_TYPE) | BIT(PACKAGE_SOURCE_URI) | BIT(PACKAGE_SOURCE_SUITE) | BIT(PACKAGE_SOURCE_NAME) },
	{ ROW_APT_CONF, BIT(APT_CONF_NAME) },
	{ ROW_CRON, ALL },
	{ ROW_AUTHORIZED_KEYS, ALL },
	{ ROW_PRIVATE_KEY, BIT(PRIVATE_KEY_KIND) },
	{ ROW_LIMITS_CONF_ROW, ALL },
	{ ROW_CREDENTIAL, BIT(CREDENTIAL_KIND) | BIT(CREDENTIAL_SETTING) },
};

struct setting {
	struct slice key, path, subject;
	const struct shown_row *row;
};

struct settings {
	struct setting *at;        /* in the arena, sorted by key and place */
	size_t n;
};

static int
order_settings(const void *left, const void *right)
{
	const struct setting *a = left, *b = right;
	int order = slice_cmp(a->key, b->key);
	if (order == 0)
		order = (a->row->layer > b->row->layer) - (a->row->layer < b->row->layer);
	if (order == 0)
		order = (a->row->row.line > b->row->row.line) - (a->row->row.line < b->row->row.line);
	return order ? order : (a->row > b->row) - (a->row < b->row);
}

/* The fields of the key behind the path; the same with blanks between is how people name it. */
static int
name_setting(struct comparing *c, const struct setting_kind *kind, const struct shown_row *row, struct setting *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf key = { 0 };
	AUTO(strbuf) struct strbuf subject = { 0 };
	node_path(row->node, &key);
	out->path = arena_dup(c->arena, strbuf_slice(&key));
	for (uint32_t i = 0; i < row->row.n; i++) {
		struct slice field = block_field(row->block, &row->row, i);
		if (i < 32 && !(kind->key & BIT(i)))
			continue;
		strbuf_putc(&key, '\0');
		strbuf_put(&key, field);
		strbuf_puts(&subject, subject.n && field.n ? " " : "");
		strbuf_put(&subject, field);
	}
	out->key = arena_dup(c->arena, strbuf_slice(&key));
	out->subject = arena_dup(c->arena, strbuf_slice(&subject));
	out->row = row;
	return key.failed || subject.failed || !out->path.p || !out->key.p || !out->subject.p ? error_nomem(err) : 0;
}

static int
list_settings(struct comparing *c, const struct side *side, const struct setting_kind *kind, struct settings *out, struct plim_error *err)
{
	const struct shown_rows *rows = &side->inventory->rows[kind->kind];
	out->at = arena_make_array(c->arena, rows->n + 1, struct setting);
	out->n = rows->n;
	int r = out->at ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < rows->n; i++)
		r = name_setting(c, kind, &rows->at[i], &out->at[i], err);
	if (r == 0 && out->n > 1)
		qsort(out->at, out->n, sizeof *out->at, order_settings);
	return r;
}

static struct slice
field_of(const struct setting *setting, uint32_t at)
{
	return setting ? block_field(setting->row->block, &setting->row->row, at) : SLICE_NONE;
}

/* What people ask: the table that is made of these rows. */
static struct slice
table_of(const struct row_schema *schema)
{
	struct slice name = slice_of(schema->table);
	slice_skip_end(&name, SLICE("_row"));
	return name;
}

static int
compare_setting(struct comparing *c, const struct setting_kind *kind, const struct setting *old, const struct setting *new, struct plim_error *err)
{
	const struct setting *any = new ? new : old;
	const struct row_schema *schema = &row_schemas[kind->kind];
	int r = 0;
	c->details.n = 0;
	for (uint32_t i = 0; r == 0 && i < schema->n; i++)
		if (!(kind->key & BIT(i)))
			r = detail_add(c, schema->fields[i].column, field_of(old, i), field_of(new, i), err);
	if (r < 0 || (old && new && c->details.n == 0))
		return r;
	struct explanation why = explain_path(c, any->path);
	struct change change = {
		.part = PART_SETTINGS, .kind = kind_of(old, new), .group = table_of(schema), .subject = any->subject, .path = any->path,
		.cause = why.cause, .input = why.input, .layer = UINT32_MAX,
	};
	return why.cause != CAUSE_NONE && why.input.p == NULL ? error_nomem(err) : change_add(c, &change, err);
}

static int
compare_kind(struct comparing *c, const struct setting_kind *kind, struct plim_error *err)
{
	struct settings old, new;
	int r = list_settings(c, &c->old, kind, &old, err);
	if (r == 0)
		r = list_settings(c, &c->new, kind, &new, err);
	for (size_t i = 0, k = 0; r == 0 && (i < old.n || k < new.n);) {
		int order = i == old.n ? 1 : k == new.n ? -1 : slice_cmp(old.at[i].key, new.at[k].key);
		r = compare_setting(c, kind, order <= 0 ? &old.at[i] : NULL, order >= 0 ? &new.at[k] : NULL, err);
		i += order <= 0;
		k += order >= 0;
	}
	return r;
}

int
compare_settings(struct comparing *c, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof setting_kinds / sizeof *setting_kinds; i++)
		r = compare_kind(c, &setting_kinds[i], err);
	return r;
}
