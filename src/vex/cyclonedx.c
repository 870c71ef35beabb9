/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VEX in CycloneDX 1.4 to 1.6: vulnerabilities with an analysis, and what
 * they affect by a reference into this bill of materials or another one.
 */
#include "vex/statement.h"

#include "base/error.h"
#include "base/map.h"
#include "base/strbuf.h"

struct reading {
	struct arena *arena;
	struct vex_document *out;
	struct map components;     /* by bom-ref: struct json */
	const struct json *whole;  /* what the document describes; NULL: not told */
};

static void
auto_reading(struct reading *in)
{
	map_done(&in->components);
}

static const struct {
	const char *state;
	enum vex_status status;
} states[] = {
	{ "not_affected", VEX_NOT_AFFECTED }, { "false_positive", VEX_NOT_AFFECTED }, { "resolved", VEX_FIXED },
	{ "resolved_with_pedigree", VEX_FIXED }, { "exploitable", VEX_AFFECTED },     { "in_triage", VEX_UNDER_INVESTIGATION },
};

static int
status_read(const struct json *analysis, enum vex_status *out, struct plim_error *err)
{
	struct slice state = json_get_string(analysis, "state");
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (slice_is(state, states[i].state)) {
			*out = states[i].status;
			return 0;
		}
	return error_set(err, PLIM_EFORMAT, "analysis: %s", state.n ? "a state that there is not" : "no state");
}

/* As deep as a document may be. */
static int
components_note(struct reading *in, const struct json *components, struct plim_error *err)
{
	for (size_t i = 0; components && i < components->n; i++) {
		const struct json *component = json_item(components, i);
		struct slice ref = json_get_string(component, "bom-ref");
		void **place = ref.n ? map_place(&in->components, ref) : NULL;
		if (ref.n && place == NULL)
			return error_nomem(err);
		if (place && *place)
			return error_set(err, PLIM_EFORMAT, "two components have the bom-ref '%.*s'", SLICE_ARG(slice_first(ref, 100)));
		if (place)
			*place = (void *)component;
		int r = components_note(in, json_get(component, "components"), err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
component_read(const struct reading *in, const struct json *component, struct vex_thing *out, struct plim_error *err)
{
	struct slice purl = json_get_string(component, "purl");
	/* Some leave its version out there, and give it beside. */
	struct slice version = purl.n && !vex_purl_has_version(purl) ? json_get_string(component, "version") : SLICE_NONE;
	bool kept = vex_keep(in->arena, purl, &out->purl) && vex_keep(in->arena, version, &out->range) && vex_keep(in->arena, purl.n ? SLICE_NONE : json_get_string(component, "cpe"), &out->cpe) &&
	            vex_keep(in->arena, purl.n ? SLICE_NONE : json_get_string(component, "name"), &out->name);
	return kept ? 0 : error_nomem(err);
}

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* What stands behind the "#" of a link, percent signs resolved. */
static int
fragment_read(const struct reading *in, struct slice fragment, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < fragment.n; i++) {
		int high = fragment.p[i] == '%' && i + 2 < fragment.n ? hex_value(fragment.p[i + 1]) : -1, low = high < 0 ? -1 : hex_value(fragment.p[i + 2]);
		strbuf_putc(&text, low < 0 ? fragment.p[i] : (char)(high * 16 + low));
		i += low < 0 ? 0 : 2;
	}
	*out = arena_dup(in->arena, strbuf_slice(&text));
	return text.failed || out->p == NULL ? error_nomem(err) : 0;
}

/* The component that a reference leads to, by its bom-ref or by a link into this very document; NULL for none. */
static int
component_find(const struct reading *in, struct slice ref, const struct json **out, struct plim_error *err)
{
	struct slice link, fragment, decoded, document = in->out->id;
	*out = map_find(&in->components, ref);
	if (*out || !slice_cut(ref, '#', &link, &fragment) || !slice_skip(&document, SLICE("urn:uuid:")) || !slice_skip(&link, SLICE("urn:cdx:")) ||
	    !slice_skip(&link, document) || !slice_starts(link, SLICE("/")))
		return 0;
	int r = fragment_read(in, fragment, &decoded, err);
	if (r == 0)
		*out = map_find(&in->components, decoded);
	return r;
}

/*
 * "urn:cdx:SERIAL/VERSION#REF" leads into a document that is not at hand: only
 * where its reference is a package URL, as most tools make them, is it known what it means.
 */
static int
link_read(const struct reading *in, struct slice ref, struct vex_thing *out, struct plim_error *err)
{
	struct slice link, fragment, meant = ref;
	int r = slice_starts(ref, SLICE("urn:cdx:")) && slice_cut(ref, '#', &link, &fragment) ? fragment_read(in, fragment, &meant, err) : 0;
	if (r < 0)
		return r;
	bool is_purl = slice_eq_nocase(slice_first(meant, 4), SLICE("pkg:"));
	return vex_keep(in->arena, is_purl ? meant : ref, is_purl ? &out->purl : &out->name) ? 0 : error_nomem(err);
}

/* A component of what the document describes: that is the product, this its part. */
static int
within_whole(const struct reading *in, const struct json *component, struct vex_statement *out, struct plim_error *err)
{
	if (in->whole == NULL || component == in->whole || (out->product.purl.n && slice_eq(out->product.purl, json_get_string(in->whole, "purl"))))
		return 0;
	struct vex_thing *part = arena_make(in->arena, struct vex_thing);
	if (part == NULL)
		return error_nomem(err);
	*part = out->product;
	out->product = (struct vex_thing){ 0 };
	out->subcomponents = part;
	out->subcomponent_count = 1;
	return component_read(in, in->whole, &out->product, err);
}

static int
product_read(const struct reading *in, struct slice ref, struct vex_statement *out, struct plim_error *err)
{
	const struct json *component;
	int r = component_find(in, ref, &component, err);
	if (r == 0)
		r = component ? component_read(in, component, &out->product, err) : link_read(in, ref, &out->product, err);
	return r < 0 ? r : within_whole(in, component, out, err);
}

/* A version says for itself whether it is affected; affected is what it is where it does not. */
static const struct {
	const char *word;
	enum vex_status status;
} version_states[] = {
	{ "affected", VEX_AFFECTED }, { "", VEX_AFFECTED }, { "unaffected", VEX_NOT_AFFECTED }, { "unknown", VEX_UNDER_INVESTIGATION },
};

static int
version_status(struct slice word, enum vex_status whole, enum vex_status *out, struct plim_error *err)
{
	for (size_t i = 0; i < sizeof version_states / sizeof *version_states; i++)
		if (slice_is(word, version_states[i].word)) {
			*out = version_states[i].status;
			/* Fixed and not affected are both unaffected: the analysis tells which. */
			if (*out == VEX_NOT_AFFECTED && whole == VEX_FIXED)
				*out = VEX_FIXED;
			return 0;
		}
	return error_set(err, PLIM_EFORMAT, "versions: a status that there is not");
}

/* What the version bounds: the part, where there is one. */
static int
version_add(const struct reading *in, const struct json *version, struct vex_statement statement, struct plim_error *err)
{
	struct slice range = json_get_string(version, "range"), exact = json_get_string(version, "version");
	struct vex_thing *part = arena_make(in->arena, struct vex_thing);
	int r = version_status(json_get_string(version, "status"), statement.status, &statement.status, err);
	if (r < 0 || part == NULL)
		return r < 0 ? r : error_nomem(err);
	*part = statement.subcomponent_count ? statement.subcomponents[0] : statement.product;
	part->unclear |= range.n ? !slice_starts(range, SLICE("vers:")) : exact.n == 0;
	if (!vex_keep(in->arena, range.n ? range : exact, &part->range))
		return error_nomem(err);
	if (statement.subcomponent_count)
		statement.subcomponents = part;
	else
		statement.product = *part;
	return vex_add(in->out, &statement, err);
}

static int
affected_read(const struct reading *in, const struct json *affected, struct vex_statement statement, struct plim_error *err)
{
	const struct json *versions;
	struct slice ref = json_get_string(affected, "ref");
	if (ref.n == 0)
		return error_set(err, PLIM_EFORMAT, "affects: no reference");
	int r = product_read(in, ref, &statement, err);
	if (r < 0 || (r = vex_list(affected, "versions", &versions, err)) < 0)
		return r;
	if (versions == NULL || versions->n == 0)
		return vex_add(in->out, &statement, err);
	for (size_t i = 0; r == 0 && i < versions->n; i++)
		r = version_add(in, &versions->items[i], statement, err);
	return r;
}

/* The same vulnerability as others call it. */
static int
names_read(const struct reading *in, const struct json *vulnerability, struct vex_statement *out, struct plim_error *err)
{
	const struct json *references;
	struct slice id = json_get_string(vulnerability, "id");
	int r = vex_list(vulnerability, "references", &references, err);
	if (r < 0)
		return r;
	struct slice *aliases = arena_make_array(in->arena, (references ? references->n : 0) + 1, struct slice);
	if (aliases == NULL)
		return error_nomem(err);
	for (size_t i = 0; references && i < references->n; i++) {
		struct slice alias = json_get_string(json_item(references, i), "id");
		if (alias.n && !vex_keep(in->arena, alias, &aliases[out->alias_count++]))
			return error_nomem(err);
	}
	out->aliases = aliases;
	if (id.n == 0)
		return error_set(err, PLIM_EFORMAT, "no id");
	return vex_keep(in->arena, id, &out->id) ? 0 : error_nomem(err);
}

/* One without an analysis is a finding of whoever wrote the document: nothing is said against it. */
static int
vulnerability_read(const struct reading *in, const struct json *vulnerability, struct plim_error *err)
{
	const struct json *analysis = json_get(vulnerability, "analysis"), *affects;
	struct vex_statement statement = { 0 };
	if (!json_is(vulnerability, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "no object");
	if (analysis == NULL)
		return 0;
	int r = status_read(analysis, &statement.status, err);
	if (r < 0 || (r = names_read(in, vulnerability, &statement, err)) < 0 || (r = vex_time_of(analysis, "lastUpdated", "firstIssued", in->out->issued, &statement.time, err)) < 0 ||
	    (r = vex_list(vulnerability, "affects", &affects, err)) < 0)
		return r;
	if (!vex_keep(in->arena, json_get_string(analysis, "justification"), &statement.justification) ||
	    !vex_keep(in->arena, json_get_string(analysis, "detail"), &statement.impact))
		return error_nomem(err);
	for (size_t i = 0; r == 0 && affects && i < affects->n; i++)
		r = affected_read(in, &affects->items[i], statement, err);
	return r;
}

static struct slice
author_of(const struct json *metadata)
{
	static const char *const makers[] = { "supplier", "manufacturer", "manufacture" };
	struct slice name = json_get_string(json_item(json_get(metadata, "authors"), 0), "name");
	for (size_t i = 0; name.n == 0 && i < sizeof makers / sizeof *makers; i++)
		name = json_get_string(json_get(metadata, makers[i]), "name");
	return name;
}

static int
head_read(struct reading *in, const struct json *root, struct plim_error *err)
{
	static const char *const versions[] = { "1.4", "1.5", "1.6", "1.7" };
	const struct json *metadata = json_get(root, "metadata"), *version = json_get(root, "version");
	struct slice spec = json_get_string(root, "specVersion");
	size_t at = 0, n = sizeof versions / sizeof *versions;
	while (at < n && !slice_is(spec, versions[at]))
		at++;
	if (at == n)
		return error_set(err, PLIM_EUNSUPPORTED, "CycloneDX %.*s, and VEX is known here of 1.4 to 1.7", SLICE_ARG(slice_first(spec, 20)));
	int r = vex_time(metadata, "timestamp", &in->out->issued, err);
	if (r < 0)
		return r;
	bool kept = vex_keep(in->arena, json_get_string(root, "serialNumber"), &in->out->id) && vex_keep(in->arena, author_of(metadata), &in->out->author) &&
	            vex_keep(in->arena, version ? version->text : SLICE_NONE, &in->out->version);
	in->whole = json_get(metadata, "component");
	if (in->whole) {
		const struct json whole = { .type = JSON_ARRAY, .n = 1, .items = (struct json *)in->whole };
		r = kept ? components_note(in, &whole, err) : 0;
	}
	return kept ? r : error_nomem(err);
}

int
cyclonedx_vex_read(const struct json *root, struct arena *arena, struct vex_document *out, struct plim_error *err)
{
	AUTO(reading) struct reading in = { .arena = arena, .out = out };
	const struct json *components, *vulnerabilities;
	int r = head_read(&in, root, err);
	if (r < 0 || (r = vex_list(root, "components", &components, err)) < 0 || (r = components_note(&in, components, err)) < 0 ||
	    (r = vex_list(root, "vulnerabilities", &vulnerabilities, err)) < 0)
		return r;
	for (size_t i = 0; r == 0 && vulnerabilities && i < vulnerabilities->n; i++)
		if ((r = vulnerability_read(&in, &vulnerabilities->items[i], err)) < 0)
			return error_wrap(err, r, "vulnerabilities[%zu]", i);
	return r;
}
