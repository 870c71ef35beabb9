/* SPDX-License-Identifier: Apache-2.0 */
/* What the catalogers of Perl share. */
#ifndef CATALOG_LANGUAGE_CPAN_H
#define CATALOG_LANGUAGE_CPAN_H

#include "base/strbuf.h"

/* Appends the name of what a .packlist in that directory is of: ".../auto/Try/Tiny" is Try-Tiny; Perl's own list lies beside auto: perl. */
void cpan_packlist_name(struct strbuf *name, struct slice directory);

#endif
