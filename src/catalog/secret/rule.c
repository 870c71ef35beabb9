/* SPDX-License-Identifier: Apache-2.0 */
/* rules.def as an array, and what is known of single secrets. */
#include "catalog/secret/rule.h"

#include "catalog/secret/check.h"

#include <stdio.h>

const struct secret_rule secret_rules[] = {
#define SECRET(id, title, severity, kind, place, literals, pattern, check) \
	{ #id, title, SEVERITY_##severity, SECRET_##kind, PLACE_##place, literals, pattern, check },
#include "catalog/secret/rules.def"
#undef SECRET
};

const size_t secret_rule_count = sizeof secret_rules / sizeof *secret_rules;
_Static_assert(sizeof secret_rules / sizeof *secret_rules <= SECRET_RULE_MOST, "more rules than there is room for");

const struct secret_rule *
secret_rule_find(struct slice id)
{
	for (size_t i = 0; i < secret_rule_count; i++)
		if (slice_is(id, secret_rules[i].id))
			return &secret_rules[i];
	return NULL;
}

/* Parts of examples: of AWS, of JWTs and their debugger, of Stripe, of Azurite's well-known account, of Slack, of Google's maps. */
static const char *const examples[] = {
	"example", "eyJzdWIiOiIxMjM0NTY3ODkwIiwi", "eyJzb21lIjoicGF5bG9hZCJ9", "4eC39HqLyjWDarjt", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",
	"T00000000/B00000000", "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe", "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
};

static bool
has_nocase(struct slice text, struct slice part)
{
	for (size_t at = 0; at + part.n <= text.n; at++)
		if (slice_eq_nocase((struct slice){ text.p + at, part.n }, part))
			return true;
	return false;
}

bool
secret_is_example(struct slice secret)
{
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
		if (has_nocase(secret, slice_of(examples[i])))
			return true;
	return false;
}

/* Of a short one four bytes are too much. */
#define SHOWN_LEAST 16

void
secret_excerpt(const struct secret_rule *rule, struct slice secret, char out[SECRET_EXCERPT_SIZE])
{
	bool shows = rule->kind != SECRET_PASSWORD && secret.n >= SHOWN_LEAST;
	size_t n = 0;
	for (; shows && n < 4 && secret.p[n] > ' ' && secret.p[n] < 127; n++)
		out[n] = secret.p[n];
	snprintf(out + n, SECRET_EXCERPT_SIZE - n, "****");
}
