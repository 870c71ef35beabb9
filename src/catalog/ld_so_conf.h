/* SPDX-License-Identifier: Apache-2.0 */
/* ldconfig's files: their lines, of each, and what they mean together. */
#ifndef CATALOG_LD_SO_CONF_H
#define CATALOG_LD_SO_CONF_H

#include "catalog/cataloger.h"

extern const struct cataloger cataloger_ld_so_conf;

#endif
