/* SPDX-License-Identifier: Apache-2.0 */
/* plim_verify: is this image authorised? */
#include "gate/trust/approval.h"

#include "base/date.h"
#include "base/error.h"
#include "base/output.h"
#include "codec/json_write.h"
#include "gate/events.h"
#include "gate/judging.h"
#include "gate/trust/keys.h"
#include "gate/trust/trusting.h"

#include <time.h>

void
plim_approval_free(struct plim_approval *approval)
{
	if (approval)
		arena_free(approval->arena);
	free(approval);
}

static int
take_order(const struct plim_verify_options *options, struct run *run, struct arena *arena, struct verify_order *out, struct plim_error *err)
{
	int r = trust_keys_load(options->keys, arena, &out->keys, &out->key_count, err);
	if (r < 0 || (r = trust_certificates_load(options->certificates, arena, &out->certificates, &out->certificate_count, err)) < 0 ||
	    (r = trust_policies_load(run, options->policies, arena, &out->policies, &out->policy_count, err)) < 0 ||
	    (r = judging_clock(options->at, &out->now, err)) < 0)
		return r;
	if (out->key_count + out->certificate_count == 0)
		return error_set(err, PLIM_EUSAGE, "whose signature? Name a public key or a certificate");
	out->verdict_age_most = options->verdict_age_most;
	out->data_age_most = options->data_age_most;
	out->deny_age_most = options->deny_age_most;
	out->deny_serial_least = options->deny_serial_least;
	out->tag = options->tag ? slice_of(options->tag) : SLICE_NONE;
	out->repository = options->repository ? slice_of(options->repository) : SLICE_NONE;
	return options->denied ? trust_file_load(options->denied, arena, &out->denied, err) : 0;
}

static int
ask(const struct plim_verify_options *options, struct run *run, struct plim_approval *approval, struct plim_error *err)
{
	AUTO(trusting) struct trusting trusting = TRUSTING_NONE;
	struct verify_order order = { 0 };
	int r = take_order(options, run, approval->arena, &order, err);
	if (r < 0 || (r = trusting_open(run, options->target, &trusting, err)) < 0)
		return r;
	order.located = trusting.remote.root.repository;
	if (order.repository.p == NULL && !options->any_repository)
		order.repository = trusting.remote.root.repository;
	approval->repository = arena_dup(approval->arena, order.repository);
	approval->target = arena_dup(approval->arena, trusting.target.name);
	return trusting_ask(&trusting, SAY_VERIFY, &wire_verify_order, &order, &wire_verify_answer, approval->arena, &approval->answer, err);
}

static int
log_refusal(const struct plim_verify_options *options, struct plim_approval *approval, struct plim_error *err)
{
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("asked", SLICE("verify")), LOG_FIELD_TEXT("digest", event_digest(approval->arena, &approval->answer.subject)),
		LOG_FIELD_TEXT("result", slice_of(outcome_name(approval->answer.outcome))), LOG_FIELD_TEXT("target", approval->target),
	};
	return event_record(options->log, "refusal", fields, sizeof fields / sizeof *fields, err);
}

int
plim_verify(const struct plim_verify_options *options, struct plim_approval **out, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(approval) struct plim_approval *approval = calloc(1, sizeof *approval);
	if (approval == NULL || (approval->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = run_start(options->run, &run, err);
	if (r == 0)
		r = ask(options, run, approval, err);
	if (r == 0 && approval->answer.outcome != OUTCOME_HELD)
		r = log_refusal(options, approval, err);
	if (r < 0)
		return r;
	watching_end(&run->watching);
	*out = ptr_take(&approval);
	return 0;
}

enum plim_result
plim_approval_result(const struct plim_approval *approval)
{
	static const enum plim_result results[] = { [OUTCOME_HELD] = PLIM_PASS, [OUTCOME_FAILED] = PLIM_FAIL, [OUTCOME_UNKNOWN] = PLIM_UNKNOWN };
	return results[approval->answer.outcome];
}

/* Reports. */

#define APPROVAL_SCHEMA 1

static const char *const headings[] = { [OUTCOME_HELD] = "AUTHORISED", [OUTCOME_FAILED] = "REFUSED", [OUTCOME_UNKNOWN] = "CANNOT TELL" };
static void
write_text(const struct plim_approval *approval, struct strbuf *into)
{
	const struct verify_answer *answer = &approval->answer;
	char digest[DIGEST_TEXT_SIZE];
	strbuf_printf(into, "%s %.*s\n    %s\n", headings[answer->outcome], SLICE_ARG(approval->target), digest_text(&answer->subject, digest));
	if (answer->document.p) {
		strbuf_puts(into, "    by ");
		strbuf_put_printable(into, answer->document);
		strbuf_printf(into, ", of %zu signature%s and attestations\n", answer->document_count, answer->document_count == 1 ? "" : "s");
	} else {
		strbuf_printf(into, "    %s\n", answer->document_count ? "None of what is attached to it counts." : "Nothing is signed about it.");
	}
	strbuf_putc(into, '\n');
	for (size_t i = 0; i < answer->line_count; i++) {
		const struct verify_line *line = &answer->lines[i];
		strbuf_printf(into, "  %-11s  %-11s  ", outcome_name(line->outcome), requirement_name(line->requirement));
		strbuf_put_printable(into, line->text);
		strbuf_putc(into, '\n');
	}
}

static void
put_lines(struct json_writer *w, const struct verify_answer *answer)
{
	json_write_array(w);
	for (size_t i = 0; i < answer->line_count; i++) {
		json_write_object(w);
		json_write_member(w, "outcome", slice_of(outcome_name(answer->lines[i].outcome)));
		json_write_member(w, "requirement", slice_of(requirement_name(answer->lines[i].requirement)));
		json_write_member(w, "text", answer->lines[i].text);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
write_json(const struct plim_approval *approval, struct strbuf *into)
{
	static const char *const results[] = { [OUTCOME_HELD] = "authorised", [OUTCOME_FAILED] = "refused", [OUTCOME_UNKNOWN] = "unknown" };
	const struct verify_answer *answer = &approval->answer;
	struct json_writer w = { .into = into, .indent = true };
	json_write_object(&w);
	json_write_member_digest(&w, "digest", &answer->subject);
	json_write_member(&w, "document", answer->document);
	json_write_member_u64(&w, "documents", answer->document_count);
	json_write_key(&w, SLICE("lines"));
	put_lines(&w, answer);
	json_write_member(&w, "repository", approval->repository);
	json_write_member(&w, "result", slice_of(results[answer->outcome]));
	json_write_member_u64(&w, "schema", APPROVAL_SCHEMA);
	json_write_member(&w, "target", approval->target);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

static const struct {
	const char *name;
	void (*write)(const struct plim_approval *approval, struct strbuf *into);
} formats[] = { { "text", write_text }, { "json", write_json } };

const char *
plim_approval_format_name(unsigned index)
{
	return index < sizeof formats / sizeof *formats ? formats[index].name : NULL;
}

int
plim_approval_write(const struct plim_approval *approval, const char *format, const struct plim_report_options *options, FILE *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	(void)options;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(format, formats[i].name) == 0) {
			formats[i].write(approval, &text);
			return output_text(&text, into, err);
		}
	return error_set(err, PLIM_EUSAGE, "there is no format '%s'", format);
}
