/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of the file table, packed. */
#include "catalog/file_index.h"

#include "base/error.h"

_Static_assert(ENTRY_SOCKET <= 7, "a type has three bits of a kind");

/* Files of one owner mostly follow each other: `last` is tried first. */
static uint8_t
owner_of(struct file_index *index, const struct entry *entry, uint8_t last)
{
	if (last < index->owner_count && index->owner[last].uid == entry->uid && index->owner[last].gid == entry->gid)
		return last;
	for (size_t i = 0; i < index->owner_count; i++)
		if (index->owner[i].uid == entry->uid && index->owner[i].gid == entry->gid)
			return (uint8_t)i;
	if (index->owner_count == FILE_OWNER_MOST)
		return FILE_OWNER_MOST;
	index->owner[index->owner_count].uid = entry->uid;
	index->owner[index->owner_count].gid = entry->gid;
	return (uint8_t)index->owner_count++;
}

int
file_index_make(size_t n, size_t layers, struct arena *arena, struct file_index *out, struct plim_error *err)
{
	out->kinds = arena_make_array(arena, n, uint16_t);
	out->names = arena_make_array(arena, n, uint16_t);
	out->owners = arena_make_array(arena, n, uint8_t);
	out->sums = arena_make_array(arena, layers, struct file_sum);
	out->latest = INT64_MIN;
	return out->kinds && out->names && out->owners && out->sums ? 0 : error_nomem(err);
}

/* A hard link has no bytes of its own. */
static void
sum_add(struct file_sum *sum, const struct node *node, const struct entry *entry)
{
	bool own = node->layer == node->content_layer && node->entry == node->content_entry;
	sum->files += entry->type != ENTRY_DIRECTORY;
	if (entry->type == ENTRY_FILE && own && entry->size <= UINT64_MAX - sum->bytes)
		sum->bytes += entry->size;
}

static uint16_t
kind_of(const struct entry *entry)
{
	return (uint16_t)((unsigned)entry->type << 12 | (entry->mode & 07777) | (entry->capability.p ? FILE_CAPABLE : 0));
}

void
file_index_fill(struct file_index *index, const struct tree *tree, const struct node *const *nodes, size_t at, size_t end)
{
	uint8_t owner = 0;
	for (; at < end; at++) {
		struct entry entry = node_entry(tree, nodes[at]);
		index->kinds[at] = kind_of(&entry);
		index->latest = entry.mtime > index->latest ? entry.mtime : index->latest;
		index->names[at] = file_name_key(nodes[at]->name);
		index->owners[at] = owner = owner_of(index, &entry, owner);
		sum_add(&index->sums[nodes[at]->layer], nodes[at], &entry);
	}
}

/* So many at once, without a way out in between: that is a loop of a few instructions for all of them. */
#define NAMES_AT_ONCE 64

static bool
is_among(const uint16_t *names, uint16_t key, uint16_t mask)
{
	uint16_t found = 0;
	for (size_t i = 0; i < NAMES_AT_ONCE; i++)
		found |= (uint16_t)-((names[i] & mask) == key);
	return found;
}

size_t
file_index_named(const struct file_index *index, size_t at, size_t end, uint16_t key, uint16_t mask)
{
	key &= mask;
	while (end - at >= NAMES_AT_ONCE && !is_among(index->names + at, key, mask))
		at += NAMES_AT_ONCE;
	while (at < end && (index->names[at] & mask) != key)
		at++;
	return at;
}
