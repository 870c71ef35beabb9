/* SPDX-License-Identifier: Apache-2.0 */
/* A program that tells what it was started with: which descriptors, which secrets, and what its standard input has. */
#include "base/error.h"
#include "base/strbuf.h"
#include "process/channel.h"
#include "process/helper.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void
put_descriptors(struct strbuf *into)
{
	strbuf_puts(into, "descriptors");
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			strbuf_printf(into, " %d", fd);
}

static void
put_input(struct strbuf *into)
{
	char bytes[64];
	ssize_t n = read(0, bytes, sizeof bytes);
	strbuf_printf(into, "; input '%.*s'", n > 0 ? (int)n : 0, bytes);
}

int
main(void)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	sigset_t blocked;
	const char *secret = getenv("PLIMSOLL_KEY_PASSPHRASE"), *other = getenv("PLIMSOLL_KEY_PASSPHRASE_2");
	put_descriptors(&text);
	put_input(&text);
	strbuf_printf(&text, "; secret '%s' other '%s'", secret ? secret : "", other ? other : "");
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	strbuf_printf(&text, "; SIGTERM %s", sigismember(&blocked, SIGTERM) ? "blocked" : "free");
	return channel_send(HELPER_CHANNEL, 1, strbuf_slice(&text), NULL) < 0;
}
