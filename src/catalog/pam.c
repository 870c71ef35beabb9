/* SPDX-License-Identifier: Apache-2.0 */
/* pam.conf(5) and pam.d: TYPE CONTROL MODULE ARGUMENTS, in pam.conf with the service in front. */
#include "catalog/cataloger.h"

#include "catalog/config_lines.h"

struct pam_reader {
	struct slice service;    /* absent in pam.conf */
	struct rows *rows;
};

/* One word, or all up to the bracket that ends "[success=1 default=ignore]". */
static bool
control_next(struct slice *rest, struct slice *control)
{
	struct slice text = slice_trim(*rest);
	size_t end = slice_find(text, ']');
	if (!slice_starts(text, SLICE("[")))
		return slice_word(rest, control);
	if (end == SIZE_MAX)
		return false;
	*control = slice_first(text, end + 1);
	*rest = slice_from(text, end + 1);
	return true;
}

static bool
is_type(struct slice word)
{
	slice_skip(&word, SLICE("-"));
	return slice_eq_nocase(word, SLICE("auth")) || slice_eq_nocase(word, SLICE("account")) ||
	    slice_eq_nocase(word, SLICE("password")) || slice_eq_nocase(word, SLICE("session"));
}

static struct slice
until_comment(struct slice text)
{
	size_t at = slice_find(text, '#');
	return slice_trim(at == SIZE_MAX ? text : slice_first(text, at));
}

static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct pam_reader *reader = context;
	struct slice fields[PAM_RULE_FIELD_COUNT] = { [PAM_RULE_SERVICE] = reader->service }, rest = until_comment(line);
	bool whole = reader->service.p || slice_word(&rest, &fields[PAM_RULE_SERVICE]);
	whole = whole && slice_word(&rest, &fields[PAM_RULE_TYPE]);
	if (whole && slice_is(fields[PAM_RULE_TYPE], "@include"))
		whole = slice_word(&rest, &fields[PAM_RULE_MODULE]);
	else
		whole = whole && is_type(fields[PAM_RULE_TYPE]) && control_next(&rest, &fields[PAM_RULE_CONTROL]) &&
		    slice_word(&rest, &fields[PAM_RULE_MODULE]);
	if (!whole)
		return rows_problem(reader->rows, err, "line %u: no rule of PAM", number);
	if (slice_trim(rest).n > 0)
		fields[PAM_RULE_ARGUMENTS] = slice_trim(rest);
	return rows_add(reader->rows, ROW_PAM_RULE, number, fields, PAM_RULE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct pam_reader reader = { slice_is(path_base(path), "pam.conf") ? SLICE_NONE : path_base(path), rows };
	return config_each_line(body, true, take_line, &reader, err);
}

const struct cataloger cataloger_pam = {
	.name = "pam",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/pam.d/*", "usr/lib/pam.d/*", "usr/etc/pam.d/*", "etc/pam.conf", NULL },
	.extract = extract,
};
