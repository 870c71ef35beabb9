/* SPDX-License-Identifier: Apache-2.0 */
/*
 * admission-policy: a ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1) that looks each image's digest up in a ConfigMap.  It
 * runs in the API server: nothing has to be installed, and nothing can be down.
 */
#include "enforce/export/export.h"

#include "base/error.h"
#include "base/limits.h"

/* Every place of a pod that names an image. */
#define IMAGES(pod)                                                                                                     \
	pod ".spec.containers.map(c, has(c.image) ? c.image : '')"                                                      \
	    " + (has(" pod ".spec.initContainers) ? " pod ".spec.initContainers.map(c, has(c.image) ? c.image : '') : [])"             \
	    " + (has(" pod ".spec.ephemeralContainers) ? " pod ".spec.ephemeralContainers.map(c, has(c.image) ? c.image : '') : [])"   \
	    " + (has(" pod ".spec.volumes) ? " pod ".spec.volumes.filter(v, has(v.image)).map(v, has(v.image.reference) ? v.image.reference : '') : [])"

static void
put_expression(struct strbuf *into, const char *before, struct slice expression)
{
	strbuf_puts(into, before);
	export_quoted(into, expression);
	strbuf_putc(into, '\n');
}

/* RE2: a name is made of letters, digits and ._-/: alone, so that only the dot has to be bracketed. */
static void
put_regex(struct strbuf *into, struct slice glob)
{
	for (size_t i = 0; i < glob.n; i++) {
		if (glob.p[i] == '*')
			strbuf_puts(into, ".*");
		else if (glob.p[i] == '?')
			strbuf_puts(into, "[^/]");
		else if (glob.p[i] == '.')
			strbuf_puts(into, "[.]");
		else
			strbuf_putc(into, glob.p[i]);
	}
}

static void
put_repositories(struct strbuf *into, const struct exporting *x)
{
	AUTO(strbuf) struct strbuf regex = { 0 };
	if (x->repositories.n == 0)
		return;
	strbuf_puts(&regex, "variables.changed.all(i, i.matches('^(");
	for (size_t i = 0; i < x->repositories.n; i++) {
		strbuf_puts(&regex, i ? "|" : "");
		put_regex(&regex, x->repositories.at[i]);
	}
	strbuf_puts(&regex, ")(:[A-Za-z0-9_.-]+)?@sha256:[0-9a-f]{64}$'))");
	put_expression(into, "    - expression: ", strbuf_slice(&regex));
	strbuf_puts(into, "      message: \"images of other repositories are not authorised\"\n");
	into->failed |= regex.failed;
}

/* A pod that runs has to be able to end: on an update only what is new is judged. */
static void
put_policy(struct strbuf *into, const struct exporting *x)
{
	strbuf_printf(into,
	              "apiVersion: admissionregistration.k8s.io/v1\n"
	              "kind: ValidatingAdmissionPolicy\n"
	              "metadata:\n"
	              "  name: \"%.*s\"\n"
	              "spec:\n"
	              "  failurePolicy: Fail\n"
	              "  paramKind:\n"
	              "    apiVersion: v1\n"
	              "    kind: ConfigMap\n"
	              "  matchConstraints:\n"
	              "    matchPolicy: Equivalent\n"
	              "    resourceRules:\n"
	              "      - apiGroups: [\"\"]\n"
	              "        apiVersions: [\"v1\"]\n"
	              "        operations: [\"CREATE\", \"UPDATE\"]\n"
	              "        resources: [\"pods\", \"pods/ephemeralcontainers\"]\n"
	              "  variables:\n"
	              "    - name: images\n",
	              SLICE_ARG(x->name));
	put_expression(into, "      expression: ", SLICE(IMAGES("object")));
	strbuf_puts(into, "    - name: before\n");
	put_expression(into, "      expression: ", SLICE("oldObject == null ? [] : " IMAGES("oldObject")));
	strbuf_puts(into, "    - name: changed\n");
	put_expression(into, "      expression: ", SLICE("variables.images.filter(i, !(i in variables.before))"));
	strbuf_puts(into, "  validations:\n");
	put_expression(into, "    - expression: ", SLICE("variables.changed.all(i, i.matches('^[^@]+@sha256:[0-9a-f]{64}$'))"));
	strbuf_puts(into, "      message: \"images must be named by their digests\"\n");
	put_repositories(into, x);
	put_expression(into, "    - expression: ",
	               SLICE("has(params.data) && variables.changed.all(i, i.contains('@sha256:') && ('sha256-' + i.split('@sha256:')[1]) in params.data)"));
	strbuf_puts(into, "      message: \"an image is not approved\"\n");
}

static void
put_binding(struct strbuf *into, const struct exporting *x, const char *namespace)
{
	static const char *const usual[] = { "kube-system", NULL };
	const char *const *exempt = x->options->exempt ? x->options->exempt : usual;
	strbuf_printf(into,
	              "---\n"
	              "apiVersion: admissionregistration.k8s.io/v1\n"
	              "kind: ValidatingAdmissionPolicyBinding\n"
	              "metadata:\n"
	              "  name: \"%.*s\"\n"
	              "spec:\n"
	              "  policyName: \"%.*s\"\n"
	              "  validationActions: [\"Deny\", \"Audit\"]\n"
	              "  paramRef:\n"
	              "    name: \"%.*s\"\n"
	              "    namespace: \"%s\"\n"
	              "    parameterNotFoundAction: Deny\n"
	              "  matchResources:\n"
	              "    namespaceSelector:\n"
	              "      matchExpressions:\n"
	              "        - key: kubernetes.io/metadata.name\n"
	              "          operator: NotIn\n"
	              "          values:\n",
	              SLICE_ARG(x->name), SLICE_ARG(x->name), SLICE_ARG(x->name), namespace);
	for (size_t i = 0; exempt[i]; i++)
		strbuf_printf(into, "            - \"%s\"\n", exempt[i]);
}

static void
put_approved(struct strbuf *into, const struct exporting *x, const char *namespace)
{
	char text[DIGEST_TEXT_SIZE];
	strbuf_printf(into,
	              "---\n"
	              "apiVersion: v1\n"
	              "kind: ConfigMap\n"
	              "metadata:\n"
	              "  name: \"%.*s\"\n"
	              "  namespace: \"%s\"\n"
	              "data:\n",
	              SLICE_ARG(x->name), namespace);
	for (size_t i = 0; i < x->digests.n; i++)
		strbuf_printf(into, "  \"sha256-%s\": \"\"\n", digest_hex(&x->digests.at[i], text));
}

static int
write_admission(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	const char *const *namespaces = x->options->namespaces, *namespace = namespaces ? namespaces[0] : "plimsoll";
	if (namespaces && namespaces[1])
		return error_set(err, PLIM_EUSAGE, "the ConfigMap is in one namespace");
	if (x->digests.n > LIMIT_APPROVED_COUNT)
		return error_set(err, PLIM_ELIMIT, "%zu digests are more than a ConfigMap holds, limit APPROVED_COUNT", x->digests.n);
	struct strbuf *into = export_file_add(x, out, "admission-policy.yaml", 0644);
	if (into == NULL)
		return error_nomem(err);
	export_comments(x, into);
	put_policy(into, x);
	put_binding(into, x, namespace);
	put_approved(into, x, namespace);
	return 0;
}

static const char *const unchecked[] = {
	"signatures: whoever may write the ConfigMap approves, and has to be kept as short as the list of who holds the key",
	"which policy approved an image, and how long ago: an approval holds until its line is taken out",
	"pods that run already when an approval is taken out; static pods; the exempt namespaces; who may delete this policy",
	NULL,
};
static const char *const installing[] = {
	"Kubernetes 1.30 or later: kubectl apply --server-side -f (many digests are too long for what it notes otherwise), the namespace of the ConfigMap first; without the ConfigMap every pod is denied",
	"images are named by digest, REPOSITORY@sha256:...: that of an index or that of a platform's manifest, as it is written in the pod",
	"pods of kube-system are not asked, or those of the namespaces of --exempt",
	NULL,
};
const struct export_format export_admission = {
	.name = "admission-policy",
	.meaning = "a ValidatingAdmissionPolicy for Kubernetes, and the digests that it lets run in a ConfigMap",
	.takes = EXPORT_DIGEST | EXPORT_REPOSITORY | EXPORT_POLICY | EXPORT_NAME | EXPORT_NAMESPACE | EXPORT_EXEMPT,
	.needs = EXPORT_DIGEST,
	.unchecked = unchecked,
	.installing = installing,
	.write = write_admission,
};
