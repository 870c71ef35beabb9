/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML 1.2 as a tree in an arena, each node with its place, so that whoever
 * reads meaning into it can point at what is wrong.  Strict: duplicate keys,
 * several documents, and aliases that expand beyond LIMIT_YAML_NODE_COUNT
 * are errors.
 */
#ifndef CODEC_YAML_H
#define CODEC_YAML_H

#include "base/arena.h"

#include <plimsoll/error.h>

enum yaml_kind { YAML_NULL, YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_document;

struct yaml_node {
	enum yaml_kind kind;      /* a plain empty, "~" or "null" scalar is YAML_NULL */
	bool quoted;              /* a scalar with quotes or a block scalar: always text, never number or bool */
	bool block;               /* a literal block scalar, "|": its lines stand in the source as they are */
	struct slice text;        /* of a scalar, unescaped; in the arena */
	unsigned line, column;    /* from 1, where the node begins */
	const struct yaml_document *doc;    /* whose source that is the line of */
	size_t n;
	struct yaml_node **keys;  /* of a mapping: scalars only */
	struct yaml_node **items; /* values of a mapping, or items of a sequence */
};

struct yaml_document {
	struct slice name;        /* as messages show it */
	struct slice text;        /* the source */
	struct yaml_node *root;   /* YAML_NULL for an empty document */
};

/* Copies `text` and `name` into the arena.  Syntax errors are PLIM_EPOLICY with place, line and caret. */
int yaml_parse(struct slice name, struct slice text, struct arena *arena, struct yaml_document **out, struct plim_error *err);

/*
 * The documents of a stream, "---" between them, under the same limits together; `out` untouched but for what the arena holds where it fails.  Others'
 * programs read such files: a } or ] may stand further left than YAML 1.2 wants, as they take it.
 */
struct yaml_stream {
	struct yaml_document **at;
	size_t n;
};
int yaml_parse_all(struct slice name, struct slice text, struct arena *arena, struct yaml_stream *out, struct plim_error *err);

/* The value for `key`, NULL when the mapping has none or `node` is no mapping. */
struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);
/* The same words, wherever they stand: the order of a mapping's keys counts. */
bool yaml_eq(const struct yaml_node *a, const struct yaml_node *b);
const char *yaml_kind_name(enum yaml_kind kind);

/*
 * Where byte `offset` of a scalar's text stands in the source; false where the text does not stand there as it is (escapes, folded
 * lines, aliases), and then the place is where the scalar begins.
 */
bool yaml_place(const struct yaml_node *scalar, size_t offset, unsigned *line, unsigned *column);

/*
 * Writes "NAME:LINE:COLUMN: message", the source line and a caret under the
 * node into `err`; returns PLIM_EPOLICY.  The node's own document counts before `doc`.
 */
int yaml_error(const struct yaml_document *doc, const struct yaml_node *at, struct plim_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same about byte `offset` of a scalar's text, with the line of the text itself where the source has no such line. */
int yaml_error_in(const struct yaml_node *scalar, size_t offset, struct plim_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
