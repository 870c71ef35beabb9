/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions in files of their own: an entry `folder: DIR` of a policy's list stands for those of each file there. */
#ifndef POLICY_EXCEPTION_FILES_H
#define POLICY_EXCEPTION_FILES_H

#include "policy/model.h"

/*
 * Puts into the document's list of exceptions what its folders hold, files by name, each of them a list; the files become sources of the policy,
 * so that its digest covers them.  `directory` is where the document's relative paths begin.  Names that do not end in .yaml or .yml, or that
 * begin with a dot, are left alone.
 */
int exception_files_take(struct policy *policy, struct yaml_document *doc, int directory, struct plim_error *err);

#endif
