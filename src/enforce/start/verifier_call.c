/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/start/verifier_call.h"

#include "base/error.h"
#include "codec/json_fold.h"
#include "image/field.h"
#include "net/reference.h"

#define DESCRIPTOR_TYPE "application/vnd.oci.descriptor.v1+json"

enum { NAME, DIGEST, TYPE, OPTION_COUNT };
static const char *const options[OPTION_COUNT] = { [NAME] = "name", [DIGEST] = "digest", [TYPE] = "stdin-media-type" };

/* Go's flags: one dash or two, the value behind "=" or in the next word. */
static int
take(char *const **next, const char *values[OPTION_COUNT], struct plim_error *err)
{
	struct slice word = slice_of(*(*next)++), name, value;
	bool is_option = slice_skip(&word, SLICE("-"));
	slice_skip(&word, SLICE("-"));
	bool joined = slice_cut(word, '=', &name, &value);
	for (size_t i = 0; is_option && i < OPTION_COUNT; i++) {
		if (!slice_is(name, options[i]))
			continue;
		if (values[i])
			return error_set(err, PLIM_EUSAGE, "-%s is there twice", options[i]);
		values[i] = joined ? value.p : **next ? *(*next)++ : NULL;
		return values[i] ? 0 : error_set(err, PLIM_EUSAGE, "-%s needs a value", options[i]);
	}
	return error_set(err, PLIM_EUSAGE, "'%.*s' is no option that containerd gives", SLICE_ARG(slice_first_text(slice_of((*next)[-1]), 80)));
}

int
verifier_call_parse(char *const *words, struct verifier_call *out, struct plim_error *err)
{
	const char *values[OPTION_COUNT] = { 0 };
	int r = 0;
	while (r == 0 && *words)
		r = take(&words, values, err);
	for (size_t i = 0; r == 0 && i < OPTION_COUNT; i++)
		if (values[i] == NULL)
			r = error_set(err, PLIM_EUSAGE, "-%s is missing", options[i]);
	if (r < 0)
		return r;
	out->name = values[NAME];
	if (!digest_parse(slice_of(values[DIGEST]), &out->digest))
		return error_set(err, PLIM_EUSAGE, "-digest: a digest is needed, sha256:...");
	if (!slice_is(slice_of(values[TYPE]), DESCRIPTOR_TYPE))
		return error_set(err, PLIM_EUSAGE, "-stdin-media-type: only " DESCRIPTOR_TYPE " is known");
	return 0;
}

int
verifier_descriptor_check(const struct verifier_call *call, struct slice text, struct arena *arena, struct plim_error *err)
{
	const struct json *descriptor;
	struct slice digest, type;
	struct digest found;
	int r = json_parse(text, arena, &descriptor, err);
	if (r < 0 || (r = json_check_folded(descriptor, arena, err)) < 0)
		return r;
	if (!json_is(descriptor, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(descriptor->type));
	if ((r = field_string(descriptor, "digest", &digest, err)) < 0 || (r = field_string(descriptor, "mediaType", &type, err)) < 0)
		return r;
	if (!digest_parse(digest, &found) || !digest_eq(&found, &call->digest))
		return error_set(err, PLIM_EFORMAT, "digest: it is not the one of -digest");
	return type.n ? 0 : error_set(err, PLIM_EFORMAT, "mediaType: it is missing");
}

int
verifier_place(const struct verifier_call *call, struct arena *arena, struct guard_place *out, struct plim_error *err)
{
	struct reference reference;
	int r = reference_parse(slice_of(call->name), &reference, err);
	if (r < 0)
		return r;
	if (reference.host.p == NULL)
		reference.host = SLICE("docker.io");
	if (reference.digest.algorithm != DIGEST_NONE && !digest_eq(&reference.digest, &call->digest))
		return error_set(err, PLIM_EUSAGE, "the name has another digest than -digest");
	*out = (struct guard_place){ reference_repository(&reference, arena), reference.tag, call->digest };
	return out->repository.p ? 0 : error_nomem(err);
}
