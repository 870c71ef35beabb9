/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of the gate in one process, where valgrind and a clock can follow:
 *
 *   drive layer FILE          inflate, walk the tar, run the catalogers, finish the block; the digest of the whole is left out,
 *                             for under valgrind it would be most of the count
 *   drive squash FILE...      squash the layers and resolve packages
 *   drive match DB COUNT FILE...    open the database and match the first COUNT packages of the layers
 *   drive confine             begin processes that confine themselves as a layer's worker does, and nothing else
 *
 * What each counts is one function, measured_..., which bench/counts.sh names to callgrind; what prepares it is not counted.
 */
#include "advisory/database.h"
#include "advisory/match.h"
#include "base/error.h"
#include "base/limits.h"
#include "catalog/cataloger.h"
#include "catalog/inventory.h"
#include "codec/inflate.h"
#include "process/sandbox.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LAYERS 128
#define ROUNDS 21

struct layers {
	struct block *blocks[LAYERS];
	char *bytes[LAYERS];
	size_t n;
};

static void
auto_layers(struct layers *layers)
{
	for (size_t i = 0; i < layers->n; i++) {
		block_close(layers->blocks[i]);
		free(layers->bytes[i]);
	}
}

static int
open_stored(const char *path, int fd, struct stream **out, struct plim_error *err)
{
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_set(err, PLIM_ENOTFOUND, "%s cannot be opened", path);
	return stream_of_file(fd, 0, (uint64_t)status.st_size, out, err);
}

static int
collect(struct stream *plain, struct block_builder *builder, struct plim_error *err)
{
	struct collector collector;
	int r = catalogers_collector(false, &collector, err);
	if (r < 0)
		return r;
	r = collect_tar(plain, &collector, builder, err);
	catalogers_collector_done(&collector);
	return r < 0 ? r : stream_drain(plain, err);
}

static __attribute__((noinline)) int
measured_layer(struct stream **stored, char **out, size_t *out_size, struct plim_error *err)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(stream) struct stream *plain = NULL;
	int r = block_builder_new(&builder, err);
	if (r < 0 || (r = inflate_open_any(*stored, LIMIT_LAYER_BYTES, &plain, err)) < 0)
		return r;
	ptr_take(stored);
	r = collect(plain, builder, err);
	return r < 0 ? r : block_finish(builder, out, out_size, err);
}

static int
read_layer(const char *path, struct layers *into, struct plim_error *err)
{
	AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO(stream) struct stream *stored = NULL;
	size_t size, at = into->n;
	int r = open_stored(path, fd, &stored, err);
	if (r == 0)
		r = measured_layer(&stored, &into->bytes[at], &size, err);
	if (r == 0)
		r = block_open((struct slice){ into->bytes[at], size }, &into->blocks[at], err);
	into->n += r == 0;
	return error_wrap(err, r, "%s", path);
}

static int
read_layers(char **paths, struct layers *into, struct plim_error *err)
{
	for (; *paths; paths++) {
		int r = into->n == LAYERS ? error_set(err, PLIM_ELIMIT, "more than %d layers", LAYERS) : read_layer(*paths, into, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static __attribute__((noinline)) int
measured_squash(const struct layers *layers, struct inventory **out, struct plim_error *err)
{
	return inventory_new(NULL, (const struct block *const *)layers->blocks, layers->n, NULL, out, err);
}

static __attribute__((noinline)) int
measured_match(const char *path, const struct inventory *inventory, size_t count, size_t *found, struct plim_error *err)
{
	AUTO(database) struct database *database = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct matches matches;
	int r = arena ? database_open(path, &database, err) : error_nomem(err);
	if (r < 0)
		return r;
	r = match_packages(database, &inventory->os, inventory->packages, count, arena, NULL, &matches, err);
	*found = matches.n;
	return r;
}

/* Of this process: what else runs on the machine is not counted. */
static double
milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static int
drive_layer(char **words, struct plim_error *err)
{
	AUTO(layers) struct layers layers = { 0 };
	int r = read_layers(words, &layers, err);
	for (size_t i = 0; r == 0 && i < layers.n; i++)
		printf("%u entries, %u rows\n", block_entry_count(layers.blocks[i]), block_row_count(layers.blocks[i]));
	return r;
}

static int
drive_squash(char **words, struct plim_error *err)
{
	AUTO(layers) struct layers layers = { 0 };
	AUTO(inventory) struct inventory *inventory = NULL;
	int r = read_layers(words, &layers, err);
	if (r < 0 || (r = measured_squash(&layers, &inventory, err)) < 0)
		return r;
	printf("%zu nodes, %zu packages\n", inventory->node_count, inventory->package_count);
	return 0;
}

/* ONE_ROUND is for callgrind.  The first rounds warm the pages of the file: the median leaves them out. */
static int
match_rounds(const char *path, const struct inventory *inventory, size_t count, struct plim_error *err)
{
	double times[ROUNDS];
	size_t found = 0, rounds = getenv("ONE_ROUND") ? 1 : ROUNDS;
	for (size_t i = 0; i < rounds; i++) {
		double begin = milliseconds();
		int r = measured_match(path, inventory, count, &found, err);
		if (r < 0)
			return r;
		times[i] = milliseconds() - begin;
	}
	qsort(times, rounds, sizeof *times, ascending);
	printf("%zu packages, %zu matches, open and match %.3f ms of CPU\n", count, found, times[rounds / 2]);
	return 0;
}

static int
drive_match(char **words, struct plim_error *err)
{
	AUTO(layers) struct layers layers = { 0 };
	AUTO(inventory) struct inventory *inventory = NULL;
	int r = read_layers(words + 2, &layers, err);
	if (r < 0 || (r = measured_squash(&layers, &inventory, err)) < 0)
		return r;
	size_t count = strtoul(words[1], NULL, 10);
	return match_rounds(words[0], inventory, count < inventory->package_count ? count : inventory->package_count, err);
}

static int
confine_child(int out)
{
	double begin = milliseconds();
	if (sandbox_enter(CONFINED_WORKER, -1, NULL) < 0)
		return 1;
	double took = milliseconds() - begin;
	return write(out, &took, sizeof took) != sizeof took;
}

static int
drive_confine(char **words, struct plim_error *err)
{
	double times[ROUNDS];
	int ends[2], status;
	(void)words;
	if (pipe(ends) < 0)
		return error_set(err, PLIM_ESYSTEM, "no pipe");
	for (size_t i = 0; i < ROUNDS; i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(confine_child(ends[1]));
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 || read(ends[0], &times[i], sizeof *times) != sizeof *times)
			return error_set(err, PLIM_ESYSTEM, "a process could not confine itself");
	}
	qsort(times, ROUNDS, sizeof *times, ascending);
	printf("confinement %.3f ms of CPU\n", times[ROUNDS / 2]);
	return 0;
}

static const struct {
	const char *name;
	int words;    /* at least */
	int (*drive)(char **words, struct plim_error *err);
} parts[] = { { "layer", 1, drive_layer }, { "squash", 1, drive_squash }, { "match", 3, drive_match }, { "confine", 0, drive_confine } };

int
main(int argc, char **argv)
{
	struct plim_error err = { 0 };
	for (size_t i = 0; argc > 1 && i < sizeof parts / sizeof *parts; i++) {
		if (strcmp(argv[1], parts[i].name) != 0 || argc - 2 < parts[i].words)
			continue;
		if (parts[i].drive(argv + 2, &err) == 0)
			return 0;
		fprintf(stderr, "drive: %s\n", err.text);
		return 1;
	}
	fprintf(stderr, "usage: drive layer FILE | squash FILE... | match DB COUNT FILE... | confine\n");
	return 3;
}
