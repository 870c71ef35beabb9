/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All secrets of an image: in the files of every layer, shown or not, and in
 * the settings of its configuration.  No text here holds one.
 */
#ifndef CATALOG_SECRET_SECRETS_H
#define CATALOG_SECRET_SECRETS_H

#include "catalog/secret/rule.h"
#include "layer/block.h"

enum secret_state {
	SECRET_FINAL,          /* the final file system has the file */
	SECRET_REMOVED,        /* a later layer removed or replaced it, and everybody can still read it */
	SECRET_ENVIRONMENT,
	SECRET_LABEL,
	SECRET_COMMAND,        /* entry point, command, health check, triggers */
	SECRET_HISTORY,
};

struct secret {
	enum secret_state state;
	const struct secret_rule *rule;    /* NULL: a file's name and form told, by `file` alone */
	const struct block *block;         /* of a file; NULL for settings */
	struct row row;                    /* ROW_SECRET, where there is a rule */
	struct row file;                   /* ROW_PRIVATE_KEY or ROW_CREDENTIAL at the same place; n is 0 where there is none */
	uint32_t layer;                    /* UINT32_MAX: none made it, or nobody knows */
	struct slice setting;              /* "env:NAME", "label:NAME", "history:STEP", "command:Entrypoint"; absent for files */
	struct slice excerpt;
	bool example;
};

/* A step of the history that has secrets in it, with their excerpts in their place. */
struct masked_step {
	struct slice written, masked;
};

struct secrets {
	const struct secret *at;           /* files by layer and place, then settings */
	size_t n;
	const struct masked_step *steps;
	size_t step_count;
};

struct inventory;
const char *secret_state_name(enum secret_state state);

/* The instruction that made a layer, without secrets; absent where it is not known. */
struct slice inventory_instruction(const struct inventory *inventory, uint32_t layer);

#endif
