/* SPDX-License-Identifier: Apache-2.0 */
/* What a criterion of OVAL asks: for a product, a module, or a package of some versions. */
#include "advisory/oval.h"

#include "advisory/ecosystem.h"
#include "base/error.h"

static const struct oval_product red_hat[] = { { "Red Hat Enterprise Linux ", "rhel" }, { "Red Hat CoreOS ", NULL }, { "CentOS Linux ", NULL }, { 0 } };
static const struct oval_product oracle[] = { { "Oracle Linux ", "ol" }, { 0 } };
static const struct oval_product photon[] = { { "Photon OS ", "photon" }, { 0 } };
static const struct oval_product suse[] = {
	{ "SUSE Linux Enterprise Server for ", NULL }, { "SUSE Linux Enterprise Server ", "sles" },
	{ "SUSE Linux Enterprise Module for ", "sles", "12" }, { "openSUSE Leap ", "opensuse-leap" },
	{ "openSUSE Tumbleweed", "opensuse-tumbleweed" }, { "SUSE ", NULL }, { "openSUSE ", NULL }, { 0 },
};

static const struct oval_maker makers[] = {
	{ "oval:com.redhat.", red_hat, NULL, NULL },
	{ "oval:com.oracle.elsa:", oracle, NULL, NULL },
	{ "oval:com.vmware.phsa:", photon, NULL, NULL },
	{ "oval:org.opensuse.security:", suse, NULL, NULL },
	{ "oval:com.microsoft.azurelinux:", NULL, "azurelinux", ".azl" },
	{ "oval:com.microsoft.cbl-mariner:", NULL, "mariner", ".cm" },
};

const struct oval_maker *
oval_maker(struct slice bytes)
{
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
		if (slice_find_text(slice_first(bytes, 65536), slice_of(makers[i].ids)) != SIZE_MAX)
			return &makers[i];
	return NULL;
}

bool
oval_is_red_hat(const struct oval_maker *maker)
{
	return maker->products == red_hat;
}

static void *
lookup(const struct map *map, struct slice id)
{
	return id.n ? map_find(map, id) : NULL;
}

static struct slice
suse_release(struct slice text, struct arena *arena)
{
	AUTO(strbuf) struct strbuf release = { 0 };
	return ecosystem_suse_release(text, &release) && !release.failed ? arena_dup(arena, strbuf_slice(&release)) : SLICE_NONE;
}

static struct slice
release_number(const struct oval_maker *maker, struct slice text, struct arena *arena)
{
	if (maker->products == suse)
		return suse_release(text, arena);
	if (maker->products == photon && slice_find(text, '.') == SIZE_MAX)
		return arena_printf(arena, "%.*s.0", SLICE_ARG(text));
	return text;
}

/* "Oracle Linux 8 is installed", of a package of the release: false where it names no product at all. */
static bool
ask_product(const struct oval_definition *d, struct slice comment, struct oval_asked *out)
{
	if (!slice_skip_end(&comment, SLICE(" is installed")))
		return false;
	for (const struct oval_product *p = d->oval->maker->products; p && p->begins; p++) {
		if (!slice_skip(&comment, slice_of(p->begins)))
			continue;
		struct slice number = p->id ? release_number(d->oval->maker, comment, d->arena) : SLICE_NONE;
		out->ask = number.p && slice_find(number, ' ') == SIZE_MAX ? ASK_RELEASE : ASK_BESIDE;
		out->text = number.p ? arena_printf(d->arena, "%s:%.*s", p->id, SLICE_ARG(number)) : SLICE_NONE;
		out->packs = p->packs && slice_is(number, p->packs);
		return true;
	}
	return false;
}

/* Tests of a machine that runs: of no package, so nothing that an image could fail. */
static bool
is_of_machine(struct slice kind)
{
	static const char *const kinds[] = { "uname_test", "textfilecontent54_test", "family_test", "rpmverifyfile_test" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_is(kind, kinds[i]))
			return true;
	return false;
}

static int
ask_package(const struct oval_definition *d, const struct oval_test *test, struct oval_asked *out, struct plim_error *err)
{
	const struct slice *name = lookup(&d->oval->objects, test->object);
	if (name == NULL || name->n == 0)
		return error_set(err, PLIM_EFORMAT, "%.*s: no package under that id", SLICE_ARG(test->object));
	*out = (struct oval_asked){ .ask = test->state_count ? ASK_NOTHING : ASK_PACKAGE, .text = *name };
	for (size_t i = 0; i < test->state_count; i++) {
		const struct oval_state *state = lookup(&d->oval->states, test->states[i]);
		if (state == NULL)
			return error_set(err, PLIM_EFORMAT, "%.*s: no state of that id", SLICE_ARG(test->states[i]));
		if (state->evr.n) {
			out->ask = ASK_PACKAGE;
			out->bound = state->bound;
			out->evr = state->evr;
		} else if (slice_is(state->version, "0")) {
			out->ask = ASK_PACKAGE;
			out->bound = BOUND_NEVER;
		} else if (state->version.n) {
			return error_set(err, PLIM_EFORMAT, "\"%.*s\" is no product that is known", SLICE_ARG(slice_first(test->comment, 120)));
		}
	}
	return 0;
}

int
oval_ask(const struct oval_definition *d, const struct xml_element *criterion, struct oval_asked *out, struct plim_error *err)
{
	const struct oval_test *test = lookup(&d->oval->tests, xml_attribute(criterion, "test_ref"));
	struct slice module;
	*out = (struct oval_asked){ .ask = ASK_NOTHING };
	if (test == NULL || slice_is(xml_attribute(criterion, "negate"), "true"))
		return error_set(err, PLIM_EFORMAT, "a criterion of no test, or the reverse of one");
	module = test->comment;
	if (slice_skip(&module, SLICE("Module ")) && slice_skip_end(&module, SLICE(" is enabled"))) {
		*out = (struct oval_asked){ .ask = ASK_MODULE, .text = module };
		return 0;
	}
	/* What there is none of does not narrow what is said of others: an image may well have none of it. */
	if (test->none && !d->unaffected)
		return 0;
	if (ask_product(d, test->comment, out) || is_of_machine(test->kind))
		return 0;
	if (slice_is(test->kind, "rpminfo_test"))
		return ask_package(d, test, out, err);
	return error_set(err, PLIM_EFORMAT, "a %.*s is not understood", SLICE_ARG(slice_first(test->kind, 60)));
}
