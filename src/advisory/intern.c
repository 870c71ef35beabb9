/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/intern.h"

#include <stdlib.h>
#include <sys/random.h>

void
interner_done(struct interner *in)
{
	strbuf_done(&in->bytes);
	vec_done(&in->texts);
	free(in->slots);
	*in = (struct interner){ 0 };
}

struct slice
interned(const struct interner *in, uint32_t number)
{
	if (number == 0)
		return SLICE_NONE;
	const struct interned *text = &in->texts.at[number - 1];
	return (struct slice){ in->bytes.p + text->at, text->n };
}

static uint32_t *
slot_for(const struct interner *in, struct slice text)
{
	size_t at = slice_hash(text, in->seed) & (in->room - 1);
	while (in->slots[at] && !slice_eq(interned(in, in->slots[at]), text))
		at = (at + 1) & (in->room - 1);
	return &in->slots[at];
}

static void
fill(struct interner *in)
{
	memset(in->slots, 0, in->room * sizeof *in->slots);
	for (size_t i = 0; i < in->texts.n; i++)
		*slot_for(in, interned(in, (uint32_t)i + 1)) = (uint32_t)i + 1;
}

/* At most two thirds full. */
static bool
grow(struct interner *in)
{
	if ((in->texts.n + 1) * 3 <= in->room * 2)
		return true;
	size_t room = in->room ? in->room * 2 : 64;
	uint32_t *slots = reallocarray(in->slots, room, sizeof *slots);
	if (slots == NULL)
		return false;
	if (in->room == 0 && getrandom(&in->seed, sizeof in->seed, GRND_NONBLOCK) < 0)
		in->seed = (uint64_t)(uintptr_t)in;    /* early boot: the address is better than a constant */
	in->slots = slots;
	in->room = room;
	fill(in);
	return true;
}

uint32_t
intern(struct interner *in, struct slice text)
{
	if (text.n == 0)
		return 0;
	if (!grow(in) || in->bytes.n + text.n > UINT32_MAX || in->texts.n >= INTERN_FAILED - 1)
		return INTERN_FAILED;
	uint32_t *slot = slot_for(in, text);
	if (*slot)
		return *slot;
	struct interned *place = vec_push(&in->texts);
	if (place == NULL)
		return INTERN_FAILED;
	*place = (struct interned){ (uint32_t)in->bytes.n, (uint32_t)text.n };
	strbuf_put(&in->bytes, text);
	if (in->bytes.failed)
		return INTERN_FAILED;
	return *slot = (uint32_t)in->texts.n;
}

void
interner_cut(struct interner *in, size_t n)
{
	if (n >= in->texts.n)
		return;
	in->bytes.n = in->texts.at[n].at;
	in->texts.n = n;
	fill(in);
}
