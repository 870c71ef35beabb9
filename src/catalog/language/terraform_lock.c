/* SPDX-License-Identifier: Apache-2.0 */
/* .terraform.lock.hcl: provider "HOST/NAMESPACE/NAME" { version = "V" ... }. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/term.h"

static int
add_provider(struct slice name, struct slice version, uint32_t line, struct rows *rows, struct plim_error *err)
{
	const struct declared declared = { .type = "terraform", .name = name, .version = version, .line = line };
	return version.n ? declared_add(rows, &declared, err) : rows_problem(rows, err, "line %u: a provider without version", line);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct term_reader reader = term_reader_of(body, "#");
	struct slice word = SLICE_NONE, provider = SLICE_NONE, version = SLICE_NONE;
	struct term term;
	uint32_t line = 0;
	int r;
	(void)path;
	while ((r = term_next(&reader, &term, err)) > 0) {
		if (term.kind == TERM_ATOM)
			word = term.text;
		if (term.kind == TERM_STRING && term.depth == 0 && slice_is(word, "provider")) {
			provider = term.text;
			version = SLICE_NONE;
			line = term.line;
		}
		if (term.kind == TERM_STRING && term.depth == 1 && slice_is(word, "version"))
			version = term.text;
		if (term.kind != TERM_CLOSE || term.depth != 1 || provider.p == NULL)
			continue;
		r = add_provider(provider, version, line, rows, err);
		if (r < 0)
			return r;
		provider = SLICE_NONE;
	}
	return r;
}

const struct cataloger cataloger_terraform_lock = {
	.name = "terraform_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/.terraform.lock.hcl", NULL },
	.extract = extract,
};
