/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of databases. */
#include "trust/data.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "trust/document.h"
#include "trust/dsse.h"
#include "trust/statement.h"
#include "trust/verify.h"

static void
put_feed(struct json_writer *w, const struct data_claim_feed *feed)
{
	json_write_object(w);
	json_write_member_digest(w, "digest", &feed->digest);
	json_write_member(w, "name", feed->name);
	json_write_member_time(w, "snapshot", feed->snapshot);
	json_write_object_end(w);
}

static void
put_predicate(const struct data_claim *claim, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	json_write_object(&w);
	json_write_key(&w, SLICE("feeds"));
	json_write_array(&w);
	for (size_t i = 0; i < claim->feed_count; i++)
		put_feed(&w, &claim->feeds[i]);
	json_write_array_end(&w);
	json_write_member_u64(&w, "serial", claim->serial);
	json_write_member_time(&w, "time", claim->time);
	json_write_object_end(&w);
}

static int
check_claim(const struct data_claim *claim, struct plim_error *err)
{
	if (claim->root.algorithm != DIGEST_SHA256 || claim->serial == 0 || !document_can_say(claim->time))
		return error_set(err, PLIM_EUSAGE, "a database needs its digest, a serial number and a time to be signed");
	for (size_t i = 0; i < claim->feed_count; i++) {
		const struct data_claim_feed *feed = &claim->feeds[i];
		if (feed->name.n == 0 || feed->digest.algorithm == DIGEST_NONE || (feed->snapshot != DATE_NONE && !document_can_say(feed->snapshot)))
			return error_set(err, PLIM_EUSAGE, "feed %zu: a name, a digest and a time from 1970 to 9999 are needed", i + 1);
	}
	return 0;
}

int
data_claim_write(const struct data_claim *claim, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf predicate = { 0 };
	const struct statement_subject subject = { SLICE("advisories.db"), claim->root };
	int r = check_claim(claim, err);
	if (r < 0)
		return r;
	put_predicate(claim, &predicate);
	return predicate.failed ? error_nomem(err) : statement_write(&subject, SLICE(PREDICATE_DATA), strbuf_slice(&predicate), into, err);
}

static int
read_feed(const struct json *item, struct data_claim_feed *out, struct plim_error *err)
{
	int r = document_keys(item, (const char *const[]){ "digest", "name", "snapshot", NULL }, "a feed", err);
	out->snapshot = DATE_NONE;
	if (r == 0)
		r = document_text(item, "name", &out->name, err);
	if (r == 0)
		r = document_digest(item, "digest", &out->digest, err);
	if (r == 0 && json_get(item, "snapshot"))
		r = document_time(item, "snapshot", &out->snapshot, err);
	return r;
}

static int
read_feeds(const struct json *list, struct arena *arena, struct data_claim *out, struct plim_error *err)
{
	if (!json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "feeds: %s", list ? "no list" : "is missing");
	struct data_claim_feed *feeds = arena_make_array(arena, list->n, struct data_claim_feed);
	if (feeds == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		int r = read_feed(json_item(list, i), &feeds[i], err);
		if (r < 0)
			return error_wrap(err, r, "feeds[%zu]", i);
	}
	out->feeds = feeds;
	out->feed_count = list->n;
	return 0;
}

static int
read_claim(const struct statement *statement, struct arena *arena, struct data_claim *out, struct plim_error *err)
{
	const struct json *predicate = statement->predicate;
	if (!slice_is(statement->predicate_type, PREDICATE_DATA))
		return error_set(err, PLIM_EFORMAT, "it is a statement of %.*s", SLICE_ARG(slice_first(statement->predicate_type, 200)));
	if (statement->subject_count != 1 || statement->subjects[0].digest.algorithm != DIGEST_SHA256)
		return error_set(err, PLIM_EFORMAT, "subject: not one database");
	out->root = statement->subjects[0].digest;
	int r = document_keys(predicate, (const char *const[]){ "feeds", "serial", "time", NULL }, "the predicate", err);
	if (r == 0)
		r = document_u64(predicate, "serial", &out->serial, err);
	if (r == 0 && out->serial == 0)
		r = error_set(err, PLIM_EFORMAT, "serial: begins with 1");
	if (r == 0)
		r = document_time(predicate, "time", &out->time, err);
	return r < 0 ? r : read_feeds(json_get(predicate, "feeds"), arena, out, err);
}

int
data_claim_parse(struct slice payload, struct arena *arena, struct data_claim *out, struct plim_error *err)
{
	struct statement *statement;
	struct data_claim found = { 0 };
	int r = statement_parse(payload, arena, &statement, err);
	if (r == 0)
		r = read_claim(statement, arena, &found, err);
	if (r == 0)
		*out = found;
	return r;
}

int
data_signature_next(struct slice *signatures, struct arena *arena, struct data_signature *out, bool *there, struct plim_error *err)
{
	int r = dsse_next(signatures, SLICE(STATEMENT_PAYLOAD_TYPE), arena, &out->envelope, &out->text, there, err);
	if (r == 0 && *there)
		r = data_claim_parse(out->envelope->payload, arena, &out->claim, err);
	return r < 0 ? error_wrap(err, r, "its signature") : 0;
}

/* Why this key's signature does not count. */
static int
check_key(const struct trusted_key *key, const struct data_claim *claim, int64_t now, struct plim_error *err)
{
	const struct companion within = { .from = key->from, .until = key->until };
	const int64_t days[] = { date_day(now), date_day(claim->time) };
	if (key->role != KEY_DATA && key->role != KEY_ROLE_NONE)
		return error_set(err, PLIM_EPOLICY, "the key's role is '%s', this needs 'data'", key_role_name(key->role));
	for (size_t i = 0; i < 2; i++) {
		int r = companion_allows_day(&within, days[i], err);
		if (r == 0 && key->may)
			r = companion_allows_day(key->may, days[i], err);
		if (r < 0)
			return r;
	}
	return claim->time > now + TRUST_SKEW_S ? error_set(err, PLIM_EPOLICY, "it is from the future") : 0;
}

static const struct trusted_key *
signer_of(const struct data_signature *signature, const struct trusted_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (dsse_verify(signature->envelope, keys[i].key))
			return &keys[i];
	return NULL;
}

int
data_verify(struct slice signatures, const struct digest *root, const struct trusted_key *keys, size_t key_count, int64_t now, struct arena *arena,
            struct data_signature *out, const struct trusted_key **by, struct plim_error *err)
{
	struct plim_error why = { 0 };
	struct data_signature found;
	bool there, any = false;
	size_t n = 0;
	if (signatures.n == 0)
		return error_set(err, PLIM_EPOLICY, "it is not signed");
	for (int r; (r = data_signature_next(&signatures, arena, &found, &there, err)) < 0 || there;) {
		if (r < 0)
			return r;
		if ((n += found.envelope->signature_count) > LIMIT_SIGNATURE_COUNT)
			return error_set(err, PLIM_ELIMIT, "more signatures than limit SIGNATURE_COUNT");
		const struct trusted_key *key = signer_of(&found, keys, key_count);
		if (key && !digest_eq(&found.claim.root, root))
			error_set(&why, PLIM_EPOLICY, "its signature is of another database");
		else if (key && check_key(key, &found.claim, now, &why) == 0)
			return *out = found, *by = key, 0;
		any |= key != NULL;
	}
	return error_set(err, PLIM_EPOLICY, "%s", any ? why.text : "no key that is trusted signed it");
}

bool
data_newest(struct slice signatures, const struct digest *root, struct arena *arena, struct data_claim *out)
{
	struct data_signature found;
	struct plim_error ignored;
	struct data_claim newest = { .serial = 0 };
	bool there;
	while (data_signature_next(&signatures, arena, &found, &there, &ignored) == 0 && there)
		if (digest_eq(&found.claim.root, root) && found.claim.serial > newest.serial)
			newest = found.claim;
	if (newest.serial > 0)
		*out = newest;
	return newest.serial > 0;
}

uint64_t
data_serial(struct slice signatures, const struct digest *root, struct arena *arena)
{
	struct data_claim newest;
	return data_newest(signatures, root, arena, &newest) ? newest.serial : 0;
}
