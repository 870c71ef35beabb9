/* SPDX-License-Identifier: Apache-2.0 */
/* Days and times: what was read and is written reads as the same. */
#include "../fuzz.h"

#include "base/date.h"

static void
check_time(struct slice text)
{
	char written[DATE_TEXT_SIZE];
	int64_t first, second;
	if (!date_parse(text, &first))
		return;
	fuzz_demand(date_parse(slice_of(date_text(first, written)), &second) && first == second);
	date_day_text(date_day(first), written);
}

static void
check_day(struct slice text)
{
	char written[DATE_TEXT_SIZE];
	int64_t first, second;
	if (date_parse_day(text, &first))
		fuzz_demand(date_parse_day(slice_of(date_day_text(first, written)), &second) && first == second);
}

/* Seconds that a verdict or a database may claim. */
static void
check_number(struct slice bytes)
{
	char written[DATE_TEXT_SIZE];
	struct cursor c = cursor_of(bytes);
	int64_t number = (int64_t)cursor_u64le(&c);
	if (c.bad)
		return;
	fuzz_touch(slice_of(date_text(number, written)));
	fuzz_touch(slice_of(date_day_text(number, written)));
	date_day(number);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	check_time(text);
	check_day(text);
	check_number(text);
	return 0;
}
