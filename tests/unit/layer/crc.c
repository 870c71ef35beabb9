/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums by their published check values, whichever library makes them. */
#include "codec/crc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* The catalogue of parametrised CRC algorithms calls them CRC-32/ISO-HDLC and CRC-64/GO-ISO. */
static void
test_check_values(void **state)
{
	(void)state;
	assert_int_equal(crc_of(SLICE("123456789")), 0xcbf43926);
	assert_true(crc64_more(0, SLICE("123456789")) == UINT64_C(0xb90956c775a41001));
}

static void
test_in_parts(void **state)
{
	(void)state;
	assert_int_equal(crc_more(crc_more(0, SLICE("1234")), SLICE("56789")), 0xcbf43926);
	assert_true(crc64_more(crc64_more(crc64_more(0, SLICE("1")), SLICE("")), SLICE("23456789")) == UINT64_C(0xb90956c775a41001));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_check_values), cmocka_unit_test(test_in_parts) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
