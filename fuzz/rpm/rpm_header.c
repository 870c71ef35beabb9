/* SPDX-License-Identifier: Apache-2.0 */
#include "../mutate_rpm_header.h"

#include "codec/rpm_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rpm_header header;
	rpm_header_parse((struct slice){ (const char *)data, size }, &header, NULL);
	return 0;
}
