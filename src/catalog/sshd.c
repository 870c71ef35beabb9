/* SPDX-License-Identifier: Apache-2.0 */
/* sshd_config(5) and its drop-ins: the first value of a keyword wins, Match blocks apart. */
#include "catalog/sshd.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/strbuf.h"
#include "catalog/config_lines.h"

struct sshd_reader {
	struct rows *rows;
	struct strbuf keyword, block, value;
};

/* Names of before, which sshd still takes. */
static const char *const old_names[][2] = {
	{ "pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms" }, { "hostbasedacceptedkeytypes", "hostbasedacceptedalgorithms" },
	{ "challengeresponseauthentication", "kbdinteractiveauthentication" }, { "skeyauthentication", "kbdinteractiveauthentication" },
	{ "dsaauthentication", "pubkeyauthentication" },
};

static void
put_keyword(struct strbuf *into, struct slice written)
{
	config_put_lower(into, written);
	for (size_t i = 0; i < sizeof old_names / sizeof *old_names; i++)
		if (slice_is(strbuf_slice(into), old_names[i][0])) {
			strbuf_clear(into);
			strbuf_puts(into, old_names[i][1]);
			return;
		}
}

/* "Keyword value", "Keyword=value", "Keyword = value", and the keyword in quotes. */
static struct slice
keyword_cut(struct slice line, struct slice *value)
{
	size_t n = 0;
	size_t quote = slice_starts(line, SLICE("\"")) ? slice_find(slice_from(line, 1), '"') : SIZE_MAX;
	if (quote != SIZE_MAX) {
		*value = slice_trim(slice_from(line, quote + 2));
		return slice_first(slice_from(line, 1), quote);
	}
	while (n < line.n && strchr(" \t=", line.p[n]) == NULL)
		n++;
	*value = slice_trim(slice_from(line, n));
	if (slice_skip(value, SLICE("=")))
		*value = slice_trim(*value);
	return slice_first(line, n);
}

static int
add(struct sshd_reader *reader, struct slice value, uint32_t number, struct plim_error *err)
{
	struct slice fields[] = {
		[SSH_CONFIG_KEYWORD] = strbuf_slice(&reader->keyword),
		[SSH_CONFIG_VALUE] = config_unquoted(value),
		[SSH_CONFIG_BLOCK] = reader->block.n ? strbuf_slice(&reader->block) : SLICE_NONE,
	};
	if (reader->keyword.failed || reader->block.failed || reader->value.failed)
		return error_nomem(err);
	return rows_add(reader->rows, ROW_SSH_CONFIG, number, fields, SSH_CONFIG_FIELD_COUNT, err);
}

static bool
is_read(struct slice pattern)
{
	return slice_is(pattern, "/etc/ssh/sshd_config.d/*.conf") || slice_is(pattern, "/usr/etc/ssh/sshd_config.d/*.conf") ||
	    slice_is(pattern, "/etc/crypto-policies/back-ends/opensshserver.config") ||
	    (!glob_is_pattern(pattern) && slice_ends(pattern, SLICE(".conf")) && slice_is(path_dir(pattern), "/etc/ssh/sshd_config.d"));
}

/* A relative pattern begins at /etc/ssh. */
static int
take_include(struct sshd_reader *reader, struct slice patterns, uint32_t number, struct plim_error *err)
{
	int r = 0;
	for (struct slice word; r == 0 && slice_word(&patterns, &word);) {
		strbuf_clear(&reader->value);
		word = config_unquoted(word);
		if (!slice_starts(word, SLICE("/")))
			strbuf_puts(&reader->value, "/etc/ssh/");
		strbuf_put(&reader->value, word);
		struct slice pattern = strbuf_slice(&reader->value);
		r = add(reader, pattern, number, err);
		if (r == 0 && !is_read(pattern))
			r = rows_problem(reader->rows, err, "line %u: it includes a file that is not looked at", number);
	}
	return r;
}

static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct sshd_reader *reader = context;
	struct slice value;
	strbuf_clear(&reader->keyword);
	put_keyword(&reader->keyword, keyword_cut(line, &value));
	struct slice keyword = strbuf_slice(&reader->keyword);
	if (value.n == 0)
		return rows_problem(reader->rows, err, "line %u: a keyword without a value", number);
	if (slice_is(keyword, "include"))
		return take_include(reader, value, number, err);
	/* What follows a comment sign is no part of it: since 8.5 sshd takes comments behind a value. */
	size_t comment = slice_find_text(value, SLICE(" #"));
	if (comment != SIZE_MAX && value.p[0] != '"')
		value = slice_trim(slice_first(value, comment));
	if (!slice_is(keyword, "match"))
		return add(reader, value, number, err);
	strbuf_clear(&reader->block);
	strbuf_put(&reader->block, value);
	return reader->block.failed ? error_nomem(err) : 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct sshd_reader reader = { .rows = rows };
	int r = config_each_line(body, false, take_line, &reader, err);
	(void)path;
	strbuf_done(&reader.keyword);
	strbuf_done(&reader.block);
	strbuf_done(&reader.value);
	return r;
}

const struct cataloger cataloger_sshd = {
	.name = "sshd",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/ssh/sshd_config", "etc/ssh/sshd_config.d/*.conf", "usr/etc/ssh/sshd_config",
	                                "usr/etc/ssh/sshd_config.d/*.conf",
	                                /* RHEL's drop-in includes what update-crypto-policies(8) chose. */
	                                "etc/crypto-policies/back-ends/opensshserver.config", "usr/share/crypto-policies/*/opensshserver.txt",
	                                "usr/share/crypto-policies/back-ends/*/opensshserver.config", NULL },
	.roots = (const char *const[]){ "etc/ssh/sshd_config", NULL },
	.extract = extract,
};
