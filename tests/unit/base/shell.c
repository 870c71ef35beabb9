/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of shells as commands and words. */
#include "base/strbuf.h"
#include "codec/shell.h"
#include "codec/shell_start.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A line a command: "PIPELINE JOINED [word][word]", with '$' behind a word that expands; "! why" where it ended early. */
static void
expect_of(const char *text, size_t most, const char *wanted)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(shell_text) struct shell_text split = { 0 };
	AUTO(strbuf) struct strbuf got = { 0 };
	size_t pipeline = 0, number = 0;
	assert_int_equal(shell_split(slice_of(text), most, arena, &split, NULL), 0);
	vec_each (&split.commands, command) {
		number += number == 0 || command->pipeline != pipeline;
		pipeline = command->pipeline;
		strbuf_printf(&got, "%zu%s%.*s ", number, command->joined_by.n ? " " : "", SLICE_ARG(command->joined_by));
		for (size_t i = 0; i < command->n; i++)
			strbuf_printf(&got, "[%.*s]%s", SLICE_ARG(shell_words(&split, command)[i].text), shell_words(&split, command)[i].expands ? "$" : "");
		strbuf_putc(&got, '\n');
	}
	if (split.trouble)
		strbuf_printf(&got, "! %s\n", split.trouble);
	strbuf_putc(&got, '\0');
	assert_string_equal(got.p, wanted);
}

static void
expect(const char *text, const char *wanted)
{
	expect_of(text, 1000, wanted);
}

static void
words_lose_their_quotes(void **state)
{
	(void)state;
	expect("apt-get install -y 'a b' c\"d e\"f g\\ h", "1 [apt-get][install][-y][a b][cd ef][g h]\n");
	expect("echo \"a\\\"b\\n\" '' \\\n  x", "1 [echo][a\"b\\n][][x]\n");
	expect("echo $HOME \"$A\" ${B:-\"}\"} *.c ~/x a~b", "1 [echo][$HOME]$[$A]$[${B:-\"}\"}]$[*.c]$[~/x]$[a~b]\n");
	expect("  ", "");
	expect("a # b\nc#d", "1 [a]\n2 ; [c#d]\n");
}

static void
operators_join_commands(void **state)
{
	(void)state;
	expect("a && b || c; d & e\nf", "1 [a]\n2 && [b]\n3 || [c]\n4 ; [d]\n5 & [e]\n6 ; [f]\n");
	expect("curl -s x | sudo sh - |& tee y", "1 [curl][-s][x]\n1 | [sudo][sh][-]\n1 | [tee][y]\n");
	expect("(a; b) | c && { d; }", "1 [a]\n1 ; [b]\n1 | [c]\n2 && [d]\n");
	expect("f() { a; }; f", "1 [f]\n1 ; [a]\n2 ; [f]\n");
}

static void
groups_write_into_one_pipe(void **state)
{
	(void)state;
	expect("{ a; b && c; } | d; e", "1 [a]\n1 ; [b]\n1 && [c]\n1 | [d]\n2 ; [e]\n");
	expect("(a; b) 2>&1 |& c", "1 [a]\n1 ; [b]\n1 | [c]\n");
	expect("x; for i in a b; do c; done | d", "1 [x]\n2 ; [for][i][in][a][b]\n2 ; [c]\n2 | [d]\n");
	expect("while a; do b; done <f >g | c", "1 [a]\n1 ; [b]\n1 | [c]\n");
	expect("if a; then b; else (c; d); fi | e", "1 [a]\n1 ; [b]\n1 ; [c]\n1 ; [d]\n1 | [e]\n");
	expect("(case x in y) a;; esac; b) | c", "1 [case][x][in][y]\n1 ; [a]\n1 ; [b]\n1 | [c]\n");
	expect("{ (a; b); c; } | d", "1 [a]\n1 ; [b]\n1 ; [c]\n1 | [d]\n");
	expect("{ a; b; }; c | d", "1 [a]\n2 ; [b]\n3 ; [c]\n3 | [d]\n");
	expect("(a; b) && c | d; } | e", "1 [a]\n2 ; [b]\n3 && [c]\n3 | [d]\n4 | [e]\n");
	expect("f() { a; b; }; f | c", "1 [f]\n1 ; [a]\n2 ; [b]\n3 ; [f]\n3 | [c]\n");
}

static void
what_is_no_argument_is_dropped(void **state)
{
	(void)state;
	expect("A=1 B='x y' a b=c", "1 [a][b=c]\n");
	expect("A=1; deps=(x y); b", "1 ; [b]\n");
	expect("a >f 2>&1 <g &>>h 3<&- b", "1 [a][b]\n");
	expect("if a; then b; else c; fi", "1 [a]\n2 ; [b]\n3 ; [c]\n");
	expect("! a && time b", "1 [a]\n2 && [b]\n");
	expect("'if' a", "1 [if][a]\n");
}

static void
here_documents_are_left_out(void **state)
{
	(void)state;
	expect("cat <<EOF >f && a\nrm -rf /\nEOF\nb", "1 [cat]\n2 && [a]\n3 ; [b]\n");
	expect("cat <<-'E' <<F\n\tx\n\tE\ny\nF\nb <<<z c", "1 [cat]\n2 ; [b][c]\n");
	expect("cat <<E\nno end", "1 [cat]\n");
}

static void
substitutions_follow_their_command(void **state)
{
	(void)state;
	expect("a $(b | c \")\") d", "1 [a][$(b | c \")\")]$[d]\n2 $( [b]\n2 | [c][)]\n");
	expect("sh -c \"$(curl x)\"", "1 [sh][-c][$(curl x)]$\n2 $( [curl][x]\n");
	expect("bash <(curl x) `y z`", "1 [bash][<(curl x)]$[`y z`]$\n2 $( [curl][x]\n3 $( [y][z]\n");
	expect("a $((1 + 2)) $(b $(c))", "1 [a][$((1 + 2))]$[$(b $(c))]$\n2 $( [b][$(c)]$\n3 $( [c]\n");
}

/* What dash, busybox and bash --posix make of them. */
static void
brackets_have_quotes_of_their_own(void **state)
{
	(void)state;
	expect("a \"${x:-it's}\" && b; c \"${y:-it's}\"", "1 [a][${x:-it's}]$\n2 && [b]\n3 ; [c][${y:-it's}]$\n");
	expect("a \"${x:-${1+it's}}\"; b", "1 [a][${x:-${1+it's}}]$\n2 ; [b]\n");
	expect("a \"${x:-\"it's\"} y\"; b", "1 [a][${x:-\"it's\"} y]$\n2 ; [b]\n");
	expect("a \"${x%'\"'}\"; b \"${y//'}'/z}\"", "1 [a][${x%'\"'}]$\n2 ; [b][${y//'}'/z}]$\n");
	expect("a ${x:-'b}c'}; d", "1 [a][${x:-'b}c'}]$\n2 ; [d]\n");
	expect("a \"${x:-$(b 'c}')}\"; d", "1 [a][${x:-$(b 'c}')}]$\n2 ; [d]\n");
	expect("a ${x:-{}; b; c }", "1 [a][${x:-{}]$\n2 ; [b]\n3 ; [c][}]\n");
}

static void
what_cannot_be_split_is_told(void **state)
{
	(void)state;
	expect("a; b 'c", "1 [a]\n! a ' without its end\n");
	expect("a; b \"c", "1 [a]\n! a \" without its end\n");
	expect("a $(b", "! a ( without its end\n");
	expect("a ${b", "! a { without its end\n");
	expect("a `b", "! a ` without its end\n");
	expect("a; (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((b", "1 [a]\n! groups of commands too deep\n");
	expect("$($($($($($($($($($($(a))))))))))", "! a ( without its end\n");
	expect("a\\", "1 [a]\n");
	expect_of("a b; c d", 3, "1 [a][b]\n! too many words\n");
}

/* The words of `line` behind a shell's name: the text, "" for none. */
static void
expect_text(const char *line, const char *wanted)
{
	struct slice rest = slice_of(line), word = SLICE_NONE;
	struct shell_start start = { 0 };
	char got[64];
	while (slice_word(&rest, &word) && shell_start_takes(&start, word))
		word = SLICE_NONE;
	snprintf(got, sizeof got, "%.*s", SLICE_ARG(start.has_text ? word : SLICE_NONE));
	assert_string_equal(got, wanted);
}

static void
options_tell_where_the_text_is(void **state)
{
	(void)state;
	assert_true(shell_is_named(SLICE("sh")) && shell_is_named(SLICE("/usr/bin/zsh")) && !shell_is_named(SLICE("/bin/sh/x")));
	expect_text("-c a b", "a");
	expect_text("-ce a", "a");
	expect_text("-ec a", "a");
	expect_text("-c -e +x a", "a");
	expect_text("-eo pipefail -c a", "a");
	expect_text("-ceo pipefail a", "a");
	expect_text("--rcfile f --norc -O extglob -c -- -a", "-a");
	expect_text("-c", "");
	expect_text("a -c b", "");
	expect_text("-s -- -c b", "");
	expect_text("--color a", "");
	expect_text("+c a", "");
	expect_text("-o c a", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_lose_their_quotes),          cmocka_unit_test(operators_join_commands),
		cmocka_unit_test(groups_write_into_one_pipe),
		cmocka_unit_test(what_is_no_argument_is_dropped),   cmocka_unit_test(here_documents_are_left_out),
		cmocka_unit_test(substitutions_follow_their_command), cmocka_unit_test(brackets_have_quotes_of_their_own),
		cmocka_unit_test(what_cannot_be_split_is_told),
		cmocka_unit_test(options_tell_where_the_text_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
