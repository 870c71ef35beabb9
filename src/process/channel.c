/* SPDX-License-Identifier: Apache-2.0 */
/* Socket pairs that keep messages apart, and sealed memory files for what is long. */
#include "process/channel.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Well below the smallest send buffer that systems are set to. */
#define INLINE_BYTES ((size_t)32 << 10)

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

/* What precedes a body; `long_body`: the descriptor sent first is its memory file. */
struct head {
	uint32_t kind;
	uint32_t long_body;
};

#define FD_MOST 3

struct packet {
	struct msghdr msg;
	struct iovec parts[2];
	struct head head;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * FD_MOST)];
	} control;
};

int
channel_pair(int ends[static 2], struct plim_error *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_sys(err, errno, "a socket pair");
	return 0;
}

int
memory_file_new(int *out, struct plim_error *err)
{
	*out = memfd_create("plimsoll", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return *out < 0 ? error_sys(err, errno, "a memory file") : 0;
}

int
memory_file_seal(int fd, struct plim_error *err)
{
	return fcntl(fd, F_ADD_SEALS, SEALS) < 0 ? error_sys(err, errno, "sealing a memory file") : 0;
}

int
memory_file(struct slice bytes, int *out, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	int r = memory_file_new(&fd, err);
	if (r < 0)
		return r;
	while (bytes.n > 0) {
		ssize_t put = write(fd, bytes.p, bytes.n);
		if (put < 0 && errno != EINTR)
			return error_sys(err, errno, "a memory file");
		bytes = slice_from(bytes, put > 0 ? (size_t)put : 0);
	}
	if ((r = memory_file_seal(fd, err)) == 0)
		*out = fd_take(&fd);
	return r;
}

int
memory_map(int fd, struct slice *out, struct plim_error *err)
{
	int seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & (F_SEAL_SHRINK | F_SEAL_WRITE)) != (F_SEAL_SHRINK | F_SEAL_WRITE))
		return error_set(err, PLIM_EFORMAT, "a memory file that could still change");
	return file_map_fd(fd, 0, out, err);
}

void
message_done(struct message *message)
{
	if (message->mapped)
		munmap(message->held, message->mapped);
	else
		free(message->held);
	for (size_t i = 0; i < 2; i++)
		if (message->fd[i] >= 0)
			close(message->fd[i]);
	*message = (struct message){ .fd = { -1, -1 } };
}

static void
packet_init(struct packet *packet, struct slice body)
{
	memset(packet, 0, sizeof *packet);
	packet->parts[0] = (struct iovec){ &packet->head, sizeof packet->head };
	packet->parts[1] = (struct iovec){ (void *)body.p, body.n };
	packet->msg.msg_iov = packet->parts;
	packet->msg.msg_iovlen = 2;
	packet->msg.msg_control = packet->control.bytes;
	packet->msg.msg_controllen = sizeof packet->control.bytes;
}

static void
attach(struct packet *packet, const int *fds, size_t n)
{
	packet->msg.msg_controllen = n ? CMSG_SPACE(sizeof(int) * n) : 0;
	if (n == 0) {
		packet->msg.msg_control = NULL;
		return;
	}
	struct cmsghdr *c = CMSG_FIRSTHDR(&packet->msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * n);
	memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
}

static int
packet_send(int channel, struct packet *packet, int flags, struct plim_error *err)
{
	ssize_t sent;
	do
		sent = sendmsg(channel, &packet->msg, MSG_NOSIGNAL | flags);
	while (sent < 0 && errno == EINTR);
	if (sent < 0 && errno == EAGAIN)
		return error_set(err, PLIM_EPROCESS, "another process does not listen");
	return sent < 0 ? error_sys(err, errno, "to another process") : 0;
}

static int
send_message(int channel, uint32_t kind, struct slice body, const int *lent, size_t lent_count, int flags, struct plim_error *err)
{
	struct packet packet;
	AUTO(fd) int held = -1;
	int fds[FD_MOST];
	size_t n = 0;
	bool is_long = body.n > INLINE_BYTES;
	int r = is_long ? memory_file(body, &held, err) : 0;
	if (r < 0)
		return r;
	packet_init(&packet, is_long ? SLICE("") : body);
	packet.head = (struct head){ kind, is_long };
	if (is_long)
		fds[n++] = held;
	for (size_t i = 0; i < lent_count && n < FD_MOST; i++)
		fds[n++] = lent[i];
	attach(&packet, fds, n);
	return packet_send(channel, &packet, flags, err);
}

int
channel_send_with(int channel, uint32_t kind, struct slice body, const int *fds, size_t n, struct plim_error *err)
{
	return send_message(channel, kind, body, fds, n, 0, err);
}

int
channel_answer(int channel, uint32_t kind, struct slice body, const int *fds, size_t n, struct plim_error *err)
{
	return send_message(channel, kind, body, fds, n, MSG_DONTWAIT, err);
}

void
channel_patience(int channel, uint64_t seconds)
{
	struct timeval patience = { .tv_sec = (time_t)seconds };
	setsockopt(channel, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(channel, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

int
channel_send(int channel, uint32_t kind, struct slice body, struct plim_error *err)
{
	return channel_send_with(channel, kind, body, NULL, 0, err);
}

/* Takes every descriptor that came, so that none stays open behind a message that is refused. */
static size_t
detach(struct packet *packet, int fds[static FD_MOST])
{
	size_t n = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&packet->msg); c; c = CMSG_NXTHDR(&packet->msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t have = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		/* Padding makes room for one more than was asked for. */
		for (size_t i = 0; i < have; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (n < FD_MOST)
				fds[n++] = fd;
			else
				close(fd);
		}
	}
	return n;
}

static int
take_body(struct message *out, const struct packet *packet, size_t got, int fds[static FD_MOST], size_t n, struct plim_error *err)
{
	size_t first = packet->head.long_body == 1;
	out->kind = packet->head.kind;
	for (size_t i = first; i < n && i - first < 2; i++)
		out->fd[i - first] = fd_take(&fds[i]);
	if (!first) {
		out->body = (struct slice){ out->held, got - sizeof packet->head };
		return 0;
	}
	if (n == 0)
		return error_set(err, PLIM_EFORMAT, "a message without its body");
	struct slice map;
	int r = memory_map(fds[0], &map, err);
	if (r < 0 || map.n == 0)
		return r;
	free(out->held);
	out->held = (void *)map.p;
	out->mapped = map.n;
	out->body = map;
	return 0;
}

int
channel_receive(int channel, struct message *out, struct plim_error *err)
{
	struct packet packet;
	int fds[FD_MOST] = { -1, -1, -1 };
	ssize_t got;
	*out = (struct message){ .fd = { -1, -1 }, .body = SLICE(""), .held = malloc(INLINE_BYTES) };
	if (out->held == NULL)
		return error_nomem(err);
	packet_init(&packet, (struct slice){ out->held, INLINE_BYTES });
	/* Reset tells once that the other side left something of ours unread; what it had sent is still queued behind that. */
	do
		got = recvmsg(channel, &packet.msg, MSG_CMSG_CLOEXEC);
	while (got < 0 && (errno == EINTR || errno == ECONNRESET));
	int r = 0;
	if (got < 0 && errno == EAGAIN)
		r = error_set(err, PLIM_EPROCESS, "another process does not answer");
	else if (got <= 0)
		r = got == 0 ? error_set(err, PLIM_ENOTFOUND, "the other process has gone") : error_sys(err, errno, "from another process");
	/* An empty packet looks like the end, and may bring descriptors all the same. */
	size_t n = got >= 0 ? detach(&packet, fds) : 0;
	if (r == 0 && ((size_t)got < sizeof packet.head || (packet.msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))))
		r = error_set(err, PLIM_EFORMAT, "a message that is cut off");
	if (r == 0)
		r = take_body(out, &packet, (size_t)got, fds, n, err);
	for (size_t i = 0; i < FD_MOST; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (r < 0)
		message_done(out);
	return r;
}
