/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The physical limit that a check is measured by: limit CODEC THREADS FILE...
 *
 * Inflates each file with the gate's libraries and hashes both its stored and
 * its plain bytes (bytes stored plain: once), largest file first, on THREADS
 * threads and never more.  A thread that finds no file left hashes for one
 * that is still inflating, so that one large file keeps two threads busy, as
 * the gate does.  Prints the two digests of each file in the order given, so
 * that it can be seen to have done the work.
 */
#include "limit.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGEST_BYTES 32
#define LANE_WINDOWS 3

/* Windows of one kind of bytes of one file, and their hash: added where they were made, or by a thread that has nothing else to do. */
struct lane {
	EVP_MD_CTX *hash;
	unsigned char *windows[LANE_WINDOWS];
	size_t sizes[LANE_WINDOWS];
	size_t made, hashed;       /* numbers of windows; under the lock */
	bool wanted;               /* worth a helper's time */
	bool helped;               /* a helper hashes all that are made from now on */
	bool ended;
};

struct file {
	const char *path;
	size_t size;
	int fd;
	struct lane stored, plain;
	unsigned char stored_digest[DIGEST_BYTES], plain_digest[DIGEST_BYTES];
	bool failed;
};

struct work {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	const struct unpacker *unpacker;    /* NULL: plain */
	struct file *files;
	struct file **by_size;
	size_t count, next, done;
};

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(3);
}

static void
lane_begin(struct lane *lane)
{
	*lane = (struct lane){ .hash = EVP_MD_CTX_new() };
	for (size_t i = 0; i < LANE_WINDOWS; i++)
		if ((lane->windows[i] = malloc(WINDOW_BYTES)) == NULL)
			die("memory");
	if (lane->hash == NULL || EVP_DigestInit_ex(lane->hash, EVP_sha256(), NULL) != 1)
		die("SHA-256");
}

static void
lane_end(struct lane *lane, unsigned char *digest)
{
	EVP_DigestFinal_ex(lane->hash, digest, NULL);
	EVP_MD_CTX_free(lane->hash);
	for (size_t i = 0; i < LANE_WINDOWS; i++)
		free(lane->windows[i]);
}

/* The window to fill next: of a helped lane the oldest may still be the helper's. */
static unsigned char *
lane_window(struct work *work, struct lane *lane)
{
	pthread_mutex_lock(&work->lock);
	while (lane->made - lane->hashed == LANE_WINDOWS)
		pthread_cond_wait(&work->changed, &work->lock);
	pthread_mutex_unlock(&work->lock);
	return lane->windows[lane->made % LANE_WINDOWS];
}

/* A window is full: hashed here, unless somebody helps.  One alone stays in one place, which the cache remembers. */
static void
lane_filled(struct work *work, struct lane *lane, size_t n)
{
	pthread_mutex_lock(&work->lock);
	bool helped = lane->helped;
	if (helped) {
		lane->sizes[lane->made % LANE_WINDOWS] = n;
		lane->made++;
		pthread_cond_broadcast(&work->changed);
	}
	pthread_mutex_unlock(&work->lock);
	if (!helped)
		EVP_DigestUpdate(lane->hash, lane->windows[lane->made % LANE_WINDOWS], n);
}

static void
lane_finish(struct work *work, struct lane *lane)
{
	pthread_mutex_lock(&work->lock);
	lane->wanted = false;
	lane->ended = true;
	pthread_cond_broadcast(&work->changed);
	while (lane->helped && lane->hashed < lane->made)
		pthread_cond_wait(&work->changed, &work->lock);
	pthread_mutex_unlock(&work->lock);
}

static bool
inflate_window(struct work *work, struct file *file, void *state, struct input *in)
{
	/* A full window may hide more that the decoder holds back. */
	for (ptrdiff_t n = (ptrdiff_t)WINDOW_BYTES; in->left || n == (ptrdiff_t)WINDOW_BYTES;) {
		size_t before = in->left;
		if ((n = work->unpacker->fill(state, in, lane_window(work, &file->plain))) < 0)
			return false;
		if (n > 0)
			lane_filled(work, &file->plain, (size_t)n);
		else if (in->left == before)
			break;
	}
	return in->left == 0;
}

static bool
read_windows(struct work *work, struct file *file, void *state)
{
	for (size_t at = 0; at < file->size;) {
		unsigned char *window = lane_window(work, &file->stored);
		ssize_t n = pread(file->fd, window, WINDOW_BYTES, (off_t)at);
		if (n <= 0)
			return false;
		at += (size_t)n;
		struct input in = { window, (size_t)n };
		lane_filled(work, &file->stored, (size_t)n);
		if (state && !inflate_window(work, file, state, &in))
			return false;
	}
	return true;
}

/* For a helper to see; with plain bytes there is nothing to do beside hashing. */
static void
offer(struct work *work, struct file *file)
{
	pthread_mutex_lock(&work->lock);
	file->stored.wanted = file->plain.wanted = work->unpacker != NULL;
	pthread_cond_broadcast(&work->changed);
	pthread_mutex_unlock(&work->lock);
}

static void
take_file(struct work *work, struct file *file)
{
	void *state = work->unpacker ? work->unpacker->begin() : NULL;
	file->fd = open(file->path, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0 || (work->unpacker && state == NULL))
		die(file->path);
	lane_begin(&file->stored);
	lane_begin(&file->plain);
	offer(work, file);
	file->failed = !read_windows(work, file, state);
	lane_finish(work, &file->stored);
	lane_finish(work, &file->plain);
	lane_end(&file->stored, file->stored_digest);
	lane_end(&file->plain, file->plain_digest);
	if (state)
		work->unpacker->end(state);
	close(file->fd);
}

/* Under the lock.  Plain bytes first: there are more of them. */
static struct lane *
find_lane(struct work *work)
{
	for (size_t i = 0; i < work->next; i++)
		if (work->by_size[i]->plain.wanted && !work->by_size[i]->plain.helped)
			return &work->by_size[i]->plain;
	for (size_t i = 0; i < work->next; i++)
		if (work->by_size[i]->stored.wanted && !work->by_size[i]->stored.helped)
			return &work->by_size[i]->stored;
	return NULL;
}

/* Under the lock, which it leaves to hash. */
static void
help(struct work *work, struct lane *lane)
{
	lane->helped = true;
	while (!lane->ended || lane->hashed < lane->made) {
		if (lane->hashed == lane->made) {
			pthread_cond_wait(&work->changed, &work->lock);
			continue;
		}
		size_t i = lane->hashed % LANE_WINDOWS;
		pthread_mutex_unlock(&work->lock);
		EVP_DigestUpdate(lane->hash, lane->windows[i], lane->sizes[i]);
		pthread_mutex_lock(&work->lock);
		lane->hashed++;
		pthread_cond_broadcast(&work->changed);
	}
}

static void *
run(void *context)
{
	struct work *work = context;
	pthread_mutex_lock(&work->lock);
	while (work->done < work->count) {
		struct lane *lane = work->next < work->count ? NULL : find_lane(work);
		if (work->next < work->count) {
			struct file *file = work->by_size[work->next++];
			pthread_mutex_unlock(&work->lock);
			take_file(work, file);
			pthread_mutex_lock(&work->lock);
			work->done++;
			pthread_cond_broadcast(&work->changed);
		} else if (lane) {
			help(work, lane);
		} else {
			pthread_cond_wait(&work->changed, &work->lock);
		}
	}
	pthread_mutex_unlock(&work->lock);
	return NULL;
}

static int
larger_first(const void *a, const void *b)
{
	const struct file *x = *(struct file *const *)a, *y = *(struct file *const *)b;
	return (x->size < y->size) - (x->size > y->size);
}

static void
list_files(struct work *work, char **paths)
{
	work->files = calloc(work->count, sizeof *work->files);
	work->by_size = calloc(work->count, sizeof *work->by_size);
	if (work->files == NULL || work->by_size == NULL)
		die("memory");
	for (size_t i = 0; i < work->count; i++) {
		struct stat status;
		if (stat(paths[i], &status) < 0)
			die(paths[i]);
		work->files[i] = (struct file){ .path = paths[i], .size = (size_t)status.st_size };
		work->by_size[i] = &work->files[i];
	}
	qsort(work->by_size, work->count, sizeof *work->by_size, larger_first);
}

static void
print_digest(const unsigned char *digest, char after)
{
	printf("sha256:");
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		printf("%02x", digest[i]);
	putchar(after);
}

static int
print_all(const struct work *work)
{
	int failed = 0;
	for (size_t i = 0; i < work->count; i++) {
		const struct file *file = &work->files[i];
		if (file->failed)
			fprintf(stderr, "limit: %s could not be read\n", file->path);
		failed |= file->failed;
		print_digest(file->stored_digest, ' ');
		print_digest(work->unpacker ? file->plain_digest : file->stored_digest, '\n');
	}
	return failed;
}

static const struct {
	const char *name;
	const struct unpacker *unpacker;
} codecs[] = { { "gzip", &unpack_gzip }, { "zstd", &unpack_zstd }, { "plain", NULL } };

int
main(int argc, char **argv)
{
	struct work work = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .count = (size_t)argc - 3 };
	size_t codec = 0, threads = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;
	while (argc > 3 && codec < 3 && strcmp(codecs[codec].name, argv[1]) != 0)
		codec++;
	if (threads < 1 || threads > 64 || codec == 3) {
		fprintf(stderr, "usage: limit gzip|zstd|plain THREADS FILE...\n");
		return 3;
	}
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	work.unpacker = codecs[codec].unpacker;
	list_files(&work, argv + 3);
	pthread_t others[64];
	for (size_t i = 1; i < threads; i++)
		if (pthread_create(&others[i], NULL, run, &work) != 0)
			die("a thread");
	run(&work);
	for (size_t i = 1; i < threads; i++)
		pthread_join(others[i], NULL);
	int failed = print_all(&work);
	free(work.by_size);
	free(work.files);
	return failed;
}
