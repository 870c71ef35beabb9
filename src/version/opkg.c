/* SPDX-License-Identifier: Apache-2.0 */
/* opkg's ordering is dpkg's, but it reads a version as far as it understands it and refuses none. */
#include "version/dpkg.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

static bool
is_visible(char c)
{
	return c > ' ' && c < 0x7f;
}

static int
check(struct slice version, struct plim_error *err)
{
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	if (!slice_is_only(version, is_visible))
		return error_set(err, PLIM_EFORMAT, "a character that no field of a control file may have in its version");
	return 0;
}

static const struct version_bounds bounds = { .scheme = &version_opkg, .signs = version_signs_debian };

const struct version_scheme version_opkg = {
	.name = "opkg", .check = check, .compare = dpkg_order, .bounds = &bounds, .distribution = true,
};
