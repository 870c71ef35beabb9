/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as engines read StopSignal: a number, or a name in any case, with SIG or without. */
#include "policy/runtime.h"

/* Of Linux on the architectures that images are made for: a verdict may not depend on the machine that it is made on. */
static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "HUP", 1 },     { "INT", 2 },   { "QUIT", 3 },  { "ILL", 4 },   { "TRAP", 5 },  { "ABRT", 6 },    { "IOT", 6 },   { "BUS", 7 },
	{ "FPE", 8 },     { "KILL", 9 },  { "USR1", 10 }, { "SEGV", 11 }, { "USR2", 12 }, { "PIPE", 13 },   { "ALRM", 14 }, { "TERM", 15 },
	{ "STKFLT", 16 }, { "CHLD", 17 }, { "CLD", 17 },  { "CONT", 18 }, { "STOP", 19 }, { "TSTP", 20 },   { "TTIN", 21 }, { "TTOU", 22 },
	{ "URG", 23 },    { "XCPU", 24 }, { "XFSZ", 25 }, { "VTALRM", 26 }, { "PROF", 27 }, { "WINCH", 28 }, { "IO", 29 },   { "POLL", 29 },
	{ "PWR", 30 },    { "SYS", 31 },  { "RTMIN", 34 }, { "RTMAX", 64 },
};

#define REAL_TIME_FIRST 34
#define SIGNAL_LAST     64

static bool
starts_nocase(struct slice text, const char *prefix)
{
	return slice_eq_nocase(slice_first(text, strlen(prefix)), slice_of(prefix));
}

/* "RTMIN+3", "RTMAX-1". */
static int
real_time(struct slice text)
{
	bool from_first = starts_nocase(text, "RTMIN+");
	uint64_t distance;
	if (!from_first && !starts_nocase(text, "RTMAX-"))
		return 0;
	if (!slice_to_u64(slice_from(text, 6), 10, &distance) || distance > SIGNAL_LAST - REAL_TIME_FIRST)
		return 0;
	return from_first ? REAL_TIME_FIRST + (int)distance : SIGNAL_LAST - (int)distance;
}

int
runtime_signal(struct slice text)
{
	uint64_t number;
	if (slice_to_u64(text, 10, &number))
		return number <= SIGNAL_LAST ? (int)number : 0;
	if (starts_nocase(text, "SIG"))
		text = slice_from(text, 3);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (slice_eq_nocase(text, slice_of(signals[i].name)))
			return signals[i].number;
	return real_time(text);
}
