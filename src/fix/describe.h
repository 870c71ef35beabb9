/* SPDX-License-Identifier: Apache-2.0 */
/* Changes and results in words, for all writers; nothing in them leaves its line. */
#ifndef FIX_DESCRIBE_H
#define FIX_DESCRIBE_H

#include "fix/fix.h"

const char *fix_kind_name(enum fix_kind kind);    /* "upgrade", "install", "remove", "file", "setting" */
/* "upgrade openssl to 3.0.11-1 or newer: libssl3, openssl" */
void fix_change_describe(const struct fix_change *change, struct strbuf *into);
/* What whoever makes the change should know of it; absent if nothing. */
struct slice fix_change_note(const struct fix_change *change, const struct inventory *inventory);
/* "it passes after these 3 changes" */
void mending_describe(const struct mending *mending, struct strbuf *into);

#endif
