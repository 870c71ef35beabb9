/* SPDX-License-Identifier: Apache-2.0 */
/* Findings by their area and rule: who knows what mends one. */
#include "fix/ask.h"

#include "base/error.h"
#include "fix/overlay.h"
#include "fix/script.h"

#include <stdarg.h>

struct slice
ask_text(struct asking *asking, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct slice text = arena_vprintf(asking->changes->arena, format, args);
	va_end(args);
	return text;
}

/* A later layer cannot be made by what is not in the image. */
static bool
needs_shell(const struct fix_change *change)
{
	return change->kind != FIX_SETTING;
}

/* What changes files runs as root; then the image runs as it did. */
static bool
user_comes_back(struct slice user)
{
	return user.n == 0 || script_takes_user(user);
}

int
ask_add(struct asking *asking, const struct fix_change *change, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	if (!script_can_say(change)) {
		*why = SLICE("its name has letters that no instruction can be trusted with");
		return 0;
	}
	if (needs_shell(change) && tree_resolve(asking->inventory->tree, SLICE("/bin/sh")) == NULL) {
		*why = SLICE("there is no shell in the image that could change it: it takes a new build");
		return 0;
	}
	if (needs_shell(change) && asking->inventory->image && !user_comes_back(asking->inventory->image->config->user)) {
		*why = SLICE("its user cannot be written in an instruction, and changing files takes root before it");
		return 0;
	}
	return fix_changes_add(asking->changes, change, finding->rule, &asking->fresh, NULL, err);
}

/* steps */

/* While RUN runs, builders have something of their own there, which does not come into the image. */
static bool
is_builders_own(struct slice path)
{
	static const char *const files[] = { "etc/hosts", "etc/hostname", "etc/resolv.conf" }, *const trees[] = { "dev/", "proc/", "sys/" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (slice_is(path, files[i]))
			return true;
	for (size_t i = 0; i < sizeof trees / sizeof *trees; i++)
		if (slice_starts(path, slice_of(trees[i])))
			return true;
	return false;
}

/* The volume that a path is in, as declared; absent if there is none. */
static struct slice
volume_of(const struct image_config *config, struct slice path)
{
	for (size_t i = 0; i < config->volumes.n; i++) {
		struct slice rest = path, volume = config->volumes.at[i];
		while (slice_skip(&volume, SLICE("/")))
			;
		while (slice_skip_end(&volume, SLICE("/")))
			;
		if (slice_skip(&rest, volume) && (rest.n == 0 || volume.n == 0 || rest.p[0] == '/'))
			return config->volumes.at[i];
	}
	return SLICE_NONE;
}

/* What RUN does there is not in the image that is built, with some builders or with all. */
static struct slice
why_not_by_run(struct asking *asking, struct slice path)
{
	const struct image *image = asking->inventory->image;
	struct slice volume = image ? volume_of(image->config, path) : SLICE_NONE;
	if (image && is_builders_own(path))
		return SLICE("builders lay their own over it while instructions run: it takes the instruction that brings it");
	if (volume.p)
		return ask_text(asking, "it is in the volume %.*s, and what is changed there once that is declared some builders drop: change it before VOLUME", SLICE_ARG(volume));
	return SLICE_NONE;
}

int
ask_step(struct asking *asking, const struct mend_step *step, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	const struct fix_change change = { .kind = FIX_STEP, .step = *step };
	struct overlay overlay = { .from = asking->inventory, .arena = asking->changes->arena };
	struct plim_error trouble = { 0 };
	int r = overlay_step(&overlay, step, &trouble);
	*why = r == 0 ? why_not_by_run(asking, overlay.list.at[0]->path) : r == PLIM_ENOMEM ? SLICE_NONE : ask_text(asking, "%s", trouble.text);
	overlay_done(&overlay);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	return why->p ? 0 : ask_add(asking, &change, finding, why, err);
}

static int
ask_unset(struct asking *asking, const struct mend_step *step, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	const struct fix_change change = { .kind = FIX_SETTING, .setting = SETTING_EMPTY_ENV, .name = step->words[0] };
	return ask_add(asking, &change, finding, why, err);
}

static int
ask_steps(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < finding->mend.n; i++) {
		const struct mend_step *step = &finding->mend.at[i];
		if (step->verb == MEND_REMOVE)
			r = ask_remove(asking, finding, why, err);
		else if (step->verb == MEND_UNSET)
			r = ask_unset(asking, step, finding, why, err);
		else
			r = ask_step(asking, step, finding, why, err);
	}
	return r;
}

/* what stays */

/* Whatever a later layer does about it, the layer can be read. */
static struct slice
why_of_secret(struct asking *asking, const struct finding *finding)
{
	const struct evidence *evidence = &finding->evidence;
	if (evidence->layer == UINT32_MAX)
		return SLICE("whoever has the image can read it: build anew without it, and replace it");
	return ask_text(asking, "it can be read in layer %u%s%.*s whatever a later one does: build that anew without it, and replace it", evidence->layer,
	                evidence->instruction.n ? ", made by " : "", SLICE_ARG(slice_first_text(evidence->instruction, 120)));
}

static struct slice
why_by_hand(struct asking *asking, const struct finding *finding)
{
	if (slice_starts(finding->rule, SLICE("secrets/")))
		return why_of_secret(asking, finding);
	if (slice_starts(finding->rule, SLICE("history/")))
		return ask_text(asking, "it was done in the build, which a later layer does not undo: %.*s", SLICE_ARG(finding->fix_command));
	if (finding->fix_command.n)
		return ask_text(asking, "it takes a person: %.*s", SLICE_ARG(finding->fix_command));
	return SLICE("nothing says what would mend it");
}

static int
ask_check(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	if (finding->mend.n)
		return ask_steps(asking, finding, why, err);
	if (finding->area == AREA_CONFIGURATION && slice_starts(finding->rule, SLICE("image/")))
		return ask_metadata(asking, finding, why, err);
	*why = why_by_hand(asking, finding);
	return 0;
}

static int
ask_base(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	(void)err;
	struct slice from = asking->newer_base;
	*why = ask_text(asking, "it takes a build on another base%s%.*s%s: %.*s", from.n ? " (FROM " : "", SLICE_ARG(from), from.n ? ")" : "",
	                SLICE_ARG(finding->message));
	return 0;
}

static int
ask_origin(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	(void)asking;
	(void)finding;
	(void)err;
	*why = SLICE("where it comes from, and who vouches for it, is nothing of the image");
	return 0;
}

int
ask_for(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	static ask_fn *const by_area[AREA_COUNT] = {
		[AREA_BASE_IMAGE] = ask_base, [AREA_VULNERABILITIES] = ask_vulnerability, [AREA_COMPONENTS] = ask_component, [AREA_CONFIGURATION] = ask_check,
		[AREA_METADATA] = ask_metadata, [AREA_ORIGIN] = ask_origin, [AREA_RULES] = ask_check,
	};
	*why = SLICE_NONE;
	return by_area[finding->area](asking, finding, why, err);
}
