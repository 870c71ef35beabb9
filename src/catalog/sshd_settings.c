/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the SSH server as one: Include expanded, Match blocks apart. */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/limits.h"
#include "base/vec.h"

/* sshd's own bound for files that include each other. */
#define INCLUDE_DEPTH 16

/* One file: its rows, which stand together and in its order. */
struct sshd_file {
	struct slice path;
	const struct shown_row *rows;
	size_t n;
};

struct expanding {
	const struct inventory *inventory;
	VEC(struct sshd_file) files;
	VEC(struct sshd_setting) settings;
};

static void
auto_expanding(struct expanding *expanding)
{
	vec_done(&expanding->files);
	vec_done(&expanding->settings);
}

static struct slice
field(const struct sshd_setting *setting, uint32_t at)
{
	return block_field(setting->row->block, &setting->row->row, at);
}

static int
by_path(const void *left, const void *right)
{
	return slice_cmp(((const struct sshd_file *)left)->path, ((const struct sshd_file *)right)->path);
}

static int
gather_files(struct expanding *expanding, struct plim_error *err)
{
	const struct shown_rows *rows = &expanding->inventory->rows[ROW_SSH_CONFIG];
	for (size_t i = 0; i < rows->n; i++) {
		struct sshd_file *last = expanding->files.n ? &expanding->files.at[expanding->files.n - 1] : NULL;
		if (last && last->rows->node == rows->at[i].node) {
			last->n++;
			continue;
		}
		struct sshd_file *file = vec_push(&expanding->files);
		struct slice path = path_in_arena(expanding->inventory->arena, rows->at[i].node);
		if (file == NULL || path.p == NULL)
			return error_nomem(err);
		*file = (struct sshd_file){ path, &rows->at[i], 1 };
	}
	if (expanding->files.n)
		qsort(expanding->files.at, expanding->files.n, sizeof *expanding->files.at, by_path);
	return 0;
}

/* These take all their values; a name of a subsystem is a part of the value. */
static bool
adds_up(struct slice keyword)
{
	static const char *const keywords[] = {
		"acceptenv", "allowgroups", "allowusers", "denygroups", "denyusers", "hostcertificate", "hostkey", "include", "listenaddress",
		"logverbose", "port", "setenv", "subsystem",
	};
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (slice_is(keyword, keywords[i]))
			return true;
	return false;
}

static bool
is_first(struct expanding *expanding, const struct sshd_setting *setting)
{
	vec_each (&expanding->settings, other)
		if (slice_eq(other->block, setting->block) && slice_eq(field(other, SSH_CONFIG_KEYWORD), field(setting, SSH_CONFIG_KEYWORD)))
			return false;
	return true;
}

static int expand(struct expanding *expanding, const struct sshd_file *file, struct slice block, unsigned depth, struct plim_error *err);

/* glob(3) leaves hidden files to patterns that name the dot. */
static bool
is_included(struct slice pattern, struct slice path)
{
	return glob_match(pattern, path) && (!slice_starts(path_base(path), SLICE(".")) || slice_starts(path_base(pattern), SLICE(".")));
}

static int
expand_include(struct expanding *expanding, const struct sshd_setting *include, unsigned depth, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < expanding->files.n; i++)
		if (is_included(field(include, SSH_CONFIG_VALUE), expanding->files.at[i].path))
			r = expand(expanding, &expanding->files.at[i], include->block, depth + 1, err);
	return r;
}

static int
take(struct expanding *expanding, struct sshd_setting setting, unsigned depth, struct plim_error *err)
{
	struct slice keyword = field(&setting, SSH_CONFIG_KEYWORD);
	if (slice_is(keyword, "include"))
		return expand_include(expanding, &setting, depth, err);
	if (expanding->settings.n == LIMIT_SSHD_SETTING_COUNT)
		return error_set(err, PLIM_ELIMIT, "more settings of sshd than limit SSHD_SETTING_COUNT");
	setting.effective = adds_up(keyword) || is_first(expanding, &setting);
	struct sshd_setting *kept = vec_push(&expanding->settings);
	if (kept == NULL)
		return error_nomem(err);
	*kept = setting;
	return 0;
}

static int
expand(struct expanding *expanding, const struct sshd_file *file, struct slice block, unsigned depth, struct plim_error *err)
{
	int r = depth < INCLUDE_DEPTH ? 0 : error_set(err, PLIM_ELIMIT, "%.*s: more than %d files of sshd that include each other",
	                                              SLICE_ARG(file->path), INCLUDE_DEPTH);
	for (size_t i = 0; r == 0 && i < file->n; i++) {
		struct slice own = block_field(file->rows[i].block, &file->rows[i].row, SSH_CONFIG_BLOCK);
		r = take(expanding, (struct sshd_setting){ &file->rows[i], own.n ? own : block, false }, depth, err);
	}
	return r;
}

/* The distribution's file counts where there is none in /etc: openSUSE. */
static const struct sshd_file *
main_file(struct expanding *expanding)
{
	static const char *const names[] = { "/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		vec_each (&expanding->files, file)
			if (slice_is(file->path, names[i]))
				return file;
	return NULL;
}

static int
keep_settings(struct inventory *inventory, const struct expanding *expanding, struct plim_error *err)
{
	size_t n = expanding->settings.n;
	struct sshd_setting *kept = arena_make_array(inventory->arena, n + 1, struct sshd_setting);
	if (kept == NULL)
		return error_nomem(err);
	if (n)
		memcpy(kept, expanding->settings.at, n * sizeof *kept);
	inventory->sshd_settings = kept;
	inventory->sshd_setting_count = n;
	return 0;
}

/* What sshd would not start with is no setting that anybody could judge. */
static int
tell_limit(struct resolver *r, struct slice path, const struct plim_error *why, struct plim_error *err)
{
	struct slice reason = arena_dup(r->inventory->arena, slice_of(why->text));
	return reason.p ? add_gap(r, (struct inventory_gap){ "limit", path, UINT32_MAX, SLICE("sshd"), reason }, err) : error_nomem(err);
}

int
resolve_sshd(struct resolver *r, struct plim_error *err)
{
	__attribute__((cleanup(auto_expanding))) struct expanding expanding = { .inventory = r->inventory };
	struct plim_error why = { 0 };
	int failed = gather_files(&expanding, err);
	const struct sshd_file *file = failed == 0 ? main_file(&expanding) : NULL;
	if (file == NULL)
		return failed;
	failed = expand(&expanding, file, SLICE_NONE, 0, &why);
	if (failed == PLIM_ELIMIT)
		return tell_limit(r, file->path, &why, err);
	return failed < 0 ? error_set(err, failed, "%s", why.text) : keep_settings(r->inventory, &expanding, err);
}
