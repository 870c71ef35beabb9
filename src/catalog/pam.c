/* SPDX-License-Identifier: Apache-2.0 */
/* pam.conf(5) and pam.d as libpam reads them: TYPE CONTROL MODULE ARGUMENTS, in pam.conf with the service in front. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "catalog/config_lines.h"

/* What one rule is made of, each word unpacked. */
struct pam_rule {
	struct strbuf line, service, type, control, module, arguments;
	uint32_t number;
};

static void
pam_rule_done(struct pam_rule *rule)
{
	struct strbuf *all[] = { &rule->line, &rule->service, &rule->type, &rule->control, &rule->module, &rule->arguments };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		strbuf_done(all[i]);
}

static bool
rule_failed(const struct pam_rule *rule)
{
	return rule->line.failed || rule->service.failed || rule->type.failed || rule->control.failed || rule->module.failed || rule->arguments.failed;
}

/* "[a b]" is one word, which may have "\]" in it, and ends at its bracket whatever follows. */
static bool
word_take(struct slice *rest, struct strbuf *into)
{
	struct slice word, text = slice_trim(*rest);
	strbuf_clear(into);
	if (!slice_skip(&text, SLICE("["))) {
		bool any = slice_word(rest, &word);
		strbuf_put(into, any ? word : SLICE(""));
		return any;
	}
	for (; text.n > 0 && text.p[0] != ']'; text = slice_from(text, 1)) {
		if (slice_starts(text, SLICE("\\]")))
			text = slice_from(text, 1);
		strbuf_putc(into, text.p[0]);
	}
	*rest = slice_from(text, 1);
	return text.n > 0;
}

static bool
is_type(struct slice word)
{
	static const char *const types[] = { "auth", "account", "password", "session", NULL };
	slice_skip(&word, SLICE("-"));
	return slice_among_nocase(word, types);
}

static const char *const includes[] = { "include", "substack", NULL };

/* A word of its own, or actions: "[success=1 default=ignore]", with or without brackets and blanks at the signs. */
static bool
control_take(struct slice *rest, struct strbuf *into)
{
	static const char *const words[] = { "required", "requisite", "sufficient", "optional", "include", "substack", NULL };
	AUTO(strbuf) struct strbuf given = { 0 };
	bool whole = word_take(rest, &given);
	struct slice text = slice_trim(strbuf_slice(&given));
	strbuf_clear(into);
	into->failed |= given.failed;
	if (slice_among_nocase(text, words)) {
		strbuf_put(into, text);
		return whole;
	}
	strbuf_putc(into, '[');
	for (struct slice word; slice_word(&text, &word); strbuf_put(into, word))
		if (into->n > 1 && into->p[into->n - 1] != '=' && word.p[0] != '=')
			strbuf_putc(into, ' ');
	strbuf_putc(into, ']');
	return whole && into->n > 2;
}

static void
arguments_take(struct slice *rest, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf word = { 0 };
	strbuf_clear(into);
	while (slice_trim(*rest).n > 0) {
		word_take(rest, &word);
		strbuf_puts(into, into->n ? " " : "");
		strbuf_put(into, strbuf_slice(&word));
	}
	into->failed |= word.failed;
}

/* False for what is no rule.  pam.conf has the service in front. */
static bool
rule_parse(struct pam_rule *rule, struct slice service, struct slice line)
{
	strbuf_clear(&rule->service);
	strbuf_put(&rule->service, service);
	strbuf_clear(&rule->control);
	strbuf_clear(&rule->arguments);
	if (service.p == NULL && !word_take(&line, &rule->service))
		return false;
	if (!word_take(&line, &rule->type))
		return false;
	if (slice_is(strbuf_slice(&rule->type), "@include"))
		return word_take(&line, &rule->module);
	if (!is_type(strbuf_slice(&rule->type)) || !control_take(&line, &rule->control) || !word_take(&line, &rule->module))
		return false;
	arguments_take(&line, &rule->arguments);
	return true;
}

/* Not another service by its name alone, nor by the path of one that is read as well. */
static bool
is_included_elsewhere(const struct pam_rule *rule)
{
	struct slice target = strbuf_slice(&rule->module), directory = path_dir(target);
	if (!slice_is(strbuf_slice(&rule->type), "@include") && !slice_among_nocase(strbuf_slice(&rule->control), includes))
		return false;
	return slice_find(target, '/') != SIZE_MAX && !slice_is(directory, "/etc/pam.d") && !slice_is(directory, "/usr/lib/pam.d") &&
	    !slice_is(directory, "/usr/etc/pam.d");
}

static struct slice
or_absent(const struct strbuf *text)
{
	return text->n ? strbuf_slice(text) : SLICE_NONE;
}

static int
take_rule(struct pam_rule *rule, struct slice service, struct rows *rows, struct plim_error *err)
{
	bool whole = rule_parse(rule, service, strbuf_slice(&rule->line));
	if (rule_failed(rule))
		return error_nomem(err);
	if (!whole)
		return rows_problem(rows, err, "line %u: no rule of PAM", rule->number);
	struct slice fields[PAM_RULE_FIELD_COUNT] = {
		[PAM_RULE_SERVICE] = strbuf_slice(&rule->service), [PAM_RULE_TYPE] = strbuf_slice(&rule->type), [PAM_RULE_CONTROL] = or_absent(&rule->control),
		[PAM_RULE_MODULE] = strbuf_slice(&rule->module), [PAM_RULE_ARGUMENTS] = or_absent(&rule->arguments),
	};
	int r = rows_add(rows, ROW_PAM_RULE, rule->number, fields, PAM_RULE_FIELD_COUNT, err);
	if (r == 0 && is_included_elsewhere(rule))
		r = rows_problem(rows, err, "line %u: it includes a file that is not looked at", rule->number);
	return r;
}

/*
 * libpam takes out of a line what cannot be printed, and so would make words
 * that are not there to be seen.  A carriage return ends a line all the same,
 * but not one that a backslash would continue: whether it does depends on the version.
 */
static int
refuse_controls(struct slice body, struct plim_error *err)
{
	char last = '\n';
	for (size_t i = 0; i < body.n; i++) {
		unsigned char c = (unsigned char)body.p[i];
		bool end = c == '\r' && last != '\\' && slice_starts(slice_from(body, i + 1), SLICE("\n"));
		if ((c < ' ' && c != '\t' && c != '\n' && !end) || c == 0x7f)
			return error_set(err, PLIM_EFORMAT, "offset %zu: a control character", i);
		last = c == ' ' || c == '\t' ? last : (char)c;
	}
	return 0;
}

struct pam_reader {
	struct slice service;    /* absent in pam.conf */
	struct rows *rows;
	struct pam_rule rule;
	bool open;               /* the line so far ended with a backslash */
};

/* A backslash behind which nothing but blanks are continues the rule; comments and blank lines do not end it. */
static int
take_line(struct pam_reader *reader, struct slice line, uint32_t number, struct plim_error *err)
{
	size_t comment = slice_find(line, '#');
	struct slice text = slice_trim(slice_first(line, comment));
	if (text.n == 0)
		return 0;
	if (!reader->open) {
		strbuf_clear(&reader->rule.line);
		reader->rule.number = number;
	}
	reader->open = slice_skip_end(&text, SLICE("\\"));
	strbuf_put(&reader->rule.line, text);
	strbuf_putc(&reader->rule.line, ' ');
	if (reader->open && comment != SIZE_MAX)
		return rows_problem(reader->rows, err, "line %u: a comment behind a backslash, which not every PAM continues", number);
	return reader->open ? 0 : take_rule(&reader->rule, reader->service, reader->rows, err);
}

static int
read_lines(struct pam_reader *reader, struct slice body, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct slice line;
	int r = refuse_controls(body, err);
	for (uint32_t number = 1; r == 0 && cursor_line(&in, &line); number++)
		r = take_line(reader, line, number, err);
	if (r == 0 && reader->open)
		r = take_rule(&reader->rule, reader->service, reader->rows, err);
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct pam_reader reader = { .service = slice_is(path_base(path), "pam.conf") ? SLICE_NONE : path_base(path), .rows = rows };
	int r = read_lines(&reader, body, err);
	pam_rule_done(&reader.rule);
	return r;
}

const struct cataloger cataloger_pam = {
	.name = "pam",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/pam.d/*", "usr/lib/pam.d/*", "usr/etc/pam.d/*", "etc/pam.conf", NULL },
	.extract = extract,
};
