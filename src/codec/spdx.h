/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licence expressions (SPDX 2.3, annex D) over the identifiers of the SPDX
 * License List: what packages declare becomes one, or is not understood.
 */
#ifndef CODEC_SPDX_H
#define CODEC_SPDX_H

#include "base/arena.h"
#include "base/strbuf.h"

enum spdx_kind { SPDX_LICENSE, SPDX_AND, SPDX_OR };

struct spdx {
	enum spdx_kind kind;
	struct slice id;                   /* of a licence: "MIT", "GPL-2.0-or-later", "LicenseRef-x" */
	struct slice exception;            /* "Classpath-exception-2.0"; absent for none */
	const struct spdx *left, *right;   /* of the others */
};

/* The list's own spelling of an identifier in any case; absent where it is none. */
struct slice spdx_id(struct slice text);

/* What packages' own words mean beside SPDX's differs by where they stand. */
enum spdx_words {
	SPDX_WORDS,          /* of most metadata */
	SPDX_WORDS_CARGO,    /* of crates: a slash means OR, as their manifests wrote it until they took SPDX's words */
	/*
	 * Of a list that names its own licences too (Debian's copyright-format): a name that is not understood becomes
	 * LicenseRef-NAME, and an exception that is not is left out, for it only permits more.
	 */
	SPDX_WORDS_NAMED,
};

/*
 * The expression that a package's own words mean: an expression of SPDX in any case (deprecated identifiers of the GNU
 * licences become -only and -or-later), a well-known name (spdx_names.def), a name of the list, or several of these with "and", "or",
 * commas, bars between.  NULL where any part is not understood, and without memory: it is not known then.  All in the arena.
 */
const struct spdx *spdx_read(struct slice declared, enum spdx_words words, struct arena *arena);

/* For what was not understood of a text, beside what was: there may be more. */
#define SPDX_PROSE "LicenseRef-prose"

/* Both of them; either may be NULL: then it is the other. */
const struct spdx *spdx_join(const struct spdx *left, const struct spdx *right, enum spdx_kind kind, struct arena *arena);

/* As SPDX writes it. */
void spdx_write(const struct spdx *expression, struct strbuf *into);

/* Whether what `holds` says of single licences makes the expression hold: of AND both must, of OR one. */
bool spdx_holds(const struct spdx *expression, bool (*holds)(const void *context, const struct spdx *license), const void *context);

/* Calls `see` with each licence in it, from the left. */
void spdx_each(const struct spdx *expression, void (*see)(void *context, const struct spdx *license), void *context);

#endif
