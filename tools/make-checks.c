/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-checks OUTPUT FILE... [-- POLICY...]: the catalogue of checks, sorted; as constant C, so that nothing of it is left to be read when a check runs, or,
 * where OUTPUT ends in .scd, as the manual's page, which tells of each what the built-in policies have it for.
 */
#include "base/error.h"
#include "base/file.h"
#include "base/vec.h"
#include "checks-page.h"
#include "policy/check.h"

#include <fcntl.h>
#include <stdio.h>

struct checks {
	struct arena *arena;
	VEC(struct check) list;
};

static int
take_file(struct checks *checks, const char *path, struct plim_error *err)
{
	const struct check *found;
	size_t n, size;
	AUTO(free) char *text = NULL;
	int r = file_read(AT_FDCWD, path, UINT32_MAX, &text, &size, err);
	if (r < 0 || (r = check_parse(slice_of(path), (struct slice){ text, size }, checks->arena, &found, &n, err)) < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		struct check *kept = vec_push(&checks->list);
		if (kept == NULL)
			return error_nomem(err);
		*kept = found[i];
	}
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	return slice_cmp(((const struct check *)a)->id, ((const struct check *)b)->id);
}

static int
sort_checks(struct checks *checks, struct plim_error *err)
{
	qsort(checks->list.at, checks->list.n, sizeof *checks->list.at, by_id);
	for (size_t i = 1; i < checks->list.n; i++)
		if (slice_eq(checks->list.at[i - 1].id, checks->list.at[i].id))
			return error_set(err, PLIM_EPOLICY, "check '%.*s' is there twice", SLICE_ARG(checks->list.at[i].id));
	return 0;
}

static void
put_text(FILE *out, struct slice text)
{
	if (text.p == NULL) {
		fputs("{ 0, 0 }", out);
		return;
	}
	fputs("{ \"", out);
	for (size_t i = 0; i < text.n; i++)
		fprintf(out, strchr("\"\\?", text.p[i]) || text.p[i] < ' ' || text.p[i] > '~' ? "\\%03o" : "%c", (unsigned char)text.p[i]);
	fprintf(out, "\", %zu }", text.n);
}

static void
put_lists(FILE *out, const struct check *check, size_t at)
{
	fprintf(out, "static const struct check_need needs_%zu[] = { ", at);
	for (size_t i = 0; i < check->need_count; i++) {
		fputs("{ ", out);
		put_text(out, check->needs[i].path);
		fprintf(out, ", (enum need)%d }, ", (int)check->needs[i].need);
	}
	fprintf(out, "{ { 0, 0 }, NEED_ANSWER } };\nstatic const struct slice references_%zu[] = { ", at);
	for (size_t i = 0; i < check->reference_count; i++) {
		put_text(out, check->references[i]);
		fputs(", ", out);
	}
	fprintf(out, "{ 0, 0 } };\nstatic const struct fact_parameter parameters_%zu[] = { ", at);
	for (size_t i = 0; i < check->parameters.n; i++) {
		fputs("{ ", out);
		put_text(out, check->parameters.at[i].name);
		fputs(", ", out);
		put_text(out, check->parameters.at[i].value);
		fprintf(out, ", %s }, ", check->parameters.at[i].list ? "true" : "false");
	}
	fputs("{ { 0, 0 }, { 0, 0 }, false } };\n", out);
}

static void
put_mend(FILE *out, const struct check *check, size_t at)
{
	fprintf(out, "static const struct mend_step mend_%zu[] = { ", at);
	for (size_t i = 0; i < check->mend.n; i++) {
		const struct mend_step *step = &check->mend.at[i];
		fprintf(out, "{ (enum mend_verb)%d, { ", (int)step->verb);
		for (size_t k = 0; k < step->n; k++) {
			put_text(out, step->words[k]);
			fputs(", ", out);
		}
		fprintf(out, "}, %zu }, ", step->n);
	}
	fputs("{ 0 } };\n", out);
}

static void
put_member(FILE *out, const char *name, struct slice text)
{
	fprintf(out, "\t\t.%s = ", name);
	put_text(out, text);
	fputs(",\n", out);
}

static void
put_check(FILE *out, const struct check *check, size_t at)
{
	fputs("\t{\n", out);
	put_member(out, "id", check->id);
	put_member(out, "title", check->title);
	put_member(out, "control", check->control);
	put_member(out, "rationale", check->rationale);
	put_member(out, "applies", check->applies);
	put_member(out, "not_applicable", check->not_applicable);
	put_member(out, "query", check->query);
	put_member(out, "fix", check->fix);
	fprintf(out, "\t\t.mend = { mend_%zu, %zu },\n", at, check->mend.n);
	fprintf(out, "\t\t.parameters = { parameters_%zu, %zu }, .scope = (enum check_scope)%d,\n", at, check->parameters.n, (int)check->scope);
	fprintf(out, "\t\t.severity = (enum severity)%d,\n", (int)check->severity);
	fprintf(out, "\t\t.needs = needs_%zu, .need_count = %zu,\n", at, check->need_count);
	fprintf(out, "\t\t.references = references_%zu, .reference_count = %zu,\n\t},\n", at, check->reference_count);
}

static void
put_catalogue(FILE *out, const struct check *at, size_t n)
{
	fputs("#include \"policy/check.h\"\n", out);
	for (size_t i = 0; i < n; i++) {
		put_lists(out, &at[i], i);
		put_mend(out, &at[i], i);
	}
	fputs("static const struct check checks[] = {\n", out);
	for (size_t i = 0; i < n; i++)
		put_check(out, &at[i], i);
	fprintf(out, "};\nconst struct catalogue check_catalogue = { checks, %zu };\n", n);
}

static int
write_output(const struct checks *checks, const struct profiles *profiles, const char *path, struct plim_error *err)
{
	FILE *out = fopen(path, "wb");
	if (out == NULL)
		return error_set(err, PLIM_ESYSTEM, "%s cannot be written", path);
	if (slice_ends(slice_of(path), SLICE(".scd")))
		checks_page(out, checks->list.at, checks->list.n, profiles);
	else
		put_catalogue(out, checks->list.at, checks->list.n);
	return fclose(out) == 0 ? 0 : error_set(err, PLIM_ESYSTEM, "%s cannot be written", path);
}

static int
take_all(struct checks *checks, struct profiles *profiles, char **paths, struct plim_error *err)
{
	int r = 0;
	for (; r == 0 && *paths && strcmp(*paths, "--") != 0; paths++)
		r = take_file(checks, *paths, err);
	for (paths += *paths != NULL; r == 0 && *paths; paths++)
		r = profiles_read(profiles, *paths, err);
	return r;
}

int
main(int argc, char **argv)
{
	struct plim_error err = { 0 };
	struct checks checks = { .arena = arena_new(0) };
	struct profiles profiles = { .arena = checks.arena };
	int r = argc < 3 || checks.arena == NULL ? error_set(&err, PLIM_EUSAGE, "make-checks OUTPUT FILE... [-- POLICY...]") : 0;
	if (r == 0 && (r = take_all(&checks, &profiles, argv + 2, &err)) == 0 && (r = sort_checks(&checks, &err)) == 0)
		r = write_output(&checks, &profiles, argv[1], &err);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	vec_done(&checks.list);
	vec_done(&profiles.list);
	arena_free(checks.arena);
	return r < 0;
}
