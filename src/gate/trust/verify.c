/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the bytes that were read are those that were named. */
#include "gate/analysis.h"

#include "base/error.h"

static int
digest_error(const struct digest *want, const struct digest *have, const char *what, struct plim_error *err)
{
	char named[DIGEST_TEXT_SIZE], found[DIGEST_TEXT_SIZE];
	return error_set(err, PLIM_EDIGEST, "%s is %s, its name says %s", what, digest_text(have, found), digest_text(want, named));
}

int
analysis_verify_layers(const struct analysis *analysis, size_t blob, struct plim_error *err)
{
	const struct digest *plain = &analysis->parts[blob].plain;
	for (size_t i = 0; i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		for (size_t k = 0; k < image->layer_count; k++) {
			if (image->layers[k].blob != blob || digest_eq(&image->layers[k].diff_id, plain))
				continue;
			return error_wrap(err, digest_error(&image->layers[k].diff_id, plain, "the plain tar", err), "layer %zu", k);
		}
	}
	return 0;
}

int
analysis_verify_size(const struct image_blob *blob, uint64_t size, struct plim_error *err)
{
	if (blob->size == UINT64_MAX || size == blob->size)
		return 0;
	return error_set(err, PLIM_EDIGEST, "the blob has %ju bytes, the manifest says %ju", (uintmax_t)size, (uintmax_t)blob->size);
}

int
analysis_verify_blob(const struct analysis *analysis, size_t at, struct plim_error *err)
{
	const struct image_blob *blob = image_set_blob(analysis->set, at);
	const struct part *part = &analysis->parts[at];
	if (blob->digest.algorithm != DIGEST_NONE && !digest_eq(&part->stored, &blob->digest))
		return digest_error(&blob->digest, &part->stored, "the blob", err);
	return analysis_verify_size(blob, part->size, err);
}
