/* SPDX-License-Identifier: Apache-2.0 */
/* Civil dates without the C library's time zones. */
#include "base/date.h"

#include <stdio.h>

#define SECONDS_A_DAY 86400

/* Years begin in March here, so that the leap day is the last of its year. */
static int64_t
days_from_civil(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t of_era = days - era * 146097;
	int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
	unsigned shifted = (unsigned)((5 * of_year + 2) / 153);
	*day = (unsigned)(of_year - (153 * (int64_t)shifted + 2) / 5 + 1);
	*month = shifted < 10 ? shifted + 3 : shifted - 9;
	*year = years + era * 400 + (*month <= 2);
}

static bool
number_at(struct slice text, size_t at, size_t digits, unsigned *out)
{
	uint64_t value;
	if (text.n < at + digits || !slice_to_u64(slice_first(slice_from(text, at), digits), 10, &value))
		return false;
	*out = (unsigned)value;
	return true;
}

static unsigned
month_length(unsigned year, unsigned month)
{
	static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return lengths[month - 1] + (month == 2 && leap);
}

bool
date_parse_day(struct slice text, int64_t *day)
{
	unsigned year, month, of_month;
	if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-')
		return false;
	if (!number_at(text, 0, 4, &year) || !number_at(text, 5, 2, &month) || !number_at(text, 8, 2, &of_month))
		return false;
	if (month < 1 || month > 12 || of_month < 1 || of_month > month_length(year, month))
		return false;
	*day = days_from_civil(year, month, of_month);
	return true;
}

/* "Z", "+02:00" or "-0530"; seconds to subtract. */
static bool
zone_parse(struct slice zone, int64_t *offset)
{
	unsigned hours, minutes;
	*offset = 0;
	if (zone.n == 0 || slice_eq_nocase(zone, SLICE("Z")))
		return true;
	if (zone.n < 5 || (zone.p[0] != '+' && zone.p[0] != '-'))
		return false;
	size_t minutes_at = zone.p[3] == ':' ? 4 : 3;
	if (zone.n != minutes_at + 2 || !number_at(zone, 1, 2, &hours) || !number_at(zone, minutes_at, 2, &minutes))
		return false;
	if (hours > 23 || minutes > 59)
		return false;
	*offset = (int64_t)(hours * 3600 + minutes * 60) * (zone.p[0] == '-' ? -1 : 1);
	return true;
}

bool
date_parse(struct slice text, int64_t *seconds)
{
	int64_t day, offset;
	unsigned hour, minute, second;
	if (!date_parse_day(slice_first(text, 10), &day))
		return false;
	*seconds = day * SECONDS_A_DAY;
	if (text.n == 10)
		return true;
	if (text.n < 19 || (text.p[10] != 'T' && text.p[10] != 't' && text.p[10] != ' ') || text.p[13] != ':' || text.p[16] != ':')
		return false;
	if (!number_at(text, 11, 2, &hour) || !number_at(text, 14, 2, &minute) || !number_at(text, 17, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	struct slice rest = slice_from(text, 19);
	if (slice_skip(&rest, SLICE(".")))
		while (rest.n && rest.p[0] >= '0' && rest.p[0] <= '9')
			rest = slice_from(rest, 1);
	if (!zone_parse(rest, &offset))
		return false;
	*seconds += hour * 3600 + minute * 60 + second - offset;
	return true;
}

int64_t
date_day(int64_t seconds)
{
	return seconds / SECONDS_A_DAY - (seconds % SECONDS_A_DAY < 0);
}

const char *
date_day_text(int64_t day, char text[static DATE_TEXT_SIZE])
{
	int64_t year;
	unsigned month, of_month;
	text[0] = '\0';
	/* Beyond the year 9999 there is no four-digit form; no honest input reaches it. */
	if (day == DATE_NONE || day > 2932896 || day < -719528)
		return text;
	civil_from_days(day, &year, &month, &of_month);
	snprintf(text, DATE_TEXT_SIZE, "%04d-%02u-%02u", (int)year, month, of_month);
	return text;
}

const char *
date_text(int64_t seconds, char text[static DATE_TEXT_SIZE])
{
	int64_t day = seconds == DATE_NONE ? DATE_NONE : date_day(seconds);
	date_day_text(day, text);
	/* Only a day that has a text is near enough to be multiplied. */
	unsigned of_day = text[0] ? (unsigned)(seconds - day * SECONDS_A_DAY) : 0;
	size_t n = strlen(text);
	if (n)
		snprintf(text + n, DATE_TEXT_SIZE - n, "T%02u:%02u:%02uZ", of_day / 3600, of_day / 60 % 60, of_day % 60);
	return text;
}
