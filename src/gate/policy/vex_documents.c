/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes to predicates: who signed, what it is about, whether it may be VEX. */
#include "gate/policy/vex_documents.h"

#include "base/date.h"
#include "base/error.h"
#include "trust/bundle.h"
#include "trust/document.h"
#include "trust/statement.h"
#include "vex/statement.h"

#define PREDICATE_OPENVEX "https://openvex.dev/ns"

static bool
is_in_time(const struct trusted_key *key, int64_t day)
{
	return (key->from == DATE_NONE || day >= key->from) && (key->until == DATE_NONE || day <= key->until);
}

/* NULL for nobody. */
static const struct trusted_key *
signer_of(const struct dsse *envelope, const struct vex_wanted *wanted)
{
	for (size_t i = 0; i < wanted->key_count; i++)
		if (is_in_time(&wanted->keys[i], date_day(wanted->now)) && dsse_verify(envelope, wanted->keys[i].key))
			return &wanted->keys[i];
	return NULL;
}

static int
envelope_of(const struct trust_document *document, struct arena *arena, struct dsse **out, struct plim_error *err)
{
	struct bundle *bundle;
	if (document->kind == DOCUMENT_DSSE)
		return dsse_parse(document->bytes, arena, out, err);
	int r = bundle_parse(document->bytes, arena, &bundle, err);
	if (r == 0)
		*out = bundle->envelope;
	return r;
}

/* Their types have a version behind them, or none.  CSAF has no type that is agreed on: whatever it is called, it is known by what it says. */
static bool
may_be_vex(const struct statement *statement)
{
	struct slice type = statement->predicate_type;
	return slice_starts(type, SLICE(PREDICATE_OPENVEX)) || slice_starts(type, SLICE(PREDICATE_CYCLONEDX)) || vex_is_csaf(statement->predicate);
}

static int
put_predicate(const struct trust_document *document, const struct trusted_key *key, const struct digest *subject, const struct statement *statement,
              struct arena *arena, struct vex_answer *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	document_put(statement->predicate, &text);
	struct slice bytes = text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
	if (bytes.p == NULL)
		return error_nomem(err);
	out->at[out->n++] = (struct vex_attestation){ *subject, document->name, key->name, bytes };
	return 0;
}

/* What one of the keys signed and nobody can read may be a statement that does not waive. */
static int
take_document(const struct trust_document *document, const struct vex_wanted *wanted, const struct digest *subject, struct arena *arena,
              struct vex_answer *out, struct plim_error *err)
{
	struct dsse *envelope;
	struct statement *statement;
	struct plim_error why = { 0 };
	if (document->kind != DOCUMENT_DSSE && document->kind != DOCUMENT_BUNDLE)
		return 0;
	int r = envelope_of(document, arena, &envelope, &why);
	if (r < 0)
		return r == PLIM_ENOMEM ? error_nomem(err) : 0;
	const struct trusted_key *key = signer_of(envelope, wanted);
	if (key == NULL || !slice_is(envelope->payload_type, STATEMENT_PAYLOAD_TYPE))
		return 0;
	r = statement_parse_older(envelope->payload, arena, &statement, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0) {
		out->trouble = arena_printf(arena, "%.*s, signed by %.*s: %s", SLICE_ARG(document->name), SLICE_ARG(key->name), why.text);
		return out->trouble.p ? 0 : error_nomem(err);
	}
	if (!may_be_vex(statement) || !statement_speaks_of(statement, subject))
		return 0;
	return put_predicate(document, key, subject, statement, arena, out, err);
}

static int
find_about(const struct trust_source *source, const struct vex_wanted *wanted, const struct digest *subject, struct arena *arena,
           struct vex_answer *out, struct plim_error *err)
{
	struct trust_documents documents = { 0 };
	int r = trust_documents_load(source, subject, arena, &documents, err);
	struct vex_attestation *more = r == 0 ? arena_make_array(arena, out->n + documents.n + 1, struct vex_attestation) : NULL;
	if (r < 0 || more == NULL)
		return r < 0 ? r : error_nomem(err);
	if (out->n)
		memcpy(more, out->at, out->n * sizeof *more);
	out->at = more;
	for (size_t i = 0; r == 0 && i < documents.n; i++)
		r = take_document(&documents.at[i], wanted, subject, arena, out, err);
	return r;
}

int
vex_find(const struct trust_source *source, const struct vex_wanted *wanted, const struct digest *subjects, size_t n, struct arena *arena,
         struct vex_answer *out, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = find_about(source, wanted, &subjects[i], arena, out, err);
	return r;
}
