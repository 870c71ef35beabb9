/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests of HTTP and their answers, many at once in one thread: libcurl's
 * multi interface behind one loop.  Nothing is followed, retried or decoded
 * here, and no credentials are known: that is for ask.h.  RFC 9110, 9112, 9113.
 */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

#include <curl/curl.h>

struct wheel;

/* Long enough for the errors of any registry. */
#define REFUSAL_BYTES 65536

/* Takes the next bytes of a body: how many were taken (all of them), CURL_WRITEFUNC_PAUSE or CURL_WRITEFUNC_ERROR. */
typedef size_t exchange_sink(void *context, struct slice bytes);

/* How a machine is spoken to. */
struct manners {
	bool insecure;             /* whatever certificate it shows */
	struct slice authorities;  /* PEM, in place of the system's; absent: the system's */
	const char *certificate, *key;    /* of ours; may be NULL */
};

struct exchange {
	/* asked */
	const char *method;        /* a literal */
	const char *url;           /* borrowed */
	struct curl_slist *lines;
	const struct manners *manners;
	exchange_sink *sink;       /* of the body; NULL: it is kept in `body`, up to `body_most` bytes */
	void *context;
	uint64_t body_most;
	const char *body_limit;    /* the name of that limit */
	uint64_t total_s;          /* for all of it; 0: as long as it moves */
	uint64_t stall_s;          /* in which hardly anything comes; 0: LIMIT_FETCH_STALL_S */
	const char *socket;        /* in the place of TCP; NULL: none */
	bool packed;               /* gzip is asked for, and kept as it comes */
	bool one_stream;           /* HTTP/1.1 on a connection of its own: when it pauses, nothing else waits */
	struct slice put;          /* a body; or from put_fd, put_size bytes */
	int put_fd;                /* -1 for none */
	uint64_t put_size;

	/* answered */
	bool done;
	CURLcode result;
	long status;
	struct strbuf headers;     /* of the last answer: "name: value\n" each */
	struct strbuf body;
	bool too_long;             /* more than body_most; the headers beyond LIMIT_FETCH_HEADER_BYTES */
	bool cut;                  /* a refusal that went on beyond REFUSAL_BYTES: it is an answer all the same */
	char error[CURL_ERROR_SIZE];

	/* private, but for `waits`: while it pauses, the descriptor that it waits for */
	CURL *easy;
	struct wheel *wheel;
	struct exchange *next;
	int waits;
	short events;
	uint64_t put_at;
	bool put_failed;
};

/* The loop.  `tend` is called after every turn, from whoever waits; it may wait itself. */
struct wheel {
	CURLM *multi;
	int channel;                     /* whose end ends the program */
	struct exchange *running;
	struct strbuf no_proxy;
	void (*tend)(void *context);
	size_t (*gather)(void *context, struct curl_waitfd *fds, size_t most);    /* descriptors beside those of libcurl that end a turn */
	uint64_t (*most)(void *context, uint64_t most_ms);    /* how long a turn may take before something is to be begun */
	void *context;
};

int wheel_init(struct wheel *wheel, int channel, struct plim_error *err);

/* One turn of at most `most_ms`; true where the channel has something to read, which only `listening` ends the turn for. */
bool wheel_turn(struct wheel *wheel, uint64_t most_ms, bool listening);
uint64_t clock_ms(void);

/* Begins; with exchange_wait, or tend, until `done`.  It may not move meanwhile. */
int exchange_start(struct wheel *wheel, struct exchange *x, struct plim_error *err);
void exchange_wait(struct exchange *x);
/* Ends it, done or not, and forgets the answer. */
void exchange_done(struct exchange *x);

/* Adds a header line; PLIM_EFORMAT for one with control characters in it, which would be read as several. */
int exchange_line(struct exchange *x, struct plim_error *err, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The n-th header of that name, in any case, trimmed; absent where there are fewer. */
struct slice exchange_header(const struct exchange *x, const char *name, size_t nth);
/* Goes on with a body that paused; whoever paused it set `waits`. */
void exchange_continue(struct exchange *x);

#endif
