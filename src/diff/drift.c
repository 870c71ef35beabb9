/* SPDX-License-Identifier: Apache-2.0 */
/* From changes of files to drift: what each is worth, whose it is, what was only moved. */
#include "diff/drift.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/map.h"
#include "base/vec.h"
#include "catalog/owners.h"

const char *const drift_kind_names[] = {
	[DRIFT_ADDED] = "added", [DRIFT_CHANGED] = "changed", [DRIFT_REMOVED] = "removed", [DRIFT_RENAMED] = "renamed", [DRIFT_RUNS] = "memory",
	[DRIFT_OUTSIDE] = "outside",
};

static const struct {
	const char *word;
	enum severity severity;
} classes[] = {
#define DRIFT_CLASS(name, word, severity, meaning) [DRIFT_##name] = { word, SEVERITY_##severity },
#include "diff/drift.def"
};

static const struct {
	enum drift_class class;
	const char *glob;
} places[] = {
#define DRIFT_PLACE(class, glob) { DRIFT_##class, glob },
#include "diff/drift.def"
};

static const char *const made[] = {
#define DRIFT_MADE(glob) glob,
#include "diff/drift.def"
};

const char *
drift_class_name(enum drift_class class)
{
	return classes[class].word;
}

enum severity
drift_class_severity(enum drift_class class)
{
	return classes[class].severity;
}

static struct slice
relative(struct slice path)
{
	slice_skip(&path, SLICE("/"));
	return path;
}

enum drift_class
drift_class_of_path(struct slice path, bool program)
{
	enum drift_class class = DRIFT_DATA;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (glob_match(slice_of(places[i].glob), relative(path))) {
			class = places[i].class;
			break;
		}
	return program && class > DRIFT_PROGRAM ? DRIFT_PROGRAM : class;
}

/* The work. */

struct moved {
	struct drift_change *change;   /* that was removed; NULL: once it was found again */
	struct moved *next;            /* of the same content */
};

struct drifting {
	const struct drift_question *question;
	struct arena *arena;
	struct diff *diff;
	VEC(struct drift_change) changes;
	VEC(struct drift_gap) gaps;
	struct slice search;           /* PATH of the image's configuration; absent: none */
	size_t ignored;
};

static void
auto_drifting(struct drifting *d)
{
	diff_free(d->diff);
	vec_done(&d->changes);
	vec_done(&d->gaps);
}

static bool
entry_at(const struct inventory *inventory, struct slice path, struct entry *out)
{
	const struct node *node = path.p ? tree_find(inventory->tree, path) : NULL;
	*out = node ? node_entry(inventory->tree, node) : (struct entry){ .type = ENTRY_WHITEOUT };
	return node != NULL;
}

/* What its name or place tells, where the image looks for programs, too. */
static bool
is_searched(const struct drifting *d, struct slice path)
{
	struct slice left = d->search, directory = path_dir(path), one;
	while (slice_next(&left, ':', &one))
		if (one.n > 1 && slice_eq(one, directory))
			return true;
	return false;
}

static bool
is_program(const struct drifting *d, struct slice path, const struct entry *entry)
{
	bool holds = entry->type == ENTRY_FILE && ((entry->mode & 0111) || (entry->flags & ENTRY_PROGRAM));
	return holds || is_searched(d, path);
}

static enum drift_class
class_of(const struct drifting *d, enum drift_kind kind, struct slice path, const struct entry *entry)
{
	bool there = kind != DRIFT_REMOVED;
	switch (entry->type) {
	case ENTRY_CHAR:
	case ENTRY_BLOCK:
		return DRIFT_DEVICE;
	case ENTRY_FIFO:
	case ENTRY_SOCKET:
		return DRIFT_TRANSIENT;
	case ENTRY_DIRECTORY:
		return kind == DRIFT_CHANGED ? drift_class_of_path(path, false) : DRIFT_DIRECTORY;
	default:
		if (there && entry->type == ENTRY_FILE && ((entry->mode & 06000) || entry->capability.n))
			return DRIFT_PRIVILEGE;
		return drift_class_of_path(path, is_program(d, path, entry));
	}
}

/* What is passed over. */

static bool
is_empty(const struct entry *entry)
{
	return entry->type == ENTRY_DIRECTORY || (entry->type == ENTRY_FILE && entry->size == 0);
}

static bool
is_mount(const struct drift_question *question, struct slice path)
{
	for (size_t i = 0; i < question->mount_count; i++)
		if (slice_eq(question->mounts[i], path))
			return true;
	return false;
}

static bool
is_made(const struct drifting *d, struct slice path, const struct entry *entry)
{
	bool usual = is_empty(entry) || (entry->type == ENTRY_SYMLINK && slice_is(path, "/etc/mtab") && slice_is(entry->link, "/proc/mounts"));
	if (!usual || (entry->mode & 06002 && entry->type != ENTRY_SYMLINK && !slice_is(path, "/dev/shm")))
		return false;
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		if (glob_match(slice_of(made[i]), relative(path)))
			return true;
	return is_mount(d->question, path);
}

bool
drift_is_ignored(const struct slice *globs, size_t n, struct slice path)
{
	for (size_t i = 0; i < n; i++)
		if (glob_match(globs[i], path))
			return true;
	return false;
}

/* The root of the writable directory is the engine's, with Docker's or podman's usual mode, whatever the image's was. */
static bool
is_usual_root(const struct change *change, const struct entry *entry)
{
	return slice_is(change->path, "/") && (entry->mode == 0755 || entry->mode == 0555) && entry->uid == 0 && entry->gid == 0;
}

static enum drift_kind
kind_of_change(enum change_kind kind)
{
	return kind == CHANGE_ADDED ? DRIFT_ADDED : kind == CHANGE_REMOVED ? DRIFT_REMOVED : DRIFT_CHANGED;
}

/* Texts are copied: the comparison goes before the answer does. */
static int
copy_details(struct drifting *d, const struct detail *from, size_t n, struct drift_change *to, struct plim_error *err)
{
	struct detail *details = arena_make_array(d->arena, n + 1, struct detail);
	if (details == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		const struct slice texts[] = { from[i].what, from[i].old, from[i].new };
		struct slice *out[] = { &details[i].what, &details[i].old, &details[i].new };
		for (size_t k = 0; k < 3; k++)
			if (texts[k].p && (*out[k] = arena_dup(d->arena, texts[k])).p == NULL)
				return error_nomem(err);
	}
	to->details = details;
	to->detail_count = n;
	return 0;
}

static int
take_change(struct drifting *d, const struct change *change, struct plim_error *err)
{
	enum drift_kind kind = kind_of_change(change->kind);
	struct entry entry;
	entry_at(kind == DRIFT_REMOVED ? d->question->old : d->question->new, change->path, &entry);
	if (is_usual_root(change, &entry))
		return 0;
	if ((kind == DRIFT_ADDED && is_made(d, change->path, &entry)) || drift_is_ignored(d->question->ignore, d->question->ignore_count, change->path)) {
		d->ignored++;
		return 0;
	}
	struct drift_change *out = vec_push(&d->changes);
	if (out == NULL)
		return error_nomem(err);
	*out = (struct drift_change){ .kind = kind, .path = arena_dup(d->arena, change->path), .type = arena_dup(d->arena, change->group),
		                      .class = class_of(d, kind, change->path, &entry) };
	out->severity = drift_class_severity(out->class);
	if (out->path.p == NULL || out->type.p == NULL)
		return error_nomem(err);
	return copy_details(d, change->details, change->detail_count, out, err);
}

/* What was moved: a file that is gone and one that has come have the same content. */

static struct slice
content_of(const struct inventory *inventory, struct slice path)
{
	struct entry entry;
	bool file = entry_at(inventory, path, &entry) && entry.type == ENTRY_FILE && entry.size > 0 && entry.digest.n == 32;
	return file ? entry.digest : SLICE_NONE;
}

static int
note_removed(struct drifting *d, struct map *by_content, struct plim_error *err)
{
	for (size_t i = d->changes.n; i-- > 0;) {
		struct drift_change *change = &d->changes.at[i];
		struct slice content = change->kind == DRIFT_REMOVED ? content_of(d->question->old, change->path) : SLICE_NONE;
		if (content.p == NULL)
			continue;
		void **place = map_place(by_content, content);
		struct moved *moved = place ? arena_make(d->arena, struct moved) : NULL;
		if (moved == NULL)
			return error_nomem(err);
		*moved = (struct moved){ change, *place };
		*place = moved;
	}
	return 0;
}

static const struct detail *
detail_of(const struct drift_change *change, struct slice what)
{
	for (size_t i = 0; i < change->detail_count; i++)
		if (slice_eq(change->details[i].what, what))
			return &change->details[i];
	return NULL;
}

/* Of what is the same on both sides nothing is told. */
static int
join(struct drifting *d, struct drift_change *removed, struct drift_change *added, struct plim_error *err)
{
	struct detail *details = arena_make_array(d->arena, added->detail_count + 1, struct detail);
	size_t n = 0;
	if (details == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < added->detail_count; i++) {
		const struct detail *is = &added->details[i], *was = detail_of(removed, is->what);
		struct slice old = was ? was->old : SLICE_NONE;
		if (!slice_eq(old, is->new))
			details[n++] = (struct detail){ is->what, old, is->new };
	}
	added->kind = DRIFT_RENAMED;
	added->from = removed->path;
	added->details = details;
	added->detail_count = n;
	added->class = removed->class < added->class ? removed->class : added->class;
	added->severity = drift_class_severity(added->class);
	removed->path = SLICE_NONE;
	return 0;
}

static void
drop_joined(struct drifting *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->changes.n; i++)
		if (d->changes.at[i].path.p)
			d->changes.at[n++] = d->changes.at[i];
	d->changes.n = n;
}

static int
find_moved(struct drifting *d, struct plim_error *err)
{
	AUTO(map) struct map by_content = { 0 };
	int r = note_removed(d, &by_content, err);
	for (size_t i = 0; r == 0 && i < d->changes.n; i++) {
		struct drift_change *change = &d->changes.at[i];
		struct slice content = change->kind == DRIFT_ADDED ? content_of(d->question->new, change->path) : SLICE_NONE;
		struct moved *moved = content.p ? map_find(&by_content, content) : NULL;
		while (moved && moved->change == NULL)
			moved = moved->next;
		if (moved == NULL)
			continue;
		r = join(d, moved->change, change, err);
		moved->change = NULL;
	}
	drop_joined(d);
	return r;
}

/* What has the content of a file that is still there. */

/* A content that was added, perhaps more than once. */
struct copied {
	const struct node *node;       /* of the image that has it; NULL: none so far */
};

static struct copied *
copied_find(const struct map *by_content, const struct drifting *d, const struct drift_change *change)
{
	struct slice content = change->kind == DRIFT_ADDED ? content_of(d->question->new, change->path) : SLICE_NONE;
	return content.p ? map_find(by_content, content) : NULL;
}

static int
note_added(struct drifting *d, struct map *by_content, struct plim_error *err)
{
	for (size_t i = 0; i < d->changes.n; i++) {
		const struct drift_change *change = &d->changes.at[i];
		struct slice content = change->kind == DRIFT_ADDED ? content_of(d->question->new, change->path) : SLICE_NONE;
		void **place = content.p ? map_place(by_content, content) : NULL;
		if (content.p && (place == NULL || (*place = arena_make(d->arena, struct copied)) == NULL))
			return error_nomem(err);
	}
	return 0;
}

static void
look_for_copies(const struct inventory *old, const struct map *by_content)
{
	for (size_t i = 0; i < old->node_count; i++) {
		struct entry entry = node_entry(old->tree, old->nodes[i]);
		bool file = entry.type == ENTRY_FILE && entry.size > 0 && entry.digest.n == 32;
		struct copied *copied = file ? map_find(by_content, entry.digest) : NULL;
		if (copied && copied->node == NULL)
			copied->node = old->nodes[i];
	}
}

static int
find_copies(struct drifting *d, struct plim_error *err)
{
	AUTO(map) struct map by_content = { 0 };
	int r = note_added(d, &by_content, err);
	if (r < 0 || by_content.n == 0)
		return r;
	look_for_copies(d->question->old, &by_content);
	for (size_t i = 0; i < d->changes.n; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		const struct copied *copied = copied_find(&by_content, d, &d->changes.at[i]);
		if (copied == NULL || copied->node == NULL)
			continue;
		node_path(copied->node, &path);
		if (path.failed || (d->changes.at[i].same_as = arena_dup(d->arena, strbuf_slice(&path))).p == NULL)
			return error_nomem(err);
	}
	return 0;
}

/* Whose file of the image it is. */

static struct slice
path_in_image(const struct drift_change *change)
{
	return change->kind == DRIFT_RENAMED ? change->from : change->kind == DRIFT_ADDED ? SLICE_NONE : change->path;
}

static int
find_owners(struct drifting *d, struct plim_error *err)
{
	AUTO(map) struct map wishes = { 0 };
	AUTO(owners) struct owners *owners = NULL;
	for (size_t i = 0; i < d->changes.n; i++) {
		struct slice path = path_in_image(&d->changes.at[i]);
		void **place = path.p ? map_place(&wishes, relative(path)) : NULL;
		if (path.p && place == NULL)
			return error_nomem(err);
		if (place)
			*place = &d->changes.at[i];
	}
	int r = owners_new(d->question->old, &wishes, &owners, err);
	for (size_t i = 0; r == 0 && i < d->changes.n; i++) {
		struct drift_change *change = &d->changes.at[i];
		struct slice path = path_in_image(change);
		const struct file_owner *owner = path.p ? owners_find(owners, relative(path)) : NULL;
		if (owner == NULL)
			continue;
		change->package_type = arena_dup(d->arena, owner->type);
		change->package = arena_dup(d->arena, owner->name);
		if (change->package_type.p == NULL || change->package.p == NULL)
			return error_nomem(err);
	}
	return r;
}

/* What could not be told. */

static int
gap_add(struct drifting *d, struct slice path, struct slice reason, struct plim_error *err)
{
	struct drift_gap *gap = vec_push(&d->gaps);
	if (gap == NULL)
		return error_nomem(err);
	gap->path = path.p ? arena_dup(d->arena, path) : SLICE_NONE;
	gap->reason = arena_dup(d->arena, reason);
	return gap->reason.p && (gap->path.p || path.p == NULL) ? 0 : error_nomem(err);
}

static int
gaps_of_block(struct drifting *d, const struct block *block, struct plim_error *err)
{
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < block_problem_count(block); i++) {
		struct problem problem = block_problem(block, i);
		AUTO(strbuf) struct strbuf path = { 0 };
		strbuf_putc(&path, '/');
		if (problem.entry != ENTRY_NONE)
			strbuf_put(&path, block_entry_path(block, problem.entry));
		r = path.failed ? error_nomem(err) : gap_add(d, strbuf_slice(&path), problem.message, err);
	}
	return r;
}

/* What layers that could not be read at all say of themselves. */
static int
gaps_of_missing(struct drifting *d, const struct inventory *inventory, const char *whose, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < inventory->gap_count; i++) {
		if (!slice_is(inventory->gaps[i].subject, "layer"))
			continue;
		struct slice why = arena_printf(d->arena, "%s: %.*s", whose, SLICE_ARG(inventory->gaps[i].reason));
		r = why.p ? gap_add(d, SLICE_NONE, why, err) : error_nomem(err);
	}
	return r;
}

static int
gaps_of_own(struct drifting *d, struct plim_error *err)
{
	const struct inventory *new = d->question->new;
	int r = 0;
	for (size_t i = 0; r == 0 && i < new->block_count; i++)
		if (i + d->question->own >= new->block_count && new->blocks[i])
			r = gaps_of_block(d, new->blocks[i], err);
	return r;
}

/* Of what is named already the comparison knows no more. */
static int
gaps_of_files(struct drifting *d, struct plim_error *err)
{
	AUTO(map) struct map named = { 0 };
	int r = 0;
	for (size_t i = 0; i < d->gaps.n; i++) {
		void **place = d->gaps.at[i].path.p ? map_place(&named, d->gaps.at[i].path) : NULL;
		if (d->gaps.at[i].path.p && place == NULL)
			return error_nomem(err);
		if (place)
			*place = d;
	}
	for (size_t i = 0; r == 0 && d->diff && i < d->diff->gap_count; i++)
		if (!map_find(&named, d->diff->gaps[i].path))
			r = gap_add(d, d->diff->gaps[i].path, d->diff->gaps[i].reason, err);
	return r;
}

static int
take_gaps(struct drifting *d, struct plim_error *err)
{
	const struct part_count *counts = d->diff ? &d->diff->counts[PART_FILES] : NULL;
	int r = gaps_of_missing(d, d->question->old, "a layer of the image", err);
	if (r == 0)
		r = gaps_of_missing(d, d->question->new, "a layer of the container", err);
	if (r < 0 || (r = gaps_of_own(d, err)) < 0 || (r = gaps_of_files(d, err)) < 0)
		return r;
	if (counts && counts->added + counts->removed + counts->changed > d->diff->change_count)
		return gap_add(d, SLICE_NONE, SLICE("limit CHANGE_COUNT: the other changes are counted, not listed"), err);
	return 0;
}

static int
order_changes(const void *left, const void *right)
{
	const struct drift_change *a = left, *b = right;
	int order = ((int)b->severity > (int)a->severity) - ((int)b->severity < (int)a->severity);
	order = order ? order : ((int)a->class > (int)b->class) - ((int)a->class < (int)b->class);
	order = order ? order : slice_cmp(a->path, b->path);
	return order ? order : ((int)a->kind > (int)b->kind) - ((int)a->kind < (int)b->kind);
}

int
drift_append(struct drift *drift, const struct drift_change *changes, size_t n, struct plim_error *err)
{
	struct drift_change *all = arena_make_array(drift->arena, drift->change_count + n + 1, struct drift_change);
	if (all == NULL)
		return error_nomem(err);
	if (drift->change_count)
		memcpy(all, drift->changes, drift->change_count * sizeof *all);
	if (n)
		memcpy(all + drift->change_count, changes, n * sizeof *all);
	drift->changes = all;
	drift->change_count += n;
	if (drift->change_count > 1)
		qsort(all, drift->change_count, sizeof *all, order_changes);
	return 0;
}

int
drift_order_gaps(const void *left, const void *right)
{
	const struct drift_gap *a = left, *b = right;
	int order = slice_cmp(a->path, b->path);
	return order ? order : slice_cmp(a->reason, b->reason);
}

/* One reason a path: a file whose reading failed is one without a digest, too. */
static void
drop_repeated(struct drifting *d)
{
	size_t n = 0;
	if (d->gaps.n > 1)
		qsort(d->gaps.at, d->gaps.n, sizeof *d->gaps.at, drift_order_gaps);
	for (size_t i = 0; i < d->gaps.n; i++) {
		const struct drift_gap *before = n ? &d->gaps.at[n - 1] : NULL, *gap = &d->gaps.at[i];
		bool same = before && (before->path.p == NULL) == (gap->path.p == NULL) && slice_eq(before->path, gap->path);
		if (!same || (gap->path.p == NULL && !slice_eq(before->reason, gap->reason)))
			d->gaps.at[n++] = *gap;
	}
	d->gaps.n = n;
}

static struct slice
search_path(const struct image *image)
{
	for (size_t i = 0; image && image->config && i < image->config->env.n; i++) {
		struct slice value = image->config->env.at[i];
		if (slice_skip(&value, SLICE("PATH=")))
			return value;
	}
	return SLICE_NONE;
}

static int
finish(struct drifting *d, struct drift *drift, struct plim_error *err)
{
	drop_repeated(d);
	drift->arena = d->arena;
	drift->ignored = d->ignored;
	drift->gap_count = d->gaps.n;
	drift->gaps = arena_make_array(d->arena, d->gaps.n + 1, struct drift_gap);
	if (drift->gaps == NULL)
		return error_nomem(err);
	if (d->gaps.n)
		memcpy(drift->gaps, d->gaps.at, d->gaps.n * sizeof *drift->gaps);
	return drift_append(drift, d->changes.at, d->changes.n, err);
}

static int (*const steps[])(struct drifting *d, struct plim_error *err) = { find_moved, find_copies, find_owners, take_gaps };

/* Where a layer is missing, what it has would seem to be gone, or new. */
static bool
is_whole(const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->block_count; i++)
		if (inventory->blocks[i] == NULL)
			return false;
	return true;
}

int
drift_make(const struct drift_question *question, struct drift **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct drift *drift = arena ? arena_make(arena, struct drift) : NULL;
	if (drift == NULL)
		return error_nomem(err);
	AUTO(drifting) struct drifting d = { .question = question, .arena = arena, .search = search_path(question->old->image) };
	bool whole = is_whole(question->old) && is_whole(question->new);
	int r = whole ? diff_files(question->old, question->new, &d.diff, err) : 0;
	for (size_t i = 0; r == 0 && whole && i < d.diff->change_count; i++)
		r = take_change(&d, &d.diff->changes[i], err);
	for (size_t i = 0; r == 0 && i < sizeof steps / sizeof *steps; i++)
		r = steps[i](&d, err);
	if (r < 0 || (r = finish(&d, drift, err)) < 0)
		return r;
	drift->arena = ptr_take(&arena);
	*out = drift;
	return 0;
}

void
drift_free(struct drift *drift)
{
	if (drift)
		arena_free(drift->arena);
}
