/* SPDX-License-Identifier: Apache-2.0 */
/* notation: the trust policy and trust store of the Notary Project, trustpolicy.json 1.0. */
#include "enforce/export/export.h"

#include "base/error.h"

static int
put_scopes(struct json_writer *w, const struct exporting *x, struct plim_error *err)
{
	json_write_key(w, SLICE("registryScopes"));
	json_write_array(w);
	for (size_t i = 0; i < x->repositories.n; i++) {
		struct slice glob = x->repositories.at[i];
		bool all = slice_is(glob, "*");
		if ((!all && slice_find(glob, '*') != SIZE_MAX) || slice_find(glob, '?') != SIZE_MAX || (all && x->repositories.n > 1))
			return error_set(err, PLIM_EUSAGE, "notation cannot say '%.*s': it knows whole names of repositories, or * alone", SLICE_ARG(glob));
		json_write_string(w, glob);
	}
	json_write_array_end(w);
	return 0;
}

static void
put_texts(struct json_writer *w, const char *key, const char *text)
{
	json_write_key(w, slice_of(key));
	json_write_array(w);
	json_write_string(w, slice_of(text));
	json_write_array_end(w);
}

static int
put_policy(struct json_writer *w, const struct exporting *x, struct plim_error *err)
{
	json_write_object(w);
	json_write_member(w, "name", x->name);
	int r = put_scopes(w, x, err);
	if (r < 0)
		return r;
	json_write_key(w, SLICE("signatureVerification"));
	json_write_object(w);
	json_write_member(w, "level", SLICE("strict"));
	json_write_object_end(w);
	put_texts(w, "trustStores", "ca:plimsoll");
	/* The store holds nothing but who approves. */
	put_texts(w, "trustedIdentities", "*");
	json_write_object_end(w);
	return 0;
}

static int
write_notation(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	struct strbuf *into = export_file_add(x, out, "trustpolicy.json", 0600);
	struct json_writer w = { .into = into, .indent = true };
	if (into == NULL)
		return error_nomem(err);
	json_write_object(&w);
	json_write_key(&w, SLICE("trustPolicies"));
	json_write_array(&w);
	int r = put_policy(&w, x, err);
	if (r < 0)
		return r;
	json_write_array_end(&w);
	json_write_member(&w, "version", SLICE("1.0"));
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
	return export_keys_add(x, out, "truststore/x509/ca/plimsoll", true, err);
}

static const char *const unchecked[] = {
	"which policy approved the image, with which data, and how long ago",
	"whether the approval was revoked: only certificates can be",
	"images of repositories that it does not name: whoever calls notation has to verify all of them",
	NULL,
};
static const char *const installing[] = {
	"both go into notation's configuration directory, ~/.config/notation, or where the verifier (Ratify, AWS, Azure) keeps its own; trustpolicy.json may be readable by its owner alone",
	"signatures are those of certificates, not of bare keys: when one ends, its signatures do, unless they have a timestamp",
	NULL,
};
const struct export_format export_notation = {
	.name = "notation",
	.meaning = "trust policy and trust store of the Notary Project: only images signed by these certificates",
	.takes = EXPORT_CERTIFICATE | EXPORT_REPOSITORY | EXPORT_POLICY | EXPORT_NAME,
	.needs = EXPORT_CERTIFICATE | EXPORT_REPOSITORY,
	.unchecked = unchecked,
	.installing = installing,
	.write = write_notation,
};
