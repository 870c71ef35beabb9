/* SPDX-License-Identifier: Apache-2.0 */
/* Assign files, written: what is signed. */
#include "enforce/assign.h"

#include "base/date.h"
#include "base/error.h"
#include "codec/json_write.h"

static void
put_texts(struct json_writer *w, const char *key, const struct slice_list *texts)
{
	if (texts->n > 0)
		json_write_member_texts(w, key, texts->at, texts->n);
}

static void
put_text(struct json_writer *w, const char *key, struct slice text)
{
	if (text.n > 0)
		json_write_member(w, key, text);
}

/* In minutes: every unit of a span is a number of them. */
static void
put_span(struct json_writer *w, const char *key, uint64_t seconds)
{
	char text[32];
	if (seconds == 0)
		return;
	snprintf(text, sizeof text, "%jum", (uintmax_t)seconds / 60);
	json_write_member(w, key, slice_of(text));
}

static void
put_keys(struct json_writer *w, const char *list, const char *member, const struct assign_keys *keys)
{
	if (keys->n == 0)
		return;
	json_write_key(w, slice_of(list));
	json_write_array(w);
	for (size_t i = 0; i < keys->n; i++) {
		json_write_object(w);
		json_write_member(w, member, keys->at[i].pem);
		put_text(w, "may", keys->at[i].may);
		json_write_member(w, "name", keys->at[i].name);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_policies(struct json_writer *w, const struct assign_policies *policies)
{
	if (policies->n == 0)
		return;
	json_write_key(w, SLICE("policies"));
	json_write_array(w);
	for (size_t i = 0; i < policies->n; i++) {
		json_write_object(w);
		json_write_member_digest(w, "digest", &policies->at[i].digest);
		put_text(w, "name", policies->at[i].name);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_flag(struct json_writer *w, const char *key, bool flag)
{
	if (flag)
		json_write_member_bool(w, key, true);
}

static void
put_rule(struct json_writer *w, const struct assign_rule *rule)
{
	json_write_object(w);
	put_span(w, "age", rule->age_most);
	put_flag(w, "any_tag", rule->any_tag);
	put_keys(w, "certificates", "certificate", &rule->certificates);
	put_span(w, "data_age", rule->data_age_most);
	put_flag(w, "judged", rule->judged);
	put_keys(w, "keys", "key", &rule->keys);
	json_write_member(w, "name", rule->name);
	put_texts(w, "namespaces", &rule->namespaces);
	put_text(w, "owner", rule->owner);
	put_policies(w, &rule->policies);
	put_text(w, "reason", rule->reason);
	put_span(w, "remember", rule->remember);
	put_texts(w, "repositories", &rule->repositories);
	put_span(w, "stale", rule->stale);
	put_flag(w, "unsigned", rule->unsigned_too);
	json_write_member_day(w, "until", rule->until);
	json_write_object_end(w);
}

static void
put_glass(struct json_writer *w, const struct assign_glass *glass)
{
	char text[DIGEST_TEXT_SIZE];
	json_write_object(w);
	if (glass->digest_count) {
		json_write_key(w, SLICE("digests"));
		json_write_array(w);
		for (size_t i = 0; i < glass->digest_count; i++)
			json_write_string(w, slice_of(digest_text(&glass->digests[i], text)));
		json_write_array_end(w);
	}
	json_write_member(w, "name", glass->name);
	put_texts(w, "namespaces", &glass->namespaces);
	json_write_member(w, "owner", glass->owner);
	json_write_member(w, "reason", glass->reason);
	put_texts(w, "repositories", &glass->repositories);
	json_write_member_day(w, "until", glass->until);
	json_write_object_end(w);
}

static void
put_glasses(struct json_writer *w, const struct assign *assign)
{
	if (assign->glass_count == 0)
		return;
	json_write_key(w, SLICE("break_glass"));
	json_write_array(w);
	for (size_t i = 0; i < assign->glass_count; i++)
		put_glass(w, &assign->glasses[i]);
	json_write_array_end(w);
}

static void
put_denied(struct json_writer *w, const struct assign *assign)
{
	if (assign->denied.n == 0)
		return;
	json_write_key(w, SLICE("denied"));
	json_write_object(w);
	put_span(w, "age", assign->deny_age_most);
	json_write_member(w, "file", assign->denied);
	put_keys(w, "keys", "key", &assign->deny_keys);
	if (assign->deny_serial_least)
		json_write_member_u64(w, "serial", assign->deny_serial_least);
	json_write_object_end(w);
}

/* The digest of a rule is that of its own text. */
static void
put_rules(struct json_writer *w, const struct assign *assign)
{
	json_write_key(w, SLICE("rules"));
	json_write_array(w);
	for (size_t i = 0; i < assign->rule_count; i++) {
		size_t before = w->into->n;
		put_rule(w, &assign->rules[i]);
		struct slice text = slice_from(strbuf_slice(w->into), before);
		slice_skip(&text, SLICE(","));
		assign->rules[i].digest = digest_of(text);
	}
	json_write_array_end(w);
}

int
assign_write(const struct assign *assign, struct strbuf *into, struct plim_error *err)
{
	struct json_writer w = { .into = into };
	json_write_object(&w);
	put_glasses(&w, assign);
	put_denied(&w, assign);
	json_write_member(&w, "plimsoll_assign", SLICE("v1"));
	put_rules(&w, assign);
	if (assign->time != DATE_NONE)
		json_write_member_time(&w, "time", assign->time);
	json_write_object_end(&w);
	return into->failed ? error_nomem(err) : 0;
}
