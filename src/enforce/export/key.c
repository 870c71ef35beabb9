/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys and certificates, by libcrypto. */
#include "enforce/export/export.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "trust/companion.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <time.h>

#define FILE_MOST 65536
#define RSA_LEAST 2048

static void
auto_bio(BIO **bio)
{
	BIO_free(*bio);
}

static void
auto_pkey(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void
auto_x509(X509 **certificate)
{
	X509_free(*certificate);
}

/* Kubernetes and file systems take it, and no shell would read it otherwise. */
static bool
is_file_name(struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", name.p[i]) == NULL || name.p[i] == '\0')
			return false;
	return name.n > 0 && name.n <= 200 && name.p[0] != '.' && name.p[0] != '-';
}

static bool
is_usable(EVP_PKEY *key)
{
	int type = EVP_PKEY_base_id(key);
	if (type == EVP_PKEY_RSA)
		return EVP_PKEY_bits(key) >= RSA_LEAST;
	return type == EVP_PKEY_ED25519 || (type == EVP_PKEY_EC && EVP_PKEY_bits(key) >= 256);
}

/* One block of the label and nothing but blanks around it: of two keys nobody would know which one counts. */
static bool
is_one_block(struct slice text, const char *label)
{
	AUTO(strbuf) struct strbuf begin = { 0 }, end = { 0 };
	strbuf_printf(&begin, "-----BEGIN %s-----", label);
	strbuf_printf(&end, "-----END %s-----", label);
	text = slice_trim(text);
	if (begin.failed || end.failed || !slice_skip(&text, strbuf_slice(&begin)) || !slice_skip_end(&text, strbuf_slice(&end)))
		return false;
	return slice_find_text(text, SLICE("-----")) == SIZE_MAX;
}

static int
keep(BIO *written, const char *path, struct arena *arena, struct export_key *out, struct plim_error *err)
{
	char *text;
	long n = BIO_get_mem_data(written, &text);
	out->name = arena_dup(arena, path_base(slice_of(path)));
	out->pem = arena_dup(arena, (struct slice){ text, n > 0 ? (size_t)n : 0 });
	if (out->name.p == NULL || out->pem.p == NULL || out->pem.n == 0)
		return error_nomem(err);
	if (!is_file_name(out->name))
		return error_set(err, PLIM_EUSAGE, "%s: the name of a key's file has letters, digits, '.', '_' and '-' only: it is written into configurations", path);
	return 0;
}

static int
read_block(const char *path, const char *label, const char *what, char **bytes, size_t *size, struct plim_error *err)
{
	int r = file_read(AT_FDCWD, path, FILE_MOST, bytes, size, err);
	if (r < 0)
		return r;
	if (slice_find_text((struct slice){ *bytes, *size }, SLICE("PRIVATE KEY-----")) != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "%s is a private key: it belongs into no configuration", path);
	if (!is_one_block((struct slice){ *bytes, *size }, label))
		return error_set(err, PLIM_EFORMAT, "%s is not one %s in PEM, 'BEGIN %s'", path, what, label);
	return 0;
}

/* Enforcers ask who signed, and nothing else: a key that may sign evidence only would approve whatever it speaks of. */
static int
check_companion(const char *path, struct arena *arena, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf beside = { 0 };
	AUTO(free) char *bytes = NULL;
	struct companion *may;
	size_t size;
	companion_path(slice_of(path), &beside);
	int r = beside.failed ? error_nomem(err) : file_read(AT_FDCWD, beside.p, FILE_MOST, &bytes, &size, err);
	if (r < 0)
		return r == PLIM_ENOTFOUND ? 0 : r;
	if ((r = companion_parse(strbuf_slice(&beside), (struct slice){ bytes, size }, arena, &may, err)) < 0)
		return r;
	if ((r = companion_allows_role(may, KEY_APPROVES, err)) == 0)
		r = companion_allows_day(may, date_day(time(NULL)), err);
	return r < 0 ? error_wrap(err, r, "%s", beside.p) : 0;
}

int
export_key_read(const char *path, struct arena *arena, struct export_key *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t size;
	int r = read_block(path, "PUBLIC KEY", "public key", &bytes, &size, err);
	if (r < 0 || (r = check_companion(path, arena, err)) < 0)
		return r;
	__attribute__((cleanup(auto_bio))) BIO *from = BIO_new_mem_buf(bytes, (int)size), *into = BIO_new(BIO_s_mem());
	__attribute__((cleanup(auto_pkey))) EVP_PKEY *key = from ? PEM_read_bio_PUBKEY(from, NULL, NULL, NULL) : NULL;
	ERR_clear_error();
	if (from == NULL || into == NULL)
		return error_nomem(err);
	if (key == NULL)
		return error_set(err, PLIM_EFORMAT, "%s: there is no public key in it that can be read", path);
	if (!is_usable(key))
		return error_set(err, PLIM_EFORMAT, "%s: keys are ECDSA, Ed25519, or RSA of at least %d bits", path, RSA_LEAST);
	return PEM_write_bio_PUBKEY(into, key) == 1 ? keep(into, path, arena, out, err) : error_nomem(err);
}

int
export_certificate_read(const char *path, struct arena *arena, struct export_key *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t size;
	int r = read_block(path, "CERTIFICATE", "certificate", &bytes, &size, err);
	if (r < 0 || (r = check_companion(path, arena, err)) < 0)
		return r;
	__attribute__((cleanup(auto_bio))) BIO *from = BIO_new_mem_buf(bytes, (int)size), *into = BIO_new(BIO_s_mem());
	__attribute__((cleanup(auto_x509))) X509 *certificate = from ? PEM_read_bio_X509(from, NULL, NULL, NULL) : NULL;
	ERR_clear_error();
	if (from == NULL || into == NULL)
		return error_nomem(err);
	if (certificate == NULL)
		return error_set(err, PLIM_EFORMAT, "%s: there is no certificate in it that can be read", path);
	return PEM_write_bio_X509(into, certificate) == 1 ? keep(into, path, arena, out, err) : error_nomem(err);
}
