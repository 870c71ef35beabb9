/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of job_trust.c: it fetches what is asked for, and looks into nothing of it. */
#include "gate/trust/trusting.h"

#include "base/error.h"
#include "image/source.h"
#include "process/channel.h"

int
trusting_can(const char *target, const char *done, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct target opened;
	int r = arena ? target_open(target, arena, &opened, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (opened.fd >= 0)
		close(opened.fd);
	return opened.kind == TARGET_REGISTRY ? 0 : error_set(err, PLIM_EUSAGE, "%s: only what is in a registry can be %s: docker://REF", target, done);
}

static int
begin(struct trusting *trusting, struct plim_error *err)
{
	int r = zygote_spawn(trusting->run->zygote, JOB_TRUST, &trusting->worker, err);
	return r < 0 ? r : say_number(trusting->worker.channel, SAY_START, trusting->target.kind, trusting->target.reference, err);
}

int
trusting_open(struct run *run, const char *target, struct trusting *out, struct plim_error *err)
{
	*out = TRUSTING_NONE;
	out->run = run;
	if ((out->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = target_open(target, out->arena, &out->target, err);
	if (r < 0)
		return r;
	if (out->target.kind == TARGET_REGISTRY)
		r = remote_open(run, out->target.address, out->arena, &out->remote, err);
	else if (out->target.kind != TARGET_LAYOUT)
		r = error_set(err, PLIM_EUSAGE, "%s: signatures are in registries (docker://) and layouts (oci:) only", target);
	return r < 0 ? r : begin(out, err);
}

int
trusting_open_digest(struct run *run, struct slice repository, const struct digest *digest, struct trusting *out, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	AUTO(strbuf) struct strbuf target = { 0 };
	strbuf_printf(&target, "docker://%.*s@%s", SLICE_ARG(repository), digest_text(digest, text));
	return target.failed ? error_nomem(err) : trusting_open(run, target.p, out, err);
}

void
trusting_done(struct trusting *trusting)
{
	process_close(&trusting->worker);
	remote_done(&trusting->remote);
	if (trusting->target.fd >= 0)
		close(trusting->target.fd);
	arena_free(trusting->arena);
	*trusting = TRUSTING_NONE;
}

static int
answer_question(struct trusting *trusting, struct slice path, struct plim_error *err)
{
	if (trusting->target.kind == TARGET_LAYOUT)
		return source_answer(trusting->worker.channel, trusting->target.fd, path, err);
	return remote_answer(&trusting->remote, trusting->worker.channel, path, err);
}

static int
hear(struct trusting *trusting, uint32_t question, struct message *out, struct plim_error *err)
{
	for (;;) {
		int r = run_expect(trusting->run, &trusting->worker, 0, out, err);
		if (r < 0 || out->kind == question)
			return r;
		if (out->kind == SAY_ASK)
			r = answer_question(trusting, out->body, err);
		else
			r = error_set(err, PLIM_EPROCESS, "the process that read the signatures spoke out of turn");
		message_done(out);
		if (r < 0)
			return r;
	}
}

int
trusting_ask(struct trusting *trusting, uint32_t question, const struct wire_struct *of_order, const void *order,
             const struct wire_struct *of_answer, struct arena *arena, void *answer, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct message message = { .fd = { -1, -1 } };
	if (order)
		wire_write(of_order, order, &bytes);
	int r = bytes.failed ? error_nomem(err) : channel_send(trusting->worker.channel, question, strbuf_slice(&bytes), err);
	if (r < 0 || (r = hear(trusting, question, &message, err)) < 0)
		return r;
	/* The answer's texts are borrowed from its bytes. */
	struct slice kept = arena_dup(arena, message.body);
	message_done(&message);
	struct cursor from = cursor_of(kept);
	return kept.p ? wire_read(of_answer, &from, arena, answer, err) : error_nomem(err);
}

int
trusting_closure(struct trusting *trusting, struct arena *arena, struct closure_answer *out, struct plim_error *err)
{
	int r = trusting_ask(trusting, SAY_CLOSURE, NULL, NULL, &wire_closure_answer, arena, out, err);
	if (r < 0)
		return r;
	const struct closure_item *last = out->n ? &out->items[out->n - 1] : NULL;
	if (last == NULL || !last->is_manifest || (trusting->target.kind == TARGET_REGISTRY && !digest_eq(&last->digest, &trusting->remote.root.digest)))
		return error_set(err, PLIM_EPROCESS, "the process that read the manifests told of another image");
	return 0;
}
