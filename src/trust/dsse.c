/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes. */
#include "trust/dsse.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "codec/base64.h"
#include "trust/document.h"

void
dsse_pae(struct slice payload_type, struct slice payload, struct strbuf *into)
{
	strbuf_printf(into, "DSSEv1 %zu ", payload_type.n);
	strbuf_put(into, payload_type);
	strbuf_printf(into, " %zu ", payload.n);
	strbuf_put(into, payload);
}

static int
read_base64(const struct json *object, const char *key, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct slice text;
	int r = document_text(object, key, &text, err);
	if (r < 0)
		return r;
	*out = base64_decode(BASE64_STANDARD, text, arena);
	return out->p ? 0 : error_set(err, PLIM_EFORMAT, "%s: no base64", key);
}

static int
read_signature(const struct json *item, struct arena *arena, struct dsse_signature *out, struct plim_error *err)
{
	int r = document_keys(item, (const char *const[]){ "keyid", "sig", "cert", "extension", NULL }, "a signature", err);
	if (r == 0)
		r = read_base64(item, "sig", arena, &out->bytes, err);
	out->keyid = json_get_string(item, "keyid");
	return r;
}

static int
read_signatures(const struct json *list, struct arena *arena, struct dsse *out, struct plim_error *err)
{
	if (!json_is(list, JSON_ARRAY) || list->n == 0)
		return error_set(err, PLIM_EFORMAT, "signatures: none");
	if (list->n > LIMIT_SIGNATURE_COUNT)
		return error_set(err, PLIM_ELIMIT, "%zu signatures, limit SIGNATURE_COUNT", list->n);
	struct dsse_signature *signatures = arena_make_array(arena, list->n, struct dsse_signature);
	if (signatures == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		int r = read_signature(json_item(list, i), arena, &signatures[i], err);
		if (r < 0)
			return error_wrap(err, r, "signatures[%zu]", i);
	}
	out->signatures = signatures;
	out->signature_count = list->n;
	return 0;
}

int
dsse_read(const struct json *envelope, struct arena *arena, struct dsse **out, struct plim_error *err)
{
	struct dsse *found = arena_make(arena, struct dsse);
	if (found == NULL)
		return error_nomem(err);
	int r = document_keys(envelope, (const char *const[]){ "payload", "payloadType", "signatures", NULL }, "an envelope", err);
	if (r == 0)
		r = document_text(envelope, "payloadType", &found->payload_type, err);
	if (r == 0)
		r = read_base64(envelope, "payload", arena, &found->payload, err);
	if (r == 0)
		r = read_signatures(json_get(envelope, "signatures"), arena, found, err);
	if (r < 0)
		return error_wrap(err, r, "envelope");
	*out = found;
	return 0;
}

int
dsse_parse(struct slice text, struct arena *arena, struct dsse **out, struct plim_error *err)
{
	const struct json *root;
	int r = document_parse(text, arena, &root, err);
	return r < 0 ? error_wrap(err, r, "envelope") : dsse_read(root, arena, out, err);
}

int
dsse_next(struct slice *lines, struct slice payload_type, struct arena *arena, struct dsse **out, struct slice *text, bool *there, struct plim_error *err)
{
	struct cursor c = cursor_of(*lines);
	*there = lines->n > 0 && cursor_line(&c, text);
	if (!*there)
		return 0;
	*lines = cursor_rest(&c);
	int r = dsse_parse(*text, arena, out, err);
	return r == 0 && !slice_eq((*out)->payload_type, payload_type) ? error_set(err, PLIM_EFORMAT, "the envelope holds something else") : r;
}

static void
member_base64(struct json_writer *w, const char *key, struct slice bytes)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	base64_put(BASE64_STANDARD, bytes, &text);
	w->into->failed |= text.failed;
	json_write_member(w, key, strbuf_slice(&text));
}

void
dsse_write(const struct dsse *envelope, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	json_write_object(&w);
	member_base64(&w, "payload", envelope->payload);
	json_write_member(&w, "payloadType", envelope->payload_type);
	json_write_key(&w, SLICE("signatures"));
	json_write_array(&w);
	for (size_t i = 0; i < envelope->signature_count; i++) {
		const struct dsse_signature *signature = &envelope->signatures[i];
		json_write_object(&w);
		json_write_member(&w, "keyid", signature->keyid.p ? signature->keyid : SLICE(""));
		member_base64(&w, "sig", signature->bytes);
		json_write_object_end(&w);
	}
	json_write_array_end(&w);
	json_write_object_end(&w);
}

bool
dsse_verify(const struct dsse *envelope, const struct key *key)
{
	AUTO(strbuf) struct strbuf pae = { 0 };
	dsse_pae(envelope->payload_type, envelope->payload, &pae);
	for (size_t i = 0; !pae.failed && i < envelope->signature_count; i++)
		if (key_verify(key, strbuf_slice(&pae), envelope->signatures[i].bytes))
			return true;
	return false;
}
