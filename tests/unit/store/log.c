/* SPDX-License-Identifier: Apache-2.0 */
/* The log: what was written is there, whatever is killed, full or torn; what was changed is seen, wherever it is. */
#include "base/file.h"
#include "base/limits.h"
#include "store/log.h"
#include "store/log_file.h"
#include "store/log_read.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char place[] = "/tmp/plimsoll-log-XXXXXX";
static const struct log_wanted nothing_wanted;

static int
append(const char *who, uint64_t number, struct plim_error *err)
{
	const struct log_field fields[] = { LOG_FIELD_TEXT("who", slice_of(who)), LOG_FIELD_NUMBER("number", number), LOG_FIELD_TEXT("nothing", SLICE_NONE) };
	const struct log_entry entry = { SLICE("verdict"), fields, 3 };
	return log_append("log", &entry, 1, err);
}

static void
add(const char *who)
{
	struct plim_error err = { 0 };
	if (append(who, 7, &err) < 0)
		fail_msg("%s", err.text);
}

static int
take_who(void *context, const struct log_item *item, struct plim_error *err)
{
	(void)err;
	strbuf_put(context, item->line.entry.fields[1].text);
	return 0;
}

/* "abc in 2 files", "broken at 2 in log+431", "torn 4", "tail 3", or the error. */
static const char *
told_by(const struct log_wanted *wanted)
{
	static struct strbuf told;
	struct plim_error err = { 0 };
	struct log_state state = { 0 };
	strbuf_clear(&told);
	if (log_walk("log", wanted, take_who, &told, &state, &err) < 0)
		strbuf_puts(&told, err.text);
	else if (state.broken)
		strbuf_printf(&told, " broken at %ju in %s+%ju", (uintmax_t)state.at.number, state.at.file, (uintmax_t)state.at.offset);
	else
		strbuf_printf(&told, " in %zu", state.files);
	if (state.torn_bytes)
		strbuf_printf(&told, " torn %ju", (uintmax_t)state.torn_bytes);
	if (state.tail_bytes)
		strbuf_printf(&told, " tail %ju", (uintmax_t)state.tail_bytes);
	return strbuf_slice(&told).p;
}

static const char *
told(void)
{
	return told_by(&nothing_wanted);
}

static bool
is_broken(void)
{
	return strstr(told(), "broken") != NULL;
}

static void
write_file(const char *path, struct slice bytes)
{
	AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
}

static struct slice
read_log(char **hold)
{
	size_t size;
	assert_int_equal(file_read(AT_FDCWD, "log", 1 << 20, hold, &size, NULL), 0);
	return (struct slice){ *hold, size };
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	return at->level ? remove(path) : 0;
}

static void
empty(void)
{
	nftw(place, remove_one, 8, FTW_PHYS | FTW_DEPTH);
}

static int
enter(void **state)
{
	(void)state;
	strcpy(place + sizeof place - 7, "XXXXXX");
	return mkdtemp(place) ? chdir(place) : -1;
}

static int
leave(void **state)
{
	(void)state;
	empty();
	return chdir("/") + rmdir(place);
}

static void
what_is_written_is_there(void **state)
{
	(void)state;
	struct stat st;
	assert_string_equal(told(), "log: there is no log");
	umask(0);
	add("a");
	add("b");
	add("c");
	assert_string_equal(told(), "abc in 1");
	stat("log", &st);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
one_line_has_one_spelling(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		"\n",
		"{}\n",
		"{\"fields\":{},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}",
		"{\"fields\":{},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"} \n",
		"{\"fields\":{},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"sequence\":2,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{\"a\":1,\"a\":1},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{\"A\":1},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{\"b\":1,\"a\":1},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{\"a\":1.0},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{\"a\":-1},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{\"a\":9007199254740992},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{\"a\":{}},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{\"a\":[1]},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{\"a\":\"\\u0061\"},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":[],\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{},\"kind\":\"A\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{},\"kind\":\"a\",\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{},\"kind\":\"a\",\"previous\":\"\",\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{},\"kind\":\"a\",\"previous\":null,\"schema\":2,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":0,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":01,\"time\":\"2026-01-01T00:00:00Z\"}\n",
		"{\"fields\":{},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01\"}\n",
		"{\"fields\":{},\"kind\":\"a\",\"more\":1,\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n",
	};
	static const char right[] =
	    "{\"fields\":{\"a\":\"\",\"b\":[\"\",\"\\n\\\"\"],\"c\":0},\"kind\":\"a\",\"previous\":null,\"schema\":1,\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n";
	struct plim_error err = { 0 };
	struct log_line line;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		AUTO(arena) struct arena *arena = arena_new(0);
		if (log_line_parse(slice_of(wrong[i]), arena, &line, &err) != PLIM_EFORMAT)
			fail_msg("taken: %s", wrong[i]);
	}
	AUTO(arena) struct arena *arena = arena_new(0);
	assert_int_equal(log_line_parse(slice_of(right), arena, &line, &err), 0);
	assert_int_equal(line.entry.field_count, 3);
	assert_int_equal(line.entry.fields[1].text_count, 2);
}

static void
what_cannot_be_written_is_refused(void **state)
{
	(void)state;
	struct plim_error err = { 0 };
	const struct log_field twice[] = { LOG_FIELD_NUMBER("a", 1), LOG_FIELD_NUMBER("a", 2) };
	const struct log_field upper[] = { LOG_FIELD_NUMBER("A", 1) };
	const struct log_entry wrong[] = { { SLICE("verdict"), twice, 2 }, { SLICE("verdict"), upper, 1 }, { SLICE("no kind"), NULL, 0 }, { SLICE(""), NULL, 0 } };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(log_append("log", &wrong[i], 1, &err), PLIM_EUSAGE);
	/* All of them or none. */
	const struct log_entry both[] = { { SLICE("verdict"), NULL, 0 }, { SLICE("no kind"), NULL, 0 } };
	assert_int_equal(log_append("log", both, 2, &err), PLIM_EUSAGE);
	assert_string_equal(told(), " in 1");
	LIMIT_LOG_LINE_BYTES = 100;
	assert_int_equal(append("a", 1, &err), PLIM_ELIMIT);
	LIMIT_LOG_LINE_BYTES = 1048576;
	assert_string_equal(told(), " in 1");
}

/* Every byte of the first two of three entries, changed in three ways. */
static void
a_changed_byte_is_seen(void **state)
{
	(void)state;
	AUTO(free) char *hold = NULL;
	add("a");
	add("b");
	add("c");
	struct slice good = read_log(&hold);
	size_t until = slice_find_last(slice_first(good, good.n - 1), '\n') + 1;
	for (size_t i = 0; i < until; i++)
		for (unsigned bit = 1; bit < 256; bit *= 5) {
			hold[i] ^= (char)bit;
			write_file("log", good);
			hold[i] ^= (char)bit;
			if (!is_broken())
				fail_msg("byte %zu", i);
		}
	write_file("log", good);
	assert_string_equal(told(), "abc in 1");
}

/* Lines of four entries, put together by letters: A is the first. */
static void
lines_that_moved_are_seen(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "ABCD", "abcd in 1" }, { "ACD", "acd broken at 2 in log" }, { "ABD", "abd broken at 3 in log" }, { "BCD", "bcd broken at 1 in log" },
		{ "ACBD", "acbd broken at 2 in log" }, { "ABBCD", "abbcd broken at 3 in log" }, { "ABCDA", "abcda broken at 5 in log" }, { "ABC", "abc in 1" },
		{ "ABxCD", "abcd broken at 3 in log" }, { "ABCDx", "abcd broken at 5 in log" }, { "xABCD", "abcd broken at 1 in log" },
	};
	AUTO(free) char *hold = NULL;
	add("a");
	add("b");
	add("c");
	add("d");
	struct slice lines[4], rest = read_log(&hold);
	for (size_t i = 0; i < 4; i++) {
		size_t n = slice_find(rest, '\n') + 1;
		lines[i] = slice_first(rest, n);
		rest = slice_from(rest, n);
	}
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		for (const char *at = cases[i][0]; *at; at++)
			strbuf_put(&text, *at == 'x' ? SLICE("{\"fields\":{},\"kind\":\"x\"}\n") : lines[*at - 'A']);
		write_file("log", strbuf_slice(&text));
		if (strncmp(told(), cases[i][1], strlen(cases[i][1])) != 0)
			fail_msg("%s: %s", cases[i][0], told());
	}
}

static void
a_pin_finds_what_is_cut_off(void **state)
{
	(void)state;
	AUTO(free) char *hold = NULL;
	struct log_state now;
	add("a");
	add("b");
	assert_int_equal(log_walk("log", &nothing_wanted, NULL, NULL, &now, NULL), 0);
	const struct log_wanted pinned = { .head = now.head };
	add("c");
	assert_string_equal(told_by(&pinned), "abc in 1");
	struct slice all = read_log(&hold);
	write_file("log", slice_first(all, slice_find(all, '\n') + 1));
	assert_string_equal(told(), "a in 1");
	assert_string_equal(told_by(&pinned), "a broken at 2 in +0");
	/* What is written instead makes another log. */
	add("x");
	add("c");
	assert_string_equal(told_by(&pinned), "axc broken at 4 in +0");
}

/* An entry that was torn at each of its bytes; the next one, torn as well, and so on: whole ones are kept, and counted on. */
static void
torn_lines_lose_nothing(void **state)
{
	(void)state;
	AUTO(free) char *hold = NULL;
	char wanted[64];
	add("a");
	add("b");
	struct slice whole = read_log(&hold);
	size_t first = slice_find(whole, '\n') + 1;
	for (size_t i = first; i < whole.n; i++) {
		write_file("log", slice_first(whole, i));
		size_t torn = i - first;
		if (torn)
			snprintf(wanted, sizeof wanted, "a in 1 tail %zu", torn);
		assert_string_equal(told(), torn ? wanted : "a in 1");
		add("c");
		/* What lacks nothing but its end is an entry after all. */
		if (torn && i < whole.n - 1)
			snprintf(wanted, sizeof wanted, "ac in 1 torn %zu", torn + 1);
		assert_string_equal(told(), i == whole.n - 1 ? "abc in 1" : torn ? wanted : "ac in 1");
		add("d");
		assert_false(is_broken());
	}
}

/* The entry that goes on behind a torn one, torn itself, again and again. */
static void
torn_again_and_again(void **state)
{
	(void)state;
	struct stat st;
	add("a");
	for (int i = 0; i < 20; i++) {
		add("b");
		stat("log", &st);
		/* From a byte to nearly all of it. */
		assert_int_equal(truncate("log", st.st_size - 1 - i * 8), 0);
		assert_false(is_broken());
		add("c");
		assert_false(is_broken());
		stat("log", &st);
		assert_int_equal(truncate("log", st.st_size - 5), 0);
		add("d");
		stat("log", &st);
		assert_int_equal(truncate("log", st.st_size - 30), 0);
		assert_false(is_broken());
	}
	add("e");
	assert_false(is_broken());
	/* What was torn cannot be changed unseen either. */
	AUTO(free) char *hold = NULL;
	struct slice all = read_log(&hold);
	size_t at = slice_find(slice_from(all, slice_find(all, '\n') + 1), '\n') + slice_find(all, '\n') - 3;
	hold[at] ^= 1;
	write_file("log", all);
	assert_true(is_broken());
}

static void
the_first_may_be_torn_too(void **state)
{
	(void)state;
	write_file("log", SLICE("{\"fields\":{\"num"));
	assert_string_equal(told(), " in 1 tail 15");
	add("a");
	assert_string_equal(told(), "a in 1 torn 16");
	write_file("log", SLICE("{\"fie"));
	add("a");
	assert_string_equal(told(), "a in 1 torn 6");
}

static void
what_is_no_log_is_not_written_to(void **state)
{
	(void)state;
	struct plim_error err = { 0 };
	write_file("log", SLICE("plimsoll: v1\n"));
	assert_int_equal(append("a", 1, &err), PLIM_EFORMAT);
	assert_string_equal(err.text, "log: it is no log");
	unlink("log");
	assert_int_equal(mkfifo("log", 0600), 0);
	alarm(10);
	assert_int_equal(append("a", 1, &err), PLIM_EFORMAT);
	assert_string_equal(told(), "log is no regular file");
	alarm(0);
	unlink("log");
	assert_int_equal(mkdir("log", 0700), 0);
	assert_int_equal(append("a", 1, &err), PLIM_ESYSTEM);
	rmdir("log");
	/* As long as the whole tail: no entry is searched for longer. */
	AUTO(free) char *junk = calloc(1, LIMIT_LOG_TAIL_BYTES + 100000);
	memset(junk, '\n', LIMIT_LOG_TAIL_BYTES + 100000);
	write_file("log", (struct slice){ junk, LIMIT_LOG_TAIL_BYTES + 100000 });
	assert_int_equal(append("a", 1, &err), PLIM_EFORMAT);
	assert_string_equal(err.text, "log: there is no entry at its end, within limit LOG_TAIL_BYTES");
}

static void
a_line_has_a_limit(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf text = { 0 };
	add("a");
	AUTO(free) char *hold = NULL;
	strbuf_put(&text, read_log(&hold));
	strbuf_fill(&text, 'x', 3 * LIMIT_LOG_LINE_BYTES);
	/* The end of the long line would be an entry. */
	strbuf_puts(&text, hold);
	write_file("log", strbuf_slice(&text));
	assert_string_equal(told(), "a broken at 2 in log+121 tail 3145849");
}

static void
it_goes_on_in_another_file(void **state)
{
	(void)state;
	LIMIT_LOG_SEGMENT_BYTES = 600;
	char who[2] = "a";
	for (; *who <= 'z'; ++*who)
		add(who);
	assert_string_equal(told(), "abcdefghijklmnopqrstuvwxyz in 9");
	/* Killed between the renaming and the next file. */
	assert_int_equal(rename("log", "log.9"), 0);
	assert_string_equal(told(), "abcdefghijklmnopqrstuvwxyz in 9");
	add("A");
	assert_string_equal(told(), "abcdefghijklmnopqrstuvwxyzA in 10");
	/* Torn at the beginning of a file. */
	write_file("log", SLICE("{\"fields\":{\"nu"));
	assert_string_equal(told(), "abcdefghijklmnopqrstuvwxyz in 10 tail 14");
	add("B");
	assert_string_equal(told(), "abcdefghijklmnopqrstuvwxyzB in 10 torn 15");
	unlink("log.5");
	assert_true(strstr(told(), "broken at 13 in log.6+0") != NULL);
	LIMIT_LOG_SEGMENT_BYTES = 67108864;
}

static void
older_files_may_be_elsewhere(void **state)
{
	(void)state;
	LIMIT_LOG_SEGMENT_BYTES = 600;
	struct log_state before;
	add("a");
	add("b");
	add("c");
	assert_int_equal(log_walk("log", &nothing_wanted, NULL, NULL, &before, NULL), 0);
	const struct log_wanted wanted = { .after = before.head }, other = { .after = digest_of(SLICE("x")) };
	add("d");
	add("e");
	assert_string_equal(told(), "abcde in 2");
	unlink("log.1");
	assert_string_equal(told(), "de broken at 1 in log+0");
	assert_string_equal(told_by(&wanted), "de in 1");
	assert_string_equal(told_by(&other), "de broken at 4 in log+0");
	LIMIT_LOG_SEGMENT_BYTES = 67108864;
}

/* A disk that is full, played by the limit on the size of files: at each size from nothing to all of an entry. */
static void
a_full_disk_loses_nothing(void **state)
{
	(void)state;
	struct rlimit usual, small;
	struct plim_error err = { 0 };
	struct stat st, after;
	getrlimit(RLIMIT_FSIZE, &usual);
	signal(SIGXFSZ, SIG_DFL);
	add("a");
	stat("log", &st);
	for (rlim_t room = 0; room < (rlim_t)st.st_size; room += 7) {
		small = (struct rlimit){ (rlim_t)st.st_size + room, usual.rlim_max };
		setrlimit(RLIMIT_FSIZE, &small);
		int r = append("b", 1, &err);
		setrlimit(RLIMIT_FSIZE, &usual);
		assert_int_equal(r, PLIM_ESYSTEM);
		stat("log", &after);
		assert_int_equal(after.st_size, st.st_size);
		assert_string_equal(told(), "a in 1");
	}
	assert_string_equal(err.text, "log: nothing was written: File too large");
	add("c");
	assert_string_equal(told(), "ac in 1");
}

/* Who holds the turn and is stopped keeps others waiting for a while; who is killed does not. */
static void
nobody_waits_for_ever(void **state)
{
	(void)state;
	struct plim_error err = { 0 };
	int ready[2], turn;
	char byte;
	add("a");
	assert_int_equal(pipe(ready), 0);
	pid_t holder = fork();
	if (holder == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (log_file_turn("log", &turn, NULL) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	kill(holder, SIGSTOP);
	LIMIT_LOG_WAIT_MS = 30;
	assert_int_equal(append("b", 1, &err), PLIM_ELIMIT);
	assert_string_equal(err.text, "log: another process has not let go of it within limit LOG_WAIT_MS");
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	LIMIT_LOG_WAIT_MS = 10000;
	add("b");
	assert_string_equal(told(), "ab in 1");
	close(ready[0]);
	close(ready[1]);
}

/* What each writer was told is written, it tells a file of its own; the log has to have all of it. */
static void
write_until_killed(char who)
{
	char name[2] = { who, 0 };
	/* Whatever becomes of the test. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	AUTO(fd) int own = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	for (;;) {
		struct stat st;
		fstat(own, &st);
		if (append(name, (uint64_t)st.st_size, NULL) == 0 && write(own, "x", 1) != 1)
			_exit(9);
		/* Without it the log is as long as the disk is fast. */
		usleep(300);
	}
}

struct counting {
	uint64_t next[4];
	bool lost;
};

/* An entry that was written and not told is written again under its number. */
static int
count_one(void *context, const struct log_item *item, struct plim_error *err)
{
	(void)err;
	struct counting *counting = context;
	uint64_t number = item->line.entry.fields[0].number, *next = &counting->next[item->line.entry.fields[1].text.p[0] - 'a'];
	counting->lost |= number > *next;
	if (number == *next)
		++*next;
	return 0;
}

static void
killed_at_any_moment_nothing_is_lost(void **state)
{
	(void)state;
	pid_t all[4] = { 0 };
	struct counting counting = { 0 };
	struct log_state log;
	LIMIT_LOG_SEGMENT_BYTES = 20000;
	srand(1);
	for (int round = 0; round < 120; round++) {
		pid_t *one = &all[round % 4];
		if (*one > 0) {
			kill(*one, SIGKILL);
			waitpid(*one, NULL, 0);
		}
		if ((*one = fork()) == 0)
			write_until_killed((char)('a' + round % 4));
		usleep((useconds_t)(rand() % 20000));
		if (round % 10 == 9)
			assert_int_equal(log_walk("log", &nothing_wanted, NULL, NULL, &log, NULL) == 0 && log.broken, 0);
	}
	for (int i = 0; i < 4; i++) {
		kill(all[i], SIGKILL);
		waitpid(all[i], NULL, 0);
	}
	LIMIT_LOG_SEGMENT_BYTES = 67108864;
	assert_int_equal(log_walk("log", &nothing_wanted, count_one, &counting, &log, NULL), 0);
	assert_string_equal(log.why, "");
	assert_false(counting.lost);
	uint64_t told_of = 0;
	for (int i = 0; i < 4; i++) {
		char name[2] = { (char)('a' + i), 0 };
		struct stat st = { 0 };
		stat(name, &st);
		assert_true(counting.next[i] >= (uint64_t)st.st_size);
		told_of += (uint64_t)st.st_size;
	}
	assert_true(told_of > 0 && log.entries >= told_of);
	print_message("%ju entries in %zu files, %ju torn\n", (uintmax_t)log.entries, log.files, (uintmax_t)log.torn_lines);
}

static void
where_it_is(void **state)
{
	(void)state;
	static const char *const cases[][5] = {    /* --log, PLIMSOLL_LOG, XDG_STATE_HOME, HOME; what comes out */
		{ "x", "y", "/s", "/h", "x asked" }, { NULL, "y", "/s", "/h", "y asked" },      { NULL, "", "/s", "/h", "/s/plimsoll/log" },
		{ NULL, NULL, "s", "/h", "/h/.local/state/plimsoll/log" },                      { NULL, NULL, NULL, "h", "nowhere" },
		{ NULL, NULL, NULL, NULL, "nowhere" },
	};
	static const char *const names[] = { "PLIMSOLL_LOG", "XDG_STATE_HOME", "HOME" };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(log_place) struct log_place found = { 0 };
		char text[128];
		for (size_t k = 0; k < 3; k++)
			if (cases[i][k + 1])
				setenv(names[k], cases[i][k + 1], 1);
			else
				unsetenv(names[k]);
		assert_int_equal(log_place_find(cases[i][0], &found, NULL), 0);
		snprintf(text, sizeof text, "%s%s", found.path ? found.path : "nowhere", found.asked ? " asked" : "");
		assert_string_equal(text, cases[i][4]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_there),
		TEST(one_line_has_one_spelling),
		TEST(what_cannot_be_written_is_refused),
		TEST(a_changed_byte_is_seen),
		TEST(lines_that_moved_are_seen),
		TEST(a_pin_finds_what_is_cut_off),
		TEST(torn_lines_lose_nothing),
		TEST(torn_again_and_again),
		TEST(the_first_may_be_torn_too),
		TEST(what_is_no_log_is_not_written_to),
		TEST(a_line_has_a_limit),
		TEST(it_goes_on_in_another_file),
		TEST(older_files_may_be_elsewhere),
		TEST(a_full_disk_loses_nothing),
		TEST(nobody_waits_for_ever),
		TEST(killed_at_any_moment_nothing_is_lost),
		TEST(where_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
