/* SPDX-License-Identifier: Apache-2.0 */
/* Deny lists. */
#include "trust/deny.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "trust/document.h"
#include "trust/sealed.h"

static int
read_entry(const struct json *item, struct deny_entry *out, struct plim_error *err)
{
	struct slice day;
	int r = document_keys(item, (const char *const[]){ "digest", "repository", "reason", "day", NULL }, "an entry", err);
	if (r == 0 && json_get(item, "digest"))
		r = document_digest(item, "digest", &out->digest, err);
	if (r == 0)
		r = document_text(item, "repository", &out->repository, err);
	if (r == 0)
		r = document_text(item, "reason", &out->reason, err);
	if (r == 0)
		r = document_text(item, "day", &day, err);
	if (r == 0 && !date_parse_day(day, &out->day))
		r = error_set(err, PLIM_EFORMAT, "day: no day");
	return r;
}

static int
read_entries(const struct json *list, struct arena *arena, struct deny_list *out, struct plim_error *err)
{
	if (!json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "entries: %s", list ? "no list" : "is missing");
	if (list->n > LIMIT_DENY_COUNT)
		return error_set(err, PLIM_ELIMIT, "%zu entries, limit DENY_COUNT", list->n);
	struct deny_entry *entries = arena_make_array(arena, list->n, struct deny_entry);
	if (entries == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		int r = read_entry(json_item(list, i), &entries[i], err);
		if (r < 0)
			return error_wrap(err, r, "entries[%zu]", i);
	}
	out->entries = entries;
	out->n = list->n;
	return 0;
}

static int
read_list(struct slice payload, struct arena *arena, struct deny_list *out, struct plim_error *err)
{
	const struct json *root;
	int r = document_parse(payload, arena, &root, err);
	if (r == 0)
		r = document_keys(root, (const char *const[]){ "serial", "time", "entries", NULL }, "the list", err);
	if (r == 0)
		r = document_u64(root, "serial", &out->serial, err);
	if (r == 0 && out->serial == 0)
		r = error_set(err, PLIM_EFORMAT, "serial: begins with 1");
	if (r == 0)
		r = document_time(root, "time", &out->time, err);
	return r < 0 ? r : read_entries(json_get(root, "entries"), arena, out, err);
}

int
deny_parse(struct slice payload, struct arena *arena, struct deny_list **out, struct plim_error *err)
{
	struct deny_list *found = arena_make(arena, struct deny_list);
	int r = found ? read_list(payload, arena, found, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "deny list");
	*out = found;
	return 0;
}

static int
check_entry(const struct deny_entry *entry, struct plim_error *err)
{
	if (entry->repository.n == 0)
		return error_set(err, PLIM_EUSAGE, "a repository is needed: * is everywhere");
	/* One slip of the hand would stop a whole company. */
	if (entry->digest.algorithm == DIGEST_NONE && slice_is(entry->repository, "*"))
		return error_set(err, PLIM_EUSAGE, "everything everywhere cannot be denied: name a digest or a repository");
	if (entry->day < 0 || entry->day > date_day(INT64_C(253402300799)))
		return error_set(err, PLIM_EUSAGE, "a day outside of the years 1970 to 9999");
	return entry->reason.n == 0 ? error_set(err, PLIM_EUSAGE, "a reason is needed") : 0;
}

static void
put_entry(struct json_writer *w, const struct deny_entry *entry)
{
	json_write_object(w);
	json_write_member_day(w, "day", entry->day);
	json_write_member_digest(w, "digest", &entry->digest);
	json_write_member(w, "reason", entry->reason);
	json_write_member(w, "repository", entry->repository);
	json_write_object_end(w);
}

int
deny_write(const struct deny_list *list, struct strbuf *into, struct plim_error *err)
{
	struct json_writer w = { .into = into };
	if (list->serial == 0 || !document_can_say(list->time) || list->n > LIMIT_DENY_COUNT)
		return error_set(err, PLIM_EUSAGE, "a deny list needs a serial number, a time, and at most DENY_COUNT entries");
	for (size_t i = 0; i < list->n; i++) {
		int r = check_entry(&list->entries[i], err);
		if (r < 0)
			return error_wrap(err, r, "entry %zu", i + 1);
	}
	json_write_object(&w);
	json_write_key(&w, SLICE("entries"));
	json_write_array(&w);
	for (size_t i = 0; i < list->n; i++)
		put_entry(&w, &list->entries[i]);
	json_write_array_end(&w);
	json_write_member_u64(&w, "serial", list->serial);
	json_write_member_time(&w, "time", list->time);
	json_write_object_end(&w);
	return into->failed ? error_nomem(err) : 0;
}

int
deny_append(const struct deny_list *old, const struct deny_entry *entry, int64_t time, struct arena *arena, struct deny_list **out,
            struct plim_error *err)
{
	size_t n = old ? old->n : 0;
	int r = check_entry(entry, err);
	if (r == 0 && n >= LIMIT_DENY_COUNT)
		r = error_set(err, PLIM_ELIMIT, "the deny list is full, limit DENY_COUNT");
	if (r == 0 && old && time < old->time)
		r = error_set(err, PLIM_EUSAGE, "the deny list that there is was written later");
	if (r < 0)
		return r;
	struct deny_list *grown = arena_make(arena, struct deny_list);
	struct deny_entry *entries = arena_make_array(arena, n + 1, struct deny_entry);
	if (grown == NULL || entries == NULL)
		return error_nomem(err);
	if (n > 0)
		memcpy(entries, old->entries, n * sizeof *entries);
	entries[n] = *entry;
	*grown = (struct deny_list){ .serial = old ? old->serial + 1 : 1, .time = time, .entries = entries, .n = n + 1 };
	*out = grown;
	return 0;
}

int
deny_open(struct slice envelope, const struct trusted_key *keys, size_t key_count, int64_t now, struct arena *arena,
          struct deny_list **out, struct plim_error *err)
{
	static const struct sealing sealing = { "deny list", DENY_PAYLOAD_TYPE, KEY_DENIES };
	struct slice payload;
	struct deny_list *list;
	int r = sealed_open(&sealing, envelope, keys, key_count, now, arena, &payload, err);
	if (r < 0 || (r = deny_parse(payload, arena, &list, err)) < 0)
		return r;
	if (list->time > now + TRUST_SKEW_S)
		return error_set(err, PLIM_EUSAGE, "deny list: it is from the future");
	*out = list;
	return 0;
}

/* An entry of one repository, asked without one, may be meant: it forbids. */
static bool
speaks_of(const struct deny_entry *entry, const struct digest *digest, struct slice repository)
{
	bool here = slice_is(entry->repository, "*") || (repository.n > 0 && repository_matches(entry->repository, repository));
	if (entry->digest.algorithm == DIGEST_NONE)
		return here;
	return digest_eq(&entry->digest, digest) && (here || repository.n == 0);
}

const struct deny_entry *
deny_find(const struct deny_list *list, const struct digest *digest, struct slice repository)
{
	for (size_t i = 0; i < list->n; i++)
		if (speaks_of(&list->entries[i], digest, repository))
			return &list->entries[i];
	return NULL;
}
