/* SPDX-License-Identifier: Apache-2.0 */
/* Requirements, each a function over what is wanted and what a document claims; the best document answers. */
#include "trust/verify.h"

#include "base/date.h"
#include "base/error.h"
#include "trust/claim.h"

#include <stdarg.h>
#include <stdio.h>

const char *
outcome_name(enum outcome outcome)
{
	static const char *const names[] = { [OUTCOME_HELD] = "held", [OUTCOME_FAILED] = "failed", [OUTCOME_UNKNOWN] = "cannot tell" };
	return names[outcome];
}

const char *
requirement_name(enum requirement requirement)
{
	static const char *const names[REQUIREMENT_COUNT] = {
		[REQUIREMENT_READABLE] = "readable",     [REQUIREMENT_SIGNATURE] = "signature",     [REQUIREMENT_KEY] = "key",
		[REQUIREMENT_RESULT] = "result",         [REQUIREMENT_SUBJECT] = "subject",         [REQUIREMENT_REPOSITORY] = "repository",
		[REQUIREMENT_TAG] = "tag",               [REQUIREMENT_POLICY] = "policy",           [REQUIREMENT_VERDICT_AGE] = "verdict age",
		[REQUIREMENT_DATA_AGE] = "data age",     [REQUIREMENT_DENIED] = "deny list",
	};
	return names[requirement];
}

/* What one requirement makes of one claim; an absent text: it was not asked. */
struct judging {
	const struct trust_wanted *wanted;
	const struct claim *claim;
	const struct trusted_key *key;    /* who signed; NULL: nobody, or a certificate */
	struct slice certificate;         /* the trusted one that it leads to; absent: none */
	struct slice trouble;             /* why no certificate was trusted */
	struct arena *arena;
};

struct opinion {
	enum outcome outcome;
	struct slice text;
};

static struct opinion
opinion(struct judging *judging, enum outcome outcome, const char *format, ...) __attribute__((format(printf, 3, 4)));

static struct opinion
opinion(struct judging *judging, enum outcome outcome, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	struct slice kept = arena_dup(judging->arena, slice_of(text));
	/* Without memory the line is poorer, not better. */
	return (struct opinion){ outcome, kept.p ? kept : SLICE("out of memory") };
}

static struct opinion
not_asked(void)
{
	return (struct opinion){ OUTCOME_HELD, SLICE_NONE };
}

static struct opinion
judge_signature(struct judging *judging)
{
	char id[DIGEST_TEXT_SIZE];
	if (judging->key) {
		struct digest digest = key_id(judging->key->key);
		return opinion(judging, OUTCOME_HELD, "signed by %.*s (%s)", SLICE_ARG(slice_first(judging->key->name, 300)), digest_text(&digest, id));
	}
	if (judging->certificate.p)
		return opinion(judging, OUTCOME_HELD, "signed under the certificate %.*s", SLICE_ARG(slice_first(judging->certificate, 300)));
	if (judging->trouble.p)
		return opinion(judging, OUTCOME_FAILED, "%.*s", SLICE_ARG(judging->trouble));
	return opinion(judging, OUTCOME_FAILED, "no key that is trusted made it");
}

static bool
in_time(int64_t day, int64_t from, int64_t until)
{
	return (from == DATE_NONE || day >= from) && (until == DATE_NONE || day <= until);
}

static struct opinion
judge_days(struct judging *judging, int64_t from, int64_t until)
{
	char a[DATE_TEXT_SIZE], b[DATE_TEXT_SIZE];
	date_day_text(from, a);
	date_day_text(until, b);
	if (!in_time(date_day(judging->wanted->now), from, until))
		return opinion(judging, OUTCOME_FAILED, "the key is trusted%s%s%s%s, not today", *a ? " from " : "", a, *b ? " until " : "", b);
	if (judging->claim->time != DATE_NONE && !in_time(date_day(judging->claim->time), from, until))
		return opinion(judging, OUTCOME_FAILED, "the key is trusted%s%s%s%s, not on the day of the verdict", *a ? " from " : "", a, *b ? " until " : "", b);
	return not_asked();
}

static bool
takes_everywhere(const struct companion *may)
{
	for (size_t i = 0; i < may->repository_count; i++)
		if (slice_is(may->repositories[i], "*") || slice_is(may->repositories[i], "**"))
			return true;
	return false;
}

/* What the key may approve, where its companion is known. */
static struct opinion
judge_companion(struct judging *judging, const struct companion *may)
{
	const struct claim *claim = judging->claim;
	struct slice repository = claim->repository.n > 0 ? claim->repository : judging->wanted->repository;
	struct plim_error err = { 0 };
	if (companion_allows_role(may, KEY_APPROVES, &err) < 0)
		return opinion(judging, OUTCOME_FAILED, "%s", err.text);
	if (repository.n == 0 && !takes_everywhere(may))
		return opinion(judging, OUTCOME_UNKNOWN, "the key may approve in some repositories, and none is named");
	if (repository.n > 0 && companion_allows_repository(may, repository, &err) < 0)
		return opinion(judging, OUTCOME_FAILED, "%s", err.text);
	if (claim->policy.algorithm == DIGEST_NONE && !may->any_policy)
		return opinion(judging, OUTCOME_UNKNOWN, "the key may approve for some policies, and none is named");
	if (claim->policy.algorithm != DIGEST_NONE && companion_allows_policy(may, &claim->policy, &err) < 0)
		return opinion(judging, OUTCOME_FAILED, "%s", err.text);
	return judge_days(judging, may->from, may->until);
}

static struct opinion
judge_key(struct judging *judging)
{
	const struct trusted_key *key = judging->key;
	if (key == NULL)
		return not_asked();
	if (key->role != KEY_APPROVES && key->role != KEY_ROLE_NONE)
		return opinion(judging, OUTCOME_FAILED, "the key's role is '%s', which approves nothing", key_role_name(key->role));
	struct opinion found = judge_days(judging, key->from, key->until);
	if (found.text.p == NULL && key->may)
		found = judge_companion(judging, key->may);
	return found.text.p ? found : opinion(judging, OUTCOME_HELD, "it may approve this");
}

static struct opinion
judge_result(struct judging *judging)
{
	const struct claim *claim = judging->claim;
	if (!claim->approves)
		return opinion(judging, OUTCOME_FAILED, "%.*s", SLICE_ARG(claim->why_not));
	return opinion(judging, OUTCOME_HELD, "%.*s that approves", SLICE_ARG(claim->form));
}

static struct opinion
judge_subject(struct judging *judging)
{
	char text[DIGEST_TEXT_SIZE];
	const struct claim *claim = judging->claim;
	for (size_t i = 0; i < claim->subject_count; i++)
		if (digest_eq(&claim->subjects[i], &judging->wanted->subject))
			return opinion(judging, OUTCOME_HELD, "it speaks of %s", digest_text(&judging->wanted->subject, text));
	if (claim->subject_count == 0)
		return opinion(judging, OUTCOME_FAILED, "it speaks of no image");
	return opinion(judging, OUTCOME_FAILED, "it speaks of %s", digest_text(&claim->subjects[0], text));
}

static struct opinion
judge_repository(struct judging *judging)
{
	struct slice named = judging->claim->repository;
	if (judging->wanted->repository.n == 0)
		return not_asked();
	if (named.n == 0)
		return opinion(judging, OUTCOME_UNKNOWN, "%.*s names no repository", SLICE_ARG(judging->claim->form));
	bool same = slice_eq(named, judging->wanted->repository);
	return opinion(judging, same ? OUTCOME_HELD : OUTCOME_FAILED, "it was made for %.*s", SLICE_ARG(slice_first(named, 300)));
}

static struct opinion
judge_tag(struct judging *judging)
{
	struct slice named = judging->claim->tag;
	if (judging->wanted->tag.n == 0)
		return not_asked();
	if (named.n == 0)
		return opinion(judging, OUTCOME_HELD, "it was made for whatever tag");
	bool same = slice_eq(named, judging->wanted->tag);
	return opinion(judging, same ? OUTCOME_HELD : OUTCOME_FAILED, "it was made for the tag %.*s", SLICE_ARG(slice_first(named, 150)));
}

static struct opinion
judge_policy(struct judging *judging)
{
	char text[DIGEST_TEXT_SIZE];
	const struct digest *named = &judging->claim->policy;
	const struct trust_wanted *wanted = judging->wanted;
	if (wanted->policy_count == 0)
		return not_asked();
	if (named->algorithm == DIGEST_NONE)
		return opinion(judging, OUTCOME_UNKNOWN, "%.*s names no policy", SLICE_ARG(judging->claim->form));
	for (size_t i = 0; i < wanted->policy_count; i++)
		if (digest_eq(named, &wanted->policies[i]))
			return opinion(judging, OUTCOME_HELD, "it was judged by the policy %s", digest_text(named, text));
	return opinion(judging, OUTCOME_FAILED, "it was judged by another policy, %s", digest_text(named, text));
}

static struct opinion
judge_age(struct judging *judging, int64_t time, uint64_t most, const char *what)
{
	char text[DATE_TEXT_SIZE];
	int64_t now = judging->wanted->now;
	if (most == 0)
		return not_asked();
	if (time == DATE_NONE)
		return opinion(judging, OUTCOME_UNKNOWN, "%.*s does not say how old %s", SLICE_ARG(judging->claim->form), what);
	date_text(time, text);
	if (time > now + TRUST_SKEW_S)
		return opinion(judging, OUTCOME_FAILED, "%s, which is in the future", text);
	bool fresh = time >= now || (uint64_t)(now - time) <= most;
	return opinion(judging, fresh ? OUTCOME_HELD : OUTCOME_FAILED, "%s, %ju hours ago; at most %ju", text, (uintmax_t)(time < now ? (now - time) / 3600 : 0),
	               (uintmax_t)most / 3600);
}

static struct opinion
judge_verdict_age(struct judging *judging)
{
	return judge_age(judging, judging->claim->time, judging->wanted->verdict_age_most, "its verdict is");
}

static struct opinion
judge_data_age(struct judging *judging)
{
	return judge_age(judging, judging->claim->data_time, judging->wanted->data_age_most, "its data were");
}

static struct opinion (*const requirements[REQUIREMENT_COUNT])(struct judging *judging) = {
	[REQUIREMENT_SIGNATURE] = judge_signature,
	[REQUIREMENT_KEY] = judge_key,
	[REQUIREMENT_RESULT] = judge_result,
	[REQUIREMENT_SUBJECT] = judge_subject,
	[REQUIREMENT_REPOSITORY] = judge_repository,
	[REQUIREMENT_TAG] = judge_tag,
	[REQUIREMENT_POLICY] = judge_policy,
	[REQUIREMENT_VERDICT_AGE] = judge_verdict_age,
	[REQUIREMENT_DATA_AGE] = judge_data_age,
};

/* What one document came to. */
struct attempt {
	struct trust_answer answer;
	bool trusted;              /* whoever signed it is */
	size_t said, held;         /* lines that tell something, and of them those that held */
};

static void
attempt_add(struct attempt *attempt, enum requirement requirement, struct opinion found)
{
	struct trust_answer *answer = &attempt->answer;
	if (found.text.p == NULL)
		return;
	answer->lines[answer->n++] = (struct trust_line){ requirement, found.outcome, found.text };
	attempt->said += found.outcome != OUTCOME_UNKNOWN;
	attempt->held += found.outcome == OUTCOME_HELD;
	if (answer->outcome == OUTCOME_HELD || found.outcome == OUTCOME_FAILED)
		answer->outcome = found.outcome;
}

static void
end_at(int64_t *end, int64_t second)
{
	if (second < *end)
		*end = second;
}

static void
end_by_age(int64_t *end, int64_t time, uint64_t most)
{
	if (most && time != DATE_NONE && most < (uint64_t)(INT64_MAX - time))
		end_at(end, time + (int64_t)most);
}

static void
end_by_day(int64_t *end, int64_t day)
{
	if (day != DATE_NONE)
		end_at(end, (day + 1) * DAY_S - 1);
}

/* When what holds now would no longer: ages, days of keys and a signature's own end are all that time changes. */
static int64_t
ends(const struct judging *judging)
{
	const struct trust_wanted *wanted = judging->wanted;
	int64_t end = INT64_MAX;
	end_by_age(&end, judging->claim->time, wanted->verdict_age_most);
	end_by_age(&end, judging->claim->data_time, wanted->data_age_most);
	if (judging->key)
		end_by_day(&end, judging->key->until);
	if (judging->key && judging->key->may)
		end_by_day(&end, judging->key->may->until);
	if (judging->claim->notation && judging->claim->notation->expiry != DATE_NONE)
		end_at(&end, judging->claim->notation->expiry - 1);
	return end;
}

static void
attempt_judge(struct attempt *attempt, struct judging *judging)
{
	*attempt = (struct attempt){ .answer = { .key = judging->key, .until = ends(judging) } };
	for (enum requirement i = 0; i < REQUIREMENT_COUNT; i++)
		if (requirements[i])
			attempt_add(attempt, i, requirements[i](judging));
	/* What nobody who is trusted signed decides nothing, and must not turn a refusal into a doubt. */
	attempt->trusted = judging->key || judging->certificate.p;
	if (!attempt->trusted)
		attempt->answer.outcome = OUTCOME_FAILED;
}

/*
 * One that holds, then one whose signer is trusted, then the one that says more: a signature that names no policy is no reason to
 * doubt what an attestation of the same signer says.  Last what met more.
 */
static int
attempt_order(const struct attempt *a, const struct attempt *b)
{
	const size_t left[] = { a->answer.outcome == OUTCOME_HELD, a->trusted, a->said, a->held };
	const size_t right[] = { b->answer.outcome == OUTCOME_HELD, b->trusted, b->said, b->held };
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		if (left[i] != right[i])
			return left[i] > right[i] ? 1 : -1;
	return 0;
}

/* The same whatever order they came in: among equals the smaller id, or digest. */
static bool
is_better(const struct attempt *a, const struct digest *a_id, const struct attempt *b, const struct digest *b_id)
{
	int order = attempt_order(a, b);
	return order > 0 || (order == 0 && memcmp(a_id->bytes, b_id->bytes, sizeof a_id->bytes) < 0);
}

static void
judge_by_certificates(struct judging *judging, struct attempt *best)
{
	const struct trust_wanted *wanted = judging->wanted;
	for (size_t i = 0; i < wanted->certificate_count && judging->certificate.p == NULL; i++) {
		struct plim_error err = { 0 };
		if (notation_verify(judging->claim->notation, &wanted->certificates[i].certificate, 1, wanted->now, &err) == 0)
			judging->certificate = wanted->certificates[i].name.p ? wanted->certificates[i].name : SLICE("that is trusted");
		else if (judging->trouble.p == NULL)
			judging->trouble = arena_dup(judging->arena, slice_of(err.text));
	}
	attempt_judge(best, judging);
}

static void
judge_by_keys(struct judging *judging, struct attempt *best)
{
	const struct trust_wanted *wanted = judging->wanted;
	struct digest best_id = { 0 };
	attempt_judge(best, judging);
	for (size_t i = 0; i < wanted->key_count; i++) {
		struct attempt attempt = { .held = 0 };
		if (!claim_is_signed_by(judging->claim, wanted->keys[i].key))
			continue;
		struct digest id = key_id(wanted->keys[i].key);
		judging->key = &wanted->keys[i];
		attempt_judge(&attempt, judging);
		if (best->answer.key == NULL || is_better(&attempt, &id, best, &best_id)) {
			*best = attempt;
			best_id = id;
		}
	}
}

static int
judge_document(const struct trust_wanted *wanted, const struct trust_document *document, struct arena *arena, struct attempt *out,
               struct plim_error *err)
{
	struct judging judging = { .wanted = wanted, .arena = arena };
	struct claim *claim;
	struct plim_error why = { 0 };
	int r = claim_read(document, arena, &claim, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0) {
		*out = (struct attempt){ .held = 0 };
		attempt_add(out, REQUIREMENT_READABLE, opinion(&judging, OUTCOME_FAILED, "%s", why.text));
		return 0;
	}
	judging.claim = claim;
	if (claim->notation)
		judge_by_certificates(&judging, out);
	else
		judge_by_keys(&judging, out);
	return 0;
}

static struct opinion
judge_denied(struct judging *judging)
{
	const struct trust_wanted *wanted = judging->wanted;
	char day[DATE_TEXT_SIZE];
	if (wanted->denied == NULL)
		return not_asked();
	struct slice where = wanted->located.n ? wanted->located : wanted->repository;
	const struct deny_entry *entry = deny_find(wanted->denied, &wanted->subject, where);
	for (size_t i = 0; entry == NULL && i < wanted->also_count; i++)
		entry = deny_find(wanted->denied, &wanted->also[i], where);
	if (entry)
		return opinion(judging, OUTCOME_FAILED, "denied since %s: %.*s", date_day_text(entry->day, day), SLICE_ARG(slice_first(entry->reason, 300)));
	int64_t age = wanted->now - wanted->denied->time;
	date_text(wanted->denied->time, day);
	if (wanted->deny_age_most > 0 && age > 0 && (uint64_t)age > wanted->deny_age_most)
		return opinion(judging, OUTCOME_UNKNOWN, "the list is of %s, which is too old to know", day);
	return opinion(judging, OUTCOME_HELD, "not in list %ju of %s", (uintmax_t)wanted->denied->serial, day);
}

static int
judge_all(const struct trust_wanted *wanted, const struct trust_document *documents, size_t n, struct arena *arena, struct attempt *best,
          struct plim_error *err)
{
	struct digest best_digest = { 0 };
	best->answer.document = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		struct attempt attempt = { .held = 0 };
		struct digest digest = digest_of(documents[i].bytes);
		int r = judge_document(wanted, &documents[i], arena, &attempt, err);
		if (r < 0)
			return r;
		attempt.answer.document = i;
		if (best->answer.document == SIZE_MAX || is_better(&attempt, &digest, best, &best_digest)) {
			*best = attempt;
			best_digest = digest;
		}
	}
	return 0;
}

int
trust_verify(const struct trust_wanted *wanted, const struct trust_document *documents, size_t n, struct arena *arena,
             struct trust_answer **out, struct plim_error *err)
{
	struct judging judging = { .wanted = wanted, .arena = arena };
	struct attempt best = { .held = 0 };
	if (wanted->subject.algorithm == DIGEST_NONE)
		return error_set(err, PLIM_EUSAGE, "only a digest can be approved, and none was given");
	int r = judge_all(wanted, documents, n, arena, &best, err);
	if (r < 0)
		return r;
	if (n == 0)
		attempt_add(&best, REQUIREMENT_SIGNATURE, opinion(&judging, OUTCOME_FAILED, "there is no signature and no attestation"));
	attempt_add(&best, REQUIREMENT_DENIED, judge_denied(&judging));
	*out = arena_make(arena, struct trust_answer);
	if (*out == NULL)
		return error_nomem(err);
	**out = best.answer;
	return 0;
}
