/* SPDX-License-Identifier: Apache-2.0 */
/* The files of policies/ as tools/embed compiled them in; the table ends with an entry without name. */
#ifndef POLICY_EMBEDDED_H
#define POLICY_EMBEDDED_H

#include "base/slice.h"

struct embedded_file {
	const char *name;    /* without directory and extension */
	const char *bytes;   /* with a NUL behind them */
	size_t n;
};

extern const struct embedded_file embedded_policies[];

static inline struct slice
embedded_text(const struct embedded_file *file)
{
	return (struct slice){ file->bytes, file->n };
}

#endif
