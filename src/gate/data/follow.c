/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plim_database_follow.  The index tells where to look, nothing more: whatever it leads to is held against keys and against what is installed as
 * anything that is imported.
 */
#include "advisory/store.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/output.h"
#include "gate/data/bundle.h"
#include "gate/data/published.h"
#include "gate/data/refresh.h"
#include "gate/data/registry_bundle.h"
#include "store/atomic.h"

#include <plimsoll/database.h>

#include <fcntl.h>
#include <time.h>

struct following {
	struct refreshing refreshing;
	const struct plim_database_following *how;
	struct data_keys keys;
	char *path;                /* of the database */
	struct strbuf told;
};

static void
auto_following(struct following *f)
{
	free(f->path);
	strbuf_done(&f->told);
	arena_free(f->refreshing.arena);
}

static void
auto_refresh(struct refresh *refresh)
{
	refresh_done(refresh);
}

/* What is at hand. */
struct installed {
	int fd;                    /* -1: none */
	struct digest root;        /* DIGEST_NONE: none that can be read */
	uint64_t serial;           /* 0: none that counts */
};

static void
auto_installed(struct installed *installed)
{
	auto_fd(&installed->fd);
}

/* Its blocks are verified by who needs them. */
static void
find_installed(const struct following *f, struct installed *out)
{
	AUTO(database) struct database *db = NULL;
	struct data_signer signer;
	*out = (struct installed){ .fd = -1 };
	if (file_open(f->path, &out->fd, NULL) < 0 || database_open_fd(out->fd, f->path, &db, NULL) < 0)
		return;
	out->root = database_digest(db);
	if (data_signer_check(db, f->path, &f->keys, f->refreshing.arena, &signer, NULL) == 0)
		out->serial = signer.serial;
}

/* fetching */

/* One of a mirror's files, kept or coming below what its index is known by. */
static int
fetch(struct following *f, struct slice index, struct slice address, const char *what, uint64_t most, struct refresh *out, struct plim_error *err)
{
	static const struct feed_source alone = { .name = "published" };
	struct refreshing *in = &f->refreshing;
	const struct digest known_by = digest_of(index);
	char hex[DIGEST_TEXT_SIZE];
	struct source_file *file = arena_make(in->arena, struct source_file);
	if (file == NULL)
		return error_nomem(err);
	*file = (struct source_file){ .source = &alone, .name = slice_of(what), .address = address };
	file->place = arena_printf(in->arena, "%s/%s", digest_hex(&known_by, hex), what);
	out->file = file;
	in->most = most;
	int r = file->place.p ? refresh(in, out, err) : error_nomem(err);
	if (r == 0 && out->fate == REFRESH_FAILED)
		r = error_set(err, PLIM_EREMOTE, "%.*s", SLICE_ARG(out->why));
	return r;
}

static int
read_index(struct following *f, int fd, struct published_index *out, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = published_read(f->refreshing.run, fd, INDEX_MIRROR, &message, err);
	if (r < 0)
		return r;
	struct slice kept = arena_dup(f->refreshing.arena, message.body);
	struct cursor from = cursor_of(kept);
	r = kept.p ? wire_read(&wire_published_index, &from, f->refreshing.arena, out, err) : error_nomem(err);
	return r < 0 ? r : published_check(out, err);
}

/* It is kept, so as to be asked for only where it has changed, once it is one. */
static int
fetch_index(struct following *f, struct slice address, struct published_index *out, struct plim_error *err)
{
	AUTO(refresh) struct refresh one = { .old_fd = -1, .new_fd = -1, .coming = { .fd = -1, .beside = -1 } };
	int r = fetch(f, address, address, "index", LIMIT_DOCUMENT_BYTES, &one, err);
	if (r < 0)
		return r;
	if ((r = read_index(f, one.fate == REFRESH_NEW ? one.new_fd : one.old_fd, out, err)) < 0) {
		download_drop(&one.coming);
		return error_wrap(err, r, "%.*s", SLICE_ARG(address));
	}
	return one.fate == REFRESH_NEW ? download_keep(&one.coming, &one.new, err) : download_tell(one.path, &one.new, err);
}

/* taking */

static int
take_open(struct following *f, int fd, struct slice address, struct plim_error *err)
{
	const char *name = arena_strz(f->refreshing.arena, address);
	const struct bundle_source source = { .fd = fd, .name = name, .keys = f->keys, .allow_older = f->how->allow_older };
	return name ? bundle_take(f->refreshing.run, &source, f->path, &f->told, err) : error_nomem(err);
}

static bool
is_listed(const struct downloaded *what, const struct published_file *file)
{
	return what->size == file->size && digest_eq(&what->digest, &file->digest);
}

/* `*again`: its beginning was there before, perhaps of another one by the same mark. */
static int
take_fetched(struct following *f, struct slice index, const struct published_file *file, const char *what, bool *again, struct plim_error *err)
{
	AUTO(refresh) struct refresh one = { .old_fd = -1, .new_fd = -1, .coming = { .fd = -1, .beside = -1 } };
	struct slice address = arena_printf(f->refreshing.arena, "%.*s/%.*s", SLICE_ARG(path_dir(index)), SLICE_ARG(file->name));
	int r = address.p ? fetch(f, index, address, what, file->size, &one, err) : error_nomem(err);
	if (r < 0)
		return r;
	*again = one.coming.had > 0 && !is_listed(&one.new, file);
	if (!is_listed(&one.new, file))
		r = error_set(err, PLIM_EDIGEST, "%.*s: it is not the file that the index names", SLICE_ARG(address));
	else
		r = take_open(f, one.new_fd, address, err);
	download_drop(&one.coming);
	return r;
}

static int
take_file(struct following *f, struct slice index, const struct published_file *file, const char *what, struct plim_error *err)
{
	bool again = false;
	int r = take_fetched(f, index, file, what, &again, err);
	return r < 0 && again ? take_fetched(f, index, file, what, &again, err) : r;
}

static const struct published_file *
find_delta(const struct published_index *index, const struct digest *from)
{
	const struct published_file *best = NULL;
	for (size_t i = 0; i < index->delta_count; i++) {
		const struct published_file *delta = &index->deltas[i];
		if (digest_eq(&delta->from, from) && delta->size < (best ? best->size : index->bundle.size))
			best = delta;
	}
	return best;
}

/* Our own trouble is no mirror's. */
static bool
is_ours(int r)
{
	return r == PLIM_ENOMEM || r == PLIM_ESYSTEM;
}

/* A delta that is wrong costs the whole one, not the update; true where nothing is left to do. */
static bool
took_delta(struct following *f, struct slice address, const struct published_index *index, const struct installed *installed, int *r, struct plim_error *err)
{
	const struct published_file *delta = find_delta(index, &installed->root);
	struct plim_error why = { 0 };
	if (delta == NULL)
		return false;
	*r = take_file(f, address, delta, "delta", &why);
	if (*r == 0)
		return true;
	if (is_ours(*r))
		return *r = error_set(err, (enum plim_code)*r, "%s", why.text), true;
	strbuf_puts(&f->told, "left out  ");
	strbuf_put_printable(&f->told, slice_of(why.text));
	strbuf_puts(&f->told, "; all of it is fetched\n");
	return false;
}

/* One that is here already is held against the keys; where it does not have their signature, that of the mirror has. */
static bool
has_newest(struct following *f, struct slice address, const struct published_index *index, const struct installed *installed)
{
	return digest_eq(&installed->root, &index->root) && take_open(f, installed->fd, address, NULL) == 0;
}

static int
follow_one(struct following *f, struct slice address, struct plim_error *err)
{
	struct published_index index = { .bundle = { .size = 0 } };
	AUTO(installed) struct installed installed = { .fd = -1 };
	int r = fetch_index(f, address, &index, err);
	if (r < 0)
		return r;
	find_installed(f, &installed);
	if (has_newest(f, address, &index, &installed))
		return 0;
	/* What says of itself that it is older need not be fetched. */
	r = f->how->allow_older ? 0 : data_serial_check(index.serial, installed.serial, err);
	if (r < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(address));
	if (took_delta(f, address, &index, &installed, &r, err))
		return r;
	return take_file(f, address, &index.bundle, "bundle", err);
}

/* registries */

/* Which layer of it was taken last, and what it made: "LAYER ROOT". */
static const char *
taken_path(struct following *f, struct slice address)
{
	const struct digest known_by = digest_of(address);
	char hex[DIGEST_TEXT_SIZE];
	return arena_printf(f->refreshing.arena, "%s/%s.taken", f->refreshing.directory, digest_hex(&known_by, hex)).p;
}

/* DIGEST_NONE where it is not what is installed. */
static struct digest
taken_layer(const char *path, const struct digest *installed)
{
	AUTO(free) char *text = NULL;
	struct digest layer, root;
	struct slice first, second;
	size_t n;
	bool told = file_read(AT_FDCWD, path, 1000, &text, &n, NULL) == 0 && slice_cut((struct slice){ text, n }, ' ', &first, &second) &&
	            digest_parse(first, &layer) && digest_parse(slice_trim(second), &root);
	return told && digest_eq(&root, installed) ? layer : (struct digest){ .algorithm = DIGEST_NONE };
}

/* That it is not kept costs the next update a transfer, nothing else. */
static void
keep_taken(struct following *f, const char *path, const struct digest *layer)
{
	AUTO(installed) struct installed installed = { .fd = -1 };
	char first[DIGEST_TEXT_SIZE], second[DIGEST_TEXT_SIZE];
	find_installed(f, &installed);
	struct slice text = arena_printf(f->refreshing.arena, "%s %s\n", digest_text(layer, first), digest_text(&installed.root, second));
	if (text.p && directory_make(f->refreshing.directory, NULL) == 0)
		atomic_write(path, 0600, text, NULL);
}

/* `known` is the layer that need not be fetched. */
static int
fetch_layer(struct following *f, struct slice address, const struct digest *known, struct registry_bundle *out, struct plim_error *err)
{
	struct slice reference = address;
	slice_skip(&reference, SLICE("oci://"));
	int r = registry_bundle_fetch(f->refreshing.run, reference, known, f->refreshing.arena, out, err);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(address)) : 0;
}

static int
follow_registry(struct following *f, struct slice address, struct plim_error *err)
{
	static const struct digest none;
	AUTO(installed) struct installed installed = { .fd = -1 };
	struct registry_bundle bundle = { .fd = -1 };
	const char *taken = taken_path(f, address);
	if (taken == NULL)
		return error_nomem(err);
	find_installed(f, &installed);
	const struct digest known = taken_layer(taken, &installed.root);
	int r = fetch_layer(f, address, &known, &bundle, err);
	if (r == 0 && bundle.fd < 0) {
		if (take_open(f, installed.fd, address, NULL) == 0)
			return 0;
		/* What is here has not the signature any more; what is there has. */
		r = fetch_layer(f, address, &none, &bundle, err);
	}
	AUTO(fd) int fetched = bundle.fd;
	if (r < 0 || (r = take_open(f, fetched, address, err)) < 0)
		return r;
	keep_taken(f, taken, &bundle.digest);
	return 0;
}

static bool
is_registry(struct slice address)
{
	return slice_starts(address, SLICE("oci://"));
}

/* A name without a host, whose '@' is its digest's; elsewhere what is before one might be somebody's password. */
static bool
is_short(struct slice address)
{
	return slice_skip(&address, SLICE("oci://")) && slice_find(address, '/') == SIZE_MAX;
}

static int
follow(struct following *f, struct plim_error *err)
{
	for (const char *const *mirror = f->how->mirrors; *mirror; mirror++) {
		struct plim_error why = { 0 };
		int r = (is_registry(slice_of(*mirror)) ? follow_registry : follow_one)(f, slice_of(*mirror), &why);
		if (r == 0)
			return f->told.failed ? error_nomem(err) : 0;
		if (is_ours(r))
			return error_set(err, (enum plim_code)r, "%s", why.text);
		strbuf_puts(&f->told, "failed  ");
		strbuf_put_printable(&f->told, slice_of(why.text));
		strbuf_putc(&f->told, '\n');
	}
	return error_set(err, PLIM_EREMOTE, "no mirror gave a database that may be taken; what was there before stays");
}

static int
check_following(const struct plim_database_following *how, struct plim_error *err)
{
	int r = 0;
	if (!how->allow_unsigned && (how->keys == NULL || *how->keys == NULL))
		return error_set(err, PLIM_EUSAGE, "whose signature must it have? --db-key FILE; --allow-unsigned takes what anybody signed, or nobody");
	for (const char *const *mirror = how->mirrors; r == 0 && *mirror; mirror++)
		r = is_short(slice_of(*mirror)) ? 0 : source_mirror_check(slice_of(*mirror), err);
	return r;
}

static int
begin(struct following *f, const struct plim_database_following *how, const char *path, struct plim_error *err)
{
	AUTO(free) char *standard = database_default_path();
	int r = check_following(how, err);
	if (r < 0 || (r = bundle_place(path, &f->path, err)) < 0)
		return r;
	if (standard == NULL)
		return error_set(err, PLIM_EUSAGE, "neither XDG_CACHE_HOME nor HOME is set: there is no place for what is fetched");
	if ((f->refreshing.arena = arena_new(0)) == NULL)
		return error_nomem(err);
	static const struct plim_database_update as_usual = { .feeds = NULL };
	f->how = how;
	f->refreshing.how = &as_usual;
	f->refreshing.now = time(NULL);
	f->refreshing.directory = arena_printf(f->refreshing.arena, "%.*s/published", SLICE_ARG(path_dir(slice_of(standard)))).p;
	if (f->refreshing.directory == NULL)
		return error_nomem(err);
	r = path ? 0 : directory_make_parent(f->path, err);
	return r < 0 ? r : data_keys_load(how->keys, f->refreshing.arena, &f->keys, err);
}

int
plim_database_follow(const struct plim_run_options *options, const struct plim_database_following *how, const char *path, FILE *into, struct plim_error *err)
{
	AUTO(following) struct following f = { .how = how };
	AUTO(run) struct run *run = NULL;
	int r = begin(&f, how, path, err);
	if (r < 0 || (r = run_start(options, &run, err)) < 0)
		return r;
	f.refreshing.run = run;
	watching_stage(&run->watching, (struct plim_progress){ .stage = PLIM_STAGE_FETCHING, .total = 1 });
	r = follow(&f, err);
	watching_end(&run->watching);
	int written = output_text(&f.told, into, r == 0 ? err : NULL);
	return r < 0 ? r : written;
}
