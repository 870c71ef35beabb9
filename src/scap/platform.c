/* SPDX-License-Identifier: Apache-2.0 */
/* The platforms of a benchmark, names of CPE, against what a release file tells. */
#include "scap/selection.h"

/* Who makes the system, as CPE calls it and as its ID does. */
static const struct {
	const char *id, *cpe;
} systems[] = {
	{ "almalinux", "almalinux:almalinux" },   { "alinux", "alinux:alibaba_cloud_linux" }, { "amzn", "amazon:amazon_linux" },
	{ "anolis", "anolis:anolis_os" },         { "centos", "centos:centos" },              { "debian", "debian:debian_linux" },
	{ "fedora", "fedoraproject:fedora" },     { "ol", "oracle:linux" },                   { "opensuse-leap", "opensuse:leap" },
	{ "rhel", "redhat:enterprise_linux" },    { "rocky", "rocky:rocky" },                 { "sled", "suse:linux_enterprise_desktop" },
	{ "sles", "suse:linux_enterprise_server" }, { "ubuntu", "canonical:ubuntu_linux" },   { "uos", "uos:uniontech_os_server" },
};

static const char *
cpe_of(struct slice id)
{
	for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
		if (slice_is(id, systems[i].id))
			return systems[i].cpe;
	return NULL;
}

/* "9" takes "9.3", and "8.10" takes "8.10" only. */
static bool
version_fits(struct slice wanted, struct slice version)
{
	return wanted.n == 0 || slice_eq(wanted, version) || (slice_starts(version, wanted) && version.p[wanted.n] == '.');
}

/* "cpe:/o:VENDOR:PRODUCT:VERSION:...", or the same spelled "cpe:2.3:o:..." */
static enum scap_fit
platform_fit(struct slice platform, const char *cpe, const struct operating_system *os)
{
	struct slice vendor, product, version = SLICE_NONE;
	if (!slice_skip(&platform, SLICE("cpe:/o:")) && !slice_skip(&platform, SLICE("cpe:2.3:o:")))
		return SCAP_FIT_UNKNOWN;
	if (!slice_next(&platform, ':', &vendor) || !slice_next(&platform, ':', &product) || cpe == NULL)
		return SCAP_FIT_UNKNOWN;
	slice_next(&platform, ':', &version);
	struct slice own = slice_of(cpe), own_vendor, own_product;
	slice_cut(own, ':', &own_vendor, &own_product);
	if (slice_is(version, "*") || slice_is(version, "-"))
		version = SLICE("");
	return slice_eq(vendor, own_vendor) && slice_eq(product, own_product) && version_fits(version, os->version_id) ? SCAP_FITS : SCAP_FITS_NOT;
}

static void
say_why(const struct scap_benchmark *benchmark, const struct operating_system *os, struct strbuf *why)
{
	strbuf_puts(why, "the benchmark is for ");
	for (size_t i = 0; i < benchmark->platforms.n && i < 3; i++)
		strbuf_printf(why, "%s%.*s", i ? ", " : "", SLICE_ARG(slice_first(benchmark->platforms.at[i], 100)));
	if (benchmark->platforms.n > 3)
		strbuf_puts(why, ", ...");
	if (os->id.n)
		strbuf_printf(why, ", and this is %.*s %.*s", SLICE_ARG(os->id), SLICE_ARG(os->version_id));
	else
		strbuf_puts(why, ", and what this is could not be told");
}

enum scap_fit
scap_benchmark_fit(const struct scap_benchmark *benchmark, const struct operating_system *os, struct strbuf *why)
{
	const char *cpe = cpe_of(os->id);
	enum scap_fit fit = benchmark->platforms.n ? SCAP_FITS_NOT : SCAP_FITS;
	for (size_t i = 0; fit != SCAP_FITS && i < benchmark->platforms.n; i++) {
		enum scap_fit one = platform_fit(benchmark->platforms.at[i], cpe, os);
		fit = one == SCAP_FITS_NOT ? fit : one;
	}
	if (fit != SCAP_FITS)
		say_why(benchmark, os, why);
	return fit;
}
