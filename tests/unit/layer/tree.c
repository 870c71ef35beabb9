/* SPDX-License-Identifier: Apache-2.0 */
/* From archives to the squashed tree: whole listings after whiteouts, links and replacements. */
#include "layer/collect.h"
#include "layer/tree.h"

#include "archive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define LAYERS_MAX 4

struct stack {
	struct strbuf archives[LAYERS_MAX];
	char *bytes[LAYERS_MAX];
	struct block *blocks[LAYERS_MAX];
	size_t n;
	struct tree *tree;
};

static void
auto_stack(struct stack *stack)
{
	tree_free(stack->tree);
	for (size_t i = 0; i < LAYERS_MAX; i++) {
		block_close(stack->blocks[i]);
		free(stack->bytes[i]);
		strbuf_done(&stack->archives[i]);
	}
}

static void
add(struct stack *stack, size_t layer, char type, const char *path, const char *link, const char *body)
{
	archive_add(&stack->archives[layer], type, path, link, type == '5' ? 0755 : 0644, body);
	stack->n = layer + 1;
}

static int
build(struct stack *stack, struct plim_error *err)
{
	const struct collector nobody = { 0 };
	for (size_t i = 0; i < stack->n; i++) {
		AUTO(block_builder) struct block_builder *builder = NULL;
		AUTO(stream) struct stream *stream = NULL;
		size_t size;
		archive_end(&stack->archives[i]);
		assert_int_equal(block_builder_new(&builder, err), 0);
		assert_int_equal(stream_of_slice(strbuf_slice(&stack->archives[i]), &stream, err), 0);
		int r = collect_tar(stream, &nobody, builder, err);
		if (r < 0)
			return r;
		assert_int_equal(block_finish(builder, &stack->bytes[i], &size, err), 0);
		assert_int_equal(block_open((struct slice){ stack->bytes[i], size }, &stack->blocks[i], err), 0);
	}
	return tree_build((const struct block *const *)stack->blocks, stack->n, &stack->tree, err);
}

static void
expect(struct stack *stack, const char *listing)
{
	AUTO(strbuf) struct strbuf out = { 0 };
	struct plim_error err = { 0 };
	int r = build(stack, &err);
	if (r < 0)
		strbuf_printf(&out, "%d %s\n", r, err.text);
	for (const struct node *node = r < 0 ? NULL : tree_root(stack->tree); node; node = tree_after(node)) {
		struct entry entry = node_entry(stack->tree, node);
		node_path(node, &out);
		strbuf_printf(&out, " %d %ju %.*s\n", entry.type, (uintmax_t)entry.size, SLICE_ARG(entry.link));
	}
	assert_string_equal(out.p, listing);
}

static void
test_whiteouts(void **state)
{
	AUTO(stack) struct stack s = { 0 };
	(void)state;
	add(&s, 0, '0', "./a/one", "", "1");
	add(&s, 0, '0', "a/two", "", "22");
	add(&s, 0, '0', "b/c/three", "", "333");
	add(&s, 0, '0', "d/four", "", "4444");
	add(&s, 0, '2', "link", "b", NULL);
	add(&s, 1, '0', "a/new", "", "n");
	add(&s, 1, '0', "a/.wh..wh..opq", "", "");
	add(&s, 1, '0', "link/.wh.c", "", "");
	add(&s, 1, '0', ".wh.d", "", "");
	add(&s, 1, '0', "d/five", "", "55555");
	add(&s, 1, '0', ".wh.nothing", "", "");
	add(&s, 1, '0', ".wh..wh.aufs", "", "");
	expect(&s, "/ 1 0 \n/a 1 0 \n/a/new 0 1 \n/b 1 0 \n/d 1 0 \n/d/five 0 5 \n/link 2 0 b\n");
	assert_null(tree_find(s.tree, SLICE("/d/four")));
	assert_ptr_equal(tree_resolve(s.tree, SLICE("link")), tree_find(s.tree, SLICE("/b")));
}

static void
test_links(void **state)
{
	AUTO(stack) struct stack s = { 0 };
	(void)state;
	add(&s, 0, '2', "lib", "/usr/lib", NULL);
	add(&s, 0, '0', "lib/x.so", "", "12345");
	add(&s, 0, '1', "early", "./usr/lib/../lib/late", NULL);
	add(&s, 0, '0', "usr/lib/late", "", "123");
	add(&s, 0, '1', "hard", "lib/x.so", NULL);
	add(&s, 0, '1', "lost", "no/such", NULL);
	add(&s, 0, '2', "loop", "loop", NULL);
	add(&s, 1, '0', "usr/lib/x.so", "", "");
	expect(&s, "/ 1 0 \n/early 0 3 \n/hard 0 5 \n/lib 2 0 /usr/lib\n/loop 2 0 loop\n/lost 3 0 no/such\n/usr 1 0 \n/usr/lib 1 0 \n"
	           "/usr/lib/late 0 3 \n/usr/lib/x.so 0 0 \n");
	assert_null(tree_resolve(s.tree, SLICE("loop")));
	assert_null(tree_find(s.tree, SLICE("loop/x")));
	assert_int_equal(tree_find(s.tree, SLICE("lost"))->content_entry, ENTRY_NONE);
	struct entry usr = node_entry(s.tree, tree_find(s.tree, SLICE("usr/lib")));
	assert_true(slice_is(usr.path, "usr/lib"));
}

static void
test_replacing(void **state)
{
	AUTO(stack) struct stack s = { 0 };
	(void)state;
	add(&s, 0, '5', "dir/", "", NULL);
	add(&s, 0, '0', "dir/in", "", "1");
	add(&s, 0, '0', "gone/in/it", "", "1");
	add(&s, 0, '2', "tolink", "dir", NULL);
	add(&s, 1, '5', "dir/", "", NULL);
	add(&s, 1, '0', "gone", "", "22");
	add(&s, 1, '5', "tolink", "", NULL);
	add(&s, 1, '0', "tolink/own", "", "");
	add(&s, 1, '0', "dir/in", "", "1");
	add(&s, 1, '0', "dir/in", "", "333");
	expect(&s, "/ 1 0 \n/dir 1 0 \n/dir/in 0 3 \n/gone 0 2 \n/tolink 1 0 \n/tolink/own 0 0 \n");
	assert_int_equal(tree_count(s.tree), 6);
}

static void
test_refused(void **state)
{
	(void)state;
	AUTO(stack) struct stack up = { 0 }, under = { 0 }, circle = { 0 };
	add(&up, 0, '0', "ok", "", "");
	add(&up, 0, '0', "a/../../etc/passwd", "", "");
	expect(&up, "-4 offset 512, \"a/../../etc/passwd\": a path that climbs above the root\n");
	add(&under, 0, '0', "file", "", "");
	add(&under, 0, '0', "file/below", "", "");
	expect(&under, "-4 layer 0: \"file/below\": a parent of the path is no directory\n");
	add(&circle, 0, '2', "x", "y", NULL);
	add(&circle, 0, '2', "y", "x", NULL);
	add(&circle, 0, '0', "x/z", "", "");
	expect(&circle, "-4 layer 0: \"x/z\": more than LINK_DEPTH_COUNT (40) links in one path\n");
}

static void
test_block(void **state)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	AUTO(free) char *bytes = NULL;
	struct entry entry = { .path = SLICE("a"), .type = ENTRY_CHAR, .mode = 0600, .major = 1, .minor = 3, .mtime = -5 };
	struct slice fields[] = { SLICE("text"), SLICE_NONE, SLICE("") };
	uint32_t index;
	size_t size;
	(void)state;
	assert_int_equal(block_builder_new(&builder, NULL), 0);
	assert_int_equal(block_add_entry(builder, &entry, &index, NULL), 0);
	assert_int_equal(block_add_row(builder, 9, index, 7, fields, 3, NULL), 0);
	size_t mark = block_mark(builder);
	assert_int_equal(block_add_row(builder, 1, index, 0, fields, 2, NULL), 0);
	assert_int_equal(block_add_problem(builder, index, SLICE("x"), SLICE("y"), NULL), 0);
	block_rewind(builder, mark);
	assert_int_equal(block_add_problem(builder, ENTRY_NONE, SLICE("who"), SLICE("what"), NULL), 0);
	block_entry_read(builder, index, ENTRY_EXTRACTED, SLICE("0123456789abcdef0123456789abcdef"));
	assert_int_equal(block_finish(builder, &bytes, &size, NULL), 0);
	for (size_t n = 0; n < size; n++)
		assert_true(block_open((struct slice){ bytes, n }, &block, NULL) < 0);
	assert_int_equal(block_open((struct slice){ bytes, size }, &block, NULL), 0);
	assert_int_equal(block_row_count(block), 1);
	assert_int_equal(block_problem_count(block), 1);
	struct row row = block_row(block, 0);
	assert_int_equal(row.line, 7);
	assert_true(slice_is(block_field(block, &row, 0), "text"));
	assert_null(block_field(block, &row, 1).p);
	assert_true(block_field(block, &row, 2).p && block_field(block, &row, 2).n == 0);
	assert_null(block_field(block, &row, 3).p);
	assert_true(slice_is(block_problem(block, 0).message, "what"));
	entry = block_entry(block, 0);
	assert_true(entry.major == 1 && entry.minor == 3 && entry.mtime == -5 && entry.flags == ENTRY_EXTRACTED);
	assert_true(slice_is(entry.digest, "0123456789abcdef0123456789abcdef"));
	bytes[8]++;
	struct block *other;
	assert_int_equal(block_open((struct slice){ bytes, size }, &other, NULL), PLIM_EUNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whiteouts), cmocka_unit_test(test_links), cmocka_unit_test(test_replacing),
		cmocka_unit_test(test_refused),   cmocka_unit_test(test_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
