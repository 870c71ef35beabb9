/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls fetcher.h by command line, for tests/cli/fetcher.sh: fetch-driver [OPTION...] COMMAND ARGUMENT... [-- COMMAND ARGUMENT...]
 * Every command is one call, and all are asked of one fetcher.  What a document is goes to standard output, in one line; its bytes to the
 * file --into names.
 */
#include "base/error.h"
#include "base/limits.h"
#include "net/fetcher.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>

struct driver {
	struct fetcher *fetcher;
	struct arena *arena;
	const char *into;
	struct plim_error err;
};

struct verb {
	const char *name;
	int arguments;
	int (*run)(struct driver *driver, char **argv);
};

static struct digest
digest_from(const char *text)
{
	struct digest digest = { 0 };
	if (*text && !digest_parse(slice_of(text), &digest)) {
		fprintf(stderr, "fetch-driver: '%s' is no digest\n", text);
		exit(64);
	}
	return digest;
}

static struct slice
optional(const char *text)
{
	return *text ? slice_of(text) : SLICE_NONE;
}

static int
copy(int from, FILE *into, uint64_t *count)
{
	char bytes[65536];
	for (ssize_t got; (got = read(from, bytes, sizeof bytes)) != 0;) {
		if (got < 0)
			return -1;
		*count += (uint64_t)got;
		if (into)
			fwrite(bytes, 1, (size_t)got, into);
	}
	return 0;
}

static int
show(struct driver *driver, struct fetched *fetched)
{
	char digest[DIGEST_TEXT_SIZE];
	uint64_t count = 0;
	printf("%s %ju %.*s %.*s %.*s\n", digest_text(&fetched->digest, digest), (uintmax_t)fetched->size, SLICE_ARG(fetched->media_type.p ? fetched->media_type : SLICE("-")),
	       SLICE_ARG(fetched->repository.p ? fetched->repository : SLICE("-")), SLICE_ARG(fetched->tag.p ? fetched->tag : SLICE("-")));
	if (driver->into) {
		FILE *file = fopen(driver->into, "w");
		if (file)
			copy(fetched->fd, file, &count);
		if (file)
			fclose(file);
	}
	auto_fetched(fetched);
	return 0;
}

static int
do_resolve(struct driver *d, char **argv)
{
	struct fetched fetched;
	int r = fetcher_resolve(d->fetcher, slice_of(argv[0]), d->arena, &fetched, &d->err);
	return r < 0 ? r : show(d, &fetched);
}

static int
do_tag(struct driver *d, char **argv)
{
	struct fetched fetched;
	int r = fetcher_tag(d->fetcher, slice_of(argv[0]), slice_of(argv[1]), d->arena, &fetched, &d->err);
	return r < 0 ? r : show(d, &fetched);
}

static int
document(struct driver *d, char **argv, enum fetched_kind kind)
{
	struct fetched fetched;
	struct digest digest = digest_from(argv[1]);
	int r = fetcher_document(d->fetcher, slice_of(argv[0]), kind, &digest, d->arena, &fetched, &d->err);
	return r < 0 ? r : show(d, &fetched);
}

static int
do_manifest(struct driver *d, char **argv)
{
	return document(d, argv, FETCHED_MANIFEST);
}

static int
do_blob(struct driver *d, char **argv)
{
	return document(d, argv, FETCHED_BLOB);
}

static int
do_referrers(struct driver *d, char **argv)
{
	struct fetched fetched;
	struct digest digest = digest_from(argv[1]);
	bool api = false;
	int r = fetcher_referrers(d->fetcher, slice_of(argv[0]), &digest, optional(argv[2]), d->arena, &fetched, &api, &d->err);
	if (r < 0)
		return r;
	printf("%s ", api ? "api" : "tag");
	return show(d, &fetched);
}

static int
do_address(struct driver *d, char **argv)
{
	struct fetched fetched;
	int r = fetcher_address(d->fetcher, slice_of(argv[0]), d->arena, &fetched, &d->err);
	return r < 0 ? r : show(d, &fetched);
}

/* REPOSITORY DIGEST SIZE: the bytes to --into. */
static int
do_stream(struct driver *d, char **argv)
{
	struct digest digest = digest_from(argv[1]);
	AUTO(fd) int pipe = -1;
	uint32_t number;
	uint64_t count = 0;
	int r = fetcher_stream(d->fetcher, slice_of(argv[0]), &digest, strtoull(argv[2], NULL, 10), &pipe, &number, &d->err);
	if (r < 0)
		return r;
	FILE *file = d->into ? fopen(d->into, "w") : NULL;
	copy(pipe, file, &count);
	if (file)
		fclose(file);
	printf("%ju bytes\n", (uintmax_t)count);
	return fetcher_why(d->fetcher, number, &d->err);
}

struct one {
	int pipe;
	uint32_t number;
	uint64_t count;
	struct hasher *hasher;
};

static bool
read_some(struct one *one)
{
	char bytes[65536];
	ssize_t got = read(one->pipe, bytes, sizeof bytes);
	if (got <= 0)
		return false;
	one->count += (uint64_t)got;
	hasher_add(one->hasher, (struct slice){ bytes, (size_t)got });
	return true;
}

/* REPOSITORY COUNT DIGEST SIZE: COUNT streams of one blob at once, read in turn as they come; the first waits until all others are done. */
static int
do_many(struct driver *d, char **argv)
{
	struct digest digest = digest_from(argv[2]);
	size_t n = strtoull(argv[1], NULL, 10), good = 0;
	struct one *all = calloc(n, sizeof *all);
	int r = 0;
	for (size_t i = 0; all && r == 0 && i < n; i++) {
		all[i].hasher = hasher_new(DIGEST_SHA256);
		r = fetcher_stream(d->fetcher, slice_of(argv[0]), &digest, strtoull(argv[3], NULL, 10), &all[i].pipe, &all[i].number, &d->err);
	}
	for (size_t i = n; r == 0 && i-- > 0;) {
		while (read_some(&all[i]))
			;
		struct digest have = hasher_end(all[i].hasher);
		good += digest_eq(&have, &digest);
		close(all[i].pipe);
		hasher_free(all[i].hasher);
		r = fetcher_why(d->fetcher, all[i].number, &d->err);
	}
	free(all);
	printf("%zu good\n", good);
	return r;
}

/* REPOSITORY DIGEST SIZE FILE ("-": standard input) */
static int
do_push(struct driver *d, char **argv)
{
	struct digest digest = digest_from(argv[1]);
	AUTO(fd) int from = strcmp(argv[3], "-") == 0 ? dup(0) : open(argv[3], O_RDONLY | O_CLOEXEC);
	return fetcher_push_blob(d->fetcher, slice_of(argv[0]), &digest, strtoull(argv[2], NULL, 10), from, &d->err);
}

/* FROM TO DIGEST SIZE: one stream into one upload, both of this fetcher. */
static int
do_copy(struct driver *d, char **argv)
{
	struct digest digest = digest_from(argv[2]);
	AUTO(fd) int pipe = -1;
	uint32_t number;
	uint64_t size = strtoull(argv[3], NULL, 10);
	int r = fetcher_stream(d->fetcher, slice_of(argv[0]), &digest, size, &pipe, &number, &d->err);
	if (r == 0)
		r = fetcher_push_blob(d->fetcher, slice_of(argv[1]), &digest, size, pipe, &d->err);
	/* Where the stream broke off, the upload knows only that it did. */
	int why = fetcher_why(d->fetcher, number, &d->err);
	return why < 0 ? why : r;
}

static int
do_mount(struct driver *d, char **argv)
{
	struct digest digest = digest_from(argv[1]);
	bool mounted = false;
	int r = fetcher_mount_blob(d->fetcher, slice_of(argv[0]), &digest, slice_of(argv[2]), &mounted, &d->err);
	if (r == 0)
		printf("%s\n", mounted ? "mounted" : "not mounted");
	return r;
}

/* REPOSITORY TAG MEDIA-TYPE FILE */
static int
do_put(struct driver *d, char **argv)
{
	char bytes[65536];
	bool known = false;
	AUTO(fd) int from = open(argv[3], O_RDONLY | O_CLOEXEC);
	ssize_t n = from < 0 ? -1 : read(from, bytes, sizeof bytes);
	if (n < 0)
		return error_sys(&d->err, errno, "%s", argv[3]);
	int r = fetcher_push_manifest(d->fetcher, slice_of(argv[0]), optional(argv[1]), slice_of(argv[2]), (struct slice){ bytes, (size_t)n }, &known, &d->err);
	if (r == 0)
		printf("%s\n", known ? "subject known" : "put");
	return r;
}

static int
do_delete(struct driver *d, char **argv)
{
	struct digest digest = digest_from(argv[2]);
	return fetcher_delete(d->fetcher, slice_of(argv[0]), optional(argv[1]), &digest, &d->err);
}

/* Waits, so that something may happen meanwhile: a token runs out. */
static int
do_wait(struct driver *d, char **argv)
{
	(void)d;
	usleep((useconds_t)(strtod(argv[0], NULL) * 1e6));
	return 0;
}

static const struct verb verbs[] = {
	{ "resolve", 1, do_resolve }, { "tag", 2, do_tag }, { "manifest", 2, do_manifest }, { "blob", 2, do_blob },
	{ "referrers", 3, do_referrers }, { "address", 1, do_address }, { "stream", 3, do_stream }, { "many", 4, do_many },
	{ "push", 4, do_push }, { "copy", 4, do_copy }, { "mount", 3, do_mount }, { "put", 4, do_put }, { "delete", 3, do_delete },
	{ "wait", 1, do_wait },
};

static const struct verb *
verb_find(const char *name)
{
	for (size_t i = 0; name && i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int
failed(const struct plim_error *err)
{
	fprintf(stderr, "%s\n", err->text);
	return -err->code;
}

/* Commands apart by "--": each runs, whatever became of those before; the last one's failure is ours. */
static int
run_all(struct driver *driver, int argc, char **argv)
{
	int status = 0;
	for (int at = 0; at < argc;) {
		const struct verb *verb = verb_find(argv[at]);
		if (verb == NULL || at + verb->arguments >= argc) {
			fprintf(stderr, "fetch-driver: no such command, or arguments are missing: %s\n", argv[at]);
			return 64;
		}
		driver->err = (struct plim_error){ 0 };
		status = verb->run(driver, argv + at + 1) < 0 ? failed(&driver->err) : 0;
		fflush(stdout);
		at += 1 + verb->arguments;
		if (at < argc && strcmp(argv[at], "--") == 0)
			at++;
	}
	return status;
}

int
main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "authfile", required_argument, NULL, 'a' }, { "cert-dir", required_argument, NULL, 'c' }, { "registries-conf", required_argument, NULL, 'r' },
		{ "plain-http", required_argument, NULL, 'p' }, { "anonymous", no_argument, NULL, 'n' }, { "into", required_argument, NULL, 'i' },
		{ "limit", required_argument, NULL, 'l' }, { 0 },
	};
	const char *hosts[16] = { NULL };
	struct fetcher_options options = { .plain_http = hosts };
	struct driver driver = { .arena = arena_new(0) };
	size_t host_count = 0;
	for (int c; (c = getopt_long(argc, argv, "+", known, NULL)) != -1;) {
		if (c == 'a')
			options.auth_file = optarg;
		else if (c == 'c')
			options.certificates = optarg;
		else if (c == 'r')
			options.registries_conf = optarg;
		else if (c == 'p' && host_count < 15)
			hosts[host_count++] = optarg;
		else if (c == 'n')
			options.anonymous = true;
		else if (c == 'i')
			driver.into = optarg;
		else if (c != 'l' || limit_choose(slice_of(optarg), &driver.err) < 0)
			return 64;
	}
	int status = fetcher_start(&options, &driver.fetcher, &driver.err) < 0 ? failed(&driver.err) : run_all(&driver, argc - optind, argv + optind);
	fetcher_stop(driver.fetcher);
	arena_free(driver.arena);
	return status;
}
