/* SPDX-License-Identifier: Apache-2.0 */
/* Matching: the statements about a package, held against its version, folded by vulnerability. */
#include "advisory/match.h"

#include "advisory/affects.h"
#include "advisory/channel.h"
#include "advisory/cpe.h"
#include "advisory/ecosystem.h"
#include "advisory/explain.h"
#include "advisory/rating.h"
#include "advisory/store.h"
#include "advisory/vendor.h"
#include "base/date.h"
#include "base/error.h"
#include "base/vec.h"
#include "version/scheme.h"

const char *
match_state_name(enum match_state state)
{
	static const char *const names[MATCH_STATE_COUNT] = {
		[MATCH_FIXED] = "fixed",               [MATCH_AFFECTED] = "affected",       [MATCH_WONT_FIX] = "wont_fix",
		[MATCH_DEFERRED] = "deferred",         [MATCH_NOT_AFFECTED] = "not_affected", [MATCH_END_OF_LIFE] = "end_of_life",
		[MATCH_UNDER_INVESTIGATION] = "under_investigation",
	};
	return names[state];
}

struct matching {
	const struct database *db;
	const struct operating_system *os;
	const struct package *packages;
	struct explaining *explaining;    /* NULL: nobody asks */
	struct arena *arena;
	struct slice key;              /* of the release, or of an ecosystem */
	struct slice type;             /* of packages of that ecosystem; absent: those of the distribution */
	const struct data_feed *feeds;
	VEC(struct match) matches;
	VEC(struct store_statement) statements;    /* of the name at hand */
	VEC(struct slice) cleared;     /* ids that the release's own feed says are mended in the package at hand */
	size_t package_first;          /* of the matches of the package at hand */
	struct slice module;           /* label of the package at hand; absent: it is of none */
};

/* A package by one of its names: what statements about that are held against. */
struct named {
	size_t package;
	struct store_group group;
	struct yardstick against;
	const struct channel *ours;    /* the channel that it is from, NULL: the release's own */
};

/* folding */

static bool
is_cve(struct slice id)
{
	return slice_starts(id, SLICE("CVE-"));
}

static struct match *
match_find(struct matching *m, struct slice id)
{
	for (size_t i = m->package_first; i < m->matches.n; i++)
		if (slice_eq(m->matches.at[i].id, id))
			return &m->matches.at[i];
	return NULL;
}

static struct match *
match_new(struct matching *m, size_t package, struct slice id)
{
	struct match *match = vec_push(&m->matches);
	if (match)
		*match = (struct match){
			.package = package, .id = id, .state = MATCH_STATE_COUNT, .score = -1, .published = DATE_NONE, .fix_known = DATE_NONE,
			.epss = -1, .kev_added = DATE_NONE,
		};
	return match;
}

/* One more alias, not the id itself, each once, in order. */
static bool
alias_add(struct matching *m, struct match *match, struct slice alias)
{
	size_t at = 0;
	if (alias.n == 0 || slice_eq(alias, match->id))
		return true;
	while (at < match->alias_count && slice_cmp(match->aliases[at], alias) < 0)
		at++;
	if (at < match->alias_count && slice_eq(match->aliases[at], alias))
		return true;
	struct slice *grown = arena_make_array(m->arena, match->alias_count + 1, struct slice);
	if (grown == NULL)
		return false;
	if (at > 0)
		memcpy(grown, match->aliases, at * sizeof *grown);
	grown[at] = alias;
	if (at < match->alias_count)
		memcpy(grown + at + 1, match->aliases + at, (match->alias_count - at) * sizeof *grown);
	match->aliases = grown;
	match->alias_count++;
	return true;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a == DATE_NONE || (b != DATE_NONE && b < a) ? b : a;
}

/* A known fix tells more than that there is none; of two fixes the lower one mends. */
static bool
is_better(const struct match *match, const struct judgement *judgement, const struct version_scheme *scheme)
{
	if (match->state == MATCH_STATE_COUNT)
		return true;
	if (match->state != MATCH_FIXED || judgement->state != MATCH_FIXED)
		return judgement->state < match->state;
	return scheme->compare(judgement->fixed, match->fixed_version) < 0;
}

static void
match_take(struct match *match, struct rating rating)
{
	match->severity = rating.severity;
	match->score = rating.score;
	match->vector = rating.vector;
}

/* The word that a feed has for this package, beside its advisory's own. */
static bool
word_add(struct matching *m, struct match *match, struct slice feed, enum severity severity)
{
	struct severity_word *word = severity == SEVERITY_UNKNOWN ? NULL : arena_make(m->arena, struct severity_word);
	if (word == NULL)
		return severity == SEVERITY_UNKNOWN;
	*word = (struct severity_word){ feed, severity, match->words };
	match->words = word;
	return true;
}

static bool
fold(struct matching *m, struct match *match, const struct store_statement *s, const struct store_advisory *a,
     const struct judgement *judgement, const struct version_scheme *scheme)
{
	if (is_better(match, judgement, scheme)) {
		match->state = judgement->state;
		match->fixed_version = judgement->state == MATCH_FIXED ? judgement->fixed : SLICE_NONE;
		match->source = m->feeds[a->feed].name;
		match->url = a->url.n ? store_url(a, m->arena) : match->url;
		match->title = a->title.n ? a->title : match->title;
	}
	if (s->severity > match->severity) {
		match->severity = s->severity;
	} else if (match->severity == SEVERITY_UNKNOWN) {
		match_take(match, rating_of(a->vector, a->severity));
	}
	match->published = earlier(match->published, a->published);
	if (judgement->state == MATCH_FIXED)
		match->fix_known = earlier(match->fix_known, s->fix_known);
	bool whole = alias_add(m, match, a->id) && word_add(m, match, m->feeds[a->feed].name, s->severity);
	/* The other CVEs of an erratum are other vulnerabilities. */
	struct store_list aliases = a->aliases;
	struct slice alias;
	while (whole && store_next_text(&aliases, &alias))
		whole = is_cve(alias) || alias_add(m, match, alias);
	return whole;
}

/* The CVE of another advisory that shares its id, or its own. */
static struct slice
name_elsewhere(const struct matching *m, const struct store_advisory *a)
{
	struct store_named others = store_named(m->db, a->id);
	struct store_advisory other;
	while (store_next_named(&others, &other))
		if (is_cve(other.id))
			return other.id;
	return a->id;
}

/* The CVEs that an advisory names, by itself or, when it names none, through others that share its id. */
static size_t
cves_of(const struct matching *m, const struct store_advisory *a, struct slice *out)
{
	size_t n = 0;
	if (is_cve(a->id))
		out[n++] = a->id;
	struct store_list aliases = a->aliases;
	struct slice alias;
	while (store_next_text(&aliases, &alias))
		if (is_cve(alias) && !(n == 1 && slice_eq(out[0], alias)))
			out[n++] = alias;
	if (n == 0)
		out[n++] = name_elsewhere(m, a);
	return n;
}

static bool
is_cleared(const struct matching *m, struct slice id)
{
	for (size_t i = 0; i < m->cleared.n; i++)
		if (slice_eq(m->cleared.at[i], id))
			return true;
	return false;
}

/* Others have corrected which versions NVD means: then NVD's own word on that does not count. */
static bool
is_overridden(const struct matching *m, const struct store_advisory *a)
{
	if (!slice_is(m->feeds[a->feed].format, "nvd"))
		return false;
	struct store_named named = store_named(m->db, a->id);
	struct store_advisory other;
	while (store_next_named(&named, &other))
		if (slice_eq(other.id, a->id) && slice_is(m->feeds[other.feed].format, "nvd-overrides"))
			return true;
	return false;
}

/* Epochs of rpm put a channel's packages above the release's; those of others are the release's own. */
static int
judge(struct matching *m, struct named *named, const struct store_statement *s, enum hearing hearing, struct judgement *out, struct plim_error *err)
{
	if (hearing == HEAR_PLAIN) {
		const struct version_scheme *scheme = named->against.scheme;
		struct slice plain = channel_plain_version(named->ours, named->against.version, scheme != &version_rpm, m->arena);
		if (plain.p == NULL)
			return error_nomem(err);
		struct yardstick against = yardstick_of(scheme, plain);
		*out = statement_judge(s, &against);
		return 0;
	}
	*out = statement_judge(s, &named->against);
	if (hearing == HEAR_WITHOUT_FIX && out->state == MATCH_FIXED)
		*out = (struct judgement){ out->vulnerable, MATCH_AFFECTED, SLICE_NONE };
	return 0;
}

static int
take_statement(struct matching *m, struct named *named, const struct store_statement *s, enum hearing hearing, bool clearing, struct plim_error *err)
{
	struct judgement judgement;
	int r = judge(m, named, s, hearing, &judgement, err);
	if (r < 0)
		return r;
	/* What the release's own feed says is mended is not held against an older copy elsewhere. */
	bool own = m->feeds[s->feed].own;
	if (clearing ? !own || judgement.vulnerable : !judgement.vulnerable)
		return 0;
	struct store_advisory a = store_advisory_of(m->db, s);
	if (!clearing && is_overridden(m, &a))
		return 0;
	/* Its own id, or each alias, or one found elsewhere. */
	struct slice *ids = arena_make_array(m->arena, (size_t)a.aliases.left + 1, struct slice);
	if (ids == NULL)
		return error_nomem(err);
	size_t n = cves_of(m, &a, ids);
	for (size_t i = 0; i < n; i++) {
		if (clearing) {
			struct slice *place = vec_push(&m->cleared);
			if (place == NULL)
				return error_nomem(err);
			*place = ids[i];
			continue;
		}
		if (!own && is_cleared(m, ids[i]))
			continue;
		struct match *match = match_find(m, ids[i]);
		if (match == NULL && (match = match_new(m, named->package, ids[i])) == NULL)
			return error_nomem(err);
		if (!fold(m, match, s, &a, &judgement, named->against.scheme))
			return error_nomem(err);
	}
	return 0;
}

/* packages */

/* Each is looked at several times: they are read once.  False without memory. */
static bool
read_statements(struct matching *m, struct store_group group)
{
	bool room;
	m->statements.n = 0;
	while ((room = vec_reserve(&m->statements, 1)) && store_next_statement(&group, &m->statements.at[m->statements.n]))
		m->statements.n++;
	return room;
}

/* Beside what the release's own feeds say of the package: that alone needs nothing cleared. */
static bool
has_others(const struct matching *m)
{
	for (size_t i = 0; i < m->statements.n; i++)
		if (!m->feeds[m->statements.at[i].feed].own)
			return true;
	return false;
}

static bool
is_of_same(const struct store_statement *a, const struct store_statement *b)
{
	return a->feed == b->feed && a->ordinal == b->ordinal && store_id_eq(&a->id, &b->id);
}

/* After the fact, for whoever asks: matching itself does not look at advisories that do not apply. */
static int
explain(struct matching *m, struct named *named, const struct store_statement *s, enum hearing hearing, bool other_module, struct plim_error *err)
{
	struct store_advisory a = store_advisory_of(m->db, s);
	struct heard heard = {
		.package = &m->packages[named->package], .version = named->against.version, .scheme = named->against.scheme, .statement = s,
		.advisory = &a, .feed = m->feeds[s->feed].name, .hearing = hearing, .other_module = other_module,
	};
	int r = judge(m, named, s, hearing, &heard.judgement, err);
	if (r < 0)
		return r;
	if (!explaining_wants(m->explaining, heard.package, &a))
		return 0;
	struct slice *ids = arena_make_array(m->arena, (size_t)a.aliases.left + 1, struct slice);
	if (ids == NULL)
		return error_nomem(err);
	size_t n = m->feeds[s->feed].own ? 0 : cves_of(m, &a, ids);
	for (size_t i = 0; i < n; i++)
		heard.cleared = heard.cleared || is_cleared(m, ids[i]);
	return explaining_add(m->explaining, &heard) ? 0 : error_nomem(err);
}

/* All that one advisory says of the package, `n` statements: what it says of channels decides which of it is heard. */
static int
take_advisory(struct matching *m, struct named *named, const struct store_statement *s, size_t n, bool clearing, struct plim_error *err)
{
	struct channels_heard heard = { 0 };
	int r = 0;
	for (size_t i = 0; i < n; i++)
		channels_hear(&heard, &s[i], named->ours);
	for (; r == 0 && n > 0; s++, n--) {
		enum hearing hearing = channel_hearing(&heard, s, named->ours);
		bool other = !statement_is_of_module(s, named->group, m->module);
		if (hearing != HEAR_NOT && !other)
			r = take_statement(m, named, s, hearing, clearing, err);
		if (r == 0 && m->explaining && !clearing)
			r = explain(m, named, s, hearing, other, err);
	}
	return r;
}

/* How many from `first` on are of one advisory. */
static size_t
count_same(const struct matching *m, size_t first)
{
	size_t end = first + 1;
	while (end < m->statements.n && is_of_same(&m->statements.at[first], &m->statements.at[end]))
		end++;
	return end - first;
}

static int
take_name(struct matching *m, size_t package, struct slice name, const struct version_scheme *scheme, struct slice version,
          struct plim_error *err)
{
	struct named named = { .package = package, .group = store_package(m->db, m->key, name) };
	int r = read_statements(m, named.group) ? 0 : error_nomem(err);
	if (r < 0 || m->statements.n == 0)
		return r;
	named.against = yardstick_of(scheme, version);
	named.ours = channel_of_version(version);
	m->cleared.n = 0;
	for (int clearing = has_others(m); clearing >= 0; clearing--)
		for (size_t i = 0, n; r == 0 && i < m->statements.n; i += n) {
			n = count_same(m, i);
			r = take_advisory(m, &named, &m->statements.at[i], n, clearing, err);
		}
	return r;
}

static int
by_id(const void *left, const void *right)
{
	return slice_cmp(((const struct match *)left)->id, ((const struct match *)right)->id);
}

static void
complete(struct matching *m)
{
	for (size_t i = m->package_first; i < m->matches.n; i++) {
		struct match *match = &m->matches.at[i];
		/* Another source's, of the same vulnerability. */
		if (match->severity == SEVERITY_UNKNOWN)
			match_take(match, match_rating(m->db, match, SLICE_NONE));
		match->epss = store_score(m->db, match->id);
		match->kev_added = store_exploited(m->db, match->id);
	}
	if (m->matches.n - m->package_first > 1)
		qsort(m->matches.at + m->package_first, m->matches.n - m->package_first, sizeof *m->matches.at, by_id);
}

static int
match_package(struct matching *m, const struct package *package, size_t index, struct plim_error *err)
{
	const struct version_scheme *scheme = version_scheme_for_type(package->type);
	struct known_as names[KNOWN_AS_MOST];
	size_t n = scheme ? package_known_as(package, names) : 0;
	int r = 0;
	m->package_first = m->matches.n;
	m->module = package->module;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = take_name(m, index, names[i].name, scheme, names[i].version, err);
	if (r == 0)
		complete(m);
	return r;
}

/* coverage */

struct covering {
	uint32_t named;                /* most packages that one feed names */
	const struct data_feed *feed;
	struct slice uncovered;        /* a package that a declared list leaves out */
	bool declared;
	int64_t snapshot, snapshot_any;
};

/* Does a feed of this key speak of such packages at all? */
static bool
is_of_system(const struct package *package)
{
	return package->scope == PACKAGE_INSTALLED && package_type_is_system(package->type);
}

static bool
is_asked(const struct matching *m, const struct package *package)
{
	return m->type.p ? package_is_upstream(package) && slice_eq(package->type, m->type)
	                 : is_of_system(package) && !package_foreign_vendor(m->db, m->os, package).n;
}

static bool
lists_package(const struct matching *m, const struct store_cover *cover, const struct package *package)
{
	struct store_list names = cover->packages;
	if (names.left == 0)
		return true;
	struct slice known = ecosystem_package_name(m->key, package->name, m->arena), name;
	while (store_next_text(&names, &name))
		if (slice_eq(name, known) || slice_eq(name, package->source))
			return true;
	return false;
}

static void
covering_add(const struct matching *m, const struct store_cover *cover, const struct package *packages, size_t n, struct covering *out)
{
	const struct data_feed *feed = &m->feeds[cover->feed];
	bool covers = cover->named == COVER_DECLARED || cover->named >= 100;
	for (size_t i = 0; cover->named == COVER_DECLARED && i < n && covers; i++)
		if (is_asked(m, &packages[i]) && !lists_package(m, cover, &packages[i])) {
			out->uncovered = packages[i].name;
			covers = false;
		}
	out->declared = out->declared || covers;
	if (feed->snapshot > out->snapshot_any)
		out->snapshot_any = feed->snapshot;
	if (covers && feed->snapshot > out->snapshot)
		out->snapshot = feed->snapshot;
	if (cover->named != COVER_DECLARED && cover->named > out->named) {
		out->named = cover->named;
		out->feed = feed;
	}
}

static struct slice
reason_of(struct matching *m, const struct covering *c)
{
	if (c->uncovered.p)
		return arena_printf(m->arena, "the feed of %.*s declares which packages it covers, and %.*s is not among them", SLICE_ARG(m->key),
		                    SLICE_ARG(c->uncovered));
	if (c->feed)
		return arena_printf(m->arena, "no feed covers %.*s as a whole: %.*s names %u of its packages, 100 are asked for", SLICE_ARG(m->key),
		                    SLICE_ARG(c->feed->name), c->named);
	return arena_printf(m->arena, "no feed in the advisory data speaks of %.*s", SLICE_ARG(m->key));
}

static int
coverage_of(struct matching *m, const struct package *packages, size_t n, struct coverage *out, struct plim_error *err)
{
	struct covering c = { .snapshot = DATE_NONE, .snapshot_any = DATE_NONE };
	struct store_cover cover;
	for (uint64_t at = 0; store_next_cover(m->db, &at, &cover);)
		if (slice_eq(cover.ecosystem, m->key))
			covering_add(m, &cover, packages, n, &c);
	/* Where what covers the release gives no date, the newest word about it is the best there is. */
	*out = (struct coverage){ .covered = c.declared, .key = m->key, .snapshot = c.snapshot != DATE_NONE ? c.snapshot : c.snapshot_any };
	if (!out->covered)
		out->reason = reason_of(m, &c);
	return out->covered || out->reason.p ? 0 : error_nomem(err);
}

/* packages of languages */

/* OSV writes Go's versions without their v. */
static struct slice
upstream_version(const struct package *package, struct slice version)
{
	if (slice_is(package->type, "golang"))
		slice_skip(&version, SLICE("v"));
	return version;
}

/*
 * A module of Go that stands in the place of another one is a fork of that, or a directory with nobody knows what of it:
 * what is wrong with the other one is most likely wrong with it.  Another version of the same module is just that.
 */
static bool
stands_for_other(const struct package *package)
{
	return slice_is(package->type, "golang") && package->source.n && package->source_version.n &&
	       (!slice_eq(package->source, package->name) || slice_is(package->version, "(devel)"));
}

static int
match_upstream(struct matching *m, const struct package *package, size_t index, const struct version_scheme *scheme, struct plim_error *err)
{
	struct slice key = m->key, name = ecosystem_package_name(key, package->name, m->arena);
	if (slice_is(package->type, "golang"))
		scheme = &version_go_bare;
	/* A jar that tells no group may be of any that has such an artifact. */
	if (slice_is(package->type, "maven") && slice_find(name, ':') == SIZE_MAX)
		m->key = SLICE(ECOSYSTEM_MAVEN_ARTIFACT);
	m->package_first = m->matches.n;
	m->module = SLICE_NONE;
	int r = name.p ? take_name(m, index, name, scheme, upstream_version(package, package->version), err) : error_nomem(err);
	if (r == 0 && stands_for_other(package))
		r = take_name(m, index, package->source, scheme, upstream_version(package, package->source_version), err);
	m->key = key;
	if (r == 0)
		complete(m);
	return r;
}

/* Where nobody has data for the type, or orders its versions, nothing is known of its packages. */
static int
match_type(struct matching *m, const struct package *packages, size_t n, struct coverage *coverage, struct plim_error *err)
{
	const struct version_scheme *scheme = version_scheme_for_type(m->type);
	const char *ecosystem = ecosystem_of_type(m->type);
	int r = 0;
	*coverage = (struct coverage){ .key = m->type, .snapshot = DATE_NONE };
	if (scheme == NULL || ecosystem == NULL) {
		coverage->reason = arena_printf(m->arena, "no feed that is read speaks of packages of type %.*s", SLICE_ARG(m->type));
		return coverage->reason.p ? 0 : error_nomem(err);
	}
	m->key = slice_of(ecosystem);
	r = coverage_of(m, packages, n, coverage, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (is_asked(m, &packages[i]))
			r = match_upstream(m, &packages[i], i, scheme, err);
	return r;
}

/* software that no package manager installed */

#define NAMED_MOST 5

/* Those for whom there is no data, the first few by name. */
struct unspoken {
	struct strbuf names;
	struct slice last;
	size_t n;                      /* different names */
};

static void
unspoken_add(struct unspoken *unspoken, struct slice name)
{
	if (slice_eq(name, unspoken->last))
		return;
	unspoken->last = name;
	if (unspoken->n++ < NAMED_MOST)
		strbuf_printf(&unspoken->names, "%s%.*s", unspoken->n > 1 ? ", " : "", SLICE_ARG(name));
}

static void
unspoken_end(struct unspoken *unspoken)
{
	if (unspoken->n > NAMED_MOST)
		strbuf_printf(&unspoken->names, " and %zu more", unspoken->n - NAMED_MOST);
}

/* A feed that declares it, or everything of that key; the newest of them. */
static bool
is_declared(struct matching *m, const char *key, const struct package *package, int64_t *snapshot)
{
	bool declared = false;
	m->key = slice_of(key);
	struct store_cover cover;
	for (uint64_t at = 0; store_next_cover(m->db, &at, &cover);) {
		if (cover.named != COVER_DECLARED || !slice_eq(cover.ecosystem, m->key) || !lists_package(m, &cover, package))
			continue;
		declared = true;
		*snapshot = m->feeds[cover.feed].snapshot > *snapshot ? m->feeds[cover.feed].snapshot : *snapshot;
	}
	return declared;
}

/* By the names that its authors give it, and by those that CPE does. */
static int
match_software(struct matching *m, const struct package *package, size_t index, struct plim_error *err)
{
	struct slice rest = package->cpe, cpe;
	m->package_first = m->matches.n;
	m->key = SLICE("generic");
	int r = take_name(m, index, package->name, &version_generic, package->version, err);
	m->key = SLICE("cpe");
	while (r == 0 && slice_word(&rest, &cpe)) {
		struct slice version = cpe_version(cpe, package->version, m->arena);
		r = version.p || package->version.p == NULL ? take_name(m, index, cpe, &version_cpe, version, err) : error_nomem(err);
	}
	if (r == 0)
		complete(m);
	return r;
}

static struct slice
unspoken_reason(struct matching *m, struct unspoken *nameless, struct unspoken *unread)
{
	static const char by_cpe[] = "no feed has all of NVD, by which these are judged: ";
	static const char by_none[] = "neither a CPE nor its authors' own list of vulnerabilities is known of ";
	unspoken_end(nameless);
	unspoken_end(unread);
	if (nameless->names.failed || unread->names.failed)
		return SLICE_NONE;
	return arena_printf(m->arena, "%s%.*s%s%s%.*s", unread->n ? by_cpe : "", SLICE_ARG(strbuf_slice(&unread->names)),
	                    unread->n && nameless->n ? "; " : "", nameless->n ? by_none : "", SLICE_ARG(strbuf_slice(&nameless->names)));
}

/* Each is judged by data of its own: the oldest of the days tells; what tells no day may be of any. */
static int64_t
older_day(int64_t day, int64_t other, bool first)
{
	return first || other < day ? other : day;
}

static int
match_generic(struct matching *m, const struct package *packages, size_t n, struct coverage *coverage, struct plim_error *err)
{
	struct unspoken nameless = { 0 }, unread = { 0 };
	size_t covered = 0;
	int r = 0;
	*coverage = (struct coverage){ .covered = true, .key = m->type, .snapshot = DATE_NONE };
	for (size_t i = 0; r == 0 && i < n; i++) {
		int64_t day = DATE_NONE;
		if (!is_asked(m, &packages[i]))
			continue;
		bool listed = is_declared(m, "generic", &packages[i], &day);
		bool read = packages[i].cpe.n && is_declared(m, "cpe", &packages[i], &day);
		if (!listed && !read)
			unspoken_add(packages[i].cpe.n ? &unread : &nameless, packages[i].name);
		else
			coverage->snapshot = older_day(coverage->snapshot, day, covered++ == 0);
		r = match_software(m, &packages[i], i, err);
	}
	coverage->covered = nameless.n + unread.n == 0;
	coverage->partly = covered > 0;
	if (r == 0 && !coverage->covered && (coverage->reason = unspoken_reason(m, &nameless, &unread)).p == NULL)
		r = error_nomem(err);
	strbuf_done(&nameless.names);
	strbuf_done(&unread.names);
	return r;
}

static int
match_languages(struct matching *m, const struct package *packages, size_t n, struct matches *out, struct plim_error *err)
{
	int r = 0;
	/* A type or a vendor is of one package at least. */
	out->languages = arena_make_array(m->arena, n + 1, struct coverage);
	if (out->languages == NULL)
		return error_nomem(err);
	m->type = SLICE_NONE;
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!package_is_upstream(&packages[i]) || (m->type.p && slice_eq(packages[i].type, m->type)))
			continue;
		m->type = packages[i].type;
		bool plain = slice_is(m->type, "generic");
		r = (plain ? match_generic : match_type)(m, packages, n, &out->languages[out->language_count++], err);
	}
	return r;
}

/* vendors beside the distribution */

/* A few of its packages by name, for the reason. */
static void
name_packages(const struct matching *m, const struct package *packages, size_t n, struct slice vendor, struct strbuf *into)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++) {
		if (!is_of_system(&packages[i]) || !slice_eq(package_foreign_vendor(m->db, m->os, &packages[i]), vendor))
			continue;
		if (found < 3)
			strbuf_printf(into, "%s%.*s", found ? ", " : "", SLICE_ARG(packages[i].name));
		found++;
	}
	if (found > 3)
		strbuf_printf(into, " and %zu more", found - 3);
}

static bool
is_listed(const struct matches *out, size_t first, struct slice vendor)
{
	for (size_t i = first; i < out->language_count; i++)
		if (slice_eq(out->languages[i].key, vendor))
			return true;
	return false;
}

static int
tell_vendors(struct matching *m, const struct package *packages, size_t n, struct matches *out, struct plim_error *err)
{
	size_t first = out->language_count;
	for (size_t i = 0; i < n; i++) {
		struct slice vendor = is_of_system(&packages[i]) ? package_foreign_vendor(m->db, m->os, &packages[i]) : SLICE_NONE;
		if (vendor.n == 0 || is_listed(out, first, vendor))
			continue;
		AUTO(strbuf) struct strbuf names = { 0 };
		name_packages(m, packages, n, vendor, &names);
		struct slice reason = arena_printf(m->arena, "these packages are none of the release's own, and no feed that is read speaks of them: %.*s",
		                                   SLICE_ARG(strbuf_slice(&names)));
		if (names.failed || reason.p == NULL)
			return error_nomem(err);
		out->languages[out->language_count++] = (struct coverage){ .key = vendor, .reason = reason, .snapshot = DATE_NONE };
	}
	return 0;
}

/* the whole */

static int
match_system(struct matching *m, const struct package *packages, size_t n, struct coverage *coverage, struct plim_error *err)
{
	int r = coverage_of(m, packages, n, coverage, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (is_asked(m, &packages[i]))
			r = match_package(m, &packages[i], i, err);
	return r;
}

/* By package: those of languages and of the system are sorted among each other. */
static int
by_package(const void *left, const void *right)
{
	const struct match *a = left, *b = right;
	return a->package != b->package ? (a->package > b->package ? 1 : -1) : slice_cmp(a->id, b->id);
}

static int
hand_over(struct matching *m, struct matches *out, struct plim_error *err)
{
	out->at = arena_make_array(m->arena, m->matches.n + 1, struct match);
	if (out->at == NULL)
		return error_nomem(err);
	if (m->matches.n) {
		memcpy(out->at, m->matches.at, m->matches.n * sizeof *out->at);
		qsort(out->at, m->matches.n, sizeof *out->at, by_package);
	}
	out->n = m->matches.n;
	return 0;
}

int
match_packages(const struct database *database, const struct operating_system *os, const struct package *packages, size_t n,
               struct arena *arena, struct explaining *explaining, struct matches *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf key = { 0 };
	size_t feed_count;
	struct matching m = { .db = database, .os = os, .packages = packages, .explaining = explaining, .arena = arena, .feeds = database_feeds(database, &feed_count) };
	*out = (struct matches){ .system = { .key = SLICE("operating system"), .reason = SLICE("it could not be told, so no feed can be chosen for it"),
		                             .snapshot = DATE_NONE } };
	int r = 0;
	if (ecosystem_of_os(os, &key)) {
		m.key = arena_dup(arena, strbuf_slice(&key));
		r = m.key.p ? match_system(&m, packages, n, &out->system, err) : error_nomem(err);
	}
	if (r == 0)
		r = match_languages(&m, packages, n, out, err);
	if (r == 0)
		r = tell_vendors(&m, packages, n, out, err);
	if (r == 0)
		r = store_check(m.db, err);
	if (r == 0)
		r = hand_over(&m, out, err);
	vec_done(&m.matches);
	vec_done(&m.statements);
	vec_done(&m.cleared);
	return r;
}
