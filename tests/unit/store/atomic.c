/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are the old ones or the new ones, and nothing beside them. */
#include "base/auto.h"
#include "base/strbuf.h"
#include "store/atomic.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* "name:mode:content " of each file here, by name. */
static void
list_here(struct strbuf *told)
{
	struct dirent **entries;
	int n = scandir(".", &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char content[64];
		struct stat st;
		AUTO(fd) int fd = open(entries[i]->d_name, O_RDONLY | O_CLOEXEC);
		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
			strbuf_printf(told, "%s:%o:%.*s ", entries[i]->d_name, st.st_mode & 07777, (int)read(fd, content, sizeof content), content);
		free(entries[i]);
	}
	free(entries);
}

static void
assert_here(const char *wanted)
{
	AUTO(strbuf) struct strbuf told = { 0 };
	strbuf_puts(&told, "");
	list_here(&told);
	assert_string_equal(told.p, wanted);
}

static void
a_file_is_replaced_whole(void **state)
{
	(void)state;
	struct plim_error err = { 0 };
	assert_int_equal(atomic_write("file", 0644, SLICE("old"), &err), 0);
	assert_here("file:644:old ");
	assert_int_equal(atomic_write("file", 0600, SLICE("new"), &err), 0);
	assert_here("file:600:new ");
}

/* A disk that is full, played by the limit on the size of files. */
static void
on_failure_the_old_one_stands(void **state)
{
	(void)state;
	static char large[8192];
	struct plim_error err = { 0 };
	struct rlimit usual, small = { 4096, RLIM_INFINITY };
	getrlimit(RLIMIT_FSIZE, &usual);
	small.rlim_max = usual.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(atomic_write("file", 0644, SLICE("old"), &err), 0);
	setrlimit(RLIMIT_FSIZE, &small);
	int r = atomic_write("file", 0600, (struct slice){ large, sizeof large }, &err);
	setrlimit(RLIMIT_FSIZE, &usual);
	assert_int_equal(r, PLIM_ESYSTEM);
	assert_string_equal(err.text, "file: File too large");
	assert_here("file:644:old ");
	mkdir("directory", 0700);
	assert_int_equal(atomic_write("directory", 0600, SLICE("x"), &err), PLIM_ESYSTEM);
	assert_int_equal(atomic_write("none/file", 0600, SLICE("x"), &err), PLIM_ESYSTEM);
	assert_here("file:644:old ");
}

static void
only_what_was_looked_at_is_replaced(void **state)
{
	(void)state;
	struct plim_error err = { 0 };
	bool done;
	unlink("file");
	assert_int_equal(atomic_replace("file", -1, 0644, SLICE("first"), &done, &err), 0);
	assert_true(done);
	assert_int_equal(atomic_replace("file", -1, 0644, SLICE("as first"), &done, &err), 0);
	assert_false(done);
	AUTO(fd) int first = open("file", O_RDONLY | O_CLOEXEC);
	assert_int_equal(atomic_replace("file", first, 0644, SLICE("second"), &done, &err), 0);
	assert_true(done);
	assert_int_equal(atomic_replace("file", first, 0644, SLICE("late"), &done, &err), 0);
	assert_false(done);
	assert_here("file:644:second ");
	unlink("file");
	assert_int_equal(atomic_replace("file", first, 0644, SLICE("late"), &done, &err), 0);
	assert_false(done);
	assert_here("");
}

/* Somebody else's lock is waited for a second, no more. */
static void
nobody_is_waited_for_for_long(void **state)
{
	(void)state;
	struct plim_error err = { 0 };
	bool done;
	unlink("file");
	AUTO(fd) int held = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(held, LOCK_EX), 0);
	assert_int_equal(atomic_replace("file", -1, 0644, SLICE("first"), &done, &err), 0);
	assert_true(done);
}

static void
directories_are_private(void **state)
{
	(void)state;
	struct plim_error err = { 0 };
	struct stat st;
	umask(0);
	assert_int_equal(directory_make("a/b/c", &err), 0);
	assert_int_equal(directory_make("a/b/c", &err), 0);
	assert_int_equal(stat("a/b", &st) + stat("a/b/c", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(directory_make("file/b", &err), PLIM_ESYSTEM);
}

static char place[] = "/tmp/plimsoll-atomic-XXXXXX";

static int
enter(void **state)
{
	(void)state;
	return mkdtemp(place) ? chdir(place) : -1;
}

static int
leave(void **state)
{
	(void)state;
	static const char *const all[] = { "a/b/c", "a/b", "a", "directory" };
	unlink("file");
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		rmdir(all[i]);
	return rmdir(place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_replaced_whole),
		cmocka_unit_test(on_failure_the_old_one_stands),
		cmocka_unit_test(only_what_was_looked_at_is_replaced),
		cmocka_unit_test(nobody_is_waited_for_for_long),
		cmocka_unit_test(directories_are_private),
	};
	return cmocka_run_group_tests(tests, enter, leave);
}
