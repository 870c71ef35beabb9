/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs. */
#ifndef PLIMSOLL_PURL_H
#define PLIMSOLL_PURL_H

#include <plimsoll/error.h>

#include <stddef.h>

/* The canonical form of `text`, a heap string that is the caller's to free.  PLIM_EFORMAT, with the offset, for what is no package URL. */
PLIM_API int plim_purl_canonical(const char *text, char **out, struct plim_error *err);

#endif
