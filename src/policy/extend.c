/* SPDX-License-Identifier: Apache-2.0 */
/* Parents: found by name or path, read, and merged from the farthest to the file itself. */
#include "policy/extend.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/embedded.h"
#include "policy/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* Who is being read because somebody below extends it: none of them may come again. */
struct chain {
	const struct chain *child;
	struct slice name;      /* of a built-in; absent: a file */
	dev_t device;
	ino_t inode;
	size_t depth;
};

struct gathering {
	struct policy *policy;
	const struct yaml_node *merged;    /* so far; NULL before the first */
	unsigned closed;
};

static int gather(struct gathering *g, const struct chain *self, struct slice name, struct slice text, int directory, bool built_in,
                  struct plim_error *err);

static const struct embedded_file *
built_in_find(struct slice name)
{
	for (const struct embedded_file *file = embedded_policies; file->name; file++)
		if (slice_is(name, file->name))
			return file;
	return NULL;
}

static bool
is_in_chain(const struct chain *self)
{
	for (const struct chain *child = self->child; child; child = child->child)
		if (self->name.p ? slice_eq(self->name, child->name) : child->name.p == NULL && child->device == self->device && child->inode == self->inode)
			return true;
	return false;
}

static int
chain_check(const struct chain *self, const struct yaml_node *at, struct plim_error *err)
{
	if (is_in_chain(self))
		return yaml_error(at->doc, at, err, "'%.*s' extends what extends it: a circle", SLICE_ARG(at->text));
	if (self->depth > LIMIT_POLICY_DEPTH_COUNT)
		return yaml_error(at->doc, at, err, "more parents of parents than limit POLICY_DEPTH_COUNT (%ju)", (uintmax_t)LIMIT_POLICY_DEPTH_COUNT);
	return 0;
}

/* The directory of a parent's file, for its own relative paths. */
static int
directory_of(int below, const char *path, int *out, struct plim_error *err)
{
	struct slice where = path_dir(slice_of(path));
	AUTO(free) char *name = where.p == NULL ? strdup(".") : where.n == 0 ? strdup("/") : slice_dup(where);
	if (name == NULL)
		return error_nomem(err);
	*out = openat(below, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *out < 0 ? error_sys(err, errno, "%s", name) : 0;
}

static int
gather_file(struct gathering *g, const struct chain *child, const struct yaml_node *at, int below, struct plim_error *err)
{
	struct stat st;
	struct plim_error why = { 0 };
	AUTO(free) char *text = NULL;
	size_t size;
	int directory = -1;
	const char *path = arena_strz(g->policy->arena, at->text);
	if (path == NULL)
		return error_nomem(err);
	int r = file_read(below, path, LIMIT_POLICY_BYTES, &text, &size, &why);
	if (r == 0 && fstatat(below, path, &st, 0) < 0)
		r = error_sys(&why, errno, "%s", path);
	if (r < 0)
		return yaml_error(at->doc, at, err, "the policy that this one extends cannot be read: %s", why.text);
	struct chain self = { .child = child, .device = st.st_dev, .inode = st.st_ino, .depth = child->depth + 1 };
	if ((r = chain_check(&self, at, err)) < 0 || (r = directory_of(below, path, &directory, err)) < 0)
		return r;
	return gather(g, &self, at->text, (struct slice){ text, size }, directory, false, err);
}

static int
gather_parent(struct gathering *g, const struct chain *child, const struct yaml_node *at, int below, struct plim_error *err)
{
	if (at->kind != YAML_SCALAR || at->text.n == 0)
		return yaml_error(at->doc, at, err, "the name of a built-in policy or the path of a file is needed here");
	const struct embedded_file *file = built_in_find(at->text);
	if (file == NULL)
		return gather_file(g, child, at, below, err);
	struct chain self = { .child = child, .name = slice_of(file->name), .depth = child->depth + 1 };
	int r = chain_check(&self, at, err);
	return r < 0 ? r : gather(g, &self, self.name, embedded_text(file), AT_FDCWD, true, err);
}

static int
gather_parents(struct gathering *g, const struct chain *self, const struct yaml_node *extends, int directory, struct plim_error *err)
{
	if (extends == NULL)
		return 0;
	if (extends->kind != YAML_SEQUENCE)
		return gather_parent(g, self, extends, directory, err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < extends->n; i++)
		r = gather_parent(g, self, extends->items[i], directory, err);
	return r;
}

/* `open: true`, or the areas that are. */
static int
closed_read(const struct yaml_node *root, bool built_in, unsigned *out, struct plim_error *err)
{
	const struct yaml_node *open = yaml_get(root, "open");
	*out = built_in ? 0 : ~0u;
	if (open == NULL || (open->kind == YAML_SCALAR && slice_is(open->text, "false")))
		return 0;
	if (open->kind == YAML_SCALAR && slice_is(open->text, "true")) {
		*out = 0;
		return 0;
	}
	if (open->kind != YAML_SEQUENCE)
		return yaml_error(open->doc, open, err, "'open' is true or a list of areas");
	for (size_t i = 0; i < open->n; i++) {
		unsigned bit = open->items[i]->kind == YAML_SCALAR ? area_bit(open->items[i]->text) : 0;
		if (bit == 0)
			return yaml_error(open->doc, open->items[i], err, "no area: base_image, vulnerabilities, components, configuration, metadata, rules, unknown, exceptions");
		*out &= ~bit;
	}
	return 0;
}

static int
merge_into(struct gathering *g, const struct yaml_node *root, struct plim_error *err)
{
	if (g->merged == NULL) {
		g->merged = root;
		return 0;
	}
	return policy_merge(g->merged, root, g->closed, g->policy->arena, &g->merged, err);
}

/* Parents first; `directory` is the policy's from now on. */
static int
gather(struct gathering *g, const struct chain *self, struct slice name, struct slice text, int directory, bool built_in,
       struct plim_error *err)
{
	struct yaml_document *doc;
	struct policy_source source = { .directory = directory };
	int r = yaml_parse(name, text, g->policy->arena, &doc, err);
	if (r == 0 && doc->root->kind != YAML_MAPPING)
		r = yaml_error(doc, doc->root, err, "a mapping is needed here, not %s", yaml_kind_name(doc->root->kind));
	if (r == 0)
		r = closed_read(doc->root, built_in, &source.closed, err);
	if (r == 0)
		r = gather_parents(g, self, yaml_get(doc->root, "extends"), directory, err);
	struct policy_source *kept = vec_push(&g->policy->sources);
	if (kept == NULL)
		r = error_nomem(err);
	if (r < 0 || kept == NULL) {
		if (kept)
			*kept = source;
		else if (directory >= 0)
			close(directory);
		return r;
	}
	source.doc = doc;
	*kept = source;
	r = merge_into(g, doc->root, err);
	g->closed |= source.closed;
	return r;
}

int
policy_gather(struct policy *policy, struct slice name, struct slice text, int directory, const struct yaml_node **root,
              struct plim_error *err)
{
	struct gathering g = { .policy = policy };
	struct chain self = { .name = directory == AT_FDCWD ? name : SLICE_NONE };
	int own = directory == AT_FDCWD ? AT_FDCWD : fcntl(directory, F_DUPFD_CLOEXEC, 3);
	bool built_in = directory == AT_FDCWD && built_in_find(name);
	if (own < 0 && own != AT_FDCWD)
		return error_sys(err, errno, "the policy's directory");
	int r = gather(&g, &self, name, text, own, built_in, err);
	*root = g.merged;
	return r;
}

void
sources_close(struct policy *policy)
{
	vec_each (&policy->sources, source) {
		if (source->directory >= 0)
			close(source->directory);
		source->directory = -1;
	}
}

const struct policy_source *
source_of(const struct policy *policy, const struct yaml_node *node)
{
	for (size_t i = 0; i < policy->sources.n; i++)
		if (policy->sources.at[i].doc == node->doc)
			return &policy->sources.at[i];
	return NULL;
}

bool
source_is_closed_to(const struct policy *policy, const struct policy_source *earlier, const struct policy_source *later, const char *area)
{
	unsigned bit = area_bit(slice_of(area));
	(void)policy;
	for (; earlier && later && earlier < later; earlier++)
		if (earlier->closed & bit)
			return true;
	return false;
}
