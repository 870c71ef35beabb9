/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs that stand in metadata: what they name, and those that need more than a name and a version. */
#ifndef CATALOG_LANGUAGE_PURL_TEXT_H
#define CATALOG_LANGUAGE_PURL_TEXT_H

#include "base/arena.h"
#include "base/strbuf.h"

struct purl_parts {
	struct slice type;
	struct slice name;       /* namespace and name as package rows have them: NAMESPACE/NAME, maven's with a colon */
	struct slice version;
	struct slice arch;       /* of the qualifiers */
};

/* False for what is no package URL; the parts are unescaped, in the arena. */
bool purl_split(struct slice purl, struct arena *arena, struct purl_parts *out);

/* pkg:TYPE/NAME@VERSION?arch=ARCH&distro=DISTRO, the absent ones left out. */
void purl_put(struct strbuf *into, struct slice type, struct slice name, struct slice version, struct slice arch, struct slice distro);

#endif
