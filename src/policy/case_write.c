/* SPDX-License-Identifier: Apache-2.0 */
/* Cases and what came of them as text. */
#include "policy/case_parts.h"

#include "codec/yaml_write.h"

const struct finding *
case_finding_at(const struct verdict *verdict, size_t at)
{
	return at < verdict->finding_count ? &verdict->findings[at] : NULL;
}

const struct finding *
case_waived_at(const struct verdict *verdict, size_t at)
{
	return at < verdict->waived_count ? &verdict->waived[at].finding : NULL;
}

struct slice
case_unknown_at(const struct verdict *verdict, size_t at)
{
	return at < verdict->unknown_count ? verdict->unknowns[at].kind : SLICE_NONE;
}

static struct slice
note_word(const struct exception_note *note)
{
	return note->rule.n ? note->rule : note->id;
}

struct slice
case_unused_at(const struct verdict *verdict, size_t at)
{
	return at < verdict->unused_count ? note_word(&verdict->unused[at]) : SLICE_NONE;
}

struct slice
case_expired_at(const struct verdict *verdict, size_t at)
{
	return at < verdict->expired_count ? note_word(&verdict->expired[at]) : SLICE_NONE;
}

const struct verdict *
case_worst_of(const struct case_outcome *came, enum area area)
{
	const struct verdict *worst = NULL;
	for (size_t i = 0; i < came->count; i++)
		if (worst == NULL || came->verdicts[i]->areas[area].result > worst->areas[area].result)
			worst = came->verdicts[i];
	return worst;
}

static void
put_member(struct strbuf *into, const char *key, struct slice text, size_t *n)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	if (text.n == 0)
		return;
	strbuf_put_printable(&shown, text);
	strbuf_printf(into, "%s%s: ", (*n)++ ? ", " : "", key);
	yaml_put_text(into, strbuf_slice(&shown), false);
}

void
case_put_finding(struct strbuf *into, const struct finding *f)
{
	size_t n = 0;
	strbuf_putc(into, '{');
	put_member(into, "rule", f->rule, &n);
	put_member(into, "package", f->evidence.package, &n);
	put_member(into, "path", f->evidence.path, &n);
	put_member(into, "setting", f->evidence.setting, &n);
	put_member(into, "severity", f->severity == SEVERITY_UNKNOWN ? SLICE_NONE : slice_of(severity_name(f->severity)), &n);
	put_member(into, "action", slice_of(action_name(f->action)), &n);
	put_member(into, "message", f->message, &n);
	strbuf_putc(into, '}');
}

void
case_put_expected_finding(struct strbuf *into, const struct expected_finding *e)
{
	size_t n = 0;
	strbuf_putc(into, '{');
	if (e->at->kind == YAML_SCALAR)
		put_member(into, "rule", e->rule, &n);
	for (size_t i = 0; i < e->at->n; i++)
		put_member(into, e->at->keys[i]->text.p, e->at->items[i]->text, &n);
	strbuf_putc(into, '}');
}

void
case_put_expected(const struct policy_case *policy_case, struct strbuf *into)
{
	const struct yaml_lines lines = { .into = into };
	yaml_put_node(&lines, policy_case->expects, 0);
}

static void
put_areas(const struct case_outcome *came, struct strbuf *into)
{
	strbuf_puts(into, "areas:\n");
	for (size_t i = 0; i < AREA_COUNT; i++) {
		size_t n = 0;
		const struct area_state *state = &case_worst_of(came, (enum area)i)->areas[i];
		strbuf_printf(into, "  %s: ", area_name((enum area)i));
		if (state->note.n) {
			strbuf_printf(into, "{is: %s, ", result_name(state->result));
			put_member(into, "note", state->note, &n);
			strbuf_puts(into, "}\n");
		} else
			strbuf_printf(into, "%s\n", result_name(state->result));
	}
}

static void
put_findings(const struct case_outcome *came, const char *key, finding_at_fn *finding_at, enum action least, enum action most, struct strbuf *into)
{
	size_t n = 0;
	const struct finding *finding;
	for (size_t i = 0; i < came->count; i++)
		for (size_t k = 0; (finding = finding_at(came->verdicts[i], k)) != NULL; k++) {
			if (finding->action < least || finding->action > most)
				continue;
			if (n++ == 0)
				strbuf_printf(into, "%s:\n", key);
			strbuf_puts(into, "  - ");
			case_put_finding(into, finding);
			strbuf_putc(into, '\n');
		}
	if (n == 0 && strcmp(key, "includes") != 0)
		strbuf_printf(into, "%s: []\n", key);
}

static void
put_unknowns(const struct case_outcome *came, struct strbuf *into)
{
	size_t n = 0;
	for (size_t i = 0; i < came->count; i++)
		for (size_t k = 0; k < came->verdicts[i]->unknown_count; k++) {
			const struct unknown *unknown = &came->verdicts[i]->unknowns[k];
			strbuf_printf(into, "%s  - %.*s    # %s, ", n++ ? "" : "unknown:\n", SLICE_ARG(unknown->kind), action_name(unknown->action));
			strbuf_put_printable(into, unknown->subject);
			strbuf_puts(into, unknown->subject.n ? ": " : "");
			strbuf_put_printable(into, unknown->reason);
			strbuf_putc(into, '\n');
		}
	if (n == 0)
		strbuf_puts(into, "unknown: []\n");
}

static void
put_words(const struct case_outcome *came, const char *key, word_at_fn *word_at, struct strbuf *into)
{
	struct slice word;
	size_t n = 0;
	strbuf_printf(into, "%s: [", key);
	for (size_t i = 0; i < came->count; i++)
		for (size_t k = 0; (word = word_at(came->verdicts[i], k)).p; k++) {
			strbuf_puts(into, n++ ? ", " : "");
			yaml_put_text(into, word, false);
		}
	strbuf_puts(into, "]\n");
}

static void
put_error(const struct case_outcome *came, struct strbuf *into)
{
	struct slice rest = slice_of(came->error);
	strbuf_puts(into, "error: |\n");
	for (struct slice line; slice_next(&rest, '\n', &line);) {
		strbuf_puts(into, "  ");
		strbuf_put_printable(into, line);
		strbuf_putc(into, '\n');
	}
}

void
case_put_outcome(const struct case_outcome *came, struct strbuf *into)
{
	if (came->error)
		put_error(came, into);
	else if (came->count > 0)
		strbuf_printf(into, "result: %s\n", result_name(came->result));
	strbuf_printf(into, "exit: %d\n", came->exit);
	if (came->error || came->count == 0)
		return;
	put_areas(came, into);
	put_findings(came, "findings", case_finding_at, ACTION_FAIL, ACTION_FAIL, into);
	put_findings(came, "includes", case_finding_at, ACTION_WARN, ACTION_UNKNOWN, into);
	put_findings(came, "waived", case_waived_at, ACTION_WARN, ACTION_FAIL, into);
	put_unknowns(came, into);
	put_words(came, "unused", case_unused_at, into);
	put_words(came, "expired", case_expired_at, into);
}
