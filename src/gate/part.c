/* SPDX-License-Identifier: Apache-2.0 */
/* One blob: what came of its reading. */
#include "gate/analysis.h"

#include "base/error.h"

#include <fcntl.h>
#include <stdio.h>

void
part_done(struct part *part)
{
	if (part->block >= 0)
		close(part->block);
	free(part->gap);
	*part = (struct part){ .block = -1 };
}

int
part_settle_failure(struct part *part, int code, struct plim_error *err)
{
	char text[sizeof err->text + 32];
	if (code != PLIM_ELIMIT && code != PLIM_EPROCESS && code != PLIM_ENOMEM)
		return code;
	snprintf(text, sizeof text, "%s%s", err->text, code == PLIM_ENOMEM ? ": limit WORKER_BYTES" : "");
	free(part->gap);
	part->gap = strdup(text);
	return part->gap ? 0 : error_nomem(err);
}

/* Blocks travel as sealed files: what could still change is refused before anybody looks into it. */
int
part_take_block(struct part *part, struct message *message, struct plim_error *err)
{
	int seals = message->fd[0] < 0 ? -1 : fcntl(message->fd[0], F_GET_SEALS);
	if (seals < 0 || (seals & (F_SEAL_SHRINK | F_SEAL_WRITE)) != (F_SEAL_SHRINK | F_SEAL_WRITE))
		return error_set(err, PLIM_EPROCESS, "the process that read it sent no block");
	if (part->block >= 0)
		close(part->block);
	part->block = fd_take(&message->fd[0]);
	part->length = 0;
	return 0;
}

int
part_take_plain(struct part *part, const struct message *message, struct plim_error *err)
{
	struct digest plain;
	if (message->body.n != sizeof plain)
		return error_set(err, PLIM_EPROCESS, "the process that read it sent no digest");
	memcpy(&plain, message->body.p, sizeof plain);
	if (plain.algorithm == DIGEST_NONE)
		plain = part->stored;
	if (plain.algorithm != DIGEST_SHA256)
		return error_set(err, PLIM_EPROCESS, "the process that read it sent no digest");
	part->plain = plain;
	return 0;
}

int
part_send(const struct part *part, uint32_t blob, int judge, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf length = { 0 };
	if (part->gap)
		return say_number(judge, SAY_GAP, blob, slice_of(part->gap), err);
	wire_put_u32(&length, blob);
	wire_put_u64(&length, part->length);
	return length.failed ? error_nomem(err) : channel_send_with(judge, SAY_BLOCK, strbuf_slice(&length), &part->block, 1, err);
}
