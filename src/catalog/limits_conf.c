/* SPDX-License-Identifier: Apache-2.0 */
/* limits.conf(5) and its drop-ins, as pam_limits reads them: DOMAIN TYPE ITEM VALUE. */
#include "catalog/limits_conf.h"

#include "base/error.h"
#include "catalog/config_lines.h"

struct limits_reader {
	struct rows *rows;
	bool drop_in;
	struct strbuf words[4];
};

static void
auto_limits_reader(struct limits_reader *reader)
{
	for (size_t i = 0; i < 4; i++)
		strbuf_done(&reader->words[i]);
}

/* All but the domain in lower case, as they are compared; what stands behind the fourth is passed over.  How many there are. */
static size_t
split(struct limits_reader *reader, struct slice line)
{
	size_t n = 0;
	for (struct slice word; n < 4 && slice_word(&line, &word); n++) {
		strbuf_clear(&reader->words[n]);
		if (n == 0)
			strbuf_put(&reader->words[n], word);
		else
			config_put_lower(&reader->words[n], word);
	}
	return n;
}

/* "DOMAIN -" alone: those of it are not limited at all.  What stands behind the minus is not looked at. */
static struct slice
form_of(const struct limits_reader *reader, size_t n)
{
	if (n == 4)
		return SLICE("plain");
	return n == 2 && slice_starts(strbuf_slice(&reader->words[1]), SLICE("-")) ? SLICE("exempt") : SLICE("ignored");
}

/* Until 1.5 they end words as blanks do, later they are letters. */
static bool
is_unclear(struct slice line)
{
	return slice_find(line, '\v') != SIZE_MAX || slice_find(line, '\f') != SIZE_MAX || slice_find(line, '\r') != SIZE_MAX;
}

static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct limits_reader *reader = context;
	struct slice fields[LIMITS_CONF_ROW_FIELD_COUNT] = { 0 };
	struct slice text = slice_first(line, slice_find(line, '#'));
	if (is_unclear(text))
		return rows_problem(reader->rows, err, "line %u: a control character, which is no blank for all versions of pam_limits", number);
	size_t n = split(reader, text);
	for (size_t i = 0; i < n; i++) {
		if (reader->words[i].failed)
			return error_nomem(err);
		fields[LIMITS_CONF_ROW_DOMAIN + i] = strbuf_slice(&reader->words[i]);
	}
	fields[LIMITS_CONF_ROW_DROP_IN] = reader->drop_in ? SLICE("1") : SLICE("0");
	fields[LIMITS_CONF_ROW_FORM] = form_of(reader, n);
	return rows_add(reader->rows, ROW_LIMITS_CONF_ROW, number, fields, LIMITS_CONF_ROW_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(limits_reader) struct limits_reader reader = { .rows = rows, .drop_in = slice_ends(path_dir(path), SLICE("limits.d")) };
	return config_each_line(body, false, take_line, &reader, err);
}

const struct cataloger cataloger_limits_conf = {
	.name = "limits-conf",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/security/limits.conf", "etc/security/limits.d/*.conf", "usr/etc/security/limits.conf",
	                                "usr/etc/security/limits.d/*.conf", NULL },
	.roots = (const char *const[]){ "etc/security/limits.conf", NULL },
	.extract = extract,
};
