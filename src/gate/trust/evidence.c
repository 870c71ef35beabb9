/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/trust/evidence.h"

#include "base/date.h"
#include "base/error.h"
#include "codec/json_write.h"
#include "policy/verdict_file.h"
#include "report/writer.h"
#include "trust/dsse.h"
#include "trust/statement.h"

#include <plimsoll/build.h>

/* The oldest counts: an answer is as old as what it knew least recently.  Where one feed tells no date, nobody can say. */
static int64_t
data_time(const struct verdict *verdict)
{
	int64_t oldest = DATE_NONE;
	for (size_t i = 0; i < verdict->feed_count; i++) {
		int64_t snapshot = verdict->feeds[i].snapshot;
		if (snapshot == DATE_NONE)
			return DATE_NONE;
		if (i == 0 || snapshot < oldest)
			oldest = snapshot;
	}
	return oldest;
}

struct basis
basis_of(const struct verdict *verdict)
{
	return (struct basis){ verdict->policy_name, verdict->policy_digest, verdict->data_digest, verdict->evaluated_at, data_time(verdict) };
}

static void
put_scanner(struct json_writer *w, const struct verdict *verdict, struct slice result)
{
	char digest[DIGEST_TEXT_SIZE];
	bool data = verdict->data_digest.algorithm != DIGEST_NONE;
	json_write_object(w);
	json_write_key(w, SLICE("db"));
	json_write_object(w);
	json_write_member(w, "uri", SLICE("plimsoll:advisories"));
	json_write_member(w, "version", data ? slice_of(digest_text(&verdict->data_digest, digest)) : SLICE(""));
	json_write_object_end(w);
	json_write_key(w, SLICE("result"));
	json_write_json(w, result);
	json_write_member(w, "uri", SLICE("urn:plimsoll"));
	json_write_member(w, "version", SLICE(PLIM_VERSION));
	json_write_object_end(w);
}

int
evidence_write(const struct verdict *verdict, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf result = { 0 };
	const struct report report = { .target = verdict->target, .verdicts = &verdict, .count = 1, .result = verdict->result };
	struct json_writer w = { .into = into };
	writer_json.write(&report, &result);
	json_write_object(&w);
	json_write_key(&w, SLICE("invocation"));
	json_write_object(&w);
	json_write_object_end(&w);
	json_write_key(&w, SLICE("metadata"));
	json_write_object(&w);
	json_write_member_time(&w, "scanFinishedOn", verdict->evaluated_at);
	json_write_member_time(&w, "scanStartedOn", verdict->evaluated_at);
	json_write_object_end(&w);
	json_write_key(&w, SLICE("scanner"));
	put_scanner(&w, verdict, slice_trim(strbuf_slice(&result)));
	json_write_object_end(&w);
	return into->failed || result.failed ? error_nomem(err) : 0;
}

/* Reading. */

static bool
in_time(const struct trusted_key *key, int64_t day)
{
	return (key->from == DATE_NONE || day >= key->from) && (key->until == DATE_NONE || day <= key->until);
}

static bool
may_tell(const struct trusted_key *key, const struct evidence_wanted *wanted)
{
	const struct companion *may = key->may;
	int64_t day = date_day(wanted->now);
	if (key->role != KEY_EVIDENCES || !in_time(key, day))
		return false;
	return may == NULL || (companion_allows_day(may, day, NULL) == 0 && companion_allows_repository(may, wanted->repository, NULL) == 0);
}

static bool
is_signed(const struct dsse *envelope, const struct evidence_wanted *wanted)
{
	for (size_t i = 0; i < wanted->key_count; i++)
		if (may_tell(&wanted->keys[i], wanted) && dsse_verify(envelope, wanted->keys[i].key))
			return true;
	return false;
}

static int
check_verdict(const struct evidence_wanted *wanted, const struct verdict *v, struct plim_error *err)
{
	char text[DATE_TEXT_SIZE];
	if (v->result != RESULT_PASS || v->since.algorithm != DIGEST_NONE)
		return error_set(err, PLIM_EPOLICY, "its verdict does not pass by itself");
	if (v->image == NULL || !digest_eq(&v->image->manifest_digest, &wanted->subject))
		return error_set(err, PLIM_EPOLICY, "its verdict is of another image");
	if (!slice_eq(v->destination, wanted->repository))
		return error_set(err, PLIM_EPOLICY, "its verdict is for another repository");
	date_text(v->evaluated_at, text);
	if (v->evaluated_at > wanted->now || (uint64_t)(wanted->now - v->evaluated_at) > wanted->age_most)
		return error_set(err, PLIM_EPOLICY, "its verdict is of %s", text);
	return 0;
}

static int
read_verdict(const struct evidence_wanted *wanted, const struct statement *statement, struct arena *arena, struct basis *out, struct plim_error *err)
{
	struct verdict_list list;
	const struct json *result = json_get(json_get(statement->predicate, "scanner"), "result");
	if (result == NULL)
		return error_set(err, PLIM_EPOLICY, "no verdict in it");
	int r = verdict_list_read_json(result, arena, &list, err);
	if (r == 0 && list.n != 1)
		r = error_set(err, PLIM_EPOLICY, "more than one verdict in it");
	if (r < 0 || (r = check_verdict(wanted, &list.at[0], err)) < 0)
		return r;
	*out = basis_of(&list.at[0]);
	return 0;
}

int
evidence_read(const struct evidence_wanted *wanted, const struct trust_document *document, struct arena *arena, struct basis *out, struct plim_error *err)
{
	struct dsse *envelope;
	struct statement *statement;
	int r = dsse_parse(document->bytes, arena, &envelope, err);
	if (r < 0)
		return r;
	if (!slice_is(envelope->payload_type, STATEMENT_PAYLOAD_TYPE) || !is_signed(envelope, wanted))
		return error_set(err, PLIM_EPOLICY, "no evidence key made it");
	if ((r = statement_parse(envelope->payload, arena, &statement, err)) < 0)
		return r;
	if (!slice_is(statement->predicate_type, EVIDENCE_TYPE) || !statement_speaks_of(statement, &wanted->subject))
		return error_set(err, PLIM_EPOLICY, "it is no verdict of this image");
	return read_verdict(wanted, statement, arena, out, err);
}
