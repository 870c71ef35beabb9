/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that listen: made at a path or an address, or handed down by systemd. */
#ifndef ENFORCE_SERVER_LISTENING_H
#define ENFORCE_SERVER_LISTENING_H

#include "base/auto.h"

#include <plimsoll/error.h>

#include <sys/types.h>

/* One, close-on-exec and without waiting. */
struct listening {
	int fd;              /* -1: none */
	char *path;          /* of a unix socket that was made here; NULL for the others */
	dev_t device;        /* which file that is */
	ino_t inode;
};
#define LISTENING_NONE ((struct listening){ .fd = -1 })

/*
 * A unix socket at this path, which has its mode before anybody can find it.  What is left of one that nobody listens at is replaced; PLIM_EUSAGE
 * where somebody does, or where something else is there.
 */
int listening_unix(const char *path, mode_t mode, struct listening *out, struct plim_error *err);

/* "HOST:PORT", "[ADDRESS]:PORT", ":PORT" for every address of this machine. */
int listening_address(const char *address, struct listening *out, struct plim_error *err);

/*
 * The socket that systemd holds for us (sd_listen_fds(3)): the one of this FileDescriptorName, or the first for NULL.  PLIM_ENOTFOUND where
 * there is none; one that is already taken is no more there.
 */
int listening_inherited(const char *name, struct listening *out, struct plim_error *err);
/* After that: what is started from here is not told of them. */
void listening_forget_inherited(void);

/* Closes it, and removes the file if it still is its own. */
void listening_done(struct listening *listening);
static inline void
auto_listening(struct listening *listening)
{
	listening_done(listening);
}

#endif
