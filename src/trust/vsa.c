/* SPDX-License-Identifier: Apache-2.0 */
/* The SLSA Verification Summary: a gate's verdict as a predicate. */
#include "trust/statement.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "trust/document.h"
#include "trust/simple_signing.h"

#define RESOURCE_SCHEME "oci://"
#define SLSA_VERSION    "1.0"

static void
put_resource(struct json_writer *w, struct slice uri, const struct digest *digest)
{
	char hex[DIGEST_TEXT_SIZE];
	json_write_object(w);
	json_write_key(w, SLICE("digest"));
	json_write_object(w);
	json_write_member(w, digest_algorithm_name(digest->algorithm), slice_of(digest_hex(digest, hex)));
	json_write_object_end(w);
	json_write_member(w, "uri", uri);
	json_write_object_end(w);
}

static void
put_inputs(struct json_writer *w, const struct vsa *vsa)
{
	json_write_key(w, SLICE("inputAttestations"));
	json_write_array(w);
	for (size_t i = 0; i < vsa->input_count; i++)
		put_resource(w, vsa->inputs[i].uri, &vsa->inputs[i].digest);
	json_write_array_end(w);
}

static void
put_data_time(struct json_writer *w, int64_t seconds)
{
	if (seconds == DATE_NONE)
		return;
	json_write_key(w, SLICE("plimsoll"));
	json_write_object(w);
	json_write_member_time(w, "dataTime", seconds);
	json_write_object_end(w);
}

static void
put_verifier(struct json_writer *w, const struct vsa *vsa)
{
	json_write_key(w, SLICE("verifier"));
	json_write_object(w);
	json_write_member(w, "id", vsa->verifier);
	json_write_key(w, SLICE("version"));
	json_write_object(w);
	json_write_member(w, "plimsoll", vsa->version);
	json_write_object_end(w);
	json_write_object_end(w);
}

static void
put_predicate(const struct vsa *vsa, struct slice resource, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	json_write_object(&w);
	put_inputs(&w, vsa);
	put_data_time(&w, vsa->data_time);
	json_write_key(&w, SLICE("policy"));
	put_resource(&w, vsa->policy_uri, &vsa->policy);
	json_write_member(&w, "resourceUri", resource);
	json_write_member(&w, "slsaVersion", SLICE(SLSA_VERSION));
	json_write_member_time(&w, "timeVerified", vsa->time);
	json_write_member(&w, "verificationResult", SLICE("PASSED"));
	json_write_member_texts(&w, "verifiedLevels", vsa->levels, vsa->level_count);
	put_verifier(&w, vsa);
	json_write_object_end(&w);
}

static int
check_vsa(const struct vsa *vsa, struct slice name, struct plim_error *err)
{
	struct slice repository, tag;
	if (vsa->result != VSA_PASSED)
		return error_set(err, PLIM_EUSAGE, "only what passed is attested: many who verify ask who signed, not what was said");
	if (vsa->image.algorithm == DIGEST_NONE || vsa->policy.algorithm == DIGEST_NONE || vsa->verifier.n == 0 || vsa->time == DATE_NONE)
		return error_set(err, PLIM_EUSAGE, "a summary needs image, policy, verifier and time");
	if (!document_can_say(vsa->time) || (vsa->data_time != DATE_NONE && !document_can_say(vsa->data_time)))
		return error_set(err, PLIM_EUSAGE, "a time outside of the years 1970 to 9999");
	int r = signed_reference_parse(name, &repository, &tag, err);
	if (r == 0 && (!slice_eq(repository, vsa->repository) || !slice_eq(tag, vsa->tag)))
		r = error_set(err, PLIM_EUSAGE, "'%.*s' is no name of a repository", SLICE_ARG(slice_first(vsa->repository, 300)));
	for (size_t i = 0; r == 0 && i < vsa->input_count; i++)
		if (vsa->inputs[i].digest.algorithm == DIGEST_NONE)
			r = error_set(err, PLIM_EUSAGE, "an input without its digest");
	for (size_t i = 0; r == 0 && i < vsa->level_count; i++)
		if (vsa->levels[i].n == 0)
			r = error_set(err, PLIM_EUSAGE, "a level without a name");
	return r;
}

int
vsa_write(const struct vsa *vsa, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 }, resource = { 0 }, predicate = { 0 };
	char digest[DIGEST_TEXT_SIZE];
	struct statement_subject subject = { vsa->repository, vsa->image };
	strbuf_put(&name, vsa->repository);
	if (vsa->tag.p)
		strbuf_printf(&name, ":%.*s", SLICE_ARG(vsa->tag));
	int r = check_vsa(vsa, strbuf_slice(&name), err);
	if (r < 0)
		return r;
	strbuf_printf(&resource, RESOURCE_SCHEME "%s@%s", name.p, digest_text(&vsa->image, digest));
	put_predicate(vsa, strbuf_slice(&resource), &predicate);
	if (name.failed || resource.failed || predicate.failed)
		return error_nomem(err);
	return statement_write(&subject, SLICE(PREDICATE_VSA), strbuf_slice(&predicate), into, err);
}

/* "oci://HOST/PATH[:TAG][@DIGEST]"; of another scheme or form it says nothing that is understood here. */
static int
read_resource(struct slice uri, const struct statement *statement, struct vsa *out, struct plim_error *err)
{
	struct slice name, text, repository, tag;
	struct digest digest;
	struct plim_error ignored;
	if (!slice_skip(&uri, SLICE(RESOURCE_SCHEME)))
		return 0;
	bool has_digest = slice_cut(uri, '@', &name, &text);
	if (has_digest && (!digest_parse(text, &digest) || !statement_speaks_of(statement, &digest)))
		return error_set(err, PLIM_EFORMAT, "resourceUri: its digest is none of the statement's subjects");
	if (signed_reference_parse(name, &repository, &tag, &ignored) == 0) {
		out->repository = repository;
		out->tag = tag;
	}
	return 0;
}

static int
read_inputs(const struct json *list, struct arena *arena, struct vsa *out, struct plim_error *err)
{
	size_t n = json_is(list, JSON_ARRAY) ? list->n : 0;
	struct vsa_input *inputs = arena_make_array(arena, n, struct vsa_input);
	if (list && !json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "inputAttestations: no list");
	if (inputs == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		int r = document_digest_set(json_item(list, i), "digest", &inputs[i].digest, err);
		if (r < 0)
			return error_wrap(err, r, "inputAttestations[%zu]", i);
		inputs[i].uri = json_get_string(json_item(list, i), "uri");
	}
	out->inputs = inputs;
	out->input_count = n;
	return 0;
}

static int
read_levels(const struct json *list, struct arena *arena, struct vsa *out, struct plim_error *err)
{
	size_t n = json_is(list, JSON_ARRAY) ? list->n : 0;
	struct slice *levels = arena_make_array(arena, n, struct slice);
	if (list && !json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "verifiedLevels: no list");
	if (levels == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		levels[i] = json_string(json_item(list, i));
		if (levels[i].p == NULL)
			return error_set(err, PLIM_EFORMAT, "verifiedLevels[%zu]: no text", i);
	}
	out->levels = levels;
	out->level_count = n;
	return 0;
}

static int
read_result(const struct json *predicate, struct vsa *out, struct plim_error *err)
{
	struct slice result;
	int r = document_text(predicate, "verificationResult", &result, err);
	if (r < 0)
		return r;
	out->result = slice_is(result, "PASSED") ? VSA_PASSED : VSA_FAILED;
	if (out->result == VSA_FAILED && !slice_is(result, "FAILED"))
		return error_set(err, PLIM_EFORMAT, "verificationResult: neither PASSED nor FAILED");
	return 0;
}

static int
read_policy(const struct json *policy, struct vsa *out, struct plim_error *err)
{
	out->policy_uri = json_get_string(policy, "uri");
	/* The digest is optional by the book; whoever asks for a policy then cannot tell. */
	if (json_get(policy, "digest") == NULL)
		return policy ? 0 : error_set(err, PLIM_EFORMAT, "policy: is missing");
	int r = document_digest_set(policy, "digest", &out->policy, err);
	return r < 0 ? error_wrap(err, r, "policy") : 0;
}

static int
read_verifier(const struct json *verifier, struct vsa *out, struct plim_error *err)
{
	int r = document_text(verifier, "id", &out->verifier, err);
	out->version = json_get_string(json_get(verifier, "version"), "plimsoll");
	return r < 0 ? error_wrap(err, r, "verifier") : 0;
}

static int
read_data_time(const struct json *ours, struct vsa *out, struct plim_error *err)
{
	out->data_time = DATE_NONE;
	return json_get(ours, "dataTime") ? document_time(ours, "dataTime", &out->data_time, err) : 0;
}

static int
read_predicate(const struct statement *statement, struct arena *arena, struct vsa *out, struct plim_error *err)
{
	const struct json *predicate = statement->predicate;
	struct slice resource;
	int r = read_result(predicate, out, err);
	if (r == 0)
		r = read_verifier(json_get(predicate, "verifier"), out, err);
	if (r == 0)
		r = read_policy(json_get(predicate, "policy"), out, err);
	if (r == 0)
		r = document_time(predicate, "timeVerified", &out->time, err);
	if (r == 0)
		r = document_text(predicate, "resourceUri", &resource, err);
	if (r == 0)
		r = read_resource(resource, statement, out, err);
	if (r == 0)
		r = read_inputs(json_get(predicate, "inputAttestations"), arena, out, err);
	if (r == 0)
		r = read_levels(json_get(predicate, "verifiedLevels"), arena, out, err);
	return r < 0 ? r : read_data_time(json_get(predicate, "plimsoll"), out, err);
}

int
vsa_parse(const struct statement *statement, struct arena *arena, struct vsa **out, struct plim_error *err)
{
	struct vsa *found = arena_make(arena, struct vsa);
	if (found == NULL)
		return error_nomem(err);
	if (!slice_is(statement->predicate_type, PREDICATE_VSA))
		return error_set(err, PLIM_EUNSUPPORTED, "predicateType: not " PREDICATE_VSA);
	found->image = statement->subjects[0].digest;
	int r = read_predicate(statement, arena, found, err);
	if (r < 0)
		return error_wrap(err, r, "verification summary");
	*out = found;
	return 0;
}
