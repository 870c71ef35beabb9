/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading YAML mappings by table: name of the key, its reader, its place in
 * the struct.  Strict: an unknown key, a missing one and a value of another
 * kind are errors that show the place.
 */
#ifndef POLICY_FIELDS_H
#define POLICY_FIELDS_H

#include "codec/yaml.h"

struct reading {
	const struct yaml_document *doc;
	struct arena *arena;
	void *context;         /* the caller's */
};

/* Reads one value into its place. */
typedef int field_fn(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err);

struct field {
	const char *name;
	field_fn *read;
	size_t offset;
	bool required;
};

/* `what` names the mapping in messages ("an exception"); `fields` ends with an entry without name. */
int fields_read(struct reading *in, const struct yaml_node *node, const char *what, const struct field *fields, void *into,
                struct plim_error *err);

/* A list in the arena, each item of `size` bytes zeroed and then read. */
struct any_list {
	void *at;
	size_t n;
};
int list_read(struct reading *in, const struct yaml_node *node, size_t size, field_fn *item, struct any_list *out,
              struct plim_error *err);
/* As list_read; anything but a list is a list of one. */
int list_or_one_read(struct reading *in, const struct yaml_node *node, size_t size, field_fn *item, struct any_list *out,
                     struct plim_error *err);

struct slice_list {
	struct slice *at;
	size_t n;
};

/* One of `words` (NULL-terminated); its index goes to `*out`. */
int word_read(struct reading *in, const struct yaml_node *node, const char *const *words, int64_t *out, struct plim_error *err);

/* Readers: the comment names the type of the place. */
field_fn version_read;     /* nothing: "v1" */
field_fn text_read;        /* struct slice, not empty */
field_fn texts_read;       /* struct slice_list; one text is a list of one */
field_fn some_texts_read;  /* ... and none is an error: globs that are not asked take everything */
field_fn flag_read;        /* int64_t: true or false */
field_fn bool_read;       /* bool: the same */
field_fn day_read;         /* int64_t: YYYY-MM-DD */
field_fn days_read;        /* int64_t: "14d" */
field_fn count_read;       /* int64_t: a number above 0 */
field_fn u64_read;      /* uint64_t: the same, as large as it may be */
field_fn bytes_read;       /* int64_t: "500MB" */
field_fn severity_read;    /* enum severity */

/* "500kB", "500MB", "2GB" in thousands, "KiB", "MiB", "GiB" in 1024s; bytes without a unit. */
bool bytes_parse(struct slice text, uint64_t *out);

/* The globs of a list, or no globs at all, take the text. */
bool list_matches(const struct slice_list *globs, struct slice text);

#endif
