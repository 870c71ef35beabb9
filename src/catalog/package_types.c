/* SPDX-License-Identifier: Apache-2.0 */
/* Types of packages of which catalogers say all that there are: a cataloger of another type adds it here. */
#include "catalog/inventory.h"

static const char *const read_types[] = {
	"deb", "rpm", "apk", "alpm", "ebuild", "opkg", "xbps", "npm", "pypi", "maven", "golang", "cargo", "gem", "composer", "nuget", "cran", "hackage", "hex",
	"luarocks", "bitnami", "conda", "conan", "otp", "opam", "julia", "pub", "swift", "cocoapods",
};

bool
package_type_is_read(struct slice type)
{
	for (size_t i = 0; i < sizeof read_types / sizeof *read_types; i++)
		if (slice_is(type, read_types[i]))
			return true;
	return false;
}
