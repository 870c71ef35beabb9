/* SPDX-License-Identifier: Apache-2.0 */
#include "../mutate_bdb.h"
#include "walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rpmdb_walk(&rpmdb_bdb, (struct slice){ (const char *)data, size });
	return 0;
}
