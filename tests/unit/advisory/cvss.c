/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors that are none and why, ranks, and which of two counts; what vectors score is in tests/cases/cvss. */
#include "advisory/cvss.h"
#include "advisory/rating.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Of each version one of the same vulnerability. */
#define V2  "AV:N/AC:L/Au:N/C:C/I:C/A:C"
#define V30 "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define V31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define V40 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
#define LOW "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"

static const struct {
	const char *vector;
	enum cvss_version version;
	double base, temporal, environmental;
} known[] = {
	{ V2, CVSS_2_0, 10.0, -1, -1 },
	{ "CVSS:2.0/" V2, CVSS_2_0, 10.0, -1, -1 },
	{ "(" V2 ")", CVSS_2_0, 10.0, -1, -1 },
	{ V2 "/E:ND/CDP:ND", CVSS_2_0, 10.0, -1, -1 },
	{ V2 "/TD:N", CVSS_2_0, 10.0, -1, 0 },
	/* Little impact that is asked for little is less than nothing, which is nothing. */
	{ "AV:L/AC:H/Au:M/C:P/I:N/A:N/CR:L", CVSS_2_0, 0.8, -1, 0 },
	{ V30, CVSS_3_0, 9.8, -1, -1 },
	{ "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:N/I:L/A:N/RC:U", CVSS_3_0, 5.0, 4.6, -1 },
	{ V31 "/E:X/MAV:X", CVSS_3_1, 9.8, -1, -1 },
	{ "CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N/E:U/RL:O/CR:L", CVSS_3_1, 9.8, 8.5, 8.3 },
	/* The versions differ in the impact on another scope. */
	{ "CVSS:3.0/AV:N/AC:L/PR:L/UI:R/S:C/C:H/I:H/A:H/CR:H", CVSS_3_0, 9.0, -1, 9.0 },
	{ "CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:H/I:H/A:H/CR:H", CVSS_3_1, 9.0, -1, 9.1 },
	{ V40, CVSS_4_0, 9.3, -1, -1 },
	{ V40 "/E:P", CVSS_4_0, 9.3, 8.9, -1 },
	{ V40 "/E:P/MVC:N/MVI:N/MVA:N", CVSS_4_0, 9.3, 8.9, 0 },
	{ V40 "/S:P/AU:Y/R:U/V:C/RE:H/U:Amber", CVSS_4_0, 9.3, -1, -1 },
};

static const struct {
	const char *vector, *why;
} refused[] = {
	{ "", "an empty vector" },
	{ "()", "'' is no METRIC:VALUE" },
	{ "(" V2, "CVSS 2.0 has no metric '(AV'" },
	{ "CVSS:2.0/(" V2 ")", "CVSS 2.0 has no metric '(AV'" },
	{ "CVSS:3.2/AV:N", "no vector of CVSS 2.0, 3.0, 3.1 or 4.0" },
	{ "CVSS:3.1", "no vector of CVSS 2.0, 3.0, 3.1 or 4.0" },
	{ "CVSS:3.1/", "'' is no METRIC:VALUE" },
	{ "cvss:3.1/AV:N", "CVSS 2.0 has no metric 'cvss'" },
	{ "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS 2.0 has no metric 'PR'" },
	{ "CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "S has no value 'U' in CVSS 4.0" },
	{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "A is missing, CVSS 3.1 needs it" },
	{ V31 "/AV:N", "AV is there twice" },
	{ V31 "/E:X/E:X", "E is there twice" },
	{ V31 "/XX:N", "CVSS 3.1 has no metric 'XX'" },
	{ V31 "/", "it ends in a slash" },
	{ V31 " ", "A has no value 'H?' in CVSS 3.1" },
	{ "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV has no value 'X' in CVSS 3.1" },
	{ "CVSS:3.1/AV:NN/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV has no value 'NN' in CVSS 3.1" },
	{ "CVSS:3.1/AV:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV has no value '' in CVSS 3.1" },
	{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A", "'A' is no METRIC:VALUE" },
	{ "CVSS:3.1//AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "'' is no METRIC:VALUE" },
	{ "CVSS:3.1/AV:N\033[31m", "AV has no value 'N?[31m' in CVSS 3.1" },
	{ V40 "/SI:N", "SI is there twice" },
	{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:H/SC:N/VI:H/SI:N/VA:H/SA:N", "VI is not in its place: CVSS 4.0 has an order" },
	{ V40 "/MSI:S/E:P", "E is not in its place: CVSS 4.0 has an order" },
	{ V40 "/MSC:S", "MSC has no value 'S' in CVSS 4.0" },
	{ V40 "/U:red", "U has no value 'red' in CVSS 4.0" },
	{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N", "SA is missing, CVSS 4.0 needs it" },
};

static void
scores(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct plim_error err = { 0 };
		struct cvss cvss;
		if (cvss_score(slice_of(known[i].vector), &cvss, &err) < 0)
			fail_msg("%s: %s", known[i].vector, err.text);
		bool same = cvss.version == known[i].version && fabs(cvss.base - known[i].base) < 1e-9 &&
		            fabs(cvss.temporal - known[i].temporal) < 1e-9 && fabs(cvss.environmental - known[i].environmental) < 1e-9;
		if (!same)
			fail_msg("%s: %d, %f, %f, %f", known[i].vector, (int)cvss.version, cvss.base, cvss.temporal, cvss.environmental);
	}
}

static void
refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct plim_error err = { 0 };
		struct cvss cvss;
		if (cvss_score(slice_of(refused[i].vector), &cvss, &err) != PLIM_EFORMAT)
			fail_msg("'%s' was taken", refused[i].vector);
		if (strncmp(err.text, refused[i].why, strlen(refused[i].why)) != 0)
			fail_msg("'%s': %s, not %s", refused[i].vector, err.text, refused[i].why);
	}
}

static void
ranks(void **state)
{
	(void)state;
	assert_int_equal(cvss_severity(CVSS_2_0, 10.0), SEVERITY_HIGH);
	assert_int_equal(cvss_severity(CVSS_2_0, 6.9), SEVERITY_MEDIUM);
	assert_int_equal(cvss_severity(CVSS_2_0, 0), SEVERITY_LOW);
	assert_int_equal(cvss_severity(CVSS_3_0, 9.0), SEVERITY_CRITICAL);
	assert_int_equal(cvss_severity(CVSS_3_1, 8.9), SEVERITY_HIGH);
	assert_int_equal(cvss_severity(CVSS_4_0, 0.1), SEVERITY_LOW);
	assert_int_equal(cvss_severity(CVSS_4_0, 0), SEVERITY_NEGLIGIBLE);
}

static void
preferred(const char *a, const char *b, const char *wanted)
{
	struct slice chosen = cvss_prefer(slice_of(a), slice_of(b));
	if (!slice_eq(chosen, slice_of(wanted)))
		fail_msg("of %s and %s: %.*s", a, b, SLICE_ARG(chosen));
}

static void
preferences(void **state)
{
	static const char *const rising[] = { NULL, "CVSS:3.1/what", "AV:L/AC:H/Au:M/C:P/I:N/A:N", V2, LOW, V40, V31 };
	(void)state;
	for (size_t i = 0; i < COUNT(rising); i++)
		for (size_t k = i; k < COUNT(rising); k++) {
			preferred(rising[i], rising[k], rising[k]);
			preferred(rising[k], rising[i], rising[k]);
		}
	/* Of equal ones the first. */
	preferred(V30, V31, V30);
}

static void
ratings(void **state)
{
	(void)state;
	assert_int_equal(rating_of(slice_of(V31), SEVERITY_LOW).severity, SEVERITY_CRITICAL);
	assert_int_equal(rating_of(slice_of(LOW), SEVERITY_HIGH).severity, SEVERITY_HIGH);
	assert_int_equal(rating_of(slice_of(V2), SEVERITY_UNKNOWN).severity, SEVERITY_HIGH);
	assert_true(rating_of(slice_of(V40), SEVERITY_UNKNOWN).score > 9);
	assert_int_equal(rating_of(slice_of("CVSS:3.1/what"), SEVERITY_MEDIUM).severity, SEVERITY_MEDIUM);
	assert_true(rating_of(slice_of("CVSS:3.1/what"), SEVERITY_MEDIUM).score < 0);
	assert_int_equal(rating_of(SLICE_NONE, SEVERITY_UNKNOWN).severity, SEVERITY_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores), cmocka_unit_test(refusals), cmocka_unit_test(ranks), cmocka_unit_test(preferences), cmocka_unit_test(ratings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
