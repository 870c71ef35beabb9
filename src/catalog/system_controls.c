/* SPDX-License-Identifier: Apache-2.0 */
/* Files below sysctl.d against each other, and against what the kernel has. */
#include "catalog/system_controls.h"

#include "base/glob.h"
#include "base/map.h"
#include "base/vec.h"
#include "catalog/derived.h"
#include "catalog/resolver.h"

/* A file's place: its name, and what it leads to. */
struct control_file {
	struct slice name;
	const struct node *node;    /* what is read; NULL: nothing is (a link to /dev/null hides those of the same name) */
};

/* What the files say of one name, or of several with wildcards, in the end. */
struct control_setting {
	struct slice name, value, path;    /* value absent: wildcards do not mean it */
	bool replaced;                     /* by a later one of the same name */
};

struct resolving {
	const struct inventory *inventory;
	struct system_control_list *list;
	VEC(struct control_file) files;
	VEC(struct control_setting) settings;
	struct map last;                   /* by name: index of its last setting, plus one */
	bool failed;
};

static void
auto_resolving(struct resolving *r)
{
	vec_done(&r->files);
	vec_done(&r->settings);
	map_done(&r->last);
}

static bool
has_file(const struct resolving *r, struct slice name)
{
	for (size_t i = 0; i < r->files.n; i++)
		if (slice_eq(r->files.at[i].name, name))
			return true;
	return false;
}

static void
add_trouble(struct resolving *r, const struct node *node, const char *why)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (r->list->trouble.n)
		return;
	node_path(node, &text);
	r->list->trouble = arena_printf(r->inventory->arena, "%.*s: %s", SLICE_ARG(strbuf_slice(&text)), why);
	r->failed |= r->list->trouble.p == NULL;
}

static void
add_file(struct resolving *r, const struct node *child)
{
	struct entry entry = node_entry(r->inventory->tree, child);
	AUTO(strbuf) struct strbuf path = { 0 };
	struct control_file *file = vec_push(&r->files);
	if (file == NULL) {
		r->failed = true;
		return;
	}
	node_path(child, &path);
	*file = (struct control_file){ child->name, NULL };
	if (entry.type != ENTRY_SYMLINK || !slice_is(entry.link, "/dev/null"))
		file->node = tree_resolve(r->inventory->tree, strbuf_slice(&path));
	r->failed |= path.failed;
}

/* The first directory that has a name hides it in the others. */
static void
find_files(struct resolving *r)
{
	static const char *const directories[] = { "/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d" };
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
		const struct node *directory = tree_resolve(r->inventory->tree, slice_of(directories[i]));
		if (directory == NULL || node_entry_type(r->inventory->tree, directory) != ENTRY_DIRECTORY)
			continue;
		for (uint32_t k = 0; k < directory->child_count; k++) {
			const struct node *child = directory->children[k];
			if (derive_globs(SLICE("*.conf"), child->name) && !has_file(r, child->name))
				add_file(r, child);
		}
	}
}

static int
by_name(const void *left, const void *right)
{
	return slice_cmp(((const struct control_file *)left)->name, ((const struct control_file *)right)->name);
}

static bool
has_systemd(const struct inventory *inventory)
{
	return tree_resolve(inventory->tree, SLICE("/usr/lib/systemd/systemd-sysctl")) || tree_resolve(inventory->tree, SLICE("/lib/systemd/systemd-sysctl"));
}

static void
order_files(struct resolving *r)
{
	const struct node *last = has_systemd(r->inventory) ? NULL : tree_resolve(r->inventory->tree, SLICE("/etc/sysctl.conf"));
	if (r->files.n)
		qsort(r->files.at, r->files.n, sizeof *r->files.at, by_name);
	struct control_file *file = last ? vec_push(&r->files) : NULL;
	if (file)
		*file = (struct control_file){ SLICE("sysctl.conf"), last };
	r->failed |= last && file == NULL;
}

static bool
says_the_same(const struct control_setting *setting, struct slice value)
{
	return setting->value.p && value.p && slice_eq(setting->value, value);
}

/* A later one of the same name takes its place at the end of the order, where it says anything else. */
static void
add_setting(struct resolving *r, const struct shown_row *row, struct slice path)
{
	struct slice name = row_field(row, SYSCTL_NAME);
	void **place = map_place(&r->last, name);
	if (place && *place && says_the_same(&r->settings.at[(uintptr_t)*place - 1], row_field(row, SYSCTL_VALUE)))
		return;
	struct control_setting *setting = place ? vec_push(&r->settings) : NULL;
	if (setting == NULL) {
		r->failed = true;
		return;
	}
	if (*place)
		r->settings.at[(uintptr_t)*place - 1].replaced = true;
	*setting = (struct control_setting){ .name = name, .value = row_field(row, SYSCTL_VALUE), .path = path };
	*place = (void *)(uintptr_t)r->settings.n;
}

static void
read_file(struct resolving *r, const struct control_file *file)
{
	const struct shown_row *rows;
	struct entry entry = file->node ? node_entry(r->inventory->tree, file->node) : (struct entry){ .type = ENTRY_DIRECTORY };
	if (entry.type != ENTRY_FILE && entry.type != ENTRY_HARDLINK)
		return;
	size_t n = rows_of_node(r->inventory, ROW_SYSCTL, file->node, &rows);
	if (n == 0 && !node_was_read(r->inventory, file->node, &cataloger_sysctl))
		add_trouble(r, file->node, "it is among the files of sysctl.d, and was not read");
	struct slice path = path_in_arena(r->inventory->arena, file->node);
	r->failed |= path.p == NULL;
	for (size_t i = 0; !r->failed && i < n; i++)
		add_setting(r, &rows[i], path);
}

/* A wildcard does not go beyond a part of a name. */
static bool
means(struct slice pattern, struct slice name, struct strbuf *room)
{
	strbuf_clear(room);
	strbuf_put(room, pattern);
	strbuf_putc(room, '\0');
	strbuf_put(room, name);
	for (size_t i = 0; i < room->n; i++)
		room->p[i] = room->p[i] == '.' ? '/' : room->p[i] == '/' ? '.' : room->p[i];
	struct slice all = strbuf_slice(room);
	return !room->failed && glob_match(slice_first(all, pattern.n), slice_from(all, pattern.n + 1));
}

static const struct control_setting *
setting_of(struct resolving *r, struct slice name)
{
	AUTO(strbuf) struct strbuf room = { 0 };
	const uintptr_t last = (uintptr_t)map_find(&r->last, name);
	if (last)
		return &r->settings.at[last - 1];
	for (size_t i = r->settings.n; i-- > 0;) {
		const struct control_setting *setting = &r->settings.at[i];
		if (!setting->replaced && setting->value.p && glob_is_pattern(setting->name) && means(setting->name, name, &room))
			return setting;
	}
	r->failed |= room.failed;
	return NULL;
}

static void
take_setting(struct system_control *control, const struct control_setting *setting)
{
	if (setting == NULL || setting->value.p == NULL)
		return;
	control->config = setting->value;
	control->path = setting->path;
}

static void
join(struct resolving *r)
{
	const struct live *live = &r->inventory->live;
	size_t n = live->rows[LIVE_SYSTEM_CONTROL].n;
	struct system_control_list *list = r->list;
	AUTO(map) struct map known = { 0 };
	list->at = arena_make_array(r->inventory->arena, n + r->settings.n + 1, struct system_control);
	r->failed |= list->at == NULL;
	for (size_t i = 0; !r->failed && i < n; i++) {
		struct row row = block_row(live->block, live->rows[LIVE_SYSTEM_CONTROL].at[i]);
		struct system_control *control = &list->at[list->n++];
		*control = (struct system_control){ .name = block_field(live->block, &row, SYSTEM_CONTROL_NAME), .current = block_field(live->block, &row, SYSTEM_CONTROL_VALUE),
			                            .unread = block_field(live->block, &row, SYSTEM_CONTROL_UNREAD) };
		take_setting(control, setting_of(r, control->name));
		void **place = map_place(&known, control->name);
		r->failed |= place == NULL;
		if (place)
			*place = control;
	}
	for (size_t i = 0; !r->failed && i < r->settings.n; i++) {
		const struct control_setting *setting = &r->settings.at[i];
		bool resolved = n && glob_is_pattern(setting->name);
		if (setting->replaced || setting->value.p == NULL || resolved || map_find(&known, setting->name))
			continue;
		list->at[list->n] = (struct system_control){ .name = setting->name };
		take_setting(&list->at[list->n++], setting);
	}
}

const struct system_control_list *
inventory_system_controls(const struct inventory *inventory)
{
	static const struct system_control_list nothing = { .trouble = { "no memory", 9 } };
	/* As owners and lists of packages: made when somebody first asks. */
	struct inventory *made = (struct inventory *)inventory;
	AUTO(resolving) struct resolving r = { .inventory = inventory };
	if (made->system_controls)
		return made->system_controls;
	r.list = arena_make(inventory->arena, struct system_control_list);
	if (r.list == NULL)
		return &nothing;
	find_files(&r);
	order_files(&r);
	for (size_t i = 0; !r.failed && i < r.files.n; i++)
		read_file(&r, &r.files.at[i]);
	if (!r.failed)
		join(&r);
	if (r.failed)
		*r.list = nothing;
	made->system_controls = r.list;
	return r.list;
}
