/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/data/published.h"

#include "advisory/source.h"
#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "trust/document.h"

#include <stdio.h>

#define SCHEMA "plimsoll/database-index/v1"

#define END { WIRE_END, 0, 0, 0, NULL }

static const struct wire_struct wire_published_file = { sizeof(struct published_file), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct published_file, name), WIRE_PLAIN(WIRE_DIGEST, struct published_file, from),
	WIRE_PLAIN(WIRE_DIGEST, struct published_file, digest), WIRE_PLAIN(WIRE_U64, struct published_file, size), END } };

const struct wire_struct wire_published_index = { sizeof(struct published_index), (const struct wire_field[]){
	WIRE_INSIDE(struct published_index, bundle, &wire_published_file), WIRE_PLAIN(WIRE_DIGEST, struct published_index, root),
	WIRE_PLAIN(WIRE_U64, struct published_index, serial), WIRE_PLAIN(WIRE_U64, struct published_index, size),
	WIRE_MANY(struct published_index, deltas, delta_count, &wire_published_file), END } };

/* writing */

static void
put_file(struct json_writer *w, const struct published_file *file)
{
	char hex[DIGEST_TEXT_SIZE];
	json_write_object(w);
	json_write_member(w, "file", file->name);
	json_write_member_digest(w, "from", &file->from);
	json_write_member(w, "sha256", slice_of(digest_hex(&file->digest, hex)));
	json_write_member_u64(w, "size", file->size);
	json_write_object_end(w);
}

static void
put_database(struct json_writer *w, const struct published_index *index)
{
	json_write_object(w);
	json_write_member_digest(w, "digest", &index->root);
	json_write_member_u64(w, "serial", index->serial);
	json_write_member_u64(w, "size", index->size);
	json_write_object_end(w);
}

void
published_write(const struct published_index *index, struct strbuf *into)
{
	struct json_writer w = { .into = into, .indent = true };
	json_write_object(&w);
	json_write_key(&w, SLICE("bundle"));
	put_file(&w, &index->bundle);
	json_write_key(&w, SLICE("database"));
	put_database(&w, index);
	json_write_key(&w, SLICE("deltas"));
	json_write_array(&w);
	for (size_t i = 0; i < index->delta_count; i++)
		put_file(&w, &index->deltas[i]);
	json_write_array_end(&w);
	json_write_member(&w, "schema", SLICE(SCHEMA));
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

/* reading */

static int
read_hex(const struct json *item, const char *key, struct digest *out, struct plim_error *err)
{
	struct slice hex;
	char text[DIGEST_TEXT_SIZE];
	int r = document_text(item, key, &hex, err);
	if (r < 0)
		return r;
	snprintf(text, sizeof text, "sha256:%.*s", SLICE_ARG(slice_first(hex, 65)));
	return digest_parse(slice_of(text), out) ? 0 : error_set(err, PLIM_EFORMAT, "%s: no digest", key);
}

static int
read_file(const struct json *item, bool is_delta, struct published_file *out, struct plim_error *err)
{
	int r = json_is(item, JSON_OBJECT) ? document_text(item, "file", &out->name, err) : error_set(err, PLIM_EFORMAT, "no object");
	if (r == 0 && is_delta)
		r = document_digest(item, "from", &out->from, err);
	if (r < 0 || (r = read_hex(item, "sha256", &out->digest, err)) < 0)
		return r;
	return document_u64(item, "size", &out->size, err);
}

static int
read_database(const struct json *item, struct published_index *out, struct plim_error *err)
{
	int r = json_is(item, JSON_OBJECT) ? document_digest(item, "digest", &out->root, err) : error_set(err, PLIM_EFORMAT, "no object");
	if (r < 0 || (r = document_u64(item, "serial", &out->serial, err)) < 0)
		return r;
	return document_u64(item, "size", &out->size, err);
}

static int
read_deltas(const struct json *list, struct arena *arena, struct published_index *out, struct plim_error *err)
{
	if (!json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "deltas: no list");
	if ((out->deltas = arena_make_array(arena, list->n, struct published_file)) == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		int r = read_file(json_item(list, i), true, &out->deltas[i], err);
		if (r < 0)
			return error_wrap(err, r, "deltas[%zu]", i);
	}
	out->delta_count = list->n;
	return 0;
}

int
published_parse(struct slice text, struct arena *arena, struct published_index *out, struct plim_error *err)
{
	const struct json *root;
	struct published_index found = { .bundle = { .size = 0 } };
	int r = json_parse(text, arena, &root, err);
	if (r == 0 && !slice_is(json_get_string(root, "schema"), SCHEMA))
		r = error_set(err, PLIM_EFORMAT, "its schema is not %s", SCHEMA);
	if (r < 0)
		return r;
	if ((r = read_file(json_get(root, "bundle"), false, &found.bundle, err)) < 0)
		return error_wrap(err, r, "bundle");
	if ((r = read_database(json_get(root, "database"), &found, err)) < 0)
		return error_wrap(err, r, "database");
	if ((r = read_deltas(json_get(root, "deltas"), arena, &found, err)) < 0 || (r = published_check(&found, err)) < 0)
		return r;
	*out = found;
	return 0;
}

/* Signatures lie behind the database, and what does not shrink grows by its frames. */
static bool
is_size(uint64_t size)
{
	return size > 0 && size <= LIMIT_DATABASE_BYTES + LIMIT_DATA_SIGNATURE_BYTES;
}

static int
check_file(const struct published_file *file, bool is_delta, struct plim_error *err)
{
	if (!source_is_file_name(file->name))
		return error_set(err, PLIM_EFORMAT, "file: no name of a file beside it");
	if (file->digest.algorithm != DIGEST_SHA256 || (file->from.algorithm == DIGEST_SHA256) != is_delta)
		return error_set(err, PLIM_EFORMAT, "%.*s: no SHA-256", SLICE_ARG(file->name));
	return is_size(file->size) ? 0 : error_set(err, PLIM_EFORMAT, "%.*s: size: none of a database, limit DATABASE_BYTES", SLICE_ARG(file->name));
}

int
published_check(const struct published_index *index, struct plim_error *err)
{
	int r = check_file(&index->bundle, false, err);
	for (size_t i = 0; r == 0 && i < index->delta_count; i++)
		r = check_file(&index->deltas[i], true, err);
	if (r == 0 && (index->root.algorithm != DIGEST_SHA256 || index->serial == 0))
		r = error_set(err, PLIM_EFORMAT, "database: no digest, or no serial");
	return r;
}
