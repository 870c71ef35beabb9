/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz-made messages on a channel that nobody waits for: both ends give up where they would block. */
#ifndef FUZZ_PACKETS_H
#define FUZZ_PACKETS_H

#include "../fuzz.h"

#include "process/channel.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILE_NONE, FILE_SEALED, FILE_LOOSE, FILE_WINDOW, FILE_KINDS };

struct packets {
	int ours, theirs;    /* theirs: whom the target plays */
};

/* Descriptors that are open: whatever was sent, as many must be left behind. */
static inline size_t
packets_count(void)
{
	size_t n = 0;
	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static inline bool
packets_open(struct packets *packets)
{
	int ends[2];
	if (channel_pair(ends, NULL) < 0)
		return false;
	*packets = (struct packets){ ends[0], ends[1] };
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	return true;
}

static inline void
packets_close(struct packets *packets)
{
	close(packets->ours);
	if (packets->theirs >= 0)
		close(packets->theirs);
}

/* A file of `content`: one that could still change, one that could not, or a ring's memory as its writer makes it. */
static inline int
packets_file(const struct fuzz_message *message)
{
	int fd = -1;
	if (message->file % FILE_KINDS == FILE_NONE)
		return -1;
	if (message->file % FILE_KINDS == FILE_SEALED)
		return memory_file(message->content, &fd, NULL) < 0 ? -1 : fd;
	if ((fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING)) < 0)
		return -1;
	bool window = message->file % FILE_KINDS == FILE_WINDOW;
	if (write(fd, message->content.p, message->content.n) < 0 || (window && ftruncate(fd, (off_t)(message->file / FILE_KINDS) << 14) < 0) ||
	    (window && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* As the process under attack would send it: a whole head, whatever is in it. */
static inline void
packets_send(const struct packets *packets, const struct fuzz_message *message)
{
	AUTO(fd) int fd = packets_file(message);
	channel_send_with(packets->theirs, message->kind, message->body, &fd, fd >= 0, NULL);
}

/* What is left open by `run` is a leak, whatever it was sent. */
static inline int
packets_run(const uint8_t *data, size_t size, void (*run)(struct cursor *in, struct packets *packets))
{
	struct cursor in = cursor_of((struct slice){ (const char *)data, size });
	struct packets packets;
	size_t before = packets_count();
	if (!packets_open(&packets))
		return 0;
	run(&in, &packets);
	packets_close(&packets);
	fuzz_demand(packets_count() == before);
	return 0;
}

#endif
