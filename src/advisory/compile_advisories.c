/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories by their ids, the ids that they are also known by, and the texts that many of them have. */
#include "advisory/compile.h"

#include "advisory/rating.h"
#include "base/varint.h"

/* A text that so many have is worth a number of its own. */
#define SHARED_FROM 8

struct sharing {
	struct interner texts;         /* addresses without ids, vectors */
	VEC(uint32_t) uses;            /* by their number, less one; at least SHARED_FROM of a vector */
	VEC(uint32_t) number;          /* in SHARED, DROPPED for one that few have */
};

struct alias {
	uint32_t alias, id;            /* numbers of texts */
};

/* What one advisory says of one CVE. */
struct rated {
	uint32_t key;
	uint32_t vector;               /* in SHARED, DROPPED without one */
	uint16_t severity, tenths;     /* UNSCORED without a score */
};
#define UNSCORED UINT16_MAX

struct laying {
	struct compiler *c;
	struct sharing sharing;
	struct strbuf address;
	VEC(struct alias) aliases;
	VEC(struct rated) ratings;
	uint32_t last_title, last_id;
};

/* addresses */

static bool
is_lower_case_of(struct slice text, struct slice id)
{
	bool same = text.n >= id.n;
	for (size_t i = 0; same && i < id.n; i++)
		same = text.p[i] == (id.p[i] >= 'A' && id.p[i] <= 'Z' ? (char)(id.p[i] + ('a' - 'A')) : id.p[i]);
	return same;
}

/* The address with a mark in the place of the id; valid until the next one.  No address has bytes below a blank: one that does is dropped. */
static struct slice
address_pattern(struct laying *l, struct slice url, struct slice id)
{
	strbuf_clear(&l->address);
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] < ' ')
			return SLICE_NONE;
	for (size_t i = 0; i < url.n;) {
		struct slice rest = slice_from(url, i);
		char mark = id.n < 4 ? '\0' : slice_starts(rest, id) ? '\1' : is_lower_case_of(rest, id) ? '\2' : '\0';
		strbuf_putc(&l->address, mark ? mark : url.p[i]);
		i += mark ? id.n : 1;
	}
	return strbuf_slice(&l->address);
}

/* shared texts */

static void
count_use(struct laying *l, struct slice text, uint32_t uses)
{
	uint32_t number = intern(&l->sharing.texts, text);
	if (number == 0)
		return;
	if (number == INTERN_FAILED || (number > l->sharing.uses.n && vec_push(&l->sharing.uses) == NULL)) {
		l->c->failed = true;
		return;
	}
	l->sharing.uses.at[number - 1] += uses;
}

static void
count_uses(struct laying *l)
{
	const struct builder *from = l->c->from;
	for (size_t i = 0; i < l->c->advisory_count && !l->c->failed; i++) {
		struct kept_advisory kept = kept_advisory(from, l->c->advisories[i].number);
		count_use(l, address_pattern(l, interned(&from->texts, kept.url), interned(&from->texts, kept.id)), 1);
		count_use(l, interned(&from->texts, kept.vector), SHARED_FROM);
	}
}

static int
by_text(const void *left, const void *right, void *texts)
{
	return slice_cmp(interned(texts, *(const uint32_t *)left), interned(texts, *(const uint32_t *)right));
}

static void
put_shared(struct laying *l, const uint32_t *numbers, size_t n)
{
	struct compiler *c = l->c;
	for (size_t i = 0; i < n; i++) {
		compile_u32(&c->sections[SECTION_SHARED_INDEX], (uint32_t)c->sections[SECTION_SHARED].n);
		c->counts[SECTION_SHARED_INDEX]++;
		l->sharing.number.at[numbers[i] - 1] = (uint32_t)i;
		strbuf_put(&c->record, interned(&l->sharing.texts, numbers[i]));
		compile_plain_record(c, SECTION_SHARED);
	}
}

static void
choose_shared(struct laying *l)
{
	size_t n = 0, all = l->sharing.uses.n;
	AUTO(free) uint32_t *numbers = calloc(all + 1, sizeof *numbers);
	if (numbers == NULL || !vec_reserve(&l->sharing.number, all)) {
		l->c->failed = true;
		return;
	}
	l->sharing.number.n = all;
	for (size_t i = 0; i < all; i++) {
		l->sharing.number.at[i] = DROPPED;
		if (l->sharing.uses.at[i] >= SHARED_FROM)
			numbers[n++] = (uint32_t)i + 1;
	}
	if (n > 1)
		qsort_r(numbers, n, sizeof *numbers, by_text, &l->sharing.texts);
	put_shared(l, numbers, n);
}

static void
put_sharable(struct laying *l, struct slice text)
{
	struct strbuf *record = &l->c->record;
	uint32_t number = intern(&l->sharing.texts, text);
	uint32_t shared = number && number <= l->sharing.number.n ? l->sharing.number.at[number - 1] : DROPPED;
	if (number == 0) {
		varint_put(record, 0);
	} else if (shared != DROPPED) {
		varint_put(record, (uint64_t)shared + 2);
	} else {
		varint_put(record, 1);
		compile_text(record, text);
	}
}

/* advisories */

static void
put_texts(struct laying *l, struct kept_texts texts)
{
	varint_put(&l->c->record, texts.n);
	for (uint32_t i = 0; i < texts.n; i++)
		compile_text(&l->c->record, interned(&l->c->from->texts, varint_take_u32(&texts.at)));
}

/* Feeds copy each other's words: those of one id lie side by side. */
static void
put_title(struct laying *l, uint32_t title, uint32_t id, bool first)
{
	struct strbuf *record = &l->c->record;
	struct slice text = interned(&l->c->from->texts, title);
	if (title && !first && title == l->last_title && id == l->last_id) {
		varint_put(record, 1);
	} else {
		varint_put(record, title ? text.n + 2 : 0);
		strbuf_put(record, text);
	}
	l->last_title = title;
	l->last_id = id;
}

static void
put_advisory(struct laying *l, const struct sorted_advisory *at, bool first)
{
	const struct builder *from = l->c->from;
	struct strbuf *record = &l->c->record;
	struct kept_advisory kept = kept_advisory(from, at->number);
	struct slice id = interned(&from->texts, kept.id);
	compile_text(record, id);
	varint_put(record, at->feed);
	varint_put(record, at->ordinal);
	varint_put(record, kept.severity);
	compile_time(record, kept.published);
	compile_time(record, kept.modified);
	put_title(l, kept.title, kept.id, first);
	put_sharable(l, address_pattern(l, interned(&from->texts, kept.url), id));
	put_sharable(l, interned(&from->texts, kept.vector));
	put_texts(l, kept.aliases);
	put_texts(l, kept.related);
}

static void
note_aliases(struct laying *l, uint32_t id, struct kept_texts aliases)
{
	for (uint32_t i = 0; i < aliases.n; i++) {
		struct alias *place = vec_push(&l->aliases);
		if (place == NULL) {
			l->c->failed = true;
			return;
		}
		*place = (struct alias){ varint_take_u32(&aliases.at), id };
	}
}

/* ratings */

static struct rated
rate(struct laying *l, const struct kept_advisory *kept)
{
	struct slice vector = interned(&l->c->from->texts, kept->vector);
	struct rating rating = rating_of(vector, kept->severity);
	uint32_t number = rating.vector.n ? intern(&l->sharing.texts, vector) : 0;
	return (struct rated){ .vector = number ? l->sharing.number.at[number - 1] : DROPPED, .severity = (uint16_t)rating.severity,
		               .tenths = rating.score < 0 ? UNSCORED : (uint16_t)(rating.score * 10 + 0.5) };
}

static void
note_rating(struct laying *l, struct rated rated, struct slice id)
{
	struct rated *place = cve_key(id) ? vec_push(&l->ratings) : NULL;
	if (place) {
		*place = rated;
		place->key = cve_key(id);
	} else if (cve_key(id)) {
		l->c->failed = true;
	}
}

static void
note_ratings(struct laying *l, const struct kept_advisory *kept)
{
	const struct interner *texts = &l->c->from->texts;
	struct rated rated = rate(l, kept);
	struct cursor aliases = kept->aliases.at;
	if (rated.severity == SEVERITY_UNKNOWN && rated.tenths == UNSCORED)
		return;
	note_rating(l, rated, interned(texts, kept->id));
	for (uint32_t i = 0; i < kept->aliases.n; i++)
		note_rating(l, rated, interned(texts, varint_take_u32(&aliases)));
}

static int
by_cve(const void *left, const void *right)
{
	const struct rated *a = left, *b = right;
	int order = (a->key > b->key) - (a->key < b->key);
	/* The highest score first, and of equal ones the vector that sorts first. */
	int score = (uint16_t)(a->tenths + 1) > (uint16_t)(b->tenths + 1) ? -1 : a->tenths != b->tenths;
	order = order ? order : score;
	return order ? order : (a->vector > b->vector) - (a->vector < b->vector);
}

static void
put_ratings(struct laying *l)
{
	struct strbuf *into = &l->c->sections[SECTION_RATINGS];
	if (l->ratings.n > 1)
		qsort(l->ratings.at, l->ratings.n, sizeof *l->ratings.at, by_cve);
	for (size_t i = 0, end; i < l->ratings.n; i = end) {
		struct rated best = l->ratings.at[i];
		for (end = i + 1; end < l->ratings.n && l->ratings.at[end].key == best.key; end++)
			if (l->ratings.at[end].severity > best.severity)
				best.severity = l->ratings.at[end].severity;
		compile_u32(into, best.key);
		compile_u32(into, (uint32_t)best.severity | (uint32_t)best.tenths << 16);
		compile_u32(into, best.vector);
		l->c->counts[SECTION_RATINGS]++;
	}
	compile_keys(l->c, SECTION_RATINGS, SECTION_RATING_KEYS);
}

/* The largest part of the file: written record by record. */
static void
put_advisories(struct laying *l)
{
	struct compiler *c = l->c;
	AUTO(strbuf) struct strbuf stream = { 0 };
	writer_open(&c->writer, SECTION_ADVISORIES);
	for (size_t i = 0; i < c->advisory_count && !c->failed; i++) {
		bool first = i % FORMAT_STEP == 0;
		struct kept_advisory kept = kept_advisory(c->from, c->advisories[i].number);
		if (first)
			compile_entry(c, SECTION_ADVISORY_INDEX, writer_at(&c->writer, SECTION_ADVISORIES), interned(&c->from->texts, kept.id));
		put_advisory(l, &c->advisories[i], first);
		note_aliases(l, kept.id, kept.aliases);
		note_ratings(l, &kept);
		strbuf_clear(&stream);
		compile_text(&stream, strbuf_slice(&c->record));
		c->failed = c->failed || stream.failed || c->record.failed;
		strbuf_clear(&c->record);
		writer_put(&c->writer, strbuf_slice(&stream));
	}
	writer_close(&c->writer, SECTION_ADVISORIES, c->advisory_count);
}

/* aliases */

static int
by_alias(const void *left, const void *right, void *texts)
{
	const struct alias *a = left, *b = right;
	int order = a->alias == b->alias ? 0 : id_cmp(interned(texts, a->alias), interned(texts, b->alias));
	return order || a->id == b->id ? order : id_cmp(interned(texts, a->id), interned(texts, b->id));
}

static void
put_aliases(struct laying *l)
{
	struct compiler *c = l->c;
	struct interner *texts = &c->from->texts;
	if (l->aliases.n > 1)
		qsort_r(l->aliases.at, l->aliases.n, sizeof *l->aliases.at, by_alias, texts);
	for (size_t i = 0; i < l->aliases.n; i++) {
		const struct alias *at = &l->aliases.at[i];
		bool again = i > 0 && at[-1].alias == at->alias && at[-1].id == at->id;
		if (again || at->alias == at->id)
			continue;
		compile_text(&c->record, interned(texts, at->alias));
		compile_text(&c->record, interned(texts, at->id));
		compile_record(c, SECTION_ALIASES, SECTION_ALIAS_INDEX, interned(texts, at->alias));
	}
}

void
compile_advisories(struct compiler *c)
{
	struct laying l = { .c = c };
	count_uses(&l);
	choose_shared(&l);
	put_advisories(&l);
	put_aliases(&l);
	put_ratings(&l);
	interner_done(&l.sharing.texts);
	vec_done(&l.sharing.uses);
	vec_done(&l.sharing.number);
	vec_done(&l.aliases);
	vec_done(&l.ratings);
	strbuf_done(&l.address);
}
