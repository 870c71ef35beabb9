/* SPDX-License-Identifier: Apache-2.0 */
/* Structs to bytes and back, as their tables say. */
#include "base/wire.h"

#include "base/digest.h"
#include "base/error.h"

static void
put_le(struct strbuf *into, uint64_t value, size_t width)
{
	char bytes[8];
	for (size_t i = 0; i < width; i++)
		bytes[i] = (char)(value >> (8 * i));
	strbuf_put(into, (struct slice){ bytes, width });
}

void
wire_put_u32(struct strbuf *into, uint32_t value)
{
	put_le(into, value, 4);
}

void
wire_put_u64(struct strbuf *into, uint64_t value)
{
	put_le(into, value, 8);
}

void
wire_put_slice(struct strbuf *into, struct slice text)
{
	put_le(into, text.p ? (uint64_t)text.n + 1 : 0, 8);
	strbuf_put(into, text);
}

struct slice
wire_take_slice(struct cursor *from)
{
	uint64_t n = cursor_u64le(from);
	if (n == 0)
		return SLICE_NONE;
	if (n - 1 > cursor_left(from)) {
		from->bad = true;
		return SLICE_NONE;
	}
	return cursor_take(from, (size_t)(n - 1));
}

static void
write_field(const struct wire_field *f, const char *from, struct strbuf *into)
{
	const char *at = from + f->at;
	const char *many = f->kind == WIRE_POINTER || f->kind == WIRE_ARRAY ? *(const char *const *)at : NULL;
	size_t n = f->kind == WIRE_ARRAY ? *(const size_t *)(from + f->count) : many != NULL;
	switch (f->kind) {
	case WIRE_SLICE:
		wire_put_slice(into, *(const struct slice *)at);
		return;
	case WIRE_BOOL:
		strbuf_putc(into, *(const bool *)at);
		return;
	case WIRE_ENUM:
	case WIRE_U32:
		wire_put_u32(into, *(const uint32_t *)at);
		return;
	case WIRE_U64:
	case WIRE_REAL:
		wire_put_u64(into, *(const uint64_t *)at);
		return;
	case WIRE_DIGEST:
		strbuf_putc(into, (char)((const struct digest *)at)->algorithm);
		strbuf_put(into, (struct slice){ (const char *)((const struct digest *)at)->bytes, 64 });
		return;
	case WIRE_STRUCT:
		wire_write(f->of, at, into);
		return;
	case WIRE_POINTER:
	case WIRE_ARRAY:
		wire_put_u64(into, n);
		for (size_t i = 0; i < n; i++)
			wire_write(f->of, many + i * f->of->size, into);
		return;
	case WIRE_END:
		return;
	}
}

void
wire_write(const struct wire_struct *table, const void *from, struct strbuf *into)
{
	for (const struct wire_field *f = table->fields; f->kind != WIRE_END; f++)
		write_field(f, from, into);
}

/* Each element takes at least one byte: a number beyond what is left is a lie, told before anything is allocated. */
static int
read_many(const struct wire_field *f, struct cursor *from, struct arena *arena, char *out, struct plim_error *err)
{
	uint64_t n = cursor_u64le(from);
	if (n > cursor_left(from) || (f->kind == WIRE_POINTER && n > 1))
		return error_set(err, PLIM_EFORMAT, "message: a number at offset %zu is beyond its end", from->at);
	char *many = n ? arena_alloc_array(arena, (size_t)n, f->of->size) : NULL;
	if (n && many == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		int r = wire_read(f->of, from, arena, many + i * f->of->size, err);
		if (r < 0)
			return r;
	}
	*(char **)(out + f->at) = many;
	if (f->kind == WIRE_ARRAY)
		*(size_t *)(out + f->count) = (size_t)n;
	return 0;
}

static void
read_digest(struct cursor *from, struct digest *out)
{
	uint8_t algorithm = cursor_u8(from);
	struct slice bytes = cursor_take(from, 64);
	from->bad |= algorithm > DIGEST_SHA512;
	if (from->bad)
		return;
	out->algorithm = (enum digest_algorithm)algorithm;
	memcpy(out->bytes, bytes.p, 64);
}

static int
read_field(const struct wire_field *f, struct cursor *from, struct arena *arena, char *out, struct plim_error *err)
{
	char *at = out + f->at;
	uint32_t word;
	switch (f->kind) {
	case WIRE_SLICE:
		*(struct slice *)at = wire_take_slice(from);
		return 0;
	case WIRE_BOOL:
		word = cursor_u8(from);
		from->bad |= word > 1;
		*(bool *)at = word == 1;
		return 0;
	case WIRE_ENUM:
		word = cursor_u32le(from);
		from->bad |= word > f->most;
		*(uint32_t *)at = from->bad ? 0 : word;
		return 0;
	case WIRE_U32:
		*(uint32_t *)at = cursor_u32le(from);
		return 0;
	case WIRE_U64:
	case WIRE_REAL:
		*(uint64_t *)at = cursor_u64le(from);
		return 0;
	case WIRE_DIGEST:
		read_digest(from, (struct digest *)at);
		return 0;
	case WIRE_STRUCT:
		return wire_read(f->of, from, arena, at, err);
	case WIRE_POINTER:
	case WIRE_ARRAY:
		return read_many(f, from, arena, out, err);
	case WIRE_END:
		break;
	}
	return 0;
}

int
wire_read(const struct wire_struct *table, struct cursor *from, struct arena *arena, void *out, struct plim_error *err)
{
	for (const struct wire_field *f = table->fields; f->kind != WIRE_END; f++) {
		int r = read_field(f, from, arena, out, err);
		if (r < 0)
			return r;
	}
	return from->bad ? error_set(err, PLIM_EFORMAT, "message: damaged before offset %zu", from->at) : 0;
}

/* Whatever else is in a struct holds no text. */
static int
each_text_of(const struct wire_field *f, char *in, wire_text_fn *fn, void *context, struct plim_error *err)
{
	char *at = in + f->at;
	char *many = f->kind == WIRE_STRUCT ? at : NULL;
	size_t n = many != NULL;
	if (f->kind == WIRE_SLICE)
		return ((struct slice *)at)->p ? fn(context, (struct slice *)at, err) : 0;
	if (f->kind == WIRE_POINTER || f->kind == WIRE_ARRAY) {
		many = *(char **)at;
		n = f->kind == WIRE_ARRAY ? *(size_t *)(in + f->count) : many != NULL;
	}
	for (size_t i = 0; i < n; i++) {
		int r = wire_each_text(f->of, many + i * f->of->size, fn, context, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
wire_each_text(const struct wire_struct *table, void *in, wire_text_fn *fn, void *context, struct plim_error *err)
{
	for (const struct wire_field *f = table->fields; f->kind != WIRE_END; f++) {
		int r = each_text_of(f, in, fn, context, err);
		if (r < 0)
			return r;
	}
	return 0;
}

const struct wire_struct wire_slices = {
	sizeof(struct slice), (const struct wire_field[]){ { WIRE_SLICE, 0, 0, 0, NULL }, { WIRE_END, 0, 0, 0, NULL } }
};
