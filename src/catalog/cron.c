/* SPDX-License-Identifier: Apache-2.0 */
/* crontab(5): the system's own tables name a user in each line, a user's table has the user for its name. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/config_lines.h"

struct cron_reader {
	struct slice user;    /* absent where each line names one */
	struct rows *rows;
};

/* NAME=value sets a variable of the jobs; its value is nobody's business here. */
static bool
is_assignment(struct slice line)
{
	struct slice name, value;
	if (!slice_cut(line, '=', &name, &value))
		return false;
	name = config_unquoted(slice_trim(name));
	return name.n > 0 && slice_find(name, ' ') == SIZE_MAX && slice_find(name, '\t') == SIZE_MAX;
}

static int
add(struct cron_reader *reader, struct slice *fields, struct slice command, uint32_t number, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	config_put_uri(&shown, slice_trim(command));
	if (shown.failed)
		return error_nomem(err);
	fields[CRON_COMMAND] = strbuf_slice(&shown);
	return rows_add(reader->rows, ROW_CRON, number, fields, CRON_FIELD_COUNT, err);
}

static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct cron_reader *reader = context;
	struct slice fields[CRON_FIELD_COUNT] = { [CRON_USER] = reader->user }, rest = line;
	bool whole = true;
	if (is_assignment(line))
		return 0;
	/* A minus in front keeps Debian's cron from logging the job. */
	slice_skip(&rest, SLICE("-"));
	if (slice_starts(rest, SLICE("@")))
		whole = slice_word(&rest, &fields[CRON_EVENT]);
	else
		for (int i = CRON_MINUTE; i <= CRON_DAY_OF_WEEK; i++)
			whole = whole && slice_word(&rest, &fields[i]);
	if (reader->user.p == NULL)
		whole = whole && slice_word(&rest, &fields[CRON_USER]);
	if (!whole || slice_trim(rest).n == 0)
		return rows_problem(reader->rows, err, "line %u: no job of cron", number);
	return add(reader, fields, rest, number, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	bool system = slice_is(path, "etc/crontab") || slice_is(path_dir(path), "etc/cron.d");
	struct cron_reader reader = { system ? SLICE_NONE : path_base(path), rows };
	return config_each_line(body, false, take_line, &reader, err);
}

const struct cataloger cataloger_cron = {
	.name = "cron",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/crontab", "etc/cron.d/*", "etc/crontabs/*", "var/spool/cron/*", "var/spool/cron/crontabs/*",
	                                "var/spool/cron/tabs/*", NULL },
	.extract = extract,
};
