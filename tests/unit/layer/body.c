/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that are wanted for what they begin with: whole, and with parts left out. */
#include "layer/collect_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct seen {
	struct body_skips skips;
	bool wants;
	size_t taken;          /* bodies */
	struct strbuf body;
	size_t head_bytes;     /* of the last question */
};

static bool
heads(void *context, const struct entry *entry)
{
	(void)context, (void)entry;
	return true;
}

static bool
bids(void *context, const struct entry *entry, struct slice head, struct body_skips *skips)
{
	struct seen *seen = context;
	(void)entry;
	seen->head_bytes = head.n;
	*skips = seen->skips;
	return seen->wants;
}

static int
take(void *context, struct block_builder *into, uint32_t index, const struct entry *entry, struct slice body, struct plim_error *err)
{
	struct seen *seen = context;
	(void)into, (void)index, (void)entry, (void)err;
	seen->taken++;
	strbuf_clear(&seen->body);
	strbuf_put(&seen->body, body);
	return 0;
}

/* Byte i of every file here. */
static char
byte_at(size_t i)
{
	return (char)(1 + i % 251);
}

static bool
is_skipped(const struct body_skips *skips, size_t at)
{
	for (size_t i = 0; i < skips->n; i++)
		if (at >= skips->at[i].from && at < skips->at[i].to)
			return true;
	return false;
}

static void
read_in_pieces(struct seen *seen, size_t size, size_t claimed, size_t piece)
{
	AUTO(block_builder) struct block_builder *into = NULL;
	AUTO(body) struct body body = { 0 };
	struct collector collector = { .context = seen, .heads = heads, .bids = bids, .take = take };
	struct entry entry = { .path = SLICE("a"), .type = ENTRY_FILE, .size = claimed, .mode = 0755 };
	struct plim_error err = { 0 };
	uint32_t index;
	AUTO(free) char *bytes = malloc(size + 1);
	for (size_t i = 0; i < size; i++)
		bytes[i] = byte_at(i);
	assert_int_equal(block_builder_new(&into, &err), 0);
	assert_int_equal(block_add_entry(into, &entry, &index, &err), 0);
	assert_int_equal(body_init(&body, &collector, into, &err), 0);
	assert_true(body_begin(&body, &entry));
	for (size_t at = 0; at < size && !body_has_enough(&body); at += piece)
		assert_int_equal(body_add(&body, (struct slice){ bytes + at, size - at < piece ? size - at : piece }, &err), 0);
	assert_int_equal(body_end(&body, index, &entry, &err), 0);
}

static void
demand(const struct seen *seen, size_t size)
{
	assert_int_equal(seen->taken, 1);
	assert_int_equal(seen->body.n, size);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(seen->body.p[i], is_skipped(&seen->skips, i) ? 0 : byte_at(i));
}

static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 20000 };
static const size_t pieces[] = { 1, 100, 4095, 4096, 4097, 8192, 65536 };
#define EACH(i, array) for (size_t i = 0; i < sizeof array / sizeof *array; i++)

static void
wanted_bodies_are_whole(void **state)
{
	(void)state;
	EACH (s, sizes)
		EACH (p, pieces) {
			struct seen seen = { .wants = true };
			read_in_pieces(&seen, sizes[s], sizes[s], pieces[p]);
			demand(&seen, sizes[s]);
			assert_int_equal(seen.head_bytes, sizes[s] < 4096 ? sizes[s] : 4096);
			strbuf_done(&seen.body);
		}
}

static void
skipped_parts_are_zeros(void **state)
{
	(void)state;
	EACH (p, pieces) {
		struct seen seen = { .wants = true, .skips = { .at = { { 10, 4090 }, { 5000, 12000 }, { 12001, 12002 }, { 19000, 99999 } }, .n = 4 } };
		read_in_pieces(&seen, 20000, 20000, pieces[p]);
		demand(&seen, 20000);
		strbuf_done(&seen.body);
	}
}

/* A tree's file that shrinks or grows while it is read. */
static void
sizes_that_lie_are_bounds(void **state)
{
	(void)state;
	EACH (p, pieces) {
		struct seen seen = { .wants = true, .skips = { .at = { { 100, 200 } }, .n = 1 } };
		read_in_pieces(&seen, 5000, 90000, pieces[p]);
		demand(&seen, 5000);
		seen.taken = 0;
		read_in_pieces(&seen, 20000, 6000, pieces[p]);
		demand(&seen, 6000);
		strbuf_done(&seen.body);
	}
}

static void
what_nobody_wants_is_not_taken(void **state)
{
	(void)state;
	EACH (p, pieces) {
		struct seen seen = { .wants = false };
		read_in_pieces(&seen, 20000, 20000, pieces[p]);
		assert_int_equal(seen.taken, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wanted_bodies_are_whole),
		cmocka_unit_test(skipped_parts_are_zeros),
		cmocka_unit_test(sizes_that_lie_are_bounds),
		cmocka_unit_test(what_nobody_wants_is_not_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
