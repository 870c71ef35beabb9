/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of published packages, as lock files of JavaScript spell them. */
#ifndef CATALOG_LANGUAGE_INTEGRITY_H
#define CATALOG_LANGUAGE_INTEGRITY_H

#include "base/strbuf.h"

/* "sha512-BASE64" (Subresource Integrity) as "sha512:HEX"; the first of several; nothing for what is none. */
void put_integrity(struct slice integrity, struct strbuf *into);

#endif
