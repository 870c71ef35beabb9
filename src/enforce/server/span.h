/* SPDX-License-Identifier: Apache-2.0 */
/* Milliseconds as event loops take them. */
#ifndef ENFORCE_SERVER_SPAN_H
#define ENFORCE_SERVER_SPAN_H

#include <stdint.h>
#include <sys/time.h>

static inline struct timeval
span(uint64_t ms)
{
	return (struct timeval){ .tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000) };
}

#endif
