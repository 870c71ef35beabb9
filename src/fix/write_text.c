/* SPDX-License-Identifier: Apache-2.0 */
/* For people: what to change and why, and what stays. */
#include "fix/describe.h"

#include "base/error.h"
#include "version/scheme.h"

#define RULES_SHOWN 4

static void
put_reasons(const struct fix_change *change, struct strbuf *into)
{
	strbuf_puts(into, "    for ");
	for (size_t i = 0; i < change->mends.n && i < RULES_SHOWN; i++) {
		strbuf_puts(into, i ? ", " : "");
		strbuf_put_printable(into, change->mends.at[i]);
	}
	if (change->mends.n > RULES_SHOWN)
		strbuf_printf(into, " and %zu more", change->mends.n - RULES_SHOWN);
	strbuf_putc(into, '\n');
}

static void
put_change(const struct mending *mending, const struct fix_change *change, size_t number, struct strbuf *into)
{
	struct slice note = fix_change_note(change, mending->from);
	strbuf_printf(into, "%3zu ", number);
	fix_change_describe(change, into);
	strbuf_putc(into, '\n');
	put_reasons(change, into);
	if (note.n)
		strbuf_printf(into, "    (%.*s)\n", SLICE_ARG(note));
}

static void
put_changes(const struct mending *mending, struct strbuf *into)
{
	size_t number = 0;
	if (mending_change_count(mending))
		strbuf_puts(into, "\nChanges\n");
	for (size_t i = 0; i < mending->changes.list.n; i++)
		if (!mending->changes.list.at[i]->off)
			put_change(mending, mending->changes.list.at[i], ++number, into);
}

/* Findings of one package are told once, with the version that mends most. */
static bool
is_same_subject(const struct finding *a, const struct finding *b)
{
	return a->match && b->match && slice_eq(a->evidence.package, b->evidence.package) && slice_eq(a->evidence.path, b->evidence.path) &&
	       slice_eq(a->evidence.package_version, b->evidence.package_version) && (a->fix_version.n > 0) == (b->fix_version.n > 0);
}

static bool
is_told(const struct mending *mending, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_same_subject(mending->remaining[i].finding, mending->remaining[at].finding))
			return true;
	return false;
}

static const struct remaining *
greatest(const struct mending *mending, size_t first, size_t *count)
{
	const struct remaining *found = &mending->remaining[first];
	const struct version_scheme *scheme = version_scheme_for_type(found->finding->evidence.package_type);
	*count = 1;
	for (size_t i = first + 1; i < mending->remaining_count; i++) {
		const struct remaining *at = &mending->remaining[i];
		if (!is_same_subject(at->finding, found->finding))
			continue;
		++*count;
		if (scheme && scheme->compare(at->finding->fix_version, found->finding->fix_version) > 0)
			found = at;
	}
	return found;
}

static void
put_remaining(const struct mending *mending, size_t at, struct strbuf *into)
{
	size_t count;
	const struct remaining *remaining = greatest(mending, at, &count);
	const struct finding *finding = mending->remaining[at].finding;
	strbuf_puts(into, "  - ");
	strbuf_put_printable(into, finding->rule);
	if (count > 1)
		strbuf_printf(into, " and %zu more of the same package", count - 1);
	strbuf_puts(into, ": ");
	strbuf_put_printable(into, finding->title);
	if (finding->evidence.path.n) {
		strbuf_puts(into, ", ");
		strbuf_put_printable(into, finding->evidence.path);
	}
	strbuf_puts(into, "\n    ");
	strbuf_put_printable(into, remaining->reason);
	strbuf_putc(into, '\n');
}

static void
put_all_remaining(const struct mending *mending, struct strbuf *into)
{
	if (mending->remaining_count)
		strbuf_puts(into, "\nStays\n");
	for (size_t i = 0; i < mending->remaining_count; i++)
		if (!is_told(mending, i))
			put_remaining(mending, i, into);
}

static void
put_unknowns(const struct verdict *verdict, struct strbuf *into)
{
	bool any = false;
	for (size_t i = 0; i < verdict->unknown_count; i++) {
		const struct unknown *unknown = &verdict->unknowns[i];
		if (unknown->action == ACTION_WARN)
			continue;
		strbuf_puts(into, any ? "" : "\nCannot be told, whatever is changed\n");
		any = true;
		strbuf_printf(into, "  - %.*s: ", SLICE_ARG(unknown->kind));
		strbuf_put_printable(into, unknown->subject);
		strbuf_puts(into, ": ");
		strbuf_put_printable(into, unknown->reason);
		strbuf_putc(into, '\n');
	}
}

static int
write_text(const struct fix_subject *subject, struct strbuf *into, struct plim_error *err)
{
	const struct mending *mending = subject->mending;
	AUTO(strbuf) struct strbuf script = { 0 };
	strbuf_put_printable(into, subject->target);
	strbuf_puts(into, ", by the policy ");
	strbuf_put_printable(into, mending->before->policy_name);
	strbuf_puts(into, ": ");
	mending_describe(mending, into);
	strbuf_putc(into, '\n');
	put_changes(mending, into);
	put_all_remaining(mending, into);
	put_unknowns(mending->after, into);
	script_instructions(&mending->script, '\\', &script);
	if (script.n) {
		strbuf_puts(into, "\nInstructions\n");
		strbuf_put(into, strbuf_slice(&script));
	}
	return script.failed ? error_nomem(err) : 0;
}

const struct fix_writer fix_writer_text = { .name = "text", .write = write_text };
