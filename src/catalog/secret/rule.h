/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what secrets look like, and where each is looked for. */
#ifndef CATALOG_SECRET_RULE_H
#define CATALOG_SECRET_RULE_H

#include "base/severity.h"
#include "base/slice.h"

enum secret_kind { SECRET_KEY, SECRET_TOKEN, SECRET_PASSWORD };

/* What a file or a setting is: bits, of which a rule has one. */
enum secret_place {
	PLACE_ANYWHERE = 1,
	PLACE_TEXT = 2,
	PLACE_CONFIG = 4,
	PLACE_SETTINGS = 8,        /* environment, labels, history */
	PLACE_NPMRC = 16,
	PLACE_NETRC = 32,
	PLACE_PYPIRC = 64,
	PLACE_MAVEN = 128,
};

/* What is searched; what its name tells is looked up when a rule asks for it. */
struct secret_places {
	struct slice path;         /* clean; absent for settings */
	bool text, named;
	unsigned bits;
};

struct secret_places secret_places_of_file(struct slice path, bool text);
struct secret_places secret_places_of_settings(void);
bool secret_places_has(struct secret_places *places, enum secret_place place);

struct secret_rule {
	const char *id, *title;
	enum severity severity;
	enum secret_kind kind;
	enum secret_place place;
	const char *literals;      /* with | between */
	const char *pattern;
	bool (*check)(struct slice secret);    /* may be NULL */
};

#define SECRET_RULE_MOST 192
extern const struct secret_rule secret_rules[];
extern const size_t secret_rule_count;

/* NULL where there is none of that name: a block may come from another version. */
const struct secret_rule *secret_rule_find(struct slice id);

/* The documentation of a service shows it, or something like it: everybody knows it. */
bool secret_is_example(struct slice secret);

/* What may be shown of it: at most its first four bytes, with **** behind. */
#define SECRET_EXCERPT_SIZE 16
void secret_excerpt(const struct secret_rule *rule, struct slice secret, char out[SECRET_EXCERPT_SIZE]);

#endif
