/* SPDX-License-Identifier: Apache-2.0 */
/* The files of pam_limits: their lines, of each, and the order in which they count. */
#ifndef CATALOG_LIMITS_CONF_H
#define CATALOG_LIMITS_CONF_H

#include "catalog/cataloger.h"

extern const struct cataloger cataloger_limits_conf;

#endif
