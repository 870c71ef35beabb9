/* SPDX-License-Identifier: Apache-2.0 */
/* `plimsoll assign`: an assign file is signed, and what was signed is shown. */
#ifndef ENFORCE_ASSIGN_SIGN_H
#define ENFORCE_ASSIGN_SIGN_H

#include <plimsoll/run.h>

#include <stdint.h>

struct assign_sign_options {
	const char *file;              /* YAML, as people write it */
	const char *out;               /* NULL: FILE.signed */
	const char *key, *companion, *passphrase_file;
	const struct plim_run_options *run;
};

/* Puts inside what the file names, signs it with the time of now, and tells in `told` what it says now. */
int assign_sign(const struct assign_sign_options *options, FILE *told, struct plim_error *err);

/* What a signed file says, once one of the keys (public, NULL-terminated) signed it. */
int assign_show(const char *file, const char *const *keys, FILE *told, struct plim_error *err);

#endif
