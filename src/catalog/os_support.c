/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Written from the makers' own announcements: Debian's releases page with LTS, Ubuntu's
 * release cycle (standard support), Alpine's release branches, Red Hat's life
 * cycle (maintenance support), and the life-cycle pages of the others; compared in November 2026 with the dates that the
 * endoflife.date project collects.  Where makers name two dates the earlier one of days apart stands here.
 */
#include "catalog/os_support.h"

#include "base/date.h"

static const struct os_support table[] = {
	{ "debian", "6", "squeeze", "2016-02-29" },
	{ "debian", "7", "wheezy", "2018-05-31" },
	{ "debian", "8", "jessie", "2020-06-30" },
	{ "debian", "9", "stretch", "2022-06-30" },
	{ "debian", "10", "buster", "2024-06-30" },
	{ "debian", "11", "bullseye", "2026-08-31" },
	{ "debian", "12", "bookworm", "2028-06-30" },
	{ "debian", "13", "trixie", "2030-06-30" },
	{ "ubuntu", "12.04", "precise", "2017-04-28" },
	{ "ubuntu", "12.10", "quantal", "2014-05-16" },
	{ "ubuntu", "13.04", "raring", "2014-01-27" },
	{ "ubuntu", "13.10", "saucy", "2014-07-17" },
	{ "ubuntu", "14.04", "trusty", "2019-04-25" },
	{ "ubuntu", "14.10", "utopic", "2015-07-23" },
	{ "ubuntu", "15.04", "vivid", "2016-02-04" },
	{ "ubuntu", "15.10", "wily", "2016-07-28" },
	{ "ubuntu", "16.04", "xenial", "2021-04-30" },
	{ "ubuntu", "16.10", "yakkety", "2017-07-20" },
	{ "ubuntu", "17.04", "zesty", "2018-01-13" },
	{ "ubuntu", "17.10", "artful", "2018-07-19" },
	{ "ubuntu", "18.04", "bionic", "2023-05-31" },
	{ "ubuntu", "18.10", "cosmic", "2019-07-18" },
	{ "ubuntu", "19.04", "disco", "2020-01-23" },
	{ "ubuntu", "19.10", "eoan", "2020-07-06" },
	{ "ubuntu", "20.04", "focal", "2025-05-29" },
	{ "ubuntu", "20.10", "groovy", "2021-07-22" },
	{ "ubuntu", "21.04", "hirsute", "2022-01-20" },
	{ "ubuntu", "21.10", "impish", "2022-07-14" },
	{ "ubuntu", "22.04", "jammy", "2027-06-01" },
	{ "ubuntu", "22.10", "kinetic", "2023-07-20" },
	{ "ubuntu", "23.04", "lunar", "2024-01-25" },
	{ "ubuntu", "23.10", "mantic", "2024-07-11" },
	{ "ubuntu", "24.04", "noble", "2029-05-31" },
	{ "ubuntu", "24.10", "oracular", "2025-07-10" },
	{ "ubuntu", "25.04", "plucky", "2026-01-15" },
	{ "ubuntu", "25.10", "questing", "2026-07-09" },
	{ "ubuntu", "26.04", "resolute", "2031-05-29" },
	{ "alpine", "2.6", NULL, "2015-05-01" },
	{ "alpine", "2.7", NULL, "2015-11-01" },
	{ "alpine", "3.0", NULL, "2016-05-01" },
	{ "alpine", "3.1", NULL, "2016-11-01" },
	{ "alpine", "3.2", NULL, "2017-05-01" },
	{ "alpine", "3.3", NULL, "2017-11-01" },
	{ "alpine", "3.4", NULL, "2018-05-01" },
	{ "alpine", "3.5", NULL, "2018-11-01" },
	{ "alpine", "3.6", NULL, "2019-05-01" },
	{ "alpine", "3.7", NULL, "2019-11-01" },
	{ "alpine", "3.8", NULL, "2020-05-01" },
	{ "alpine", "3.9", NULL, "2020-11-01" },
	{ "alpine", "3.10", NULL, "2021-05-01" },
	{ "alpine", "3.11", NULL, "2021-11-01" },
	{ "alpine", "3.12", NULL, "2022-05-01" },
	{ "alpine", "3.13", NULL, "2022-11-01" },
	{ "alpine", "3.14", NULL, "2023-05-01" },
	{ "alpine", "3.15", NULL, "2023-11-01" },
	{ "alpine", "3.16", NULL, "2024-05-23" },
	{ "alpine", "3.17", NULL, "2024-11-22" },
	{ "alpine", "3.18", NULL, "2025-05-09" },
	{ "alpine", "3.19", NULL, "2025-11-01" },
	{ "alpine", "3.20", NULL, "2026-04-01" },
	{ "alpine", "3.21", NULL, "2026-11-01" },
	{ "alpine", "3.22", NULL, "2027-05-01" },
	{ "alpine", "3.23", NULL, "2027-11-01" },
	{ "alpine", "3.24", NULL, "2028-06-01" },
	/* Stream 8 lasted until 2024-05-31; it has the id and version of CentOS Linux 8, and both are over. */
	{ "centos", "5", NULL, "2017-03-31" },
	{ "centos", "6", NULL, "2020-11-30" },
	{ "centos", "7", NULL, "2024-06-30" },
	{ "centos", "8", NULL, "2021-12-31" },
	{ "centos", "9", NULL, "2027-05-31" },
	{ "centos", "10", NULL, "2030-05-31" },
	{ "rhel", "5", NULL, "2017-03-31" },
	{ "rhel", "6", NULL, "2020-11-30" },
	{ "rhel", "7", NULL, "2024-06-30" },
	{ "rhel", "8", NULL, "2029-05-31" },
	{ "rhel", "9", NULL, "2032-05-31" },
	{ "rhel", "10", NULL, "2035-05-31" },
	{ "almalinux", "8", NULL, "2029-05-31" },
	{ "almalinux", "9", NULL, "2032-05-31" },
	{ "almalinux", "10", NULL, "2035-05-31" },
	{ "rocky", "8", NULL, "2029-05-31" },
	{ "rocky", "9", NULL, "2032-05-31" },
	{ "rocky", "10", NULL, "2035-05-31" },
	{ "ol", "6", NULL, "2021-03-31" },
	{ "ol", "7", NULL, "2024-12-31" },
	{ "ol", "8", NULL, "2029-07-31" },
	{ "ol", "9", NULL, "2032-06-30" },
	{ "ol", "10", NULL, "2035-06-30" },
	{ "fedora", "20", NULL, "2015-06-23" },
	{ "fedora", "21", NULL, "2015-12-01" },
	{ "fedora", "22", NULL, "2016-07-19" },
	{ "fedora", "23", NULL, "2016-12-20" },
	{ "fedora", "24", NULL, "2017-08-08" },
	{ "fedora", "25", NULL, "2017-12-12" },
	{ "fedora", "26", NULL, "2018-05-29" },
	{ "fedora", "27", NULL, "2018-11-30" },
	{ "fedora", "28", NULL, "2019-05-28" },
	{ "fedora", "29", NULL, "2019-11-26" },
	{ "fedora", "30", NULL, "2020-05-26" },
	{ "fedora", "31", NULL, "2020-11-24" },
	{ "fedora", "32", NULL, "2021-05-25" },
	{ "fedora", "33", NULL, "2021-11-30" },
	{ "fedora", "34", NULL, "2022-06-07" },
	{ "fedora", "35", NULL, "2022-12-13" },
	{ "fedora", "36", NULL, "2023-05-16" },
	{ "fedora", "37", NULL, "2023-12-05" },
	{ "fedora", "38", NULL, "2024-05-21" },
	{ "fedora", "39", NULL, "2024-11-26" },
	{ "fedora", "40", NULL, "2025-05-13" },
	{ "fedora", "41", NULL, "2025-12-15" },
	{ "fedora", "42", NULL, "2026-05-27" },
	{ "fedora", "43", NULL, "2026-12-09" },
	{ "fedora", "44", NULL, "2027-06-02" },
	{ "amzn", "2018.03", NULL, "2023-12-31" },
	{ "amzn", "2", NULL, "2026-06-30" },
	{ "amzn", "2023", NULL, "2029-06-30" },
	{ "sles", "11", NULL, "2010-12-31" },
	{ "sles", "11.1", NULL, "2012-08-31" },
	{ "sles", "11.2", NULL, "2014-01-31" },
	{ "sles", "11.3", NULL, "2016-01-31" },
	{ "sles", "11.4", NULL, "2019-03-31" },
	{ "sles", "12", NULL, "2016-06-30" },
	{ "sles", "12.1", NULL, "2017-05-31" },
	{ "sles", "12.2", NULL, "2018-03-31" },
	{ "sles", "12.3", NULL, "2019-06-30" },
	{ "sles", "12.4", NULL, "2020-06-30" },
	{ "sles", "12.5", NULL, "2024-10-31" },
	{ "sles", "15", NULL, "2019-12-31" },
	{ "sles", "15.1", NULL, "2021-01-31" },
	{ "sles", "15.2", NULL, "2021-12-31" },
	{ "sles", "15.3", NULL, "2022-12-31" },
	{ "sles", "15.4", NULL, "2023-12-31" },
	{ "sles", "15.5", NULL, "2024-12-31" },
	{ "sles", "15.6", NULL, "2025-12-31" },
	{ "sles", "15.7", NULL, "2031-07-31" },
	{ "sles", "16.0", NULL, "2027-11-30" },
	{ "opensuse-leap", "42.1", NULL, "2017-05-17" },
	{ "opensuse-leap", "42.2", NULL, "2018-01-26" },
	{ "opensuse-leap", "42.3", NULL, "2019-07-01" },
	{ "opensuse-leap", "15.0", NULL, "2019-12-03" },
	{ "opensuse-leap", "15.1", NULL, "2021-02-02" },
	{ "opensuse-leap", "15.2", NULL, "2022-01-04" },
	{ "opensuse-leap", "15.3", NULL, "2022-12-31" },
	{ "opensuse-leap", "15.4", NULL, "2023-12-07" },
	{ "opensuse-leap", "15.5", NULL, "2024-12-31" },
	{ "opensuse-leap", "15.6", NULL, "2026-04-30" },
	{ "opensuse-leap", "16.0", NULL, "2027-10-31" },
	{ "mariner", "1.0", NULL, "2023-07-31" },
	{ "mariner", "2.0", NULL, "2025-07-31" },
	{ "azurelinux", "3.0", NULL, "2027-08-31" },
	{ "photon", "1.0", NULL, "2022-02-28" },
	{ "photon", "2.0", NULL, "2022-12-01" },
	{ "photon", "3.0", NULL, "2025-10-02" },
	{ "photon", "4.0", NULL, "2027-10-11" },
	{ "arch", "", NULL, NULL },
	{ "archarm", "", NULL, NULL },
	{ "artix", "", NULL, NULL },
	{ "cachyos", "", NULL, NULL },
	{ "endeavouros", "", NULL, NULL },
	{ "manjaro", "", NULL, NULL },
	{ "minimos", "", NULL, NULL },
	{ "wolfi", "", NULL, NULL },
	{ "chainguard", "", NULL, NULL },
	{ "opensuse-slowroll", "", NULL, NULL },
	{ "opensuse-tumbleweed", "", NULL, NULL },
	{ "gentoo", "", NULL, NULL },
	{ "void", "", NULL, NULL },
};

/* "3.18" names "3.18" and "3.18.9", not "3.180". */
static bool
names_release(const char *release, struct slice version_id)
{
	struct slice rest = version_id;
	if (*release == '\0')
		return true;
	return slice_skip(&rest, slice_of(release)) && (rest.n == 0 || rest.p[0] == '.' || rest.p[0] == '_');
}

const struct os_support *
os_support_find(struct slice id, struct slice version_id)
{
	const struct os_support *best = NULL;
	/* The longest one: "12" is a release of SLES, and so is "12.5". */
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (slice_is(id, table[i].id) && names_release(table[i].version, version_id) &&
		    (best == NULL || strlen(table[i].version) > strlen(best->version)))
			best = &table[i];
	return best;
}

const struct os_support *
os_support_named(struct slice id, struct slice codename)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (slice_is(id, table[i].id) && table[i].codename && slice_is(codename, table[i].codename))
			return &table[i];
	return NULL;
}

int64_t
os_support_end(const struct os_support *support)
{
	int64_t day = DATE_NONE;
	if (support->end)
		date_parse_day(slice_of(support->end), &day);
	return day;
}
