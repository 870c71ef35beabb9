/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between two processes over a socket pair: a kind, a body and at
 * most two descriptors.  A long body travels in a sealed memory file, so that
 * neither side can change or shrink it once it was sent.  The receiver takes
 * whatever arrives for hostile.
 */
#ifndef PROCESS_CHANNEL_H
#define PROCESS_CHANNEL_H

#include "base/auto.h"
#include "base/slice.h"

#include <plimsoll/error.h>

/* `ends` of a new pair (SOCK_SEQPACKET, close-on-exec). */
int channel_pair(int ends[static 2], struct plim_error *err);

struct message {
	uint32_t kind;
	struct slice body;       /* valid until message_done */
	int fd[2];               /* -1 where there is none; the receiver's */
	void *held;              /* private: what `body` lies in */
	size_t mapped;           /* private */
};

void message_done(struct message *message);
static inline void
auto_message(struct message *message)
{
	message_done(message);
}

/* PLIM_ESYSTEM when the other side has gone. */
int channel_send(int channel, uint32_t kind, struct slice body, struct plim_error *err);
/* As channel_send with `n` descriptors, which are lent. */
int channel_send_with(int channel, uint32_t kind, struct slice body, const int *fds, size_t n, struct plim_error *err);
/* The same to one that asked and waits: PLIM_EPROCESS where it does not listen, and nobody here waits until it does. */
int channel_answer(int channel, uint32_t kind, struct slice body, const int *fds, size_t n, struct plim_error *err);
/* Of this end: whoever does not take or send a message for so long is given up, with PLIM_EPROCESS. */
void channel_patience(int channel, uint64_t seconds);
/* Waits for the next; PLIM_ENOTFOUND when the other side has closed. */
int channel_receive(int channel, struct message *out, struct plim_error *err);

/* A sealed memory file of these bytes. */
int memory_file(struct slice bytes, int *out, struct plim_error *err);
/* An empty one to be written, and the end of that: from then on it cannot change. */
int memory_file_new(int *out, struct plim_error *err);
int memory_file_seal(int fd, struct plim_error *err);
/* Maps one that came from outside, after asking that it can neither shrink nor change; release with file_unmap. */
int memory_map(int fd, struct slice *out, struct plim_error *err);

#endif
