/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question to a registry, which may take several requests: who asks is
 * asked for a token, is sent on to where a blob is kept, is told to come
 * later.  Credentials leave here only for the registry that they are of and
 * for the token server that it names, and never without TLS unless that was
 * allowed.  OCI distribution-spec 1.1, and the distribution project's tokens.
 */
#ifndef NET_ASK_H
#define NET_ASK_H

#include "base/digest.h"
#include "net/challenge.h"
#include "net/credentials.h"
#include "net/exchange.h"
#include "net/order.h"
#include "net/registries.h"

struct token {
	struct token *next;
	struct slice scope;
	struct slice value;                /* "Bearer ..." */
	uint64_t until_ms;
};

/* One registry, whatever is asked of it. */
struct server {
	struct server *next;
	struct slice host;                 /* by which it is named, and by which its credentials are kept */
	struct slice origin;               /* "https://HOST[:PORT]" */
	bool registry;                     /* not a token server, or where blobs are kept */
	bool lenient;                      /* registries.conf calls it insecure: any certificate will do, or none */
	bool asking;                       /* a token is under way */
	bool unreachable;                  /* a mirror that is asked no more */
	struct manners manners;
	enum { UNKNOWN, NOTHING, BASIC, BEARER } demands;
	struct slice realm, service;       /* BEARER, as it said last */
	struct token *tokens;
};

/* All that the program knows. */
struct fetch {
	struct wheel wheel;
	struct arena *arena;               /* lives as long as the program: servers, tokens, configuration */
	struct configuration options;
	struct registries *registries;
	struct wallet wallet;
	struct server *servers;
	struct stream_out *streams;
	struct export *exports;            /* of an engine */
	const char *engine;                /* its socket, once it was looked for */
};

/* The server of an endpoint; made at its first use. */
int server_of(struct fetch *fetch, const struct endpoint *endpoint, struct server **out, struct plim_error *err);
/* That of an address, without credentials; TLS is demanded. */
int server_of_address(struct fetch *fetch, struct slice address, struct server **out, struct plim_error *err);

struct ask {
	/* asked */
	struct fetch *fetch;
	struct server *server;
	struct slice repository;           /* the path of it there */
	const char *actions;               /* "pull", "pull,push" */
	struct slice also;                 /* another repository there, to be pulled from; absent: none */
	const char *method;
	const char *step;                  /* what is being done, for messages */
	struct slice target;               /* behind the origin: "/v2/...", or a whole address */
	const char *accept;
	struct slice content_type;
	uint64_t from;                     /* of the body: what is before is had already */
	struct slice if_range;             /* only if it is still of this */
	struct slice if_none_match, if_modified_since;    /* only if it is no more of these */
	bool once;                         /* cannot be repeated: its body comes from a pipe */
	struct slice authorization;        /* in the place of what the server demands; absent: that */
	struct exchange x;                 /* body, sink and times are the asker's */

	/* private */
	struct strbuf url;
	unsigned tries, redirects;
	bool moved, away;                  /* sent on; to another origin */
	bool challenged;                   /* it answered 401 and may be asked once more */
	struct slice scope;                /* of that challenge: others may ask the server about other repositories meanwhile */
	const char *shown;                 /* the token that went with the last request: another one that is kept may be good */
	bool introduced;                   /* credentials or a token went with the last request */
	uint64_t not_before;
};

enum ask_step { ASK_ANSWERED, ASK_AGAIN };

/* A question about a document or nothing: what is not said is as it is usual. */
void ask_init(struct ask *ask, struct fetch *fetch, struct server *server, struct slice repository, const char *step);
void ask_done(struct ask *ask);
static inline void
auto_ask(struct ask *ask)
{
	ask_done(ask);
}

/* Begins the next request; a token may be asked for before. */
int ask_start(struct ask *ask, struct plim_error *err);
/*
 * After the request is done: ASK_ANSWERED with what ask->x has, whatever its status, or ASK_AGAIN, not before ask->not_before.  An error
 * is one that no further request would mend.
 */
int ask_step(struct ask *ask, struct plim_error *err);
/* Has the loop turn until the next request may begin. */
void ask_rest(const struct ask *ask);
/* All of it; 0 once there is an answer. */
int ask_perform(struct ask *ask, struct plim_error *err);
/* PLIM_EFORMAT for an answer whose length or coding could be read in two ways. */
int answer_framing(const struct exchange *x, struct plim_error *err);
/* An answer that was not wanted, as an error: its status, what the server says, and what may help. */
int ask_refused(const struct ask *ask, struct plim_error *err);
/* The same with what may help where the credentials are missing or wrong. */
int ask_advise(const struct ask *ask, int r, struct plim_error *err);
/* The value of Authorization for user and password. */
int basic_line(struct arena *arena, const struct credentials *who, struct slice *out, struct plim_error *err);
/* "HOST/PATH: STEP" in front of an error. */
int ask_wrap(const struct ask *ask, int r, struct plim_error *err);

/* "Bearer TOKEN" for the question, from where the server's challenge says.  What was shown and refused is not answered again. */
int token_for(struct ask *ask, struct slice *out, struct plim_error *err);
/* What a server that answered 401 demands is kept; *scope is that of this question, or absent.  PLIM_EUNSUPPORTED for nothing that is known here. */
int server_learn(struct server *server, struct arena *arena, const struct exchange *x, struct slice *scope, struct plim_error *err);

/* Two addresses have the same scheme, host and port. */
bool origin_same(const char *a, const char *b);
bool address_is_secret(const struct fetch *fetch, const char *address);

#endif
