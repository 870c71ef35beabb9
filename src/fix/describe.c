/* SPDX-License-Identifier: Apache-2.0 */
/* The same words in every format. */
#include "fix/describe.h"

const char *
fix_kind_name(enum fix_kind kind)
{
	static const char *const names[] = {
		[FIX_UPGRADE] = "upgrade", [FIX_INSTALL] = "install", [FIX_REMOVE] = "remove", [FIX_STEP] = "file", [FIX_SETTING] = "setting", [FIX_BASE] = "base",
	};
	return names[kind];
}

static void
put_list(const struct slice *at, size_t n, struct strbuf *into)
{
	for (size_t i = 0; i < n; i++) {
		strbuf_puts(into, i ? ", " : "");
		strbuf_put_printable(into, at[i]);
	}
}

static void
describe_packages(const struct fix_change *change, struct strbuf *into)
{
	strbuf_printf(into, "%s ", fix_kind_name(change->kind));
	strbuf_put_printable(into, change->name);
	if (change->version.n) {
		strbuf_puts(into, change->kind == FIX_UPGRADE ? " to " : ", ");
		strbuf_put_printable(into, change->version);
		strbuf_puts(into, " or newer");
	}
	bool says_more = change->package_count > 1 || (change->package_count == 1 && !slice_eq(change->packages[0], change->name));
	if (!says_more)
		return;
	strbuf_puts(into, change->kind == FIX_REMOVE ? " with what needs it: " : ": ");
	put_list(change->packages, change->package_count, into);
}

/* %1..%4: words of the step. */
static void
describe_step(const struct mend_step *step, struct strbuf *into)
{
	static const char *const forms[MEND_VERB_COUNT] = {
		[MEND_CHMOD] = "mode of %2: %1",           [MEND_CHOWN] = "owner of %2: %1",
		[MEND_RM] = "remove %1",                   [MEND_CLEAR] = "remove what is in %1",
		[MEND_EMPTY] = "empty %1",                 [MEND_DELETE_LINE] = "take line %2 out of %1",
		[MEND_DELETE_WORD] = "take %3... out of line %2 of %1", [MEND_SET_FIELD] = "field %3 of line %2 of %1: %4",
		[MEND_SET_VALUE] = "%2 %3 in %1",
	};
	for (const char *at = forms[step->verb] ? forms[step->verb] : ""; *at; at++) {
		if (*at == '%')
			strbuf_put_printable(into, step->words[*++at - '1']);
		else
			strbuf_putc(into, *at);
	}
}

static void
describe_setting(const struct fix_change *change, struct strbuf *into)
{
	static const char *const words[SETTING_COUNT] = {
		[SETTING_USER] = "run as user ",               [SETTING_STOP_SIGNAL] = "stop by ",
		[SETTING_ENTRYPOINT] = "entry point:",         [SETTING_CMD] = "command:",
		[SETTING_NO_HEALTHCHECK] = "no health check",  [SETTING_EMPTY_ENV] = "no value for the variable ",
		[SETTING_NO_ENV] = "without the variable ",    [SETTING_NO_PORT] = "without the port ",
		[SETTING_NO_VOLUME] = "without the volume ",   [SETTING_NO_LABEL] = "without the label ",
	};
	strbuf_puts(into, words[change->setting]);
	strbuf_put_printable(into, change->value.n ? change->value : change->name);
	for (size_t i = 0; i < change->words.n; i++) {
		strbuf_putc(into, ' ');
		strbuf_put_printable(into, change->words.at[i]);
	}
}

static void
describe_base(const struct fix_change *change, struct strbuf *into)
{
	strbuf_puts(into, "build on ");
	strbuf_put_printable(into, change->name);
	strbuf_puts(into, " of ");
	strbuf_put_printable(into, change->generation->date);
	strbuf_puts(into, ": ");
	strbuf_put_printable(into, change->value);
}

void
fix_change_describe(const struct fix_change *change, struct strbuf *into)
{
	if (change->kind == FIX_STEP)
		describe_step(&change->step, into);
	else if (change->kind == FIX_SETTING)
		describe_setting(change, into);
	else if (change->kind == FIX_BASE)
		describe_base(change, into);
	else
		describe_packages(change, into);
}

/* An upgrade to nothing is a success to it. */
static bool
manager_is_silent(const struct fix_change *change, const struct inventory *inventory)
{
	const struct manager *manager = manager_of(inventory, change->type);
	return manager && manager->at_least == NULL;
}

struct slice
fix_change_note(const struct fix_change *change, const struct inventory *inventory)
{
	if (change->kind == FIX_UPGRADE && manager_is_silent(change, inventory))
		return SLICE("its package manager does not fail where there is no such version: check what is built");
	if (change->kind == FIX_UPGRADE && !change->advised)
		return SLICE("whether its distribution has such a version is seen in the build, which fails where there is none");
	if (change->kind == FIX_BASE)
		return SLICE("only which packages it has is known of it here: check what is built");
	if (change->kind == FIX_SETTING && change->setting == SETTING_USER)
		return SLICE("that its program may read and write what it must as this user is yours to see");
	if (change->kind == FIX_SETTING && change->setting == SETTING_EMPTY_ENV)
		return SLICE("the value stays readable in what the image is built from: replace it if it is a secret");
	return SLICE_NONE;
}

void
mending_describe(const struct mending *mending, struct strbuf *into)
{
	size_t n = mending_change_count(mending);
	if (mending->before->result == RESULT_PASS)
		strbuf_puts(into, "it passes as it is");
	else if (mending->after->result == RESULT_PASS)
		strbuf_printf(into, "it passes after %s%zu change%s", n == 1 ? "this " : "these ", n, n == 1 ? "" : "s");
	else if (mending->remaining_count)
		strbuf_printf(into, "%zu finding%s what can be changed", mending->remaining_count, mending->remaining_count == 1 ? " stays, after" : "s stay, after");
	else
		strbuf_printf(into, "what it would be after %zu change%s cannot be told", n, n == 1 ? "" : "s");
}
