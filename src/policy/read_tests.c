/* SPDX-License-Identifier: Apache-2.0 */
/* Files of tests that a policy names. */
#include "policy/read_tests.h"

#include "base/error.h"
#include "policy/terms.h"
#include "policy/tests.h"

static int
file_text_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct test_file *file = (struct test_file *)((char *)into - offsetof(struct test_file, text));
	return beside_read(in, node, "the file of tests", &file->text, &file->name, err);
}

static const struct field file_fields[] = {
	{ "file", file_text_read, offsetof(struct test_file, text), true },
	TERMS(struct test_file, terms),
	{ 0 },
};

typedef int tests_read_fn(struct reading *in, struct test_file *file, struct plim_error *err);

static int
file_read_by(struct reading *in, const struct yaml_node *node, struct test_file *file, tests_read_fn *read, struct plim_error *err)
{
	struct yaml_document *doc;
	file->terms = plain_terms;
	int r = node->kind == YAML_MAPPING ? fields_read(in, node, "a file of tests", file_fields, file, err) : file_text_read(in, node, &file->text, err);
	if (r < 0 || (r = yaml_parse(file->name, file->text, in->arena, &doc, err)) < 0)
		return r;
	file->doc = doc;
	struct reading inside = { doc, in->arena, in->context };
	if (doc->root->kind != YAML_MAPPING)
		return yaml_error(doc, doc->root, err, "a file of tests is a mapping");
	return read(&inside, file, err);
}

static int
structure_file_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return file_read_by(in, node, into, structure_read, err);
}

static int
goss_file_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return file_read_by(in, node, into, goss_read, err);
}

static int
files_read(struct reading *in, const struct yaml_node *node, field_fn *one, struct test_file **at, size_t *n, struct plim_error *err)
{
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(struct test_file), one, &list, err);
	if (r < 0)
		return r;
	((struct policy *)in->context)->mentions[AREA_RULES] = true;
	*at = list.at;
	*n = list.n;
	return 0;
}

int
structure_files_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = into;
	return files_read(in, node, structure_file_read, &policy->structure.at, &policy->structure.n, err);
}

int
goss_files_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = into;
	return files_read(in, node, goss_file_read, &policy->goss.at, &policy->goss.n, err);
}
