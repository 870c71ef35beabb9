/* SPDX-License-Identifier: Apache-2.0 */
/* What the database says of an id or a package, for people and programs. */
#include "advisory/database.h"

#include "advisory/store.h"
#include "base/date.h"
#include "base/error.h"
#include "base/glob.h"
#include "codec/json_write.h"

static void
put_texts(const struct database *db, struct json_writer *w, const char *key, struct store_run run)
{
	if (run.n == 0)
		return;
	json_write_key(w, slice_of(key));
	json_write_array(w);
	for (uint32_t i = 0; i < run.n; i++)
		json_write_string(w, store_text(db, run.first + i));
	json_write_array_end(w);
}

static void
put_events(const struct database *db, struct json_writer *w, struct store_run run)
{
	static const char *const names[] = {
		[EVENT_INTRODUCED] = "introduced", [EVENT_FIXED] = "fixed", [EVENT_LAST_AFFECTED] = "last_affected",
		[EVENT_LIMIT] = "limit",
	};
	json_write_key(w, SLICE("events"));
	json_write_array(w);
	for (uint32_t i = 0; i < run.n; i++) {
		struct version_event event = store_event(db, run.first + i);
		json_write_object(w);
		json_write_member(w, names[event.kind], event.version);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_statement(const struct database *db, struct json_writer *w, const struct store_statement *s)
{
	json_write_object(w);
	json_write_member(w, "channel", s->channel);
	json_write_member(w, "ecosystem", s->ecosystem);
	if (s->events.n)
		put_events(db, w, s->events);
	json_write_member_time(w, "fix_known", s->fix_known);
	json_write_member(w, "module", s->module);
	json_write_member(w, "package", s->package);
	if (s->severity != SEVERITY_UNKNOWN)
		json_write_member(w, "severity", slice_of(severity_name(s->severity)));
	json_write_member(w, "state", slice_of(match_state_name(s->state)));
	put_texts(db, w, "versions", s->versions);
	json_write_object_end(w);
}

/* Statements are sorted for matching, not by advisory: showing one walks them all. */
static void
put_affected(const struct database *db, struct json_writer *w, uint32_t advisory)
{
	json_write_key(w, SLICE("affected"));
	json_write_array(w);
	for (size_t i = 0; i < store_count(db, SECTION_STATEMENTS); i++) {
		struct store_statement s = store_statement(db, i);
		if (s.advisory == advisory)
			put_statement(db, w, &s);
	}
	json_write_array_end(w);
}

static void
put_advisory(const struct database *db, struct json_writer *w, uint32_t at)
{
	struct store_advisory a = store_advisory(db, at);
	size_t n;
	json_write_object(w);
	put_affected(db, w, at);
	put_texts(db, w, "aliases", a.aliases);
	if (database_feeds(db, &n)[0].name.p && a.feed < n)
		json_write_member(w, "feed", database_feeds(db, &n)[a.feed].name);
	json_write_member(w, "id", a.id);
	json_write_member_time(w, "modified", a.modified);
	json_write_member_time(w, "published", a.published);
	put_texts(db, w, "related", a.related);
	if (a.severity != SEVERITY_UNKNOWN)
		json_write_member(w, "severity", slice_of(severity_name(a.severity)));
	json_write_member(w, "title", a.title);
	json_write_member(w, "url", a.url);
	json_write_member(w, "vector", a.vector);
	json_write_object_end(w);
}

int
database_show(const struct database *db, struct slice id, struct strbuf *into, struct plim_error *err)
{
	struct json_writer w = { .into = into, .indent = true };
	struct store_run run = store_find_id(db, id);
	double score = store_score(db, id);
	int64_t exploited = store_exploited(db, id);
	int r = store_check(db, err);
	if (r < 0)
		return r;
	if (run.n == 0 && score < 0 && exploited == DATE_NONE)
		return error_set(err, PLIM_ENOTFOUND, "no feed speaks of %.*s", SLICE_ARG(id));
	json_write_object(&w);
	json_write_key(&w, SLICE("advisories"));
	json_write_array(&w);
	for (uint32_t i = 0; i < run.n; i++)
		put_advisory(db, &w, store_named_advisory(db, run.first + i));
	json_write_array_end(&w);
	if (score >= 0) {
		json_write_key(&w, SLICE("epss"));
		json_write_double(&w, score);
	}
	json_write_member_time(&w, "exploited_since", exploited);
	json_write_member(&w, "id", id);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
	return store_check(db, err);
}

static struct slice
first_fix(const struct database *db, const struct store_statement *s)
{
	for (uint32_t i = 0; i < s->events.n; i++) {
		struct version_event event = store_event(db, s->events.first + i);
		if (event.kind == EVENT_FIXED)
			return event.version;
	}
	return SLICE_NONE;
}

int
database_search(const struct database *db, struct slice package, struct strbuf *into, struct plim_error *err)
{
	size_t found = 0;
	for (size_t i = 0; i < store_count(db, SECTION_STATEMENTS); i++) {
		struct store_statement s = store_statement(db, i);
		if (!glob_match(package, s.package))
			continue;
		struct store_advisory a = store_advisory(db, s.advisory);
		struct slice fixed = first_fix(db, &s);
		const struct slice cells[] = { s.ecosystem, s.package, a.id, slice_of(match_state_name(s.state)), fixed };
		for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
			strbuf_put_printable(into, cells[k]);
			strbuf_putc(into, k + 1 < sizeof cells / sizeof *cells ? '\t' : '\n');
		}
		found++;
	}
	int r = store_check(db, err);
	return r == 0 && found == 0 ? error_set(err, PLIM_ENOTFOUND, "no feed speaks of a package %.*s", SLICE_ARG(package)) : r;
}
