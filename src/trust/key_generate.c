/* SPDX-License-Identifier: Apache-2.0 */
/* plim_key_generate: a key, its public half, what it may sign, and perhaps a certificate, as files. */
#include <plimsoll/key.h>

#include "base/date.h"
#include "base/error.h"
#include "trust/certificate.h"
#include "trust/companion.h"
#include "trust/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_A_DAY      86400
#define CERTIFICATE_DAYS   3650    /* where the key has no end of its own */
#define DEFAULT_OUT        "plimsoll"

enum { FILE_PUBLIC, FILE_MAY, FILE_CERTIFICATE, FILE_PRIVATE, FILE_COUNT };

/* The private key last: where it stands, everything does. */
static const struct {
	const char *ending;
	mode_t mode;
} endings[FILE_COUNT] = {
	[FILE_PUBLIC] = { ".pub", 0644 },
	[FILE_MAY] = { ".may.yaml", 0644 },
	[FILE_CERTIFICATE] = { ".crt", 0644 },
	[FILE_PRIVATE] = { ".key", 0600 },
};

struct making {
	const struct plim_key_options *options;
	enum key_type type;
	enum key_format format;
	struct companion may;
	struct arena *arena;
	struct key *key;
	struct strbuf texts[FILE_COUNT];    /* empty: no such file */
};

static void
making_done(struct making *making)
{
	for (size_t i = 0; i < FILE_COUNT; i++)
		strbuf_wipe(&making->texts[i]);
	key_free(making->key);
	arena_free(making->arena);
}

static int
read_kind(struct making *making, struct plim_error *err)
{
	struct slice type = slice_of(making->options->type ? making->options->type : key_type_name(KEY_P256));
	struct slice format = slice_of(making->options->format ? making->options->format : key_format_name(KEY_PKCS8));
	if (!key_type_parse(type, &making->type) || (making->type != KEY_P256 && making->type != KEY_ED25519))
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no type of key that is made here: p256 and ed25519 are", SLICE_ARG(type));
	while (making->format < KEY_FORMAT_COUNT && !slice_is(format, key_format_name(making->format)))
		making->format++;
	if (making->format == KEY_FORMAT_COUNT)
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no format of keys: pkcs8 and cosign are", SLICE_ARG(format));
	if (making->format == KEY_COSIGN && making->options->no_passphrase)
		return error_set(err, PLIM_EUSAGE, "cosign's key files are always locked: a passphrase is needed");
	return 0;
}

static size_t
count(const char *const *list)
{
	size_t n = 0;
	while (list && list[n])
		n++;
	return n;
}

static int
read_policies(struct making *making, struct plim_error *err)
{
	const char *const *texts = making->options->policies;
	size_t n = count(texts);
	struct digest *policies = arena_make_array(making->arena, n, struct digest);
	if (policies == NULL)
		return error_nomem(err);
	if (n > 0 && making->may.role != KEY_APPROVES)
		return error_set(err, PLIM_EUSAGE, "policies say nothing of a key whose role is '%s'", key_role_name(making->may.role));
	for (size_t i = 0; i < n; i++)
		if (!digest_parse(slice_of(texts[i]), &policies[i]))
			return error_set(err, PLIM_EUSAGE, "'%.100s' is no digest of a policy, sha256:...", texts[i]);
	making->may.policies = policies;
	making->may.policy_count = n;
	making->may.any_policy = n == 0;
	return 0;
}

static int
read_repositories(struct making *making, struct plim_error *err)
{
	const char *const everywhere[] = { "*", NULL }, *const *texts = making->options->repositories ? making->options->repositories : everywhere;
	size_t n = count(texts);
	struct slice *globs = arena_make_array(making->arena, n, struct slice);
	if (globs == NULL)
		return error_nomem(err);
	if (making->options->repositories && making->may.role != KEY_APPROVES && making->may.role != KEY_EVIDENCES)
		return error_set(err, PLIM_EUSAGE, "repositories say nothing of a key whose role is '%s'", key_role_name(making->may.role));
	for (size_t i = 0; i < n; i++)
		globs[i] = slice_of(texts[i]);
	making->may.repositories = globs;
	making->may.repository_count = n;
	return 0;
}

static int
read_day(const char *text, int64_t *out, struct plim_error *err)
{
	*out = DATE_NONE;
	if (text && !date_parse_day(slice_of(text), out))
		return error_set(err, PLIM_EUSAGE, "'%.40s' is no day, YYYY-MM-DD", text);
	return 0;
}

static int
read_may(struct making *making, struct plim_error *err)
{
	const char *role = making->options->role ? making->options->role : key_role_name(KEY_APPROVES);
	if (!key_role_parse(slice_of(role), &making->may.role))
		return error_set(err, PLIM_EUSAGE, "'%.40s' is no role: approve, evidence, deny, data, exceptions and assign are", role);
	int r = read_policies(making, err);
	if (r == 0)
		r = read_repositories(making, err);
	if (r == 0)
		r = read_day(making->options->from, &making->may.from, err);
	if (r == 0)
		r = read_day(making->options->until, &making->may.until, err);
	if (r == 0 && making->may.from != DATE_NONE && making->may.until != DATE_NONE && making->may.from > making->may.until)
		r = error_set(err, PLIM_EUSAGE, "the key's time ends before it begins");
	return r;
}

static int
path_of(const struct making *making, size_t file, struct strbuf *into, struct plim_error *err)
{
	strbuf_puts(into, making->options->out ? making->options->out : DEFAULT_OUT);
	strbuf_puts(into, endings[file].ending);
	return into->failed ? error_nomem(err) : 0;
}

/* Before anybody is asked for a passphrase. */
static int
check_absent(const struct making *making, struct plim_error *err)
{
	for (size_t i = 0; i < FILE_COUNT; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		int r = path_of(making, i, &path, err);
		if (r < 0)
			return r;
		if (faccessat(AT_FDCWD, path.p, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return error_set(err, PLIM_EUSAGE, "%s exists: keys are not written over", path.p);
	}
	return 0;
}

static int
write_private(struct making *making, struct plim_error *err)
{
	AUTO(secret) struct secret passphrase = { 0 };
	AUTO(strbuf) struct strbuf path = { 0 };
	int r = path_of(making, FILE_PRIVATE, &path, err);
	struct passphrase_source source = { .file = making->options->passphrase_file, .is_new = true, .of = path.p };
	if (r == 0 && !making->options->no_passphrase)
		r = passphrase_ask(&source, &passphrase, err);
	return r < 0 ? r : key_write_private(making->key, making->format, secret_slice(&passphrase), &making->texts[FILE_PRIVATE], err);
}

/* It ends with the key. */
static int
write_certificate(struct making *making, struct plim_error *err)
{
	int64_t now = time(NULL), last = making->may.until != DATE_NONE ? making->may.until : date_day(now) + CERTIFICATE_DAYS;
	struct certificate_wish wish = { slice_of(making->options->certificate), now, (last + 1) * SECONDS_A_DAY - 1 };
	if (making->options->certificate == NULL)
		return 0;
	return certificate_make(making->key, &wish, &making->texts[FILE_CERTIFICATE], err);
}

static int
write_texts(struct making *making, struct plim_error *err)
{
	int r = key_generate(making->type, &making->key, err);
	if (r < 0)
		return r;
	making->may.key = key_id(making->key);
	companion_write(&making->may, &making->texts[FILE_MAY]);
	r = key_write_public(making->key, &making->texts[FILE_PUBLIC], err);
	if (r == 0)
		r = write_certificate(making, err);
	if (r == 0)
		r = write_private(making, err);
	return r == 0 && making->texts[FILE_MAY].failed ? error_nomem(err) : r;
}

static int
write_all(int fd, struct slice bytes)
{
	while (bytes.n > 0) {
		ssize_t put = write(fd, bytes.p, bytes.n);
		if (put < 0 && errno != EINTR)
			return -1;
		bytes = slice_from(bytes, put > 0 ? (size_t)put : 0);
	}
	return fsync(fd);
}

/* Beside, then into its place, which must be free until that moment. */
static int
file_make(const char *path, mode_t mode, struct slice bytes, struct plim_error *err)
{
	AUTO(free) char *beside = NULL;
	if (asprintf(&beside, "%s.XXXXXX", path) < 0) {
		beside = NULL;
		return error_nomem(err);
	}
	AUTO(fd) int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return error_sys(err, errno, "%s", path);
	if (write_all(fd, bytes) < 0 || fchmod(fd, mode) < 0 || renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_NOREPLACE) < 0) {
		int number = errno;
		unlink(beside);
		return error_sys(err, number, "%s", path);
	}
	return 0;
}

static void
remove_first(const struct making *making, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		if (making->texts[i].n > 0 && path_of(making, i, &path, NULL) == 0)
			unlink(path.p);
	}
}

static int
make_files(const struct making *making, struct plim_error *err)
{
	for (size_t i = 0; i < FILE_COUNT; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		int r = making->texts[i].n > 0 ? path_of(making, i, &path, err) : 0;
		if (r == 0 && making->texts[i].n > 0)
			r = file_make(path.p, endings[i].mode, strbuf_slice(&making->texts[i]), err);
		if (r < 0) {
			remove_first(making, i);
			return r;
		}
	}
	return 0;
}

static int
tell(const struct making *making, FILE *into, struct plim_error *err)
{
	char id[DIGEST_TEXT_SIZE];
	fprintf(into, "%s\n", digest_text(&making->may.key, id));
	for (size_t i = 0; i < FILE_COUNT; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		if (making->texts[i].n > 0 && path_of(making, i, &path, err) == 0)
			fprintf(into, "%s\n", path.p);
	}
	return fflush(into) == 0 ? 0 : error_sys(err, errno, "writing the names");
}

static int
generate(struct making *making, FILE *into, struct plim_error *err)
{
	int r = making->arena ? read_kind(making, err) : error_nomem(err);
	if (r == 0)
		r = read_may(making, err);
	if (r == 0)
		r = check_absent(making, err);
	if (r == 0)
		r = write_texts(making, err);
	if (r == 0)
		r = make_files(making, err);
	return r < 0 ? r : tell(making, into, err);
}

int
plim_key_generate(const struct plim_key_options *options, FILE *into, struct plim_error *err)
{
	struct making making = { .options = options, .arena = arena_new(0) };
	int r = generate(&making, into, err);
	making_done(&making);
	return r;
}
