/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks and gaps, and from them an inventory. */
#include "gate/pieces.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "image/target.h"
#include "process/channel.h"

/* What came of one blob. */
struct piece {
	struct slice bytes;
	struct block *block;
	char *gap;
};

static void
piece_done(struct piece *piece)
{
	block_close(piece->block);
	if (piece->bytes.n)
		file_unmap(&piece->bytes);
	free(piece->gap);
	*piece = (struct piece){ 0 };
}

void
pieces_done(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->n; i++)
		piece_done(&pieces->at[i]);
	free(pieces->at);
	image_set_close(pieces->set);
	*pieces = (struct pieces){ 0 };
}

static int
make_room(struct pieces *pieces, size_t n, struct plim_error *err)
{
	pieces->at = calloc(n + 1, sizeof *pieces->at);
	pieces->n = pieces->at ? n : 0;
	return pieces->at ? 0 : error_nomem(err);
}

static int
take_set(struct pieces *pieces, struct slice bytes, struct plim_error *err)
{
	if (pieces->set || pieces->at)
		return error_set(err, PLIM_EFORMAT, "a second set");
	int r = image_set_parse(bytes, &pieces->set, err);
	return r < 0 ? r : make_room(pieces, image_set_blob_count(pieces->set), err);
}

static int
piece_gap(struct piece *piece, struct slice why, struct plim_error *err)
{
	piece_done(piece);
	piece->gap = slice_dup(why);
	return piece->gap ? 0 : error_nomem(err);
}

/* A block that is damaged costs its layer an unknown, not the run: whoever made it may have been made to lie. */
static int
open_block(struct piece *piece, struct slice bytes, struct plim_error *err)
{
	struct plim_error why = { 0 };
	piece_done(piece);
	piece->bytes = bytes;
	int r = block_open_map(bytes, &piece->block, &why);
	if (r == 0 || r == PLIM_ENOMEM)
		return r < 0 ? error_nomem(err) : 0;
	return piece_gap(piece, slice_of(why.text), err);
}

static int
take_block(struct pieces *pieces, struct message *message, struct plim_error *err)
{
	struct slice bytes, body = message->body;
	uint32_t number = number_of(&body);
	if (pieces->at == NULL) {
		/* A tree, and what the running machine tells. */
		int r = make_room(pieces, 2, err);
		if (r < 0)
			return r;
	}
	if (number >= pieces->n)
		return error_set(err, PLIM_EFORMAT, "a block of no layer");
	struct piece *piece = &pieces->at[number];
	if (message->kind == SAY_GAP)
		return piece_gap(piece, body, err);
	struct cursor from = cursor_of(body);
	int r = file_map_fd(message->fd[0], body.n ? cursor_u64le(&from) : 0, &bytes, err);
	return r < 0 ? r : open_block(piece, bytes, err);
}

int
pieces_take(struct pieces *pieces, struct message *message, struct plim_error *err)
{
	return message->kind == SAY_SET ? take_set(pieces, message->body, err) : take_block(pieces, message, err);
}

int
pieces_inventory(const struct pieces *pieces, uint32_t at, struct arena *arena, struct inventory **out, struct plim_error *err)
{
	if (pieces->set && at >= image_set_count(pieces->set))
		return error_set(err, PLIM_EFORMAT, "a question about no image");
	return pieces_changed(pieces, at, pieces->set ? image_set_image(pieces->set, at) : NULL, NULL, arena, out, err);
}

int
pieces_changed(const struct pieces *pieces, uint32_t at, const struct image *changed, const struct block *top, struct arena *arena,
               struct inventory **out, struct plim_error *err)
{
	const struct image *image = pieces->set ? image_set_image(pieces->set, at) : NULL;
	size_t n = image ? image->layer_count : pieces->n > 0;
	AUTO(free) const char **gaps = calloc(n + 2, sizeof *gaps);
	const struct block **kept = arena_make_array(arena, n + 2, const struct block *);
	if (gaps == NULL || kept == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		const struct piece *piece = &pieces->at[image ? image->layers[i].blob : i];
		kept[i] = piece->block;
		gaps[i] = piece->gap;
	}
	kept[n] = top;
	int r = inventory_new(changed, kept, n + (top != NULL), gaps, out, err);
	bool live = r == 0 && pieces->set == NULL && pieces->n > 1 && (pieces->at[1].block || pieces->at[1].gap);
	return live ? inventory_set_live(*out, pieces->at[1].block, pieces->at[1].gap, err) : r;
}

int
pieces_room(struct pieces *pieces, size_t n, struct plim_error *err)
{
	pieces_done(pieces);
	return n > LIMIT_LAYER_COUNT ? error_set(err, PLIM_ELIMIT, "more layers than limit LAYER_COUNT") : make_room(pieces, n, err);
}

struct stack {
	const struct block **blocks;
	const char **gaps;
	size_t n;
};

static void
stack_add(struct stack *stack, const struct piece *piece)
{
	stack->gaps[stack->n] = piece->gap;
	stack->blocks[stack->n++] = piece->block;
}

int
pieces_stacked(const struct pieces *below, uint32_t at, const struct pieces *tops, size_t n, struct arena *arena, struct inventory **out, struct plim_error *err)
{
	const struct image *image = below && below->set ? image_set_image(below->set, at) : NULL;
	size_t under = below == NULL ? 0 : image ? image->layer_count : below->n > 0;
	AUTO(free) const char **gaps = calloc(under + n + 1, sizeof *gaps);
	struct stack stack = { arena_make_array(arena, under + n + 1, const struct block *), gaps, 0 };
	if (gaps == NULL || stack.blocks == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < under; i++)
		stack_add(&stack, &below->at[image ? image->layers[i].blob : i]);
	for (size_t i = 0; i < n && i < tops->n; i++)
		stack_add(&stack, &tops->at[i]);
	return inventory_new(NULL, stack.blocks, stack.n, gaps, out, err);
}

int
pieces_blocks(const struct pieces *pieces, uint32_t at, struct arena *arena, const struct block *const **blocks, const size_t **blobs, size_t *n,
              struct plim_error *err)
{
	const struct image *image = pieces->set && at < image_set_count(pieces->set) ? image_set_image(pieces->set, at) : NULL;
	*n = image ? image->layer_count : pieces->n > 0;
	const struct block **kept = arena_make_array(arena, *n + 1, const struct block *);
	size_t *numbers = arena_make_array(arena, *n + 1, size_t);
	if (kept == NULL || numbers == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < *n; i++) {
		numbers[i] = image ? image->layers[i].blob : i;
		kept[i] = pieces->at[numbers[i]].block;
		if (kept[i] == NULL)
			return error_set(err, PLIM_EUNSUPPORTED, "layer %zu: %s", i, pieces->at[numbers[i]].gap ? pieces->at[numbers[i]].gap : "it was not read");
	}
	*blocks = kept;
	*blobs = numbers;
	return 0;
}

static int
add_missed(const struct inventory *inventory, const struct missed_file *missed, size_t n, struct arena *arena, struct extra_list *out, struct plim_error *err)
{
	struct extra *list = arena_make_array(arena, out->n + n, struct extra);
	if (list == NULL)
		return error_nomem(err);
	if (out->n)
		memcpy(list, out->at, out->n * sizeof *list);
	for (size_t i = 0; i < n; i++) {
		size_t blob = inventory->image ? inventory->image->layers[missed[i].layer].blob : 0;
		struct extra *extra = &list[out->n++];
		*extra = (struct extra){ blob, block_entry_path(inventory->blocks[missed[i].layer], missed[i].entry), missed[i].path };
		slice_skip(&extra->known_as, SLICE("/"));
	}
	out->at = list;
	return 0;
}

int
pieces_missed(const struct inventory *inventory, const struct policy *policy, struct arena *arena, struct extra_list *out, struct plim_error *err)
{
	const struct missed_file *missed;
	size_t n;
	int r = inventory_missed(inventory, &missed, &n, err);
	if (r == 0 && n)
		r = add_missed(inventory, missed, n, arena, out, err);
	if (r < 0 || policy == NULL || (r = policy_missed(policy, inventory, arena, &missed, &n, err)) < 0 || n == 0)
		return r;
	return add_missed(inventory, missed, n, arena, out, err);
}
