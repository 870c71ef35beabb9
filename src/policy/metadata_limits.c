/* SPDX-License-Identifier: Apache-2.0 */
/* Age, size and number of layers. */
#include "policy/metadata.h"

#include "base/date.h"

int
judge_age(struct metadata_judging *m, struct plim_error *err)
{
	const struct demand *demand = &m->wanted->max_age;
	int64_t created;
	if (!demand->set)
		return 0;
	if (!date_parse(m->config->created, &created))
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("created"), SLICE("the configuration does not tell when the image was made"), err);
	int64_t age = date_day(m->judging->at) - date_day(created);
	if (!judge_reached(m->judging, date_day(created), PASSING_IMAGE_AGE))
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("created"), SLICE("it was made after the time of this evaluation"), err);
	if (!judge_reached(m->judging, date_day(created) + demand->value + 1, PASSING_IMAGE_AGE))
		return 0;
	struct words words = {
		.rule = "metadata/max-age", .setting = SLICE("created"), .title = SLICE("It is too old"),
		.message = judge_text(m->judging, "made on %.*s, %lld days ago; the policy takes %lld", SLICE_ARG(slice_first(m->config->created, 10)),
		                      (long long)age, (long long)demand->value),
		.fix = SLICE("Build it again."),
	};
	return metadata_report(m, &demand->terms, &words, err);
}

int
judge_layers(struct metadata_judging *m, struct plim_error *err)
{
	const struct demand *demand = &m->wanted->max_layers;
	size_t n = m->judging->inventory->image->layer_count;
	if (!demand->set || n <= (uint64_t)demand->value)
		return 0;
	struct words words = {
		.rule = "metadata/max-layers", .setting = SLICE("layers"), .title = SLICE("It has too many layers"),
		.message = judge_text(m->judging, "%zu layers; the policy takes %lld", n, (long long)demand->value),
		.fix = SLICE("Put together what belongs together: fewer RUN, COPY and ADD, or a stage of its own."),
	};
	return metadata_report(m, &demand->terms, &words, err);
}

static int
judge_layer_size(struct metadata_judging *m, size_t layer, uint64_t size, struct plim_error *err)
{
	const struct demand *demand = &m->wanted->max_layer_size;
	if (!demand->set || size <= (uint64_t)demand->value)
		return 0;
	struct finding finding = {
		.rule = SLICE("metadata/max-layer-size"), .area = AREA_METADATA, .severity = SEVERITY_MEDIUM, .title = SLICE("A layer is too large"),
		.message = judge_text(m->judging, "%ju bytes in its files; the policy takes %lld", (uintmax_t)size, (long long)demand->value),
		.evidence = { .setting = judge_text(m->judging, "layer:%zu", layer), .layer = (uint32_t)layer },
	};
	return judge_entry(m->judging, &demand->terms, &finding, err);
}

/* Of a layer that could not be read nobody knows: the gap itself is an unknown of this area. */
int
judge_size(struct metadata_judging *m, struct plim_error *err)
{
	const struct inventory *inventory = m->judging->inventory;
	const struct demand *demand = &m->wanted->max_size;
	uint64_t sum = 0;
	int r = 0;
	if (!demand->set && !m->wanted->max_layer_size.set)
		return 0;
	for (uint32_t layer = 0; r == 0 && layer < inventory->block_count; layer++) {
		uint64_t size = inventory_layer_size(inventory, layer);
		sum = size > UINT64_MAX - sum ? UINT64_MAX : sum + size;
		r = judge_layer_size(m, layer, size, err);
	}
	if (r < 0 || !demand->set || sum <= (uint64_t)demand->value)
		return r;
	struct words words = {
		.rule = "metadata/max-size", .setting = SLICE("size"), .title = SLICE("It is too large"),
		.message = judge_text(m->judging, "%ju bytes in the files of all layers; the policy takes %lld", (uintmax_t)sum, (long long)demand->value),
		.fix = SLICE("Leave out what only the build needs; what a later layer removes counts still."),
	};
	return metadata_report(m, &demand->terms, &words, err);
}
