/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate is made of, for the files of this folder alone. */
#ifndef TRUST_CERTIFICATE_INSIDE_H
#define TRUST_CERTIFICATE_INSIDE_H

#include <openssl/x509.h>

struct certificate {
	X509 *x509;
};

#endif
