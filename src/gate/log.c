/* SPDX-License-Identifier: Apache-2.0 */
/* plim_log_show, _verify and _export: the log, for people and for programs. */
#include <plimsoll/log.h>

#include "base/date.h"
#include "base/error.h"
#include "base/output.h"
#include "codec/json_write.h"
#include "store/log.h"
#include "store/log_read.h"

#define LAST_USUAL 20
#define LAST_MOST 1000000

/* What a walk writes, and which entries it takes. */
struct listing {
	struct strbuf text;
	FILE *into;
	struct slice kind;            /* absent: any */
	int64_t since;                /* DATE_NONE: any */
	struct strbuf *ring;          /* show: the last of them */
	size_t ring_size, taken;
};

static void
auto_listing(struct listing *listing)
{
	strbuf_done(&listing->text);
	for (size_t i = 0; listing->ring && i < listing->ring_size; i++)
		strbuf_done(&listing->ring[i]);
	free(listing->ring);
}

static bool
is_taken(const struct listing *listing, const struct log_line *line)
{
	if (listing->kind.p && !slice_eq(listing->kind, line->entry.kind))
		return false;
	return listing->since == DATE_NONE || line->time >= listing->since;
}

static int
wanted_digest(const char *text, const char *option, struct digest *out, struct plim_error *err)
{
	*out = (struct digest){ .algorithm = DIGEST_NONE };
	if (text && !(digest_parse(slice_of(text), out) && out->algorithm == DIGEST_SHA256))
		return error_set(err, PLIM_EUSAGE, "%s takes the hash of an entry, sha256: and 64 digits", option);
	return 0;
}

/* `wanted` is absent but where a log is verified. */
static int
walk(const struct plim_log_options *options, const struct log_wanted *wanted, log_each_fn *each, struct listing *listing, struct log_state *state,
     struct plim_error *err)
{
	static const struct log_wanted nothing;
	AUTO(log_place) struct log_place place = { 0 };
	int r = log_place_find(options->file, &place, err);
	if (r == 0 && place.path == NULL)
		r = error_set(err, PLIM_ENOTFOUND, "there is no log: neither HOME nor XDG_STATE_HOME nor PLIMSOLL_LOG is set, and --log is not given");
	return r < 0 ? r : log_walk(place.path, wanted ? wanted : &nothing, each, listing, state, err);
}

static void
put_head(struct strbuf *into, const struct log_state *state)
{
	char hex[DIGEST_TEXT_SIZE];
	if (state->entries)
		strbuf_printf(into, "head %s, entry %ju\n", digest_text(&state->head, hex), (uintmax_t)state->last);
}

static void
put_place(struct strbuf *into, const struct log_at *at)
{
	if (at->file[0] == '\0')
		return;
	strbuf_puts(into, ", ");
	strbuf_put_printable(into, slice_of(at->file));
	strbuf_printf(into, " at offset %ju", (uintmax_t)at->offset);
}

static void
put_broken(struct strbuf *into, const struct log_state *state)
{
	strbuf_printf(into, "broken at entry %ju", (uintmax_t)state->at.number);
	put_place(into, &state->at);
	strbuf_puts(into, ": ");
	strbuf_put_printable(into, slice_of(state->why));
	strbuf_putc(into, '\n');
}

/* verify */

static void
put_torn(struct strbuf *into, const struct log_state *state)
{
	if (state->torn_lines)
		strbuf_printf(into, "torn: %ju bytes of entries that were not written whole, covered by those behind them\n", (uintmax_t)state->torn_bytes);
	if (state->tail_bytes == 0 || state->broken)
		return;
	strbuf_printf(into, "torn tail: %ju bytes behind entry %ju", (uintmax_t)state->tail_bytes, (uintmax_t)state->last);
	put_place(into, &state->tail);
	strbuf_puts(into, ": an entry that was not written whole; the next one goes on behind it\n");
}

int
plim_log_verify(const struct plim_log_options *options, FILE *into, int *whole, struct plim_error *err)
{
	AUTO(listing) struct listing listing = { 0 };
	struct log_wanted wanted;
	struct log_state state;
	int r = wanted_digest(options->head, "--head", &wanted.head, err);
	if (r < 0 || (r = wanted_digest(options->after, "--after", &wanted.after, err)) < 0)
		return r;
	if ((r = walk(options, &wanted, NULL, NULL, &state, err)) < 0)
		return r;
	*whole = !state.broken;
	if (state.broken)
		put_broken(&listing.text, &state);
	else
		strbuf_printf(&listing.text, "whole: %ju entr%s in %zu file%s\n", (uintmax_t)state.entries, state.entries == 1 ? "y" : "ies", state.files,
		              state.files == 1 ? "" : "s");
	put_torn(&listing.text, &state);
	if (!state.broken && state.head_found)
		strbuf_printf(&listing.text, "the head that is demanded is entry %ju: %ju behind it\n", (uintmax_t)state.head_number,
		              (uintmax_t)(state.last - state.head_number));
	if (!state.broken)
		put_head(&listing.text, &state);
	return output_text(&listing.text, into, err);
}

/* show */

/* What one looks for first; the others follow in their order. */
static const char *const first_keys[] = { "result", "target", "repository", "rules", "reason", "owner", "until", "findings", NULL };

static bool
is_first(struct slice key)
{
	for (size_t i = 0; first_keys[i]; i++)
		if (slice_is(key, first_keys[i]))
			return true;
	return false;
}

/* Twelve digits of a digest are enough to know it by. */
static struct slice
shorten(struct slice text)
{
	struct digest digest;
	return digest_parse(text, &digest) ? slice_first(text, slice_find(text, ':') + 13) : text;
}

static void
put_text(struct strbuf *into, struct slice text)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, shorten(text));
	struct slice rest = strbuf_slice(&shown), part;
	if (rest.n && slice_find(rest, ' ') == SIZE_MAX && slice_find(rest, '"') == SIZE_MAX && slice_find(rest, ',') == SIZE_MAX) {
		strbuf_put(into, rest);
		return;
	}
	strbuf_putc(into, '"');
	for (bool more = true; more;) {
		more = slice_cut(rest, '"', &part, &rest);
		strbuf_put(into, part);
		strbuf_puts(into, more ? "\\\"" : "\"");
	}
}

static void
put_shown(struct strbuf *into, const struct log_field *field)
{
	strbuf_printf(into, "  %.*s=", SLICE_ARG(field->key));
	if (field->type == LOG_NUMBER)
		strbuf_printf(into, "%ju", (uintmax_t)field->number);
	if (field->type == LOG_TEXT)
		put_text(into, field->text);
	for (size_t i = 0; field->type == LOG_TEXTS && i < field->text_count; i++) {
		if (i)
			strbuf_putc(into, ',');
		put_text(into, field->texts[i]);
	}
}

static void
put_entry(struct strbuf *into, const struct log_line *line)
{
	char time[DATE_TEXT_SIZE];
	const struct log_entry *entry = &line->entry;
	strbuf_printf(into, "%7ju  %s  %-10.*s", (uintmax_t)line->sequence, date_text(line->time, time), SLICE_ARG(entry->kind));
	for (size_t k = 0; first_keys[k]; k++)
		for (size_t i = 0; i < entry->field_count; i++)
			if (slice_is(entry->fields[i].key, first_keys[k]))
				put_shown(into, &entry->fields[i]);
	for (size_t i = 0; i < entry->field_count; i++)
		if (!is_first(entry->fields[i].key))
			put_shown(into, &entry->fields[i]);
	strbuf_putc(into, '\n');
}

static int
keep_shown(void *context, const struct log_item *item, struct plim_error *err)
{
	struct listing *listing = context;
	if (!is_taken(listing, &item->line))
		return 0;
	struct strbuf *into = &listing->ring[listing->taken++ % listing->ring_size];
	strbuf_clear(into);
	put_entry(into, &item->line);
	return into->failed ? error_nomem(err) : 0;
}

int
plim_log_show(const struct plim_log_options *options, FILE *into, int *whole, struct plim_error *err)
{
	size_t last = options->last ? options->last : LAST_USUAL;
	if (last > LAST_MOST)
		return error_set(err, PLIM_EUSAGE, "more than %d entries", LAST_MOST);
	AUTO(listing) struct listing listing = { .kind = slice_of(options->kind), .since = DATE_NONE, .ring_size = last };
	struct log_state state;
	if ((listing.ring = calloc(last, sizeof *listing.ring)) == NULL)
		return error_nomem(err);
	int r = walk(options, NULL, keep_shown, &listing, &state, err);
	if (r < 0)
		return r;
	*whole = !state.broken;
	strbuf_puts(&listing.text, "  ENTRY  TIME                  KIND        WHAT\n");
	for (size_t i = listing.taken > last ? listing.taken - last : 0; i < listing.taken; i++)
		strbuf_put(&listing.text, strbuf_slice(&listing.ring[i % last]));
	if (state.broken)
		put_broken(&listing.text, &state);
	else
		put_head(&listing.text, &state);
	return output_text(&listing.text, into, err);
}

/* export */

static void
put_field_json(struct json_writer *w, const struct log_field *field)
{
	json_write_key(w, field->key);
	if (field->type == LOG_TEXT)
		json_write_string(w, field->text);
	else if (field->type == LOG_NUMBER)
		json_write_u64(w, field->number);
	else
		json_write_array(w);
	for (size_t i = 0; field->type == LOG_TEXTS && i < field->text_count; i++)
		json_write_string(w, field->texts[i]);
	if (field->type == LOG_TEXTS)
		json_write_array_end(w);
}

/* What was gathered goes out: a log is larger than memory should be. */
static int
write_out(struct listing *listing, struct plim_error *err)
{
	int r = output_text(&listing->text, listing->into, err);
	strbuf_clear(&listing->text);
	return r;
}

static int
export_json(void *context, const struct log_item *item, struct plim_error *err)
{
	struct listing *listing = context;
	struct json_writer w = { .into = &listing->text };
	const struct log_line *line = &item->line;
	if (!is_taken(listing, line))
		return 0;
	strbuf_puts(&listing->text, listing->taken++ ? ",\n" : "\n");
	json_write_object(&w);
	json_write_key(&w, SLICE("fields"));
	json_write_object(&w);
	for (size_t i = 0; i < line->entry.field_count; i++)
		put_field_json(&w, &line->entry.fields[i]);
	json_write_object_end(&w);
	json_write_member_digest(&w, "hash", &item->hash);
	json_write_member(&w, "kind", line->entry.kind);
	json_write_member_digest(&w, "previous", &line->previous);
	json_write_member_u64(&w, "sequence", line->sequence);
	json_write_member_time(&w, "time", line->time);
	json_write_object_end(&w);
	return listing->text.n > 65536 || listing->text.failed ? write_out(listing, err) : 0;
}

static void
begin_json(struct listing *listing)
{
	strbuf_puts(&listing->text, "{\"entries\":[");
}

static void
end_json(struct listing *listing, const struct log_state *state)
{
	char hex[DIGEST_TEXT_SIZE];
	strbuf_puts(&listing->text, "\n]");
	if (state->entries)
		strbuf_printf(&listing->text, ",\"head\":\"%s\"", digest_text(&state->head, hex));
	strbuf_printf(&listing->text, ",\"schema\":%d,\"whole\":%s}\n", LOG_SCHEMA, state->broken ? "false" : "true");
}

/* Fields that have a column; all others stand in the last one. */
static const char *const columns[] = {
	"result", "target", "repository", "platform", "index", "manifest", "config", "policy", "data", "evaluated_at", "findings", "reason",
	"owner", "ticket", "until", NULL,
};

static bool
has_column(struct slice key)
{
	for (size_t i = 0; columns[i]; i++)
		if (slice_is(key, columns[i]))
			return true;
	return false;
}

/* A spreadsheet would take some beginnings for a formula: whoever names an image or writes a reason chooses them. */
static void
put_csv(struct strbuf *into, struct slice text)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, text);
	strbuf_puts(into, ",\"");
	if (shown.n && strchr("=+-@", shown.p[0]))
		strbuf_putc(into, '\'');
	for (size_t i = 0; i < shown.n; i++) {
		if (shown.p[i] == '"')
			strbuf_putc(into, '"');
		strbuf_putc(into, shown.p[i]);
	}
	strbuf_putc(into, '"');
}

static void
put_column(struct strbuf *into, const struct log_entry *entry, const char *key)
{
	char number[32];
	for (size_t i = 0; i < entry->field_count; i++) {
		const struct log_field *field = &entry->fields[i];
		if (!slice_is(field->key, key) || field->type == LOG_TEXTS)
			continue;
		snprintf(number, sizeof number, "%ju", (uintmax_t)field->number);
		put_csv(into, field->type == LOG_NUMBER ? slice_of(number) : field->text);
		return;
	}
	put_csv(into, SLICE(""));
}

static void
put_others(struct strbuf *into, const struct log_entry *entry)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct json_writer w = { .into = &text };
	json_write_object(&w);
	for (size_t i = 0; i < entry->field_count; i++)
		if (!has_column(entry->fields[i].key) || entry->fields[i].type == LOG_TEXTS)
			put_field_json(&w, &entry->fields[i]);
	json_write_object_end(&w);
	put_csv(into, strbuf_slice(&text));
}

static int
export_csv(void *context, const struct log_item *item, struct plim_error *err)
{
	struct listing *listing = context;
	char time[DATE_TEXT_SIZE], hex[DIGEST_TEXT_SIZE];
	if (!is_taken(listing, &item->line))
		return 0;
	strbuf_printf(&listing->text, "%ju", (uintmax_t)item->line.sequence);
	put_csv(&listing->text, slice_of(date_text(item->line.time, time)));
	put_csv(&listing->text, item->line.entry.kind);
	for (size_t i = 0; columns[i]; i++)
		put_column(&listing->text, &item->line.entry, columns[i]);
	put_others(&listing->text, &item->line.entry);
	put_csv(&listing->text, slice_of(digest_text(&item->hash, hex)));
	strbuf_puts(&listing->text, "\r\n");
	return listing->text.n > 65536 || listing->text.failed ? write_out(listing, err) : 0;
}

static void
begin_csv(struct listing *listing)
{
	strbuf_puts(&listing->text, "sequence,time,kind");
	for (size_t i = 0; columns[i]; i++)
		strbuf_printf(&listing->text, ",%s", columns[i]);
	strbuf_puts(&listing->text, ",others,hash\r\n");
}

static void
end_csv(struct listing *listing, const struct log_state *state)
{
	(void)listing;
	(void)state;
}

static const struct format {
	const char *name;
	void (*begin)(struct listing *listing);
	log_each_fn *each;
	void (*end)(struct listing *listing, const struct log_state *state);
} formats[] = {
	{ "json", begin_json, export_json, end_json },
	{ "csv", begin_csv, export_csv, end_csv },
};
#define FORMAT_COUNT (sizeof formats / sizeof *formats)

const char *
plim_log_format_name(unsigned index)
{
	return index < FORMAT_COUNT ? formats[index].name : NULL;
}

static const struct format *
format_find(const char *name)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

int
plim_log_export(const struct plim_log_options *options, const char *name, FILE *into, int *whole, struct plim_error *err)
{
	AUTO(listing) struct listing listing = { .into = into, .kind = slice_of(options->kind), .since = DATE_NONE };
	const struct format *format = format_find(name);
	struct log_state state;
	if (format == NULL)
		return error_set(err, PLIM_EUSAGE, "there is no format '%s': json or csv", name);
	if (options->since && !date_parse(slice_of(options->since), &listing.since))
		return error_set(err, PLIM_EUSAGE, "'%s' is no time: 2026-01-31 or 2026-01-31T12:00:00Z", options->since);
	format->begin(&listing);
	int r = walk(options, NULL, format->each, &listing, &state, err);
	if (r < 0)
		return r;
	*whole = !state.broken;
	format->end(&listing, &state);
	return write_out(&listing, err);
}
