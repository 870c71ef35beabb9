/* SPDX-License-Identifier: Apache-2.0 */
/* References among items of OVAL, walked backwards from those that ask what a scanner may not see. */
#include "scap/oval.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/xml.h"

#include <inttypes.h>

/* A rule, whether a rule or a group applies, a platform, or a definition, test, object, state or variable. */
struct item {
	VEC(struct item *) users;
	unsigned asks;             /* enum scap_asks */
	struct item *applies;      /* of a rule */
	struct item *next;         /* of all */
};

/* A group that is being read. */
struct level {
	struct item *applies;
	size_t depth;
};

/*
 * Tests, objects and states by what their names begin with.  Any other is of the machine: processes, mounts, sysctl, units of systemd, password ages,
 * rpmverifypackage, which leaves oscap in the other root where there is no rpm, and whatever nobody has looked at.
 */
static const struct {
	const char *name;
	enum scap_asks asks;
} probes[] = {
	{ "dpkginfo_", SCAP_ASKS_DPKG },
	{ "rpminfo_", SCAP_ASKS_RPM },
	{ "rpmverify_", SCAP_ASKS_RPM | SCAP_ASKS_FILES },
	{ "rpmverifyfile_", SCAP_ASKS_RPM | SCAP_ASKS_FILES },
	{ "fileextendedattribute_", SCAP_ASKS_LEFT_OUT },
	{ "selinuxsecuritycontext_", SCAP_ASKS_LEFT_OUT },
	{ "family_", 0 },
	{ "file_", SCAP_ASKS_FILES },
	{ "filehash_", SCAP_ASKS_FILES },
	{ "filehash58_", SCAP_ASKS_FILES },
	{ "filemd5_", SCAP_ASKS_FILES },
	{ "password_", SCAP_ASKS_FILES },
	{ "symlink_", SCAP_ASKS_FILES },
	{ "textfilecontent_", SCAP_ASKS_FILES },
	{ "textfilecontent54_", SCAP_ASKS_FILES },
	{ "unknown_", 0 },
	{ "variable_", 0 },
	{ "xmlfilecontent_", SCAP_ASKS_FILES },
	{ "yamlfilecontent_", SCAP_ASKS_FILES },
};

static unsigned
asks_of(struct slice element)
{
	for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
		if (slice_starts(element, slice_of(probes[i].name)))
			return probes[i].asks;
	bool probe = slice_ends(element, SLICE("_test")) || slice_ends(element, SLICE("_object")) || slice_ends(element, SLICE("_state"));
	return probe ? SCAP_ASKS_MACHINE : 0;
}

struct graph {
	struct xml *xml;
	struct arena *arena;
	struct map items;          /* by id */
	struct item *all;
	struct item *owner;        /* whose references are being read; NULL: nobody's */
	size_t owner_depth, count;
	VEC(struct level) groups;  /* the innermost last */
	bool names_check;          /* the rule at hand */
	VEC(struct item *) open;   /* whose users are to be told what they ask */
	struct strbuf word;
};

static void
auto_graph(struct graph *g)
{
	for (struct item *item = g->all; item; item = item->next)
		vec_done(&item->users);
	vec_done(&g->open);
	vec_done(&g->groups);
	map_done(&g->items);
	strbuf_done(&g->word);
	arena_free(g->arena);
}

static int
count(struct graph *g, struct plim_error *err)
{
	if (g->count++ < LIMIT_SCAP_ITEM_COUNT)
		return 0;
	return error_set(err, PLIM_ELIMIT, "line %u: more items than limit SCAP_ITEM_COUNT (%" PRIu64 ")", xml_line(g->xml), LIMIT_SCAP_ITEM_COUNT);
}

static int
item_new(struct graph *g, struct item **out, struct plim_error *err)
{
	int r = count(g, err);
	if (r < 0)
		return r;
	if ((*out = arena_make(g->arena, struct item)) == NULL)
		return error_nomem(err);
	**out = (struct item){ .next = g->all };
	g->all = *out;
	return 0;
}

static int
item_at(struct graph *g, struct slice id, struct item **out, struct plim_error *err)
{
	if ((*out = map_find(&g->items, id)))
		return 0;
	int r = item_new(g, out, err);
	if (r < 0)
		return r;
	struct slice kept = arena_dup(g->arena, id);
	void **place = kept.p ? map_place(&g->items, kept) : NULL;
	if (place == NULL)
		return error_nomem(err);
	*place = *out;
	return 0;
}

static int
use(struct graph *g, struct item *used, struct item *by, struct plim_error *err)
{
	int r = count(g, err);
	if (r < 0)
		return r;
	struct item **user = vec_push(&used->users);
	if (user == NULL)
		return error_nomem(err);
	*user = by;
	return 0;
}

/* The item asks what `id` is. */
static int
refer(struct graph *g, struct item *by, struct slice id, struct plim_error *err)
{
	struct item *used;
	int r = item_at(g, id, &used, err);
	return r < 0 ? r : use(g, used, by, err);
}

static bool
attribute(struct graph *g, const char *name)
{
	strbuf_clear(&g->word);
	return xml_attribute_find(g->xml->attributes, name, &g->word) && g->word.n > 0;
}

/* Whether a rule or a group applies: where the group around it does, as far as that goes. */
static int
applying(struct graph *g, struct item **out, struct plim_error *err)
{
	int r = item_new(g, out, err);
	return r < 0 || g->groups.n == 0 ? r : use(g, g->groups.at[g->groups.n - 1].applies, *out, err);
}

static int
begin_group(struct graph *g, struct plim_error *err)
{
	struct level level = { .depth = g->xml->depth };
	int r = applying(g, &level.applies, err);
	struct level *place = r == 0 ? vec_push(&g->groups) : NULL;
	if (place)
		*place = level;
	return r < 0 || place ? r : error_nomem(err);
}

/* What an element is called by those that ask for it, in g->word: platforms as rules do, "#ID" for those of the language of CPE. */
static bool
owner_name(struct graph *g, struct slice name)
{
	if (slice_is(name, "cpe-item"))
		return attribute(g, "name");
	if (!slice_is(name, "platform"))
		return attribute(g, "id") && (slice_is(name, "Rule") || slice_starts(strbuf_slice(&g->word), SLICE("oval:")));
	strbuf_clear(&g->word);
	strbuf_putc(&g->word, '#');
	return xml_attribute_find(g->xml->attributes, "id", &g->word);
}

static int
begin_owner(struct graph *g, struct slice name, struct plim_error *err)
{
	bool rule = slice_is(name, "Rule");
	if (slice_is(name, "Group"))
		return begin_group(g, err);
	if (g->groups.n && slice_is(name, "platform") && attribute(g, "idref"))
		return refer(g, g->groups.at[g->groups.n - 1].applies, strbuf_slice(&g->word), err);
	if (!owner_name(g, name))
		return 0;
	int r = item_at(g, strbuf_slice(&g->word), &g->owner, err);
	if (r == 0 && rule)
		r = applying(g, &g->owner->applies, err);
	if (r < 0)
		return r;
	g->owner_depth = g->xml->depth;
	g->names_check = !rule;
	g->owner->asks |= asks_of(name);
	return 0;
}

/* Of a file: one whose kind is compared otherwise than for being one of these may be of another. */
static bool
is_unpacked_kind(struct slice text)
{
	return slice_is(text, "regular") || slice_is(text, "directory") || slice_is(text, "symbolic link");
}

static bool
is_compared(struct graph *g)
{
	return attribute(g, "operation") && !slice_is(strbuf_slice(&g->word), "equals");
}

static int
on_open(struct graph *g, struct slice name, struct plim_error *err)
{
	static const char *const references[] = { "test_ref", "definition_ref", "object_ref", "state_ref", "var_ref", "id-ref" };
	if (g->owner == NULL)
		return begin_owner(g, name, err);
	if (slice_is(name, "has_extended_acl") || (slice_is(name, "type") && is_compared(g)))
		g->owner->asks |= SCAP_ASKS_LEFT_OUT;
	/* Of another root it knows no mounts: what is to be looked for where a disk of this machine is, it finds nowhere. */
	if (slice_is(name, "behaviors") && attribute(g, "recurse_file_system") && slice_is(strbuf_slice(&g->word), "local"))
		g->owner->asks |= SCAP_ASKS_MACHINE;
	if (slice_is(name, "check-content-ref")) {
		g->names_check = attribute(g, "name");
		return g->names_check ? refer(g, g->owner, strbuf_slice(&g->word), err) : (g->owner->asks = SCAP_ASKS_ALL, 0);
	}
	if (g->owner->applies && slice_is(name, "platform") && attribute(g, "idref"))
		return refer(g, g->owner->applies, strbuf_slice(&g->word), err);
	if (slice_is(name, "fact-ref") && attribute(g, "name"))
		return refer(g, g->owner, strbuf_slice(&g->word), err);
	for (size_t i = 0; i < sizeof references / sizeof *references; i++)
		if (attribute(g, references[i])) {
			int r = refer(g, g->owner, strbuf_slice(&g->word), err);
			if (r < 0)
				return r;
		}
	return 0;
}

static int
on_close(struct graph *g, struct slice name, struct plim_error *err)
{
	struct slice text = slice_trim(strbuf_slice(&g->xml->text));
	if (g->groups.n && g->groups.at[g->groups.n - 1].depth == g->xml->depth)
		g->groups.n--;
	if (g->owner == NULL)
		return 0;
	if (g->owner_depth == g->xml->depth) {
		g->owner->asks |= g->names_check ? 0 : SCAP_ASKS_ALL;
		g->owner = NULL;
		return 0;
	}
	if (slice_is(name, "type") && !is_unpacked_kind(text))
		g->owner->asks |= SCAP_ASKS_LEFT_OUT;
	/* <var_ref>, <object_reference>, <filter>, a platform's <check> */
	return slice_starts(text, SLICE("oval:")) && slice_find(text, ' ') == SIZE_MAX ? refer(g, g->owner, text, err) : 0;
}

static int
read_all(struct graph *g, struct plim_error *err)
{
	enum xml_kind kind;
	int r;
	while ((r = xml_next(g->xml, &kind, err)) == 0 && kind != XML_END) {
		struct slice name = path_base(strbuf_slice(&g->xml->path));
		r = kind == XML_OPEN ? on_open(g, name, err) : on_close(g, name, err);
		if (r < 0 || g->word.failed)
			return r < 0 ? r : error_nomem(err);
	}
	return r;
}

static int
open_push(struct graph *g, struct item *item, struct plim_error *err)
{
	struct item **place = vec_push(&g->open);
	if (place == NULL)
		return error_nomem(err);
	*place = item;
	return 0;
}

/* What a user asks too, from now on, its users ask as well. */
static int
spread_from(struct graph *g, const struct item *item, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < item->users.n; i++) {
		struct item *user = item->users.at[i];
		if ((item->asks & ~user->asks) == 0)
			continue;
		user->asks |= item->asks;
		r = open_push(g, user, err);
	}
	return r;
}

static int
spread(struct graph *g, struct plim_error *err)
{
	int r = 0;
	for (struct item *item = g->all; r == 0 && item; item = item->next)
		r = item->asks ? open_push(g, item, err) : 0;
	while (r == 0 && g->open.n)
		r = spread_from(g, g->open.at[--g->open.n], err);
	return r;
}

int
scap_oval_asks(struct slice datastream, const struct scap_selection *selection, struct scap_asked *asks, struct plim_error *err)
{
	AUTO(xml) struct xml xml = { .in = { .in = datastream } };
	AUTO(graph) struct graph g = { .xml = &xml, .arena = arena_new(LIMIT_SCAP_MEMORY_BYTES) };
	int r = g.arena ? read_all(&g, err) : error_nomem(err);
	if (r == 0)
		r = spread(&g, err);
	for (size_t i = 0; r == 0 && i < selection->rules.n; i++) {
		const struct item *item = map_find(&g.items, selection->rules.at[i].rule->id);
		asks[i] = item ? (struct scap_asked){ item->asks, item->applies ? item->applies->asks : 0 } : (struct scap_asked){ SCAP_ASKS_ALL, SCAP_ASKS_ALL };
	}
	return r;
}
