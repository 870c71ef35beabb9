/* SPDX-License-Identifier: Apache-2.0 */
/* Raw packets, head and descriptors included, received as messages: nothing stays open behind those that are refused. */
#include "packets.h"

/* Up to four descriptors, one more than a packet has room for. */
#define FD_SENT 4

static void
send_raw(int socket, struct slice bytes, const int *fds, size_t n)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * FD_SENT)];
	} control = { 0 };
	struct iovec part = { (void *)bytes.p, bytes.n };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	if (n) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		*c = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int) * n) };
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
	}
	sendmsg(socket, &msg, MSG_NOSIGNAL);
}

static void
send_files(int socket, const struct fuzz_message *message)
{
	int fds[FD_SENT];
	size_t n = 0, wanted = message->kind % (FD_SENT + 1);
	for (size_t i = 0; i < wanted; i++) {
		int fd = packets_file(message);
		if (fd >= 0)
			fds[n++] = fd;
	}
	send_raw(socket, message->body, fds, n);
	while (n > 0)
		close(fds[--n]);
}

static void
receive(int channel)
{
	struct message message;
	if (channel_receive(channel, &message, NULL) < 0) {
		fuzz_demand(message.held == NULL && message.fd[0] == -1 && message.fd[1] == -1);
		return;
	}
	fuzz_touch(message.body);
	message_done(&message);
}

static void
send_all(struct cursor *in, struct packets *packets)
{
	struct fuzz_message message;
	while (fuzz_message_next(in, &message)) {
		send_files(packets->theirs, &message);
		receive(packets->ours);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return packets_run(data, size, send_all);
}
