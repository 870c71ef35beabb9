/* SPDX-License-Identifier: Apache-2.0 */
/* Opening what is to be asked or judged. */
#include "gate/subject.h"

#include "base/error.h"

int
subject_open(const char *target, const char *const *platforms, struct image_set **out, struct plim_error *err)
{
	enum { MOST = 64 };
	struct platform wanted[MOST];
	size_t n = 0;
	for (; platforms && platforms[n]; n++) {
		if (n == MOST)
			return error_set(err, PLIM_ELIMIT, "more platforms than limit PLATFORM_COUNT");
		if (!platform_parse(slice_of(platforms[n]), &wanted[n]))
			return error_set(err, PLIM_EUSAGE, "'%s' is no platform: write linux/amd64 or linux/arm64/v8", platforms[n]);
	}
	return image_set_open(target, n ? wanted : NULL, n, out, err);
}

int
subject_database(const char *path, struct database **out, struct plim_error *err)
{
	AUTO(free) char *standard = path ? NULL : database_default_path();
	*out = NULL;
	if (path == NULL && standard == NULL)
		return 0;
	int r = database_open(path ? path : standard, out, err);
	return path == NULL && r == PLIM_ENOTFOUND ? 0 : r;
}
