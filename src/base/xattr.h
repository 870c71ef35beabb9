/* SPDX-License-Identifier: Apache-2.0 */
/* An extended attribute of a file. */
#ifndef BASE_XATTR_H
#define BASE_XATTR_H

#include "base/slice.h"

struct xattr {
	struct slice name;     /* with its name space: "user.note" */
	struct slice value;
	bool base64;           /* the value is in base64 still (libarchive's own spelling in tar, where it is the only one) */
};

#endif
