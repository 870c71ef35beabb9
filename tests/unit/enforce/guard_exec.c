/* SPDX-License-Identifier: Apache-2.0 */
/* What guard exec decides by, without the kernel: what was decided before, and whether an image's directories have a file's content. */
#include "enforce/exec/guard_exec_parts.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
known_by_all_of_its_key(void **state)
{
	AUTO(exec_known) struct exec_known *known = exec_known_new();
	const struct exec_key key = { 1, 2, 3, 4, 5 };
	struct exec_key others[5] = { key, key, key, key, key };
	(void)state;
	others[0].mount = others[1].device = others[2].inode = others[3].size = 9;
	others[4].changed = 9;
	assert_non_null(known);
	assert_int_equal(exec_known_find(known, &key, 0), EXEC_UNKNOWN);
	exec_known_put(known, &key, EXEC_UNTOUCHED, 100);
	assert_int_equal(exec_known_find(known, &key, 99), EXEC_UNTOUCHED);
	assert_int_equal(exec_known_find(known, &key, 100), EXEC_UNKNOWN);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(exec_known_find(known, &others[i], 99), EXEC_UNKNOWN);
	exec_known_put(known, &key, EXEC_REFUSED, 200);
	assert_int_equal(exec_known_find(known, &key, 99), EXEC_REFUSED);
}

/* However many there are: none gets another's answer, and the last is there. */
static void
known_never_another(void **state)
{
	AUTO(exec_known) struct exec_known *known = exec_known_new();
	(void)state;
	for (uint64_t i = 0; i < 100000; i++) {
		struct exec_key key = { i % 7, 0, i, 0, 0 };
		exec_known_put(known, &key, i % 2 ? EXEC_REFUSED : EXEC_UNTOUCHED, INT64_MAX);
		assert_int_equal(exec_known_find(known, &key, 0), i % 2 ? EXEC_REFUSED : EXEC_UNTOUCHED);
	}
	size_t kept = 0;
	for (uint64_t i = 0; i < 100000; i++) {
		struct exec_key key = { i % 7, 0, i, 0, 0 };
		enum exec_verdict verdict = exec_known_find(known, &key, 0);
		assert_true(verdict == EXEC_UNKNOWN || verdict == (i % 2 ? EXEC_REFUSED : EXEC_UNTOUCHED));
		kept += verdict != EXEC_UNKNOWN;
	}
	assert_true(kept > 4000);
}

/* A directory that stands for an image of one layer. */
struct image {
	char path[64];
	int fd;
};

static void
write_file(const char *directory, const char *name, const char *text, mode_t mode)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int
make_image(void **state)
{
	static struct image image;
	char below[128];
	struct plim_error err = { 0 };
	snprintf(image.path, sizeof image.path, "/tmp/plimsoll-exec-XXXXXX");
	assert_non_null(mkdtemp(image.path));
	snprintf(below, sizeof below, "%s/bin", image.path);
	assert_int_equal(mkdir(below, 0755), 0);
	write_file(image.path, "bin/tool", "content", 0755);
	write_file(image.path, "bin/set", "set-id!", 04755);
	const struct slice layer = slice_of(image.path);
	assert_int_equal(exec_image_open("/", &layer, 1, &image.fd, &err), 0);
	*state = &image;
	return 0;
}

static int
remove_image(void **state)
{
	struct image *image = *state;
	static const char *const names[] = { "bin/tool", "bin/set", "met", "bin", "." };
	close(image->fd);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[256];
		snprintf(path, sizeof path, "%s/%s", image->path, names[i]);
		remove(path);
	}
	return rmdir(image->path);
}

/* Met in a container, as a file of its own beside the image. */
static int
met(const struct image *image, const char *text, mode_t mode, const char *path)
{
	char name[128];
	struct plim_error err = { 0 };
	snprintf(name, sizeof name, "%s-met", image->path);
	write_file("", name, text, mode);
	AUTO(fd) int fd = open(name, O_RDONLY | O_CLOEXEC);
	unlink(name);
	assert_true(fd >= 0);
	return exec_image_has(image->fd, path, fd, &err);
}

static void
content_decides(void **state)
{
	const struct image *image = *state;
	assert_int_equal(met(image, "content", 0755, "/bin/tool"), 1);
	assert_int_equal(met(image, "content", 0755, "/srv/renamed"), 1);
	assert_int_equal(met(image, "content", 0755, ""), 1);
	assert_int_equal(met(image, "Content", 0755, "/bin/tool"), 0);
	assert_int_equal(met(image, "content and more", 0755, "/bin/tool"), 0);
	assert_int_equal(met(image, "", 0755, "/bin/tool"), 0);
	assert_int_equal(met(image, "content", 0755, "/bin/../bin/tool"), 1);
	assert_int_equal(met(image, "content", 0755, "../../../../../../etc/passwd"), 1);
}

static void
privileges_are_the_images(void **state)
{
	const struct image *image = *state;
	assert_int_equal(met(image, "content", 04755, "/bin/tool"), 0);
	assert_int_equal(met(image, "content", 02755, "/bin/tool"), 0);
	assert_int_equal(met(image, "set-id!", 04755, "/bin/set"), 1);
	assert_int_equal(met(image, "set-id!", 0755, "/bin/set"), 1);
	assert_int_equal(met(image, "set-id!", 06755, "/bin/set"), 0);
}

static void
untouched_by_its_times(void **state)
{
	const struct image *image = *state;
	struct stat file, again, copy;
	assert_true(exec_image_file(image->fd, "/bin/tool", &file));
	assert_true(exec_image_file(image->fd, "/bin/tool", &again));
	assert_true(exec_image_same(&file, &again));
	assert_false(exec_image_file(image->fd, "/bin", &copy));
	assert_false(exec_image_file(image->fd, "/bin/none", &copy));
	assert_false(exec_image_file(image->fd, "", &copy));
	copy = file;
	copy.st_ctim.tv_nsec ^= 1;
	assert_false(exec_image_same(&copy, &file));
	copy = file;
	copy.st_mode |= S_ISUID;
	assert_false(exec_image_same(&copy, &file));
	copy = file;
	copy.st_size++;
	assert_false(exec_image_same(&copy, &file));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_by_all_of_its_key),
		cmocka_unit_test(known_never_another),
		cmocka_unit_test_setup_teardown(content_decides, make_image, remove_image),
		cmocka_unit_test_setup_teardown(privileges_are_the_images, make_image, remove_image),
		cmocka_unit_test_setup_teardown(untouched_by_its_times, make_image, remove_image),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
