/* SPDX-License-Identifier: Apache-2.0 */
/* plim_key_show: a public key as it lies there, a private one by way of the signer. */
#include <plimsoll/key.h>

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/output.h"
#include "trust/secret.h"
#include "trust/signer.h"

#include <errno.h>
#include <fcntl.h>

static void
put_line(struct strbuf *into, const char *name, const char *text)
{
	strbuf_printf(into, "%-14s%s\n", name, text);
}

static void
put_policies(const struct companion *may, struct strbuf *into)
{
	char text[DIGEST_TEXT_SIZE];
	if (may->any_policy)
		put_line(into, "policies", "any");
	for (size_t i = 0; !may->any_policy && i < may->policy_count; i++)
		put_line(into, i ? "" : "policies", digest_text(&may->policies[i], text));
}

static void
put_repositories(const struct companion *may, struct strbuf *into)
{
	for (size_t i = 0; i < may->repository_count; i++) {
		strbuf_printf(into, "%-14s", i ? "" : "repositories");
		strbuf_put_printable(into, may->repositories[i]);
		strbuf_putc(into, '\n');
	}
}

static void
put_may(const struct companion *may, struct strbuf *into)
{
	char text[DATE_TEXT_SIZE];
	put_line(into, "role", may ? key_role_name(may->role) : "not told");
	if (may == NULL)
		return;
	if (may->role == KEY_APPROVES)
		put_policies(may, into);
	put_repositories(may, into);
	put_line(into, "from", may->from == DATE_NONE ? "always" : date_day_text(may->from, text));
	put_line(into, "until", may->until == DATE_NONE ? "always" : date_day_text(may->until, text));
}

static int
put_key(const struct key *key, const struct companion *may, FILE *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char id[DIGEST_TEXT_SIZE];
	struct digest digest = key_id(key);
	put_line(&text, "type", key_type_name(key_type(key)));
	put_line(&text, "id", digest_text(&digest, id));
	put_may(may, &text);
	return output_text(&text, into, err);
}

static int
read_companion(const char *path, bool needed, const struct key *key, struct arena *arena, struct companion **out, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t n;
	int r = file_read(AT_FDCWD, path, LIMIT_KEY_FILE_BYTES, &text, &n, err);
	if (r == PLIM_ENOTFOUND && !needed)
		return 0;
	if (r < 0)
		return error_wrap(err, r, "%s", path);
	r = companion_parse(slice_of(path), (struct slice){ text, n }, arena, out, err);
	struct digest id = key_id(key);
	if (r == 0 && (*out)->key.algorithm != DIGEST_NONE && !digest_eq(&(*out)->key, &id))
		r = error_set(err, PLIM_EUSAGE, "%s speaks of another key", path);
	return r;
}

static int
show_public(const struct plim_key_show_options *options, const char *path, struct slice pem, FILE *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(key) struct key *key = NULL;
	AUTO(strbuf) struct strbuf beside = { 0 };
	struct companion *may = NULL;
	companion_path(slice_of(path), &beside);
	int r = arena && !beside.failed ? key_parse_public(pem, &key, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "%s", path);
	r = read_companion(options->may ? options->may : beside.p, options->may != NULL, key, arena, &may, err);
	return r < 0 ? r : put_key(key, may, into, err);
}

static int
show_private(const struct plim_key_show_options *options, const char *name, FILE *into, struct plim_error *err)
{
	AUTO(signer) struct signer *signer = NULL;
	struct signer_options asked = { .key = name, .companion = options->may, .passphrase_file = options->passphrase_file, .describe_only = true };
	int r = signer_open(&asked, &signer, err);
	return r < 0 ? r : put_key(signer_key(signer), signer_may(signer), into, err);
}

/* Which half it is; what a private one holds is wiped here and read by the signer alone. */
static int
is_private(const char *path, bool *out, struct secret *text, struct plim_error *err)
{
	AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_sys(err, errno, "%s", path);
	int r = secret_read(fd, LIMIT_KEY_FILE_BYTES, text, err);
	if (r < 0)
		return error_wrap(err, r, "%s", path);
	*out = slice_find_text(secret_slice(text), SLICE("PRIVATE KEY-----")) != SIZE_MAX;
	return 0;
}

int
plim_key_show(const struct plim_key_show_options *options, const char *key, FILE *into, struct plim_error *err)
{
	AUTO(secret) struct secret text = { 0 };
	bool private = slice_starts(slice_of(key), SLICE("pkcs11:"));
	int r = private ? 0 : is_private(key, &private, &text, err);
	if (r < 0)
		return r;
	return private ? show_private(options, key, into, err) : show_public(options, key, secret_slice(&text), into, err);
}
