/* SPDX-License-Identifier: Apache-2.0 */
#include "../mutate_rpm_header.h"

#include "codec/rpm_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte of what is lent is looked at: it must be there. */
static int
each(void *context, struct slice directory, struct slice name, struct plim_error *err)
{
	size_t *sum = context;
	(void)err;
	for (size_t i = 0; i < directory.n; i++)
		*sum += (unsigned char)directory.p[i];
	for (size_t i = 0; i < name.n; i++)
		*sum += (unsigned char)name.p[i];
	return *sum > 1 << 24 ? PLIM_ELIMIT : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rpm_header header;
	rpm_header_parse((struct slice){ (const char *)data, size }, &header, NULL);
	size_t sum = 0;
	rpm_header_files((struct slice){ (const char *)data, size }, each, &sum, NULL);
	return 0;
}
