/* SPDX-License-Identifier: Apache-2.0 */
/* gzip by ISA-L, for the limit. */
#include "limit.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

static void *
begin(void)
{
	struct inflate_state *state = malloc(sizeof *state);
	if (state == NULL)
		return NULL;
	isal_inflate_init(state);
	state->crc_flag = ISAL_GZIP;
	return state;
}

static ptrdiff_t
fill(void *context, struct input *in, unsigned char *window)
{
	struct inflate_state *state = context;
	if (state->block_state == ISAL_BLOCK_FINISH) {
		isal_inflate_reset(state);
		state->crc_flag = ISAL_GZIP;
	}
	state->next_in = (uint8_t *)in->at;
	state->avail_in = (uint32_t)in->left;
	state->next_out = window;
	state->avail_out = WINDOW_BYTES;
	if (isal_inflate(state) < 0)
		return -1;
	*in = (struct input){ state->next_in, state->avail_in };
	return (ptrdiff_t)(WINDOW_BYTES - state->avail_out);
}

const struct unpacker unpack_gzip = { "igzip", begin, fill, free };
