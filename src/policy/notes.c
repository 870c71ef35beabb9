/* SPDX-License-Identifier: Apache-2.0 */
/* What is sound in a policy, and probably not meant. */
#include "policy/notes.h"

#include "base/date.h"

/* An exception that ends later than that might as well not end. */
#define LONG_DAYS 730

static bool
takes_as_much(struct slice wide, struct slice narrow)
{
	return wide.n == 0 || slice_eq(wide, narrow);
}

static bool
covers(const struct exception *a, const struct exception *b)
{
	return takes_as_much(a->rule, b->rule) && takes_as_much(a->id, b->id) && takes_as_much(a->package, b->package) &&
	       takes_as_much(a->purl, b->purl) && takes_as_much(a->path, b->path) && takes_as_much(a->setting, b->setting) && a->until >= b->until && a->until_fixed <= b->until_fixed &&
	       (a->scope.at == NULL || (b->scope.at && yaml_eq(a->scope.at, b->scope.at)));
}

void
note_place(const struct yaml_node *at, struct strbuf *into)
{
	strbuf_put_printable(into, at->doc->name);
	strbuf_printf(into, ":%u:%u", at->line, at->column);
}

void
note_begin(const struct yaml_node *at, struct strbuf *into)
{
	strbuf_puts(into, "  note: ");
	note_place(at, into);
	strbuf_puts(into, ": ");
}

/* Of two that cover each other the later one is in the shadow. */
static const struct exception *
shadow_of(const struct policy *policy, size_t at)
{
	const struct exception *all = policy->exceptions.at;
	for (size_t i = 0; i < policy->exceptions.n; i++)
		if (i != at && covers(&all[i], &all[at]) && (i < at || !covers(&all[at], &all[i])))
			return &all[i];
	return NULL;
}

static void
note_exception(const struct policy *policy, size_t at, int64_t today, struct strbuf *into)
{
	const struct exception *exception = &policy->exceptions.at[at], *shadow = shadow_of(policy, at);
	char day[DATE_TEXT_SIZE];
	if (shadow) {
		note_begin(exception->at, into);
		strbuf_puts(into, "never needed: all that it takes is taken by ");
		note_place(shadow->at, into);
		strbuf_putc(into, '\n');
	}
	if (exception->until - today <= LONG_DAYS)
		return;
	note_begin(exception->at, into);
	strbuf_printf(into, "it ends only on %s\n", date_day_text(exception->until, day));
}

void
policy_notes(const struct policy *policy, int64_t now, struct strbuf *into)
{
	for (size_t i = 0; i < policy->exceptions.n; i++)
		note_exception(policy, i, date_day(now), into);
	policy_notes_never(policy, into);
}
