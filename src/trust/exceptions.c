/* SPDX-License-Identifier: Apache-2.0 */
/* Approvals of files of exceptions. */
#include "trust/exceptions.h"

#include "base/error.h"
#include "codec/json_write.h"
#include "trust/document.h"
#include "trust/statement.h"

int
exceptions_claim_write(const struct exceptions_claim *claim, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf predicate = { 0 };
	const struct statement_subject subject = { claim->name, claim->digest };
	struct json_writer w = { .into = &predicate };
	if (claim->digest.algorithm != DIGEST_SHA256 || claim->name.n == 0 || !document_can_say(claim->time))
		return error_set(err, PLIM_EUSAGE, "exceptions need their name, their digest and a time to be approved");
	json_write_object(&w);
	json_write_member_time(&w, "time", claim->time);
	json_write_object_end(&w);
	return predicate.failed ? error_nomem(err) : statement_write(&subject, SLICE(PREDICATE_EXCEPTIONS), strbuf_slice(&predicate), into, err);
}

int
exceptions_claim_parse(struct slice payload, struct arena *arena, struct exceptions_claim *out, struct plim_error *err)
{
	struct statement *statement;
	struct exceptions_claim found = { 0 };
	int r = statement_parse(payload, arena, &statement, err);
	if (r < 0)
		return r;
	if (!slice_is(statement->predicate_type, PREDICATE_EXCEPTIONS))
		return error_set(err, PLIM_EFORMAT, "it is a statement of %.*s", SLICE_ARG(slice_first(statement->predicate_type, 200)));
	if (statement->subject_count != 1 || statement->subjects[0].digest.algorithm != DIGEST_SHA256)
		return error_set(err, PLIM_EFORMAT, "subject: not one file");
	found.name = statement->subjects[0].name;
	found.digest = statement->subjects[0].digest;
	r = document_keys(statement->predicate, (const char *const[]){ "time", NULL }, "the predicate", err);
	if (r == 0)
		r = document_time(statement->predicate, "time", &found.time, err);
	if (r == 0)
		*out = found;
	return r;
}

int
exceptions_approval_next(struct slice *approvals, struct arena *arena, struct exceptions_approval *out, bool *there, struct plim_error *err)
{
	int r = dsse_next(approvals, SLICE(STATEMENT_PAYLOAD_TYPE), arena, &out->envelope, &out->text, there, err);
	return r < 0 || !*there ? r : exceptions_claim_parse(out->envelope->payload, arena, &out->claim, err);
}
