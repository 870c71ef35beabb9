/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates as PEM and DER. */
#include "../fuzz.h"
#include "base/strbuf.h"
#include "trust/certificate.h"

static void
look_at(struct certificate *certificate)
{
	AUTO(strbuf) struct strbuf subject = { 0 };
	AUTO(key) struct key *key = NULL;
	struct plim_error err = { 0 };
	certificate_put_subject(certificate, &subject);
	certificate_thumbprint(certificate);
	certificate_key(certificate, &key, &err);
	certificate_check(certificate, &certificate, 1, &certificate, 1, 1893456000, &err);
	certificate_check(certificate, &certificate, 1, NULL, 0, 1893456000, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(certificate) struct certificate *pem = NULL, *der = NULL;
	struct slice text = { (const char *)data, size };
	struct plim_error err = { 0 };
	if (certificate_parse(text, &pem, &err) == 0)
		look_at(pem);
	if (certificate_parse_der(text, &der, &err) == 0)
		look_at(der);
	return 0;
}
