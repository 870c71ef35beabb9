/* SPDX-License-Identifier: Apache-2.0 */
/* How much of a decoder's memory a stream may choose. */
#include "codec/windows.h"

#include "base/error.h"
#include "base/limits.h"

static struct {
	uint64_t open;
	windows_ask_fn *ask;
	void *context;
} windows;

int
windows_take(uint64_t *held, uint64_t bytes, struct plim_error *err)
{
	windows_give(held);
	if (bytes > LIMIT_WINDOW_BYTES || windows.open > LIMIT_WINDOW_BYTES - bytes)
		return error_set(err, PLIM_ELIMIT, "a window of %ju bytes, %ju being open: beyond limit WINDOW_BYTES (%ju)", (uintmax_t)bytes,
		                 (uintmax_t)windows.open, (uintmax_t)LIMIT_WINDOW_BYTES);
	int r = windows.ask ? windows.ask(windows.context, windows.open + bytes, err) : 0;
	if (r < 0)
		return r;
	windows.open += bytes;
	*held = bytes;
	return 0;
}

void
windows_give(uint64_t *held)
{
	windows.open -= *held;
	*held = 0;
}

void
windows_share(windows_ask_fn *ask, void *context)
{
	windows.ask = ask;
	windows.context = context;
}
