/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of policies and queries. */
#include "facts/regex.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/limits.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct regex {
	pcre2_code *code;
	pcre2_match_context *limits;
};

static int
compile(struct slice pattern, uint32_t options, struct regex **out, struct plim_error *err)
{
	struct regex *regex = calloc(1, sizeof *regex);
	if (regex == NULL)
		return error_nomem(err);
	int number;
	PCRE2_SIZE at;
	regex->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, PCRE2_NEVER_BACKSLASH_C | options, &number, &at, NULL);
	regex->limits = pcre2_match_context_create(NULL);
	if (regex->code == NULL) {
		PCRE2_UCHAR message[160] = "";
		pcre2_get_error_message(number, message, sizeof message);
		regex_free(regex);
		return error_set(err, PLIM_EPOLICY, "not a regular expression: %s, at its byte %zu", (const char *)message, (size_t)at);
	}
	if (regex->limits == NULL) {
		regex_free(regex);
		return error_nomem(err);
	}
	pcre2_set_match_limit(regex->limits, (uint32_t)LIMIT_REGEX_STEPS);
	pcre2_set_depth_limit(regex->limits, (uint32_t)LIMIT_REGEX_STEPS);
	pcre2_set_heap_limit(regex->limits, (uint32_t)(LIMIT_REGEX_BYTES / 1024));
	*out = regex;
	return 0;
}

int
regex_new(struct slice pattern, struct regex **out, struct plim_error *err)
{
	return compile(pattern, 0, out, err);
}

int
regex_new_go(struct slice pattern, struct regex **out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	int r = regex_of_go(pattern, &text, err);
	return r < 0 ? r : compile(strbuf_slice(&text), PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_CIRCUMFLEX, out, err);
}

void
regex_free(struct regex *regex)
{
	if (regex == NULL)
		return;
	pcre2_code_free(regex->code);
	pcre2_match_context_free(regex->limits);
	free(regex);
}

static int
match(const struct regex *regex, struct slice subject, size_t at, pcre2_match_data *data)
{
	int r = pcre2_match(regex->code, (PCRE2_SPTR)(subject.p ? subject.p : ""), subject.n, at, 0, data, regex->limits);
	return r >= 0 ? 1 : r == PCRE2_ERROR_NOMATCH ? 0 : PLIM_ELIMIT;
}

int
regex_find(const struct regex *regex, struct slice subject)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	if (data == NULL)
		return PLIM_ENOMEM;
	int r = match(regex, subject, 0, data);
	pcre2_match_data_free(data);
	return r;
}

int
regex_group(const struct regex *regex, struct slice subject, size_t at, unsigned n, struct slice *out)
{
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(regex->code, NULL);
	if (data == NULL)
		return PLIM_ENOMEM;
	int r = match(regex, subject, at, data);
	const PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
	bool took = r > 0 && n < pcre2_get_ovector_count(data) && places[2 * n] != PCRE2_UNSET && places[2 * n] <= places[2 * n + 1];
	*out = took ? (struct slice){ (subject.p ? subject.p : "") + places[2 * n], places[2 * n + 1] - places[2 * n] } : SLICE_NONE;
	pcre2_match_data_free(data);
	return r;
}
