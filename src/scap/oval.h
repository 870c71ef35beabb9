/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules of a data stream come to look into that a scanner may not see
 * although it answers: their OVAL definitions (OVAL 5, embedded as the SCAP
 * 1.2 source data stream has them), those that these extend, and tests,
 * objects and variables below them.  Of anything else nothing is read.
 */
#ifndef SCAP_OVAL_H
#define SCAP_OVAL_H

#include "scap/selection.h"

/* Bits. */
enum scap_asks {
	SCAP_ASKS_DPKG = 1,
	SCAP_ASKS_RPM = 2,
	SCAP_ASKS_LEFT_OUT = 4,    /* what is not unpacked: xattrs, access control lists, devices, pipes, sockets */
	SCAP_ASKS_MACHINE = 8,     /* of another root oscap finds nothing of it, leaves it out of the answer, or does not come back from it: what runs, the kernel, mounts, password ages, ... */
	SCAP_ASKS_FILES = 16,
	SCAP_ASKS_UNNAMED = 32,    /* nobody can tell: no definition is named */
	SCAP_ASKS_ALL = 63,
};

/* Of a rule, and of the platforms that it and its groups are for: bits of enum scap_asks. */
struct scap_asked {
	unsigned rule, platform;
};

/*
 * Answers for each rule of the selection, `asks` has room for all.  A rule whose definition is not named asks all of it: nobody can tell.
 * PLIM_EFORMAT with the line; PLIM_ELIMIT beyond LIMIT_SCAP_ITEM_COUNT.
 */
int scap_oval_asks(struct slice datastream, const struct scap_selection *selection, struct scap_asked *asks, struct plim_error *err);

#endif
