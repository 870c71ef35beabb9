/* SPDX-License-Identifier: Apache-2.0 */
/* make-unknowns: plimsoll-unknowns(7) out of unknowns.def, as scdoc reads it. */
#include <stdio.h>

static const struct unknown {
	const char *key, *meaning, *example;
} unknowns[] = {
#define PLIM_UNKNOWN(name, key, meaning, example) { key, meaning, example },
#include "policy/unknowns.def"
};

/* Underscores and asterisks of an example are its own. */
static void
put_plain(const char *text)
{
	for (; *text; text++) {
		if (*text == '_' || *text == '*')
			putchar('\\');
		putchar(*text);
	}
}

int
main(void)
{
	puts("plimsoll-unknowns(7)\n\n# NAME\n\nplimsoll-unknowns - what plimsoll could not establish, kind by kind\n\n# DESCRIPTION\n\n"
	     "What could not be read, is not supported or has no data is *unknown*, with its reason: it never reads as \"no findings\". The verdict lists each under "
	     "*unknown* with kind, subject, reason and, where there is one, the layer.\n\n"
	     "A policy says what each kind is worth, under its key: *unknown: {no\\_data: fail}*. *fail* fails the image, *unknown* leaves the answer open "
	     "(exit status 2), *warn* only tells. A kind of which no policy speaks is worth *unknown*. What the built-in policies say is in *plimsoll-policies*(7).\n\n# KINDS\n");
	for (size_t i = 0; i < sizeof unknowns / sizeof *unknowns; i++) {
		putchar('*');
		put_plain(unknowns[i].key);
		printf("*\n\t%s Such as: _", unknowns[i].meaning);
		put_plain(unknowns[i].example);
		puts("_\n");
	}
	puts("# SEE ALSO\n\n*plimsoll*(1), *plimsoll-policy*(5)");
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
