/* SPDX-License-Identifier: Apache-2.0 */
/* What a scanner is asked of a selection: a tailoring with the rules that are wanted, and the values that the selection comes to. */
#ifndef SCAP_ASK_H
#define SCAP_ASK_H

#include "scap/selection.h"

/* The one profile of it, which extends none: a tailoring of the policy's is laid into it already. */
#define SCAP_SCAN_PROFILE "xccdf_org.plimsoll_profile_scan"

/* `wanted` of each rule of the selection. */
void scap_ask_write(const struct scap_selection *selection, const bool *wanted, struct strbuf *into);

/* A rule whose check takes a value that the profile does not give: whoever asked would be answered with another. */
bool scap_rule_lacks_value(const struct scap_selection *selection, const struct scap_rule *rule);

#endif
