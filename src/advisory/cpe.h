/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of the Common Platform Enumeration 2.3, and the versions that NVD
 * writes in them.  The ecosystem "cpe" has packages called "vendor:product".
 */
#ifndef ADVISORY_CPE_H
#define ADVISORY_CPE_H

#include "base/arena.h"
#include "version/scheme.h"

struct cpe {
	char part;                 /* 'a' an application, 'o' an operating system, 'h' hardware */
	struct slice package;      /* "vendor:product", lower case, unescaped, in the arena */
	/*
	 * As version_cpe compares it; absent for any version.  An update is behind its version ("9.3-p1", "1.8.0_292"); "9.3:-" is the
	 * version with none, "9.3" alone with whichever.
	 */
	struct slice version;
	bool open;                 /* it is for some versions, of which it does not tell which: "-", "1.2.*"; then version is absent */
};

/* PLIM_EFORMAT for what is no name of eleven attributes behind "cpe:2.3:". */
int cpe_parse(struct slice text, struct arena *arena, struct cpe *out, struct plim_error *err);

/* A version as `package` is numbered by itself: what NVD calls 8 of Java is 1.8.0 there.  Absent without memory. */
struct slice cpe_version(struct slice package, struct slice version, struct arena *arena);

/* The generic ordering, in which 9.3p1 is 9.3 with an update, and so is 1.8.0_292 of 1.8.0; for comparing, not for sorting. */
extern const struct version_scheme version_cpe;

#endif
