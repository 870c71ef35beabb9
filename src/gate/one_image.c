/* SPDX-License-Identifier: Apache-2.0 */
/* Which image, where there are several. */
#include "gate/one_image.h"

#include "base/error.h"

/* Whoever asks asks about one image: which ones there are is the useful answer to anything else. */
int
demand_one_image(const struct image_set *set, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (set == NULL || image_set_count(set) == 1)
		return 0;
	for (size_t i = 0; i < image_set_count(set); i++) {
		const struct image *image = image_set_image(set, i);
		strbuf_puts(&text, i ? "; " : "");
		strbuf_put_printable(&text, image->reference);
		strbuf_puts(&text, image->reference.n ? " for " : "");
		platform_text(&image->platform, &text);
	}
	return error_set(err, PLIM_EUSAGE, "there are %zu images in it, name one by its reference or by --platform: %s",
	                 image_set_count(set), text.p ? text.p : "none");
}
