/* SPDX-License-Identifier: Apache-2.0 */
/* What checks name of the SCAP Security Guide among their references, and what src/scap/rules.def says that they answer. */
#include "policy/check.h"
#include "scap/rules.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *check, *rules, *why;
} nears[] = {
#define SCAP_NEAR(check, rules, why) { check, rules, why },
#include "scap/rules.def"
};
#define NEAR_COUNT (sizeof nears / sizeof *nears)

static bool
has_word(const char *words, struct slice wanted)
{
	struct slice rest = slice_of(words), word;
	while (slice_next(&rest, ' ', &word))
		if (slice_eq(word, wanted))
			return true;
	return false;
}

static bool
is_near(struct slice check, struct slice rule)
{
	for (size_t i = 0; i < NEAR_COUNT; i++)
		if (slice_is(check, nears[i].check) && has_word(nears[i].rules, rule))
			return true;
	return false;
}

static bool
answers(struct slice check, struct slice rule)
{
	for (const struct scap_mapping *mapping = scap_mappings; mapping->rule; mapping++)
		if (slice_is(rule, mapping->rule) && has_word(mapping->checks, check))
			return true;
	return false;
}

static bool
refers(struct slice id, struct slice rule)
{
	const struct check *check = catalogue_find(&check_catalogue, id);
	for (size_t i = 0; check && i < check->reference_count; i++)
		if (slice_eq(check->references[i], rule))
			return true;
	return false;
}

/* Of all that checks refer to, the guide's rules alone are small letters with underscores. */
static bool
is_rule(struct slice reference)
{
	for (size_t i = 0; i < reference.n; i++) {
		unsigned char c = (unsigned char)reference.p[i];
		if (!islower(c) && !isdigit(c) && c != '_' && c != '-')
			return false;
	}
	return slice_find(reference, '_') != SIZE_MAX;
}

/* Counts, and tells each: one run shows all that is wrong. */
static int
complain(bool good, const char *what, struct slice check, struct slice rule)
{
	if (!good)
		fprintf(stderr, "%.*s %s %.*s\n", SLICE_ARG(check), what, SLICE_ARG(rule));
	return !good;
}

static void
checks_name_the_rules_that_they_answer(void **state)
{
	int wrong = 0;
	(void)state;
	for (const struct scap_mapping *mapping = scap_mappings; mapping->rule; mapping++) {
		struct slice rest = slice_of(mapping->checks), check;
		while (slice_next(&rest, ' ', &check))
			wrong += complain(refers(check, slice_of(mapping->rule)), "answers, and does not name", check, slice_of(mapping->rule));
	}
	assert_int_equal(wrong, 0);
}

static void
rules_that_checks_name_are_answered_or_near(void **state)
{
	int wrong = 0;
	size_t rules = 0;
	(void)state;
	for (size_t i = 0; i < check_catalogue.n; i++)
		for (size_t k = 0; k < check_catalogue.checks[i].reference_count; k++) {
			struct slice id = check_catalogue.checks[i].id, reference = check_catalogue.checks[i].references[k];
			if (!is_rule(reference))
				continue;
			rules++;
			wrong += complain(answers(id, reference) != is_near(id, reference), "names, and does not answer it or is said to do both:", id, reference);
		}
	assert_int_equal(wrong, 0);
	assert_true(rules > 50);
}

static void
what_is_near_is_named(void **state)
{
	int wrong = 0;
	(void)state;
	for (size_t i = 0; i < NEAR_COUNT; i++) {
		struct slice rest = slice_of(nears[i].rules), rule;
		assert_true(nears[i].why[0] != '\0');
		while (slice_next(&rest, ' ', &rule))
			wrong += complain(refers(slice_of(nears[i].check), rule), "is said to be near, and does not name", slice_of(nears[i].check), rule);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_name_the_rules_that_they_answer),
		cmocka_unit_test(rules_that_checks_name_are_answered_or_near),
		cmocka_unit_test(what_is_near_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
