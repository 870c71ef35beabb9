/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scanner is asked of a selection: a tailoring with the rules that are wanted, and the values that the selection comes to.  And what is
 * known already: who does not find a package that is installed is not believed about others.
 */
#ifndef SCAP_ASK_H
#define SCAP_ASK_H

#include "scap/oval.h"

/* The one profile of it, which extends none: a tailoring of the policy's is laid into it already. */
#define SCAP_SCAN_PROFILE "xccdf_org.plimsoll_profile_scan"

/* `wanted` of each rule of the selection. */
void scap_ask_write(const struct scap_selection *selection, const bool *wanted, struct strbuf *into);

/* A rule whose check takes a value that the profile does not give: whoever asked would be answered with another. */
bool scap_rule_lacks_value(const struct scap_selection *selection, const struct scap_rule *rule);

/* Whose lists of packages a scanner reads by itself. */
enum { SCAP_MANAGER_COUNT = 2 };
extern const struct scap_manager {
	enum scap_asks asks;
	const char *name, *type, *probe;    /* "dpkg", of packages as in their purl, of OVAL's tests and objects */
} scap_managers[SCAP_MANAGER_COUNT];

/* OVAL that asks for one package of each manager; absent: none.  Writes nothing where all are absent. */
void scap_ask_packages_write(const struct slice packages[static SCAP_MANAGER_COUNT], struct strbuf *into);
/* What `oscap oval eval` told of that, foreign: whose package it found, bits of enum scap_asks. */
unsigned scap_ask_packages_found(struct slice told);

#endif
