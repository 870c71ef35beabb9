/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of notes share. */
#ifndef POLICY_NOTES_H
#define POLICY_NOTES_H

#include "base/strbuf.h"
#include "policy/model.h"

/* "  note: FILE:LINE:COLUMN: " */
void note_begin(const struct yaml_node *at, struct strbuf *into);
void note_place(const struct yaml_node *at, struct strbuf *into);

void policy_notes_never(const struct policy *policy, struct strbuf *into);

#endif
