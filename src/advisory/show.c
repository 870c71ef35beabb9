/* SPDX-License-Identifier: Apache-2.0 */
/* What the database says of an id or a package, for people and programs. */
#include "advisory/database.h"

#include "advisory/ecosystem.h"
#include "advisory/store.h"
#include "base/date.h"
#include "base/error.h"
#include "base/glob.h"
#include "codec/json_write.h"

static void
put_texts(struct json_writer *w, const char *key, struct store_list texts, bool (*next)(struct store_list *list, struct slice *out))
{
	struct slice text;
	if (texts.left == 0)
		return;
	json_write_key(w, slice_of(key));
	json_write_array(w);
	while (next(&texts, &text))
		json_write_string(w, text);
	json_write_array_end(w);
}

static void
put_events(struct json_writer *w, struct store_list events)
{
	static const char *const names[] = {
		[EVENT_INTRODUCED] = "introduced", [EVENT_FIXED] = "fixed", [EVENT_LAST_AFFECTED] = "last_affected",
		[EVENT_LIMIT] = "limit", [EVENT_INTRODUCED_AFTER] = "introduced_after",
	};
	json_write_key(w, SLICE("events"));
	json_write_array(w);
	struct version_event event;
	while (store_next_event(&events, &event)) {
		json_write_object(w);
		json_write_member(w, names[event.kind], event.version);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_statement(struct json_writer *w, const struct store_group *group, const struct store_statement *s)
{
	json_write_object(w);
	json_write_member(w, "channel", s->channel);
	json_write_member(w, "ecosystem", group->ecosystem);
	if (s->events.left)
		put_events(w, s->events);
	json_write_member_time(w, "fix_known", s->fix_known);
	json_write_member(w, "module", s->module);
	json_write_member(w, "package", group->package);
	if (s->severity != SEVERITY_UNKNOWN)
		json_write_member(w, "severity", slice_of(severity_name(s->severity)));
	json_write_member(w, "state", slice_of(match_state_name(s->state)));
	put_texts(w, "versions", s->versions, store_next_version);
	json_write_object_end(w);
}

/* Those of Maven are there under their artifact again. */
static bool
next_package(struct store_packages *walk, struct store_group *out)
{
	while (store_next_package(walk, out))
		if (!slice_is(out->ecosystem, ECOSYSTEM_MAVEN_ARTIFACT))
			return true;
	return false;
}

static bool
is_of(const struct store_statement *s, const struct store_advisory *a)
{
	struct store_id id = store_id_of(a->id);
	return store_id_eq(&s->id, &id) && s->feed == a->feed && s->ordinal == a->ordinal;
}

/* Statements are sorted for matching, not by advisory: showing one walks them all. */
static void
put_affected(const struct database *db, struct json_writer *w, const struct store_advisory *a)
{
	struct store_packages packages = store_packages(db);
	struct store_group group;
	struct store_statement s;
	json_write_key(w, SLICE("affected"));
	json_write_array(w);
	while (next_package(&packages, &group))
		while (store_next_statement(&group, &s))
			if (is_of(&s, a))
				put_statement(w, &group, &s);
	json_write_array_end(w);
}

static void
put_advisory(const struct database *db, struct json_writer *w, const struct store_advisory *a, struct arena *arena)
{
	size_t n;
	json_write_object(w);
	put_affected(db, w, a);
	put_texts(w, "aliases", a->aliases, store_next_text);
	json_write_member(w, "feed", database_feeds(db, &n)[a->feed].name);
	json_write_member(w, "id", a->id);
	json_write_member_time(w, "modified", a->modified);
	json_write_member_time(w, "published", a->published);
	put_texts(w, "related", a->related, store_next_text);
	if (a->severity != SEVERITY_UNKNOWN)
		json_write_member(w, "severity", slice_of(severity_name(a->severity)));
	json_write_member(w, "title", a->title);
	json_write_member(w, "url", store_url(a, arena));
	json_write_member(w, "vector", a->vector);
	json_write_object_end(w);
}

int
database_show(const struct database *db, struct slice id, struct strbuf *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct json_writer w = { .into = into, .indent = true };
	struct store_named named = store_named(db, id);
	struct store_advisory a;
	bool any = store_next_named(&named, &a);
	double score = store_score(db, id);
	int64_t exploited = store_exploited(db, id);
	int r = arena ? store_check(db, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (!any && score < 0 && exploited == DATE_NONE)
		return error_set(err, PLIM_ENOTFOUND, "no feed speaks of %.*s", SLICE_ARG(id));
	json_write_object(&w);
	json_write_key(&w, SLICE("advisories"));
	json_write_array(&w);
	for (; any; any = store_next_named(&named, &a))
		put_advisory(db, &w, &a, arena);
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
first_fix(struct store_list events)
{
	struct version_event event;
	while (store_next_event(&events, &event))
		if (event.kind == EVENT_FIXED)
			return event.version;
	return SLICE_NONE;
}

static void
put_line(const struct store_group *group, const struct store_statement *s, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf id = { 0 };
	const struct slice cells[] = { group->ecosystem, group->package, store_id_text(&s->id, &id),
		                       slice_of(match_state_name(s->state)), first_fix(s->events) };
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		strbuf_put_printable(into, cells[i]);
		strbuf_putc(into, i + 1 < sizeof cells / sizeof *cells ? '\t' : '\n');
	}
}

int
database_search(const struct database *db, struct slice package, struct strbuf *into, struct plim_error *err)
{
	struct store_packages packages = store_packages(db);
	struct store_group group;
	struct store_statement s;
	size_t found = 0;
	while (next_package(&packages, &group))
		while (glob_match(package, group.package) && store_next_statement(&group, &s)) {
			put_line(&group, &s, into);
			found++;
		}
	int r = store_check(db, err);
	return r == 0 && found == 0 ? error_set(err, PLIM_ENOTFOUND, "no feed speaks of a package %.*s", SLICE_ARG(package)) : r;
}
