/* SPDX-License-Identifier: Apache-2.0 */
/* What the image tells of its build: instructions, variables, and what layers remove. */
#include "diff/comparing.h"

#include "base/error.h"
#include "catalog/history.h"

#define WORDS_MOST 72

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* So much of a digest tells it from another one. */
#define DIGITS_SHOWN 12

/* How many bytes of "file:", "dir:" or "multi:" begin here; 0 for none. */
static size_t
content_word(struct slice text)
{
	static const char *const words[] = { "file:sha256:", "dir:sha256:", "multi:sha256:", "file:", "dir:", "multi:" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_starts(text, slice_of(words[i])))
			return strlen(words[i]);
	return 0;
}

/* An instruction with no more than `shown` digits of the digest of what it copied, which some builders write into it. */
static void
put_instruction(struct strbuf *into, struct slice text, size_t shown)
{
	while (text.n) {
		size_t n = content_word(text), digits = 0;
		while (n && n + digits < text.n && is_hex(text.p[n + digits]))
			digits++;
		if (digits >= 16) {
			strbuf_put(into, slice_first(text, n + shown));
			text = slice_from(text, n + digits);
		} else {
			strbuf_putc(into, text.p[0]);
			text = slice_from(text, 1);
		}
	}
}

/* The same instruction with other content is still the same one. */
static struct slice
identity(struct strbuf *into, struct slice text)
{
	strbuf_clear(into);
	put_instruction(into, text, 0);
	return strbuf_slice(into);
}

static int
instructions_read(struct side *side, struct arena *arena, struct plim_error *err)
{
	const struct image_config *config = side->inventory->image->config;
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < config->history_count; i++) {
		struct slice kept = arena_dup(arena, identity(&text, config->history[i].created_by));
		void **place = kept.p && !text.failed ? map_place(&side->instructions, kept) : NULL;
		if (place == NULL)
			return error_nomem(err);
		*place = side;
	}
	return 0;
}

static int
whiteouts_read(struct side *side, struct plim_error *err)
{
	const struct inventory *inventory = side->inventory;
	for (uint32_t layer = 0; layer < inventory->block_count; layer++) {
		const struct block *block = inventory->blocks[layer];
		for (uint32_t i = 0; block && i < block_entry_count(block); i++) {
			enum entry_type type = block_entry_type(block, i);
			if (type != ENTRY_WHITEOUT && type != ENTRY_OPAQUE)
				continue;
			void **place = map_place(&side->whiteouts, block_entry_path(block, i));
			if (place == NULL)
				return error_nomem(err);
			*place = (void *)(uintptr_t)(layer + 1);
		}
		if (block)
			block_rest(block);
	}
	return 0;
}

int
history_read(struct side *side, struct arena *arena, struct plim_error *err)
{
	const struct image *image = side->inventory->image;
	if (image == NULL)
		return 0;
	for (size_t i = 0; i < image->config->label_count; i++)
		if (slice_is(image->config->labels[i].key, "org.opencontainers.image.revision"))
			side->revision = image->config->labels[i].value;
	int r = instructions_read(side, arena, err);
	return r < 0 ? r : whiteouts_read(side, err);
}

/* A layer that neither history tells of, as an imported base, or that both have, hides no instruction. */
static bool
tells(const struct side *side, const struct side *other)
{
	const struct image *image = side->inventory->image, *like = other->inventory->image;
	for (size_t i = 0; image && i < image->layer_count; i++) {
		const struct image_layer *layer = &image->layers[i], *same = like && i < like->layer_count ? &like->layers[i] : NULL;
		if (layer->instruction.n == 0 && (same == NULL || (same->instruction.n && !digest_eq(&layer->diff_id, &same->diff_id))))
			return false;
	}
	return image != NULL;
}

void
history_match(struct comparing *c)
{
	c->old.told = tells(&c->old, &c->new);
	c->new.told = tells(&c->new, &c->old);
}

/* Absent where history does not tell. */
static struct slice
instruction_of(const struct side *side, uint32_t layer)
{
	const struct image *image = side->inventory->image;
	return image && layer < image->layer_count && image->layers[layer].instruction.n ? image->layers[layer].instruction : SLICE_NONE;
}

bool
instruction_is_new(struct comparing *c, const struct side *side, const struct side *other, uint32_t layer)
{
	struct slice text = instruction_of(side, layer);
	return text.p && other->told && map_find(&other->instructions, identity(&c->scratch, text)) == NULL;
}

static struct history_instruction
parsed(struct slice created_by)
{
	struct history_instruction instruction;
	history_instruction(created_by, &instruction);
	return instruction;
}

/* "ENV NAME=VALUE", or the older "ENV NAME VALUE". */
static struct slice
variable_name(struct slice rest)
{
	struct slice name, value;
	slice_cut(rest, ' ', &name, &value);
	slice_cut(name, '=', &name, &value);
	return name;
}

/* What a variable or a build argument is set to may be a secret: it is never shown. */
static struct slice
without_values(const struct history_instruction *instruction)
{
	if (slice_is(instruction->keyword, "ENV") || slice_is(instruction->keyword, "ARG"))
		return variable_name(instruction->rest);
	return instruction->after_values ? SLICE("") : instruction->rest;
}

struct slice
instruction_words(struct comparing *c, const struct side *side, uint32_t layer)
{
	AUTO(strbuf) struct strbuf words = { 0 };
	struct slice text = instruction_of(side, layer), word;
	if (text.p == NULL)
		return SLICE_NONE;
	struct history_instruction instruction = parsed(inventory_instruction(side->inventory, layer));
	struct slice rest = without_values(&instruction);
	strbuf_put(&words, instruction.keyword);
	while (words.n < WORDS_MOST && slice_word(&rest, &word)) {
		strbuf_putc(&words, ' ');
		put_instruction(&words, slice_first(word, WORDS_MOST), DIGITS_SHOWN);
	}
	return arena_printf(c->arena, "%.*s%s", SLICE_ARG(slice_first(strbuf_slice(&words), WORDS_MOST)), rest.n || words.n > WORDS_MOST ? "..." : "");
}

static size_t
step_of(const struct image *image, uint32_t layer)
{
	size_t step = 0;
	for (uint32_t made = 0; step < image->config->history_count; step++)
		if (!image->config->history[step].empty_layer && made++ == layer)
			break;
	return step;
}

struct slice
instruction_text(struct comparing *c, const struct side *side, uint32_t layer)
{
	struct slice words = instruction_words(c, side, layer);
	return words.p ? arena_printf(c->arena, "instruction %zu (%.*s)", step_of(side->inventory->image, layer) + 1, SLICE_ARG(words)) : SLICE_NONE;
}

bool
instruction_copies(const struct side *side, uint32_t layer)
{
	struct slice keyword = parsed(instruction_of(side, layer)).keyword;
	return slice_is(keyword, "COPY") || slice_is(keyword, "ADD");
}

bool
instruction_runs(const struct side *side, uint32_t layer)
{
	return instruction_of(side, layer).n && !instruction_copies(side, layer);
}

/* "$NAME" not followed by more of a name, or "${NAME". */
static bool
names_variable(struct slice text, struct slice name)
{
	for (size_t at; (at = slice_find(text, '$')) != SIZE_MAX;) {
		text = slice_from(text, at + 1);
		struct slice rest = text;
		bool braced = slice_skip(&rest, SLICE("{"));
		if (!slice_skip(&rest, name))
			continue;
		bool more = rest.n && (rest.p[0] == '_' || (rest.p[0] >= '0' && rest.p[0] <= '9') || ((rest.p[0] | 32) >= 'a' && (rest.p[0] | 32) <= 'z'));
		if (braced || !more)
			return true;
	}
	return false;
}

/* An ENV of the history that the other one does not have in this form. */
static struct slice
variable_set(struct comparing *c, const struct history_step *step, const struct side *other)
{
	struct history_instruction instruction = parsed(step->created_by);
	bool same = map_find(&other->instructions, identity(&c->scratch, step->created_by)) != NULL;
	return slice_is(instruction.keyword, "ENV") && !same ? variable_name(instruction.rest) : SLICE_NONE;
}

struct slice
instruction_variable(struct comparing *c, const struct side *side, const struct side *other, uint32_t layer)
{
	struct slice text = instruction_of(side, layer);
	const struct image *image = side->inventory->image;
	if (text.p == NULL || !other->told || instruction_copies(side, layer))
		return SLICE_NONE;
	for (size_t i = 0; i < step_of(image, layer); i++) {
		struct slice name = variable_set(c, &image->config->history[i], other);
		if (name.n && names_variable(text, name))
			return name;
	}
	return SLICE_NONE;
}
