/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that belong to this one: what they are given, and what is kept from them. */
#include "base/error.h"
#include "process/channel.h"
#include "process/helper.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
assert_told(const struct helper_program *program, const char *expected)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(fd) int channel = -1;
	pid_t process;
	struct plim_error err = { 0 };
	if (helper_run(program, &channel, &process, &err) < 0 || channel_receive(channel, &message, &err) < 0)
		fail_msg("%s", err.text);
	AUTO(free) char *told = slice_dup(message.body);
	assert_string_equal(told, expected);
	assert_int_equal(waitpid(process, NULL, 0), process);
}

static void
test_what_they_get(void **state)
{
	int input[2], before = dup(0);
	sigset_t term, old;
	(void)state;
	/* Descriptors that anything started here would inherit. */
	AUTO(fd) int left_open = open("/dev/null", O_RDONLY);
	AUTO(fd) int far_away = fcntl(left_open, F_DUPFD, 500);
	assert_true(far_away >= 500 && pipe2(input, O_CLOEXEC) == 0 && write(input[1], "typed", 5) == 5);
	close(input[1]);
	assert_int_equal(dup2(input[0], 0), 0);
	close(input[0]);
	setenv("PLIMSOLL_KEY_PASSPHRASE", "s3cret", 1);
	setenv("PLIMSOLL_KEY_PASSPHRASE_2", "x", 1);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &old);
	assert_told(&(struct helper_program){ .name = "telling-helper", .purpose = "tells" },
	            "descriptors 0 1 2 3; input ''; secret '' other 'x'; SIGTERM free");
	assert_told(&(struct helper_program){ .name = "telling-helper", .purpose = "tells", .reads_input = true, .takes_secrets = true },
	            "descriptors 0 1 2 3; input 'typed'; secret 's3cret' other 'x'; SIGTERM free");
	sigprocmask(SIG_SETMASK, &old, NULL);
	dup2(before, 0);
	close(before);
}

/* Where 0 to 3 are free, the channel's own ends are among them. */
static void
test_closed_descriptors(void **state)
{
	int kept[4];
	(void)state;
	for (int fd = 0; fd < 4; fd++) {
		kept[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 100);
		close(fd);
	}
	unsetenv("PLIMSOLL_KEY_PASSPHRASE");
	unsetenv("PLIMSOLL_KEY_PASSPHRASE_2");
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int channel = -1;
	pid_t process = -1;
	int r = helper_run(&(struct helper_program){ .name = "telling-helper", .purpose = "tells" }, &channel, &process, NULL);
	int got = r == 0 ? channel_receive(channel, &message, NULL) : r;
	close(channel);
	for (int fd = 0; fd < 4; fd++)
		if (kept[fd] >= 0) {
			dup2(kept[fd], fd);
			close(kept[fd]);
		}
	assert_int_equal(got, 0);
	assert_true(slice_starts(message.body, SLICE("descriptors 0 1")) && slice_find_text(message.body, SLICE(" 3; input ''; secret ''")) != SIZE_MAX);
	assert_int_equal(waitpid(process, NULL, 0), process);
}

static void
test_none(void **state)
{
	struct plim_error err = { 0 };
	int channel = -1;
	pid_t process;
	(void)state;
	assert_int_equal(helper_run(&(struct helper_program){ .name = "no-such-program", .purpose = "does nothing" }, &channel, &process, &err), PLIM_ENOTFOUND);
	assert_non_null(strstr(err.text, "no-such-program, which does nothing, is neither beside this program nor in /"));
	assert_int_equal(channel, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_they_get),
		cmocka_unit_test(test_closed_descriptors),
		cmocka_unit_test(test_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
