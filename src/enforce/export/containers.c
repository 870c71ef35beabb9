/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podman-policy and crio: containers-policy.json(5) with sigstoreSigned, and containers-registries.d(5), without which signatures are not
 * even fetched.
 */
#include "enforce/export/export.h"

#include "base/error.h"

/* A scope of that file: a registry, a path in it as a whole, "*.example.com", or "" for everything. */
static int
scope_of(struct slice glob, struct slice *out, struct plim_error *err)
{
	struct slice whole = glob;
	if (slice_is(glob, "*")) {
		*out = SLICE("");
		return 0;
	}
	slice_skip_end(&glob, SLICE("/*"));
	*out = glob;
	bool wild_host = slice_skip(&glob, SLICE("*."));
	if (slice_find(glob, '*') != SIZE_MAX || slice_find(glob, '?') != SIZE_MAX || (wild_host && slice_find(glob, '/') != SIZE_MAX))
		return error_set(err, PLIM_EUSAGE, "this enforcer cannot say '%.*s': it knows REGISTRY/PATH, REGISTRY/PATH/* and *.DOMAIN/*", SLICE_ARG(whole));
	return 0;
}

static int
scopes_of(const struct exporting *x, struct slice *scopes, size_t *count, struct plim_error *err)
{
	*count = 0;
	for (size_t i = 0; i < x->repositories.n; i++) {
		int r = scope_of(x->repositories.at[i], &scopes[i], err);
		if (r < 0)
			return r;
	}
	qsort(scopes, x->repositories.n, sizeof *scopes, slice_cmp_qsort);
	for (size_t i = 0; i < x->repositories.n; i++)
		if (i == 0 || !slice_eq(scopes[i], scopes[*count - 1]))
			scopes[(*count)++] = scopes[i];
	return 0;
}

static void
put_key_paths(struct json_writer *w, const struct exporting *x)
{
	json_write_key(w, x->keys.n == 1 ? SLICE("keyPath") : SLICE("keyPaths"));
	if (x->keys.n > 1)
		json_write_array(w);
	for (size_t i = 0; i < x->keys.n; i++)
		json_write_string(w, arena_printf(x->arena, "%.*s/keys/%.*s", SLICE_ARG(x->install), SLICE_ARG(x->keys.at[i].name)));
	if (x->keys.n > 1)
		json_write_array_end(w);
}

static int
put_identity(struct json_writer *w, const struct exporting *x, struct plim_error *err)
{
	struct slice prefix, is;
	const char *remap = x->options->remap, *signed_as = x->options->signed_as;
	if (remap && signed_as)
		return error_set(err, PLIM_EUSAGE, "--signed-as and --remap exclude each other");
	if (remap && (!slice_cut(slice_of(remap), '=', &prefix, &is) || prefix.n == 0 || is.n == 0))
		return error_set(err, PLIM_EUSAGE, "--remap takes PREFIX=SIGNED_PREFIX");
	json_write_key(w, SLICE("signedIdentity"));
	json_write_object(w);
	if (signed_as)
		json_write_member(w, "dockerRepository", slice_of(signed_as));
	if (remap) {
		json_write_member(w, "prefix", prefix);
		json_write_member(w, "signedPrefix", is);
	}
	json_write_member(w, "type", signed_as ? SLICE("exactRepository") : remap ? SLICE("remapIdentity") : SLICE("matchRepository"));
	json_write_object_end(w);
	return 0;
}

static void
put_one(struct json_writer *w, const char *type)
{
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, "type", slice_of(type));
	json_write_object_end(w);
	json_write_array_end(w);
}

static int
put_scopes(struct json_writer *w, const struct exporting *x, const struct slice *scopes, size_t n, struct plim_error *err)
{
	for (size_t i = 0; i < n; i++) {
		json_write_key(w, scopes[i]);
		json_write_array(w);
		json_write_object(w);
		put_key_paths(w, x);
		int r = put_identity(w, x, err);
		if (r < 0)
			return r;
		json_write_member(w, "type", SLICE("sigstoreSigned"));
		json_write_object_end(w);
		json_write_array_end(w);
	}
	return 0;
}

/* Everything else is refused; what is stored already was judged when it was pulled. */
static int
put_policy(struct strbuf *into, const struct exporting *x, const struct slice *scopes, size_t n, struct plim_error *err)
{
	struct json_writer w = { .into = into, .indent = true };
	json_write_object(&w);
	json_write_key(&w, SLICE("default"));
	put_one(&w, "reject");
	json_write_key(&w, SLICE("transports"));
	json_write_object(&w);
	json_write_key(&w, SLICE("containers-storage"));
	json_write_object(&w);
	json_write_key(&w, SLICE(""));
	put_one(&w, "insecureAcceptAnything");
	json_write_object_end(&w);
	json_write_key(&w, SLICE("docker"));
	json_write_object(&w);
	int r = put_scopes(&w, x, scopes, n, err);
	json_write_object_end(&w);
	json_write_object_end(&w);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
	return r;
}

/* It knows no wildcards: where there is one, signatures of all registries are looked for. */
static void
put_registries(struct strbuf *into, const struct exporting *x, const struct slice *scopes, size_t n)
{
	bool any = false;
	export_comments(x, into);
	for (size_t i = 0; i < n; i++)
		any |= scopes[i].n == 0 || scopes[i].p[0] == '*';
	if (any) {
		strbuf_puts(into, "default-docker:\n  use-sigstore-attachments: true\n");
		return;
	}
	strbuf_puts(into, "docker:\n");
	for (size_t i = 0; i < n; i++) {
		strbuf_puts(into, "  ");
		export_quoted(into, scopes[i]);
		strbuf_puts(into, ":\n    use-sigstore-attachments: true\n");
	}
}

static int
write_files(const struct exporting *x, struct export_files *out, const char *const *policies, struct plim_error *err)
{
	size_t n = 0;
	struct slice *scopes = arena_make_array(x->arena, x->repositories.n + 1, struct slice);
	int r = scopes ? scopes_of(x, scopes, &n, err) : error_nomem(err);
	for (size_t i = 0; r == 0 && policies[i]; i++) {
		struct strbuf *text = export_file_add(x, out, policies[i], 0644);
		r = text ? put_policy(text, x, scopes, n, err) : error_nomem(err);
	}
	if (r < 0)
		return r;
	struct strbuf *text = export_file_add(x, out, "registries.d/plimsoll.yaml", 0644);
	if (text == NULL)
		return error_nomem(err);
	put_registries(text, x, scopes, n);
	return export_keys_add(x, out, "keys", false, err);
}

static int
write_podman(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	static const char *const policies[] = { "policy.json", NULL };
	return write_files(x, out, policies, err);
}

/* Named by namespaces, it is demanded in them alone: the file of a namespace replaces the one of all. */
static int
write_crio(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	size_t count = 0;
	while (x->options->namespaces && x->options->namespaces[count])
		count++;
	const char **policies = arena_make_array(x->arena, count + 2, const char *);
	if (policies == NULL)
		return error_nomem(err);
	policies[0] = "policy.json";
	for (size_t i = 0; i < count; i++)
		if ((policies[i] = arena_printf(x->arena, "policies/%s.json", x->options->namespaces[i]).p) == NULL)
			return error_nomem(err);
	int r = write_files(x, out, policies, err);
	if (r < 0)
		return r;
	struct strbuf *text = export_file_add(x, out, "crio.conf.d/10-plimsoll.conf", 0644);
	if (text == NULL)
		return error_nomem(err);
	export_comments(x, text);
	strbuf_puts(text, "[crio.image]\n");
	strbuf_puts(text, count ? "signature_policy_dir = " : "signature_policy = ");
	export_quoted(text, arena_printf(x->arena, "%.*s/%s", SLICE_ARG(x->install), count ? "policies" : "policy.json"));
	strbuf_putc(text, '\n');
	return 0;
}

#define NOT_CHECKED                                                                                                                    \
	"which policy approved the image, with which data, and how long ago: a signature holds until its tag is deleted or the key is replaced", \
	"whether the approval was revoked", "images that are stored on the machine already, and those that are run by docker or containerd"

static const char *const podman_unchecked[] = { NOT_CHECKED, NULL };
static const char *const podman_installing[] = {
	"policy.json is /etc/containers/policy.json, registries.d/plimsoll.yaml goes to /etc/containers/registries.d, keys to the directory keys below --install-dir (/etc/plimsoll)",
	"several keys stand in keyPaths, which older versions of podman and skopeo refuse; the builds of Debian 12 cannot verify such signatures at all, and reject every image",
	"REGISTRY/PATH is that repository and everything below it; all other images, transports and registries are rejected",
	NULL,
};
const struct export_format export_podman = {
	.name = "podman-policy",
	.meaning = "policy.json and registries.d for podman, skopeo and buildah: only signed images of these repositories",
	.takes = EXPORT_KEY | EXPORT_REPOSITORY | EXPORT_POLICY | EXPORT_INSTALL | EXPORT_IDENTITY,
	.needs = EXPORT_KEY | EXPORT_REPOSITORY,
	.unchecked = podman_unchecked,
	.installing = podman_installing,
	.write = write_podman,
};

static const char *const crio_installing[] = {
	"crio.conf.d/10-plimsoll.conf goes to /etc/crio/crio.conf.d, registries.d/plimsoll.yaml to /etc/containers/registries.d, the others below --install-dir (/etc/plimsoll)",
	"with --namespace there is a file for each of these namespaces; images of all others are held against /etc/containers/policy.json",
	"the pause image and those of the cluster's own services need signatures too, or a --namespace that leaves theirs out",
	NULL,
};
static const char *const crio_unchecked[] = { NOT_CHECKED, NULL };
const struct export_format export_crio = {
	.name = "crio",
	.meaning = "the same for CRI-O, for all namespaces or for some",
	.takes = EXPORT_KEY | EXPORT_REPOSITORY | EXPORT_POLICY | EXPORT_INSTALL | EXPORT_IDENTITY | EXPORT_NAMESPACE,
	.needs = EXPORT_KEY | EXPORT_REPOSITORY,
	.unchecked = crio_unchecked,
	.installing = crio_installing,
	.write = write_crio,
};
