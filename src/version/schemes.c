/* SPDX-License-Identifier: Apache-2.0 */
/* The array of all orderings, and the public door to them. */
#include "version/scheme.h"

#include "base/error.h"

#include <plimsoll/version.h>

const struct version_scheme *const version_schemes[] = { &version_apk, &version_dpkg, &version_rpm, NULL };

const struct version_scheme *
version_scheme_find(struct slice name)
{
	for (const struct version_scheme *const *scheme = version_schemes; *scheme; scheme++)
		if (slice_is(name, (*scheme)->name))
			return *scheme;
	return NULL;
}

const struct version_scheme *
version_scheme_for_type(struct slice purl_type)
{
	return version_scheme_find(slice_is(purl_type, "deb") ? SLICE("dpkg") : purl_type);
}

const char *
plim_version_scheme_name(unsigned index)
{
	for (unsigned i = 0; version_schemes[i]; i++)
		if (i == index)
			return version_schemes[i]->name;
	return NULL;
}

int
plim_version_compare(const char *scheme, const char *a, const char *b, int *order, struct plim_error *err)
{
	const struct version_scheme *found = version_scheme_find(slice_of(scheme));
	if (found == NULL)
		return error_set(err, PLIM_EUSAGE, "there is no ordering '%s'", scheme);
	const char *both[] = { a, b };
	for (size_t i = 0; i < 2; i++) {
		int r = found->check(slice_of(both[i]), err);
		if (r < 0)
			return error_wrap(err, r, "'%s'", both[i]);
	}
	int compared = found->compare(slice_of(a), slice_of(b));
	*order = (compared > 0) - (compared < 0);
	return 0;
}
