/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of an image with the changes, its history and its layer. */
#include "fix/fix.h"

#include "base/error.h"

/* settings */

static bool
is_variable(struct slice variable, struct slice name)
{
	struct slice own, value;
	slice_cut(variable, '=', &own, &value);
	return slice_eq(own, name);
}

static bool
is_item(const struct fix_change *change, struct slice item, struct arena *arena)
{
	if (change->setting == SETTING_NO_PORT)
		return slice_eq(dockerfile_port(item, arena), dockerfile_port(change->name, arena));
	return change->setting == SETTING_NO_VOLUME ? slice_eq(item, change->name) : is_variable(item, change->name);
}

/* The list without what the change takes out, or with it emptied. */
static int
filter(struct string_list *list, const struct fix_change *change, struct arena *arena, struct plim_error *err)
{
	struct slice *kept = arena_make_array(arena, list->n + 1, struct slice);
	size_t n = 0;
	if (kept == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		bool meant = is_item(change, list->at[i], arena);
		if (meant && change->setting != SETTING_EMPTY_ENV)
			continue;
		kept[n] = meant ? arena_printf(arena, "%.*s=", SLICE_ARG(change->name)) : list->at[i];
		if (kept[n++].p == NULL)
			return error_nomem(err);
	}
	*list = (struct string_list){ kept, n, list->set };
	return 0;
}

static int
filter_labels(struct image_config *config, struct slice key, struct arena *arena, struct plim_error *err)
{
	struct string_pair *kept = arena_make_array(arena, config->label_count + 1, struct string_pair);
	size_t n = 0;
	if (kept == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < config->label_count; i++)
		if (!slice_eq(config->labels[i].key, key))
			kept[n++] = config->labels[i];
	config->labels = kept;
	config->label_count = n;
	return 0;
}

static int
set(struct image_config *config, const struct fix_change *change, struct arena *arena, struct plim_error *err)
{
	static const struct slice none[] = { { "NONE", 4 } };
	switch (change->setting) {
	case SETTING_USER:
		config->user = change->value;
		return 0;
	case SETTING_STOP_SIGNAL:
		config->stop_signal = change->value;
		return 0;
	case SETTING_ENTRYPOINT:
		config->entrypoint = change->words;
		if (change->alone)
			config->cmd = (struct string_list){ .set = true };
		return 0;
	case SETTING_CMD:
		config->cmd = change->words;
		return 0;
	case SETTING_NO_HEALTHCHECK:
		config->healthcheck = (struct string_list){ none, 1, true };
		return 0;
	case SETTING_EMPTY_ENV:
	case SETTING_NO_ENV:
		return filter(&config->env, change, arena, err);
	case SETTING_NO_PORT:
		return filter(&config->ports, change, arena, err);
	case SETTING_NO_VOLUME:
		return filter(&config->volumes, change, arena, err);
	case SETTING_NO_LABEL:
		return filter_labels(config, change->name, arena, err);
	default:
		return 0;
	}
}

static int
set_all(struct image_config *config, const struct fix_changes *changes, struct arena *arena, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < changes->list.n; i++)
		if (!changes->list.at[i]->off && changes->list.at[i]->kind == FIX_SETTING)
			r = set(config, changes->list.at[i], arena, err);
	return r;
}

/* history and layer */

static void
add_step(struct history_step *steps, size_t *n, struct slice text, bool empty)
{
	steps[(*n)++] = (struct history_step){ .created_by = text, .empty_layer = empty };
}

/* What a build of the changed Dockerfile would no longer tell of a variable that was taken out of it. */
static void
forget_variable(struct history_step *steps, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++) {
		struct history_instruction instruction;
		history_instruction(steps[i].created_by, &instruction);
		if (slice_is(instruction.keyword, "ENV") && slice_find_text(instruction.rest, name) != SIZE_MAX)
			steps[i].created_by = SLICE("ENV");
	}
}

static void
forget_variables(struct history_step *steps, size_t n, const struct fix_changes *changes)
{
	for (size_t i = 0; i < changes->list.n; i++) {
		const struct fix_change *change = changes->list.at[i];
		if (!change->off && change->kind == FIX_SETTING && change->setting == SETTING_NO_ENV)
			forget_variable(steps, n, change->name);
	}
}

/* As BuildKit tells it: what a policy says of instructions it says of these too. */
static int
add_history(struct image_config *config, const struct fix_changes *changes, const struct script *script, bool layer,
            struct arena *arena, struct slice *run, struct plim_error *err)
{
	struct history_step *steps = arena_make_array(arena, config->history_count + script->settings.n + 4, struct history_step);
	size_t n = config->history_count;
	struct slice text = script_run(script, arena);
	if (steps == NULL || (text.p == NULL && script->commands.n))
		return error_nomem(err);
	if (n)
		memcpy(steps, config->history, n * sizeof *steps);
	forget_variables(steps, n, changes);
	if (script_changes_user(script))
		add_step(steps, &n, SLICE("USER root"), true);
	if (text.p) {
		slice_skip(&text, SLICE("RUN "));
		AUTO(strbuf) struct strbuf whole = { 0 };
		strbuf_puts(&whole, "RUN /bin/sh -c ");
		strbuf_put(&whole, text);
		strbuf_puts(&whole, " # buildkit");
		*run = whole.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&whole));
		if (run->p == NULL)
			return error_nomem(err);
		add_step(steps, &n, *run, false);
	}
	if (layer && text.p == NULL) {
		*run = SLICE("# the packages of the newer base");
		add_step(steps, &n, *run, false);
	}
	for (size_t i = 0; i < script->settings.n; i++)
		add_step(steps, &n, script->settings.at[i], true);
	config->history = steps;
	config->history_count = n;
	return 0;
}

/* It begins as the newer base does, which has as many layers. */
static int
rebase(struct image *image, struct image_config *config, const struct fix_changes *changes, struct arena *arena, struct plim_error *err)
{
	const struct generation *to = NULL;
	for (size_t i = 0; i < changes->list.n; i++)
		if (!changes->list.at[i]->off && changes->list.at[i]->kind == FIX_BASE)
			to = changes->list.at[i]->generation;
	if (to == NULL)
		return 0;
	struct image_layer *layers = arena_make_array(arena, image->layer_count + 1, struct image_layer);
	struct digest *ids = arena_make_array(arena, config->diff_id_count + 1, struct digest);
	if (layers == NULL || ids == NULL)
		return error_nomem(err);
	memcpy(layers, image->layers, image->layer_count * sizeof *layers);
	memcpy(ids, config->diff_ids, config->diff_id_count * sizeof *ids);
	for (size_t i = 0; i < to->n && i < image->layer_count && i < config->diff_id_count; i++)
		ids[i] = layers[i].diff_id = to->diff_ids[i];
	image->layers = layers;
	config->diff_ids = ids;
	return 0;
}

/* Nobody knows the bytes of a layer that is not built: it has the digest of what would build it. */
static int
add_layer(struct image *image, struct image_config *config, struct slice run, struct arena *arena, struct plim_error *err)
{
	struct image_layer *layers = arena_make_array(arena, image->layer_count + 1, struct image_layer);
	struct digest *ids = arena_make_array(arena, config->diff_id_count + 1, struct digest);
	if (layers == NULL || ids == NULL)
		return error_nomem(err);
	if (image->layer_count)
		memcpy(layers, image->layers, image->layer_count * sizeof *layers);
	if (config->diff_id_count)
		memcpy(ids, config->diff_ids, config->diff_id_count * sizeof *ids);
	struct digest id = digest_of(run);
	layers[image->layer_count++] = (struct image_layer){ .diff_id = id, .instruction = run };
	ids[config->diff_id_count++] = id;
	image->layers = layers;
	config->diff_ids = ids;
	return 0;
}

int
fix_image(const struct image *image, const struct fix_changes *changes, const struct script *script, bool layer, struct arena *arena,
          struct image **out, struct plim_error *err)
{
	struct image *changed = arena_make(arena, struct image);
	struct image_config *config = arena_make(arena, struct image_config);
	struct slice run = SLICE_NONE;
	if (changed == NULL || config == NULL)
		return error_nomem(err);
	*changed = *image;
	*config = *image->config;
	changed->config = config;
	int r = set_all(config, changes, arena, err);
	if (r < 0 || (r = rebase(changed, config, changes, arena, err)) < 0 || (r = add_history(config, changes, script, layer, arena, &run, err)) < 0 ||
	    (run.p && (r = add_layer(changed, config, run, arena, err)) < 0))
		return r;
	*out = changed;
	return 0;
}
