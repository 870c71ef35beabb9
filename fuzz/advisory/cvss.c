/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/cvss.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double score = -1;
	if (cvss3_base((struct slice){ (const char *)data, size }, &score) && !(score >= 0 && score <= 10))
		abort();
	return 0;
}
