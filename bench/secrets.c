/* SPDX-License-Identifier: Apache-2.0 */
/* How fast secrets are searched: secrets DIR [ROUNDS] reads the text files up to 1 MiB below it into memory and searches them, one core. */
#include "catalog/secret/find.h"

#include "codec/literals.h"
#include "base/vec.h"

#include <fts.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

struct text {
	char *path;
	struct slice body;
};

struct corpus {
	VEC(struct text) texts;
	size_t bytes, found;
};

static bool
text_read(const char *path, size_t size, struct slice *out)
{
	char *body = malloc(size + 1);
	FILE *file = fopen(path, "re");
	size_t n = file && body ? fread(body, 1, size, file) : 0;
	if (file)
		fclose(file);
	*out = (struct slice){ body, n };
	bool text = n && memchr(body, 0, n < 4096 ? n : 4096) == NULL;
	if (!text)
		free(body);
	return text;
}

static void
corpus_read(struct corpus *corpus, char *directory)
{
	FTS *walk = fts_open((char *[]){ directory, NULL }, FTS_PHYSICAL, NULL);
	for (FTSENT *e; walk && (e = fts_read(walk));) {
		struct slice body;
		if (e->fts_info != FTS_F || e->fts_statp->st_size > 1 << 20 || !text_read(e->fts_accpath, (size_t)e->fts_statp->st_size, &body))
			continue;
		struct text *text = vec_push(&corpus->texts);
		*text = (struct text){ strdup(e->fts_path), body };
		corpus->bytes += body.n;
	}
	fts_close(walk);
}

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
count_literal(void *context, size_t literal, size_t offset)
{
	(void)literal, (void)offset;
	++*(size_t *)context;
	return 0;
}

static int
count_match(void *context, const struct secret_match *match, struct plim_error *err)
{
	(void)match, (void)err;
	++*(size_t *)context;
	return 0;
}

static void
tell(struct corpus *corpus, const char *what, double seconds, size_t rounds, size_t found)
{
	printf("%-22s %8.0f MB/s  %zu found\n", what, (double)corpus->bytes * (double)rounds / seconds / 1e6, found / rounds);
}

static void
literals_run(struct corpus *corpus, enum literals_width width, const char *name, size_t rounds)
{
	struct literal all[512];
	size_t n = 0, found = 0;
	struct literals *literals;
	for (size_t i = 0; i < secret_rule_count; i++)
		for (struct slice rest = slice_of(secret_rules[i].literals), text; slice_next(&rest, '|', &text) && n < 512;)
			all[n++] = (struct literal){ text, slice_starts(slice_of(secret_rules[i].pattern), SLICE("(?i)")) };
	if (literals_new(all, n, &literals, NULL) < 0)
		exit(1);
	double begun = now();
	for (size_t i = 0; i < rounds; i++)
		vec_each (&corpus->texts, text)
			literals_scan_width(literals, width, text->body, count_literal, &found);
	tell(corpus, name, now() - begun, rounds, found);
	literals_free(literals);
}

static void
find_run(struct corpus *corpus, size_t rounds)
{
	struct secret_finder *finder;
	struct plim_error err = { 0 };
	size_t found = 0;
	double begun = now();
	if (secret_finder_new(&finder, &err) < 0)
		exit(1);
	printf("%-22s %8.3f ms\n", "making ready", (now() - begun) * 1000);
	begun = now();
	for (size_t i = 0; i < rounds; i++)
		vec_each (&corpus->texts, text) {
			struct secret_places places = secret_places_of_file(slice_of(text->path + 1), true);
			if (secret_find(finder, text->body, 0, text->body.n, &places, count_match, &found, &err) < 0)
				fprintf(stderr, "%s: %s\n", text->path, err.text);
		}
	tell(corpus, "secrets", now() - begun, rounds, found);
	secret_finder_free(finder);
}

int
main(int argc, char **argv)
{
	struct corpus corpus = { 0 };
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 5;
	if (argc < 2)
		return 3;
	corpus_read(&corpus, argv[1]);
	printf("%-22s %8.1f MB in %zu text files\n", argv[1], (double)corpus.bytes / 1e6, corpus.texts.n);
	literals_run(&corpus, LITERALS_1, "literals, plain C", rounds);
	literals_run(&corpus, LITERALS_16, "literals, 16 bytes", rounds);
	literals_run(&corpus, LITERALS_32, "literals, 32 bytes", rounds);
	find_run(&corpus, rounds);
	return 0;
}
