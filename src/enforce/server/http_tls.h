/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate and key of a server, read anew when their files change: whoever is connected stays, whoever comes gets the new one. */
#ifndef ENFORCE_SERVER_HTTP_TLS_H
#define ENFORCE_SERVER_HTTP_TLS_H

#include "base/auto.h"

#include <plimsoll/error.h>

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

struct http_tls;

/* TLS 1.2 and later.  `authorities`: of clients, who then need a certificate; NULL: anybody.  Paths are borrowed until http_tls_free. */
int http_tls_open(const char *certificate, const char *key, const char *authorities, struct http_tls **out, struct plim_error *err);
void http_tls_free(struct http_tls *tls);
AUTO_DEFINE(http_tls, struct http_tls, http_tls_free)

/*
 * Looks whether a file changed, and reads all of them anew; `*changed` tells.  What is wrong with the new ones is the error, once for each change,
 * and those at hand stay.
 */
int http_tls_refresh(struct http_tls *tls, bool *changed, struct plim_error *err);

/* One more connection, the caller's; NULL without memory. */
SSL *http_tls_session(struct http_tls *tls);
/* When the certificate ends, in seconds. */
int64_t http_tls_until(const struct http_tls *tls);

#endif
