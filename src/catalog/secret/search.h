/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in files as their bytes pass by: in pieces of any size, of which no
 * more is kept than what patterns look at around their literals.
 */
#ifndef CATALOG_SECRET_SEARCH_H
#define CATALOG_SECRET_SEARCH_H

#include "base/auto.h"
#include "base/strbuf.h"
#include "layer/block.h"

/* How much of an image is looked at. */
enum analysis_level {
	LEVEL_STANDARD,    /* text files up to LIMIT_SECRET_FILE_BYTES; longer ones are told (ROW_UNSEARCHED) */
	LEVEL_FULL,        /* every byte of every file */
};

const char *analysis_level_name(enum analysis_level level);    /* "standard", "full" */

struct secret_search;

int secret_search_new(enum analysis_level level, struct secret_search **out, struct plim_error *err);
void secret_search_free(struct secret_search *search);
AUTO_DEFINE(secret_search, struct secret_search, secret_search_free)

/* Another layer follows: LIMIT_SECRET_COUNT begins anew. */
void secret_search_layer(struct secret_search *search);

/* Does it look at this regular file?  The entry is borrowed until the file ends. */
bool secret_search_begin(struct secret_search *search, const struct entry *entry);
/* A piece of it; `*more` becomes false when it needs no others. */
int secret_search_add(struct secret_search *search, struct slice piece, bool *more, struct plim_error *err);
/* It is over: adds rows of ROW_SECRET and ROW_UNSEARCHED for entry `index`, and what could not be searched as problems. */
int secret_search_end(struct secret_search *search, struct block_builder *into, uint32_t index, struct plim_error *err);

/*
 * The body of the file that ended last, for whoever keeps it: as it is where nothing was found, else with * for each
 * byte of a secret, in `room`; absent where nobody searched it.
 */
int secret_search_mask(const struct secret_search *search, struct slice body, struct strbuf *room, struct slice *out, struct plim_error *err);

#endif
