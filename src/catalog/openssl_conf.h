/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's configuration: its lines, of each file, and what they mean together. */
#ifndef CATALOG_OPENSSL_CONF_H
#define CATALOG_OPENSSL_CONF_H

#include "catalog/cataloger.h"

extern const struct cataloger cataloger_openssl_conf;

static inline bool
openssl_is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

#endif
