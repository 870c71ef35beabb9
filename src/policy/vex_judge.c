/* SPDX-License-Identifier: Apache-2.0 */
/* Statements against findings: which is about which, which of several speaks, and which is about none. */
#include "policy/judge.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "vex/match.h"

#include <inttypes.h>

/* As many as vex_narrowness tells apart. */
#define NARROWNESS_COUNT 4

struct spoken {
	const struct vex_source *source;
	const struct vex_statement *statement;    /* NULL: none */
};

/* What is said of one finding: of equally narrow statements the last. */
struct hearing {
	struct spoken of[NARROWNESS_COUNT];
	const void *seen;          /* the statement that was held against it last */
};

/* A name of a vulnerability leads to findings, chained by one link a name. */
struct link {
	size_t finding;
	struct link *next;
};

/* Of one document, among all that are at hand. */
struct editions {
	const struct vex_document *newest;    /* of all */
	const struct vex_document *in_time;   /* of those that are not dated after the evaluation; NULL: none */
};

struct weighing {
	struct judging *judging;
	struct arena *arena;       /* of names */
	struct map names;          /* of vulnerabilities, in capitals, to struct link */
	struct map lineages;       /* to struct editions */
	const struct editions *editions;    /* of the document that is weighed; NULL: none can be told apart */
	struct hearing *hearings;
	struct vex_matcher *matcher;
	struct strbuf key;         /* of a look-up */
	bool failed;               /* one had no memory */
	uint64_t steps;            /* names looked up, and parts held against findings */
	VEC(struct statement_unused) near, far;    /* unused: of a finding's vulnerability, and others */
};

static void
auto_weighing(struct weighing *w)
{
	vex_matcher_free(w->matcher);
	map_done(&w->names);
	map_done(&w->lineages);
	arena_free(w->arena);
	free(w->hearings);
	strbuf_done(&w->key);
	vec_done(&w->near);
	vec_done(&w->far);
}

/* names */

/* Until the next; absent without memory. */
static struct slice
in_capitals(struct weighing *w, struct slice text)
{
	strbuf_clear(&w->key);
	for (size_t i = 0; i < text.n; i++)
		strbuf_putc(&w->key, text.p[i] >= 'a' && text.p[i] <= 'z' ? (char)(text.p[i] - 'a' + 'A') : text.p[i]);
	w->failed |= w->key.failed;
	return w->key.failed ? SLICE_NONE : strbuf_slice(&w->key);
}

static int
note_name(struct weighing *w, struct slice name, size_t finding, struct plim_error *err)
{
	struct slice key = arena_dup(w->arena, in_capitals(w, name));
	struct link *link = arena_make(w->arena, struct link);
	void **place = !w->failed && key.p && link ? map_place(&w->names, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	*link = (struct link){ finding, *place };
	*place = link;
	return 0;
}

static int
note_names(struct weighing *w, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < w->judging->findings.n; i++) {
		const struct match *match = w->judging->findings.at[i].match;
		if (match == NULL)
			continue;
		r = note_name(w, match->id, i, err);
		for (size_t k = 0; r == 0 && k < match->alias_count; k++)
			r = note_name(w, match->aliases[k], i, err);
	}
	return r;
}

/* documents */

static int64_t
date_of(const struct vex_document *document)
{
	return document->updated != DATE_NONE ? document->updated : document->issued;
}

static bool
is_to_come(const struct weighing *w, int64_t time)
{
	return time != DATE_NONE && !judge_reached(w->judging, date_day(time), PASSING_STATEMENT);
}

static int
note_edition(struct weighing *w, const struct vex_source *source, struct plim_error *err)
{
	const struct vex_document *document = &source->document;
	struct slice lineage;
	int r = vex_document_lineage(document, w->arena, &lineage, err);
	if (r < 0 || lineage.n == 0)
		return r;
	void **place = map_place(&w->lineages, lineage);
	if (place && *place == NULL)
		*place = arena_make(w->arena, struct editions);
	struct editions *editions = place ? *place : NULL;
	if (editions == NULL)
		return error_nomem(err);
	if (editions->newest == NULL || vex_document_is_newer(document, editions->newest))
		editions->newest = document;
	if (!is_to_come(w, date_of(document)) && (editions->in_time == NULL || vex_document_is_newer(document, editions->in_time)))
		editions->in_time = document;
	return 0;
}

/*
 * A newer version of a document stands in the place of the older: what it
 * leaves out is taken back.  What waives is taken back by one of the future
 * too, as anything that does not waive may be said at any time.
 */
static bool
is_taken_back(const struct weighing *w, const struct vex_document *document, const struct vex_statement *statement)
{
	const struct editions *editions = w->editions;
	const struct vex_document *newest = editions == NULL ? NULL : vex_status_waives(statement->status) ? editions->newest : editions->in_time;
	return newest && vex_document_is_newer(newest, document);
}

/* one statement */

static bool
is_dated(const struct vex_statement *s)
{
	return s->time != DATE_NONE;
}

/* One without a time is older than all where it waives, else later than all. */
static int64_t
time_of(const struct vex_statement *s)
{
	return is_dated(s) || vex_status_waives(s->status) ? s->time : INT64_MAX;
}

/* The later one, of one time that which does not waive: in whichever order they come, the same speaks. */
static bool
speaks_before(const struct vex_statement *a, const struct vex_statement *b)
{
	if (time_of(a) == time_of(b))
		return !vex_status_waives(a->status) && vex_status_waives(b->status);
	return time_of(a) > time_of(b);
}

static void
hear(struct hearing *hearing, const struct vex_source *source, const struct vex_statement *statement)
{
	struct spoken *last = &hearing->of[vex_narrowness(statement)];
	if (last->statement == NULL || speaks_before(statement, last->statement))
		*last = (struct spoken){ source, statement };
}

static bool
is_cve(struct slice id)
{
	return slice_eq_nocase(slice_first(id, 4), SLICE("CVE-"));
}

/* An erratum is an alias of each CVE that it mends: where both sides name a CVE, that decides. */
static bool
is_of_other_cve(const struct vex_statement *s, struct slice id)
{
	bool names_any = is_cve(s->id), same = slice_eq_nocase(s->id, id);
	for (size_t i = 0; i < s->alias_count; i++) {
		names_any |= is_cve(s->aliases[i]);
		same |= slice_eq_nocase(s->aliases[i], id);
	}
	return is_cve(id) && names_any && !same;
}

/* What is said only after the time of the evaluation waives nothing; that it does not waive may be said at any time. */
static const char *
hold_against(struct weighing *w, const struct vex_source *source, const struct vex_statement *statement, size_t at)
{
	const struct finding *finding = &w->judging->findings.at[at];
	const struct package *package = &w->judging->inventory->packages[finding->match->package];
	if (is_of_other_cve(statement, finding->match->id))
		return "it is of another vulnerability that an advisory has in common with this one";
	const char *why = vex_mismatch(w->matcher, statement, package, source->key.n > 0);
	if (why)
		return why;
	if (is_taken_back(w, &source->document, statement))
		return "a newer version of its document is at hand";
	if (vex_lacks_reason(&source->document, statement))
		return "it does not say why, neither by a justification nor by an impact statement";
	if (vex_status_waives(statement->status) && is_to_come(w, statement->time))
		return "it is dated after this evaluation";
	hear(&w->hearings[at], source, statement);
	return NULL;
}

/* Each finding once, however many names lead there; `*near` is why the nearest of them is not meant. */
static bool
hold_name(struct weighing *w, const struct vex_source *source, const struct vex_statement *statement, struct slice name, const char **near)
{
	bool used = false;
	struct slice key = in_capitals(w, name);
	w->steps++;
	for (const struct link *link = key.p ? map_find(&w->names, key) : NULL; link && w->steps < LIMIT_VEX_STEP_COUNT; link = link->next) {
		w->steps += 1 + statement->subcomponent_count;
		if (w->hearings[link->finding].seen == statement)
			continue;
		w->hearings[link->finding].seen = statement;
		const char *why = hold_against(w, source, statement, link->finding);
		used |= why == NULL;
		*near = why ? why : *near;
	}
	return used;
}

/* A text of the document, where the verdict keeps it. */
static struct slice
kept(struct judging *judging, struct slice text)
{
	return text.n ? arena_dup(judging->arena, slice_first_text(text, LIMIT_ROW_TEXT_BYTES)) : SLICE_NONE;
}

/* Texts in the verdict's arena; absent without memory, which note_unused looks for. */
static struct slice
product_text(struct judging *judging, const struct vex_statement *statement)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	vex_describe_product(statement, &text);
	return text.failed ? SLICE_NONE : arena_dup(judging->arena, slice_first_text(strbuf_slice(&text), 1000));
}

static int
note_unused(struct weighing *w, const struct vex_source *source, const struct vex_statement *statement, const char *near, struct plim_error *err)
{
	struct arena *arena = w->judging->arena;
	size_t n = near ? w->near.n : w->far.n;
	if (source->of_hub || n == LIMIT_VEX_UNUSED_COUNT)
		return 0;
	struct statement_unused *row = near ? vec_push(&w->near) : vec_push(&w->far);
	if (row == NULL)
		return error_nomem(err);
	*row = (struct statement_unused){
		.status = slice_of(vex_status_name(statement->status)), .vulnerability = kept(w->judging, statement->id),
		.product = product_text(w->judging, statement), .source = arena_dup(arena, source->name),
		.reason = near ? slice_of(near) : SLICE("no finding is of this vulnerability"),
	};
	return row->vulnerability.p && row->product.p && row->source.p ? 0 : error_nomem(err);
}

static int
weigh_statement(struct weighing *w, const struct vex_source *source, const struct vex_statement *statement, struct plim_error *err)
{
	const char *near = NULL;
	bool used = hold_name(w, source, statement, statement->id, &near);
	for (size_t i = 0; i < statement->alias_count; i++)
		used |= hold_name(w, source, statement, statement->aliases[i], &near);
	if (w->failed)
		return error_nomem(err);
	if (w->steps >= LIMIT_VEX_STEP_COUNT)
		return error_set(err, PLIM_ELIMIT, "VEX: more names and parts to hold against findings than limit VEX_STEP_COUNT (%" PRIu64 ")", LIMIT_VEX_STEP_COUNT);
	w->judging->verdict->vex_statements++;
	w->judging->verdict->vex_used += used;
	return used ? 0 : note_unused(w, source, statement, near, err);
}

static int
weigh_source(struct weighing *w, const struct vex_source *source, struct plim_error *err)
{
	struct slice lineage;
	int r = vex_document_lineage(&source->document, w->arena, &lineage, err);
	w->editions = map_find(&w->lineages, lineage);
	w->judging->verdict->vex_documents++;
	for (size_t i = 0; r == 0 && i < source->document.statements.n; i++)
		r = weigh_statement(w, source, &source->document.statements.at[i], err);
	return r;
}

static const struct statement_note *
note_of(struct judging *judging, const struct spoken *spoken)
{
	const struct vex_statement *s = spoken->statement;
	const struct vex_document *document = &spoken->source->document;
	struct statement_note *note = arena_make(judging->arena, struct statement_note);
	if (note == NULL)
		return NULL;
	*note = (struct statement_note){
		.status = slice_of(vex_status_name(s->status)), .justification = kept(judging, s->justification), .impact = kept(judging, s->impact),
		.action = kept(judging, s->action), .vulnerability = kept(judging, s->id), .product = product_text(judging, s),
		.author = kept(judging, document->author), .document = kept(judging, document->id), .source = kept(judging, spoken->source->name),
		.key = kept(judging, spoken->source->key), .time = s->time,
	};
	return note->vulnerability.p && note->product.p && note->source.p ? note : NULL;
}

/*
 * The narrowest statement speaks.  It waives unless a wider one that does not
 * is as late or later: what was found out about the whole product since then is about its parts too.
 */
static const struct spoken *
verdict_of(const struct hearing *hearing)
{
	const struct spoken *first = NULL;
	for (size_t i = NARROWNESS_COUNT; i-- > 0;) {
		const struct spoken *one = &hearing->of[i];
		if (one->statement == NULL)
			continue;
		bool blocks = first && vex_status_waives(first->statement->status) && !vex_status_waives(one->statement->status) &&
		              speaks_before(one->statement, first->statement);
		first = first == NULL || blocks ? one : first;
	}
	return first;
}

static int
conclude(struct weighing *w, bool *waives, struct plim_error *err)
{
	for (size_t i = 0; i < w->judging->findings.n; i++) {
		const struct spoken *spoken = verdict_of(&w->hearings[i]);
		if (spoken == NULL)
			continue;
		waives[i] = vex_status_waives(spoken->statement->status);
		if ((w->judging->findings.at[i].statement = note_of(w->judging, spoken)) == NULL)
			return error_nomem(err);
	}
	return 0;
}

static int
list_unused(struct weighing *w, struct plim_error *err)
{
	struct verdict *v = w->judging->verdict;
	v->vex_unused = arena_make_array(w->judging->arena, LIMIT_VEX_UNUSED_COUNT + 1, struct statement_unused);
	if (v->vex_unused == NULL)
		return error_nomem(err);
	vec_each (&w->near, near)
		v->vex_unused[v->vex_unused_count++] = *near;
	vec_each (&w->far, far)
		if (v->vex_unused_count < LIMIT_VEX_UNUSED_COUNT)
			v->vex_unused[v->vex_unused_count++] = *far;
	return 0;
}

/* About this image: what was signed about another one of the same target is not. */
static bool
is_subject(const struct judging *judging, const struct digest *subject)
{
	const struct image *image = judging->inventory->image;
	return image && (digest_eq(&image->index_digest, subject) || digest_eq(&image->manifest_digest, subject));
}

/* Each source that is about this image, in order. */
static int
each_source(struct weighing *w, int (*take)(struct weighing *, const struct vex_source *, struct plim_error *), struct plim_error *err)
{
	const struct judging *judging = w->judging;
	const struct vex_attested *attested = judging->vex;
	int r = 0;
	for (size_t i = 0; r == 0 && i < judging->policy->vex.sources.n; i++)
		r = take(w, &judging->policy->vex.sources.at[i], err);
	for (size_t i = 0; r == 0 && attested && i < attested->n; i++)
		if (is_subject(judging, &attested->at[i].subject))
			r = take(w, &attested->at[i], err);
	return r;
}

/* A statement that does not waive may be among those that could not be read. */
static int
judge_trouble(struct judging *judging, struct plim_error *err)
{
	const struct vex_attested *attested = judging->vex;
	if (attested == NULL || attested->trouble.n == 0 || !judging->policy->mentions[AREA_VULNERABILITIES])
		return 0;
	return judge_unknown(judging, UNKNOWN_SIGNATURE, AREA_VULNERABILITIES, SLICE("vex"), arena_dup(judging->arena, attested->trouble), UINT32_MAX, err);
}

/* All documents are known before the first of them is weighed. */
static int
weigh_all(struct weighing *w, bool *waives, struct plim_error *err)
{
	int r = note_names(w, err);
	if (r < 0 || (r = each_source(w, note_edition, err)) < 0 || (r = each_source(w, weigh_source, err)) < 0 || (r = conclude(w, waives, err)) < 0)
		return r;
	return list_unused(w, err);
}

int
judge_vex(struct judging *judging, bool *waives, struct plim_error *err)
{
	AUTO(weighing) struct weighing w = {
		.judging = judging, .arena = arena_new(0), .hearings = calloc(judging->findings.n + 1, sizeof *w.hearings),
	};
	const struct vex_target target = { judging->inventory, judging->destination, judging->tag };
	if (w.arena == NULL || w.hearings == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < judging->policy->vex.trusted.n; i++)
		judge_signer(judging, &judging->policy->vex.trusted.at[i]);
	if (judging->policy->vex.sources.n == 0 && (judging->vex == NULL || judging->vex->n == 0))
		return judge_trouble(judging, err);
	int r = vex_matcher_new(&target, &w.matcher, err);
	return r < 0 || (r = weigh_all(&w, waives, err)) < 0 ? r : judge_trouble(judging, err);
}
