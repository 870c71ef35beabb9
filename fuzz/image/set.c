/* SPDX-License-Identifier: Apache-2.0 */
/* An image set as a hostile reader of documents might send it. */
#include "set_touch.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(image_set) struct image_set *set = NULL;
	struct plim_error err;
	if (size > 1 << 16 || image_set_parse((struct slice){ (const char *)data, size }, &set, &err) < 0)
		return 0;
	set_touch(set);
	set_travel(set);
	return 0;
}
