/* SPDX-License-Identifier: Apache-2.0 */
/* What a definition of OVAL tells of itself: its id, other names, severity and dates. */
#include "advisory/oval.h"

#include "base/date.h"
#include "base/error.h"

int64_t
oval_date(struct slice text, struct arena *arena)
{
	int64_t seconds = DATE_NONE;
	/* Some write no time zone. */
	if (!date_parse(text, &seconds) && text.n)
		date_parse(arena_printf(arena, "%.*sZ", SLICE_ARG(text)), &seconds);
	return seconds;
}

/* "CVE-2019-16168" of "CVE:00001:CVE-2019-16168" and of "Mitre CVE-2019-16168". */
static struct slice
cve_of(struct slice text)
{
	size_t at = slice_find_text(text, SLICE("CVE-"));
	return at == SIZE_MAX ? SLICE_NONE : slice_trim(slice_from(text, at));
}

static int
put_alias(struct map *seen, struct slice *aliases, size_t *n, struct slice id, struct slice alias, struct plim_error *err)
{
	if (alias.n == 0 || slice_eq(alias, id))
		return 0;
	void **place = map_place(seen, alias);
	if (place == NULL)
		return error_nomem(err);
	if (*place == NULL)
		aliases[(*n)++] = alias;
	*place = aliases;
	return 0;
}

static int
take_references(const struct xml_element *metadata, struct arena *arena, struct advisory *out, struct plim_error *err)
{
	AUTO(map) struct map seen = { 0 };
	size_t room = 0;
	const struct xml_element *advisory = xml_child(metadata, "advisory");
	for (const struct xml_element *at = metadata->first; at; at = at->next)
		room++;
	for (const struct xml_element *at = advisory ? advisory->first : NULL; at; at = at->next)
		room++;
	struct slice *aliases = arena_make_array(arena, room + 1, struct slice);
	int r = aliases ? 0 : error_nomem(err);
	for (const struct xml_element *at = metadata->first; r == 0 && at; at = at->next) {
		if (!slice_is(at->name, "reference"))
			continue;
		if (out->url.n == 0)
			out->url = xml_attribute(at, "ref_url");
		r = put_alias(&seen, aliases, &out->alias_count, out->id, cve_of(xml_attribute(at, "ref_id")), err);
	}
	for (const struct xml_element *at = advisory ? advisory->first : NULL; r == 0 && at; at = at->next)
		if (slice_is(at->name, "cve"))
			r = put_alias(&seen, aliases, &out->alias_count, out->id, cve_of(at->text), err);
	out->aliases = aliases;
	return r;
}

/* Of an advisory of one CVE: "5.7/CVSS:3.0/AV:N/...".  Of several there is no vector that is all of them. */
static struct slice
vector_of(const struct xml_element *advisory)
{
	struct slice vector = SLICE_NONE, score, found;
	size_t n = 0;
	for (const struct xml_element *at = advisory ? advisory->first : NULL; at; at = at->next)
		if (slice_is(at->name, "cve") && ++n && slice_cut(xml_attribute(at, "cvss3"), '/', &score, &found))
			vector = found;
	return n == 1 ? vector : SLICE_NONE;
}

/* "ELSA-2021-9151: openssl security update", "CVE-2024-1 affecting package x", and "Unaffected components for: CVE-2024-1". */
static int
take_title(const struct xml_element *metadata, struct advisory *out, struct plim_error *err)
{
	struct slice rest = slice_trim(xml_child_text(metadata, "title")), word = SLICE_NONE;
	out->title = slice_first_text(rest, 160);
	slice_word(&rest, &word);
	slice_skip_end(&word, SLICE(":"));
	if (slice_find(word, '-') == SIZE_MAX)
		word = cve_of(rest);
	out->id = word;
	return slice_find(word, '-') == SIZE_MAX ? error_set(err, PLIM_EFORMAT, "a title that begins with no id") : 0;
}

int
oval_fill_advisory(struct oval_definition *d, struct advisory *out, struct plim_error *err)
{
	const struct xml_element *metadata = xml_child(d->from, "metadata"), *advisory = xml_child(metadata, "advisory");
	struct slice word = xml_child_text(advisory, "severity");
	*out = (struct advisory){ .published = DATE_NONE, .modified = DATE_NONE };
	int r = metadata ? take_title(metadata, out, err) : error_set(err, PLIM_EFORMAT, "no metadata");
	if (r < 0 || (r = take_references(metadata, d->arena, out, err)) < 0)
		return r;
	severity_parse(word.n ? word : xml_child_text(metadata, "severity"), &out->severity);
	out->vector = vector_of(advisory);
	struct slice issued = xml_attribute(xml_child(advisory, "issued"), "date");
	out->published = oval_date(issued.n ? issued : xml_child_text(metadata, "advisory_date"), d->arena);
	out->modified = oval_date(xml_attribute(xml_child(advisory, "updated"), "date"), d->arena);
	d->issued = out->published;
	return 0;
}
