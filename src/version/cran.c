/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of R's packages: two or more numbers between dots or hyphens, "1.2-3". */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

/* R keeps numbers as 32-bit integers and knows no larger ones. */
#define NUMBER_MOST "2147483647"

static bool
is_correct(struct slice text)
{
	size_t n = 0;
	do {
		struct slice number = take_run(&text, is_digit);
		if (number.n == 0 || number_order(number, SLICE(NUMBER_MOST)) > 0)
			return false;
		n++;
	} while (take_char(&text, '.') || take_char(&text, '-'));
	return n >= 2 && text.n == 0;
}

static int
check(struct slice version, struct plim_error *err)
{
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	return is_correct(version) ? 0 : error_set(err, PLIM_EFORMAT, "no version of an R package, as 1.2-3");
}

static int
compare(struct slice a, struct slice b)
{
	bool good_a = is_correct(a), good_b = is_correct(b);
	if (!good_a || !good_b)
		return refused_order(a, !good_a, b, !good_b);
	return numbers_order(a, b, SIZE_MAX, false);
}

static const struct version_sign signs[] = {
	{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "==", VERSION_EQUAL },      { "!=", VERSION_NOT_EQUAL },
	{ "<", VERSION_LESS },        { ">", VERSION_GREATER },        { NULL, VERSION_NO_RELATION },
};
static const struct version_bounds bounds = { .scheme = &version_cran, .signs = signs };

const struct version_scheme version_cran = { .name = "cran", .check = check, .compare = compare, .bounds = &bounds };
