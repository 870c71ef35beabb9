/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows: the memory of a decoder that the compressed stream chooses, not its
 * reader (zstd's windows, xz's dictionaries).  All that are open together stay
 * below LIMIT_WINDOW_BYTES: in this process, and where it shares the limit
 * with others, in all of them.  State of the process, for one thread decodes in it.
 */
#ifndef CODEC_WINDOWS_H
#define CODEC_WINDOWS_H

#include <plimsoll/error.h>

#include <stdint.h>

/*
 * A decoder that holds `*held` bytes needs `bytes`; it has freed what it held before.  Waits where the limit is shared.
 * PLIM_ELIMIT when they cannot be had at all, or not beside the other decoders here.
 */
int windows_take(uint64_t *held, uint64_t bytes, struct plim_error *err);
void windows_give(uint64_t *held);

/* `ask` returns once `bytes` are this process's, instead of those of the last time.  `context` is borrowed from now on. */
typedef int windows_ask_fn(void *context, uint64_t bytes, struct plim_error *err);
void windows_share(windows_ask_fn *ask, void *context);

#endif
