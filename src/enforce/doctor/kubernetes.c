/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests of a cluster: which hooks ask plimsoll, and what goes past them (admissionregistration.k8s.io/v1, apiserver.config.k8s.io/v1). */
#include "enforce/doctor/doctor.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/yaml.h"

#include <fcntl.h>
#include <stdio.h>

#define KUBERNETES "Kubernetes"

/* What somebody must ask about, and whether anybody does. */
enum asked { ASKED_CREATE, ASKED_UPDATE, ASKED_EPHEMERAL, ASKED_PINNED, ASKED_COUNT };

static const struct {
	const char *text, *fix;
} missing[ASKED_COUNT] = {
	[ASKED_CREATE] = { "no validating webhook asks plimsoll when pods are created", "apply packaging/kubernetes" },
	[ASKED_UPDATE] = { "nobody is asked when a pod's image is changed", "operations: [CREATE, UPDATE]" },
	[ASKED_EPHEMERAL] = { "nobody is asked about debugging containers", "resources: [pods, pods/ephemeralcontainers]" },
	[ASKED_PINNED] = { "no mutating webhook puts digests in the place of tags: what was judged need not be what is pulled", "apply packaging/kubernetes" },
};

struct cluster {
	struct doctor *doctor;
	const char *file;
	bool asked[ASKED_COUNT];
};

static struct slice
text_at(const struct yaml_node *node, const char *key)
{
	const struct yaml_node *value = yaml_get(node, key);
	return value && value->kind == YAML_SCALAR ? value->text : SLICE_NONE;
}

static bool
list_has(const struct yaml_node *list, const char *word)
{
	for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->n; i++)
		if (slice_is(list->items[i]->text, word) || slice_is(list->items[i]->text, "*"))
			return true;
	return false;
}

/* In any of the ways in which a rule may name a subresource. */
static bool
list_has_part(const struct yaml_node *list, const char *resource, const char *part)
{
	char whole[128], parts[128], of_all[128];
	snprintf(whole, sizeof whole, "%s/%s", resource, part);
	snprintf(parts, sizeof parts, "%s/*", resource);
	snprintf(of_all, sizeof of_all, "*/%s", part);
	const char *const ways[] = { whole, parts, of_all, "*/*" };
	for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->n; i++)
		for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
			if (slice_is(list->items[i]->text, ways[way]))
				return true;
	return false;
}

static bool
is_ours(const struct yaml_node *hook)
{
	const struct yaml_node *service = yaml_get(yaml_get(hook, "clientConfig"), "service");
	const struct slice texts[] = { text_at(hook, "name"), text_at(service, "name"), text_at(service, "namespace") };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (slice_find_text(texts[i], SLICE("plimsoll")) != SIZE_MAX)
			return true;
	return false;
}

/* Pods are of the group that has no name, and in namespaces. */
static bool
is_about_pods(const struct yaml_node *rule)
{
	return list_has(yaml_get(rule, "apiGroups"), "") && list_has(yaml_get(rule, "apiVersions"), "v1") && !slice_is(text_at(rule, "scope"), "Cluster");
}

static void
take_rule(struct cluster *cluster, const struct yaml_node *rule, bool mutating)
{
	const struct yaml_node *operations = yaml_get(rule, "operations"), *resources = yaml_get(rule, "resources");
	bool pods = list_has(resources, "pods") || list_has(resources, "*/*");
	bool created = pods && list_has(operations, "CREATE"), changed = list_has(operations, "UPDATE");
	if (mutating) {
		cluster->asked[ASKED_PINNED] |= created;
		return;
	}
	cluster->asked[ASKED_CREATE] |= created;
	cluster->asked[ASKED_UPDATE] |= pods && changed;
	cluster->asked[ASKED_EPHEMERAL] |= list_has_part(resources, "pods", "ephemeralcontainers") && changed;
}

static void
take_rules(struct cluster *cluster, const struct yaml_node *rules, bool mutating)
{
	for (size_t i = 0; rules && rules->kind == YAML_SEQUENCE && i < rules->n; i++)
		if (is_about_pods(rules->items[i]))
			take_rule(cluster, rules->items[i], mutating);
}

/* What makes a webhook look the other way. */
static const struct {
	const char *key, *value;       /* value NULL: that it is there at all */
	enum door_state state;
	const char *text, *fix;
} gaps[] = {
	{ "failurePolicy", "Ignore", DOOR_OPEN, "lets everything in while plimsoll does not answer", "failurePolicy: Fail" },
	{ "objectSelector", NULL, DOOR_OPEN, "passes objects by whose labels say so: users set labels", "exempt namespaces by kubernetes.io/metadata.name instead" },
	{ "matchPolicy", "Exact", DOOR_OPEN, "passes by what is created through another version of the API", "matchPolicy: Equivalent" },
	{ "matchConditions", NULL, DOOR_UNKNOWN, "asks under conditions in CEL, which are not read here", NULL },
};

static int
look_at_hook(struct cluster *cluster, const struct yaml_node *hook, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof gaps / sizeof *gaps; i++) {
		const struct yaml_node *value = yaml_get(hook, gaps[i].key);
		bool is_set = value && value->kind != YAML_NULL && (value->kind == YAML_SCALAR || value->n > 0);
		if (is_set && (gaps[i].value == NULL || slice_is(value->text, gaps[i].value)))
			r = doctor_say(cluster->doctor, KUBERNETES, gaps[i].state, gaps[i].fix, err, "%s: the webhook %.*s %s", cluster->file, SLICE_ARG(text_at(hook, "name")), gaps[i].text);
	}
	return r;
}

/*
 * Selectors by anything but the name that the API server itself writes can be met by whoever labels namespaces; and by that name namespaces are
 * taken out one by one (NotIn), for of those that nobody has thought of yet somebody must be asked.
 */
static int
look_at_namespaces(struct cluster *cluster, const struct yaml_node *hook, struct plim_error *err)
{
	const struct yaml_node *selector = yaml_get(hook, "namespaceSelector"), *list = yaml_get(selector, "matchExpressions"), *labels = yaml_get(selector, "matchLabels");
	bool others = labels && labels->kind == YAML_MAPPING && labels->n > 0, some = false;
	for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->n; i++) {
		others |= !slice_is(text_at(list->items[i], "key"), "kubernetes.io/metadata.name");
		some |= !slice_is(text_at(list->items[i], "operator"), "NotIn");
	}
	if (some && !others)
		return doctor_say(cluster->doctor, KUBERNETES, DOOR_OPEN, "operator: NotIn, with the namespaces that are exempted", err,
		                  "%s: the webhook %.*s asks about the namespaces alone that it names", cluster->file, SLICE_ARG(text_at(hook, "name")));
	if (!others)
		return 0;
	return doctor_say(cluster->doctor, KUBERNETES, DOOR_OPEN, "select by kubernetes.io/metadata.name, which nobody else can set", err,
	                  "%s: the webhook %.*s passes namespaces by whose labels say so", cluster->file, SLICE_ARG(text_at(hook, "name")));
}

/* Which judges what has none yet; whatever has a digest is left to /validate. */
static bool
asks_to_pin(const struct yaml_node *hook)
{
	const struct yaml_node *client = yaml_get(hook, "clientConfig");
	struct slice url = text_at(client, "url"), query;
	slice_cut(url, '?', &url, &query);
	return slice_ends(url, SLICE("/mutate")) || slice_ends(text_at(yaml_get(client, "service"), "path"), SLICE("/mutate"));
}

static int
look_at_webhooks(struct cluster *cluster, const struct yaml_node *object, bool mutating, struct plim_error *err)
{
	const struct yaml_node *hooks = yaml_get(object, "webhooks");
	int r = 0;
	for (size_t i = 0; r == 0 && hooks && hooks->kind == YAML_SEQUENCE && i < hooks->n; i++) {
		const struct yaml_node *hook = hooks->items[i];
		if (!is_ours(hook))
			continue;
		if (mutating || !asks_to_pin(hook))
			take_rules(cluster, yaml_get(hook, "rules"), mutating);
		else
			r = doctor_say(cluster->doctor, KUBERNETES, DOOR_OPEN, "path: /validate", err, "%s: the validating webhook %.*s asks /mutate, which passes whatever has a digest",
			               cluster->file, SLICE_ARG(text_at(hook, "name")));
		if (r == 0 && (r = look_at_hook(cluster, hook, err)) == 0)
			r = look_at_namespaces(cluster, hook, err);
	}
	return r;
}

static int
look_at_validating(struct cluster *cluster, const struct yaml_node *object, struct plim_error *err)
{
	return look_at_webhooks(cluster, object, false, err);
}

static int
look_at_mutating(struct cluster *cluster, const struct yaml_node *object, struct plim_error *err)
{
	return look_at_webhooks(cluster, object, true, err);
}

static int
say_of(struct cluster *cluster, const struct yaml_node *object, const char *what, const char *fix, struct plim_error *err)
{
	return doctor_say(cluster->doctor, KUBERNETES, DOOR_OPEN, fix, err, "%s: %.*s %.*s %s", cluster->file, SLICE_ARG(text_at(object, "kind")),
	                  SLICE_ARG(text_at(yaml_get(object, "metadata"), "name")), what);
}

static int
look_at_policy(struct cluster *cluster, const struct yaml_node *object, struct plim_error *err)
{
	bool ignores = slice_is(text_at(yaml_get(object, "spec"), "failurePolicy"), "Ignore");
	return ignores ? say_of(cluster, object, "lets in what it fails on", "failurePolicy: Fail", err) : 0;
}

static int
look_at_binding(struct cluster *cluster, const struct yaml_node *object, struct plim_error *err)
{
	const struct yaml_node *spec = yaml_get(object, "spec");
	int r = 0;
	if (!list_has(yaml_get(spec, "validationActions"), "Deny"))
		r = say_of(cluster, object, "warns, and refuses nothing", "validationActions: [Deny]", err);
	if (r == 0 && slice_is(text_at(yaml_get(spec, "paramRef"), "parameterNotFoundAction"), "Allow"))
		r = say_of(cluster, object, "lets everything in while its list of digests is missing", "parameterNotFoundAction: Deny", err);
	return r;
}

/* The configuration of ImagePolicyWebhook stands inside, or in a file that has no kind. */
static int
look_at_admission(struct cluster *cluster, const struct yaml_node *object, struct plim_error *err)
{
	const struct yaml_node *plugins = yaml_get(object, "plugins");
	for (size_t i = 0; plugins && plugins->kind == YAML_SEQUENCE && i < plugins->n; i++) {
		const struct yaml_node *policy = yaml_get(yaml_get(plugins->items[i], "configuration"), "imagePolicy");
		if (slice_is(text_at(policy, "defaultAllow"), "true"))
			return say_of(cluster, object, "lets everything in while plimsoll does not answer", "defaultAllow: false", err);
	}
	return 0;
}

static const struct {
	const char *kind;
	int (*look)(struct cluster *cluster, const struct yaml_node *object, struct plim_error *err);
} kinds[] = {
	{ "ValidatingWebhookConfiguration", look_at_validating },
	{ "MutatingWebhookConfiguration", look_at_mutating },
	{ "ValidatingAdmissionPolicy", look_at_policy },
	{ "ValidatingAdmissionPolicyBinding", look_at_binding },
	{ "AdmissionConfiguration", look_at_admission },
};

/* Lists of `kubectl get -o yaml` are objects of their own; how deep they go is the document's limit. */
static int
look_at_object(struct cluster *cluster, const struct yaml_node *object, struct plim_error *err)
{
	struct slice kind = text_at(object, "kind");
	const struct yaml_node *list = slice_ends(kind, SLICE("List")) ? yaml_get(object, "items") : NULL;
	int r = 0;
	for (size_t i = 0; r == 0 && list && list->kind == YAML_SEQUENCE && i < list->n; i++)
		r = look_at_object(cluster, list->items[i], err);
	for (size_t i = 0; r == 0 && i < sizeof kinds / sizeof *kinds; i++)
		if (slice_is(kind, kinds[i].kind))
			return kinds[i].look(cluster, object, err);
	return r;
}

static int
look_at_file(struct cluster *cluster, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	struct yaml_stream stream;
	struct plim_error why = { 0 };
	size_t n;
	int r = file_read(AT_FDCWD, cluster->file, LIMIT_DOCUMENT_BYTES, &bytes, &n, err);
	if (r < 0)
		return r;
	if (yaml_parse_all(slice_of(cluster->file), (struct slice){ bytes, n }, cluster->doctor->arena, &stream, &why) < 0)
		return doctor_say(cluster->doctor, KUBERNETES, DOOR_UNKNOWN, NULL, err, "%s", why.text);
	for (size_t i = 0; r == 0 && i < stream.n; i++)
		r = look_at_object(cluster, stream.at[i]->root, err);
	return r;
}

int
doctor_kubernetes(struct doctor *doctor, const char *const *files, struct plim_error *err)
{
	struct cluster cluster = { .doctor = doctor };
	int r = 0;
	for (; r == 0 && *files; files++) {
		cluster.file = *files;
		r = look_at_file(&cluster, err);
	}
	for (size_t i = 0; r == 0 && i < ASKED_COUNT; i++)
		if (!cluster.asked[i])
			r = doctor_say(doctor, KUBERNETES, DOOR_OPEN, missing[i].fix, err, "%s", missing[i].text);
	if (r == 0 && doctor->lines.n == 0)
		r = doctor_say(doctor, KUBERNETES, DOOR_SHUT, NULL, err, "plimsoll is asked about pods, their changes and debugging containers, and pins their images");
	return r;
}
