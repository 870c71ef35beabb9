/* SPDX-License-Identifier: Apache-2.0 */
/* Messages between processes: whole, with their descriptors, and from somebody who lies. */
#include "base/error.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "process/channel.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static size_t
count_open(void)
{
	size_t n = 0;
	DIR *all = opendir("/proc/self/fd");
	while (readdir(all))
		n++;
	closedir(all);
	return n;
}

static void
bodies_arrive_whole(void **state)
{
	(void)state;
	static char large[1 << 20];
	int ends[2];
	struct plim_error err = { 0 };
	const size_t sizes[] = { 0, 1, (32 << 10), (32 << 10) + 1, sizeof large };
	memset(large, 'x', sizeof large);
	assert_int_equal(channel_pair(ends, &err), 0);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		AUTO(message) struct message message = { .fd = { -1, -1 } };
		assert_int_equal(channel_send(ends[0], (uint32_t)i, (struct slice){ large, sizes[i] }, &err), 0);
		assert_int_equal(channel_receive(ends[1], &message, &err), 0);
		assert_int_equal(message.kind, i);
		assert_true(slice_eq(message.body, (struct slice){ large, sizes[i] }));
	}
	close(ends[0]);
	close(ends[1]);
}

/* The kernel answers ECONNRESET once to whoever's message was left unread, with the other side's last words still queued behind it. */
static void
last_words_are_heard(void **state)
{
	(void)state;
	int ends[2];
	struct plim_error err = { 0 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	assert_int_equal(channel_pair(ends, &err), 0);
	assert_int_equal(channel_send(ends[0], 1, SLICE("never read"), &err), 0);
	assert_int_equal(channel_send(ends[1], 2, SLICE("last words"), &err), 0);
	close(ends[1]);
	assert_int_equal(channel_receive(ends[0], &message, &err), 0);
	assert_int_equal(message.kind, 2);
	message_done(&message);
	assert_int_equal(channel_receive(ends[0], &message, &err), PLIM_ENOTFOUND);
	close(ends[0]);
}

static void
a_file_that_could_change_is_refused(void **state)
{
	(void)state;
	struct slice map;
	struct plim_error err = { 0 };
	AUTO(fd) int fd = memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(memory_map(fd, &map, &err), PLIM_EFORMAT);
	AUTO(fd) int sealed = -1;
	assert_int_equal(memory_file(SLICE("abc"), &sealed, &err), 0);
	assert_int_equal(write(sealed, "d", 1), -1);
	assert_int_equal(memory_map(sealed, &map, &err), 0);
	assert_true(slice_is(map, "abc"));
	file_unmap(&map);
}

static char
read_one(int fd)
{
	char c = '-';
	return fd >= 0 && pread(fd, &c, 1, 0) == 1 ? c : '-';
}

/* Lent by the sender, the receiver's own, in their order behind a body of any length, and closed with the message. */
static void
descriptors_arrive_in_order(void **state)
{
	(void)state;
	static char large[100000];
	const size_t sizes[] = { 0, 5, sizeof large };
	int ends[2], lent[2];
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	assert_int_equal(channel_pair(ends, &err), 0);
	assert_int_equal(memory_file(SLICE("a"), &lent[0], &err), 0);
	assert_int_equal(memory_file(SLICE("b"), &lent[1], &err), 0);
	size_t before = count_open();
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t n = 0; n <= 2; n++) {
			struct message message;
			assert_int_equal(channel_send_with(ends[0], 1, (struct slice){ large, sizes[i] }, lent, n, &err), 0);
			assert_int_equal(channel_receive(ends[1], &message, &err), 0);
			strbuf_printf(&told, "%zu: %c%c\n", message.body.n, read_one(message.fd[0]), read_one(message.fd[1]));
			message_done(&message);
		}
	assert_string_equal(told.p, "0: --\n0: a-\n0: ab\n5: --\n5: a-\n5: ab\n100000: --\n100000: a-\n100000: ab\n");
	assert_int_equal(count_open(), before);
	for (size_t i = 0; i < 2; i++) {
		close(ends[i]);
		close(lent[i]);
	}
}

/* What a sender that does not use channel_send may put on the wire. */
static void
send_raw(int channel, const void *bytes, size_t n, const int *fds, size_t fd_count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * 8)];
	} control = { 0 };
	struct iovec part = { (void *)bytes, n };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	if (fd_count) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * fd_count);
	}
	assert_int_equal(sendmsg(channel, &msg, MSG_NOSIGNAL), n);
}

/* Each is refused for a reason, and no descriptor that came with it stays open. */
static void
a_message_that_lies_is_refused(void **state)
{
	(void)state;
	static const uint32_t is_short[12000], is_long[2] = { 1, 1 };
	struct plim_error err = { 0 };
	int pipe_fd[2], sealed = -1, ends[2];
	assert_int_equal(pipe2(pipe_fd, O_CLOEXEC), 0);
	assert_int_equal(memory_file(SLICE("abc"), &sealed, &err), 0);
	AUTO(fd) int unsealed = memfd_create("open", MFD_CLOEXEC);
	const int good[] = { sealed, sealed, sealed, sealed, sealed, sealed }, loose[] = { unsealed }, no_file[] = { pipe_fd[0] };
	const struct {
		const char *name;
		const void *bytes;
		size_t n;
		const int *fds;
		size_t fd_count;
	} cases[] = {
		{ "cut off in the head", is_short, 7, NULL, 0 },
		{ "longer than a short body may be", is_short, sizeof is_short, NULL, 0 },
		{ "too many descriptors", is_short, 8, good, 6 },
		{ "cut off, with a descriptor", is_short, 3, good, 1 },
		{ "a long body that did not come", is_long, 8, NULL, 0 },
		{ "a long body that can change", is_long, 8, loose, 1 },
		{ "a long body that is no file", is_long, 8, no_file, 1 },
		{ "nothing but a descriptor", is_short, 0, good, 1 },
	};
	AUTO(strbuf) struct strbuf told = { 0 };
	assert_int_equal(channel_pair(ends, &err), 0);
	size_t before = count_open();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct message message;
		send_raw(ends[0], cases[i].bytes, cases[i].n, cases[i].fds, cases[i].fd_count);
		int r = channel_receive(ends[1], &message, &err);
		strbuf_printf(&told, "%s: %s, %d left\n", cases[i].name, r == 0 ? "taken" : err.text, (int)(count_open() - before));
		if (r == 0)
			message_done(&message);
	}
	assert_string_equal(told.p, "cut off in the head: a message that is cut off, 0 left\n"
	                            "longer than a short body may be: a message that is cut off, 0 left\n"
	                            "too many descriptors: a message that is cut off, 0 left\n"
	                            "cut off, with a descriptor: a message that is cut off, 0 left\n"
	                            "a long body that did not come: a message without its body, 0 left\n"
	                            "a long body that can change: a memory file that could still change, 0 left\n"
	                            "a long body that is no file: a memory file that could still change, 0 left\n"
	                            "nothing but a descriptor: the other process has gone, 0 left\n");
	const int mine[] = { ends[0], ends[1], pipe_fd[0], pipe_fd[1], sealed };
	for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
		close(mine[i]);
}

/* An error to be told, not a signal that ends the sender. */
static void
a_peer_that_has_gone_is_an_error(void **state)
{
	(void)state;
	int ends[2];
	struct plim_error err = { 0 };
	struct message message;
	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(channel_pair(ends, &err), 0);
	close(ends[1]);
	assert_int_equal(channel_send(ends[0], 1, SLICE("to nobody"), &err), PLIM_ESYSTEM);
	assert_int_equal(channel_receive(ends[0], &message, &err), PLIM_ENOTFOUND);
	close(ends[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_arrive_whole),
		cmocka_unit_test(descriptors_arrive_in_order),
		cmocka_unit_test(last_words_are_heard),
		cmocka_unit_test(a_file_that_could_change_is_refused),
		cmocka_unit_test(a_message_that_lies_is_refused),
		cmocka_unit_test(a_peer_that_has_gone_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
