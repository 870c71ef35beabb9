/* SPDX-License-Identifier: Apache-2.0 */
/* Units as systemd finds them, systemd.unit(5), and what links make of them, as systemctl is-enabled says. */
#include "catalog/systemd.h"

#include "base/limits.h"
#include "catalog/resolver.h"

struct unit {
	struct slice name;
	const struct node *entry;      /* in the first directory that has it; NULL: only links want it */
	size_t place;                  /* of that directory */
	const struct node *fragment;   /* the file; NULL: there is none */
	struct slice alias_of;         /* absent: it is a unit of its own */
	struct slice template;         /* of an instance: the name of its template; else absent */
	struct unit *next_alias;       /* of those that are other names of the same */
	struct unit *next_instance;    /* of those of the same template; the template begins the list */
	bool masked, linked;
	VEC(const struct node *) wants;    /* links in .wants and .requires of that name */
};

struct units {
	struct deriving *deriving;
	struct slice scope;
	const struct node *places[SYSTEMD_PLACE_COUNT];    /* NULL: there is none, or it is one of those before */
	struct map by_name;
	VEC(struct unit *) all;
};

static void
units_done(struct units *units)
{
	vec_each (&units->all, unit)
		vec_done(&(*unit)->wants);
	vec_done(&units->all);
	map_done(&units->by_name);
}

static void
no_memory(const struct units *units)
{
	derive_no_memory(units->deriving);
}

static const struct inventory *
inventory_of(const struct units *units)
{
	return units->deriving->inventory;
}

/* names */

/* "getty@tty1.service": what stands before, between and behind. */
static bool
instance_cut(struct slice name, struct slice *prefix, struct slice *instance, struct slice *type)
{
	struct slice stem;
	return slice_cut_last(name, '.', &stem, type) && slice_cut(stem, '@', prefix, instance);
}

static bool
is_template(struct slice name)
{
	struct slice prefix, instance, type;
	return instance_cut(name, &prefix, &instance, &type) && instance.n == 0;
}

/* The template of an instance; absent for what is none. */
static struct slice
template_of(struct units *units, struct slice name)
{
	struct slice prefix, instance, type;
	if (!instance_cut(name, &prefix, &instance, &type) || instance.n == 0)
		return SLICE_NONE;
	struct slice template = arena_printf(inventory_of(units)->arena, "%.*s@.%.*s", SLICE_ARG(prefix), SLICE_ARG(type));
	if (template.p == NULL)
		no_memory(units);
	return template;
}

static struct slice
type_of(struct slice name)
{
	return slice_from(name, slice_find_last(name, '.') + 1);
}

/* finding */

static struct unit *
unit_get(struct units *units, struct slice name)
{
	void **place = map_place(&units->by_name, name);
	if (place && *place)
		return *place;
	struct unit *unit = place ? arena_make(inventory_of(units)->arena, struct unit) : NULL;
	struct unit **kept = unit ? vec_push(&units->all) : NULL;
	if (kept == NULL) {
		no_memory(units);
		return NULL;
	}
	*unit = (struct unit){ .name = name, .template = template_of(units, name) };
	*kept = *place = unit;
	return unit;
}

/* A directory that waits for units: "multi-user.target.wants". */
static void
note_wants(struct units *units, const struct node *directory)
{
	for (uint32_t i = 0; i < directory->child_count && !units->deriving->failed; i++) {
		const struct node *link = directory->children[i];
		if (!is_unit_name(link->name))
			continue;
		struct unit *unit = unit_get(units, link->name);
		const struct node **kept = unit ? vec_push(&unit->wants) : NULL;
		if (kept == NULL)
			no_memory(units);
		else
			*kept = link;
	}
}

static bool
is_wants(struct slice name)
{
	return slice_ends(name, SLICE(".wants")) || slice_ends(name, SLICE(".requires"));
}

static void
note_child(struct units *units, size_t place, const struct node *child)
{
	if (node_entry_type(inventory_of(units)->tree, child) == ENTRY_DIRECTORY) {
		if (is_wants(child->name))
			note_wants(units, child);
		return;
	}
	struct unit *unit = is_unit_name(child->name) ? unit_get(units, child->name) : NULL;
	if (unit && unit->entry == NULL) {
		unit->entry = child;
		unit->place = place;
	}
}

static void
find_places(struct units *units)
{
	for (size_t i = 0; i < SYSTEMD_PLACE_COUNT; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		strbuf_puts(&path, systemd_places[i]);
		strbuf_putc(&path, '/');
		strbuf_put(&path, units->scope);
		const struct node *place = path.failed ? NULL : tree_resolve(inventory_of(units)->tree, strbuf_slice(&path));
		for (size_t before = 0; before < i; before++)
			if (units->places[before] == place)
				place = NULL;
		units->places[i] = place;
		for (uint32_t c = 0; place && c < place->child_count && !units->deriving->failed; c++)
			note_child(units, i, place->children[c]);
	}
}

/* fragments */

/* Of the link that a unit is; without its own name, or a template's that it is an instance of, it leads to another unit. */
static void
follow_link(struct units *units, struct unit *unit)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct slice target = node_entry(inventory_of(units)->tree, unit->entry).link, name = path_base(target);
	if (slice_is(target, "/dev/null") || slice_ends(target, SLICE("../dev/null"))) {
		unit->masked = true;
		return;
	}
	node_path(unit->entry, &path);
	unit->fragment = path.failed ? NULL : tree_resolve(inventory_of(units)->tree, strbuf_slice(&path));
	if (path.failed)
		no_memory(units);
	if (slice_eq(name, unit->name) || (unit->template.p && slice_eq(name, unit->template))) {
		unit->linked = slice_eq(name, unit->name);
		return;
	}
	if (is_unit_name(name))
		unit->alias_of = name;
}

static bool
is_file(const struct inventory *inventory, const struct node *node)
{
	enum entry_type type = node_entry_type(inventory->tree, node);
	return type == ENTRY_FILE || type == ENTRY_HARDLINK;
}

static void
find_fragment(struct units *units, struct unit *unit)
{
	const struct inventory *inventory = inventory_of(units);
	if (unit->entry && node_entry_type(inventory->tree, unit->entry) == ENTRY_SYMLINK)
		follow_link(units, unit);
	else
		unit->fragment = unit->entry;
	if (unit->fragment && !is_file(inventory, unit->fragment))
		unit->fragment = NULL;
	if (unit->fragment && node_entry(inventory->tree, unit->fragment).size == 0)
		unit->masked = true;
	/* A link into the search path is no foreign file. */
	for (size_t i = 0; unit->fragment && i < SYSTEMD_PLACE_COUNT; i++)
		if (unit->fragment->parent == units->places[i])
			unit->linked = false;
}

/* Names of links chain: the last one is the unit, wherever the links themselves lead. */
static struct unit *
behind_alias(const struct units *units, struct unit *unit)
{
	for (int depth = 0; unit && unit->alias_of.p && depth < (int)LIMIT_LINK_DEPTH_COUNT; depth++)
		unit = map_find(&units->by_name, unit->alias_of);
	return unit && unit->alias_of.p == NULL ? unit : NULL;
}

static void
find_fragments(struct units *units)
{
	vec_each (&units->all, unit)
		find_fragment(units, *unit);
	vec_each (&units->all, unit) {
		struct unit *real = (*unit)->alias_of.p ? behind_alias(units, *unit) : NULL;
		if (real == NULL)
			continue;
		(*unit)->fragment = real->fragment;
		(*unit)->masked = real->masked;
		(*unit)->next_alias = real->next_alias;
		real->next_alias = *unit;
	}
	/* An instance without a file of its own is its template's. */
	vec_each (&units->all, unit) {
		struct unit *template = (*unit)->template.p ? map_find(&units->by_name, (*unit)->template) : NULL;
		if (template == NULL)
			continue;
		(*unit)->next_instance = template->next_instance;
		template->next_instance = *unit;
		if ((*unit)->entry)
			continue;
		(*unit)->fragment = template->fragment;
		(*unit)->masked = template->masked;
	}
}

/* drop-ins */

static void
gather_of(struct units *units, const struct node *place, struct slice name, struct drop_ins *into)
{
	AUTO(strbuf) struct strbuf directory = { 0 };
	strbuf_put(&directory, name);
	strbuf_puts(&directory, ".d");
	const struct node *at = directory.failed || !derive_step(units->deriving) ? NULL : tree_child(place, strbuf_slice(&directory));
	if (directory.failed)
		no_memory(units);
	if (at == NULL)
		return;
	strbuf_clear(&directory);
	node_path(at, &directory);
	drop_ins_gather(into, units->deriving, directory.failed ? NULL : tree_resolve(inventory_of(units)->tree, strbuf_slice(&directory)));
}

/* "foo-bar.service" also has those of "foo-.service", and each unit those of its type. */
static void
gather_prefixes(struct units *units, const struct node *place, struct slice name, struct drop_ins *into)
{
	struct slice stem, type;
	if (!slice_cut_last(name, '.', &stem, &type))
		return;
	for (size_t dash; (dash = slice_find_last(stem, '-')) != SIZE_MAX && dash > 0; stem = slice_first(stem, dash)) {
		AUTO(strbuf) struct strbuf prefix = { 0 };
		if (dash + 1 == stem.n)
			continue;
		strbuf_put(&prefix, slice_first(stem, dash + 1));
		strbuf_putc(&prefix, '.');
		strbuf_put(&prefix, type);
		if (prefix.failed)
			no_memory(units);
		gather_of(units, place, strbuf_slice(&prefix), into);
	}
}

static void
gather_named(struct units *units, struct slice name, struct drop_ins *into)
{
	struct slice template = template_of(units, name);
	for (size_t i = 0; i < SYSTEMD_PLACE_COUNT; i++) {
		if (units->places[i] == NULL)
			continue;
		gather_of(units, units->places[i], name, into);
		if (template.p)
			gather_of(units, units->places[i], template, into);
		gather_prefixes(units, units->places[i], template.p ? template : name, into);
	}
}

static void
gather_all(struct units *units, const struct unit *unit, struct drop_ins *into)
{
	for (const struct unit *name = unit; name; name = name->next_alias)
		gather_named(units, name->name, into);
	for (size_t i = 0; i < SYSTEMD_PLACE_COUNT; i++)
		if (units->places[i])
			gather_of(units, units->places[i], type_of(unit->name), into);
	drop_ins_sort(into);
}

/* states */

enum { PLACE_ETC, PLACE_RUN };

/* Whether a link lies below one of the search path's directories. */
static bool
lies_in(const struct units *units, const struct node *link, size_t place)
{
	const struct node *at = link->parent;
	return units->places[place] && (at == units->places[place] || at->parent == units->places[place]);
}

static bool
has_word(struct slice words, struct slice wanted)
{
	for (struct slice word; slice_word(&words, &word);)
		if (slice_eq(word, wanted))
			return true;
	return false;
}

/* Whether `systemctl enable` makes links of that name. */
static bool
is_known_name(const struct unit *unit, struct slice name, const struct settings_reader *settings)
{
	struct slice prefix, instance, type, wanted = settings_find(settings, "Install", "DefaultInstance");
	if (slice_eq(name, unit->name) || has_word(settings_find(settings, "Install", "Alias"), name))
		return true;
	return is_template(unit->name) && wanted.n && instance_cut(name, &prefix, &instance, &type) && slice_eq(instance, wanted);
}

static bool
wanted_in(const struct units *units, const struct unit *unit, size_t place)
{
	for (size_t i = 0; i < unit->wants.n; i++)
		if (lies_in(units, unit->wants.at[i], place))
			return true;
	return false;
}

/*
 * Whether links of that place enable it: those of .wants and .requires under its name, another one of its names or, of a template, an
 * instance's; and such a name itself.  `known`: of other names only those that [Install] tells.
 */
static bool
any_link(const struct units *units, const struct unit *unit, size_t place, bool known, const struct settings_reader *settings)
{
	if (wanted_in(units, unit, place))
		return true;
	for (const struct unit *alias = unit->next_alias; alias; alias = alias->next_alias)
		if ((!known || is_known_name(unit, alias->name, settings)) && ((alias->entry && lies_in(units, alias->entry, place)) || wanted_in(units, alias, place)))
			return true;
	for (const struct unit *instance = is_template(unit->name) ? unit->next_instance : NULL; instance; instance = instance->next_instance)
		if ((!known || is_known_name(unit, instance->name, settings)) && wanted_in(units, instance, place))
			return true;
	return false;
}

static struct slice
link_state(const struct units *units, const struct unit *unit, const struct settings_reader *settings)
{
	static const char *const rules[] = { "WantedBy", "RequiredBy", "UpheldBy", "Alias" };
	if (any_link(units, unit, PLACE_ETC, true, settings))
		return SLICE("enabled");
	if (any_link(units, unit, PLACE_RUN, true, settings))
		return SLICE("enabled-runtime");
	if (unit->linked)
		return unit->place == PLACE_RUN ? SLICE("linked-runtime") : SLICE("linked");
	if (any_link(units, unit, PLACE_ETC, false, settings) || any_link(units, unit, PLACE_RUN, false, settings))
		return SLICE("indirect");
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (settings_find(settings, "Install", rules[i]).n)
			return SLICE("disabled");
	return settings_find(settings, "Install", "Also").n ? SLICE("indirect") : SLICE("static");
}

static struct slice
unit_file_state(const struct units *units, const struct unit *unit, const struct settings_reader *settings)
{
	if (unit->masked)
		return unit->place == PLACE_RUN && unit->entry ? SLICE("masked-runtime") : SLICE("masked");
	if (unit->fragment == NULL)
		return SLICE_NONE;
	return unit->alias_of.p ? SLICE("alias") : link_state(units, unit, settings);
}

/* rows */

static struct slice
wanted_by(struct units *units, const struct unit *unit)
{
	AUTO(strbuf) struct strbuf list = { 0 };
	AUTO(map) struct map seen = { 0 };
	for (size_t i = 0; i < unit->wants.n; i++) {
		struct slice name = unit->wants.at[i]->parent->name;
		name = slice_first(name, slice_find_last(name, '.'));
		void **place = map_place(&seen, name);
		if (place == NULL)
			no_memory(units);
		if (place == NULL || *place)
			continue;
		*place = units;
		strbuf_puts(&list, list.n ? "\n" : "");
		strbuf_put(&list, name);
	}
	if (list.failed)
		no_memory(units);
	return list.n ? derive_text(units->deriving, strbuf_slice(&list)) : SLICE_NONE;
}

static struct slice
drop_in_paths(struct units *units, const struct drop_ins *drop_ins)
{
	AUTO(strbuf) struct strbuf list = { 0 };
	for (size_t i = 0; i < drop_ins->list.n; i++) {
		if (drop_ins->list.at[i].file == NULL)
			continue;
		strbuf_puts(&list, list.n ? "\n" : "");
		node_path(drop_ins->list.at[i].file, &list);
	}
	if (list.failed)
		no_memory(units);
	return list.n ? derive_text(units->deriving, strbuf_slice(&list)) : SLICE_NONE;
}

/* "Service" of a service: the section that is named as its type. */
static struct slice
user_of(const struct unit *unit, const struct settings_reader *settings)
{
	char section[16];
	struct slice type = type_of(unit->name);
	if (type.n == 0 || type.n >= sizeof section)
		return SLICE_NONE;
	memcpy(section, type.p, type.n);
	section[type.n] = '\0';
	section[0] = (char)(section[0] - 'a' + 'A');
	return settings_find(settings, section, "User");
}

enum { SU_SCOPE, SU_NAME, SU_TYPE, SU_LOAD_STATE, SU_FILE_STATE, SU_TEMPLATE, SU_ALIAS_OF, SU_DESCRIPTION, SU_USER, SU_WANTED_BY, SU_DROP_INS, SU_COUNT };

static bool
is_unread(const struct settings_reader *settings)
{
	for (size_t i = 0; i < settings->read.n; i++)
		if (settings->read.at[i].row == NULL)
			return true;
	return false;
}

static void
put_unit(struct units *units, const struct unit *unit, const struct settings_reader *settings, const struct drop_ins *drop_ins, bool broken)
{
	const struct slice cells[SU_COUNT] = {
		[SU_SCOPE] = units->scope, [SU_NAME] = unit->name, [SU_TYPE] = type_of(unit->name),
		[SU_LOAD_STATE] = unit->masked ? SLICE("masked") : unit->fragment == NULL ? SLICE("not_found") : broken ? SLICE("error") : SLICE("loaded"),
		[SU_FILE_STATE] = unit_file_state(units, unit, settings), [SU_TEMPLATE] = is_template(unit->name) ? SLICE("1") : SLICE("0"),
		[SU_ALIAS_OF] = unit->alias_of, [SU_DESCRIPTION] = settings_find(settings, "Unit", "Description"), [SU_USER] = user_of(unit, settings),
		[SU_WANTED_BY] = wanted_by(units, unit), [SU_DROP_INS] = drop_in_paths(units, drop_ins),
	};
	const struct node *place = unit->fragment ? unit->fragment : unit->entry;
	if (is_unread(settings))
		derive_unread(units->deriving, DERIVED_SYSTEMD_UNIT, cells, SU_LOAD_STATE, place);
	else
		derive_row(units->deriving, DERIVED_SYSTEMD_UNIT, cells, SU_COUNT, place, 0);
}

static void
derive_unit(struct units *units, const struct unit *unit)
{
	struct settings_reader settings = {
		.deriving = units->deriving, .kind = DERIVED_SYSTEMD_SETTING, .cells = { units->scope, unit->name }, .known = 2,
	};
	struct drop_ins drop_ins = { 0 };
	bool whole = unit->alias_of.p == NULL && !unit->masked && unit->fragment;
	bool broken = false;
	if (whole) {
		settings_take(&settings, unit->fragment);
		broken = settings.broken;
		gather_all(units, unit, &drop_ins);
	}
	vec_each (&drop_ins.list, drop_in)
		if (drop_in->file && !units->deriving->failed)
			settings_take(&settings, drop_in->file);
	put_unit(units, unit, &settings, &drop_ins, broken);
	settings_end(&settings);
	drop_ins_done(&drop_ins);
}

static int
order_units(const void *a, const void *b)
{
	return slice_cmp((*(struct unit *const *)a)->name, (*(struct unit *const *)b)->name);
}

static void
derive_scope(struct deriving *deriving, struct slice scope)
{
	struct units units = { .deriving = deriving, .scope = scope };
	find_places(&units);
	if (units.all.n)
		qsort(units.all.at, units.all.n, sizeof *units.all.at, order_units);
	find_fragments(&units);
	vec_each (&units.all, unit)
		if (!deriving->failed)
			derive_unit(&units, *unit);
	units_done(&units);
}

void
derive_systemd(struct deriving *deriving)
{
	derive_scope(deriving, SLICE("system"));
	derive_scope(deriving, SLICE("user"));
	derive_systemd_conf(deriving);
}
