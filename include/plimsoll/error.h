/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors.  A function that can fail returns 0 or a negative enum plim_code
 * and writes the story into the caller's struct plim_error, its last
 * parameter, which may be NULL.  The struct owns nothing and needs no release.
 */
#ifndef PLIMSOLL_ERROR_H
#define PLIMSOLL_ERROR_H

#include <plimsoll/api.h>

enum plim_code {
	PLIM_OK = 0,
#define PLIM_CODE(name, number, meaning) PLIM_##name = -(number),
#include <plimsoll/error_codes.def>
#undef PLIM_CODE
};

/* The last one. */
#define PLIM_CODE_LAST PLIM_EREMOTE

struct plim_error {
	enum plim_code code;
	char text[1536];    /* one line, outermost context first; policy errors add the source line and a caret */
};

/* The meaning of a code, as one English phrase; never NULL. */
PLIM_API const char *plim_code_text(int code);

#endif
