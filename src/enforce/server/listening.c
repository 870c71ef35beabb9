/* SPDX-License-Identifier: Apache-2.0 */
/* Making sockets that listen, taking over those of systemd, and clearing up behind them. */
#include "enforce/server/listening.h"

#include "base/error.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define BACKLOG 1024
#define SOCKET_FLAGS (SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)
#define INHERITED_FIRST 3    /* SD_LISTEN_FDS_START */

static int
address_of(const char *path, struct sockaddr_un *out, struct plim_error *err)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof out->sun_path)
		return error_set(err, PLIM_EUSAGE, "%s: the path of a socket has at most %zu bytes", path, sizeof out->sun_path - 1);
	strcpy(out->sun_path, path);
	return 0;
}

/* Refused is what is left of somebody who ended. */
static int
check_nobody_there(const char *path, struct plim_error *err)
{
	struct sockaddr_un address;
	struct stat there;
	int r = address_of(path, &address, err);
	if (r < 0)
		return r;
	if (lstat(path, &there) < 0)
		return errno == ENOENT ? 0 : error_sys(err, errno, "%s", path);
	if (!S_ISSOCK(there.st_mode))
		return error_set(err, PLIM_EUSAGE, "%s: something that is no socket is there", path);
	AUTO(fd) int fd = socket(AF_UNIX, SOCKET_FLAGS, 0);
	if (fd < 0)
		return error_sys(err, errno, "a socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN)
		return error_set(err, PLIM_EUSAGE, "%s: somebody listens there", path);
	return errno == ECONNREFUSED || errno == ENOENT ? 0 : error_sys(err, errno, "%s", path);
}

/* Under another name, which it loses once it listens and has its mode. */
static int
bind_beside(const char *path, mode_t mode, int fd, struct strbuf *beside, struct plim_error *err)
{
	struct sockaddr_un address;
	strbuf_printf(beside, "%s.%ld", path, (long)getpid());
	int r = beside->failed ? error_nomem(err) : address_of(beside->p, &address, err);
	if (r < 0)
		return r;
	unlink(beside->p);
	mode_t before = umask(0177);
	r = bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ? error_sys(err, errno, "%s", path) : 0;
	umask(before);
	if (r == 0 && (chmod(beside->p, mode) < 0 || listen(fd, BACKLOG) < 0))
		r = error_sys(err, errno, "%s", path);
	return r;
}

int
listening_unix(const char *path, mode_t mode, struct listening *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf beside = { 0 };
	AUTO(listening) struct listening made = { .fd = socket(AF_UNIX, SOCKET_FLAGS, 0) };
	struct stat there;
	if (made.fd < 0)
		return error_sys(err, errno, "a socket");
	int r = check_nobody_there(path, err);
	if (r < 0 || (r = bind_beside(path, mode, made.fd, &beside, err)) < 0)
		return r;
	if (lstat(beside.p, &there) < 0 || rename(beside.p, path) < 0) {
		r = error_sys(err, errno, "%s", path);
		unlink(beside.p);
		return r;
	}
	if ((made.path = strdup(path)) == NULL)
		return error_nomem(err);
	made.device = there.st_dev;
	made.inode = there.st_ino;
	*out = made;
	made = LISTENING_NONE;
	return 0;
}

static int
split(const char *address, char host[static 256], const char **port, struct plim_error *err)
{
	struct slice text = slice_of(address), name, number;
	if (!slice_cut_last(text, ':', &name, &number) || number.n == 0)
		return error_set(err, PLIM_EUSAGE, "%s: an address is HOST:PORT", address);
	if (slice_skip(&name, SLICE("[")) && !slice_skip_end(&name, SLICE("]")))
		return error_set(err, PLIM_EUSAGE, "%s: a bracket is missing", address);
	if (name.n >= 256)
		return error_set(err, PLIM_EUSAGE, "%s: no host has such a name", address);
	snprintf(host, 256, "%.*s", SLICE_ARG(name));
	*port = number.p;
	return 0;
}

/* The first of a name's addresses that can be had; all of this machine's in one socket where both families are there. */
static int
bind_first(const struct addrinfo *found, int *out)
{
	int number = EADDRNOTAVAIL, on = 1, off = 0;
	for (const struct addrinfo *a = found; a; a = a->ai_next) {
		AUTO(fd) int fd = socket(a->ai_family, SOCKET_FLAGS, 0);
		if (fd >= 0)
			setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		/* A machine may have it otherwise (net.ipv6.bindv6only). */
		if (fd >= 0 && a->ai_family == AF_INET6)
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
		if (fd >= 0 && bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
			return *out = fd_take(&fd), 0;
		number = errno;
	}
	return number;
}

/* IPv6's any-address first, for it takes what comes by IPv4 too. */
static int
resolve(const char *host, const char *port, struct addrinfo **out)
{
	struct addrinfo wanted = { .ai_family = *host ? AF_UNSPEC : AF_INET6, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	int failed = getaddrinfo(*host ? host : NULL, port, &wanted, out);
	if (!failed || *host)
		return failed;
	wanted.ai_family = AF_INET;
	return getaddrinfo(NULL, port, &wanted, out);
}

int
listening_address(const char *address, struct listening *out, struct plim_error *err)
{
	char host[256];
	const char *port = NULL;
	struct addrinfo *found = NULL;
	int fd = -1;
	int r = split(address, host, &port, err);
	if (r < 0)
		return r;
	int failed = resolve(host, port, &found);
	if (failed)
		return error_set(err, PLIM_EUSAGE, "%s: %s", address, gai_strerror(failed));
	int number = bind_first(found, &fd);
	freeaddrinfo(found);
	if (number)
		return error_sys(err, number, "%s", address);
	*out = (struct listening){ .fd = fd };
	return 0;
}

static uint64_t
number_of(const char *variable)
{
	const char *text = getenv(variable);
	uint64_t value = 0;
	return text && slice_to_u64(slice_of(text), 10, &value) ? value : 0;
}

/* How many there are for this very process: whoever inherits the words of another one has none. */
static int
inherited_count(void)
{
	uint64_t n = number_of("LISTEN_PID") == (uint64_t)getpid() ? number_of("LISTEN_FDS") : 0;
	return n < 64 ? (int)n : 64;
}

static bool
has_name(int at, const char *wanted)
{
	const char *all = getenv("LISTEN_FDNAMES");
	struct slice rest = slice_of(all ? all : ""), name = SLICE_NONE;
	for (int i = 0; i <= at; i++)
		if (!slice_next(&rest, ':', &name))
			return false;
	return slice_is(name, wanted);
}

/* Whoever was taken has the flag, which those of systemd have not. */
static bool
is_free_listener(int fd)
{
	int listens = 0, flags = fcntl(fd, F_GETFD);
	socklen_t n = sizeof listens;
	return flags >= 0 && !(flags & FD_CLOEXEC) && getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) == 0 && listens;
}

int
listening_inherited(const char *name, struct listening *out, struct plim_error *err)
{
	int count = inherited_count();
	for (int i = 0; i < count; i++) {
		int fd = INHERITED_FIRST + i;
		if (!is_free_listener(fd) || (name && !has_name(i, name)))
			continue;
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
			return error_sys(err, errno, "the socket of systemd");
		*out = (struct listening){ .fd = fd };
		return 0;
	}
	return error_set(err, PLIM_ENOTFOUND, "systemd handed down no socket%s%s", name ? " named " : "", name ? name : "");
}

void
listening_forget_inherited(void)
{
	int count = inherited_count();
	for (int i = 0; i < count; i++)
		fcntl(INHERITED_FIRST + i, F_SETFD, FD_CLOEXEC);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

/* Another one may have replaced it by now. */
static void
remove_own(const struct listening *listening)
{
	struct stat there;
	if (lstat(listening->path, &there) == 0 && there.st_dev == listening->device && there.st_ino == listening->inode)
		unlink(listening->path);
}

void
listening_done(struct listening *listening)
{
	if (listening->path)
		remove_own(listening);
	if (listening->fd >= 0)
		close(listening->fd);
	free(listening->path);
	*listening = LISTENING_NONE;
}
