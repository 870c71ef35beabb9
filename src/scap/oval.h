/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rules of a data stream come to look into dpkg's database: their OVAL
 * definitions (OVAL 5, embedded as the SCAP 1.2 source data stream has them),
 * those that these extend, and tests, objects and variables below them.  Of
 * anything else nothing is read.
 */
#ifndef SCAP_OVAL_H
#define SCAP_OVAL_H

#include "scap/selection.h"

/*
 * Answers for each rule of the selection, `of_dpkg` has room for all.  A rule whose definition is not named counts as one: nobody can tell.
 * PLIM_EFORMAT with the line; PLIM_ELIMIT beyond LIMIT_SCAP_ITEM_COUNT.
 */
int scap_oval_dpkg(struct slice datastream, const struct scap_selection *selection, bool *of_dpkg, struct plim_error *err);

#endif
