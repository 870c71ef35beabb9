/* SPDX-License-Identifier: Apache-2.0 */
/* The first digest of a list as HTML has it. */
#include "catalog/language/integrity.h"

#include "catalog/language/digest_text.h"

void
put_integrity(struct slice integrity, struct strbuf *into)
{
	struct slice first, algorithm, text;
	if (slice_word(&integrity, &first) && slice_cut(first, '-', &algorithm, &text))
		digest_put_base64(into, algorithm, text);
}
