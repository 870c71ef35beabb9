/* SPDX-License-Identifier: Apache-2.0 */
/* The SSH server's files: their lines, of each, and what they mean together. */
#ifndef CATALOG_SSHD_H
#define CATALOG_SSHD_H

#include "catalog/cataloger.h"

extern const struct cataloger cataloger_sshd;

#endif
