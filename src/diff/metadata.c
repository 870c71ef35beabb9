/* SPDX-License-Identifier: Apache-2.0 */
/* The image's own settings: all of them as a list of names and values, sorted. */
#include "diff/comparing.h"

#include "base/error.h"
#include "codec/json_write.h"

struct item {
	struct slice group, name, value;
	size_t at;                 /* in the list: of two of one name the order counts */
};

struct items {
	struct comparing *c;
	VEC(struct item) list;
};

static void
auto_items(struct items *items)
{
	vec_done(&items->list);
}

static int
order_items(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	int order = slice_cmp(a->group, b->group);
	order = order ? order : slice_cmp(a->name, b->name);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* A value that is not set is no item. */
static int
add_item(struct items *items, const char *group, struct slice name, struct slice value, struct plim_error *err)
{
	if (value.p == NULL)
		return 0;
	struct item *item = vec_push(&items->list);
	if (item == NULL)
		return error_nomem(err);
	*item = (struct item){ slice_of(group), name, value, items->list.n };
	return 0;
}

static int
add_list(struct items *items, const char *name, const struct string_list *list, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct json_writer w = { .into = &text };
	if (!list->set)
		return 0;
	json_write_array(&w);
	for (size_t i = 0; i < list->n; i++)
		json_write_string(&w, list->at[i]);
	json_write_array_end(&w);
	struct slice kept = text.failed ? SLICE_NONE : arena_dup(items->c->arena, strbuf_slice(&text));
	return kept.p ? add_item(items, "setting", slice_of(name), kept, err) : error_nomem(err);
}

static int
add_platform(struct items *items, const struct platform *platform, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	platform_text(platform, &text);
	struct slice kept = text.failed ? SLICE_NONE : arena_dup(items->c->arena, strbuf_slice(&text));
	return kept.p ? add_item(items, "setting", SLICE("platform"), kept, err) : error_nomem(err);
}

static int
add_settings(struct items *items, const struct image *image, struct plim_error *err)
{
	const struct image_config *config = image->config;
	const struct { const char *name; struct slice value; } texts[] = {
		{ "user", config->user }, { "working_dir", config->working_dir }, { "stop_signal", config->stop_signal }, { "author", config->author },
	};
	const struct { const char *name; const struct string_list *list; } lists[] = {
		{ "entrypoint", &config->entrypoint }, { "cmd", &config->cmd }, { "shell", &config->shell },
		{ "healthcheck", &config->healthcheck }, { "on_build", &config->on_build },
	};
	int r = add_platform(items, &image->platform, err);
	for (size_t i = 0; r == 0 && i < sizeof texts / sizeof *texts; i++)
		r = add_item(items, "setting", slice_of(texts[i].name), texts[i].value, err);
	for (size_t i = 0; r == 0 && i < sizeof lists / sizeof *lists; i++)
		r = add_list(items, lists[i].name, lists[i].list, err);
	return r;
}

/* Ports and volumes are there or not; of variables the value counts, which is compared and never shown. */
static int
add_collections(struct items *items, const struct image_config *config, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < config->label_count; i++)
		r = add_item(items, "label", config->labels[i].key, config->labels[i].value, err);
	for (size_t i = 0; r == 0 && i < config->ports.n; i++)
		r = add_item(items, "port", config->ports.at[i], SLICE(""), err);
	for (size_t i = 0; r == 0 && i < config->volumes.n; i++)
		r = add_item(items, "volume", config->volumes.at[i], SLICE(""), err);
	for (size_t i = 0; r == 0 && i < config->env.n; i++) {
		struct slice name, value;
		slice_cut(config->env.at[i], '=', &name, &value);
		r = add_item(items, "variable", name, value.p ? value : SLICE(""), err);
	}
	return r;
}

static int
items_list(struct items *items, const struct image *image, struct plim_error *err)
{
	int r = add_settings(items, image, err);
	if (r == 0)
		r = add_collections(items, image->config, err);
	if (r == 0 && items->list.n > 1)
		qsort(items->list.at, items->list.n, sizeof *items->list.at, order_items);
	return r;
}

static bool
is_shown(const struct item *item)
{
	return !slice_is(item->group, "variable") && !slice_is(item->group, "port") && !slice_is(item->group, "volume");
}

static int
add_change(struct comparing *c, const struct item *old, const struct item *new, struct plim_error *err)
{
	const struct item *any = new ? new : old;
	bool shown = is_shown(any);
	struct change change = { .part = PART_METADATA, .kind = kind_of(old, new), .group = any->group, .subject = any->name, .layer = UINT32_MAX };
	int r = 0;
	if (shown)
		r = detail_add(c, "value", old ? old->value : SLICE_NONE, new ? new->value : SLICE_NONE, err);
	return r < 0 ? r : change_add(c, &change, err);
}

static int
same_name(const struct item *a, const struct item *b)
{
	int order = slice_cmp(a->group, b->group);
	return order ? order : slice_cmp(a->name, b->name);
}

int
compare_metadata(struct comparing *c, struct plim_error *err)
{
	const struct image *old_image = c->old.inventory->image, *new_image = c->new.inventory->image;
	AUTO(items) struct items old = { .c = c };
	AUTO(items) struct items new = { .c = c };
	if (old_image == NULL || new_image == NULL) {
		c->counts[PART_METADATA].not_compared = SLICE("a tree has none");
		return 0;
	}
	int r = items_list(&old, old_image, err);
	if (r == 0)
		r = items_list(&new, new_image, err);
	for (size_t i = 0, k = 0; r == 0 && (i < old.list.n || k < new.list.n);) {
		int order = i == old.list.n ? 1 : k == new.list.n ? -1 : same_name(&old.list.at[i], &new.list.at[k]);
		const struct item *a = order <= 0 ? &old.list.at[i++] : NULL, *b = order >= 0 ? &new.list.at[k++] : NULL;
		if (a == NULL || b == NULL || !slice_eq(a->value, b->value))
			r = add_change(c, a, b, err);
	}
	return r;
}
