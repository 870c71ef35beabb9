/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/backport.h"

#include "advisory/affects.h"
#include "advisory/ecosystem.h"
#include "advisory/vendor.h"
#include "base/error.h"
#include "base/vec.h"

/* What the distribution says of one advisory in this revision. */
enum word { WORD_NONE, WORD_MENDED, WORD_OPEN };

struct asked {
	struct slice id;
	enum word word;
	struct slice fixed;            /* WORD_OPEN: the first revision that has it, absent if none */
};

struct asking {
	const struct database *db;
	const struct data_feed *feeds;
	struct arena *arena;
	struct slice key;              /* of the release */
	const struct package *package;
	const struct version_scheme *scheme;
	const struct upstream *upstream;
	struct slice name;             /* of it, as the ecosystem at hand compares names */
	VEC(struct asked) asked;
	enum whole { WHOLE_NOT, WHOLE_COLLECTED, WHOLE_DECLARED } whole;    /* does the data have all that upstream fixed? */
};

/* upstream */

/* A pre-release counts as its release: at most one more advisory is asked about. */
static struct slice
release_of(struct slice version)
{
	size_t n = 0;
	slice_skip(&version, SLICE("v"));
	while (n < version.n && version.p[n] != '-' && version.p[n] != '+')
		n++;
	return version.p ? slice_first(version, n) : version;
}

struct upstream_word {
	bool still;                    /* the wanted version has it too */
	bool fixed;                    /* in a version up to the wanted one */
	bool needed;                   /* the installed version has it */
};

static bool
is_within(const struct asking *a, const struct version_span *span, struct slice version)
{
	bool begun = span->introduced.p == NULL || slice_is(span->introduced, "0") ||
	             a->scheme->compare(version, span->introduced) >= (span->behind ? 1 : 0);
	if (span->limit.p && a->scheme->compare(version, span->limit) >= 0)
		return false;
	if (span->fixed.p)
		return begun && a->scheme->compare(version, span->fixed) < 0;
	return begun && (span->last.p == NULL || a->scheme->compare(version, span->last) <= 0);
}

static bool
is_readable(const struct asking *a, struct slice version)
{
	return version.p == NULL || slice_is(version, "0") || a->scheme->check(version, NULL) == 0;
}

/* Where versions cannot be compared, the distribution is asked. */
static void
hear_span(const struct asking *a, struct version_span span, struct upstream_word *out)
{
	struct slice wanted = a->upstream->wanted;
	span = (struct version_span){ release_of(span.introduced), release_of(span.fixed), release_of(span.last), release_of(span.limit), span.behind };
	if (!is_readable(a, span.introduced) || !is_readable(a, span.fixed) || !is_readable(a, span.last) || !is_readable(a, span.limit)) {
		out->fixed = out->needed = true;
		return;
	}
	out->still = out->still || is_within(a, &span, wanted);
	out->needed = out->needed || is_within(a, &span, a->upstream->installed);
	if (span.fixed.p)
		out->fixed = out->fixed || a->scheme->compare(span.fixed, wanted) <= 0;
	else if (span.last.p)
		out->fixed = out->fixed || a->scheme->compare(span.last, wanted) < 0;
}

static struct upstream_word
upstream_says(const struct asking *a, const struct store_statement *s)
{
	struct upstream_word word = {
		.still = s->state != MATCH_FIXED || statement_lists(s, a->scheme, a->upstream->wanted),
		.needed = statement_lists(s, a->scheme, a->upstream->installed),
	};
	struct store_list events = s->events;
	struct version_span span;
	while (s->state == MATCH_FIXED && statement_next_span(&events, &span))
		hear_span(a, span, &word);
	return word;
}

/* the distribution */

static bool
has_name(const struct store_advisory *a, struct slice id)
{
	struct store_list aliases = a->aliases;
	struct slice alias;
	bool found = slice_eq(a->id, id);
	while (!found && store_next_text(&aliases, &alias))
		found = slice_eq(alias, id);
	return found;
}

static bool
is_same(const struct store_advisory *a, const struct store_advisory *b)
{
	struct store_list aliases = a->aliases;
	struct slice alias;
	bool found = has_name(b, a->id);
	while (!found && store_next_text(&aliases, &alias))
		found = has_name(b, alias);
	return found;
}

/* The release's own feed decides where it says that something is mended; beside that, one that says it is not.  Undecided says nothing. */
static void
hear_statement(const struct asking *a, const struct store_statement *s, bool own, struct slice version, struct asked *out, bool *decided)
{
	struct yardstick against = yardstick_of(a->scheme, version);
	struct judgement judgement = statement_judge(s, &against);
	if (!judgement.vulnerable) {
		*decided = *decided || own;
		out->word = own || out->word == WORD_NONE ? WORD_MENDED : out->word;
		return;
	}
	if (*decided || judgement.state == MATCH_UNDER_INVESTIGATION)
		return;
	out->word = WORD_OPEN;
	if (out->fixed.p == NULL || (judgement.fixed.p && a->scheme->compare(judgement.fixed, out->fixed) < 0))
		out->fixed = judgement.fixed;
}

static struct asked
distribution_says(const struct asking *a, const struct store_advisory *advisory)
{
	struct asked asked = { .word = WORD_NONE };
	struct known_as names[KNOWN_AS_MOST];
	size_t n = package_known_as(a->package, names);
	bool decided = false;
	for (size_t i = 0; i < n; i++) {
		const struct store_group whole = store_package(a->db, a->key, names[i].name);
		struct store_group group = whole;
		struct store_statement s;
		while (store_next_statement(&group, &s)) {
			struct store_advisory theirs = store_advisory_of(a->db, &s);
			if (is_same(advisory, &theirs) && statement_is_of_module(&s, whole, a->package->module))
				hear_statement(a, &s, a->feeds[s.feed].own, names[i].version, &asked, &decided);
		}
	}
	return asked;
}

/* both */

static struct slice
name_of(const struct store_advisory *a)
{
	struct store_list aliases = a->aliases;
	struct slice alias;
	while (!slice_starts(a->id, SLICE("CVE-")) && store_next_text(&aliases, &alias))
		if (slice_starts(alias, SLICE("CVE-")))
			return alias;
	return a->id;
}

static bool
is_asked(const struct asking *a, struct slice id)
{
	for (size_t i = 0; i < a->asked.n; i++)
		if (slice_eq(a->asked.at[i].id, id))
			return true;
	return false;
}

static int
ask_of(struct asking *a, const struct store_statement *s, struct plim_error *err)
{
	struct upstream_word word = upstream_says(a, s);
	struct store_advisory advisory = store_advisory_of(a->db, s);
	struct slice id = name_of(&advisory);
	if (word.still || !(word.fixed || word.needed) || is_asked(a, id))
		return 0;
	struct asked asked = distribution_says(a, &advisory), *kept;
	if (asked.word != WORD_OPEN && !word.needed)
		return 0;
	asked.id = id;
	if ((kept = vec_push(&a->asked)) == NULL)
		return error_nomem(err);
	*kept = asked;
	return 0;
}

/* A feed that declares the component, or one that collects a whole ecosystem and names it. */
static enum whole
whole_by(const struct asking *a, const struct store_cover *cover, bool named)
{
	if (cover->named != COVER_DECLARED)
		return named && cover->named >= 100 ? WHOLE_COLLECTED : WHOLE_NOT;
	struct store_list names = cover->packages;
	struct slice name;
	while (store_next_text(&names, &name))
		if (slice_eq(name, a->name))
			return WHOLE_DECLARED;
	return cover->packages.left == 0 ? WHOLE_DECLARED : WHOLE_NOT;
}

static void
hear_covers(struct asking *a, struct slice ecosystem, bool named)
{
	struct store_cover cover;
	for (uint64_t at = 0; store_next_cover(a->db, &at, &cover);) {
		enum whole whole = slice_eq(cover.ecosystem, ecosystem) ? whole_by(a, &cover, named) : WHOLE_NOT;
		a->whole = whole > a->whole ? whole : a->whole;
	}
}

static int
ask_ecosystem(struct asking *a, struct slice ecosystem, struct plim_error *err)
{
	a->name = ecosystem_package_name(ecosystem, a->upstream->name, a->arena);
	struct store_group group = store_package(a->db, ecosystem, a->name);
	struct store_statement s;
	int r = a->name.p ? 0 : error_nomem(err);
	hear_covers(a, ecosystem, group.package.p != NULL);
	while (r == 0 && store_next_statement(&group, &s))
		r = ask_of(a, &s, err);
	return r;
}

/* the answer */

static int
by_id(const void *left, const void *right)
{
	return slice_cmp(((const struct asked *)left)->id, ((const struct asked *)right)->id);
}

static struct slice
later(const struct asking *a, struct slice one, struct slice other)
{
	return one.p == NULL || a->scheme->compare(other, one) > 0 ? other : one;
}

static size_t
count_of(const struct asking *a, enum word word)
{
	size_t n = 0;
	for (size_t i = 0; i < a->asked.n; i++)
		n += a->asked.at[i].word == word;
	return n;
}

/* Those of one word; the revision that has them all only where each has one. */
static int
list(const struct asking *a, enum word word, struct backport *out, struct plim_error *err)
{
	struct slice *ids = arena_make_array(a->arena, a->asked.n + 1, struct slice);
	bool all = true;
	if (ids == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < a->asked.n; i++) {
		const struct asked *asked = &a->asked.at[i];
		if (asked->word != word)
			continue;
		ids[out->id_count++] = asked->id;
		all = all && asked->fixed.p;
		out->fixed_version = all ? later(a, out->fixed_version, asked->fixed) : SLICE_NONE;
	}
	out->ids = ids;
	return 0;
}

static struct slice
reason_of(const struct asking *a, const struct backport *answer)
{
	const struct upstream *up = a->upstream;
	if (a->whole == WHOLE_COLLECTED && a->asked.n == 0)
		return arena_printf(a->arena, "upstream's %.*s is below %.*s, and the collection that speaks of it has nothing that upstream fixed between them",
		                    SLICE_ARG(up->installed), SLICE_ARG(up->wanted));
	if (a->whole == WHOLE_NOT)
		return arena_printf(a->arena, "upstream's %.*s is below %.*s, and no advisory data covers what upstream fixed in %.*s%s%.*s",
		                    SLICE_ARG(up->installed), SLICE_ARG(up->wanted), SLICE_ARG(up->ecosystem), up->ecosystem.n ? ":" : "",
		                    SLICE_ARG(up->name));
	return arena_printf(a->arena, "upstream fixed %.*s%s by %.*s, and the data of %.*s does not say whether this revision has the fix",
	                    SLICE_ARG(answer->ids[0]), answer->id_count > 1 ? " and others" : "", SLICE_ARG(up->wanted), SLICE_ARG(a->key));
}

static int
answer(struct asking *a, struct backport *out, struct plim_error *err)
{
	bool lacking = count_of(a, WORD_OPEN) > 0, silent = count_of(a, WORD_NONE) > 0;
	/* Collections begin somewhere: one that has nothing to ask about proves nothing. */
	bool whole = a->whole == WHOLE_DECLARED || (a->whole == WHOLE_COLLECTED && a->asked.n > 0);
	if (a->asked.n > 1)
		qsort(a->asked.at, a->asked.n, sizeof *a->asked.at, by_id);
	*out = (struct backport){ .asked = a->asked.n };
	out->state = lacking ? BACKPORT_LACKING : silent || !whole ? BACKPORT_UNKNOWN : BACKPORT_WHOLE;
	int r = list(a, lacking ? WORD_OPEN : WORD_NONE, out, err);
	if (r == 0 && out->state == BACKPORT_UNKNOWN && (out->reason = reason_of(a, out)).p == NULL)
		r = error_nomem(err);
	return r;
}

/* Software that no registry of a language keeps: as its own authors publish it, and as Bitnami collects it. */
static const char *const plain_ecosystems[] = { "generic", "Bitnami" };

static int
ask_all(struct asking *a, struct backport *out, struct plim_error *err)
{
	int r = 0;
	if (a->upstream->ecosystem.n)
		r = ask_ecosystem(a, a->upstream->ecosystem, err);
	for (size_t i = 0; r == 0 && a->upstream->ecosystem.n == 0 && i < sizeof plain_ecosystems / sizeof *plain_ecosystems; i++)
		r = ask_ecosystem(a, slice_of(plain_ecosystems[i]), err);
	if (r == 0)
		r = answer(a, out, err);
	return r < 0 ? r : store_check(a->db, err);
}

int
backport_ask(const struct database *database, const struct operating_system *os, const struct package *package,
             const struct upstream *upstream, struct arena *arena, struct backport *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf key = { 0 };
	size_t n;
	struct asking a = { .db = database, .feeds = database_feeds(database, &n), .arena = arena, .package = package, .upstream = upstream,
		            .scheme = version_scheme_for_type(package->type) };
	*out = (struct backport){ .state = BACKPORT_UNKNOWN, .reason = SLICE("whose revision it is cannot be told") };
	bool foreign = package_foreign_vendor(database, os, package).n > 0;
	if (foreign)
		out->reason = SLICE("it is none of the release's own packages, and nothing tells what was mended in it");
	if (a.scheme == NULL || !ecosystem_of_os(os, &key) || foreign)
		return 0;
	a.key = arena_dup(arena, strbuf_slice(&key));
	int r = a.key.p ? ask_all(&a, out, err) : error_nomem(err);
	vec_done(&a.asked);
	return r;
}
