/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of four: a file has its set by its hash, and the entry that ends first gives way. */
#include "enforce/exec/guard_exec_parts.h"

#define SET_COUNT 2048
#define WAY_COUNT 4

struct decision {
	struct exec_key key;
	enum exec_verdict verdict;
	int64_t until;
};

struct exec_known {
	struct decision sets[SET_COUNT][WAY_COUNT];
};

struct exec_known *
exec_known_new(void)
{
	return calloc(1, sizeof(struct exec_known));
}

void
exec_known_free(struct exec_known *known)
{
	free(known);
}

/* The finisher of MurmurHash3: each bit of a number moves every other. */
static uint64_t
stir(uint64_t number)
{
	number = (number ^ number >> 33) * 0xff51afd7ed558ccd;
	number = (number ^ number >> 33) * 0xc4ceb9fe1a85ec53;
	return number ^ number >> 33;
}

static size_t
set_of(const struct exec_key *key)
{
	return stir(key->inode ^ stir(key->mount ^ stir(key->device ^ stir((uint64_t)key->changed)))) % SET_COUNT;
}

static bool
key_eq(const struct exec_key *a, const struct exec_key *b)
{
	return a->mount == b->mount && a->device == b->device && a->inode == b->inode && a->size == b->size && a->changed == b->changed;
}

static struct decision *
choose(struct decision *set, const struct exec_key *key)
{
	struct decision *first = set;
	for (size_t i = 0; i < WAY_COUNT; i++) {
		if (key_eq(&set[i].key, key))
			return &set[i];
		if (set[i].until < first->until)
			first = &set[i];
	}
	/* Of those that last as long any one will do, but not always the same. */
	if (first == set && set->until == INT64_MAX)
		first = &set[stir(key->inode + key->size) % WAY_COUNT];
	return first;
}

void
exec_known_put(struct exec_known *known, const struct exec_key *key, enum exec_verdict verdict, int64_t until)
{
	*choose(known->sets[set_of(key)], key) = (struct decision){ *key, verdict, until };
}

enum exec_verdict
exec_known_find(const struct exec_known *known, const struct exec_key *key, int64_t now)
{
	const struct decision *set = known->sets[set_of(key)];
	for (size_t i = 0; i < WAY_COUNT; i++)
		if (key_eq(&set[i].key, key))
			return now < set[i].until ? set[i].verdict : EXEC_UNKNOWN;
	return EXEC_UNKNOWN;
}
