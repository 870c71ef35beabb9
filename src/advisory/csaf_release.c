/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/feed_csaf.h"

#include "base/error.h"
#include "base/glob.h"

/* What of the CPE's version tells the release. */
enum precision { MAJOR, WHOLE, PACK };

static const struct line {
	const char *vendor, *product;    /* the product is a glob */
	const char *id;
	enum precision precision;        /* PACK: "15:sp5" is 15.5 */
} lines[] = {
	{ "redhat", "enterprise_linux", "rhel", MAJOR },
	{ "redhat", "rhel_eus", "rhel-eus", WHOLE },
	{ "redhat", "enterprise_linux_eus", "rhel-eus", WHOLE },
	{ "redhat", "rhel_eus_long_life", "rhel-eus-long-life", WHOLE },
	{ "redhat", "rhel_aus", "rhel-aus", WHOLE },
	{ "redhat", "rhel_e4s", "rhel-e4s", WHOLE },
	{ "redhat", "rhel_tus", "rhel-tus", WHOLE },
	{ "redhat", "rhel_els", "rhel", MAJOR },    /* goes on where the last minor release ends: whoever does not have it lacks its fixes */
	{ "suse", "sles", "sles", PACK },
	{ "suse", "sle-module-*", "sles", PACK },
	{ "suse", "sled", "sled", PACK },
	{ "opensuse", "leap", "opensuse-leap", WHOLE },
};

static struct slice
release_of(const struct line *line, struct slice version, struct slice update, struct arena *arena)
{
	struct slice major, rest;
	if (line->precision == MAJOR && slice_cut(version, '.', &major, &rest))
		version = major;
	if (line->precision == PACK && slice_skip(&update, SLICE("sp")))
		return arena_printf(arena, "%s:%.*s.%.*s", line->id, SLICE_ARG(version), SLICE_ARG(update));
	return arena_printf(arena, "%s:%.*s", line->id, SLICE_ARG(version));
}

int
csaf_release(struct slice cpe, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct slice rest = cpe, part, vendor, product, version, update;
	if (!slice_skip(&rest, SLICE("cpe:/")))
		return error_set(err, PLIM_EFORMAT, "its CPE is not one of version 2.2: %.*s", SLICE_ARG(cpe));
	slice_cut(rest, ':', &part, &rest);
	slice_cut(rest, ':', &vendor, &rest);
	struct slice named = rest;
	slice_cut(rest, ':', &product, &rest);
	slice_cut(rest, ':', &version, &rest);
	slice_cut(rest, ':', &update, &rest);
	for (size_t i = 0; version.n && i < sizeof lines / sizeof *lines; i++)
		if (slice_is(vendor, lines[i].vendor) && glob_match(slice_of(lines[i].product), product)) {
			*out = release_of(&lines[i], version, update, arena);
			return out->p ? 0 : error_nomem(err);
		}
	*out = arena_printf(arena, "%s-product:%.*s", slice_is(vendor, "redhat") ? "rhel" : "suse", SLICE_ARG(named));
	return out->p ? 0 : error_nomem(err);
}
