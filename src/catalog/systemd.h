/* SPDX-License-Identifier: Apache-2.0 */
/* Files of systemd: what its programs look for, and where. */
#ifndef CATALOG_SYSTEMD_H
#define CATALOG_SYSTEMD_H

#include "base/map.h"
#include "catalog/derived.h"

extern const struct cataloger cataloger_systemd;

/* In the order in which systemd looks: what the first has, the others have not. */
#define SYSTEMD_PLACE_COUNT 5
extern const char *const systemd_places[SYSTEMD_PLACE_COUNT];

/* NAME.TYPE of a type that systemd has, NAME not empty. */
bool is_unit_name(struct slice name);

/*
 * The drop-ins of some directories: of each name the first directory's, sorted by name; links followed.  A name that leads
 * nowhere hides others all the same.
 */
struct drop_in {
	struct slice name;
	const struct node *file;      /* NULL: it leads nowhere, or to /dev/null */
};
struct drop_ins {
	VEC(struct drop_in) list;
	struct map seen;
};
void drop_ins_gather(struct drop_ins *into, struct deriving *deriving, const struct node *directory);
void drop_ins_sort(struct drop_ins *drop_ins);
void drop_ins_done(struct drop_ins *drop_ins);

/* Assignments of one unit or program, as they are read one file after another. */
struct read_setting {
	const struct shown_row *row;  /* NULL: the whole file was not read */
	const struct node *node;
	size_t previous;              /* of the same key, from 1; 0 for none */
	bool dropped, overridden;
};
struct settings_reader {
	struct deriving *deriving;
	enum derived_kind kind;
	struct slice cells[7];        /* the first `known` of them are set */
	size_t known;
	VEC(struct read_setting) read;
	struct map last;              /* by section and key: place in `read`, from 1 */
	bool broken;                  /* a line of the last file that systemd cannot read */
};
void settings_take(struct settings_reader *reader, const struct node *file);
/* The last value of a key; absent where it has none. */
struct slice settings_find(const struct settings_reader *reader, const char *section, const char *key);
/* Adds rows for all that was read, and releases. */
void settings_end(struct settings_reader *reader);

void derive_systemd_conf(struct deriving *deriving);

#endif
