/* SPDX-License-Identifier: Apache-2.0 */
/* Times are seconds since 1970 in UTC, days are days since 1970-01-01: the proleptic Gregorian calendar, no leap seconds. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/slice.h"

#define DATE_NONE INT64_MIN
#define DAY_S 86400
#define DATE_TEXT_SIZE 32

/* "YYYY-MM-DD" to its day; false for what is no date. */
bool date_parse_day(struct slice text, int64_t *day);
/* RFC 3339 ("2026-08-21T12:00:00.5Z", "...+02:00"), or a bare day; to seconds, fractions dropped. */
bool date_parse(struct slice text, int64_t *seconds);
/* "YYYY-MM-DD" and "YYYY-MM-DDTHH:MM:SSZ"; returns `text`, empty for DATE_NONE. */
const char *date_day_text(int64_t day, char text[static DATE_TEXT_SIZE]);
const char *date_text(int64_t seconds, char text[static DATE_TEXT_SIZE]);
/* The day that a second lies in. */
int64_t date_day(int64_t seconds);

#endif
