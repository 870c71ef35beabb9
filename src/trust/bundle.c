/* SPDX-License-Identifier: Apache-2.0 */
/* Sigstore's bundles. */
#include "trust/bundle.h"

#include "base/error.h"
#include "codec/json_write.h"
#include "codec/base64.h"
#include "trust/document.h"

static int
read_bundle(const struct json *root, struct arena *arena, struct bundle *out, struct plim_error *err)
{
	struct slice media_type;
	int r = document_text(root, "mediaType", &media_type, err);
	if (r == 0 && !slice_is(media_type, BUNDLE_MEDIA_TYPE))
		r = error_set(err, PLIM_EUNSUPPORTED, "mediaType: not " BUNDLE_MEDIA_TYPE);
	if (r == 0)
		r = document_keys(root, (const char *const[]){ "mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature", NULL }, "a bundle", err);
	if (r == 0 && json_get(root, "messageSignature"))
		r = error_set(err, PLIM_EUNSUPPORTED, "it signs a message, not an envelope");
	if (r == 0 && !json_is(json_get(root, "verificationMaterial"), JSON_OBJECT))
		r = error_set(err, PLIM_EFORMAT, "verificationMaterial: no object");
	if (r < 0)
		return r;
	out->hint = json_get_string(json_get(json_get(root, "verificationMaterial"), "publicKey"), "hint");
	return dsse_read(json_get(root, "dsseEnvelope"), arena, &out->envelope, err);
}

int
bundle_parse(struct slice text, struct arena *arena, struct bundle **out, struct plim_error *err)
{
	const struct json *root;
	struct bundle *found = arena_make(arena, struct bundle);
	int r = found ? document_parse(text, arena, &root, err) : error_nomem(err);
	if (r == 0)
		r = read_bundle(root, arena, found, err);
	if (r < 0)
		return error_wrap(err, r, "bundle");
	*out = found;
	return 0;
}

void
bundle_write(const struct digest *key, const struct dsse *envelope, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf hint = { 0 };
	struct json_writer w = { .into = into };
	base64_put(BASE64_STANDARD, (struct slice){ (const char *)key->bytes, 32 }, &hint);
	into->failed |= hint.failed;
	json_write_object(&w);
	json_write_key(&w, SLICE("dsseEnvelope"));
	dsse_write(envelope, into);
	w.after_key = false;
	json_write_member(&w, "mediaType", SLICE(BUNDLE_MEDIA_TYPE));
	json_write_key(&w, SLICE("verificationMaterial"));
	json_write_object(&w);
	json_write_key(&w, SLICE("publicKey"));
	json_write_object(&w);
	json_write_member(&w, "hint", strbuf_slice(&hint));
	json_write_object_end(&w);
	json_write_object_end(&w);
	json_write_object_end(&w);
}
