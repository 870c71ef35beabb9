/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of exceptions: who asks for one adds a file, and nobody else's is touched. */
#include "policy/exception_files.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

struct taking {
	struct policy *policy;
	VEC(struct yaml_node *) all;    /* exceptions */
	size_t files;
};

static bool
is_exception_file(struct slice name)
{
	return !slice_starts(name, SLICE(".")) && (slice_ends(name, SLICE(".yaml")) || slice_ends(name, SLICE(".yml")));
}

static int
is_wanted(const struct dirent *entry)
{
	return is_exception_file(slice_of(entry->d_name));
}

static int
take_node(struct taking *t, struct yaml_node *exception, struct plim_error *err)
{
	struct yaml_node **kept = vec_push(&t->all);
	if (kept == NULL)
		return error_nomem(err);
	*kept = exception;
	return 0;
}

static int
take_document(struct taking *t, const struct yaml_document *doc, struct slice approvals, struct plim_error *err)
{
	struct policy_source *source = vec_push(&t->policy->sources);
	int r = source ? 0 : error_nomem(err);
	if (source)
		*source = (struct policy_source){ .doc = doc, .directory = -1, .approvals = approvals };
	/* A file that was emptied, or whose lines are all comments, has none. */
	if (r == 0 && doc->root->kind != YAML_SEQUENCE && doc->root->kind != YAML_NULL)
		return yaml_error(doc, doc->root, err, "a list of exceptions is needed here, not %s", yaml_kind_name(doc->root->kind));
	for (size_t i = 0; r == 0 && i < doc->root->n; i++)
		r = take_node(t, doc->root->items[i], err);
	return r;
}

static int
take_file(struct taking *t, const struct yaml_node *at, int folder, const char *name, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t size;
	struct plim_error why = { 0 };
	struct yaml_document *doc;
	struct slice approvals = SLICE_NONE;
	struct slice shown = arena_printf(t->policy->arena, "%.*s/%s", SLICE_ARG(at->text), name);
	if (shown.p == NULL)
		return error_nomem(err);
	if (t->files++ == LIMIT_POLICY_FILE_COUNT)
		return yaml_error(at->doc, at, err, "more files than limit POLICY_FILE_COUNT (%ju)", (uintmax_t)LIMIT_POLICY_FILE_COUNT);
	if (file_read(folder, name, LIMIT_POLICY_BYTES, &text, &size, &why) < 0)
		return yaml_error(at->doc, at, err, "exceptions cannot be read: %s", why.text);
	int r = yaml_parse(shown, (struct slice){ text, size }, t->policy->arena, &doc, err);
	if (r == 0)
		r = approvals_load(t->policy, folder, slice_of(name), &approvals, err);
	return r < 0 ? r : take_document(t, doc, approvals, err);
}

static int
take_folder(struct taking *t, const struct yaml_node *at, int directory, struct plim_error *err)
{
	struct dirent **entries = NULL;
	const char *path = at->kind == YAML_SCALAR && at->text.n ? arena_strz(t->policy->arena, at->text) : NULL;
	if (path == NULL)
		return yaml_error(at->doc, at, err, "the path of a folder is needed here");
	AUTO(fd) int folder = openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = folder < 0 ? -1 : scandirat(folder, ".", &entries, is_wanted, file_names_by_bytes), r = 0;
	if (n < 0)
		return yaml_error(at->doc, at, err, "the folder of exceptions cannot be read: %s: %s", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		r = r == 0 ? take_file(t, at, folder, entries[i]->d_name, err) : r;
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int
take_entry(struct taking *t, struct yaml_node *entry, int directory, struct plim_error *err)
{
	struct yaml_node *folder = yaml_get(entry, "folder");
	if (folder == NULL)
		return take_node(t, entry, err);
	if (entry->n > 1)
		return yaml_error(entry->doc, entry, err, "an entry with the key 'folder' has no other");
	return take_folder(t, folder, directory, err);
}

static int
put_back(struct taking *t, struct yaml_node *list, struct plim_error *err)
{
	struct yaml_node **items = arena_make_array(t->policy->arena, t->all.n + 1, struct yaml_node *);
	if (items == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < t->all.n; i++)
		items[i] = t->all.at[i];
	list->items = items;
	list->n = t->all.n;
	return 0;
}

int
exception_files_take(struct policy *policy, struct yaml_document *doc, int directory, struct plim_error *err)
{
	struct taking t = { .policy = policy };
	struct yaml_node *list = yaml_get(doc->root, "exceptions");
	int r = 0;
	if (list == NULL || list->kind != YAML_SEQUENCE)
		return 0;
	for (size_t i = 0; r == 0 && i < list->n; i++)
		r = take_entry(&t, list->items[i], directory, err);
	if (r == 0)
		r = put_back(&t, list, err);
	vec_done(&t.all);
	return r;
}
