/* SPDX-License-Identifier: Apache-2.0 */
/* Wiping, and asking for a passphrase where nobody looks over the shoulder. */
#include "trust/secret.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/limits.h"

#include <openssl/crypto.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define PASSPHRASE_VARIABLE "PLIMSOLL_KEY_PASSPHRASE"

bool
secret_new(struct secret *secret, size_t n)
{
	*secret = (struct secret){ calloc(1, n + 1), n };
	return secret->p != NULL;
}

void
secret_done(struct secret *secret)
{
	if (secret->p)
		OPENSSL_cleanse(secret->p, secret->n);
	free(secret->p);
	*secret = (struct secret){ 0 };
}

int
secret_read(int fd, uint64_t limit, struct secret *out, struct plim_error *err)
{
	AUTO(secret) struct secret text = { 0 };
	size_t have = 0;
	ssize_t got = 1;
	if (!secret_new(&text, limit + 1))
		return error_nomem(err);
	while (got != 0 && have <= limit) {
		got = read(fd, text.p + have, limit + 1 - have);
		if (got < 0 && errno != EINTR)
			return error_sys(err, errno, "reading it");
		have += got > 0 ? (size_t)got : 0;
	}
	if (have > limit)
		return error_set(err, PLIM_ELIMIT, "more than %ju bytes", (uintmax_t)limit);
	/* What is behind `n` was never written. */
	text.n = have;
	*out = text;
	text = (struct secret){ 0 };
	return 0;
}

static int
copy_of(struct slice text, struct secret *out, struct plim_error *err)
{
	if (text.n > LIMIT_PASSPHRASE_BYTES)
		return error_set(err, PLIM_ELIMIT, "a passphrase of %zu bytes, limit PASSPHRASE_BYTES", text.n);
	if (!secret_new(out, text.n))
		return error_nomem(err);
	memcpy(out->p, text.p, text.n);
	return 0;
}

static struct slice
first_line(struct slice text)
{
	struct slice line = text, rest;
	slice_cut(text, '\n', &line, &rest);
	slice_skip_end(&line, SLICE("\r"));
	return line;
}

static int
from_file(const char *path, struct secret *out, struct plim_error *err)
{
	AUTO(secret) struct secret text = { 0 };
	AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_sys(err, errno, "the passphrase's file %s", path);
	int r = secret_read(fd, LIMIT_KEY_FILE_BYTES, &text, err);
	return r < 0 ? error_wrap(err, r, "the passphrase's file %s", path) : copy_of(first_line(secret_slice(&text)), out, err);
}

static int
from_environment(struct secret *out, struct plim_error *err)
{
	char *value = getenv(PASSPHRASE_VARIABLE);
	int r = copy_of(slice_of(value), out, err);
	OPENSSL_cleanse(value, strlen(value));
	unsetenv(PASSPHRASE_VARIABLE);
	return r;
}

static void
say(int tty, const char *text)
{
	ssize_t put = write(tty, text, strlen(text));
	(void)put;
}

/* Until a line is whole, or a signal waits in `signals`, which is left there. */
static size_t
type_line(int tty, int signals, char *into, size_t room)
{
	struct pollfd asked[] = { { .fd = tty, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
	size_t n = 0;
	while (n < room && poll(asked, 2, -1) > 0 && asked[1].revents == 0) {
		ssize_t got = read(tty, into + n, room - n);
		if (got <= 0)
			break;
		n += (size_t)got;
		if (into[n - 1] == '\n')
			break;
	}
	return n;
}

/* Without echo.  A signal that would end or stop us must find the terminal as it was: it waits until that is so. */
static size_t
type_quietly(int tty, const struct termios *as_it_was, char *into, size_t room)
{
	struct termios quiet = *as_it_was;
	sigset_t ending, before;
	sigemptyset(&ending);
	for (const int *s = (const int[]){ SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, 0 }; *s; s++)
		sigaddset(&ending, *s);
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ICANON | ISIG;
	sigprocmask(SIG_BLOCK, &ending, &before);
	AUTO(fd) int signals = signalfd(-1, &ending, SFD_CLOEXEC);
	size_t n = 0;
	if (signals >= 0 && tcsetattr(tty, TCSAFLUSH, &quiet) == 0)
		n = type_line(tty, signals, into, room);
	tcsetattr(tty, TCSAFLUSH, as_it_was);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return n;
}

static int
ask_once(int tty, const char *question, const char *of, struct secret *out, struct plim_error *err)
{
	struct termios as_it_was;
	AUTO(secret) struct secret typed = { 0 };
	if (tcgetattr(tty, &as_it_was) < 0)
		return error_sys(err, errno, "the terminal");
	if (!secret_new(&typed, LIMIT_PASSPHRASE_BYTES + 1))
		return error_nomem(err);
	say(tty, question);
	say(tty, of);
	say(tty, ": ");
	size_t n = type_quietly(tty, &as_it_was, typed.p, typed.n);
	say(tty, "\n");
	return n == 0 ? error_set(err, PLIM_EUSAGE, "no passphrase was typed") : copy_of(first_line((struct slice){ typed.p, n }), out, err);
}

static int
from_terminal(const struct passphrase_source *source, struct secret *out, struct plim_error *err)
{
	AUTO(secret) struct secret again = { 0 };
	AUTO(secret) struct secret typed = { 0 };
	AUTO(fd) int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (tty < 0)
		return error_set(err, PLIM_EUSAGE, "a passphrase is needed for %s: there is no terminal to ask at, and neither --passphrase-file nor $%s has one",
		                 source->of, PASSPHRASE_VARIABLE);
	int r = ask_once(tty, source->is_new ? "New passphrase for " : "Passphrase for ", source->of, &typed, err);
	if (r == 0 && source->is_new)
		r = ask_once(tty, "Once more for ", source->of, &again, err);
	if (r == 0 && source->is_new && !slice_eq(secret_slice(&typed), secret_slice(&again)))
		r = error_set(err, PLIM_EUSAGE, "the two passphrases differ");
	if (r < 0)
		return r;
	*out = typed;
	typed = (struct secret){ 0 };
	return 0;
}

int
passphrase_ask(const struct passphrase_source *source, struct secret *out, struct plim_error *err)
{
	AUTO(secret) struct secret found = { 0 };
	int r;
	if (source->file)
		r = from_file(source->file, &found, err);
	else if (getenv(PASSPHRASE_VARIABLE))
		r = from_environment(&found, err);
	else
		r = from_terminal(source, &found, err);
	if (r == 0 && source->is_new && found.n == 0)
		r = error_set(err, PLIM_EUSAGE, "an empty passphrase protects nothing; --no-passphrase says that none is wanted");
	if (r < 0)
		return r;
	*out = found;
	found = (struct secret){ 0 };
	return 0;
}
