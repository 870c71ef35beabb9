/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The difference between two databases:
 *
 *   magic "PLIMDLT\n", version u32, 0 u32, root of the old one (32 bytes), root of the new one (32), then one zstd frame
 *
 * whose content is the new database in a form that hardly changes, and whose
 * prefix is the old one in that form: header and blocks without hashes, which
 * follow from them; in sections of fixed width each column for itself, as
 * differences from one record to the next, so that a record more moves none of
 * the offsets behind it.  Behind the new one's form is its trailer; the old one's is no part of this, for it may be signed again, or not at all.
 */
#ifndef ADVISORY_DELTA_H
#define ADVISORY_DELTA_H

#include "advisory/database.h"

#define DELTA_MAGIC "PLIMDLT\n"

struct delta {
	struct digest from, to;
	struct slice frame;
};

/* PLIM_EUNSUPPORTED for another version. */
int delta_parse(struct slice bytes, struct delta *out, struct plim_error *err);
/* Appends all of it.  Both were verified (store_verify). */
int delta_write(const struct database *from, const struct database *to, struct strbuf *into, struct plim_error *err);
/* The new file, trailer included, whose root is what the delta says; PLIM_EUSAGE where `from` is another one. */
int delta_apply(const struct delta *delta, const struct database *from, struct strbuf *into, struct plim_error *err);

#endif
