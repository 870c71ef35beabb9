/* SPDX-License-Identifier: Apache-2.0 */
/* Options of every command that signs. */
#ifndef CLI_SIGNING_H
#define CLI_SIGNING_H

#include "cli/command.h"

enum { OPT_SIGN_KEY = 704, OPT_COMPANION, OPT_PASSPHRASE_FILE };

#define SIGNING_OPTIONS \
	{ { "companion", required_argument, NULL, OPT_COMPANION }, "FILE", "what the key may approve; beside the key where not given" }, \
	{ { "passphrase-file", required_argument, NULL, OPT_PASSPHRASE_FILE }, "FILE", "the key's passphrase; else $PLIMSOLL_KEY_PASSPHRASE, else the terminal" }

struct signing_options {
	const char *key, *companion, *passphrase_file;    /* NULL where not given */
};

/* True where it was one of them, or OPT_SIGN_KEY. */
bool signing_option(int chosen, struct signing_options *signing);

#endif
