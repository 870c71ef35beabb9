/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of each registry: how it is spoken to, what it demands, the tokens that it gave. */
#include "base/error.h"
#include "codec/json.h"
#include "net/ask.h"
#include "net/certificates.h"

#include <stdio.h>

/* The three parts of an address that must be the same for credentials to go there. */
static bool
origin_of(const char *address, struct strbuf *out)
{
	static const CURLUPart parts[] = { CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT };
	CURLU *url = curl_url();
	bool whole = url && curl_url_set(url, CURLUPART_URL, address, CURLU_DISALLOW_USER) == CURLUE_OK;
	for (size_t i = 0; whole && i < sizeof parts / sizeof *parts; i++) {
		char *part = NULL;
		whole = curl_url_get(url, parts[i], &part, CURLU_DEFAULT_PORT) == CURLUE_OK;
		for (char *c = part; c && *c; c++)
			strbuf_putc(out, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
		strbuf_puts(out, i == 0 ? "://" : i == 1 ? ":" : "");
		curl_free(part);
	}
	curl_url_cleanup(url);
	return whole && !out->failed;
}

bool
origin_same(const char *a, const char *b)
{
	AUTO(strbuf) struct strbuf one = { 0 }, other = { 0 };
	return origin_of(a, &one) && origin_of(b, &other) && slice_eq(strbuf_slice(&one), strbuf_slice(&other));
}

static bool
is_plain(const struct fetch *fetch, struct slice host)
{
	for (size_t i = 0; i < fetch->options.plain_http_count; i++)
		if (slice_eq_nocase(host, fetch->options.plain_http[i]))
			return true;
	return false;
}

/* "HOST[:PORT]" of an address, as it is written there. */
static struct slice
host_of(struct slice address)
{
	size_t slashes = slice_find_text(address, SLICE("://"));
	struct slice rest = slashes == SIZE_MAX ? address : slice_from(address, slashes + 3), host = rest, tail;
	slice_cut(rest, '/', &host, &tail);
	slice_cut(host, '?', &host, &tail);
	slice_cut(host, '#', &host, &tail);
	return host;
}

bool
address_is_secret(const struct fetch *fetch, const char *address)
{
	struct slice text = slice_of(address);
	return slice_starts(text, SLICE("https://")) || is_plain(fetch, host_of(text));
}

static int
add_certificates(struct fetch *fetch, struct server *server, bool registry, struct plim_error *err)
{
	struct certificates found;
	const char *system = getenv("SSL_CERT_FILE");
	if (system == NULL)
		system = curl_version_info(CURLVERSION_NOW)->cainfo;
	int r = certificates_find(fetch->options.certificates.p, server->host, system, fetch->arena, &found, err);
	if (r < 0)
		return r;
	server->manners.authorities = found.authorities;
	/* Who we are by the directory that was named is for registries, not for wherever they send us. */
	if (registry || !fetch->options.certificates.p) {
		server->manners.certificate = found.certificate;
		server->manners.key = found.key;
	}
	return 0;
}

static int
server_add(struct fetch *fetch, struct slice host, struct slice origin, bool registry, struct server **out, struct plim_error *err)
{
	struct server *server = arena_make(fetch->arena, struct server);
	if (server == NULL || origin.p == NULL || host.p == NULL)
		return error_nomem(err);
	*server = (struct server){ .host = host, .origin = origin };
	int r = slice_starts(origin, SLICE("https:")) ? add_certificates(fetch, server, registry, err) : 0;
	if (r < 0)
		return r;
	server->next = fetch->servers;
	*out = fetch->servers = server;
	return 0;
}

int
server_of(struct fetch *fetch, const struct endpoint *endpoint, struct server **out, struct plim_error *err)
{
	for (struct server *s = fetch->servers; s; s = s->next)
		if (s->registry && slice_eq(s->host, endpoint->host) && s->lenient == endpoint->insecure) {
			*out = s;
			return 0;
		}
	bool plain = is_plain(fetch, endpoint->host);
	/* Docker Hub is not where its name points to. */
	struct slice where = slice_is(endpoint->host, "docker.io") ? SLICE("registry-1.docker.io") : endpoint->host;
	struct slice origin = arena_printf(fetch->arena, "%s://%.*s", plain ? "http" : "https", SLICE_ARG(where));
	int r = server_add(fetch, arena_dup(fetch->arena, endpoint->host), origin, true, out, err);
	if (r < 0)
		return r;
	(*out)->registry = true;
	(*out)->lenient = endpoint->insecure;
	(*out)->manners.insecure = endpoint->insecure;
	if (endpoint->insecure)
		fprintf(stderr, "WARNING: %.*s is spoken to without being known for certain: registries.conf calls it insecure\n", SLICE_ARG(endpoint->host));
	return 0;
}

int
server_of_address(struct fetch *fetch, struct slice address, struct server **out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf origin = { 0 };
	if (!origin_of(address.p, &origin))
		return error_set(err, PLIM_EFORMAT, "an address that is none");
	for (struct server *s = fetch->servers; s; s = s->next)
		if (!s->registry && slice_eq(s->origin, strbuf_slice(&origin))) {
			*out = s;
			return 0;
		}
	return server_add(fetch, arena_dup(fetch->arena, host_of(address)), arena_dup(fetch->arena, strbuf_slice(&origin)), false, out, err);
}

int
server_learn(struct server *server, struct arena *arena, const struct exchange *x, struct slice *scope, struct plim_error *err)
{
	struct challenges challenges = { 0 };
	struct slice header;
	int r = 0;
	*scope = SLICE_NONE;
	for (size_t i = 0; r == 0 && (header = exchange_header(x, "WWW-Authenticate", i)).p; i++)
		r = challenges_parse(header, arena, &challenges, err);
	if (r < 0)
		return r;
	const struct challenge *bearer = challenges_find(&challenges, "Bearer");
	if (bearer && bearer->realm.n > 0) {
		server->demands = BEARER;
		server->realm = bearer->realm;
		server->service = bearer->service;
		*scope = bearer->scope;
		return 0;
	}
	if (challenges_find(&challenges, "Basic")) {
		server->demands = BASIC;
		return 0;
	}
	if (challenges.n == 0)
		return error_set(err, PLIM_EREMOTE, "it answered 401 and does not say what it demands");
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, slice_first(challenges.at[0].scheme, 40));
	return error_set(err, PLIM_EUNSUPPORTED, "it demands credentials of the kind '%s'", shown.p ? shown.p : "");
}
