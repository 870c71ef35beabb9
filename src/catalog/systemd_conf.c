/* SPDX-License-Identifier: Apache-2.0 */
/* Drop-ins and assignments as systemd merges them, and the settings of its own programs. */
#include "catalog/systemd.h"

#include "base/limits.h"
#include "catalog/resolver.h"

/* drop-ins */

void
drop_ins_gather(struct drop_ins *into, struct deriving *deriving, const struct node *directory)
{
	const struct inventory *inventory = deriving->inventory;
	for (uint32_t i = 0; directory && i < directory->child_count && derive_step(deriving); i++) {
		const struct node *child = directory->children[i];
		if (!slice_ends(child->name, SLICE(".conf")) || node_entry_type(inventory->tree, child) == ENTRY_DIRECTORY)
			continue;
		void **place = map_place(&into->seen, child->name);
		if (place && *place)
			continue;
		struct drop_in *added = place ? vec_push(&into->list) : NULL;
		if (added == NULL) {
			derive_no_memory(deriving);
			return;
		}
		*place = (void *)(uintptr_t)child;
		*added = (struct drop_in){ child->name, derive_followed(deriving, child) };
	}
}

static int
order_drop_ins(const void *a, const void *b)
{
	return slice_cmp(((const struct drop_in *)a)->name, ((const struct drop_in *)b)->name);
}

void
drop_ins_sort(struct drop_ins *drop_ins)
{
	if (drop_ins->list.n)
		qsort(drop_ins->list.at, drop_ins->list.n, sizeof *drop_ins->list.at, order_drop_ins);
}

void
drop_ins_done(struct drop_ins *drop_ins)
{
	vec_done(&drop_ins->list);
	map_done(&drop_ins->seen);
}

/* assignments */

static struct slice
field_of(const struct read_setting *setting, uint32_t field)
{
	return row_field(setting->row, field);
}

/* An empty value takes back all before it. */
static void
note_same_key(struct settings_reader *reader, struct read_setting *added, void **last)
{
	bool empty = field_of(added, SYSTEMD_VALUE).n == 0;
	size_t at = (size_t)(uintptr_t)*last;
	added->previous = at;
	added->dropped = empty;
	for (; at && empty; at = reader->read.at[at - 1].previous)
		reader->read.at[at - 1].dropped = true;
	if (at)
		reader->read.at[at - 1].overridden = true;
	*last = empty ? NULL : (void *)(uintptr_t)reader->read.n;
}

static void
take_one(struct settings_reader *reader, const struct shown_row *row, const struct node *file)
{
	struct read_setting *added = vec_push(&reader->read);
	if (added == NULL) {
		derive_no_memory(reader->deriving);
		return;
	}
	*added = (struct read_setting){ .row = row, .node = file };
	if (row == NULL)
		return;
	struct slice key = derive_key(reader->deriving, field_of(added, SYSTEMD_SECTION), field_of(added, SYSTEMD_KEY));
	void **last = key.p ? map_place(&reader->last, key) : NULL;
	if (last == NULL)
		derive_no_memory(reader->deriving);
	else
		note_same_key(reader, added, last);
}

void
settings_take(struct settings_reader *reader, const struct node *file)
{
	const struct inventory *inventory = reader->deriving->inventory;
	const struct shown_row *rows;
	size_t n = rows_of_node(inventory, ROW_SYSTEMD, file, &rows);
	reader->broken = false;
	if (n == 0 && !node_was_read(inventory, file, &cataloger_systemd))
		take_one(reader, NULL, file);
	for (size_t i = 0; i < n && derive_step(reader->deriving) && !reader->broken; i++)
		if (row_field(&rows[i], SYSTEMD_KEY).p)
			take_one(reader, &rows[i], file);
		else
			reader->broken = true;
}

struct slice
settings_find(const struct settings_reader *reader, const char *section, const char *key)
{
	for (size_t i = reader->read.n; i-- > 0;) {
		const struct read_setting *setting = &reader->read.at[i];
		if (setting->row && !setting->dropped && slice_is(field_of(setting, SYSTEMD_KEY), key) && slice_is(field_of(setting, SYSTEMD_SECTION), section))
			return field_of(setting, SYSTEMD_VALUE);
	}
	return SLICE_NONE;
}

static void
put_row(struct settings_reader *reader, const struct read_setting *setting, size_t position)
{
	struct slice *cells = reader->cells + reader->known;
	cells[0] = field_of(setting, SYSTEMD_SECTION);
	cells[1] = field_of(setting, SYSTEMD_KEY);
	cells[2] = field_of(setting, SYSTEMD_VALUE);
	cells[3] = derive_number(reader->deriving, position);
	cells[4] = setting->overridden ? SLICE("1") : SLICE("0");
	derive_row(reader->deriving, reader->kind, reader->cells, reader->known + 5, setting->node, setting->row->row.line);
}

void
settings_end(struct settings_reader *reader)
{
	size_t position = 0;
	vec_each (&reader->read, setting) {
		if (reader->deriving->failed)
			break;
		if (setting->row == NULL)
			derive_unread(reader->deriving, reader->kind, reader->cells, reader->known, setting->node);
		else if (!setting->dropped)
			put_row(reader, setting, ++position);
	}
	vec_done(&reader->read);
	map_done(&reader->last);
}

/* programs */

/* "coredump.conf" and, where only drop-ins are there, of "coredump.conf.d". */
static struct slice
program_of(struct slice name)
{
	slice_skip_end(&name, SLICE(".d"));
	return slice_ends(name, SLICE(".conf")) && name.n > 5 ? name : SLICE_NONE;
}

static const struct node *
place_of(const struct deriving *deriving, size_t at)
{
	return tree_resolve(deriving->inventory->tree, slice_of(systemd_places[at]));
}

static void
gather_names(struct deriving *deriving, struct drop_ins *into)
{
	for (size_t i = 0; i < SYSTEMD_PLACE_COUNT; i++) {
		const struct node *place = place_of(deriving, i);
		for (uint32_t c = 0; place && c < place->child_count; c++) {
			struct slice name = program_of(place->children[c]->name);
			void **seen = name.p ? map_place(&into->seen, name) : NULL;
			if (name.p == NULL || (seen && *seen))
				continue;
			struct drop_in *added = seen ? vec_push(&into->list) : NULL;
			if (added == NULL) {
				derive_no_memory(deriving);
				return;
			}
			*seen = (void *)(uintptr_t)place;
			added->name = name;
		}
	}
	drop_ins_sort(into);
}

/* The main file of the first place that has one, then drop-ins of all. */
static void
derive_program(struct deriving *deriving, struct slice name)
{
	struct settings_reader reader = { .deriving = deriving, .kind = DERIVED_SYSTEMD_CONF, .cells = { name }, .known = 1 };
	struct drop_ins drop_ins = { 0 };
	AUTO(strbuf) struct strbuf directory = { 0 };
	const struct node *main = NULL;
	bool found = false;
	strbuf_put(&directory, name);
	strbuf_puts(&directory, ".d");
	for (size_t i = 0; i < SYSTEMD_PLACE_COUNT && !directory.failed; i++) {
		const struct node *place = place_of(deriving, i), *at = place ? tree_child(place, name) : NULL;
		if (!found && at)
			main = derive_followed(deriving, at);
		found |= at != NULL;
		if (place && (at = tree_child(place, strbuf_slice(&directory))))
			drop_ins_gather(&drop_ins, deriving, at);
	}
	drop_ins_sort(&drop_ins);
	if (main)
		settings_take(&reader, main);
	vec_each (&drop_ins.list, drop_in)
		if (drop_in->file)
			settings_take(&reader, drop_in->file);
	settings_end(&reader);
	drop_ins_done(&drop_ins);
	if (directory.failed)
		derive_no_memory(deriving);
}

void
derive_systemd_conf(struct deriving *deriving)
{
	struct drop_ins names = { 0 };
	gather_names(deriving, &names);
	vec_each (&names.list, name)
		if (!deriving->failed)
			derive_program(deriving, name->name);
	drop_ins_done(&names);
}
