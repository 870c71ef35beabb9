/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/lists.h"

#include <stdlib.h>
#include <string.h>

int
list_option(const struct command *self, struct list *list)
{
	if (list->n == LIST_MOST)
		return command_usage_error(self, "more than %d of one option", LIST_MOST);
	list->at[list->n++] = optarg;
	return 0;
}

const char *const *
list_chosen(const struct list *list)
{
	return list->n ? list->at : NULL;
}

static const struct {
	const char *unit;
	uint64_t seconds;
} units[] = { { "h", 3600 }, { "d", 86400 }, { "w", 604800 } };

/* A thousand years are enough for everybody. */
#define NUMBER_MOST 999999

int
span_option(const struct command *self, uint64_t *seconds)
{
	char *end;
	unsigned long number = *optarg >= '1' && *optarg <= '9' ? strtoul(optarg, &end, 10) : 0;
	for (size_t i = 0; number && number <= NUMBER_MOST && i < sizeof units / sizeof *units; i++)
		if (strcmp(end, units[i].unit) == 0)
			return *seconds = number * units[i].seconds, 0;
	return command_usage_error(self, "'%s' is no span of time: write 12h, 7d or 4w", optarg);
}

int
number_option(const struct command *self, uint64_t *number)
{
	char *end = optarg;
	unsigned long value = *optarg >= '1' && *optarg <= '9' ? strtoul(optarg, &end, 10) : 0;
	if (value == 0 || *end)
		return command_usage_error(self, "'%s' is no number from 1", optarg);
	*number = value;
	return 0;
}

int
days_option(const struct command *self, uint64_t most, uint64_t *days)
{
	int status = number_option(self, days);
	if (status == 0 && *days > most)
		status = command_usage_error(self, "--days takes a number from 1 to %ju", (uintmax_t)most);
	return status;
}
