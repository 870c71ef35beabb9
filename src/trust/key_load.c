/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a private key, its companion and its certificate. */
#include "trust/key_load.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "trust/secret.h"
#include "trust/token.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define URI_SCHEME "pkcs11:"

void
loaded_done(struct loaded *loaded)
{
	key_free(loaded->key);
	certificate_free(loaded->certificate);
	*loaded = (struct loaded){ .is_token = false };
}

/* `others` gets what they may do, of S_IRWXG and S_IRWXO. */
static int
open_plain(const char *path, int *out, mode_t *others, struct plim_error *err)
{
	struct stat is;
	AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? error_set(err, PLIM_ENOTFOUND, "there is no file %s", path) : error_sys(err, errno, "%s", path);
	if (fstat(fd, &is) < 0)
		return error_sys(err, errno, "%s", path);
	if (!S_ISREG(is.st_mode))
		return error_set(err, PLIM_EUSAGE, "%s is no plain file", path);
	if (is.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, PLIM_EUSAGE, "%s may be written by others: chmod go-w %s", path, path);
	*others = is.st_mode & (S_IRWXG | S_IRWXO);
	*out = fd_take(&fd);
	return 0;
}

static int
unlock(struct slice pem, const char *path, const char *passphrase_file, struct key **out, struct plim_error *err)
{
	AUTO(secret) struct secret passphrase = { 0 };
	struct passphrase_source source = { .file = passphrase_file, .of = path };
	int r = passphrase_ask(&source, &passphrase, err);
	return r < 0 ? r : key_parse_private(pem, secret_slice(&passphrase), out, err);
}

static int
load_file(const char *path, const char *passphrase_file, struct key **out, struct plim_error *err)
{
	AUTO(secret) struct secret pem = { 0 };
	AUTO(fd) int fd = -1;
	enum key_format format;
	bool locked;
	mode_t others = 0;
	int r = open_plain(path, &fd, &others, err);
	if (r < 0)
		return r;
	r = secret_read(fd, LIMIT_KEY_FILE_BYTES, &pem, err);
	if (r == 0)
		r = key_sniff_private(secret_slice(&pem), &format, &locked, err);
	if (r == 0 && !locked && others)
		return error_set(err, PLIM_EUSAGE, "%s has no passphrase and may be read by others: chmod 600 %s", path, path);
	if (r == 0)
		r = locked ? unlock(secret_slice(&pem), path, passphrase_file, out, err) : key_parse_private(secret_slice(&pem), SLICE_NONE, out, err);
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

static int
read_text(const char *path, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	AUTO(free) char *text = NULL;
	size_t n;
	mode_t others;
	int r = open_plain(path, &fd, &others, err);
	if (r == 0 && (r = file_read_fd(fd, LIMIT_KEY_FILE_BYTES, &text, &n, err)) < 0)
		r = error_wrap(err, r, "%s", path);
	if (r < 0)
		return r;
	*out = arena_dup(arena, (struct slice){ text, n });
	return out->p ? 0 : error_nomem(err);
}

static int
check_pair(const struct loaded *loaded, const char *path, struct plim_error *err)
{
	struct digest id = key_id(loaded->key);
	char mine[DIGEST_TEXT_SIZE], its[DIGEST_TEXT_SIZE];
	if (loaded->may->key.algorithm == DIGEST_NONE || digest_eq(&loaded->may->key, &id))
		return 0;
	return error_set(err, PLIM_EUSAGE, "%s speaks of the key %s, this one is %s", path, digest_text(&loaded->may->key, its), digest_text(&id, mine));
}

static int
load_companion(const char *path, bool needed, struct arena *arena, struct loaded *out, struct plim_error *err)
{
	int r = read_text(path, arena, &out->companion, err);
	if (r == PLIM_ENOTFOUND && !needed)
		return 0;
	if (r == PLIM_ENOTFOUND)
		return error_set(err, PLIM_EUSAGE, "nothing says what the key may sign: there is no file %s", path);
	if (r == 0)
		r = companion_parse(slice_of(path), out->companion, arena, &out->may, err);
	return r < 0 ? r : check_pair(out, path, err);
}

static int
find_companion(const struct order_start *from, struct arena *arena, struct loaded *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	if (from->companion.p)
		strbuf_put(&path, from->companion);
	else if (!out->is_token)
		companion_path(from->key, &path);
	if (path.failed)
		return error_nomem(err);
	if (path.n == 0)
		return from->describe_only ? 0 : error_set(err, PLIM_EUSAGE, "nothing says what a token's key may sign: --may names the file that does");
	return load_companion(path.p, !from->describe_only || from->companion.p, arena, out, err);
}

static int
load_certificate(const char *path, bool needed, struct arena *arena, struct loaded *out, struct plim_error *err)
{
	AUTO(key) struct key *half = NULL;
	struct slice text;
	int r = read_text(path, arena, &text, err);
	if (r == PLIM_ENOTFOUND && !needed)
		return 0;
	if (r == 0 && (r = certificate_parse(text, &out->certificate, err)) == 0)
		r = certificate_key(out->certificate, &half, err);
	if (r == 0 && !key_eq(half, out->key))
		r = error_set(err, PLIM_EUSAGE, "it is another key's");
	return r < 0 ? error_wrap(err, r, "the certificate %s", path) : 0;
}

static int
find_certificate(const struct order_start *from, struct arena *arena, struct loaded *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct slice key = from->key;
	if (from->certificate.p) {
		strbuf_put(&path, from->certificate);
	} else if (!out->is_token && slice_skip_end(&key, SLICE(".key"))) {
		strbuf_put(&path, key);
		strbuf_puts(&path, ".crt");
	}
	if (path.failed)
		return error_nomem(err);
	return path.n == 0 ? 0 : load_certificate(path.p, from->certificate.p, arena, out, err);
}

static int
load_key(const struct order_start *from, struct arena *arena, struct loaded *out, struct plim_error *err)
{
	const char *path = arena_strz(arena, from->key), *passphrase_file = from->passphrase_file.p ? arena_strz(arena, from->passphrase_file) : NULL;
	if (path == NULL || (from->passphrase_file.p && passphrase_file == NULL))
		return error_nomem(err);
	out->is_token = slice_starts(from->key, SLICE(URI_SCHEME));
	return out->is_token ? token_key_open(path, passphrase_file, &out->key, err) : load_file(path, passphrase_file, &out->key, err);
}

int
key_load(const struct order_start *from, struct arena *arena, struct loaded *out, struct plim_error *err)
{
	struct loaded found = { .is_token = false };
	if (from->key.n == 0)
		return error_set(err, PLIM_EUSAGE, "no key was named");
	int r = load_key(from, arena, &found, err);
	if (r == 0)
		r = find_companion(from, arena, &found, err);
	if (r == 0)
		r = find_certificate(from, arena, &found, err);
	if (r < 0) {
		loaded_done(&found);
		return r;
	}
	*out = found;
	return 0;
}
