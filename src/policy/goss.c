/* SPDX-License-Identifier: Apache-2.0 */
/* Goss' files: a result for each attribute of each resource, as Goss itself counts them. */
#include "base/error.h"
#include "policy/goss_resource.h"

/* What needs a running system, and what is not read. */
static const struct other {
	const char *key;
	enum unknown_kind kind;
	const char *reason;
} others[] = {
	{ "addr", UNKNOWN_NOT_RUN, "it needs a network" }, { "port", UNKNOWN_NOT_RUN, "it needs a running system" },
	{ "service", UNKNOWN_NOT_RUN, "it needs a running system" }, { "command", UNKNOWN_NOT_RUN, "it runs a command, and nothing of an image is ever started" },
	{ "dns", UNKNOWN_NOT_RUN, "it needs a network" }, { "process", UNKNOWN_NOT_RUN, "it needs a running system" },
	{ "kernel-param", UNKNOWN_NOT_RUN, "it needs a running system" }, { "mount", UNKNOWN_NOT_RUN, "it needs a running system" },
	{ "interface", UNKNOWN_NOT_RUN, "it needs a running system" }, { "http", UNKNOWN_NOT_RUN, "it needs a network" },
	{ "gossfile", UNKNOWN_UNREADABLE, "other files are not read from here: name them in the policy, or render them into one" },
	{ "matching", UNKNOWN_UNREADABLE, "matching is not read" },
};

static const struct goss_resource *
resource_find(struct slice key)
{
	for (const struct goss_resource *resource = goss_resources; resource->key; resource++)
		if (slice_is(key, resource->key))
			return resource;
	return NULL;
}

static const struct other *
other_find(struct slice key)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (slice_is(key, others[i].key))
			return &others[i];
	return NULL;
}

static const struct goss_attribute *
attribute_find(const struct goss_resource *resource, struct slice key)
{
	for (const struct goss_attribute *attribute = resource->attributes; attribute->name; attribute++)
		if (slice_is(key, attribute->name))
			return attribute;
	return NULL;
}

/* reading */

static int
read_attribute(struct reading *in, const struct goss_resource *resource, const struct yaml_node *key, const struct yaml_node *value, struct plim_error *err)
{
	struct policy *policy = in->context;
	const struct goss_attribute *attribute = attribute_find(resource, key->text);
	if (attribute == NULL)
		return yaml_error(in->doc, key, err, "Goss' %s has no attribute '%.*s'", resource->key, SLICE_ARG(key->text));
	if (slice_is(key->text, "sha256") && policy->hashing < HASH_EVERYTHING)
		policy->hashing = HASH_EVERYTHING;
	if (slice_is(key->text, "contents") || slice_is(key->text, "contains"))
		return goss_patterns_check(in, value, err);
	return attribute->value ? goss_match_check(in, value, err) : 0;
}

static int
read_resource(struct reading *in, const struct goss_resource *resource, const struct yaml_node *name, const struct yaml_node *node, struct plim_error *err)
{
	if (node->kind != YAML_MAPPING)
		return yaml_error(in->doc, name, err, "a resource is a mapping");
	if (yaml_get(node, resource->attributes[0].name) == NULL)
		return yaml_error(in->doc, name, err, "Goss' %s needs the attribute '%s'", resource->key, resource->attributes[0].name);
	int r = 0;
	for (size_t i = 0; r == 0 && i < node->n; i++)
		r = read_attribute(in, resource, node->keys[i], node->items[i], err);
	return r;
}

static int
read_part(struct reading *in, const struct yaml_node *key, const struct yaml_node *part, struct plim_error *err)
{
	const struct goss_resource *resource = resource_find(key->text);
	int r = 0;
	if (resource == NULL && other_find(key->text) == NULL)
		return yaml_error(in->doc, key, err, "Goss has no resource '%.*s'", SLICE_ARG(key->text));
	if (part->kind != YAML_MAPPING && part->kind != YAML_NULL)
		return yaml_error(in->doc, key, err, "resources are a mapping of their names");
	for (size_t i = 0; r == 0 && resource && i < part->n; i++)
		r = read_resource(in, resource, part->keys[i], part->items[i], err);
	return r;
}

int
goss_read(struct reading *in, struct test_file *file, struct plim_error *err)
{
	const struct yaml_node *root = file->doc->root;
	size_t resources = 0;
	int r = 0;
	/* A template may have been read as YAML all the same. */
	if (slice_find_text(file->text, SLICE("{{")) != SIZE_MAX)
		return yaml_error(in->doc, NULL, err, "templates are not read: render it with its variables first");
	for (size_t i = 0; r == 0 && i < root->n; i++) {
		r = read_part(in, root->keys[i], root->items[i], err);
		resources += root->items[i]->n;
	}
	/* Goss takes it for an error as well. */
	return r == 0 && resources == 0 ? yaml_error(in->doc, root, err, "there is no test in it") : r;
}

/* judging */

static struct slice
own_name(const struct goss_resource *resource, const struct yaml_node *key, const struct yaml_node *node)
{
	const struct yaml_node *name = resource->name_key ? yaml_get(node, resource->name_key) : NULL;
	return name && name->kind == YAML_SCALAR ? name->text : key->text;
}

static int
judge_value(struct test *test, const struct yaml_node *matcher, const struct goss_value *value, struct plim_error *err)
{
	enum goss_match match = goss_match_attribute(matcher, value);
	if (match == GOSS_UNREAD)
		test_doubt(test, UNKNOWN_UNREADABLE, SLICE("its matcher is not read"));
	if (match == GOSS_LIMIT)
		test_doubt(test, UNKNOWN_LIMIT, SLICE("a regular expression takes too long: limit REGEX_STEPS"));
	if (match == GOSS_WRONG)
		return test_fail(test, err, "its value is not of the kind that the matcher takes");
	if (match != GOSS_NO)
		return 0;
	if (value->kind == GOSS_NUMBER)
		return test_fail(test, err, "it is %jd", (intmax_t)value->number);
	if (value->kind == GOSS_TRUTH)
		return test_fail(test, err, value->number ? "it is there" : "it is not there");
	if (value->kind == GOSS_TEXT)
		return test_fail(test, err, "it is '%.*s'", SLICE_ARG(slice_first(value->text, 200)));
	return test_fail(test, err, value->kind == GOSS_LIST ? "the list is another" : "its content is another");
}

/* Whether all the others of its resource are worth asking. */
static int
judge_attribute(struct test *test, const struct goss_attribute *attribute, struct slice name, const struct yaml_node *matcher, bool *is_there,
                struct plim_error *err)
{
	struct goss_value value = { 0 };
	struct slice reason = SLICE_NONE;
	if (test->out_of_scope.n || test->not_applicable.n)
		return test_end(test, err);
	enum seen seen = attribute->value(test->tests->judging, name, &value, &reason);
	int r = seen == SEEN_NOT ? test_fail(test, err, "%.*s", SLICE_ARG(reason)) : 0;
	if (seen == SEEN_UNKNOWN)
		test_doubt(test, UNKNOWN_UNREADABLE, reason);
	if (seen == SEEN_THERE)
		r = judge_value(test, matcher, &value, err);
	*is_there = seen == SEEN_THERE && !test->failed && (value.kind != GOSS_TRUTH || value.number);
	return r < 0 ? r : test_end(test, err);
}

static struct test
test_of(struct tests *tests, const struct test_file *file, struct slice kind, struct slice key, struct slice attribute, const struct yaml_node *node)
{
	const struct yaml_node *title = yaml_get(node, "title");
	struct judging *judging = tests->judging;
	struct test test = { .tests = tests, .terms = &file->terms };
	test.id = judge_text(judging, "goss/%.*s/%.*s%s%.*s", SLICE_ARG(kind), SLICE_ARG(key), attribute.n ? "/" : "", SLICE_ARG(attribute));
	test.title = title && title->kind == YAML_SCALAR ? title->text
	                                                 : judge_text(judging, "%.*s %.*s%s%.*s", SLICE_ARG(kind), SLICE_ARG(key), attribute.n ? ": " : "", SLICE_ARG(attribute));
	if (inventory_is_document(judging->inventory) && !slice_is(kind, "package"))
		test.out_of_scope = SLICE("a bill of materials does not tell it");
	return test;
}

static bool
is_skipped(const struct yaml_node *node)
{
	const struct yaml_node *skip = yaml_get(node, "skip");
	return skip && slice_is(skip->text, "true");
}

/* In Goss' order: first whether it is there at all, for else the rest is skipped. */
static int
judge_resource(struct tests *tests, const struct test_file *file, const struct goss_resource *resource, const struct yaml_node *key,
               const struct yaml_node *node, struct plim_error *err)
{
	struct slice name = own_name(resource, key, node), skipped = is_skipped(node) ? SLICE("it says skip") : SLICE_NONE;
	bool is_there = false;
	int r = 0;
	for (const struct goss_attribute *attribute = resource->attributes; r == 0 && attribute->name; attribute++) {
		const struct yaml_node *matcher = yaml_get(node, attribute->name);
		if (matcher == NULL || attribute->value == NULL)
			continue;
		struct test test = test_of(tests, file, slice_of(resource->key), key->text, slice_of(attribute->name), node);
		bool first = attribute == resource->attributes;
		test.not_applicable = skipped.n || first || is_there ? skipped : SLICE("what comes before it in the same resource decides that it is skipped");
		if (slice_is(slice_of(resource->key), "file"))
			test.path = name;
		bool there = false;
		r = judge_attribute(&test, attribute, name, matcher, &there, err);
		is_there = first ? there : is_there;
	}
	return r;
}

static int
judge_other(struct tests *tests, const struct test_file *file, const struct other *other, struct slice key, const struct yaml_node *node,
            struct plim_error *err)
{
	struct test test = test_of(tests, file, slice_of(other->key), key, SLICE_NONE, node);
	if (is_skipped(node))
		test.not_applicable = SLICE("it says skip");
	else if (test.out_of_scope.n == 0)
		test_doubt(&test, other->kind, slice_of(other->reason));
	return test_end(&test, err);
}

int
goss_judge(struct tests *tests, const struct test_file *file, struct plim_error *err)
{
	const struct yaml_node *root = file->doc->root;
	int r = 0;
	for (size_t i = 0; r == 0 && i < root->n; i++) {
		const struct goss_resource *resource = resource_find(root->keys[i]->text);
		const struct yaml_node *part = root->items[i];
		for (size_t k = 0; r == 0 && k < part->n; k++)
			r = resource ? judge_resource(tests, file, resource, part->keys[k], part->items[k], err)
			             : judge_other(tests, file, other_find(root->keys[i]->text), part->keys[k]->text, part->items[k], err);
	}
	return r;
}

int
goss_missed(const struct inventory *inventory, struct tests *into, const struct test_file *file, struct plim_error *err)
{
	static const char *const wants[] = { "contains", "contents", "md5", "sha512" };
	const struct yaml_node *files = yaml_get(file->doc->root, "file");
	int r = 0;
	for (size_t i = 0; r == 0 && files && i < files->n; i++) {
		bool wanted = false;
		for (size_t k = 0; k < sizeof wants / sizeof *wants; k++)
			wanted = wanted || yaml_get(files->items[i], wants[k]);
		if (wanted)
			r = test_miss(inventory, into, own_name(resource_find(SLICE("file")), files->keys[i], files->items[i]), err);
	}
	return r;
}
