/* SPDX-License-Identifier: Apache-2.0 */
/* What everybody asks of an image set, and its way to another process and back. */
#ifndef FUZZ_SET_TOUCH_H
#define FUZZ_SET_TOUCH_H

#include "../fuzz.h"

#include "image/target.h"

static inline void
set_touch(const struct image_set *set)
{
	fuzz_touch(image_set_name(set));
	fuzz_touch(slice_of(image_set_transport(set)));
	for (size_t i = 0; i < image_set_document_count(set); i++)
		fuzz_touch(image_set_document(set, i));
	for (size_t i = 0; i < image_set_blob_count(set); i++)
		fuzz_touch(image_set_blob(set, i)->name);
	for (size_t i = 0; i < image_set_count(set); i++) {
		const struct image *image = image_set_image(set, i);
		fuzz_touch(image->reference);
		fuzz_demand(image->layer_count == image->config->diff_id_count);
		for (size_t k = 0; k < image->layer_count; k++) {
			fuzz_demand(image->layers[k].blob < image_set_blob_count(set));
			fuzz_touch(image->layers[k].instruction);
		}
	}
}

/* What was read is written, read and written again: the same bytes. */
static inline void
set_travel(const struct image_set *set)
{
	AUTO(image_set) struct image_set *again = NULL;
	AUTO(strbuf) struct strbuf first = { 0 };
	AUTO(strbuf) struct strbuf second = { 0 };
	struct plim_error err;
	image_set_write(set, &first);
	int r = image_set_parse(strbuf_slice(&first), &again, &err);
	if (r == PLIM_ELIMIT)
		return;
	fuzz_demand(r == 0);
	image_set_write(again, &second);
	fuzz_demand(slice_eq(strbuf_slice(&first), strbuf_slice(&second)));
}

#endif
