/* SPDX-License-Identifier: Apache-2.0 */
#include "../mutate_rpm_header.h"

#include "codec/rpm_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte of what is lent is looked at: it must be there. */
static int
each(void *context, const struct rpm_file *file, struct plim_error *err)
{
	const struct slice texts[] = { file->directory, file->name, file->digest };
	size_t *sum = context;
	(void)err;
	for (size_t t = 0; t < 3; t++)
		for (size_t i = 0; i < texts[t].n; i++)
			*sum += (unsigned char)texts[t].p[i];
	return *sum > 1 << 24 ? PLIM_ELIMIT : 0;
}

static int
each_name(void *context, struct slice name, struct plim_error *err)
{
	const struct rpm_file file = { .name = name };
	return each(context, &file, err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rpm_header header;
	rpm_header_parse((struct slice){ (const char *)data, size }, &header, NULL);
	size_t sum = 0;
	rpm_header_files((struct slice){ (const char *)data, size }, each, &sum, NULL);
	for (int relation = 0; relation < RPM_RELATION_COUNT; relation++)
		rpm_header_names((struct slice){ (const char *)data, size }, relation, each_name, &sum, NULL);
	return 0;
}
