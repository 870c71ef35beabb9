/* SPDX-License-Identifier: Apache-2.0 */
/* Names of policies with the digest of their bytes. */
#include "policy/pin.h"

#include "base/error.h"

#include <stdio.h>

#define PIN_MARK "#sha256="

bool
pin_cut(struct slice name, struct slice *path, struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	*path = name;
	*digest = (struct digest){ 0 };
	for (size_t i = 0; i < name.n; i++) {
		struct slice hex = slice_from(name, i);
		if (!slice_skip(&hex, SLICE(PIN_MARK)))
			continue;
		*path = slice_first(name, i);
		snprintf(text, sizeof text, "sha256:%.*s", SLICE_ARG(slice_first(hex, 65)));
		return digest_parse(slice_of(text), digest);
	}
	return true;
}

int
pin_check(const struct digest *pin, struct slice bytes, struct plim_error *err)
{
	char is[DIGEST_TEXT_SIZE], wanted[DIGEST_TEXT_SIZE];
	struct digest digest = digest_of(bytes);
	if (pin->algorithm == DIGEST_NONE || digest_eq(pin, &digest))
		return 0;
	return error_set(err, PLIM_EPOLICY, "its digest is %s; %s is wanted", digest_text(&digest, is), digest_text(pin, wanted));
}
