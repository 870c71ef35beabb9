/* SPDX-License-Identifier: Apache-2.0 */
/* Records of extended headers, by a table of keys. */
#include "codec/tar_pax.h"

#include "base/error.h"
#include "base/limits.h"

void
pax_done(struct pax *pax)
{
	vec_done(&pax->extents);
	vec_done(&pax->xattrs);
	free(pax->decoded);
	*pax = (struct pax){ 0 };
}

int
extents_add(struct extents *extents, uint64_t offset, uint64_t size, struct plim_error *err)
{
	if (extents->n >= LIMIT_TAR_EXTENT_COUNT)
		return error_set(err, PLIM_ELIMIT, "a sparse map beyond limit TAR_EXTENT_COUNT (%ju)", (uintmax_t)LIMIT_TAR_EXTENT_COUNT);
	struct extent *extent = vec_push(extents);
	if (extent == NULL)
		return error_nomem(err);
	*extent = (struct extent){ offset, size };
	return 0;
}

/* Values; each answers 0 or an error that its caller gives the key. */

static int
value_bad(struct plim_error *err)
{
	return error_set(err, PLIM_EFORMAT, "its value cannot be");
}

static int
read_u32(struct slice value, uint32_t *out, bool *has, struct plim_error *err)
{
	uint64_t number;
	if (!slice_to_u64(value, 10, &number) || number > UINT32_MAX)
		return value_bad(err);
	*out = (uint32_t)number;
	*has = true;
	return 0;
}

static int
read_size(struct slice value, uint64_t *out, bool *has, struct plim_error *err)
{
	if (!slice_to_u64(value, 10, out) || *out > INT64_MAX)
		return value_bad(err);
	*has = true;
	return 0;
}

static int
read_text(struct slice value, struct slice *out, struct plim_error *err)
{
	if (memchr(value.p, '\0', value.n))
		return error_set(err, PLIM_EFORMAT, "a NUL in its value");
	*out = value;
	return 0;
}

static int
key_path(struct pax *pax, struct slice value, struct plim_error *err)
{
	return read_text(value, &pax->path, err);
}

static int
key_link(struct pax *pax, struct slice value, struct plim_error *err)
{
	return read_text(value, &pax->link, err);
}

static int
key_size(struct pax *pax, struct slice value, struct plim_error *err)
{
	return read_size(value, &pax->size, &pax->has_size, err);
}

static int
key_uid(struct pax *pax, struct slice value, struct plim_error *err)
{
	return read_u32(value, &pax->uid, &pax->has_uid, err);
}

static int
key_gid(struct pax *pax, struct slice value, struct plim_error *err)
{
	return read_u32(value, &pax->gid, &pax->has_gid, err);
}

/* Seconds with a fraction, rounded down. */
static int
key_mtime(struct pax *pax, struct slice value, struct plim_error *err)
{
	struct slice whole, fraction;
	bool below = false;
	slice_cut(value, '.', &whole, &fraction);
	for (size_t i = 0; i < fraction.n; i++) {
		if (fraction.p[i] < '0' || fraction.p[i] > '9')
			return value_bad(err);
		below |= fraction.p[i] != '0';
	}
	if (!slice_to_i64(whole, &pax->mtime))
		return value_bad(err);
	if (below && whole.p[0] == '-' && pax->mtime > INT64_MIN)
		pax->mtime--;
	pax->has_mtime = true;
	return 0;
}

static int
key_capability(struct pax *pax, struct slice value, struct plim_error *err)
{
	(void)err;
	pax->capability = value;
	return 0;
}

static int
base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* libarchive's spelling of the same attribute; the plain one, if there is one too, wins. */
static int
key_capability64(struct pax *pax, struct slice value, struct plim_error *err)
{
	uint32_t bits = 0;
	size_t n = 0;
	if (pax->capability.p)
		return 0;
	while (slice_skip_end(&value, SLICE("=")))
		;
	char *decoded = malloc(value.n * 3 / 4 + 1);
	if (decoded == NULL)
		return error_nomem(err);
	pax->decoded = decoded;
	for (size_t i = 0; i < value.n; i++) {
		int digit = base64_digit(value.p[i]);
		if (digit < 0)
			return value_bad(err);
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4)
			decoded[n++] = (char)(bits >> (6 - i % 4 * 2));
	}
	pax->capability = (struct slice){ decoded, n };
	return 0;
}

static int
key_sparse_major(struct pax *pax, struct slice value, struct plim_error *err)
{
	return read_text(value, &pax->sparse_major, err);
}

static int
key_sparse_minor(struct pax *pax, struct slice value, struct plim_error *err)
{
	return read_text(value, &pax->sparse_minor, err);
}

static int
key_sparse_name(struct pax *pax, struct slice value, struct plim_error *err)
{
	return read_text(value, &pax->sparse_name, err);
}

static int
key_sparse_map(struct pax *pax, struct slice value, struct plim_error *err)
{
	return read_text(value, &pax->sparse_map, err);
}

static int
key_real_size(struct pax *pax, struct slice value, struct plim_error *err)
{
	uint64_t before = pax->real_size;
	bool twice = pax->has_real_size;
	int r = read_size(value, &pax->real_size, &pax->has_real_size, err);
	/* Two keys mean it, and of two sizes Go takes the one of the first key. */
	return r == 0 && twice && before != pax->real_size ? value_bad(err) : r;
}

static int
key_sparse_offset(struct pax *pax, struct slice value, struct plim_error *err)
{
	if (pax->has_pending)
		return value_bad(err);
	return read_size(value, &pax->pending, &pax->has_pending, err);
}

static int
key_sparse_bytes(struct pax *pax, struct slice value, struct plim_error *err)
{
	uint64_t size;
	bool has;
	if (!pax->has_pending)
		return value_bad(err);
	pax->has_pending = false;
	int r = read_size(value, &size, &has, err);
	return r < 0 ? r : extents_add(&pax->extents, pax->pending, size, err);
}

struct pax_key {
	const char *name;
	int (*read)(struct pax *pax, struct slice value, struct plim_error *err);
	bool global;    /* harmless where readers disagree about global headers */
};

static const struct pax_key keys[] = {
	{ "path", key_path },
	{ "linkpath", key_link },
	{ "size", key_size },
	{ "uid", key_uid },
	{ "gid", key_gid },
	{ "mtime", key_mtime, .global = true },
	{ "SCHILY.xattr.security.capability", key_capability },
	{ "LIBARCHIVE.xattr.security.capability", key_capability64 },
	{ "GNU.sparse.major", key_sparse_major },
	{ "GNU.sparse.minor", key_sparse_minor },
	{ "GNU.sparse.name", key_sparse_name },
	{ "GNU.sparse.map", key_sparse_map },
	{ "GNU.sparse.size", key_real_size },
	{ "GNU.sparse.realsize", key_real_size },
	{ "GNU.sparse.offset", key_sparse_offset },
	{ "GNU.sparse.numbytes", key_sparse_bytes },
};

static const struct pax_key *
key_find(struct slice name)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (slice_is(name, keys[i].name))
			return &keys[i];
	return NULL;
}

static struct xattr *
xattr_find(struct pax *pax, struct slice name)
{
	vec_each (&pax->xattrs, xattr)
		if (slice_eq(xattr->name, name))
			return xattr;
	return NULL;
}

/* Of a name that is given twice the last value counts, and star's spelling before libarchive's; an empty one is none. */
static int
xattr_take(struct pax *pax, struct slice name, struct slice value, bool base64, struct plim_error *err)
{
	struct xattr *xattr = xattr_find(pax, name);
	if (value.n == 0 && xattr)
		return error_set(err, PLIM_EFORMAT, "extended header, xattr \"%.*s\": taken back in the same header", SLICE_ARG(slice_first(name, 64)));
	if (value.n == 0 || (xattr && base64 && !xattr->base64))
		return 0;
	if (xattr == NULL && pax->xattrs.n >= LIMIT_XATTR_COUNT)
		return error_set(err, PLIM_ELIMIT, "more xattrs than limit XATTR_COUNT (%ju)", (uintmax_t)LIMIT_XATTR_COUNT);
	if (xattr == NULL && (xattr = vec_push(&pax->xattrs)) == NULL)
		return error_nomem(err);
	*xattr = (struct xattr){ name, value, base64 };
	return 0;
}

static int
global_refused(struct slice key, struct plim_error *err)
{
	return error_set(err, PLIM_EFORMAT, "a global header with \"%.*s\", which readers take differently", SLICE_ARG(slice_first(key, 64)));
}

/* Any other key than those of the table: an xattr, or nothing that we know. */
static int
key_other(struct pax *pax, struct slice name, struct slice value, bool global, struct plim_error *err)
{
	struct slice key = name;
	bool base64 = slice_skip(&name, SLICE("LIBARCHIVE.xattr."));
	if (!base64 && !slice_skip(&name, SLICE("SCHILY.xattr.")))
		return 0;
	if (global)
		return global_refused(key, err);
	pax->overlay |= slice_starts(name, SLICE("trusted.overlay.")) || slice_starts(name, SLICE("user.overlay."));
	return xattr_take(pax, name, value, base64, err);
}

/* Takes "LENGTH KEY=VALUE\n" off the front, where LENGTH counts all of it. */
static int
record_take(struct slice *rest, struct slice *key, struct slice *value, struct plim_error *err)
{
	struct slice length, behind;
	uint64_t n;
	if (!slice_cut(slice_first(*rest, 21), ' ', &length, &behind) || !slice_to_u64(length, 10, &n))
		return error_set(err, PLIM_EFORMAT, "extended header: a record without length");
	if (n > rest->n || n < length.n + 4 || rest->p[n - 1] != '\n')
		return error_set(err, PLIM_EFORMAT, "extended header: a record whose length is wrong");
	struct slice body = { rest->p + length.n + 1, (size_t)n - length.n - 2 };
	if (!slice_cut(body, '=', key, value) || key->n == 0 || memchr(key->p, '\0', key->n))
		return error_set(err, PLIM_EFORMAT, "extended header: a record without key");
	*rest = slice_from(*rest, (size_t)n);
	return 0;
}

static int
records_parse(struct slice text, bool global, struct pax *out, struct plim_error *err)
{
	struct slice name, value;
	uint32_t given = 0;
	while (text.n) {
		int r = record_take(&text, &name, &value, err);
		if (r < 0)
			return r;
		const struct pax_key *key = key_find(name);
		if (key == NULL && (r = key_other(out, name, value, global, err)) < 0)
			return r;
		/* An empty value takes a global one back; for a local header that is the block's own value. */
		uint32_t bit = key ? (uint32_t)1 << (key - keys) : 0;
		if (value.n == 0 && (given & bit))
			return error_set(err, PLIM_EFORMAT, "extended header, key \"%s\": taken back in the same header", key->name);
		if (key == NULL || value.n == 0)
			continue;
		given |= bit;
		if (global && !key->global)
			return global_refused(name, err);
		if ((r = key->read(out, value, err)) < 0)
			return error_wrap(err, r, "extended header, key \"%s\"", key->name);
	}
	return 0;
}

int
pax_parse(struct slice text, struct pax *out, struct plim_error *err)
{
	int r = records_parse(text, false, out, err);
	if (r < 0)
		return r;
	if (out->has_pending)
		return error_set(err, PLIM_EFORMAT, "extended header: a sparse offset without its size");
	bool zero = slice_is(out->sparse_major, "0") && (slice_is(out->sparse_minor, "0") || slice_is(out->sparse_minor, "1"));
	out->map_in_body = slice_is(out->sparse_major, "1") && slice_is(out->sparse_minor, "0");
	if ((out->sparse_major.p || out->sparse_minor.p) && !zero && !out->map_in_body)
		return error_set(err, PLIM_EUNSUPPORTED, "extended header: a sparse format other than 0.0, 0.1 and 1.0");
	return 0;
}

int
pax_parse_global(struct slice text, struct pax *global, struct plim_error *err)
{
	return records_parse(text, true, global, err);
}

void
pax_apply(const struct pax *pax, struct tar_entry *entry)
{
	if (pax->path.p)
		entry->path = pax->path;
	if (pax->link.p)
		entry->link = pax->link;
	if (pax->capability.p)
		entry->capability = pax->capability;
	entry->xattrs = pax->xattrs.at;
	entry->xattr_count = pax->xattrs.n;
	entry->overlay = entry->overlay || pax->overlay;
	if (pax->has_size)
		entry->size = pax->size;
	if (pax->has_uid)
		entry->uid = pax->uid;
	if (pax->has_gid)
		entry->gid = pax->gid;
	if (pax->has_mtime)
		entry->mtime = pax->mtime;
}

bool
pax_is_sparse(const struct pax *pax)
{
	return pax->map_in_body || pax->sparse_map.p || pax->sparse_major.p || pax->extents.n;
}

int
pax_extents(const struct pax *pax, struct extents *into, struct plim_error *err)
{
	struct slice rest = pax->sparse_map, offset_text, size_text;
	uint64_t offset, size;
	int r = 0;
	for (size_t i = 0; r == 0 && i < pax->extents.n; i++)
		r = extents_add(into, pax->extents.at[i].offset, pax->extents.at[i].size, err);
	if (pax->extents.n)
		return rest.p ? error_set(err, PLIM_EFORMAT, "extended header: two sparse maps") : r;
	while (r == 0 && slice_next(&rest, ',', &offset_text)) {
		if (!slice_next(&rest, ',', &size_text) || !slice_to_u64(offset_text, 10, &offset) || !slice_to_u64(size_text, 10, &size))
			return error_set(err, PLIM_EFORMAT, "extended header: a sparse map that has no numbers");
		r = extents_add(into, offset, size, err);
	}
	return r;
}
