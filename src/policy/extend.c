/* SPDX-License-Identifier: Apache-2.0 */
/* Parents: found by name or path, read once, and merged from the farthest to the file itself. */
#include "policy/extend.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/exception_files.h"
#include "policy/merge.h"
#include "policy/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* Who is being read because somebody below extends it: none of them may come again. */
struct identity {
	struct slice name;      /* of a built-in; absent: a file */
	dev_t device;
	ino_t inode;
};

struct chain {
	const struct chain *child;
	struct identity identity;
	size_t depth;
};

/* A policy with its parents as one tree, and the areas that they close. */
struct whole {
	const struct yaml_node *tree;
	unsigned closed;
};

/* What was read, in case that two extend it. */
struct gathered {
	struct identity identity;
	struct whole whole;
};

struct gathering {
	struct policy *policy;
	VEC(struct gathered) all;
};

static int gather(struct gathering *g, const struct chain *self, struct slice name, struct slice text, int directory, bool built_in,
                  struct whole *out, struct plim_error *err);

static bool
identity_eq(const struct identity *a, const struct identity *b)
{
	if (a->name.p || b->name.p)
		return a->name.p && b->name.p && slice_eq(a->name, b->name);
	return a->device == b->device && a->inode == b->inode;
}

static bool
gathered_find(const struct gathering *g, const struct identity *identity, struct whole *out)
{
	for (size_t i = 0; i < g->all.n; i++)
		if (identity_eq(&g->all.at[i].identity, identity)) {
			*out = g->all.at[i].whole;
			return true;
		}
	return false;
}

const struct embedded_file *
policy_built_in(struct slice name)
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
		if (identity_eq(&self->identity, &child->identity))
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
int
policy_directory(int below, const char *path, int *out, struct plim_error *err)
{
	struct slice where = path_dir(slice_of(path));
	AUTO(free) char *name = where.p == NULL ? strdup(".") : where.n == 0 ? strdup("/") : slice_dup(where);
	if (name == NULL)
		return error_nomem(err);
	*out = openat(below, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *out < 0 ? error_sys(err, errno, "%s", name) : 0;
}

static int
gather_file(struct gathering *g, const struct chain *child, const struct yaml_node *at, int below, struct whole *out, struct plim_error *err)
{
	struct stat st;
	struct plim_error why = { 0 };
	AUTO(free) char *text = NULL;
	size_t size;
	int directory = -1;
	struct slice name;
	struct digest pin;
	if (!pin_cut(at->text, &name, &pin))
		return yaml_error(at->doc, at, err, "the 64 hexadecimal digits of a digest must follow '#sha256='");
	const char *path = arena_strz(g->policy->arena, name);
	if (path == NULL)
		return error_nomem(err);
	int r = file_read(below, path, LIMIT_POLICY_BYTES, &text, &size, &why);
	if (r == 0 && pin_check(&pin, (struct slice){ text, size }, &why) < 0)
		return yaml_error(at->doc, at, err, "%s changed: %s", path, why.text);
	if (r == 0 && fstatat(below, path, &st, 0) < 0)
		r = error_sys(&why, errno, "%s", path);
	if (r < 0)
		return yaml_error(at->doc, at, err, "the policy that this one extends cannot be read: %s", why.text);
	struct chain self = { child, { .device = st.st_dev, .inode = st.st_ino }, child->depth + 1 };
	if ((r = chain_check(&self, at, err)) < 0 || gathered_find(g, &self.identity, out))
		return r;
	if ((r = policy_directory(below, path, &directory, err)) < 0)
		return r;
	return gather(g, &self, name, (struct slice){ text, size }, directory, false, out, err);
}

static int
gather_parent(struct gathering *g, const struct chain *child, const struct yaml_node *at, int below, struct whole *out, struct plim_error *err)
{
	if (at->kind != YAML_SCALAR || at->text.n == 0)
		return yaml_error(at->doc, at, err, "the name of a built-in policy or the path of a file is needed here");
	const struct embedded_file *file = policy_built_in(at->text);
	if (file == NULL)
		return gather_file(g, child, at, below, out, err);
	struct chain self = { child, { .name = slice_of(file->name) }, child->depth + 1 };
	int r = chain_check(&self, at, err);
	if (r < 0 || gathered_find(g, &self.identity, out))
		return r;
	return gather(g, &self, self.identity.name, embedded_text(file), AT_FDCWD, true, out, err);
}

/*
 * A parent beside those before it in the list.  It may not loosen them, and what
 * comes of both may not be looser than itself: who extends two answers to either.
 */
static int
add_parent(struct gathering *g, struct whole *sum, const struct whole *parent, struct plim_error *err)
{
	const struct yaml_node *both, *ignored;
	if (sum->tree == NULL) {
		*sum = *parent;
		return 0;
	}
	int r = policy_merge(sum->tree, parent->tree, sum->closed, g->policy->arena, &both, err);
	if (r == 0)
		r = policy_merge(parent->tree, both, parent->closed, g->policy->arena, &ignored, err);
	if (r < 0)
		return r;
	*sum = (struct whole){ both, sum->closed | parent->closed };
	return 0;
}

static int
gather_parents(struct gathering *g, const struct chain *self, const struct yaml_node *extends, int directory, struct whole *sum,
               struct plim_error *err)
{
	if (extends == NULL)
		return 0;
	if (extends->kind != YAML_SEQUENCE)
		return gather_parent(g, self, extends, directory, sum, err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < extends->n; i++) {
		struct whole parent;
		r = gather_parent(g, self, extends->items[i], directory, &parent, err);
		if (r == 0)
			r = add_parent(g, sum, &parent, err);
	}
	return r;
}

static int
no_area(const struct yaml_node *node, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf areas = { 0 };
	for (size_t i = 0; area_keys[i]; i++)
		strbuf_printf(&areas, "%s%s", i ? ", " : "", area_keys[i]);
	return areas.failed ? error_nomem(err) : yaml_error(node->doc, node, err, "no area: %s", areas.p);
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
			return no_area(open->items[i], err);
		*out &= ~bit;
	}
	return 0;
}

static int
merge_own(struct gathering *g, const struct whole *parents, const struct policy_source *source, struct whole *out, struct plim_error *err)
{
	*out = (struct whole){ source->doc->root, parents->closed | source->closed };
	if (parents->tree == NULL)
		return 0;
	return policy_merge(parents->tree, source->doc->root, parents->closed, g->policy->arena, &out->tree, err);
}

/* Parents first. */
static int
gather_source(struct gathering *g, const struct chain *self, struct slice name, struct slice text, bool built_in,
              struct policy_source *source, struct whole *out, struct plim_error *err)
{
	struct yaml_document *doc;
	struct whole parents = { 0 };
	int r = yaml_parse(name, text, g->policy->arena, &doc, err);
	if (r == 0 && doc->root->kind != YAML_MAPPING)
		r = yaml_error(doc, doc->root, err, "a mapping is needed here, not %s", yaml_kind_name(doc->root->kind));
	if (r < 0 || (r = closed_read(doc->root, built_in, &source->closed, err)) < 0)
		return r;
	source->doc = doc;
	/* What is built in has no place where anything could lie beside it. */
	r = built_in ? 0 : approvals_load(g->policy, source->directory, path_base(name), &source->approvals, err);
	if (r < 0 || (r = exception_files_take(g->policy, doc, source->directory, err)) < 0)
		return r;
	r = gather_parents(g, self, yaml_get(doc->root, "extends"), source->directory, &parents, err);
	return r < 0 ? r : merge_own(g, &parents, source, out, err);
}

/* `directory` is the policy's from now on. */
static int
gather(struct gathering *g, const struct chain *self, struct slice name, struct slice text, int directory, bool built_in,
       struct whole *out, struct plim_error *err)
{
	struct policy_source source = { .directory = directory };
	int r = gather_source(g, self, name, text, built_in, &source, out, err);
	struct policy_source *kept = vec_push(&g->policy->sources);
	struct gathered *known = vec_push(&g->all);
	if (kept)
		*kept = source;
	else if (directory >= 0)
		close(directory);
	if (known)
		*known = (struct gathered){ self->identity, r == 0 ? *out : (struct whole){ 0 } };
	return r < 0 ? r : kept && known ? 0 : error_nomem(err);
}

int
policy_gather(struct policy *policy, struct slice name, struct slice text, int directory, const struct yaml_node **root,
              struct plim_error *err)
{
	struct gathering g = { .policy = policy };
	struct whole whole = { 0 };
	bool built_in = directory == AT_FDCWD && policy_built_in(name);
	/* A file that is read from bytes has no identity of its own: a circle shows when it comes again. */
	struct chain self = { .identity.name = built_in ? name : SLICE("\n") };
	int own = directory == AT_FDCWD ? AT_FDCWD : fcntl(directory, F_DUPFD_CLOEXEC, 3);
	if (own < 0 && own != AT_FDCWD)
		return error_sys(err, errno, "the policy's directory");
	int r = gather(&g, &self, name, text, own, built_in, &whole, err);
	vec_done(&g.all);
	*root = whole.tree;
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
source_is_closed_to(const struct policy_source *earlier, const struct policy_source *later, const char *area)
{
	unsigned bit = area_bit(slice_of(area));
	for (; earlier && later && earlier < later; earlier++)
		if (earlier->closed & bit)
			return true;
	return false;
}
