/* SPDX-License-Identifier: Apache-2.0 */
/* Processes forked on request: they know nothing of their parent, their ends are told, and none outlives it. */
#include "base/error.h"
#include "base/strbuf.h"
#include "process/zygote.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int as_failure(int channel) { (void)channel; return 7; }
static int as_victim(int channel) { (void)channel; raise(SIGKILL); return 0; }
static int as_silent(int channel) { (void)channel; return environ && *environ; }

/* Says what it is told, for as long as it is told anything. */
static int
as_echo(int channel)
{
	struct message message;
	while (channel_receive(channel, &message, NULL) == 0) {
		channel_send(channel, message.kind, message.body, NULL);
		message_done(&message);
	}
	return 3;
}

/* Its own number, its zygote's, and how many descriptors it holds; then it waits for ever. */
static int
as_sleeper(int channel)
{
	int numbers[3] = { getpid(), getppid(), 0 };
	for (int fd = 3; fd < 100; fd++)
		numbers[2] += fcntl(fd, F_GETFD) >= 0;
	channel_send(channel, 1, (struct slice){ (const char *)numbers, sizeof numbers }, NULL);
	return pause();
}

enum { FAILURE, VICTIM, SILENT, ECHO_ALL, SLEEPER, NO_SUCH };

static const struct job test_jobs[] = {
	{ "test-failure", as_failure }, { "test-victim", as_victim }, { "test-silent", as_silent }, { "test-echo", as_echo }, { "test-sleeper", as_sleeper }, { 0 },
};

static struct zygote *
start(void)
{
	struct zygote *zygote = NULL;
	struct plim_error err = { 0 };
	assert_int_equal(zygote_start(test_jobs, &zygote, &err), 0);
	return zygote;
}

static void
assert_cause(struct zygote *zygote, struct process *process, const char *wanted)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct plim_error err = { 0 };
	char cause[128];
	assert_int_equal(channel_receive(process->channel, &message, &err), PLIM_ENOTFOUND);
	assert_true(zygote_cause(zygote, process, cause, sizeof cause));
	assert_string_equal(cause, wanted);
}

static void
assert_ends(size_t job, const char *wanted)
{
	AUTO(zygote) struct zygote *zygote = start();
	AUTO(process) struct process process = { .channel = -1 };
	struct plim_error err = { 0 };
	assert_int_equal(zygote_spawn(zygote, job, &process, &err), 0);
	assert_cause(zygote, &process, wanted);
}

static void
an_end_is_told(void **state)
{
	(void)state;
	setenv("PLIMSOLL_TEST_SECRET", "x", 1);
	assert_ends(FAILURE, "ended with status 7 before it answered");
	assert_ends(VICTIM, "ended by signal 9 (Killed)");
	assert_ends(SILENT, "ended with status 0 before it answered");
}

static void
a_job_that_there_is_not(void **state)
{
	(void)state;
	assert_ends(NO_SUCH, "ended with status 1 before it answered");
	assert_ends(1000000, "ended with status 1 before it answered");
}

#define MANY 60

/* Each on its own channel; each end by its own cause, whatever the order in which they are asked for. */
static void
many_at_once_are_kept_apart(void **state)
{
	(void)state;
	AUTO(zygote) struct zygote *zygote = start();
	struct process all[MANY];
	struct plim_error err = { 0 };
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(zygote_spawn(zygote, i % 3 == 2 ? ECHO_ALL : i % 3, &all[i], &err), 0);
	for (size_t i = 2; i < MANY; i += 3) {
		AUTO(message) struct message message = { .fd = { -1, -1 } };
		assert_int_equal(channel_send(all[i].channel, (uint32_t)i, SLICE("hello"), &err), 0);
		assert_int_equal(channel_receive(all[i].channel, &message, &err), 0);
		assert_int_equal(message.kind, i);
	}
	for (size_t i = MANY; i-- > 0;) {
		if (i % 3 != 2)
			assert_cause(zygote, &all[i], i % 3 ? "ended by signal 9 (Killed)" : "ended with status 7 before it answered");
		process_close(&all[i]);
	}
}

/* More than the channel holds notes of: about whose end nobody ever asks. */
static void
ends_that_nobody_asks_for(void **state)
{
	(void)state;
	AUTO(zygote) struct zygote *zygote = start();
	struct plim_error err = { 0 };
	alarm(60);
	for (size_t i = 0; i < 2000; i++) {
		AUTO(process) struct process process = { .channel = -1 };
		AUTO(message) struct message message = { .fd = { -1, -1 } };
		assert_int_equal(zygote_spawn(zygote, FAILURE, &process, &err), 0);
		assert_int_equal(channel_receive(process.channel, &message, &err), PLIM_ENOTFOUND);
	}
	alarm(0);
}

/* One that lives has no cause. */
static void
who_lives_has_not_ended(void **state)
{
	(void)state;
	AUTO(zygote) struct zygote *zygote = start();
	AUTO(process) struct process process = { .channel = -1 };
	struct plim_error err = { 0 };
	char cause[128];
	assert_int_equal(zygote_spawn(zygote, SLEEPER, &process, &err), 0);
	assert_false(zygote_cause(zygote, &process, cause, sizeof cause));
}

static void
take_numbers(struct process *process, int numbers[static 3])
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	if (channel_receive(process->channel, &message, NULL) == 0 && message.body.n == 3 * sizeof *numbers)
		memcpy(numbers, message.body.p, message.body.n);
}

static void
it_holds_its_channel_and_nothing_else(void **state)
{
	(void)state;
	AUTO(zygote) struct zygote *zygote = start();
	struct process all[4];
	int numbers[3] = { 0 };
	struct plim_error err = { 0 };
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(zygote_spawn(zygote, SLEEPER, &all[i], &err), 0);
	for (size_t i = 0; i < 4; i++) {
		take_numbers(&all[i], numbers);
		assert_int_equal(numbers[2], 1);
		process_close(&all[i]);
	}
}

static int
watch(int pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	assert_true(fd >= 0);
	return fd;
}

static bool
has_ended(int watched)
{
	struct pollfd wait = { watched, POLLIN, 0 };
	return poll(&wait, 1, 5000) == 1;
}

static void
none_outlives_the_zygote(void **state)
{
	(void)state;
	AUTO(zygote) struct zygote *zygote = start();
	AUTO(process) struct process process = { .channel = -1 };
	struct plim_error err = { 0 };
	int numbers[3] = { 0 };
	assert_int_equal(zygote_spawn(zygote, SLEEPER, &process, &err), 0);
	take_numbers(&process, numbers);
	AUTO(fd) int child = watch(numbers[0]);
	kill(numbers[1], SIGKILL);
	assert_true(has_ended(child));
	assert_cause(zygote, &process, "ended, and so did the process that began it");
	assert_int_equal(zygote_spawn(zygote, SLEEPER, &process, &err), PLIM_ESYSTEM);
}

/* The parent of all is killed, which leaves it no time to tidy. */
static void
none_outlives_the_parent(void **state)
{
	(void)state;
	int tell[2], numbers[3] = { 0 };
	assert_int_equal(pipe(tell), 0);
	pid_t parent = fork();
	if (parent == 0) {
		struct process process;
		struct zygote *zygote = NULL;
		if (zygote_start(test_jobs, &zygote, NULL) == 0 && zygote_spawn(zygote, SLEEPER, &process, NULL) == 0)
			take_numbers(&process, numbers);
		if (write(tell[1], numbers, sizeof numbers) > 0)
			pause();
		_exit(1);
	}
	assert_int_equal(read(tell[0], numbers, sizeof numbers), sizeof numbers);
	AUTO(fd) int child = watch(numbers[0]);
	AUTO(fd) int zygote = watch(numbers[1]);
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	assert_true(has_ended(zygote));
	assert_true(has_ended(child));
	close(tell[0]);
	close(tell[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_end_is_told),
		cmocka_unit_test(a_job_that_there_is_not),
		cmocka_unit_test(many_at_once_are_kept_apart),
		cmocka_unit_test(ends_that_nobody_asks_for),
		cmocka_unit_test(who_lives_has_not_ended),
		cmocka_unit_test(it_holds_its_channel_and_nothing_else),
		cmocka_unit_test(none_outlives_the_zygote),
		cmocka_unit_test(none_outlives_the_parent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
