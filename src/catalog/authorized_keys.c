/* SPDX-License-Identifier: Apache-2.0 */
/* authorized_keys of sshd(8): who may log in.  Options, key and secrets stay where they are. */
#include "catalog/cataloger.h"

#include "catalog/config_lines.h"

struct keys_reader {
	struct slice user;
	struct rows *rows;
};

/* Options come first and may have blanks inside quotes. */
static bool
field_next(struct slice *rest, struct slice *field)
{
	*rest = slice_trim(*rest);
	bool quoted = false;
	size_t n = 0;
	for (; n < rest->n && (quoted || (rest->p[n] != ' ' && rest->p[n] != '\t')); n++)
		if (rest->p[n] == '\\' && n + 1 < rest->n)
			n++;
		else if (rest->p[n] == '"')
			quoted = !quoted;
	*field = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return field->n > 0;
}

static bool
is_algorithm(struct slice word)
{
	return slice_starts(word, SLICE("ssh-")) || slice_starts(word, SLICE("ecdsa-")) || slice_starts(word, SLICE("sk-"));
}

static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct keys_reader *reader = context;
	struct slice algorithm, key, rest = line;
	bool whole = field_next(&rest, &algorithm);
	if (whole && !is_algorithm(algorithm))
		whole = field_next(&rest, &algorithm);
	if (!whole || !is_algorithm(algorithm) || !slice_word(&rest, &key))
		return rows_problem(reader->rows, err, "line %u: no key", number);
	struct slice fields[] = {
		[AUTHORIZED_KEYS_ALGORITHM] = algorithm,
		[AUTHORIZED_KEYS_COMMENT] = slice_trim(rest).n ? slice_trim(rest) : SLICE_NONE,
		[AUTHORIZED_KEYS_USER] = reader->user,
	};
	return rows_add(reader->rows, ROW_AUTHORIZED_KEYS, number, fields, AUTHORIZED_KEYS_FIELD_COUNT, err);
}

/* DIR/.ssh/authorized_keys belongs to root of /root, and to NAME of /home/NAME. */
static struct slice
user_of(struct slice path)
{
	struct slice home = path_dir(path_dir(path));
	if (slice_is(home, "root"))
		return SLICE("root");
	return slice_is(path_dir(home), "home") ? path_base(home) : SLICE_NONE;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct keys_reader reader = { user_of(path), rows };
	return config_each_line(body, false, take_line, &reader, err);
}

const struct cataloger cataloger_authorized_keys = {
	.name = "authorized-keys",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "**/.ssh/authorized_keys", "**/.ssh/authorized_keys2", NULL },
	.extract = extract,
};
