/* SPDX-License-Identifier: Apache-2.0 */
/* An image of Docker's data root, by its id: that is the digest of its configuration, which names its layers. */
#include "image/set.h"

#include "base/error.h"

#include <stdio.h>

/* "sha256:HEX", or the digits alone. */
static int
id_of(struct slice reference, struct digest *out, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct slice hex = reference;
	slice_skip(&hex, SLICE("sha256:"));
	if (hex.n == 64) {
		snprintf(text, sizeof text, "sha256:%.*s", SLICE_ARG(hex));
		if (digest_parse(slice_of(text), out))
			return 0;
	}
	return error_set(err, PLIM_EUSAGE, "needs an image's id, sha256:HEX");
}

static int
add_layers(struct image_set *set, const struct image_config *config, size_t *blobs, struct plim_error *err)
{
	struct digest chain = { 0 };
	char hex[DIGEST_TEXT_SIZE];
	int r = 0;
	for (size_t i = 0; r == 0 && i < config->diff_id_count; i++) {
		chain = image_chain_over(&chain, &config->diff_ids[i]);
		const struct image_blob blob = {
			config->diff_ids[i], UINT64_MAX, SLICE("application/vnd.oci.image.layer.v1.tar"), arena_printf(set->arena, "layers/%s", digest_hex(&chain, hex)),
		};
		r = blob.name.p ? set_add_blob(set, &blob, &blobs[i], err) : set_no_memory(set, err);
	}
	return r;
}

int
docker_image_open(struct image_set *set, struct plim_error *err)
{
	struct image image = { .reference = set->reference };
	struct image_config *config;
	struct slice bytes;
	char hex[DIGEST_TEXT_SIZE];
	int r = id_of(set->reference, &image.config_digest, err);
	if (r < 0)
		return r;
	struct slice path = arena_printf(set->arena, "docker-root/config/%s", digest_hex(&image.config_digest, hex));
	if (path.p == NULL)
		return set_no_memory(set, err);
	if ((r = set_load(set, path, &image.config_digest, UINT64_MAX, &bytes, err)) < 0 || (r = image_config_parse(bytes, set->arena, &config, err)) < 0)
		return r;
	size_t *blobs = arena_make_array(set->arena, config->diff_id_count + 1, size_t);
	if (blobs == NULL)
		return set_no_memory(set, err);
	r = add_layers(set, config, blobs, err);
	return r < 0 ? r : set_add_image(set, &image, bytes, blobs, NULL, config->diff_id_count, err);
}
