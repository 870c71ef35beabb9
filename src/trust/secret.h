/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that are wiped when they are released: passphrases and private keys. */
#ifndef TRUST_SECRET_H
#define TRUST_SECRET_H

#include "base/slice.h"

#include <plimsoll/error.h>

/* Owns its bytes, which never move; valid when zeroed. */
struct secret {
	char *p;
	size_t n;
};

/* `n` zeroed bytes and a NUL behind them; false without memory. */
bool secret_new(struct secret *secret, size_t n);
void secret_done(struct secret *secret);
static inline void
auto_secret(struct secret *secret)
{
	secret_done(secret);
}

static inline struct slice
secret_slice(const struct secret *secret)
{
	return (struct slice){ secret->p, secret->n };
}

/* A file of at most `limit` bytes. */
int secret_read(int fd, uint64_t limit, struct secret *out, struct plim_error *err);

struct passphrase_source {
	const char *file;      /* its first line; NULL: not from a file */
	bool is_new;           /* from a terminal it is asked for twice, and it may not be empty */
	const char *of;        /* what it opens, for the question */
};

/*
 * From the file, else from $PLIMSOLL_KEY_PASSPHRASE (which is then taken out of the environment), else from the terminal (/dev/tty) without echo.
 * PLIM_EUSAGE where none of them has one.
 */
int passphrase_ask(const struct passphrase_source *source, struct secret *out, struct plim_error *err);

#endif
