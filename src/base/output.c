/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"

#include "base/error.h"

#include <errno.h>

int
output_text(const struct strbuf *text, FILE *into, struct plim_error *err)
{
	if (text->failed)
		return error_nomem(err);
	if (fwrite(strbuf_slice(text).p, 1, text->n, into) != text->n || fflush(into) != 0)
		return error_sys(err, errno, "the answer could not be written");
	return 0;
}
