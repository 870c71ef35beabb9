/* SPDX-License-Identifier: Apache-2.0 */
/* containerd's image verifier: what is read and how it is answered. */
#include "enforce/start/guard_runtime.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "enforce/start/oneshot.h"
#include "enforce/start/verifier_call.h"

#include <stdio.h>
#include <stdlib.h>

/* containerd shows its user what stands on standard output. */
static int
answer(bool admits, struct slice reason)
{
	AUTO(strbuf) struct strbuf line = { 0 };
	for (struct slice part; slice_next(&reason, '\n', &part); strbuf_puts(&line, reason.n ? "; " : ""))
		strbuf_put_printable(&line, slice_trim(part));
	printf("plimsoll %s: %s\n", admits ? "admits" : "refuses", line.p && !line.failed ? line.p : "out of memory");
	/* Nobody is let in whose answer could not be told. */
	return fflush(stdout) == 0 && admits ? 0 : 1;
}

static int
check_descriptor(const struct verifier_call *call, struct arena *arena, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = file_read_fd(STDIN_FILENO, LIMIT_GUARD_RECORD_BYTES, &bytes, &n, err);
	if (r == 0)
		r = verifier_descriptor_check(call, (struct slice){ bytes, n }, arena, err);
	return r < 0 ? error_wrap(err, r, "the descriptor on standard input") : 0;
}

static const char *
conf_path(const char *given)
{
	const char *named = getenv("PLIMSOLL_GUARD_CONFIG");
	return given ? given : named && *named ? named : DOOR_CONF_VERIFIER;
}

static int
prepare(const char *path, char *const *words, struct arena *arena, struct door_conf *conf, struct verifier_call *call, struct guard_place *place, struct plim_error *err)
{
	int r = verifier_call_parse(words, call, err);
	if (r < 0 || (r = check_descriptor(call, arena, err)) < 0 || (r = verifier_place(call, arena, place, err)) < 0)
		return r;
	return door_conf_load(DOOR_VERIFIER, conf_path(path), arena, conf, err);
}

int
guard_verifier(const char *path, char *const *words)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	struct door_conf conf;
	struct verifier_call call;
	struct guard_place place;
	struct oneshot_answer got;
	if (arena == NULL)
		return answer(false, SLICE("out of memory"));
	if (prepare(path, words, arena, &conf, &call, &place, &err) < 0)
		return answer(false, slice_of(err.text));
	const struct guard_question question = { .door = "containerd", .places = &place, .place_count = 1, .subject = slice_of(call.name) };
	oneshot_ask(&conf, &question, &got);
	return answer(got.admits, slice_of(got.reason));
}
