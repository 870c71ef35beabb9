/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens as the distribution project specifies them: a GET with user and password, or the OAuth2 POST with a refresh token. */
#include "base/error.h"
#include "base/limits.h"
#include "codec/json.h"
#include "net/ask.h"

#include <stdio.h>

/* "repository:PATH:ACTIONS", and the other one that is read. */
static struct slice
scope_of(const struct ask *ask)
{
	struct arena *arena = ask->fetch->arena;
	struct slice own = arena_printf(arena, "repository:%.*s:%s", SLICE_ARG(ask->repository), ask->actions);
	return ask->also.p ? arena_printf(arena, "%.*s repository:%.*s:pull", SLICE_ARG(own), SLICE_ARG(ask->also)) : own;
}

static struct token *
token_kept(struct server *server, struct slice scope)
{
	for (struct token *t = server->tokens; t; t = t->next)
		if (slice_eq(t->scope, scope))
			return t;
	return NULL;
}

static int
token_keep(struct ask *ask, struct slice scope, struct slice value, uint64_t seconds, struct plim_error *err)
{
	struct server *server = ask->server;
	struct token *token = token_kept(server, scope);
	if (token == NULL) {
		token = arena_make(ask->fetch->arena, struct token);
		if (token == NULL)
			return error_nomem(err);
		token->scope = scope;
		token->next = server->tokens;
		server->tokens = token;
	}
	AUTO(strbuf) struct strbuf line = { 0 };
	strbuf_puts(&line, "Bearer ");
	strbuf_put(&line, value);
	token->value = line.failed ? SLICE_NONE : arena_dup(ask->fetch->arena, strbuf_slice(&line));
	/* What ends on the way is of no use. */
	token->until_ms = clock_ms() + (seconds > 20 ? seconds - 10 : seconds / 2) * 1000;
	return token->value.p ? 0 : error_nomem(err);
}

static void
put_parameter(struct strbuf *into, const char *name, struct slice value, char separator)
{
	strbuf_putc(into, separator);
	strbuf_puts(into, name);
	strbuf_putc(into, '=');
	strbuf_put_percent(into, value, "");
}

static void
put_question(const struct ask *ask, struct slice scope, const struct credentials *who, struct strbuf *address)
{
	struct slice realm = ask->server->realm, one;
	strbuf_put(address, realm);
	char separator = slice_find(realm, '?') == SIZE_MAX ? '?' : '&';
	if (ask->server->service.p) {
		put_parameter(address, "service", ask->server->service, separator);
		separator = '&';
	}
	while (slice_word(&scope, &one)) {
		put_parameter(address, "scope", one, separator);
		separator = '&';
	}
	if (who->user.p)
		put_parameter(address, "account", who->user, separator);
}

static void
put_form(const struct ask *ask, struct slice scope, const struct credentials *who, struct strbuf *form)
{
	strbuf_puts(form, "grant_type=refresh_token&client_id=plimsoll");
	put_parameter(form, "service", ask->server->service, '&');
	put_parameter(form, "scope", scope, '&');
	put_parameter(form, "refresh_token", who->identity_token, '&');
}

static int
reply_read(struct ask *ask, struct slice scope, const struct ask *reply, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(4 << 20);
	const struct json *root;
	uint64_t seconds;
	int r = arena ? json_parse(strbuf_slice(&reply->x.body), arena, &root, err) : error_nomem(err);
	if (r < 0)
		return r;
	struct slice value = json_get_string(root, "token");
	if (value.n == 0)
		value = json_get_string(root, "access_token");
	if (value.n == 0)
		return error_set(err, PLIM_EFORMAT, "the answer holds no token");
	for (size_t i = 0; i < value.n; i++)
		if ((uint8_t)value.p[i] <= ' ' || (uint8_t)value.p[i] >= 0x7f)
			return error_set(err, PLIM_EFORMAT, "the token holds what no header may");
	if (!json_u64(json_get(root, "expires_in"), &seconds) || seconds == 0)
		seconds = 60;
	return token_keep(ask, scope, value, seconds < 86400 ? seconds : 86400, err);
}

/* The realm is the registry's to name, but not to have passwords sent to in the open. */
static int
realm_check(const struct ask *ask, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	const struct server *server = ask->server;
	bool own = origin_same(server->realm.p, server->origin.p);
	strbuf_put_printable(&shown, slice_first(server->realm, 200));
	if (!slice_starts(server->realm, SLICE("https://")) && !slice_starts(server->realm, SLICE("http://")))
		return error_set(err, PLIM_EFORMAT, "its token server '%s' is no address", shown.p ? shown.p : "");
	if (!own && !address_is_secret(ask->fetch, server->realm.p))
		return error_set(err, PLIM_EREMOTE, "its token server %s would be asked without TLS", shown.p ? shown.p : "");
	return 0;
}

static int
reply_ask(struct ask *ask, struct ask *reply, struct slice scope, struct plim_error *err)
{
	int r = ask_perform(reply, err);
	if (r < 0)
		return r;
	if (reply->x.status != 200) {
		r = ask_refused(reply, err);
		return reply->x.status == 401 || reply->x.status == 403 || reply->x.status == 400 ? ask_advise(ask, r, err) : r;
	}
	return reply_read(ask, scope, reply, err);
}

static int
token_ask(struct ask *ask, struct slice scope, struct slice wanted, struct plim_error *err)
{
	struct server *where;
	struct credentials who;
	AUTO(strbuf) struct strbuf address = { 0 }, form = { 0 };
	int r = realm_check(ask, err);
	if (r < 0 || (r = wallet_find(&ask->fetch->wallet, ask->server->host, ask->repository, &who, err)) < 0)
		return r;
	if ((r = server_of_address(ask->fetch, ask->server->realm, &where, err)) < 0)
		return r;
	AUTO(ask) struct ask reply = { 0 };
	ask_init(&reply, ask->fetch, where, ask->repository, "a token");
	reply.x.body_most = LIMIT_FETCH_TOKEN_BYTES;
	reply.x.body_limit = "FETCH_TOKEN_BYTES";
	if (who.identity_token.p) {
		put_form(ask, wanted, &who, &form);
		strbuf_put(&address, ask->server->realm);
		reply.method = "POST";
		reply.content_type = SLICE("application/x-www-form-urlencoded");
		reply.x.put = strbuf_slice(&form);
	} else {
		put_question(ask, wanted, &who, &address);
		if (who.user.p && (r = basic_line(ask->fetch->arena, &who, &reply.authorization, err)) < 0)
			return r;
	}
	if (address.failed || form.failed)
		return error_nomem(err);
	reply.target = strbuf_slice(&address);
	reply.accept = "application/json";
	r = reply_ask(ask, &reply, scope, err);
	return r < 0 ? error_wrap(err, r, "a token from %.*s", SLICE_ARG(where->host)) : 0;
}

int
token_for(struct ask *ask, struct slice *out, struct plim_error *err)
{
	struct slice scope = scope_of(ask);
	if (scope.p == NULL)
		return error_nomem(err);
	struct token *token = token_kept(ask->server, scope);
	bool refused = token && ask->challenged && token->value.p == ask->shown;
	if (refused || token == NULL || token->until_ms <= clock_ms()) {
		/* A registry may name its scopes in a way of its own, but knows of one repository only. */
		struct slice wanted = ask->challenged && ask->scope.n && !ask->also.p ? ask->scope : scope;
		ask->server->asking = true;
		int r = token_ask(ask, scope, wanted, err);
		ask->server->asking = false;
		if (r < 0)
			return r;
		token = token_kept(ask->server, scope);
	}
	*out = token->value;
	return 0;
}
