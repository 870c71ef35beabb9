/* SPDX-License-Identifier: Apache-2.0 */
/* From rows of blocks, and from the configuration's texts, to the list of an image's secrets. */
#include "catalog/resolver.h"
#include "catalog/secret/find.h"
#include "catalog/secret/secrets.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"

const char *
secret_state_name(enum secret_state state)
{
	static const char *const names[] = {
		[SECRET_FINAL] = "final", [SECRET_REMOVED] = "removed", [SECRET_ENVIRONMENT] = "environment", [SECRET_LABEL] = "label",
		[SECRET_COMMAND] = "command", [SECRET_HISTORY] = "history",
	};
	return names[state];
}

struct listing {
	struct inventory *inventory;
	VEC(struct secret) secrets;
	VEC(struct masked_step) steps;
	VEC(size_t) older;                 /* of each secret of a file: the number of one before it at the same line, from 1, that is but half known as well */
	struct map places;                 /* the number of the last of these, by struct place */
	struct map seen;                   /* secrets of settings other than history, as they are */
	bool cut;                          /* the text at hand was not searched to its end */
	struct secret_finder *finder;
	VEC(struct secret_match) matches;  /* of the text at hand */
	size_t of_files;
	struct plim_error trouble;         /* why settings were not searched to their end */
};

static void
auto_listing(struct listing *listing)
{
	vec_done(&listing->secrets);
	vec_done(&listing->steps);
	vec_done(&listing->older);
	map_done(&listing->places);
	map_done(&listing->seen);
	vec_done(&listing->matches);
	secret_finder_free(listing->finder);
}

/* Files. */

static bool
is_of_file(const struct row *row)
{
	return row->kind == ROW_PRIVATE_KEY || row->kind == ROW_CREDENTIAL;
}

struct place {
	uint32_t layer, entry, line, of_file;
};

/* The secrets that one half of is known of: a line of a file, and by whom.  NULL without memory. */
static size_t *
place_of(struct listing *listing, uint32_t layer, const struct row *row, bool of_file)
{
	struct place *key = arena_make(listing->inventory->arena, struct place);
	if (key == NULL)
		return NULL;
	*key = (struct place){ layer, row->entry, row->line, of_file };
	return (size_t *)map_place(&listing->places, (struct slice){ (const char *)key, sizeof *key });
}

/* Catalogers that know a file by its name, and rules that know the secret, speak of the same line: one secret. */
static struct secret *
secret_at(struct listing *listing, const struct block *block, uint32_t layer, const struct row *row, struct plim_error *err)
{
	size_t *half = row->line ? place_of(listing, layer, row, !is_of_file(row)) : NULL;
	if (half && *half) {
		struct secret *known = &listing->secrets.at[*half - 1];
		*half = listing->older.at[*half - 1];
		return known;
	}
	struct secret *secret = vec_push(&listing->secrets);
	size_t *older = vec_push(&listing->older), *place = row->line ? place_of(listing, layer, row, is_of_file(row)) : NULL;
	if (secret == NULL || older == NULL || (row->line && (half == NULL || place == NULL))) {
		error_nomem(err);
		return NULL;
	}
	*secret = (struct secret){ .block = block, .layer = listing->inventory->image ? layer : UINT32_MAX };
	*older = place ? *place : 0;
	if (place)
		*place = listing->secrets.n;
	return secret;
}

static int
add_row(struct listing *listing, const struct block *block, uint32_t layer, const struct row *row, struct plim_error *err)
{
	const struct secret_rule *rule = row->kind == ROW_SECRET ? secret_rule_find(block_field(block, row, SECRET_RULE)) : NULL;
	const struct node **nodes = listing->inventory->shown[layer].nodes;
	if (rule == NULL && !is_of_file(row))
		return 0;
	struct secret *secret = secret_at(listing, block, layer, row, err);
	if (secret == NULL)
		return PLIM_ENOMEM;
	secret->state = nodes && nodes[row->entry] ? SECRET_FINAL : SECRET_REMOVED;
	if (rule) {
		secret->rule = rule;
		secret->row = *row;
		secret->excerpt = block_field(block, row, SECRET_EXCERPT);
		secret->example = slice_is(block_field(block, row, SECRET_EXAMPLE), "1");
	} else {
		secret->file = *row;
	}
	return 0;
}

static int
list_files(struct listing *listing, struct plim_error *err)
{
	const struct inventory *inventory = listing->inventory;
	int r = 0;
	for (uint32_t layer = 0; r == 0 && layer < inventory->block_count; layer++) {
		const struct block *block = inventory->blocks[layer];
		for (uint32_t i = 0; r == 0 && block && i < block_row_count(block); i++) {
			struct row row = block_row(block, i);
			if (row.kind == ROW_SECRET || is_of_file(&row))
				r = add_row(listing, block, layer, &row, err);
		}
	}
	return r;
}

/* Settings. */

static int
keep(void *context, const struct secret_match *match, struct plim_error *err)
{
	struct listing *listing = context;
	if (listing->matches.n == LIMIT_SECRET_FILE_COUNT)
		return error_set(err, PLIM_ELIMIT, "more secrets than limit SECRET_FILE_COUNT (%ju)", (uintmax_t)LIMIT_SECRET_FILE_COUNT);
	struct secret_match *kept = vec_push(&listing->matches);
	if (kept == NULL)
		return error_nomem(err);
	*kept = *match;
	return 0;
}

static int
search(struct listing *listing, struct slice text, struct plim_error *err)
{
	struct secret_places places = secret_places_of_settings();
	struct plim_error why = { 0 };
	int r = listing->finder ? 0 : secret_finder_new(&listing->finder, err);
	listing->matches.n = 0;
	if (r < 0)
		return r;
	r = secret_find(listing->finder, text, 0, text.n, &places, keep, listing, &why);
	listing->cut = r == PLIM_ELIMIT;
	if (listing->cut)
		listing->trouble = why;
	listing->matches.n = secret_matches_settle(listing->matches.at, listing->matches.n);
	return r == 0 || r == PLIM_ELIMIT ? 0 : error_set(err, (enum plim_code)r, "%s", why.text);
}

static int
add_setting(struct listing *listing, enum secret_state state, struct slice setting, uint32_t layer, const struct secret_match *match,
            struct plim_error *err)
{
	if (listing->secrets.n - listing->of_files >= LIMIT_SECRET_COUNT) {
		error_set(&listing->trouble, PLIM_ELIMIT, "more secrets than limit SECRET_COUNT in the image's settings");
		return 0;
	}
	struct secret *secret = vec_push(&listing->secrets);
	struct slice excerpt = arena_dup(listing->inventory->arena, slice_of(match->excerpt));
	if (secret == NULL || excerpt.p == NULL || setting.p == NULL)
		return error_nomem(err);
	*secret = (struct secret){
		.state = state, .rule = match->rule, .layer = layer, .setting = setting, .excerpt = excerpt, .example = match->example,
	};
	return 0;
}

/* `name` is what the setting is called. */
static int
search_setting(struct listing *listing, enum secret_state state, struct slice name, struct slice text, struct plim_error *err)
{
	int r = search(listing, text, err);
	for (size_t i = 0; r == 0 && i < listing->matches.n; i++) {
		const struct secret_match *match = &listing->matches.at[i];
		/* The text may be one that was put together: in the configuration it stands nowhere else. */
		struct slice kept = arena_dup(listing->inventory->arena, slice_first(slice_from(text, (size_t)match->at), match->n));
		void **seen = kept.p ? map_place(&listing->seen, kept) : NULL;
		if (seen == NULL)
			return error_nomem(err);
		*seen = listing;
		r = add_setting(listing, state, name, UINT32_MAX, match, err);
	}
	return r;
}

static int
search_environment(struct listing *listing, const struct image_config *config, struct plim_error *err)
{
	struct arena *arena = listing->inventory->arena;
	int r = 0;
	for (size_t i = 0; r == 0 && i < config->env.n; i++) {
		struct slice name, value;
		slice_cut(config->env.at[i], '=', &name, &value);
		r = search_setting(listing, SECRET_ENVIRONMENT, arena_printf(arena, "env:%.*s", SLICE_ARG(name)), config->env.at[i], err);
	}
	return r;
}

static int
search_labels(struct listing *listing, const struct image_config *config, struct plim_error *err)
{
	struct arena *arena = listing->inventory->arena;
	int r = 0;
	for (size_t i = 0; r == 0 && i < config->label_count; i++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		strbuf_put(&text, config->labels[i].key);
		strbuf_putc(&text, '=');
		strbuf_put(&text, config->labels[i].value);
		if (text.failed)
			return error_nomem(err);
		r = search_setting(listing, SECRET_LABEL, arena_printf(arena, "label:%.*s", SLICE_ARG(config->labels[i].key)), strbuf_slice(&text), err);
	}
	return r;
}

static int
search_commands(struct listing *listing, const struct image_config *config, struct plim_error *err)
{
	const struct { const char *name; const struct string_list *list; } lists[] = {
		{ "command:Entrypoint", &config->entrypoint }, { "command:Cmd", &config->cmd },
		{ "command:Healthcheck", &config->healthcheck }, { "command:OnBuild", &config->on_build },
	};
	int r = 0;
	for (size_t k = 0; r == 0 && k < sizeof lists / sizeof *lists; k++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		for (size_t i = 0; i < lists[k].list->n; i++) {
			strbuf_put(&text, lists[k].list->at[i]);
			strbuf_putc(&text, ' ');
		}
		r = text.failed ? error_nomem(err) : search_setting(listing, SECRET_COMMAND, slice_of(lists[k].name), strbuf_slice(&text), err);
	}
	return r;
}

/* History. */

static int
mask_step(struct listing *listing, struct slice text, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf masked = { 0 };
	struct masked_step *step = vec_push(&listing->steps);
	size_t at = 0;
	for (size_t i = 0; !listing->cut && i < listing->matches.n && at < text.n; i++) {
		const struct secret_match *match = &listing->matches.at[i];
		if (match->hides_from > at)
			strbuf_put(&masked, slice_first(slice_from(text, at), (size_t)match->hides_from - at));
		strbuf_puts(&masked, match->excerpt);
		at = match->hides_to > text.n ? text.n : match->hides_to > at ? (size_t)match->hides_to : at;
	}
	/* Of what was not searched nothing is shown. */
	strbuf_put(&masked, listing->cut ? SLICE("****") : slice_from(text, at));
	if (step == NULL || masked.failed)
		return error_nomem(err);
	*step = (struct masked_step){ text, arena_dup(listing->inventory->arena, strbuf_slice(&masked)) };
	return step->masked.p ? 0 : error_nomem(err);
}

/* What the environment or a label has is told there: the instruction that set it is no other secret. */
static int
search_step(struct listing *listing, size_t number, struct slice text, uint32_t layer, struct plim_error *err)
{
	int r = search(listing, text, err);
	if (r < 0 || (listing->matches.n == 0 && !listing->cut))
		return r;
	for (size_t i = 0; r == 0 && i < listing->matches.n; i++) {
		const struct secret_match *match = &listing->matches.at[i];
		if (map_find(&listing->seen, slice_first(slice_from(text, (size_t)match->at), match->n)))
			continue;
		r = add_setting(listing, SECRET_HISTORY, arena_printf(listing->inventory->arena, "history:%zu", number), layer, match, err);
	}
	return r < 0 ? r : mask_step(listing, text, err);
}

static int
search_history(struct listing *listing, const struct image *image, struct plim_error *err)
{
	uint32_t layers = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < image->config->history_count; i++) {
		const struct history_step *step = &image->config->history[i];
		bool made = !step->empty_layer && !image->history_mismatch;
		if (step->created_by.n)
			r = search_step(listing, i, step->created_by, made ? layers : UINT32_MAX, err);
		layers += made;
	}
	return r;
}

static int
list_settings(struct listing *listing, const struct image *image, struct plim_error *err)
{
	int r = search_environment(listing, image->config, err);
	if (r == 0)
		r = search_labels(listing, image->config, err);
	if (r == 0)
		r = search_commands(listing, image->config, err);
	return r < 0 ? r : search_history(listing, image, err);
}

static int
finish(struct listing *listing, struct plim_error *err)
{
	struct inventory *inventory = listing->inventory;
	struct secret *secrets = arena_make_array(inventory->arena, listing->secrets.n, struct secret);
	struct masked_step *steps = arena_make_array(inventory->arena, listing->steps.n, struct masked_step);
	if (secrets == NULL || steps == NULL)
		return error_nomem(err);
	if (listing->secrets.n)
		memcpy(secrets, listing->secrets.at, listing->secrets.n * sizeof *secrets);
	if (listing->steps.n)
		memcpy(steps, listing->steps.at, listing->steps.n * sizeof *steps);
	inventory->secrets = (struct secrets){ secrets, listing->secrets.n, steps, listing->steps.n };
	return 0;
}

int
resolve_secrets(struct resolver *resolver, struct plim_error *err)
{
	struct inventory *inventory = resolver->inventory;
	AUTO(listing) struct listing listing = { .inventory = inventory };
	int r = list_files(&listing, err);
	listing.of_files = listing.secrets.n;
	if (r == 0 && inventory->image && inventory->image->config)
		r = list_settings(&listing, inventory->image, err);
	if (r < 0 || (r = finish(&listing, err)) < 0 || listing.trouble.text[0] == '\0')
		return r;
	struct slice why = arena_dup(inventory->arena, slice_of(listing.trouble.text));
	return why.p ? add_gap(resolver, (struct inventory_gap){ "limit", SLICE_NONE, UINT32_MAX, SLICE("secrets"), why }, err) : error_nomem(err);
}

struct slice
inventory_instruction(const struct inventory *inventory, uint32_t layer)
{
	if (inventory->image == NULL || layer >= inventory->image->layer_count)
		return SLICE_NONE;
	struct slice written = inventory->image->layers[layer].instruction;
	for (size_t i = 0; i < inventory->secrets.step_count; i++)
		if (slice_eq(inventory->secrets.steps[i].written, written))
			return inventory->secrets.steps[i].masked;
	return written;
}
