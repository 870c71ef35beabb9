/* SPDX-License-Identifier: Apache-2.0 */
/* make-limits: plimsoll-limits(7) out of limits.def, as scdoc reads it. */
#include <stdio.h>

static const struct limit {
	const char *name, *number, *reason;
} limits[] = {
#define PLIM_LIMIT(name, number, reason) { #name, #number, reason },
#include "base/limits.def"
};

int
main(void)
{
	puts("plimsoll-limits(7)\n\n# NAME\n\nplimsoll-limits - every limit that plimsoll puts on what it reads\n\n# DESCRIPTION\n\n"
	     "An image is written by somebody else, and may be written against its reader. Each number below ends what could otherwise go on. Reaching one "
	     "never means \"clean\": where a layer or a file reached it, the verdict has an unknown that names the limit; where a document or a policy did, "
	     "nothing is judged.\n\n"
	     "_--limit_ _NAME_=_N_, of every command that reads what comes from outside, chooses another number, for that run; _N_ may end in K, M or G, for powers of 1024. "
	     "Layers read under other limits are kept apart in the cache.\n\n# LIMITS\n");
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		printf("*%s* = %s\n\t%s\n\n", limits[i].name, limits[i].number, limits[i].reason);
	puts("# SEE ALSO\n\n*plimsoll*(1)");
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
