/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster-image-policy (policy.sigstore.dev/v1beta1) and kyverno (kyverno.io/v1): a verdict as SLSA's verification summary, signed by
 * one of the keys, which says PASSED and names the policy.
 */
#include "enforce/export/export.h"

#include "base/error.h"

#define SUMMARY "https://slsa.dev/verification_summary/v1"

static void
put_policy_hex(struct strbuf *into, const struct exporting *x)
{
	char hex[DIGEST_TEXT_SIZE];
	export_quoted(into, slice_of(digest_hex(&x->policy_digest, hex)));
}

/* CUE: what is not spoken of may be anything. */
static void
put_cue(struct strbuf *into, const struct exporting *x)
{
	strbuf_puts(into,
	            "          policy:\n"
	            "            type: cue\n"
	            "            data: |\n"
	            "              predicateType: \"" SUMMARY "\"\n"
	            "              predicate: {\n"
	            "                verificationResult: \"PASSED\"\n");
	if (x->policy_digest.algorithm != DIGEST_NONE) {
		strbuf_puts(into, "                policy: digest: sha256: ");
		put_policy_hex(into, x);
		strbuf_putc(into, '\n');
	}
	strbuf_puts(into, "              }\n");
}

static void
put_authority(struct strbuf *into, const struct exporting *x, size_t i)
{
	strbuf_printf(into,
	              "    - name: key-%zu\n"
	              "      key:\n"
	              "        hashAlgorithm: sha256\n"
	              "        data: |\n",
	              i + 1);
	export_block(into, x->keys.at[i].pem, 10);
	strbuf_puts(into,
	            "      attestations:\n"
	            "        - name: verdict\n"
	            "          predicateType: \"" SUMMARY "\"\n");
	put_cue(into, x);
}

/* Both hold their globs against whole references: what ends without a wildcard has a tag or a digest behind it. */
static const char *const behind_exact[] = { ":*", "@*", NULL }, *const behind_wild[] = { "", NULL };

static const char *const *
behind(struct slice glob)
{
	return slice_ends(glob, SLICE("*")) ? behind_wild : behind_exact;
}

/* Its globs take a "**" for what ours take a "*". */
static void
put_glob(struct strbuf *into, struct slice glob, const char *after)
{
	strbuf_puts(into, "    - glob: \"");
	for (size_t i = 0; i < glob.n; i++)
		strbuf_puts(into, glob.p[i] == '*' ? "**" : (const char[]){ glob.p[i], '\0' });
	strbuf_printf(into, "%s\"\n", after);
}

static int
write_cluster_image_policy(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	struct strbuf *into = export_file_add(x, out, "cluster-image-policy.yaml", 0644);
	if (into == NULL)
		return error_nomem(err);
	export_comments(x, into);
	strbuf_printf(into,
	              "apiVersion: policy.sigstore.dev/v1beta1\n"
	              "kind: ClusterImagePolicy\n"
	              "metadata:\n"
	              "  name: \"%.*s\"\n"
	              "spec:\n"
	              "  mode: enforce\n"
	              "  images:\n",
	              SLICE_ARG(x->name));
	for (size_t i = 0; i < x->repositories.n; i++) {
		if (slice_find(x->repositories.at[i], '?') != SIZE_MAX)
			return error_set(err, PLIM_EUSAGE, "this enforcer cannot say '%.*s': it knows no '?'", SLICE_ARG(x->repositories.at[i]));
		for (const char *const *after = behind(x->repositories.at[i]); *after; after++)
			put_glob(into, x->repositories.at[i], *after);
	}
	strbuf_puts(into, "  authorities:\n");
	for (size_t i = 0; i < x->keys.n; i++)
		put_authority(into, x, i);
	return 0;
}

static const char *const cip_unchecked[] = {
	"how old the verdict is, and with which data it was reached: add a condition on predicate.timeVerified where that matters",
	"whether it was revoked",
	"which policy, unless this was made with --policy",
	"images that no glob takes: the controller's no-match-policy decides on them, and warns only unless it is set to deny",
	"namespaces without the label policy.sigstore.dev/include=true, and static pods",
	NULL,
};
static const char *const cip_installing[] = {
	"kubectl apply -f; one of the keys is enough; transparency logs are not asked",
	"Docker Hub's images are called index.docker.io/... there",
	NULL,
};
const struct export_format export_cluster_image_policy = {
	.name = "cluster-image-policy",
	.meaning = "a ClusterImagePolicy for the policy-controller of sigstore: a signed verdict that passed",
	.takes = EXPORT_KEY | EXPORT_REPOSITORY | EXPORT_POLICY | EXPORT_NAME,
	.needs = EXPORT_KEY | EXPORT_REPOSITORY,
	.unchecked = cip_unchecked,
	.installing = cip_installing,
	.write = write_cluster_image_policy,
};

/* kyverno */

/* Any one of the keys. */
static void
put_attestors(struct strbuf *into, const struct exporting *x, size_t indent)
{
	strbuf_fill(into, ' ', indent);
	strbuf_puts(into, "attestors:\n");
	strbuf_fill(into, ' ', indent);
	strbuf_puts(into, "  - count: 1\n");
	strbuf_fill(into, ' ', indent);
	strbuf_puts(into, "    entries:\n");
	for (size_t i = 0; i < x->keys.n; i++) {
		export_block(into, SLICE("- keys:\n    signatureAlgorithm: sha256\n    rekor:\n      ignoreTlog: true\n    ctlog:\n      ignoreSCT: true\n    publicKeys: |\n"),
		             indent + 6);
		export_block(into, x->keys.at[i].pem, indent + 12);
	}
}

static void
put_condition(struct strbuf *into, const char *key)
{
	strbuf_printf(into,
	              "                    - key: \"{{ %s }}\"\n"
	              "                      operator: Equals\n"
	              "                      value: ",
	              key);
}

static void
put_verify(struct strbuf *into, const struct exporting *x)
{
	strbuf_puts(into, "      verifyImages:\n        - type: Cosign\n          imageReferences:\n");
	for (size_t i = 0; i < x->repositories.n; i++)
		for (const char *const *after = behind(x->repositories.at[i]); *after; after++)
			strbuf_printf(into, "            - \"%.*s%s\"\n", SLICE_ARG(x->repositories.at[i]), *after);
	strbuf_puts(into, "          mutateDigest: true\n          verifyDigest: true\n          required: true\n");
	put_attestors(into, x, 10);
	strbuf_puts(into, "          attestations:\n            - type: \"" SUMMARY "\"\n");
	put_attestors(into, x, 14);
	strbuf_puts(into, "              conditions:\n                - all:\n");
	put_condition(into, "verificationResult");
	strbuf_puts(into, "\"PASSED\"\n");
	if (x->policy_digest.algorithm == DIGEST_NONE)
		return;
	put_condition(into, "policy.digest.sha256");
	put_policy_hex(into, x);
	strbuf_putc(into, '\n');
}

/* What no reference takes is not verified: it is refused by a rule of its own. */
static void
put_authorised(struct strbuf *into, const struct exporting *x)
{
	static const char *const lists[] = { "=(ephemeralContainers)", "=(initContainers)", "containers" };
	AUTO(strbuf) struct strbuf any = { 0 };
	for (size_t i = 0; i < x->repositories.n; i++)
		for (const char *const *after = behind(x->repositories.at[i]); *after; after++)
			strbuf_printf(&any, "%s%.*s%s", any.n ? " | " : "", SLICE_ARG(x->repositories.at[i]), *after);
	strbuf_puts(into, "      validate:\n        message: \"images of other repositories are not authorised\"\n        pattern:\n          spec:\n");
	for (size_t i = 0; i < 3; i++) {
		strbuf_printf(into, "            %s:\n              - image: ", lists[i]);
		export_quoted(into, strbuf_slice(&any));
		strbuf_putc(into, '\n');
	}
	strbuf_puts(into, "            =(volumes):\n              - =(image):\n                  reference: ");
	export_quoted(into, strbuf_slice(&any));
	strbuf_putc(into, '\n');
	into->failed |= any.failed;
}

static void
put_rule(struct strbuf *into, const char *name)
{
	strbuf_printf(into,
	              "    - name: %s\n"
	              "      match:\n"
	              "        any:\n"
	              "          - resources:\n"
	              "              kinds:\n"
	              "                - Pod\n",
	              name);
}

static int
write_kyverno(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	struct strbuf *into = export_file_add(x, out, "kyverno.yaml", 0644);
	if (into == NULL)
		return error_nomem(err);
	export_comments(x, into);
	strbuf_printf(into,
	              "apiVersion: kyverno.io/v1\n"
	              "kind: ClusterPolicy\n"
	              "metadata:\n"
	              "  name: \"%.*s\"\n"
	              "spec:\n"
	              "  validationFailureAction: Enforce\n"
	              "  failurePolicy: Fail\n"
	              "  background: false\n"
	              "  webhookTimeoutSeconds: 30\n"
	              "  rules:\n",
	              SLICE_ARG(x->name));
	put_rule(into, "authorised-repositories");
	put_authorised(into, x);
	put_rule(into, "verdict-passed");
	put_verify(into, x);
	return 0;
}

static const char *const kyverno_unchecked[] = {
	"how old the verdict is, and with which data it was reached: add a condition on timeVerified where that matters",
	"whether it was revoked",
	"which policy, unless this was made with --policy",
	"signatures of images that volumes are made of: only their repositories; static pods; namespaces that Kyverno's own configuration leaves out",
	NULL,
};
static const char *const kyverno_installing[] = {
	"kubectl apply -f; one of the keys is enough; transparency logs are not asked (ignoreTlog)",
	"it holds for every pod: those of other namespaces than kube-system and kyverno need approved images too",
	NULL,
};
const struct export_format export_kyverno = {
	.name = "kyverno",
	.meaning = "a ClusterPolicy for Kyverno: images of these repositories only, with a signature and a signed verdict that passed",
	.takes = EXPORT_KEY | EXPORT_REPOSITORY | EXPORT_POLICY | EXPORT_NAME,
	.needs = EXPORT_KEY | EXPORT_REPOSITORY,
	.unchecked = kyverno_unchecked,
	.installing = kyverno_installing,
	.write = write_kyverno,
};
