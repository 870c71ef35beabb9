/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenVEX from exceptions.  An exception accepts a risk: its statement is
 * `affected`, with the reason as what is done about it, which waives nowhere.
 * `not_affected` it is only where the exception says why, by `justification`.
 */
#include "policy/policy.h"

#include "base/date.h"
#include "base/error.h"
#include "codec/json_write.h"
#include "codec/purl.h"
#include "policy/model.h"
#include "policy/notes.h"

#include <plimsoll/build.h>

/* No glob. */
static bool
is_plain(struct slice text)
{
	return slice_find(text, '*') == SIZE_MAX && slice_find(text, '?') == SIZE_MAX && slice_find(text, '[') == SIZE_MAX && slice_find(text, '{') == SIZE_MAX;
}

/* A finding's id is one too: 16 digits, which are no vulnerability. */
static bool
is_finding(struct slice id)
{
	uint64_t number;
	return id.n == 16 && slice_to_u64(id, 16, &number);
}

static struct slice
vulnerability_of(const struct exception *e)
{
	struct slice name = e->rule;
	if (e->id.n)
		return is_finding(e->id) ? SLICE_NONE : e->id;
	return slice_skip(&name, SLICE("vulnerabilities/")) && is_plain(name) ? name : SLICE_NONE;
}

static bool
is_of_vulnerabilities(const struct exception *e)
{
	return e->id.n ? !is_finding(e->id) : slice_starts(e->rule, SLICE("vulnerabilities"));
}

/* Its package, by its URL, or by a name of the one ecosystem that it is for; absent: none, or none that can be told. */
static struct slice
package_of(const struct exception *e, struct arena *arena)
{
	const struct slice_list *ecosystems = &e->scope.ecosystems;
	AUTO(strbuf) struct strbuf text = { 0 };
	struct purl purl = { .name = e->package };
	struct plim_error err = { 0 };
	if (e->purl.n)
		return e->purl;
	if (e->package.n == 0 || !is_plain(e->package) || ecosystems->n != 1 || !is_plain(ecosystems->at[0]))
		return SLICE_NONE;
	purl.type = ecosystems->at[0];
	slice_cut_last(e->package, slice_is(purl.type, "maven") ? ':' : '/', &purl.namespace, &purl.name);
	if (purl.name.p == NULL)
		purl.name = e->package, purl.namespace = SLICE_NONE;
	purl_write(&purl, &text);
	struct purl again;
	if (text.failed || purl_parse(strbuf_slice(&text), arena, &again, &err) < 0)
		return SLICE_NONE;
	return arena_dup(arena, strbuf_slice(&text));
}

/* What OpenVEX cannot say of it; NULL: it can. */
static const char *
obstacle(const struct exception *e, struct slice package, int64_t today)
{
	if (e->until < today)
		return "it has ended";
	if (vulnerability_of(e).n == 0)
		return "it names no single vulnerability";
	if (e->path.n || e->setting.n || e->scope.paths.n || e->scope.layers.n)
		return "it is for some paths or layers only";
	if (e->package.n && package.n == 0)
		return "which package it means is not told by a package URL: give it 'purl'";
	if (package.n == 0 && e->scope.ecosystems.n)
		return "it is for some ecosystems only";
	if (package.n == 0 && e->scope.images.n == 0)
		return "it names neither a package nor an image";
	for (size_t i = 0; i < e->scope.images.n; i++)
		if (!is_plain(e->scope.images.at[i]))
			return "it names images by a glob";
	return NULL;
}

/* "pkg:oci/web?repository_url=registry.example%2Fteam%2Fweb" */
static void
put_image(struct json_writer *w, struct slice repository)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct purl purl = { .type = SLICE("oci"), .name = path_base(repository), .qualifiers = { { SLICE("repository_url"), repository } }, .qualifier_count = 1 };
	purl_write(&purl, &text);
	json_write_member(w, "@id", strbuf_slice(&text));
}

static void
put_part(struct json_writer *w, struct slice package)
{
	json_write_key(w, SLICE("subcomponents"));
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, "@id", package);
	json_write_object_end(w);
	json_write_array_end(w);
}

static void
put_products(struct json_writer *w, const struct exception *e, struct slice package)
{
	json_write_key(w, SLICE("products"));
	json_write_array(w);
	for (size_t i = 0; i < (e->scope.images.n ? e->scope.images.n : 1); i++) {
		json_write_object(w);
		if (e->scope.images.n)
			put_image(w, e->scope.images.at[i]);
		else
			json_write_member(w, "@id", package);
		if (e->scope.images.n && package.n)
			put_part(w, package);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_until(const struct exception *e, struct strbuf *into)
{
	char day[DATE_TEXT_SIZE];
	strbuf_printf(into, "until %s%s", date_day_text(e->until, day), e->until_fixed ? " or until it is fixed" : "");
}

/* " (OWNER, TICKET)" */
static void
put_owner(const struct exception *e, struct strbuf *into)
{
	strbuf_puts(into, " (");
	strbuf_put(into, e->owner);
	strbuf_puts(into, e->ticket.n ? ", " : "");
	strbuf_put(into, e->ticket);
	strbuf_puts(into, ")");
}

static struct slice
action_of(const struct exception *e, struct strbuf *into)
{
	strbuf_puts(into, "Accepted ");
	put_until(e, into);
	strbuf_puts(into, ": ");
	strbuf_put(into, e->reason);
	put_owner(e, into);
	return strbuf_slice(into);
}

/* No statement of OpenVEX ends by itself: that it is to be said again is told to people. */
static struct slice
notes_of(const struct exception *e, struct strbuf *into)
{
	strbuf_puts(into, "Said ");
	put_until(e, into);
	put_owner(e, into);
	return strbuf_slice(into);
}

static void
put_statement(struct json_writer *w, const struct exception *e, struct slice package)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	bool affected = e->justification.n == 0;
	json_write_object(w);
	json_write_member(w, "action_statement", affected ? action_of(e, &text) : SLICE_NONE);
	json_write_member(w, "impact_statement", affected ? SLICE_NONE : e->reason);
	json_write_member(w, "justification", e->justification.n ? e->justification : SLICE_NONE);
	put_products(w, e, package);
	json_write_member(w, "status", affected ? SLICE("affected") : SLICE("not_affected"));
	json_write_member(w, "status_notes", affected ? SLICE_NONE : notes_of(e, &text));
	json_write_key(w, SLICE("vulnerability"));
	json_write_object(w);
	json_write_member(w, "name", vulnerability_of(e));
	json_write_object_end(w);
	json_write_object_end(w);
}

static void
put_statements(struct json_writer *w, const struct policy *policy, int64_t today, struct strbuf *left_out)
{
	json_write_key(w, SLICE("statements"));
	json_write_array(w);
	for (size_t i = 0; i < policy->exceptions.n; i++) {
		const struct exception *e = &policy->exceptions.at[i];
		struct slice package = package_of(e, policy->arena);
		const char *why = is_of_vulnerabilities(e) ? obstacle(e, package, today) : NULL;
		if (is_of_vulnerabilities(e) && why == NULL && !exception_counts(policy, e, today))
			why = "too few have approved it";
		if (why) {
			note_place(e->at, left_out);
			strbuf_printf(left_out, ": left out: %s\n", why);
		} else if (is_of_vulnerabilities(e))
			put_statement(w, e, package);
	}
	json_write_array_end(w);
}

void
policy_vex_write(const struct policy *policy, int64_t at, struct slice author, struct strbuf *into, struct strbuf *left_out)
{
	char hex[DIGEST_TEXT_SIZE], now[DATE_TEXT_SIZE];
	AUTO(strbuf) struct strbuf id = { 0 };
	struct json_writer w = { .into = into, .indent = true };
	/* The same exceptions at another time are another document. */
	strbuf_printf(&id, "urn:plimsoll:vex:%s:%s", digest_hex(&policy->digest, hex), date_text(at, now));
	json_write_object(&w);
	json_write_member(&w, "@context", SLICE("https://openvex.dev/ns/v0.2.0"));
	json_write_member(&w, "@id", strbuf_slice(&id));
	json_write_member(&w, "author", author.n ? author : policy->name);
	put_statements(&w, policy, date_day(at), left_out);
	json_write_member_time(&w, "timestamp", at);
	json_write_member(&w, "tooling", SLICE("plimsoll " PLIM_VERSION));
	json_write_member_u64(&w, "version", 1);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
	into->failed |= id.failed;
}
