/* SPDX-License-Identifier: Apache-2.0 */
/* Stored bytes through shared windows: all of them, to a reader that leaves, and between two that lie. */
#include "base/error.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "process/ring.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* As ring.c numbers them. */
enum { RING_MEMORY, RING_FILLED, RING_FREE };

/* Both sides in one process: as much as there are windows for. */
struct sides {
	int ends[2];    /* writer's, reader's; -1 once closed */
	struct ring *ring;
	struct stream *stream;
	struct plim_error err;
};

static struct sides
sides_open(void)
{
	struct sides sides = { .ends = { -1, -1 } };
	assert_int_equal(channel_pair(sides.ends, &sides.err), 0);
	return sides;
}

static void
leave(int *end)
{
	close(*end);
	*end = -1;
}

static void
auto_sides(struct sides *sides)
{
	stream_close(sides->stream);
	ring_close(sides->ring);
	for (size_t i = 0; i < 2; i++)
		if (sides->ends[i] >= 0)
			close(sides->ends[i]);
}

static void
write_begin(struct sides *sides, uint64_t size)
{
	assert_int_equal(ring_open(sides->ends[0], size, &sides->ring, &sides->err), 0);
}

static void
read_begin(struct sides *sides)
{
	assert_int_equal(stream_of_ring(sides->ends[1], &sides->stream, &sides->err), 0);
}

static struct slice
read_next(struct sides *sides)
{
	struct slice piece;
	assert_int_equal(stream_next(sides->stream, &piece, &sides->err), 0);
	return piece;
}

static void
a_ring_brings_what_was_filled(void **state)
{
	(void)state;
	AUTO(sides) struct sides sides = sides_open();
	struct slice piece;
	char *window;
	write_begin(&sides, RING_WINDOWS * RING_WINDOW_BYTES);
	for (int i = 0; i < 3; i++) {
		assert_true(ring_window(sides.ring, &window));
		memset(window, 'a' + i, 1000);
		ring_filled(sides.ring, 1000);
	}
	ring_filled(sides.ring, 0);
	read_begin(&sides);
	for (int i = 0; i < 3; i++) {
		piece = read_next(&sides);
		assert_int_equal(piece.n, 1000);
		assert_int_equal(piece.p[999], 'a' + i);
	}
	piece = read_next(&sides);
	assert_int_equal(piece.n, 0);
}

static void
a_ring_that_lies_is_refused(void **state)
{
	(void)state;
	AUTO(sides) struct sides sides = sides_open();
	struct slice piece;
	write_begin(&sides, RING_WINDOW_BYTES);
	ring_filled(sides.ring, RING_WINDOW_BYTES + 1);
	read_begin(&sides);
	assert_int_equal(stream_next(sides.stream, &piece, &sides.err), PLIM_EFORMAT);
}

#define PASS_WINDOWS 25

static void *
read_all(void *context)
{
	int *channel = context;
	AUTO(stream) struct stream *stream = NULL;
	struct slice piece = SLICE("");
	struct strbuf *told = calloc(1, sizeof *told);
	if (stream_of_ring(*channel, &stream, NULL) == 0)
		while (stream_next(stream, &piece, NULL) == 0 && piece.n)
			strbuf_printf(told, "%zu %c%c\n", piece.n, piece.p[0], piece.p[piece.n - 1]);
	return told;
}

/* Many more windows than there are: each is given back before it is filled again. */
static void
a_whole_pass_arrives_in_order(void **state)
{
	(void)state;
	AUTO(sides) struct sides sides = sides_open();
	AUTO(strbuf) struct strbuf wanted = { 0 };
	pthread_t reader;
	void *told = NULL;
	char *window;
	assert_int_equal(pthread_create(&reader, NULL, read_all, &sides.ends[1]), 0);
	write_begin(&sides, PASS_WINDOWS * RING_WINDOW_BYTES);
	for (int i = 0; i < PASS_WINDOWS; i++) {
		size_t n = RING_WINDOW_BYTES - (size_t)i;
		assert_true(ring_window(sides.ring, &window));
		memset(window, 'a' + i, n);
		ring_filled(sides.ring, n);
		strbuf_printf(&wanted, "%zu %c%c\n", n, 'a' + i, 'a' + i);
	}
	assert_true(ring_window(sides.ring, &window));
	ring_filled(sides.ring, 0);
	pthread_join(reader, &told);
	assert_string_equal(((struct strbuf *)told)->p, wanted.p);
	strbuf_done(told);
	free(told);
}

/* The writer hashes on without it: it is told so, neither waits nor ends. */
static void
a_reader_that_leaves_is_noticed(void **state)
{
	(void)state;
	AUTO(sides) struct sides sides = sides_open();
	size_t filled = 0;
	char *window;
	write_begin(&sides, 100 * RING_WINDOW_BYTES);
	assert_true(ring_window(sides.ring, &window));
	ring_filled(sides.ring, 1);
	read_begin(&sides);
	read_next(&sides);
	stream_close(ptr_take(&sides.stream));
	leave(&sides.ends[1]);
	for (; filled < 100 && ring_window(sides.ring, &window); filled++)
		ring_filled(sides.ring, 1);
	assert_true(filled <= RING_WINDOWS);
	assert_false(ring_window(sides.ring, &window));
}

/* The last windows are still read when the writer has ended with returns unread. */
static void
a_writer_that_ended_is_read_to_the_end(void **state)
{
	(void)state;
	AUTO(sides) struct sides sides = sides_open();
	AUTO(strbuf) struct strbuf told = { 0 };
	struct slice piece;
	char *window;
	write_begin(&sides, RING_WINDOWS * RING_WINDOW_BYTES);
	for (size_t i = 0; i < RING_WINDOWS; i++) {
		assert_true(ring_window(sides.ring, &window));
		ring_filled(sides.ring, i < 3 ? 10 + i : 0);
	}
	read_begin(&sides);
	for (size_t i = 0; i < RING_WINDOWS; i++) {
		piece = read_next(&sides);
		strbuf_printf(&told, "%zu ", piece.n);
		if (i == 1) {
			ring_close(ptr_take(&sides.ring));
			leave(&sides.ends[0]);
		}
	}
	assert_string_equal(told.p, "10 11 12 0 ");
}

/* A writer that dies before its end is no end. */
static void
an_end_that_was_not_told_is_none(void **state)
{
	(void)state;
	AUTO(sides) struct sides sides = sides_open();
	struct slice piece;
	write_begin(&sides, 1);
	ring_filled(sides.ring, 1);
	leave(&sides.ends[0]);
	read_begin(&sides);
	piece = read_next(&sides);
	assert_int_equal(stream_next(sides.stream, &piece, &sides.err), PLIM_ENOTFOUND);
}

static int
memory_of(size_t size, int seals)
{
	int fd = memfd_create("ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

/* Numbers of a hasher that lies, read from memory that is as it should be. */
static void
numbers_that_lie_are_refused(void **state)
{
	(void)state;
	const struct {
		const char *name;
		uint32_t kind;
		struct slice body;
	} cases[] = {
		{ "one too many", RING_FILLED, SLICE("\x01\x00\x04\x00") },
		{ "2^32 - 1", RING_FILLED, SLICE("\xff\xff\xff\xff") },
		{ "three bytes", RING_FILLED, SLICE("\x01\x00\x00") },
		{ "eight bytes", RING_FILLED, SLICE("\x01\x00\x00\x00\x00\x00\x00\x00") },
		{ "nothing", RING_FILLED, SLICE("") },
		{ "memory again", RING_MEMORY, SLICE("\x01\x00\x00\x00") },
		{ "a return", RING_FREE, SLICE("\x01\x00\x00\x00") },
		{ "no kind", 77, SLICE("\x01\x00\x00\x00") },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(sides) struct sides sides = sides_open();
		struct slice piece;
		AUTO(fd) int memory = memory_of(RING_WINDOW_BYTES, F_SEAL_SHRINK);
		assert_int_equal(channel_send_with(sides.ends[0], RING_MEMORY, SLICE(""), &memory, 1, &sides.err), 0);
		assert_int_equal(channel_send(sides.ends[0], cases[i].kind, cases[i].body, &sides.err), 0);
		read_begin(&sides);
		if (stream_next(sides.stream, &piece, &sides.err) != PLIM_EFORMAT)
			fail_msg("taken: %s", cases[i].name);
	}
}

static void
memory_that_lies_is_refused(void **state)
{
	(void)state;
	AUTO(fd) int could_shrink = memory_of(RING_WINDOW_BYTES, F_SEAL_GROW);
	AUTO(fd) int is_small = memory_of(RING_WINDOW_BYTES - 1, F_SEAL_SHRINK);
	AUTO(fd) int no_memory = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	const int cases[] = { could_shrink, is_small, no_memory, -1 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(sides) struct sides sides = sides_open();
		assert_int_equal(channel_send_with(sides.ends[0], RING_MEMORY, SLICE(""), &cases[i], cases[i] >= 0, &sides.err), 0);
		assert_int_equal(stream_of_ring(sides.ends[1], &sides.stream, &sides.err), PLIM_EFORMAT);
	}
}

/* A reader may not write to the windows, and whoever answers anything but a return gets no more. */
static void
a_reader_that_lies_is_left_alone(void **state)
{
	(void)state;
	static const uint32_t lies[] = { RING_MEMORY, RING_FILLED, 77 };
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		AUTO(sides) struct sides sides = sides_open();
		struct message message;
		char *window;
		size_t filled = 0;
		write_begin(&sides, 100 * RING_WINDOW_BYTES);
		assert_int_equal(channel_receive(sides.ends[1], &message, &sides.err), 0);
		assert_ptr_equal(mmap(NULL, RING_WINDOW_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, message.fd[0], 0), MAP_FAILED);
		message_done(&message);
		assert_int_equal(channel_send(sides.ends[1], lies[i], SLICE(""), &sides.err), 0);
		for (; filled < 100 && ring_window(sides.ring, &window); filled++)
			ring_filled(sides.ring, 1);
		assert_int_equal(filled, RING_WINDOWS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_brings_what_was_filled),
		cmocka_unit_test(a_whole_pass_arrives_in_order),
		cmocka_unit_test(a_reader_that_leaves_is_noticed),
		cmocka_unit_test(a_writer_that_ended_is_read_to_the_end),
		cmocka_unit_test(an_end_that_was_not_told_is_none),
		cmocka_unit_test(a_ring_that_lies_is_refused),
		cmocka_unit_test(numbers_that_lie_are_refused),
		cmocka_unit_test(memory_that_lies_is_refused),
		cmocka_unit_test(a_reader_that_lies_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
