/* SPDX-License-Identifier: Apache-2.0 */
/* Built-in policies as tables of requirements. */
#include "profiles.h"

#include "base/error.h"
#include "base/file.h"
#include "codec/yaml.h"

#include <fcntl.h>

void
page_put(FILE *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		fprintf(out, strchr("\\*_#<>[]", text.p[i]) ? "\\%c" : "%c", text.p[i]);
}

/* What stands behind " # " in the line where the node begins: values with that in them are quoted, and no id has it. */
static struct slice
comment_of(const struct yaml_node *node)
{
	struct slice rest = node->doc->text, line = SLICE_NONE;
	for (unsigned at = 0; at < node->line; at++)
		slice_next(&rest, '\n', &line);
	for (size_t i = 0; i + 3 < line.n; i++)
		if (memcmp(line.p + i, " # ", 3) == 0)
			return slice_trim(slice_from(line, i + 3));
	return SLICE_NONE;
}

static struct slice
base_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	return (struct slice){ name, strcspn(name, ".") };
}

static int
take_entry(struct profiles *profiles, const char *path, const struct yaml_node *node, struct plim_error *err)
{
	const struct yaml_node *id = node->kind == YAML_MAPPING ? yaml_get(node, "id") : node;
	struct profile_entry *entry = vec_push(&profiles->list);
	if (entry == NULL)
		return error_nomem(err);
	*entry = (struct profile_entry){ base_name(path), id ? id->text : SLICE_NONE, comment_of(node) };
	return 0;
}

int
profiles_read(struct profiles *profiles, const char *path, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	struct yaml_document *doc;
	size_t size;
	int r = file_read(AT_FDCWD, path, UINT32_MAX, &text, &size, err);
	if (r < 0 || (r = yaml_parse(slice_of(path), (struct slice){ text, size }, profiles->arena, &doc, err)) < 0)
		return r;
	const struct yaml_node *configuration = yaml_get(doc->root, "configuration");
	const struct yaml_node *checks = configuration ? yaml_get(configuration, "checks") : NULL;
	for (size_t i = 0; r == 0 && checks && i < checks->n; i++)
		r = take_entry(profiles, path, checks->items[i], err);
	return r;
}

/* The last entry of a policy that names a check decides, as in the policy. */
static bool
is_last(const struct profiles *profiles, size_t at, const struct check *check)
{
	for (size_t i = at + 1; i < profiles->list.n; i++)
		if (slice_eq(profiles->list.at[i].policy, profiles->list.at[at].policy) && check_is_named(check, profiles->list.at[i].glob))
			return false;
	return true;
}

void
profiles_put_check(FILE *out, const struct profiles *profiles, const struct check *check)
{
	bool any = false;
	for (size_t i = 0; i < profiles->list.n; i++) {
		const struct profile_entry *entry = &profiles->list.at[i];
		if (!check_is_named(check, entry->glob) || !is_last(profiles, i, check))
			continue;
		fprintf(out, "%s*%.*s*", any ? ", " : "\n\tIn policies ", SLICE_ARG(entry->policy));
		if (entry->requirements.n) {
			fputs(" (", out);
			page_put(out, entry->requirements);
			fputs(")", out);
		}
		any = true;
	}
	fputs(any ? ".\n" : "", out);
}

/* The tables: a row for each requirement, however many checks answer it. */

struct requirement {
	struct slice name, glob;
	size_t order;
};

struct requirements {
	VEC(struct requirement) list;
};

/* "4.10" comes behind "4.9"; of one requirement the checks as the policy has them. */
static int
by_number(const void *a, const void *b)
{
	const struct requirement *one = a, *two = b;
	char left[64], right[64];
	snprintf(left, sizeof left, "%.*s", SLICE_ARG(one->name));
	snprintf(right, sizeof right, "%.*s", SLICE_ARG(two->name));
	int order = strverscmp(left, right);
	return order ? order : (one->order > two->order) - (one->order < two->order);
}

static void
take_requirements(struct requirements *all, const struct profile_entry *entry)
{
	struct slice rest = entry->requirements, one;
	while (slice_next(&rest, ',', &one)) {
		struct requirement *requirement = vec_push(&all->list);
		if (requirement)
			*requirement = (struct requirement){ slice_trim(one), entry->glob, all->list.n };
	}
}

static void
put_table(FILE *out, const struct profiles *profiles, struct slice policy)
{
	struct requirements all = { 0 };
	for (size_t i = 0; i < profiles->list.n; i++)
		if (slice_eq(profiles->list.at[i].policy, policy))
			take_requirements(&all, &profiles->list.at[i]);
	if (all.list.n) {
		qsort(all.list.at, all.list.n, sizeof *all.list.at, by_number);
		fprintf(out, "## %.*s\n", SLICE_ARG(policy));
	}
	for (size_t i = 0; i < all.list.n; i++) {
		bool same = i > 0 && slice_eq(all.list.at[i - 1].name, all.list.at[i].name);
		fprintf(out, same ? ", " : "%s\n*%.*s*\n\t", i ? "\n" : "", SLICE_ARG(all.list.at[i].name));
		page_put(out, all.list.at[i].glob);
	}
	fputs(all.list.n ? "\n\n" : "", out);
	vec_done(&all.list);
}

void
profiles_put_tables(FILE *out, const struct profiles *profiles)
{
	for (size_t i = 0; i < profiles->list.n; i++)
		if (i == 0 || !slice_eq(profiles->list.at[i].policy, profiles->list.at[i - 1].policy))
			put_table(out, profiles, profiles->list.at[i].policy);
}
