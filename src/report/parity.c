/* SPDX-License-Identifier: Apache-2.0 */
#include "report/parity.h"

const struct parity_writer *const parity_writers[] = { &parity_text, &parity_json, NULL };

void
parity_put_place(const struct finding *finding, struct strbuf *into)
{
	const struct evidence *e = &finding->evidence;
	struct slice subject = e->package.n ? e->package : e->path.n ? e->path : e->setting.n ? e->setting : finding->message;
	strbuf_put(into, subject);
	if (e->package.n && e->package_version.n)
		strbuf_printf(into, " %.*s", SLICE_ARG(e->package_version));
	if (e->package.n && e->path.n)
		strbuf_printf(into, " in %.*s", SLICE_ARG(e->path));
	if (e->detail.n)
		strbuf_printf(into, " (%.*s)", SLICE_ARG(slice_first(e->detail, 200)));
}
