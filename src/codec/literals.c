/* SPDX-License-Identifier: Apache-2.0 */
/* Literals by their rarest three bytes: a bitmap of all triples, in front of it nibble masks where the processor can shuffle bytes. */
#include "codec/literals.h"

#include "base/error.h"
#include <stdlib.h>

#if defined __x86_64__ || defined __i386__
#include <immintrin.h>
#endif

#define HASH_BITS 15
#define NOBODY    UINT32_MAX
#define GROUP_COUNT 16
#define FINGER_COUNT 3    /* neighbouring bytes that the masks look at: three of a literal that has no more */

/* One spelling of the rarest bytes of one literal. */
struct triple {
	uint32_t next;             /* of the same hash */
	uint32_t literal;
	uint32_t bytes;
};

struct compiled {
	struct slice text;
	bool nocase;
	uint8_t at;                /* where its triple is */
};

/*
 * Many places at once: which of them may begin a literal's rarest bytes.  Literals are in groups, each a bit; tables for each of those
 * bytes tell, by its lower and by its upper half, in which groups it occurs.
 */
struct masks {
	uint8_t low[GROUP_COUNT / 8][FINGER_COUNT][16], high[GROUP_COUNT / 8][FINGER_COUNT][16];
};

/* The halves that a byte may have. */
struct finger {
	uint16_t low, high;
};

struct group {
	struct finger fingers[FINGER_COUNT];
	unsigned low_often[FINGER_COUNT], high_often[FINGER_COUNT];
	uint64_t passed;
};

struct literals {
	struct masks masks;
	uint32_t seen[(1 << HASH_BITS) / 32];    /* which hashes there are */
	uint32_t heads[1 << 10];                 /* chains, by the hash's upper bits */
	struct triple *triples;
	size_t triple_count;
	size_t n;
	struct compiled all[];
};

/* How often bytes stand in text and program sources, in a ten-thousandth; the others less than one. */
static const uint16_t often[256] = {
	[' '] = 1300, ['e'] = 740, ['t'] = 560, ['a'] = 450, ['r'] = 450, ['n'] = 440, ['o'] = 440, ['i'] = 430, ['s'] = 420, ['l'] = 260,
	['c'] = 250, ['d'] = 240, ['p'] = 210, ['u'] = 200, ['m'] = 180, ['f'] = 150, ['h'] = 140, ['g'] = 110, ['b'] = 100, ['y'] = 90,
	['v'] = 80, ['w'] = 70, ['x'] = 50, ['k'] = 50, ['j'] = 20, ['q'] = 15, ['z'] = 15, ['\n'] = 300, ['\t'] = 150, ['.'] = 130,
	[','] = 110, ['_'] = 100, ['"'] = 110, ['\''] = 90, ['('] = 80, [')'] = 80, [':'] = 80, ['='] = 80, ['-'] = 100, ['/'] = 90,
	['*'] = 60, [';'] = 60, ['0'] = 100, ['1'] = 80, ['2'] = 60, ['3'] = 45, ['4'] = 40, ['5'] = 40, ['6'] = 40, ['7'] = 35,
	['8'] = 40, ['9'] = 35, ['{'] = 40, ['}'] = 40, ['['] = 25, [']'] = 25, ['<'] = 30, ['>'] = 40, ['#'] = 20, ['A'] = 35,
	['B'] = 20, ['C'] = 35, ['D'] = 25, ['E'] = 40, ['F'] = 20, ['G'] = 15, ['H'] = 12, ['I'] = 30, ['J'] = 5, ['K'] = 8,
	['L'] = 25, ['M'] = 20, ['N'] = 25, ['O'] = 25, ['P'] = 25, ['Q'] = 5, ['R'] = 30, ['S'] = 35, ['T'] = 40, ['U'] = 15,
	['V'] = 12, ['W'] = 10, ['X'] = 8, ['Y'] = 8, ['Z'] = 4, ['|'] = 10, ['&'] = 10, ['+'] = 15, ['!'] = 10, ['$'] = 20, ['@'] = 15,
};

/* How many of a hundred bytes of text have such a half. */
static const uint8_t high_often[16] = { 4, 1, 29, 8, 4, 4, 33, 18, 1, 1, 1, 1, 1, 1, 1, 1 };
static const uint8_t low_often[16] = { 24, 5, 6, 7, 8, 9, 3, 3, 3, 6, 5, 2, 4, 4, 5, 5 };

static char
other_case(char c)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	return letter ? c ^ 0x20 : c;
}

/* One byte of a literal, in either case where that does not matter; all bits are set where the literal has ended before. */
static struct finger
finger_of(const struct compiled *literal, size_t at)
{
	if (at >= literal->text.n)
		return (struct finger){ 0xffff, 0xffff };
	uint8_t byte = (uint8_t)literal->text.p[at], other = literal->nocase ? (uint8_t)other_case((char)byte) : byte;
	return (struct finger){ (uint16_t)(1u << (byte & 15)), (uint16_t)(1u << (byte >> 4) | 1u << (other >> 4)) };
}

static unsigned
often_of(uint16_t halves, const uint8_t *each)
{
	unsigned sum = 0;
	for (; halves; halves &= (uint16_t)(halves - 1))
		sum += each[__builtin_ctz(halves)];
	return sum;
}

/* How much of a text a group lets pass, with another literal in it. */
static uint64_t
passed_with(const struct group *group, const struct finger with[FINGER_COUNT])
{
	uint64_t product = 1;
	for (size_t i = 0; i < FINGER_COUNT; i++) {
		const struct finger *own = &group->fingers[i];
		unsigned low = group->low_often[i] + often_of(with[i].low & (uint16_t)~own->low, low_often);
		product *= low * (group->high_often[i] + often_of(with[i].high & (uint16_t)~own->high, high_often));
	}
	return product;
}

/* To the group that lets the least more pass than before. */
static void
groups_add(struct group *groups, const struct finger with[FINGER_COUNT])
{
	struct group *best = groups;
	uint64_t least = UINT64_MAX;
	for (struct group *group = groups; group < groups + GROUP_COUNT; group++) {
		uint64_t more = passed_with(group, with) - group->passed;
		if (more < least) {
			least = more;
			best = group;
		}
	}
	for (size_t i = 0; i < FINGER_COUNT; i++) {
		best->fingers[i].low |= with[i].low;
		best->fingers[i].high |= with[i].high;
		best->low_often[i] = often_of(best->fingers[i].low, low_often);
		best->high_often[i] = often_of(best->fingers[i].high, high_often);
	}
	best->passed += least;
}

static void
masks_fill(struct masks *masks, const struct group *groups)
{
	for (size_t g = 0; g < GROUP_COUNT; g++)
		for (size_t i = 0; i < FINGER_COUNT; i++)
			for (size_t k = 0; k < 16; k++) {
				masks->low[g / 8][i][k] |= (uint8_t)((groups[g].fingers[i].low >> k & 1) << g % 8);
				masks->high[g / 8][i][k] |= (uint8_t)((groups[g].fingers[i].high >> k & 1) << g % 8);
			}
}

static uint64_t
commonness(const struct compiled *literal, size_t at)
{
	uint64_t product = 1;
	for (size_t i = 0; i < FINGER_COUNT && at + i < literal->text.n; i++) {
		char c = literal->text.p[at + i];
		uint64_t each = often[(uint8_t)c];
		if (literal->nocase && other_case(c) != c)
			each += often[(uint8_t)other_case(c)];
		product *= each + 1;
	}
	return product;
}

static uint8_t
rarest(const struct compiled *literal)
{
	size_t best = 0;
	for (size_t at = 1; at + FINGER_COUNT <= literal->text.n; at++)
		if (commonness(literal, at) < commonness(literal, best))
			best = at;
	return (uint8_t)best;
}

static inline uint32_t
triple_at(const char *p)
{
	return (uint32_t)(uint8_t)p[0] | (uint32_t)(uint8_t)p[1] << 8 | (uint32_t)(uint8_t)p[2] << 16;
}

static inline uint32_t
hash_of(uint32_t bytes)
{
	return (uint32_t)(bytes * 0x9e3779b1u) >> (32 - HASH_BITS);
}

static inline bool
is_seen(const struct literals *literals, uint32_t hash)
{
	return literals->seen[hash / 32] >> hash % 32 & 1;
}

static uint32_t *
chain_of(const struct literals *literals, uint32_t hash)
{
	return (uint32_t *)&literals->heads[hash >> (HASH_BITS - 10)];
}

/* Chains are built from their ends: the first literal comes out first. */
static void
add_triple(struct literals *literals, uint32_t literal, uint32_t bytes)
{
	uint32_t hash = hash_of(bytes), *head = chain_of(literals, hash);
	literals->triples[literals->triple_count] = (struct triple){ *head, literal, bytes };
	*head = (uint32_t)literals->triple_count++;
	literals->seen[hash / 32] |= 1u << hash % 32;
}

/* All spellings of a triple: up to eight. */
static void
add_literal(struct literals *literals, struct group *groups, uint32_t number)
{
	const struct compiled *literal = &literals->all[number];
	char spelled[3];
	struct finger fingers[FINGER_COUNT];
	for (size_t i = 0; i < FINGER_COUNT; i++)
		fingers[i] = finger_of(literal, literal->at + i);
	groups_add(groups, fingers);
	for (unsigned cases = 0; cases < 8; cases++) {
		bool differs = true;
		for (size_t i = 0; i < 3; i++) {
			char c = literal->text.p[literal->at + i];
			bool other = cases >> i & 1;
			spelled[i] = other ? other_case(c) : c;
			differs &= !other || (literal->nocase && spelled[i] != c);
		}
		if (differs)
			add_triple(literals, number, triple_at(spelled));
	}
}

int
literals_new(const struct literal *all, size_t n, struct literals **out, struct plim_error *err)
{
	struct literals *literals = calloc(1, sizeof *literals + n * sizeof *literals->all);
	struct triple *triples = reallocarray(NULL, n ? n : 1, 8 * sizeof *triples);
	struct group groups[GROUP_COUNT] = { 0 };
	if (literals == NULL || triples == NULL) {
		free(literals);
		free(triples);
		return error_nomem(err);
	}
	literals->triples = triples;
	memset(literals->heads, 0xff, sizeof literals->heads);
	for (size_t i = 0; i < n; i++) {
		if (all[i].text.n < LITERAL_LEAST || all[i].text.n > LITERAL_MOST) {
			literals_free(literals);
			return error_set(err, PLIM_ELIMIT, "a literal of %zu bytes, not %d to %d", all[i].text.n, LITERAL_LEAST, LITERAL_MOST);
		}
		literals->all[i] = (struct compiled){ all[i].text, all[i].nocase, 0 };
		literals->all[i].at = rarest(&literals->all[i]);
	}
	literals->n = n;
	for (size_t i = n; i-- > 0;)
		add_literal(literals, groups, (uint32_t)i);
	masks_fill(&literals->masks, groups);
	*out = literals;
	return 0;
}

void
literals_free(struct literals *literals)
{
	if (literals == NULL)
		return;
	free(literals->triples);
	free(literals);
}

static bool
stands_at(const struct compiled *literal, struct slice in, size_t place)
{
	if (place < literal->at || literal->text.n > in.n - (place - literal->at))
		return false;
	struct slice there = { in.p + (place - literal->at), literal->text.n };
	return literal->nocase ? slice_eq_nocase(there, literal->text) : memcmp(there.p, literal->text.p, there.n) == 0;
}

struct scan {
	const struct literals *literals;
	struct slice in;
	literal_found_fn *found;
	void *context;
};

/* Once more than its triple's hash is known to be somebody's. */
static int
compare_at(const struct scan *scan, size_t place, uint32_t bytes)
{
	const struct literals *literals = scan->literals;
	for (uint32_t i = *chain_of(literals, hash_of(bytes)); i != NOBODY; i = literals->triples[i].next) {
		const struct triple *triple = &literals->triples[i];
		const struct compiled *literal = &literals->all[triple->literal];
		if (triple->bytes != bytes || !stands_at(literal, scan->in, place))
			continue;
		int r = scan->found(scan->context, triple->literal, place - literal->at);
		if (r)
			return r;
	}
	return 0;
}

/* Three bytes at least are left there. */
static inline int
look_at(const struct scan *scan, size_t place)
{
	uint32_t bytes = triple_at(scan->in.p + place);
	return is_seen(scan->literals, hash_of(bytes)) ? compare_at(scan, place, bytes) : 0;
}

#if defined __x86_64__ || defined __i386__

/* A vector of places needs so many bytes more than it has. */
#define BESIDES (FINGER_COUNT - 1)

static int
look_at_all(const struct scan *scan, uint32_t places, size_t at)
{
	for (; places; places &= places - 1) {
		int r = look_at(scan, at + (size_t)__builtin_ctz(places));
		if (r)
			return r;
	}
	return 0;
}

struct masks_32 {
	__m256i low[FINGER_COUNT], high[FINGER_COUNT];
};

__attribute__((target("avx2"))) static void
load_32(const struct masks *masks, size_t half, struct masks_32 *out)
{
	for (size_t i = 0; i < FINGER_COUNT; i++) {
		out->low[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)masks->low[half][i]));
		out->high[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)masks->high[half][i]));
	}
}

/* The groups that each of 32 places may belong to: eight of them. */
__attribute__((target("avx2"), always_inline)) static inline __m256i
groups_of_32(const struct masks_32 *masks, const __m256i lower[FINGER_COUNT], const __m256i upper[FINGER_COUNT])
{
	__m256i groups = _mm256_set1_epi8(-1);
	for (size_t i = 0; i < FINGER_COUNT; i++)
		groups = _mm256_and_si256(groups, _mm256_and_si256(_mm256_shuffle_epi8(masks->low[i], lower[i]), _mm256_shuffle_epi8(masks->high[i], upper[i])));
	return groups;
}

__attribute__((target("avx2"))) static int
scan_32(const struct scan *scan, size_t *at)
{
	struct masks_32 first, second;
	const __m256i half = _mm256_set1_epi8(15);
	int r = 0;
	load_32(&scan->literals->masks, 0, &first);
	load_32(&scan->literals->masks, 1, &second);
	for (; r == 0 && scan->in.n - *at >= 32 + BESIDES; *at += 32) {
		__m256i lower[FINGER_COUNT], upper[FINGER_COUNT];
		for (size_t i = 0; i < FINGER_COUNT; i++) {
			__m256i bytes = _mm256_loadu_si256((const __m256i *)(scan->in.p + *at + i));
			lower[i] = _mm256_and_si256(bytes, half);
			upper[i] = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
		}
		__m256i groups = _mm256_or_si256(groups_of_32(&first, lower, upper), groups_of_32(&second, lower, upper));
		uint32_t none = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(groups, _mm256_setzero_si256()));
		if (none != UINT32_MAX)
			r = look_at_all(scan, ~none, *at);
	}
	return r;
}

struct masks_16 {
	__m128i low[FINGER_COUNT], high[FINGER_COUNT];
};

__attribute__((target("ssse3"))) static void
load_16(const struct masks *masks, size_t half, struct masks_16 *out)
{
	for (size_t i = 0; i < FINGER_COUNT; i++) {
		out->low[i] = _mm_loadu_si128((const __m128i *)masks->low[half][i]);
		out->high[i] = _mm_loadu_si128((const __m128i *)masks->high[half][i]);
	}
}

__attribute__((target("ssse3"), always_inline)) static inline __m128i
groups_of_16(const struct masks_16 *masks, const __m128i lower[FINGER_COUNT], const __m128i upper[FINGER_COUNT])
{
	__m128i groups = _mm_set1_epi8(-1);
	for (size_t i = 0; i < FINGER_COUNT; i++)
		groups = _mm_and_si128(groups, _mm_and_si128(_mm_shuffle_epi8(masks->low[i], lower[i]), _mm_shuffle_epi8(masks->high[i], upper[i])));
	return groups;
}

__attribute__((target("ssse3"))) static int
scan_16(const struct scan *scan, size_t *at)
{
	struct masks_16 first, second;
	const __m128i half = _mm_set1_epi8(15);
	int r = 0;
	load_16(&scan->literals->masks, 0, &first);
	load_16(&scan->literals->masks, 1, &second);
	for (; r == 0 && scan->in.n - *at >= 16 + BESIDES; *at += 16) {
		__m128i lower[FINGER_COUNT], upper[FINGER_COUNT];
		for (size_t i = 0; i < FINGER_COUNT; i++) {
			__m128i bytes = _mm_loadu_si128((const __m128i *)(scan->in.p + *at + i));
			lower[i] = _mm_and_si128(bytes, half);
			upper[i] = _mm_and_si128(_mm_srli_epi16(bytes, 4), half);
		}
		__m128i groups = _mm_or_si128(groups_of_16(&first, lower, upper), groups_of_16(&second, lower, upper));
		uint32_t none = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(groups, _mm_setzero_si128()));
		if (none != 0xffff)
			r = look_at_all(scan, none ^ 0xffff, *at);
	}
	return r;
}

/* From 0 on as far as whole vectors fit. */
static int
scan_vectors(const struct scan *scan, enum literals_width width, size_t *at)
{
	if (width >= LITERALS_32 && __builtin_cpu_supports("avx2"))
		return scan_32(scan, at);
	if (width >= LITERALS_16 && __builtin_cpu_supports("ssse3"))
		return scan_16(scan, at);
	return 0;
}

#else

static int
scan_vectors(const struct scan *scan, enum literals_width width, size_t *at)
{
	(void)scan, (void)width, (void)at;
	return 0;
}

#endif

int
literals_scan_width(const struct literals *literals, enum literals_width width, struct slice in, literal_found_fn *found, void *context)
{
	struct scan scan = { literals, in, found, context };
	size_t at = 0;
	int r = scan_vectors(&scan, width, &at);
	for (; r == 0 && at + 3 <= in.n; at++)
		r = look_at(&scan, at);
	return r;
}

int
literals_scan(const struct literals *literals, struct slice in, literal_found_fn *found, void *context)
{
	return literals_scan_width(literals, LITERALS_32, in, found, context);
}
