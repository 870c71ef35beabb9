/* SPDX-License-Identifier: Apache-2.0 */
/* Types of packages of which catalogers say all that is installed: a cataloger of another type adds it here. */
#include "catalog/inventory.h"

/*
 * Those whose installation leaves a record.  Others are compiled into programs and leave nothing there unless their makers
 * ask for it (cargo, hackage, swift, pub, opam, conan), or are told by what declares them alone (cocoapods, julia): of
 * these the inventory has some, and what it does not have may be there all the same.
 */
static const char *const read_types[] = {
	"deb", "rpm", "apk", "alpm", "ebuild", "opkg", "xbps", "npm", "pypi", "maven", "golang", "gem", "composer", "nuget", "cran", "hex", "luarocks",
	"bitnami", "conda", "otp", "pear",
};

bool
package_type_is_read(struct slice type)
{
	for (size_t i = 0; i < sizeof read_types / sizeof *read_types; i++)
		if (slice_is(type, read_types[i]))
			return true;
	return false;
}
