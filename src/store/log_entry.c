/* SPDX-License-Identifier: Apache-2.0 */
/* Entries to lines and back.  What is read is written again and compared: there is one spelling of each entry. */
#include "store/log_entry.h"

#include "base/date.h"
#include "base/error.h"
#include "codec/json.h"
#include "codec/json_write.h"

static bool
is_word(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!((text.p[i] >= 'a' && text.p[i] <= 'z') || (i && text.p[i] >= '0' && text.p[i] <= '9') || (i && text.p[i] == '_')))
			return false;
	return text.n > 0 && text.n <= 64;
}

static int
by_key(const void *a, const void *b)
{
	const struct log_field *const *left = a, *const *right = b;
	return slice_cmp((*left)->key, (*right)->key);
}

/* In the order of their keys, those without a text left out. */
static int
sort_fields(const struct log_entry *entry, const struct log_field **out, size_t *count, struct plim_error *err)
{
	if (entry->field_count > LOG_FIELD_MOST)
		return error_set(err, PLIM_EUSAGE, "%zu fields; an entry has %d at most", entry->field_count, LOG_FIELD_MOST);
	*count = 0;
	for (size_t i = 0; i < entry->field_count; i++)
		if (entry->fields[i].type != LOG_TEXT || entry->fields[i].text.p)
			out[(*count)++] = &entry->fields[i];
	qsort(out, *count, sizeof *out, by_key);
	for (size_t i = 0; i < *count; i++)
		if (!is_word(out[i]->key) || (i && slice_eq(out[i]->key, out[i - 1]->key)) || out[i]->number > LOG_SEQUENCE_MOST)
			return error_set(err, PLIM_EUSAGE, "'%.*s' is no key, or there twice, or its number is too large", SLICE_ARG(out[i]->key));
	return 0;
}

static void
put_field(struct json_writer *w, const struct log_field *field)
{
	json_write_key(w, field->key);
	if (field->type == LOG_TEXT)
		json_write_string(w, field->text);
	if (field->type == LOG_NUMBER)
		json_write_u64(w, field->number);
	if (field->type != LOG_TEXTS)
		return;
	json_write_array(w);
	for (size_t i = 0; i < field->text_count; i++)
		json_write_string(w, field->texts[i].p ? field->texts[i] : SLICE(""));
	json_write_array_end(w);
}

static void
put_previous(struct json_writer *w, const struct digest *previous)
{
	if (previous->algorithm != DIGEST_NONE) {
		json_write_member_digest(w, "previous", previous);
		return;
	}
	json_write_key(w, SLICE("previous"));
	json_write_null(w);
}

int
log_line_write(const struct log_line *line, struct strbuf *into, struct plim_error *err)
{
	const struct log_field *fields[LOG_FIELD_MOST];
	struct json_writer w = { .into = into };
	size_t n = 0;
	int r = sort_fields(&line->entry, fields, &n, err);
	if (r < 0)
		return r;
	if (!is_word(line->entry.kind))
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no kind of entry", SLICE_ARG(line->entry.kind));
	json_write_object(&w);
	json_write_key(&w, SLICE("fields"));
	json_write_object(&w);
	for (size_t i = 0; i < n; i++)
		put_field(&w, fields[i]);
	json_write_object_end(&w);
	json_write_member(&w, "kind", line->entry.kind);
	put_previous(&w, &line->previous);
	json_write_member_u64(&w, "schema", LOG_SCHEMA);
	json_write_member_u64(&w, "sequence", line->sequence);
	json_write_member_time(&w, "time", line->time);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
	return into->failed ? error_nomem(err) : 0;
}

static int
take_texts(const struct json *value, struct arena *arena, struct log_field *out, struct plim_error *err)
{
	struct slice *texts = arena_make_array(arena, value->n + 1, struct slice);
	if (texts == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < value->n; i++) {
		if (value->items[i].type != JSON_STRING)
			return error_set(err, PLIM_EFORMAT, "'%.*s' lists something that is no text", SLICE_ARG(out->key));
		texts[i] = value->items[i].text;
	}
	out->type = LOG_TEXTS;
	out->texts = texts;
	out->text_count = value->n;
	return 0;
}

static int
take_field(struct slice key, const struct json *value, struct arena *arena, struct log_field *out, struct plim_error *err)
{
	*out = (struct log_field){ .key = key };
	if (value->type == JSON_ARRAY)
		return take_texts(value, arena, out, err);
	out->type = value->type == JSON_STRING ? LOG_TEXT : LOG_NUMBER;
	out->text = json_string(value);
	if (value->type != JSON_STRING && !json_u64(value, &out->number))
		return error_set(err, PLIM_EFORMAT, "'%.*s' is neither a text nor a number nor a list of texts", SLICE_ARG(key));
	return 0;
}

static int
take_fields(const struct json *fields, struct arena *arena, struct log_entry *out, struct plim_error *err)
{
	struct log_field *all = arena_make_array(arena, fields->n + 1, struct log_field);
	if (all == NULL)
		return error_nomem(err);
	*out = (struct log_entry){ .fields = all, .field_count = fields->n };
	for (size_t i = 0; i < fields->n; i++) {
		int r = take_field(fields->keys[i], &fields->items[i], arena, &all[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool
take_previous(const struct json *value, struct digest *out)
{
	*out = (struct digest){ .algorithm = DIGEST_NONE };
	return json_is(value, JSON_NULL) || (digest_parse(json_string(value), out) && out->algorithm == DIGEST_SHA256);
}

static int
take_line(const struct json *json, struct arena *arena, struct log_line *out, struct plim_error *err)
{
	const struct json *fields = json_get(json, "fields");
	uint64_t schema;
	if (!json_u64(json_get(json, "schema"), &schema) || !json_is(fields, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "it has not the members of an entry");
	if (schema != LOG_SCHEMA)
		return error_set(err, PLIM_EFORMAT, "it has schema %ju, and only %d is known", (uintmax_t)schema, LOG_SCHEMA);
	int r = take_fields(fields, arena, &out->entry, err);
	if (r < 0)
		return r;
	out->entry.kind = json_get_string(json, "kind");
	if (!take_previous(json_get(json, "previous"), &out->previous) || !json_u64(json_get(json, "sequence"), &out->sequence) ||
	    !date_parse(json_get_string(json, "time"), &out->time) || out->sequence == 0 || out->sequence > LOG_SEQUENCE_MOST)
		return error_set(err, PLIM_EFORMAT, "its kind, previous, sequence or time is none");
	return 0;
}

int
log_line_parse(struct slice bytes, struct arena *arena, struct log_line *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf again = { 0 };
	const struct json *json;
	struct log_line line = { 0 };
	if (!slice_ends(bytes, SLICE("\n")))
		return error_set(err, PLIM_EFORMAT, "its end is missing");
	int r = json_parse(slice_first(bytes, bytes.n - 1), arena, &json, err);
	if (r < 0 || (r = take_line(json, arena, &line, err)) < 0)
		return r;
	if (log_line_write(&line, &again, NULL) < 0 || !slice_eq(strbuf_slice(&again), bytes))
		return again.failed ? error_nomem(err) : error_set(err, PLIM_EFORMAT, "it is not spelled as entries are");
	*out = line;
	return 0;
}
