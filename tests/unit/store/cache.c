/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks that are kept: found as they were, never believed when damaged, shared by processes that are killed. */
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "store/cache.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char place[] = "/tmp/plimsoll-cache-XXXXXX";

static struct cache *
start(void)
{
	struct cache *cache = NULL;
	struct plim_error err = { 0 };
	assert_int_equal(cache_open(&cache, &err), 0);
	return cache;
}

static void
keep(struct cache *cache, const char *layer, const char *options, const char *block)
{
	struct cache_layer of = { digest_of(slice_of(layer)), strlen(layer), digest_of(slice_of(block)) };
	cache_keep(cache, &of, slice_of(options), slice_of(block));
}

/* The block, "none", or what is wrong with it; borrowed until the next. */
static const char *
found(struct cache *cache, const char *layer, const char *options)
{
	static char text[4096];
	struct cache_entry entry;
	struct digest stored = digest_of(slice_of(layer));
	if (!cache_find(cache, &stored, slice_of(options), &entry))
		return "none";
	AUTO(fd) int fd = entry.fd;
	text[0] = '\0';
	if (entry.length >= sizeof text || pread(fd, text, entry.length, 0) != (ssize_t)entry.length)
		return "cut off";
	text[entry.length] = '\0';
	struct digest plain = digest_of(slice_of(text));
	if (entry.layer.size != strlen(layer))
		return "another's size";
	return digest_eq(&plain, &entry.layer.plain) ? text : "another's plain digest";
}

/* Paths of all files below the cache, in no order; `nth` of them, its size and how many there are. */
static struct {
	size_t n;
	char path[64][256];
} files;

static int
note_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_F && files.n < 64)
		snprintf(files.path[files.n++], 256, "%s", path);
	return 0;
}

static size_t
list_files(void)
{
	files.n = 0;
	nftw("plimsoll", note_file, 8, FTW_PHYS);
	return files.n;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int
enter(void **state)
{
	(void)state;
	strcpy(place + sizeof place - 7, "XXXXXX");
	if (mkdtemp(place) == NULL || chdir(place) < 0)
		return -1;
	return setenv("XDG_CACHE_HOME", place, 1);
}

static int
leave(void **state)
{
	(void)state;
	return chdir("/") + nftw(place, remove_one, 8, FTW_PHYS | FTW_DEPTH);
}

static void
what_is_kept_is_found(void **state)
{
	(void)state;
	AUTO(cache) struct cache *cache = start();
	AUTO(strbuf) struct strbuf told = { 0 };
	keep(cache, "one", "", "block of one");
	keep(cache, "one", "BODY_BYTES=1", "block of one, cut");
	keep(cache, "two", "", "");
	static const char *const asked[][2] = { { "one", "" }, { "one", "BODY_BYTES=1" }, { "one", "BODY_BYTES=2" }, { "two", "" }, { "three", "" } };
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		strbuf_printf(&told, "[%s]", found(cache, asked[i][0], asked[i][1]));
	assert_string_equal(told.p, "[block of one][block of one, cut][none][][none]");
	keep(cache, "one", "", "another block of one");
	assert_string_equal(found(cache, "one", ""), "another block of one");
	assert_int_equal(list_files(), 3);
}

static void
it_is_private(void **state)
{
	(void)state;
	struct stat st;
	umask(0);
	AUTO(cache) struct cache *cache = start();
	keep(cache, "one", "", "block");
	assert_int_equal(list_files(), 1);
	stat(files.path[0], &st);
	assert_int_equal(st.st_mode & 07777, 0600);
	*strrchr(files.path[0], '/') = '\0';
	stat(files.path[0], &st);
	assert_int_equal(st.st_mode & 07777, 0700);
	stat("plimsoll/layers", &st);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void
write_file(const char *path, struct slice bytes)
{
	AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
}

/* Every byte of an entry changed, every length that is not its own; what is not believed is removed. */
static void
damage_is_found_wherever_it_is(void **state)
{
	(void)state;
	AUTO(cache) struct cache *cache = start();
	char good[1024];
	keep(cache, "one", "", "a block of no great length");
	assert_int_equal(list_files(), 1);
	AUTO(fd) int fd = open(files.path[0], O_RDONLY | O_CLOEXEC);
	size_t n = (size_t)read(fd, good, sizeof good - 1);
	for (size_t i = 0; i < n; i++) {
		char was = good[i];
		good[i] ^= (char)(1 << i % 8);
		write_file(files.path[0], (struct slice){ good, n });
		good[i] = was;
		assert_string_equal(found(cache, "one", ""), "none");
		assert_int_equal(access(files.path[0], F_OK), -1);
	}
	for (size_t i = 0; i <= n + 1; i++) {
		write_file(files.path[0], (struct slice){ good, i });
		assert_string_equal(found(cache, "one", ""), i == n ? "a block of no great length" : "none");
	}
}

static void
what_is_no_entry_is_no_harm(void **state)
{
	(void)state;
	AUTO(cache) struct cache *cache = start();
	char other[256];
	keep(cache, "one", "", "block of one");
	list_files();
	strcpy(other, files.path[0]);
	keep(cache, "two", "", "block of two");
	list_files();
	const char *one = other, *two = files.path[strcmp(files.path[0], other) == 0];
	/* Another layer's entry under its name. */
	unlink(one);
	assert_int_equal(link(two, one), 0);
	assert_string_equal(found(cache, "one", ""), "none");
	assert_string_equal(found(cache, "two", ""), "block of two");
	assert_int_equal(symlink(two, one), 0);
	assert_string_equal(found(cache, "one", ""), "none");
	unlink(one);
	/* Nobody will ever write to it: a reader that waits, waits for ever. */
	alarm(10);
	assert_int_equal(mkfifo(one, 0600), 0);
	assert_string_equal(found(cache, "one", ""), "none");
	alarm(0);
	unlink(one);
	assert_int_equal(mkdir(one, 0700), 0);
	assert_string_equal(found(cache, "one", ""), "none");
	keep(cache, "one", "", "block of one");
	assert_string_equal(found(cache, "one", ""), "none");
	rmdir(one);
	keep(cache, "one", "", "block of one");
	assert_string_equal(found(cache, "one", ""), "block of one");
}

static bool
opens(void)
{
	AUTO(cache) struct cache *cache = start();
	return cache != NULL;
}

static void
a_place_that_is_not_ours_is_none(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf told = { 0 };
	strbuf_printf(&told, "%d", opens());
	chmod("plimsoll/layers", 0720);
	strbuf_printf(&told, "%d", opens());
	chmod("plimsoll/layers", 0702);
	strbuf_printf(&told, "%d", opens());
	chmod("plimsoll/layers", 0700);
	strbuf_printf(&told, "%d", opens());
	setenv("XDG_CACHE_HOME", "relative", 1);
	setenv("HOME", "relative", 1);
	strbuf_printf(&told, "%d", opens());
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	strbuf_printf(&told, "%d", opens());
	setenv("HOME", place, 1);
	strbuf_printf(&told, "%d", opens());
	strbuf_printf(&told, "%d", access(".cache/plimsoll/layers", F_OK) == 0);
	setenv("XDG_CACHE_HOME", "/dev/null/x", 1);
	strbuf_printf(&told, "%d", opens());
	assert_string_equal(told.p, "100100110");
}

static void
what_another_owns_is_not_used(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_true(opens());
	assert_int_equal(chown("plimsoll/layers", 1, 1), 0);
	assert_false(opens());
}

/* No cache at all: nothing is found, nothing is kept, nothing is wrong. */
static void
without_a_cache_all_is_well(void **state)
{
	(void)state;
	keep(NULL, "one", "", "block");
	assert_string_equal(found(NULL, "one", ""), "none");
	cache_close(NULL);
}

/* A disk that is full, played by the limit on the size of files. */
static void
a_full_disk_leaves_nothing(void **state)
{
	(void)state;
	struct rlimit usual, small;
	AUTO(cache) struct cache *cache = start();
	getrlimit(RLIMIT_FSIZE, &usual);
	small = (struct rlimit){ 100, usual.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	keep(cache, "one", "", "block of one");
	setrlimit(RLIMIT_FSIZE, &small);
	keep(cache, "one", "", "a newer block of one");
	keep(cache, "two", "", "block of two");
	setrlimit(RLIMIT_FSIZE, &usual);
	assert_string_equal(found(cache, "one", ""), "block of one");
	assert_string_equal(found(cache, "two", ""), "none");
	assert_int_equal(list_files(), 1);
}

static void
set_used(const char *path, time_t when)
{
	const struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
	utimensat(AT_FDCWD, path, times, 0);
}

/* Ten of a page each, the third read again: what was used longest ago goes, down to a tenth below the limit. */
static void
the_least_recently_used_goes_first(void **state)
{
	(void)state;
	AUTO(cache) struct cache *cache = start();
	AUTO(strbuf) struct strbuf told = { 0 };
	struct cache_status status;
	struct plim_error err = { 0 };
	char name[16], seen[64][256];
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof name, "layer %d", i);
		keep(cache, name, "", name);
		list_files();
		for (size_t f = 0; f < files.n; f++) {
			bool known = false;
			for (int k = 0; k < i; k++)
				known |= strcmp(seen[k], files.path[f]) == 0;
			if (!known)
				strcpy(seen[i], files.path[f]);
		}
		set_used(seen[i], 1000 + i);
	}
	found(cache, "layer 3", "");
	assert_int_equal(cache_status(cache, &status, &err), 0);
	assert_int_equal(status.entries, 10);
	uint64_t each = status.bytes / 10;
	assert_int_equal(cache_shrink(cache, status.bytes, &err), 0);
	assert_int_equal(list_files(), 10);
	assert_int_equal(cache_shrink(cache, 5 * each, &err), 0);
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof name, "layer %d", i);
		strbuf_printf(&told, "%s ", access(seen[i], F_OK) == 0 ? name : "-");
	}
	assert_string_equal(told.p, "- - - layer 3 - - - layer 7 layer 8 layer 9 ");
	assert_int_equal(cache_shrink(cache, 0, &err), 0);
	assert_int_equal(list_files(), 0);
}

/* Keeps and finds the same few, for as long as it is let; whatever is found must be one of the blocks that were kept. */
static void
work_until_killed(void)
{
	static char block[3][2000];
	static const char *const names[] = { "a", "b", "c" };
	AUTO(cache) struct cache *cache = start();
	for (int i = 0; i < 3; i++)
		memset(block[i], 'a' + i, sizeof block[i] - 1);
	for (unsigned i = (unsigned)getpid();; i++) {
		const char *got = found(cache, names[i % 3], "");
		if (strcmp(got, "none") != 0 && strcmp(got, block[i % 3]) != 0)
			_exit(9);
		if (i % 7 == 0)
			cache_shrink(cache, 0, NULL);
		keep(cache, names[(i + 1) % 3], "", block[(i + 1) % 3]);
	}
}

#define KILLERS 60

static void
killed_at_any_moment_it_is_sound(void **state)
{
	(void)state;
	pid_t all[3] = { 0 };
	int status, wrong = 0;
	srand(1);
	for (int round = 0; round < KILLERS; round++) {
		pid_t *one = &all[round % 3];
		if (*one > 0) {
			kill(*one, SIGKILL);
			waitpid(*one, &status, 0);
			wrong += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
		}
		if ((*one = fork()) == 0)
			work_until_killed();
		usleep((useconds_t)(rand() % 20000));
	}
	for (int i = 0; i < 3; i++) {
		kill(all[i], SIGKILL);
		waitpid(all[i], &status, 0);
	}
	assert_int_equal(wrong, 0);
	/* Whatever was being written is gone with the next that opens it. */
	AUTO(cache) struct cache *cache = start();
	struct cache_status now;
	assert_int_equal(cache_status(cache, &now, NULL), 0);
	assert_int_equal(list_files(), now.entries);
	assert_true(now.entries <= 3);
}

/* Held by a writer that lives, it stays; left by one that died, it goes, and neither is counted as a layer. */
static void
what_a_dead_writer_left_is_removed(void **state)
{
	(void)state;
	struct cache_status status;
	cache_close(start());
	mkdir("plimsoll/layers/new", 0700);
	write_file("plimsoll/layers/new/1-dead", SLICE("half"));
	AUTO(fd) int alive = open("plimsoll/layers/new/2-alive", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(alive, LOCK_EX), 0);
	AUTO(cache) struct cache *cache = start();
	assert_int_equal(cache_status(cache, &status, NULL), 0);
	assert_int_equal(status.entries, 0);
	assert_int_equal(list_files(), 1);
	assert_string_equal(files.path[0], "plimsoll/layers/new/2-alive");
	assert_int_equal(cache_shrink(cache, 0, NULL), 0);
	assert_int_equal(list_files(), 1);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(what_is_kept_is_found),
		EACH(it_is_private),
		EACH(damage_is_found_wherever_it_is),
		EACH(what_is_no_entry_is_no_harm),
		EACH(a_place_that_is_not_ours_is_none),
		EACH(what_another_owns_is_not_used),
		EACH(without_a_cache_all_is_well),
		EACH(a_full_disk_leaves_nothing),
		EACH(the_least_recently_used_goes_first),
		EACH(killed_at_any_moment_it_is_sound),
		EACH(what_a_dead_writer_left_is_removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
