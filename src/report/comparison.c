/* SPDX-License-Identifier: Apache-2.0 */
#include "report/comparison.h"

const struct comparison_writer *const comparison_writers[] = { &comparison_text, &comparison_json, NULL };

size_t
comparison_unexplained(const struct comparison *comparison)
{
	size_t n = 0;
	for (size_t i = 0; i < comparison->count; i++)
		n += comparison->pairs[i].diff ? diff_unexplained(comparison->pairs[i].diff) : 1;
	return n;
}
