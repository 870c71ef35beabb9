/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends of a ring against a peer that says anything: the reader reads what it was lent, the writer writes where it was told. */
#include "packets.h"

#include "process/ring.h"

static void
read_ring(const struct packets *packets, struct cursor *in)
{
	AUTO(stream) struct stream *stream = NULL;
	struct fuzz_message message;
	struct slice piece = SLICE_NONE;
	while (fuzz_message_next(in, &message))
		packets_send(packets, &message);
	if (stream_of_ring(packets->ours, &stream, NULL) < 0)
		return;
	while (stream_next(stream, &piece, NULL) == 0 && piece.n > 0) {
		/* The memory is the peer's: its ends are all that can be out of bounds. */
		fuzz_touch(slice_first(piece, 1));
		fuzz_touch(slice_from(piece, piece.n - 1));
	}
}

static void
write_ring(const struct packets *packets, struct cursor *in)
{
	AUTO(ring) struct ring *ring = NULL;
	struct fuzz_message message;
	char *window;
	if (ring_open(packets->ours, cursor_u8(in) * RING_WINDOW_BYTES / 4, &ring, NULL) < 0)
		return;
	while (fuzz_message_next(in, &message) && ring_window(ring, &window)) {
		window[0] = window[RING_WINDOW_BYTES - 1] = 1;
		ring_filled(ring, message.body.n);
		packets_send(packets, &message);
	}
	for (size_t i = 0; i < 2 * RING_WINDOWS && ring_window(ring, &window); i++) {
		window[0] = window[RING_WINDOW_BYTES - 1] = 1;
		ring_filled(ring, 1);
	}
}

static void
either_side(struct cursor *in, struct packets *packets)
{
	if (cursor_u8(in) & 1)
		write_ring(packets, in);
	else
		read_ring(packets, in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return packets_run(data, size, either_side);
}
