/* SPDX-License-Identifier: Apache-2.0 */
/* What lies behind a database in its file: its signatures, which this folder carries and does not read. */
#ifndef ADVISORY_TRAILER_H
#define ADVISORY_TRAILER_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

/* All of it is one trailer, or empty: `*signatures` is absent then.  PLIM_EFORMAT, and PLIM_ELIMIT beyond DATA_SIGNATURE_BYTES. */
int trailer_parse(struct slice bytes, struct slice *signatures, struct plim_error *err);
void trailer_write(struct slice signatures, struct strbuf *into);

#endif
