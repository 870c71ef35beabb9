/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mix.lock: "APP": {:hex, :NAME, "V", "INNER", [tools], [{:dep, ...}, ...],
 * "repository", "SHA-256 of the package"} or {:git, "URL", "COMMIT", [...]}, in one map.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/digest_text.h"
#include "catalog/language/term.h"

enum element { MIX_KIND, MIX_NAME, MIX_VERSION, MIX_DEPENDENCIES = 5, MIX_CHECKSUM = 7 };

/* `app` is the string before the bracket. */
static int
add_package(const struct term_reader *reader, struct slice app, const struct strbuf *needs, uint32_t line, struct rows *rows,
            struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	bool hex = slice_is(term_word(reader, 2, MIX_KIND), "hex");
	if (hex)
		digest_put_hex(&digest, SLICE("sha256"), term_word(reader, 2, MIX_CHECKSUM));
	const struct declared declared = {
		.type = "hex", .name = hex ? term_word(reader, 2, MIX_NAME) : app, .version = hex ? term_word(reader, 2, MIX_VERSION) : SLICE_NONE,
		.line = line, .dependencies = names_slice(needs), .checksum = names_slice(&digest),
	};
	if (declared.name.n == 0)
		return rows_problem(rows, err, "line %u: a dependency without name", line);
	return digest.failed || needs->failed ? error_nomem(err) : declared_add(rows, &declared, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 };
	struct term_reader reader = term_reader_of(body, "#");
	struct slice app = SLICE_NONE;
	struct term term;
	bool any = false;
	int r;
	(void)path;
	while ((r = term_next(&reader, &term, err)) > 0) {
		any = true;
		if (term.depth == 1 && term.kind == TERM_STRING)
			app = term.text;
		if (term.depth == 4 && term.kind == TERM_CLOSE && reader.brackets[2].commas == MIX_DEPENDENCIES)
			names_put(&needs, term_word(&reader, 4, 0));
		if (term.depth != 2 || term.kind != TERM_CLOSE)
			continue;
		r = add_package(&reader, app, &needs, term.line, rows, err);
		if (r < 0)
			return r;
		strbuf_clear(&needs);
	}
	return r < 0 || any ? r : error_set(err, PLIM_EFORMAT, "line 1: no lock of mix: it has no map");
}

const struct cataloger cataloger_mix_lock = {
	.name = "mix_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/mix.lock", NULL },
	.extract = extract,
};
