/* SPDX-License-Identifier: Apache-2.0 */
/* Built without p11-kit. */
#include "trust/token.h"

#include "base/error.h"

int
token_key_open(const char *uri, const char *pin_file, struct key **out, struct plim_error *err)
{
	(void)uri;
	(void)pin_file;
	(void)out;
	return error_set(err, PLIM_EUNSUPPORTED, "this program was built without p11-kit: it reads no tokens");
}
