/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts from a file, as --output json writes them: of one image, or of several. */
#ifndef POLICY_VERDICT_FILE_H
#define POLICY_VERDICT_FILE_H

#include "codec/json.h"
#include "policy/verdict.h"

struct verdict_list {
	struct slice target;
	struct verdict *at;        /* at least one; none has an arena of its own */
	size_t n;
};

/*
 * Reads a document; texts and verdicts live in the arena.  Another schema is PLIM_EUNSUPPORTED, anything else that is no verdict PLIM_EFORMAT with
 * the place; so is a verdict whose results do not follow from what it found.
 */
int verdict_list_read(struct slice text, struct arena *arena, struct verdict_list *out, struct plim_error *err);

/* The same of one that is part of another document. */
int verdict_list_read_json(const struct json *root, struct arena *arena, struct verdict_list *out, struct plim_error *err);

/* The document is a verdict, and of the schema that is read here. */
int verdict_schema_check(const struct json *root, struct plim_error *err);

/* As it travels between processes, whole. */
void verdict_list_write(const struct verdict_list *list, struct strbuf *into);
int verdict_list_parse(struct slice bytes, struct arena *arena, struct verdict_list *out, struct plim_error *err);

#endif
