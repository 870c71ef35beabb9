/* SPDX-License-Identifier: Apache-2.0 */
/* The table `base`: the base images that the policy approves. */
#include "policy/policy_tables.h"

#include "base/date.h"
#include "facts/cells.h"
#include "policy/base_evidence.h"
#include "policy/model.h"

enum base_column { BC_NAME, BC_GENERATION, BC_APPROVED, BC_UNTIL, BC_REPLACED_BY, BC_REFERENCE, BC_PLATFORM, BC_LAYERS, BC_MATCHED };

static const struct fact_column columns[] = {
	[BC_NAME] = { "name", FACT_TEXT, "as the policy has it" },
	[BC_GENERATION] = { "generation", FACT_TEXT, "its day; NULL of scratch, and of a base without any" },
	[BC_APPROVED] = { "approved", FACT_INTEGER, "1: on the day of the evaluation; 0: no more" },
	[BC_UNTIL] = { "until", FACT_TEXT, "the last day of its approval, the base's and the generation's; NULL: it has no end" },
	[BC_REPLACED_BY] = { "replaced_by", FACT_TEXT, "the base that is to be taken instead" },
	[BC_REFERENCE] = { "reference", FACT_TEXT, "what was added as this generation" },
	[BC_PLATFORM] = { "platform", FACT_TEXT, "linux/amd64" },
	[BC_LAYERS] = { "layers", FACT_INTEGER, "how many" },
	[BC_MATCHED] = { "matched", FACT_INTEGER, "1: the image is built on it; of several generations on the longest" },
};

/* Of a base without generations one row, that it can be seen at all. */
static size_t
rows_of(const struct approved_base *base)
{
	return base->file.n ? base->file.n : 1;
}

static size_t
base_count(const void *context, const struct fact_table *table)
{
	const struct policy *policy = ((const struct policy_tables *)context)->policy;
	size_t n = 0;
	(void)table;
	for (size_t i = 0; policy && i < policy->bases.n; i++)
		n += rows_of(&policy->bases.at[i]);
	return n;
}

static struct slice
base_refusal(const void *context, const struct fact_table *table)
{
	(void)table;
	return ((const struct policy_tables *)context)->policy ? SLICE_NONE : SLICE("approved bases are a policy's: --policy names one");
}

static struct base_match
base_at(const struct policy *policy, size_t row)
{
	const struct approved_base *base = policy->bases.at;
	for (; row >= rows_of(base); base++)
		row -= rows_of(base);
	return (struct base_match){ base, base->file.n ? &base->file.generations[row] : NULL };
}

static bool
is_matched(const struct policy_tables *tables, const struct base_match *base)
{
	const struct inventory *inventory = tables->inventory;
	struct base_match match = { 0 };
	struct plim_error ignored = { 0 };
	if (inventory->image == NULL || base_match_find(tables->policy, inventory->image, &match, &ignored) < 0)
		return false;
	return match.generation ? match.base == base->base && match.generation == base->generation : base->base->scratch && inventory->os.none;
}

static void
until_cell(struct fact_value *out, const struct inventory *inventory, int64_t until)
{
	char day[DATE_TEXT_SIZE];
	if (until == DATE_NONE)
		return;
	strbuf_clear(inventory->scratch);
	strbuf_puts(inventory->scratch, date_day_text(until, day));
	cell_scratch(out, inventory);
}

static void
base_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct policy_tables *tables = context;
	struct base_match base = base_at(tables->policy, row);
	static const struct generation none = { 0 };
	const struct generation *generation = base.generation ? base.generation : &none;
	const struct slice texts[] = {
		[BC_NAME] = base.base->name, [BC_GENERATION] = generation->date, [BC_REPLACED_BY] = base.base->replaced_by,
		[BC_REFERENCE] = generation->reference, [BC_PLATFORM] = generation->platform,
	};
	int64_t until = base_last_day(&base);
	(void)table;
	if (column == BC_APPROVED)
		cell_integer(out, until == DATE_NONE || date_day(tables->now) <= until);
	else if (column == BC_UNTIL)
		until_cell(out, tables->inventory, until);
	else if (column == BC_LAYERS)
		cell_integer(out, (int64_t)generation->n);
	else if (column == BC_MATCHED)
		cell_integer(out, is_matched(tables, &base));
	else
		cell_text(out, texts[column]);
}

const struct fact_table table_base = {
	.name = "base", .meaning = "the base images that the policy approves, of each generation one row; a query fails without a policy (--policy)",
	.columns = columns, .column_count = sizeof columns / sizeof *columns, .count = base_count, .cell = base_cell, .refusal = base_refusal,
};
