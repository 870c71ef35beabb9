/* SPDX-License-Identifier: Apache-2.0 */
/* Making and wrapping errors: `return error_set(...)` where it happens, `return error_wrap(...)` where meaning is added. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <plimsoll/error.h>

/* Each writes into `err` (which may be NULL) and returns the code, so that making and returning is one line. */
int error_set(struct plim_error *err, enum plim_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As error_set with PLIM_ESYSTEM (PLIM_ENOMEM for ENOMEM); adds ": " and the text of `number`, an errno. */
int error_sys(struct plim_error *err, int number, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts outer context in front of what `err` says ("layer 3: ..."); returns `code`, the code being passed on. */
int error_wrap(struct plim_error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

static inline int
error_nomem(struct plim_error *err)
{
	return error_set(err, PLIM_ENOMEM, "out of memory");
}

#endif
