/* SPDX-License-Identifier: Apache-2.0 */
/* A pattern, a newline, a subject.  Whatever they are, the limits hold. */
#include "../fuzz.h"

#include "base/limits.h"
#include "facts/regex.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice pattern, subject;
	struct regex *regex;
	struct plim_error err;
	limit_choose(SLICE("REGEX_STEPS=20000"), &err);
	if (size > 4096)
		return 0;
	slice_cut((struct slice){ (const char *)data, size }, '\n', &pattern, &subject);
	if (regex_new(pattern, &regex, &err) < 0)
		return 0;
	int found = regex_find(regex, subject);
	fuzz_demand(found <= 1 && (found >= 0 || found == PLIM_ELIMIT));
	regex_free(regex);
	return 0;
}
