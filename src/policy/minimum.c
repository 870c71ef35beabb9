/* SPDX-License-Identifier: Apache-2.0 */
/* Software at its minimum version: by upstream's number, or because its distribution mended in an older one what upstream did by then. */
#include "policy/component.h"

#include "advisory/backport.h"
#include "base/error.h"
#include "version/scheme.h"

#define IDS_SHOWN 5

static int
judge_older(struct judging *judging, const struct component *component, const struct package *package, struct slice lacks, struct slice fix,
            struct plim_error *err)
{
	struct finding words = {
		.title = judge_text(judging, "%.*s is older than %.*s", SLICE_ARG(package->name), SLICE_ARG(component->version)),
		.message = judge_text(judging, "version %.*s is installed; by upstream's number it is below the minimum %.*s%.*s%s%.*s",
		                      SLICE_ARG(package->version), SLICE_ARG(component->version), SLICE_ARG(lacks), component->reason.n ? ": " : "",
		                      SLICE_ARG(component->reason)),
		.fix_version = fix,
	};
	return judge_component(judging, "minimum", component, evidence_of_package(package), &words, err);
}

/* backports */

/* Several packages may be told of in one note. */
static int
judge_whole(struct judging *judging, const struct component *component, const struct package *package, const struct backport *backport,
            struct plim_error *err)
{
	struct slice before = judging->verdict->areas[AREA_COMPONENTS].note;
	struct slice why = SLICE("no advisory that upstream fixed by then concerns it");
	if (backport->asked)
		why = judge_text(judging, "its distribution has fixed in it what upstream did by then: %zu advisor%s", backport->asked,
		                 backport->asked == 1 ? "y" : "ies");
	struct slice note = judge_text(judging, "%.*s%s%.*s %.*s counts as %.*s: %.*s", SLICE_ARG(before), before.n ? "; " : "",
	                               SLICE_ARG(package->name), SLICE_ARG(package->version), SLICE_ARG(component->version), SLICE_ARG(why));
	judge_note(judging, AREA_COMPONENTS, note);
	return note.p && why.p ? 0 : error_nomem(err);
}

static int
judge_lacking(struct judging *judging, const struct component *component, const struct package *package, const struct backport *backport,
              struct plim_error *err)
{
	AUTO(strbuf) struct strbuf lacks = { 0 };
	strbuf_puts(&lacks, ", and its distribution has not fixed in it ");
	for (size_t i = 0; i < backport->id_count && i < IDS_SHOWN; i++)
		strbuf_printf(&lacks, "%s%.*s", i ? ", " : "", SLICE_ARG(backport->ids[i]));
	if (backport->id_count > IDS_SHOWN)
		strbuf_printf(&lacks, " and %zu more", backport->id_count - IDS_SHOWN);
	if (lacks.failed)
		return error_nomem(err);
	struct slice fix = backport->fixed_version.n ? backport->fixed_version : component->version;
	return judge_older(judging, component, package, strbuf_slice(&lacks), fix, err);
}

static int
judge_untold(struct judging *judging, const struct component *component, const struct package *package, const struct backport *backport,
             struct plim_error *err)
{
	(void)component;
	return judge_unknown(judging, UNKNOWN_NO_DATA, AREA_COMPONENTS,
	                     judge_text(judging, "%.*s %.*s", SLICE_ARG(package->name), SLICE_ARG(package->version)), backport->reason,
	                     package->layer, err);
}

typedef int backport_fn(struct judging *judging, const struct component *component, const struct package *package,
                        const struct backport *backport, struct plim_error *err);
static backport_fn *const backport_fns[] = {
	[BACKPORT_WHOLE] = judge_whole, [BACKPORT_LACKING] = judge_lacking, [BACKPORT_UNKNOWN] = judge_untold,
};

/* Its authors' advisories know it by another name than the distribution, where the policy says so. */
static struct upstream
upstream_named(const struct component *component, const struct package *package)
{
	struct upstream upstream = { .installed = component_upstream_version(package->version), .wanted = component->version };
	if (!slice_cut(component->upstream, ':', &upstream.ecosystem, &upstream.name)) {
		upstream.ecosystem = SLICE_NONE;
		upstream.name = component->upstream;
	}
	if (upstream.name.n == 0)
		upstream.name = package->source.n ? package->source : package->name;
	return upstream;
}

static int
judge_backports(struct judging *judging, const struct component *component, const struct package *package, struct plim_error *err)
{
	struct upstream upstream = upstream_named(component, package);
	struct backport backport = { .state = BACKPORT_UNKNOWN };
	backport.reason = judge_text(judging, "upstream's %.*s is below %.*s, and there is no advisory data that says what its distribution fixed in it",
	                             SLICE_ARG(upstream.installed), SLICE_ARG(upstream.wanted));
	int r = judging->database ? judge_data_signed(judging, AREA_COMPONENTS, err) : 0;
	if (r == 0 && judging->database)
		r = backport_ask(judging->database, &judging->inventory->os, package, &upstream, judging->arena, &backport, err);
	return r < 0 ? r : backport_fns[backport.state](judging, component, package, &backport, err);
}

/* A package without a revision is its own upstream: nobody mends it apart. */
static bool
has_revision(const struct version_scheme *scheme, const struct package *package)
{
	return scheme->distribution && slice_find(package->version, '-') != SIZE_MAX;
}

int
judge_minimum(struct judging *judging, const struct component *component, const struct package *package, struct plim_error *err)
{
	const struct version_scheme *scheme = version_scheme_for_type(package->type);
	struct plim_error why = { 0 };
	if (!component_is(component, package) || component_is_out_of_scope(judging, component, package))
		return 0;
	if (!versions_can_order(scheme, package->version, component->version, &why))
		return judge_unordered(judging, package, component->version, why.text, err);
	if (scheme->compare(component_comparable(scheme, package->version, component->version), component->version) >= 0)
		return 0;
	if (component_names_revision(component->version) || !has_revision(scheme, package))
		return judge_older(judging, component, package, SLICE(""), component->version, err);
	return judge_backports(judging, component, package, err);
}
