/* SPDX-License-Identifier: Apache-2.0 */
/* A context of OpenSSL and the files that it was made of. */
#include "enforce/server/http_tls.h"

#include "base/error.h"

#include <openssl/err.h>
#include <sys/stat.h>
#include <time.h>

enum { CERTIFICATE, KEY, AUTHORITIES, FILE_COUNT };

struct http_tls {
	const char *paths[FILE_COUNT];    /* NULL: none */
	struct stat seen[FILE_COUNT];     /* when they were last read */
	SSL_CTX *context;
};

/* What the library says last is nearest to the reason; the rest goes, for the queue is the thread's. */
static int
tls_error(const char *path, struct plim_error *err)
{
	unsigned long number = ERR_peek_last_error();
	const char *why = number ? ERR_reason_error_string(number) : NULL;
	int r = error_set(err, PLIM_EUSAGE, "%s: %s", path, why ? why : "cannot be used");
	ERR_clear_error();
	return r;
}

/* A key with a passphrase would have us wait for somebody to type it. */
static int
no_passphrase(char *text, int size, int writing, void *context)
{
	(void)text, (void)size, (void)writing, (void)context;
	return 0;
}

static int
demand_clients(SSL_CTX *context, const char *authorities, struct plim_error *err)
{
	if (authorities == NULL)
		return 0;
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(authorities);
	if (names == NULL)
		return tls_error(authorities, err);
	SSL_CTX_set_client_CA_list(context, names);
	if (SSL_CTX_load_verify_locations(context, authorities, NULL) != 1)
		return tls_error(authorities, err);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return 0;
}

static int
context_fill(SSL_CTX *context, const char *const paths[static FILE_COUNT], struct plim_error *err)
{
	static const unsigned char session[] = "plimsoll";
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_id_context(context, session, sizeof session - 1);
	SSL_CTX_set_default_passwd_cb(context, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(context, paths[CERTIFICATE]) != 1)
		return tls_error(paths[CERTIFICATE], err);
	if (SSL_CTX_use_PrivateKey_file(context, paths[KEY], SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(context) != 1)
		return tls_error(paths[KEY], err);
	return demand_clients(context, paths[AUTHORITIES], err);
}

static int
context_make(const char *const paths[static FILE_COUNT], SSL_CTX **out, struct plim_error *err)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	int r = context ? context_fill(context, paths, err) : error_nomem(err);
	if (r < 0)
		SSL_CTX_free(context);
	else
		*out = context;
	return r;
}

/* Links are followed: Kubernetes puts a new secret in place by one. */
static void
look(const struct http_tls *tls, struct stat seen[static FILE_COUNT])
{
	memset(seen, 0, sizeof *seen * FILE_COUNT);
	for (size_t i = 0; i < FILE_COUNT; i++)
		if (tls->paths[i] && stat(tls->paths[i], &seen[i]) < 0)
			memset(&seen[i], 0, sizeof seen[i]);
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

int
http_tls_open(const char *certificate, const char *key, const char *authorities, struct http_tls **out, struct plim_error *err)
{
	AUTO(http_tls) struct http_tls *tls = calloc(1, sizeof *tls);
	if (tls == NULL)
		return error_nomem(err);
	tls->paths[CERTIFICATE] = certificate;
	tls->paths[KEY] = key;
	tls->paths[AUTHORITIES] = authorities;
	look(tls, tls->seen);
	int r = context_make(tls->paths, &tls->context, err);
	if (r == 0)
		*out = ptr_take(&tls);
	return r;
}

void
http_tls_free(struct http_tls *tls)
{
	if (tls == NULL)
		return;
	SSL_CTX_free(tls->context);
	free(tls);
}

int
http_tls_refresh(struct http_tls *tls, bool *changed, struct plim_error *err)
{
	struct stat seen[FILE_COUNT];
	SSL_CTX *context = NULL;
	look(tls, seen);
	*changed = false;
	for (size_t i = 0; i < FILE_COUNT; i++)
		*changed |= !is_same(&seen[i], &tls->seen[i]);
	if (!*changed)
		return 0;
	memcpy(tls->seen, seen, sizeof seen);
	int r = context_make(tls->paths, &context, err);
	if (r < 0)
		return r;
	SSL_CTX_free(tls->context);
	tls->context = context;
	return 0;
}

SSL *
http_tls_session(struct http_tls *tls)
{
	return SSL_new(tls->context);
}

int64_t
http_tls_until(const struct http_tls *tls)
{
	struct tm end = { 0 };
	X509 *own = SSL_CTX_get0_certificate(tls->context);
	return own && ASN1_TIME_to_tm(X509_get0_notAfter(own), &end) == 1 ? (int64_t)timegm(&end) : 0;
}
