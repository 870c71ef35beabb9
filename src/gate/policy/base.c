/* SPDX-License-Identifier: Apache-2.0 */
/* plim_base_add, _list and _check: files of approved generations. */
#include <plimsoll/base.h>

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/output.h"
#include "base/vec.h"
#include "gate/rows.h"
#include "policy/base.h"
#include "store/atomic.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

static int
base_file_load(const char *path, struct arena *arena, struct base_file *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t size;
	int r = file_read(AT_FDCWD, path, LIMIT_POLICY_BYTES, &bytes, &size, err);
	if (r < 0)
		return r;
	r = base_file_parse((struct slice){ bytes, size }, arena, out, err);
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

static void
put_generation(struct strbuf *text, const struct generation *g)
{
	strbuf_put(text, g->date);
	strbuf_printf(text, "  %zu layer%s  ", g->n, g->n == 1 ? "" : "s");
	strbuf_put_printable(text, g->platform);
	strbuf_puts(text, g->reference.n ? "  " : "");
	strbuf_put_printable(text, g->reference);
	if (g->until.n)
		strbuf_printf(text, "  until %.*s", SLICE_ARG(g->until));
	strbuf_putc(text, '\n');
}

/* A tree is opened too: that it is none is told by whoever knows why. */
static int
read_target(const struct plim_base_options *options, const char *target, struct run *run, struct analysis **out, struct plim_error *err)
{
	int r = analysis_open(run, target, options->platforms, out, err);
	return r < 0 || analysis_set(*out) == NULL ? r : analysis_read(*out, SIZE_MAX, err);
}

/* add */

/* A judge is begun for it: an inventory is what packages are read from. */
#define PACKAGES_SQL "SELECT DISTINCT substr(purl, 1, instr(purl || '?', '?') - 1) FROM package WHERE purl IS NOT NULL AND scope = 'installed' ORDER BY 1"

struct adding {
	const struct plim_base_options *options;
	struct run *run;
	struct process *judge;
	struct arena *arena;
	struct base_file file;
	struct slice date, until, others_until;
	size_t had;                    /* generations before */
};

/* Absent for NULL. */
static int
take_day(const char *wanted, struct slice *out, struct plim_error *err)
{
	int64_t day;
	*out = wanted ? slice_of(wanted) : SLICE_NONE;
	if (wanted && !date_parse_day(*out, &day))
		return error_set(err, PLIM_EUSAGE, "'%s' is no date: write 2026-10-01", wanted);
	return 0;
}

static int
take_days(struct adding *adding, struct plim_error *err)
{
	const struct plim_base_options *options = adding->options;
	char today[DATE_TEXT_SIZE];
	int r = take_day(options->date, &adding->date, err);
	if (r < 0 || (r = take_day(options->until, &adding->until, err)) < 0 || (r = take_day(options->others_until, &adding->others_until, err)) < 0)
		return r;
	if (adding->date.n == 0)
		adding->date = arena_dup(adding->arena, slice_of(date_day_text(date_day(time(NULL)), today)));
	return adding->date.p ? 0 : error_nomem(err);
}

static int
file_begin(struct adding *adding, struct plim_error *err)
{
	const struct plim_base_options *options = adding->options;
	int r = base_file_load(options->file, adding->arena, &adding->file, err);
	if (r == 0 && options->name && !slice_is(adding->file.name, options->name))
		return error_set(err, PLIM_EUSAGE, "%s is the file of base '%.*s'", options->file, SLICE_ARG(adding->file.name));
	if (r != PLIM_ENOTFOUND)
		return r;
	if (options->name == NULL)
		return error_set(err, PLIM_EUSAGE, "%s does not exist yet: --name says what the base is called", options->file);
	adding->file = (struct base_file){ .name = slice_of(options->name) };
	return 0;
}

static bool
is_listed(const struct base_file *file, const struct generation *new)
{
	for (size_t i = 0; i < file->n; i++) {
		const struct generation *g = &file->generations[i];
		if (g->n == new->n && base_file_match(&(struct base_file){ .generations = (struct generation *)g, .n = 1 }, new->diff_ids, new->n))
			return true;
	}
	return false;
}

static struct slice
platform_of(const struct image *image, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	platform_text(&image->platform, &text);
	return arena_dup(arena, strbuf_slice(&text));
}

/* The layers' diff ids as computed here. */
static int
diff_ids_of(const struct analysis *analysis, const struct image *image, struct arena *arena, struct digest **out, struct plim_error *err)
{
	struct digest *ids = arena_make_array(arena, image->layer_count + 1, struct digest);
	if (ids == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < image->layer_count; i++)
		ids[i] = analysis_plain(analysis, image->layers[i].blob);
	*out = ids;
	return 0;
}

struct taken {
	struct arena *arena;
	VEC(struct slice) purls;
};

static int
take_purl(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct taken *taken = context;
	struct slice purl = row->n == 1 && row->values[0].type == FACT_TEXT ? row->values[0].text : SLICE_NONE;
	struct slice *last = taken->purls.n ? &taken->purls.at[taken->purls.n - 1] : NULL;
	if (purl.n == 0 || (last && slice_cmp(*last, purl) >= 0))
		return error_set(err, PLIM_EPROCESS, "the judge sent packages that are none");
	struct slice *kept = vec_push(&taken->purls);
	if (kept == NULL || (*kept = arena_dup(taken->arena, purl)).p == NULL)
		return error_nomem(err);
	return 0;
}

/* What could not be read is said: the list is then short. */
static int
packages_of(struct analysis *analysis, size_t image, struct adding *adding, struct generation *out, struct plim_error *err)
{
	struct taken taken = { .arena = adding->arena };
	const struct row_sink sink = { NULL, take_purl, &taken, adding->options->run ? adding->options->run->warnings : NULL };
	int r = rows_ask(analysis, adding->run, adding->judge, image, SLICE(PACKAGES_SQL), &sink, err);
	struct slice *all = r == 0 ? arena_make_array(adding->arena, taken.purls.n + 1, struct slice) : NULL;
	if (r == 0 && all == NULL)
		r = error_nomem(err);
	for (size_t i = 0; all && i < taken.purls.n; i++)
		all[i] = taken.purls.at[i];
	out->packages = all;
	out->package_count = all ? taken.purls.n : 0;
	vec_done(&taken.purls);
	return r;
}

/* Packages are of use where one would move to, the newest of its platform; those before it may come to an end now. */
static void
succeed(struct adding *adding, const struct generation *new)
{
	for (size_t i = 0; i < adding->file.n; i++) {
		struct generation *old = &adding->file.generations[i];
		if (!slice_eq(old->platform, new->platform) || slice_cmp(old->date, new->date) > 0)
			continue;
		old->package_count = 0;
		if (old->until.n == 0)
			old->until = adding->others_until;
	}
}

static int
generation_of(const struct analysis *analysis, const struct image *image, struct adding *adding, struct generation *out, struct plim_error *err)
{
	struct digest *ids;
	int r = diff_ids_of(analysis, image, adding->arena, &ids, err);
	if (r < 0)
		return r;
	if (image->layer_count == 0)
		return error_set(err, PLIM_EUSAGE, "an image without layers cannot be a base: approve 'scratch' by name");
	for (size_t i = 0; i < image->layer_count; i++)
		if (ids[i].algorithm == DIGEST_NONE)
			return error_set(err, PLIM_ELIMIT, "layer %zu could not be read to its end", i);
	*out = (struct generation){
		.date = adding->date, .until = adding->until, .reference = arena_dup(adding->arena, image->reference), .platform = platform_of(image, adding->arena),
		.diff_ids = ids, .n = image->layer_count,
	};
	bool kept = out->platform.p && (out->reference.p || image->reference.p == NULL);
	return kept ? 0 : error_nomem(err);
}

static int
add_image(struct analysis *analysis, size_t at, struct adding *adding, struct plim_error *err)
{
	struct generation *new = &adding->file.generations[adding->file.n];
	int r = generation_of(analysis, image_set_image(analysis_set(analysis), at), adding, new, err);
	if (r < 0 || is_listed(&adding->file, new))
		return r;
	if ((r = packages_of(analysis, at, adding, new, err)) < 0)
		return r;
	succeed(adding, new);
	adding->file.n++;
	return 0;
}

static int
add_images(struct analysis *analysis, struct adding *adding, struct plim_error *err)
{
	const struct image_set *set = analysis_set(analysis);
	size_t count = set ? image_set_count(set) : 0;
	if (count == 0)
		return error_set(err, PLIM_EUSAGE, "a base is an image with layers, not a tree");
	struct generation *all = arena_make_array(adding->arena, adding->file.n + count, struct generation);
	if (all == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < adding->file.n; i++)
		all[i] = adding->file.generations[i];
	adding->had = adding->file.n;
	adding->file.generations = all;
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_image(analysis, i, adding, err);
	return r;
}

static int
add_target(struct adding *adding, const char *target, struct plim_error *err)
{
	const struct judge_order order = { .target = slice_of(target), .statement = SLICE(PACKAGES_SQL) };
	AUTO(analysis) struct analysis *analysis = NULL;
	struct wishes wishes = { 0 };
	int r = judging_begin(adding->run, &order, adding->judge, err);
	if (r == 0)
		r = read_target(adding->options, target, adding->run, &analysis, err);
	if (r == 0)
		r = judging_ready(adding->run, adding->judge, &wishes, NULL, err);
	return r < 0 ? r : add_images(analysis, adding, err);
}

/* bases/NAME.json is the first file of its folder; what is wrong beyond that the file's own making tells. */
static int
make_folder(const char *file, struct plim_error *err)
{
	struct slice folder = path_dir(slice_of(file));
	AUTO(free) char *name = folder.n ? slice_dup(folder) : NULL;
	if (folder.n && name == NULL)
		return error_nomem(err);
	if (name)
		(void)mkdir(name, 0777);
	return 0;
}

static int
write_added(struct adding *adding, FILE *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	AUTO(strbuf) struct strbuf said = { 0 };
	base_file_write(&adding->file, &bytes);
	if (bytes.failed)
		return error_nomem(err);
	int r = make_folder(adding->options->file, err);
	if (r == 0 && adding->file.n > adding->had)
		r = atomic_write(adding->options->file, 0644, strbuf_slice(&bytes), err);
	if (r < 0)
		return r;
	if (adding->file.n == adding->had)
		strbuf_puts(&said, "these layers are listed already\n");
	for (size_t i = adding->had; i < adding->file.n; i++)
		put_generation(&said, &adding->file.generations[i]);
	return output_text(&said, into, err);
}

int
plim_base_add(const struct plim_base_options *options, const char *target, FILE *into, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(process) struct process judge = { .channel = -1 };
	struct adding adding = { .options = options, .arena = arena, .judge = &judge };
	if (arena == NULL)
		return error_nomem(err);
	int r = take_days(&adding, err);
	if (r < 0 || (r = file_begin(&adding, err)) < 0 || (r = run_start(options->run, &run, err)) < 0)
		return r;
	adding.run = run;
	if ((r = add_target(&adding, target, err)) < 0)
		return analysis_error(err, r, target);
	watching_end(&run->watching);
	return write_added(&adding, into, err);
}

/* list */

int
plim_base_list(const char *path, FILE *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf text = { 0 };
	struct base_file file;
	if (arena == NULL)
		return error_nomem(err);
	int r = base_file_load(path, arena, &file, err);
	if (r < 0)
		return r;
	strbuf_put_printable(&text, file.name);
	strbuf_putc(&text, '\n');
	for (size_t i = 0; i < file.n; i++) {
		strbuf_puts(&text, "  ");
		put_generation(&text, &file.generations[i]);
	}
	return output_text(&text, into, err);
}

/* check */

static int
check_image(const struct analysis *analysis, const struct image *image, const struct base_file *file, struct arena *arena, struct strbuf *text,
            int *matched, struct plim_error *err)
{
	struct digest *ids;
	int r = diff_ids_of(analysis, image, arena, &ids, err);
	if (r < 0)
		return r;
	const struct generation *g = base_file_match(file, ids, image->layer_count);
	strbuf_put_printable(text, image->reference);
	strbuf_puts(text, image->reference.n ? " " : "");
	platform_text(&image->platform, text);
	strbuf_puts(text, g ? ": built on " : ": begins with no generation of ");
	strbuf_put_printable(text, file->name);
	strbuf_puts(text, g ? ", generation of " : "\n");
	if (g)
		put_generation(text, g);
	*matched = *matched && g;
	return 0;
}

static int
check_images(const struct analysis *analysis, const struct base_file *file, struct arena *arena, FILE *into, int *matched, struct plim_error *err)
{
	const struct image_set *set = analysis_set(analysis);
	AUTO(strbuf) struct strbuf text = { 0 };
	if (set == NULL)
		return error_set(err, PLIM_EUSAGE, "a tree has no layers to begin with a base");
	*matched = 1;
	for (size_t i = 0; i < image_set_count(set); i++) {
		int r = check_image(analysis, image_set_image(set, i), file, arena, &text, matched, err);
		if (r < 0)
			return r;
	}
	return output_text(&text, into, err);
}

int
plim_base_check(const struct plim_base_options *options, const char *target, FILE *into, int *matched, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(analysis) struct analysis *analysis = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct base_file file;
	if (arena == NULL)
		return error_nomem(err);
	int r = base_file_load(options->file, arena, &file, err);
	if (r < 0)
		return r;
	if ((r = run_start(options->run, &run, err)) < 0)
		return r;
	r = read_target(options, target, run, &analysis, err);
	watching_end(&run->watching);
	if (r < 0 || (r = check_images(analysis, &file, arena, into, matched, err)) < 0)
		return analysis_error(err, r, target);
	return 0;
}
