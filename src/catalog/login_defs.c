/* SPDX-License-Identifier: Apache-2.0 */
/* login.defs(5): what the shadow tools give to new accounts. */
#include "catalog/cataloger.h"

#include "catalog/config_lines.h"

static int
take_line(void *rows, struct slice line, uint32_t number, struct plim_error *err)
{
	struct slice name, rest = line;
	slice_word(&rest, &name);
	struct slice value = config_unquoted(slice_trim(rest));
	if (value.n == 0 && slice_trim(rest).n == 0)
		return rows_problem(rows, err, "line %u: a name without a value", number);
	struct slice fields[] = { [LOGIN_DEFS_NAME] = name, [LOGIN_DEFS_VALUE] = value };
	return rows_add(rows, ROW_LOGIN_DEFS, number, fields, LOGIN_DEFS_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	(void)path;
	return config_each_line(body, false, take_line, rows, err);
}

const struct cataloger cataloger_login_defs = {
	.name = "login-defs",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/login.defs", "usr/etc/login.defs", NULL },
	.roots = (const char *const[]){ "etc/login.defs", "usr/etc/login.defs", NULL },
	.extract = extract,
};
