/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as text: canonical when keys come in order and `indent` is off. */
#include "codec/json_write.h"

#include "base/date.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void
new_line(struct json_writer *w)
{
	if (!w->indent)
		return;
	strbuf_putc(w->into, '\n');
	strbuf_fill(w->into, ' ', w->depth * 2);
}

/* What comes before any value: a comma and a new line, unless a key stands there already. */
static void
value_begins(struct json_writer *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->depth == 0)
		return;
	if (w->started[w->depth])
		strbuf_putc(w->into, ',');
	w->started[w->depth] = true;
	new_line(w);
}

static void
open_with(struct json_writer *w, char c)
{
	value_begins(w);
	strbuf_putc(w->into, c);
	assert(w->depth + 1 < JSON_WRITE_DEPTH);
	w->depth++;
	w->started[w->depth] = false;
	w->last_key[w->depth] = SLICE_NONE;
}

static void
close_with(struct json_writer *w, char c)
{
	bool had = w->started[w->depth];
	w->depth--;
	if (had)
		new_line(w);
	strbuf_putc(w->into, c);
}

void
json_write_json(struct json_writer *w, struct slice text)
{
	value_begins(w);
	strbuf_put(w->into, text);
}

void
json_write_object(struct json_writer *w)
{
	open_with(w, '{');
}

void
json_write_object_end(struct json_writer *w)
{
	close_with(w, '}');
}

void
json_write_array(struct json_writer *w)
{
	open_with(w, '[');
}

void
json_write_array_end(struct json_writer *w)
{
	close_with(w, ']');
}

static void
put_escaped(struct strbuf *into, struct slice text)
{
	static const char shorts[] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\' };
	bool utf8 = slice_is_utf8(text);
	strbuf_putc(into, '"');
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = (uint8_t)text.p[i];
		if (c < sizeof shorts && shorts[c])
			strbuf_printf(into, "\\%c", shorts[c]);
		else if (c < 0x20 || c == 0x7f)
			strbuf_printf(into, "\\u%04x", c);
		else if (c < 0x80 || utf8)
			strbuf_putc(into, (char)c);
		else
			strbuf_puts(into, "\xef\xbf\xbd");
	}
	strbuf_putc(into, '"');
}

void
json_write_key(struct json_writer *w, struct slice key)
{
	assert(w->last_key[w->depth].p == NULL || slice_cmp(w->last_key[w->depth], key) < 0);
	value_begins(w);
	w->last_key[w->depth] = key;
	put_escaped(w->into, key);
	strbuf_puts(w->into, w->indent ? ": " : ":");
	w->after_key = true;
}

void
json_write_string(struct json_writer *w, struct slice text)
{
	if (text.p == NULL) {
		json_write_null(w);
		return;
	}
	value_begins(w);
	put_escaped(w->into, text);
}

void
json_write_i64(struct json_writer *w, int64_t number)
{
	value_begins(w);
	strbuf_printf(w->into, "%jd", (intmax_t)number);
}

void
json_write_u64(struct json_writer *w, uint64_t number)
{
	value_begins(w);
	strbuf_printf(w->into, "%ju", (uintmax_t)number);
}

void
json_write_double(struct json_writer *w, double number)
{
	char text[40] = "null";
	if (isfinite(number))
		for (int digits = 1; digits <= 17; digits++) {
			snprintf(text, sizeof text, "%.*g", digits, number);
			if (strtod(text, NULL) == number)
				break;
		}
	value_begins(w);
	strbuf_puts(w->into, text);
}

void
json_write_bool(struct json_writer *w, bool truth)
{
	value_begins(w);
	strbuf_puts(w->into, truth ? "true" : "false");
}

void
json_write_null(struct json_writer *w)
{
	value_begins(w);
	strbuf_puts(w->into, "null");
}

void
json_write_member(struct json_writer *w, const char *key, struct slice text)
{
	if (text.p == NULL)
		return;
	json_write_key(w, slice_of(key));
	json_write_string(w, text);
}

void
json_write_member_bool(struct json_writer *w, const char *key, bool truth)
{
	json_write_key(w, slice_of(key));
	json_write_bool(w, truth);
}

void
json_write_member_u64(struct json_writer *w, const char *key, uint64_t number)
{
	json_write_key(w, slice_of(key));
	json_write_u64(w, number);
}

void
json_write_member_texts(struct json_writer *w, const char *key, const struct slice *texts, size_t n)
{
	json_write_key(w, slice_of(key));
	json_write_array(w);
	for (size_t i = 0; i < n; i++)
		json_write_string(w, texts[i]);
	json_write_array_end(w);
}

void
json_write_member_time(struct json_writer *w, const char *key, int64_t seconds)
{
	char text[DATE_TEXT_SIZE];
	if (seconds != DATE_NONE)
		json_write_member(w, key, slice_of(date_text(seconds, text)));
}

void
json_write_member_day(struct json_writer *w, const char *key, int64_t day)
{
	char text[DATE_TEXT_SIZE];
	if (day != DATE_NONE)
		json_write_member(w, key, slice_of(date_day_text(day, text)));
}

void
json_write_member_digest(struct json_writer *w, const char *key, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	if (digest->algorithm != DIGEST_NONE)
		json_write_member(w, key, slice_of(digest_text(digest, text)));
}
