/* SPDX-License-Identifier: Apache-2.0 */
/* What the Go linker leaves in a program of how that was built: of all versions that do (1.13 and later), stripped or not. */
#ifndef CODEC_GO_BUILD_H
#define CODEC_GO_BUILD_H

#include "codec/program.h"

struct go_build {
	struct slice version;    /* of the toolchain: "go1.21.1"; absent where the program is not Go's */
	struct slice modules;    /* lines of words with tabs between: path, mod, dep, =>, build; empty without modules */
};

/*
 * Both borrow from the program's bytes.  An older program tells its version where its symbols were not stripped.
 * PLIM_EFORMAT where something is there that cannot be read.
 */
int go_build_read(const struct program *program, struct go_build *out, struct plim_error *err);

#endif
