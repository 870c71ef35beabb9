/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An approved base: a name with dated generations, each the diff ids that
 * begin an image built on it.  Kept in bases/NAME.json, which `plimsoll base
 * add` appends to.
 */
#ifndef POLICY_BASE_H
#define POLICY_BASE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/strbuf.h"

/* Version 1 had no packages, and is read still. */
#define BASE_FILE_VERSION 2

struct generation {
	struct slice date;         /* "2026-10-01" */
	struct slice until;        /* the last day of its approval; absent: it has no end of its own */
	struct slice reference;    /* what was added; may be absent */
	struct slice platform;     /* "linux/amd64"; may be absent */
	const struct digest *diff_ids;
	size_t n;                  /* never 0 */
	const struct slice *packages;    /* package URLs without qualifiers, sorted; only of the newest of a platform */
	size_t package_count;
};

struct base_file {
	struct slice name;
	struct generation *generations;    /* by date, then as added */
	size_t n;
};

/* Into the arena; PLIM_EFORMAT names the generation and the field. */
int base_file_parse(struct slice json, struct arena *arena, struct base_file *out, struct plim_error *err);
/* Canonical JSON with a newline at its end. */
void base_file_write(const struct base_file *file, struct strbuf *into);

/* The longest generation that begins the layers, NULL when none does. */
const struct generation *base_file_match(const struct base_file *file, const struct digest *diff_ids, size_t n);

#endif
