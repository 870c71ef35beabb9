/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd: an image verifier (io.containerd.image-verifier.v1.bindir) that looks the digest up in a file, and, where repositories are named, hosts.toml
 * for their registries alone.
 */
#include "enforce/export/export.h"

#include "base/error.h"

/*
 * It is called with -name REF -digest DIGEST -stdin-media-type TYPE, and what it prints is the reason.  No command but the shell's own is run: the environment
 * is containerd's.
 */
static const char verifier[] =
    "digest=\n"
    "deny() { echo \"$1\"; exit 1; }\n"
    "while [ $# -gt 0 ]; do\n"
    "\t[ $# -ge 2 ] || deny \"an argument has no value\"\n"
    "\tcase $1 in\n"
    "\t-digest) digest=$2 ;;\n"
    "\tesac\n"
    "\tshift 2\n"
    "done\n"
    "case $digest in\n"
    "sha256:*) ;;\n"
    "*) deny \"no digest was given\" ;;\n"
    "esac\n"
    "[ -r \"$approved\" ] || deny \"$approved cannot be read\"\n"
    "while read -r line; do\n"
    "\t[ \"$line\" != \"$digest\" ] || exit 0\n"
    "done <\"$approved\"\n"
    "deny \"$digest is not approved\"\n";

static int
add_verifier(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	struct strbuf *into = export_file_add(x, out, "image-verifier/plimsoll", 0755);
	if (into == NULL)
		return error_nomem(err);
	strbuf_puts(into, "#!/bin/sh\n");
	export_comments(x, into);
	strbuf_printf(into, "approved=%.*s/approved-digests\n%s", SLICE_ARG(x->install), verifier);
	return 0;
}

static int
add_approved(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct strbuf *into = export_file_add(x, out, "approved-digests", 0644);
	for (size_t i = 0; into && i < x->digests.n; i++)
		strbuf_printf(into, "%s\n", digest_text(&x->digests.at[i], text));
	return into ? 0 : error_nomem(err);
}

static int
add_configuration(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	struct strbuf *into = export_file_add(x, out, "conf.d/plimsoll.toml", 0644);
	if (into == NULL)
		return error_nomem(err);
	export_comments(x, into);
	strbuf_printf(into,
	              "version = 3\n\n"
	              "[plugins.\"io.containerd.image-verifier.v1.bindir\"]\n"
	              "  bin_dir = \"%.*s/image-verifier\"\n"
	              "  max_verifiers = 10\n"
	              "  per_verifier_timeout = \"10s\"\n",
	              SLICE_ARG(x->install));
	if (x->repositories.n)
		strbuf_printf(into,
		              "\n[plugins.\"io.containerd.cri.v1.images\".registry]\n"
		              "  config_path = \"%.*s/certs.d\"\n",
		              SLICE_ARG(x->install));
	return 0;
}

static int
add_host(const struct exporting *x, struct export_files *out, struct slice host, struct slice server, struct plim_error *err)
{
	struct strbuf *into = export_file_addf(x, out, 0644, "certs.d/%.*s/hosts.toml", SLICE_ARG(host));
	if (into == NULL)
		return error_nomem(err);
	strbuf_puts(into, "server = ");
	export_quoted(into, arena_printf(x->arena, "https://%.*s", SLICE_ARG(server)));
	strbuf_putc(into, '\n');
	return 0;
}

/* A registry that is not named is one that is nowhere (RFC 2606). */
static int
add_hosts(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	struct slice before = SLICE_NONE;
	int r = x->repositories.n ? add_host(x, out, SLICE("_default"), SLICE("not-authorised.invalid"), err) : 0;
	for (size_t i = 0; r == 0 && i < x->repositories.n; i++) {
		struct slice host = export_host(x->repositories.at[i]);
		if (host.p == NULL)
			return error_set(err, PLIM_EUSAGE, "containerd cannot say '%.*s': it knows whole names of registries", SLICE_ARG(x->repositories.at[i]));
		if (slice_eq(host, before))
			continue;
		r = add_host(x, out, host, slice_is(host, "docker.io") ? SLICE("registry-1.docker.io") : host, err);
		before = host;
	}
	return r;
}

static int
write_containerd(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	int r = add_configuration(x, out, err);
	if (r < 0 || (r = add_verifier(x, out, err)) < 0 || (r = add_approved(x, out, err)) < 0)
		return r;
	return add_hosts(x, out, err);
}

static const char *const unchecked[] = {
	"signatures, which policy approved an image, and how long ago: an approval holds until its line is taken out of approved-digests",
	"images that were pulled or imported before, and pulls that do not go through the transfer service (ctr images pull --local, containerd before 2.1, and later ones whose "
	"registry configuration makes them pull by themselves)",
	"anything, where the directory of the verifier is missing or empty: containerd allows every image then",
	"paths in registries: a hosts.toml is that of a whole registry",
	NULL,
};
static const char *const installing[] = {
	"conf.d/plimsoll.toml is imported by containerd's configuration (imports), the others go below --install-dir (/etc/plimsoll)",
	"image-verifier holds this one program, owned by root: a file in it that cannot be run blocks every pull",
	"digests are those of what is pulled as it is named: of an index, where there is one",
	NULL,
};
const struct export_format export_containerd = {
	.name = "containerd",
	.meaning = "an image verifier for containerd 2 that lets approved digests be pulled, and the registries that may be pulled from",
	.takes = EXPORT_DIGEST | EXPORT_REPOSITORY | EXPORT_POLICY | EXPORT_INSTALL,
	.needs = EXPORT_DIGEST,
	.unchecked = unchecked,
	.installing = installing,
	.write = write_containerd,
};
