/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a file of container-structure-test. */
#include "policy/structure.h"

#include "base/error.h"
#include "policy/tests.h"

/* A value that may be empty. */
static int
value_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	if (node->kind != YAML_SCALAR && node->kind != YAML_NULL)
		return yaml_error(in->doc, node, err, "a single value is wanted");
	*(struct slice *)into = node->text.p ? node->text : SLICE("");
	return 0;
}

static int
number_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	if (node->kind != YAML_SCALAR || !slice_to_i64(node->text, into))
		return yaml_error(in->doc, node, err, "a number is wanted");
	return 0;
}

static int
ignored_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	(void)in, (void)node, (void)into, (void)err;
	return 0;
}

/* The words of YAML 1.1, which its programs write. */
static int
truth_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "false", "no", "off", "n", "true", "yes", "on", "y" };
	const size_t count = sizeof words / sizeof *words;
	for (size_t i = 0; node->kind == YAML_SCALAR && i < count; i++)
		if (slice_eq_nocase(node->text, slice_of(words[i]))) {
			*(int64_t *)into = i >= count / 2;
			return 0;
		}
	return flag_read(in, node, into, err);
}

static int
absent_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	int r = truth_read(in, node, into, err);
	*(int64_t *)into = r == 0 && !*(int64_t *)into;
	return r;
}

static int
executable_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "any", "owner", "group", "other", NULL };
	int64_t at;
	int r = word_read(in, node, words, &at, err);
	if (r == 0)
		*(struct slice *)into = slice_of(words[at]);
	return r;
}

/* A list that may be empty, for null too. */
static int
list_of(struct reading *in, const struct yaml_node *node, size_t size, field_fn *item, void *into, struct plim_error *err)
{
	struct any_list list = { 0 };
	int r = node->kind == YAML_NULL ? 0 : list_read(in, node, size, item, &list, err);
	if (r == 0)
		*(struct any_list *)into = list;
	return r;
}

static int
values_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return list_of(in, node, sizeof(struct slice), value_read, into, err);
}

static int
demanded_list_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct structure_list *list = into;
	list->set = node->kind != YAML_NULL;
	return values_read(in, node, &list->list, err);
}

/* Regular expressions. */

static int
compile(struct reading *in, const struct yaml_node *node, struct slice text, struct regex **out, struct plim_error *err)
{
	struct policy *policy = in->context;
	struct plim_error why = { 0 };
	struct regex **kept = vec_push(&policy->regexes);
	if (kept == NULL)
		return error_nomem(err);
	int r = regex_new_go(text, kept, &why);
	*out = *kept;
	return r < 0 ? yaml_error(in->doc, node, err, "%s", why.text) : 0;
}

static int
pattern_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct pattern *pattern = into;
	int r = value_read(in, node, &pattern->text, err);
	return r < 0 ? r : compile(in, node, pattern->text, &pattern->regex, err);
}

static int
patterns_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return list_of(in, node, sizeof(struct pattern), pattern_read, into, err);
}

static const struct field pair_fields[] = {
	{ "key", text_read, offsetof(struct structure_pair, key), true },
	{ "value", value_read, offsetof(struct structure_pair, value), false },
	{ "isRegex", truth_read, offsetof(struct structure_pair, is_regex), false },
	{ 0 },
};

static int
pair_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct structure_pair *pair = into;
	int r = fields_read(in, node, "a key with its value", pair_fields, pair, err);
	if (pair->value.p == NULL)
		pair->value = SLICE("");
	return r < 0 || !pair->is_regex ? r : compile(in, yaml_get(node, "value") ? yaml_get(node, "value") : node, pair->value, &pair->regex, err);
}

static int
pairs_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return list_of(in, node, sizeof(struct structure_pair), pair_read, into, err);
}

/* the parts */

static const struct field existence_fields[] = {
	{ "name", text_read, offsetof(struct structure_existence, name), true },
	{ "path", text_read, offsetof(struct structure_existence, path), true },
	{ "shouldExist", absent_read, offsetof(struct structure_existence, absent), false },
	{ "permissions", value_read, offsetof(struct structure_existence, permissions), false },
	{ "uid", number_read, offsetof(struct structure_existence, uid), false },
	{ "gid", number_read, offsetof(struct structure_existence, gid), false },
	{ "isExecutableBy", executable_read, offsetof(struct structure_existence, executable_by), false },
	{ 0 },
};

static int
existence_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct structure_existence *test = into;
	test->uid = test->gid = -1;
	return fields_read(in, node, "a test of a file's existence", existence_fields, test, err);
}

static const struct field content_fields[] = {
	{ "name", text_read, offsetof(struct structure_content, name), true },
	{ "path", text_read, offsetof(struct structure_content, path), true },
	{ "expectedContents", patterns_read, offsetof(struct structure_content, expected), false },
	{ "excludedContents", patterns_read, offsetof(struct structure_content, excluded), false },
	{ 0 },
};

static int
content_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return fields_read(in, node, "a test of a file's content", content_fields, into, err);
}

static const struct field license_fields[] = {
	{ "debian", truth_read, offsetof(struct structure_license, debian), false },
	{ "files", values_read, offsetof(struct structure_license, files), false },
	{ 0 },
};

static int
license_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return fields_read(in, node, "a test of licences", license_fields, into, err);
}

static const struct field metadata_fields[] = {
	{ "envVars", pairs_read, offsetof(struct structure_metadata, env), false },
	{ "env", pairs_read, offsetof(struct structure_metadata, env), false },
	{ "unboundEnvVars", pairs_read, offsetof(struct structure_metadata, unbound), false },
	{ "labels", pairs_read, offsetof(struct structure_metadata, labels), false },
	{ "exposedPorts", values_read, offsetof(struct structure_metadata, ports), false },
	{ "unexposedPorts", values_read, offsetof(struct structure_metadata, no_ports), false },
	{ "volumes", values_read, offsetof(struct structure_metadata, volumes), false },
	{ "unmountedVolumes", values_read, offsetof(struct structure_metadata, no_volumes), false },
	{ "entrypoint", demanded_list_read, offsetof(struct structure_metadata, entrypoint), false },
	{ "cmd", demanded_list_read, offsetof(struct structure_metadata, cmd), false },
	{ "workdir", value_read, offsetof(struct structure_metadata, workdir), false },
	{ "user", value_read, offsetof(struct structure_metadata, user), false },
	{ 0 },
};

static int
metadata_part_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return node->kind == YAML_NULL ? 0 : fields_read(in, node, "metadataTest", metadata_fields, into, err);
}

/* Whatever it runs, only its name matters. */
static int
command_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	const struct yaml_node *name = yaml_get(node, "name");
	return name ? text_read(in, name, into, err) : yaml_error(in->doc, node, err, "a test of a command needs the key 'name'");
}

static int
version_word_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	(void)into;
	bool known = node->kind == YAML_SCALAR && (slice_is(node->text, "2.0.0") || slice_is(node->text, "1.0.0"));
	return known ? 0 : yaml_error(in->doc, node, err, "of the schemas 2.0.0 and 1.0.0 alone tests are read");
}

#define LIST_READ(part, type)                                                                                                      \
	static int part##_list_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)          \
	{                                                                                                                          \
		return list_of(in, node, sizeof(type), part##_read, into, err);                                                    \
	}
LIST_READ(existence, struct structure_existence)
LIST_READ(content, struct structure_content)
LIST_READ(license, struct structure_license)
LIST_READ(command, struct slice)

static const struct field test_fields[] = {
	{ "schemaVersion", version_word_read, 0, true },
	{ "globalEnvVars", pairs_read, offsetof(struct structure_tests, globals), false },
	{ "commandTests", command_list_read, offsetof(struct structure_tests, commands), false },
	{ "fileExistenceTests", existence_list_read, offsetof(struct structure_tests, existence), false },
	{ "fileContentTests", content_list_read, offsetof(struct structure_tests, content), false },
	{ "metadataTest", metadata_part_read, offsetof(struct structure_tests, metadata), false },
	{ "licenseTests", license_list_read, offsetof(struct structure_tests, licenses), false },
	{ "containerRunOptions", ignored_read, 0, false },
	{ 0 },
};

static bool
metadata_asks(const struct structure_metadata *asked)
{
	return asked->env.n || asked->unbound.n || asked->labels.n || asked->ports.n || asked->no_ports.n || asked->volumes.n || asked->no_volumes.n ||
	       asked->entrypoint.set || asked->cmd.set || asked->workdir.n || asked->user.n;
}

/* container-structure-test fails where it ran nothing: a file that asks for nothing may not pass either. */
static int
check_asks(struct reading *in, const struct structure_tests *tests, struct plim_error *err)
{
	bool asks = tests->commands.n || tests->existence.n || tests->content.n || tests->licenses.n || tests->has_metadata;
	return asks ? 0 : yaml_error(in->doc, in->doc->root, err, "there is no test in it");
}

int
structure_read(struct reading *in, struct test_file *file, struct plim_error *err)
{
	struct structure_tests *tests = arena_make(in->arena, struct structure_tests);
	if (tests == NULL)
		return error_nomem(err);
	file->tests = tests;
	int r = fields_read(in, file->doc->root, "a file of structure tests", test_fields, tests, err);
	tests->has_metadata = metadata_asks(&tests->metadata);
	return r < 0 ? r : check_asks(in, tests, err);
}
