/* SPDX-License-Identifier: Apache-2.0 */
/* Errors are text in the caller's struct: no path here allocates. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const meanings[] = {
	[0] = "success",
#define PLIM_CODE(name, number, meaning) [number] = meaning,
#include <plimsoll/error_codes.def>
#undef PLIM_CODE
};

const char *
plim_code_text(int code)
{
	size_t at = code < 0 ? (size_t)-code : (size_t)code;
	if (at >= sizeof meanings / sizeof *meanings || meanings[at] == NULL)
		return "unknown error";
	return meanings[at];
}

int
error_set(struct plim_error *err, enum plim_code code, const char *format, ...)
{
	if (err == NULL)
		return code;
	va_list args;
	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	err->code = code;
	return code;
}

int
error_sys(struct plim_error *err, int number, const char *format, ...)
{
	enum plim_code code = number == ENOMEM ? PLIM_ENOMEM : PLIM_ESYSTEM;
	if (err == NULL)
		return code;
	va_list args;
	va_start(args, format);
	int n = vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof err->text)
		snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s", strerrordesc_np(number) ? strerrordesc_np(number) : "unknown error");
	err->code = code;
	return code;
}

int
error_wrap(struct plim_error *err, int code, const char *format, ...)
{
	if (err == NULL)
		return code;
	char inner[sizeof err->text];
	memcpy(inner, err->text, sizeof inner);
	va_list args;
	va_start(args, format);
	int n = vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	if (n < 0 || (size_t)n + 3 > sizeof err->text)
		return code;
	memcpy(err->text + n, ": ", 3);
	size_t room = sizeof err->text - (size_t)n - 3, length = strlen(inner);
	memcpy(err->text + n + 2, inner, length < room ? length : room);
	err->text[(size_t)n + 2 + (length < room ? length : room)] = '\0';
	return code;
}
