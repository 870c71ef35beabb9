/* SPDX-License-Identifier: Apache-2.0 */
/* libfyaml's document, copied into our nodes: places kept, aliases expanded under a budget. */
#include "codec/yaml.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>

struct copier {
	struct arena *arena;
	struct yaml_document *doc;
	struct fy_document *from;
	uint64_t left;    /* of LIMIT_YAML_NODE_COUNT */
};

/* The text of a line, counted from 1. */
static struct slice
line_text(struct slice text, unsigned line)
{
	struct slice piece = SLICE("");
	while (line-- > 0 && slice_next(&text, '\n', &piece))
		;
	slice_skip_end(&piece, SLICE("\r"));
	return piece;
}

static int
error_here(const struct yaml_document *doc, unsigned line, unsigned column, struct plim_error *err, const char *message)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	struct slice source = slice_first(line_text(doc->text, line), 160);
	strbuf_put_printable(&shown, source);
	AUTO(strbuf) struct strbuf before = { 0 };
	strbuf_put_printable(&before, slice_first(source, column - 1));
	return error_set(err, PLIM_EPOLICY, "%.*s:%u:%u: %s\n  %.*s\n  %*s^", SLICE_ARG(doc->name), line, column, message,
	                 SLICE_ARG(strbuf_slice(&shown)), (int)before.n, "");
}

int
yaml_error(const struct yaml_document *doc, const struct yaml_node *at, struct plim_error *err, const char *format, ...)
{
	char message[600];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	return error_here(at && at->doc ? at->doc : doc, at ? at->line : 1, at ? at->column : 1, err, message);
}

/* Line `at` of the text ends what the source has there; before it is only the indentation. */
static bool
place_in_block(const struct yaml_node *scalar, struct slice line, unsigned at, unsigned *column)
{
	struct slice source = line_text(scalar->doc->text, scalar->line + at), before = source;
	if (!slice_skip_end(&before, line) || slice_trim(before).n > 0)
		return false;
	*column = (unsigned)before.n;
	return true;
}

static bool
place_in_block_of(const struct yaml_node *scalar, size_t offset, unsigned *line, unsigned *column)
{
	struct slice rest = scalar->text, piece = SLICE("");
	unsigned indent, at = 0;
	for (; slice_next(&rest, '\n', &piece) && offset > piece.n; at++)
		offset -= piece.n + 1;
	if (offset > piece.n || !place_in_block(scalar, piece, at, &indent))
		return false;
	*line = scalar->line + at;
	*column = indent + (unsigned)offset + 1;
	return true;
}

bool
yaml_place(const struct yaml_node *scalar, size_t offset, unsigned *line, unsigned *column)
{
	*line = scalar->line;
	*column = scalar->column;
	if (offset > scalar->text.n)
		return false;
	if (scalar->block)
		return place_in_block_of(scalar, offset, line, column);
	unsigned first = scalar->column + scalar->quoted;
	if (!slice_starts(slice_from(line_text(scalar->doc->text, scalar->line), first - 1), scalar->text))
		return false;
	*column = first + (unsigned)offset;
	return true;
}

/* A caret below the text's own line, where the source has none like it. */
static void
put_own_line(struct slice text, size_t offset, struct strbuf *into)
{
	size_t before;
	struct slice line = slice_line_at(text, offset, &before);
	strbuf_puts(into, ", in this text:\n  ");
	strbuf_put_printable(into, slice_first(line, 160));
	strbuf_printf(into, "\n  %*s^", (int)(before < 160 ? before : 160), "");
}

int
yaml_error_in(const struct yaml_node *scalar, size_t offset, struct plim_error *err, const char *format, ...)
{
	char message[600];
	unsigned line, column;
	AUTO(strbuf) struct strbuf shown = { 0 };
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	strbuf_puts(&shown, message);
	if (!yaml_place(scalar, offset, &line, &column) && offset <= scalar->text.n)
		put_own_line(scalar->text, offset, &shown);
	return shown.failed ? error_nomem(err) : error_here(scalar->doc, line, column, err, shown.p);
}

static void
place_of(struct fy_node *node, unsigned *line, unsigned *column)
{
	struct fy_token *token = fy_node_is_scalar(node) ? fy_node_get_scalar_token(node) : NULL;
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
	*line = mark ? (unsigned)mark->line + 1 : 1;
	*column = mark ? (unsigned)mark->column + 1 : 1;
	/* The mark of a quoted text is behind its quote. */
	enum fy_node_style style = fy_node_get_style(node);
	if ((style == FYNS_DOUBLE_QUOTED || style == FYNS_SINGLE_QUOTED) && *column > 1)
		--*column;
}

static int copy_node(struct copier *c, struct fy_node *from, unsigned depth, struct yaml_node **out, struct plim_error *err);

static int
copy_scalar(struct copier *c, struct fy_node *from, struct yaml_node *to, struct plim_error *err)
{
	size_t n = 0;
	const char *text = fy_node_get_scalar(from, &n);
	place_of(from, &to->line, &to->column);
	to->quoted = fy_node_get_style(from) != FYNS_PLAIN;
	to->block = fy_node_get_style(from) == FYNS_LITERAL;
	to->text = arena_dup(c->arena, (struct slice){ text ? text : "", n });
	to->kind = YAML_SCALAR;
	if (to->text.p == NULL)
		return error_nomem(err);
	if (!to->quoted && (n == 0 || slice_is(to->text, "~") || slice_is(to->text, "null")))
		to->kind = YAML_NULL;
	return 0;
}

static int
copy_sequence(struct copier *c, struct fy_node *from, unsigned depth, struct yaml_node *to, struct plim_error *err)
{
	int n = fy_node_sequence_item_count(from);
	to->kind = YAML_SEQUENCE;
	to->items = arena_make_array(c->arena, n > 0 ? (size_t)n : 1, struct yaml_node *);
	if (to->items == NULL)
		return error_nomem(err);
	void *at = NULL;
	for (struct fy_node *item; (item = fy_node_sequence_iterate(from, &at)) != NULL; to->n++) {
		int r = copy_node(c, item, depth + 1, &to->items[to->n], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
copy_pair(struct copier *c, struct fy_node_pair *pair, unsigned depth, struct yaml_node *to, struct plim_error *err)
{
	struct yaml_node **key = &to->keys[to->n], **item = &to->items[to->n];
	int r = copy_node(c, fy_node_pair_key(pair), depth + 1, key, err);
	if (r < 0)
		return r;
	if ((*key)->kind != YAML_SCALAR)
		return yaml_error(c->doc, *key, err, "a key must be a plain word");
	for (size_t i = 0; i < to->n; i++)
		if (slice_eq(to->keys[i]->text, (*key)->text))
			return yaml_error(c->doc, *key, err, "key '%.*s' stands here a second time; the first is in line %u",
			                  SLICE_ARG((*key)->text), to->keys[i]->line);
	r = copy_node(c, fy_node_pair_value(pair), depth + 1, item, err);
	if (r < 0)
		return r;
	/* An empty value has no place of its own. */
	if ((*item)->n == 0 && ((*item)->kind != YAML_SCALAR && (*item)->text.n == 0)) {
		(*item)->line = (*key)->line;
		(*item)->column = (*key)->column;
	}
	to->n++;
	return 0;
}

static int
copy_mapping(struct copier *c, struct fy_node *from, unsigned depth, struct yaml_node *to, struct plim_error *err)
{
	int n = fy_node_mapping_item_count(from);
	to->kind = YAML_MAPPING;
	to->keys = arena_make_array(c->arena, n > 0 ? (size_t)n : 1, struct yaml_node *);
	to->items = arena_make_array(c->arena, n > 0 ? (size_t)n : 1, struct yaml_node *);
	if (to->keys == NULL || to->items == NULL)
		return error_nomem(err);
	void *at = NULL;
	for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(from, &at)) != NULL;) {
		int r = copy_pair(c, pair, depth, to, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A container is where its first part is. */
static void
place_container(struct yaml_node *node)
{
	const struct yaml_node *first = node->n == 0 ? NULL : node->kind == YAML_MAPPING ? node->keys[0] : node->items[0];
	node->line = first ? first->line : 1;
	node->column = first ? first->column : 1;
}

static struct fy_node *
alias_target(struct copier *c, struct fy_node *alias)
{
	size_t n = 0;
	const char *name = fy_node_get_scalar(alias, &n);
	struct fy_anchor *anchor = name ? fy_document_lookup_anchor(c->from, name, n) : NULL;
	return anchor ? fy_anchor_node(anchor) : NULL;
}

static int
copy_node(struct copier *c, struct fy_node *from, unsigned depth, struct yaml_node **out, struct plim_error *err)
{
	struct yaml_node *to = arena_make(c->arena, struct yaml_node);
	if (to == NULL)
		return error_nomem(err);
	*out = to;
	to->line = to->column = 1;
	to->doc = c->doc;
	if (depth > LIMIT_DOCUMENT_DEPTH_COUNT)
		return yaml_error(c->doc, to, err, "nested deeper than limit DOCUMENT_DEPTH_COUNT, or an alias of itself");
	if (c->left-- == 0)
		return yaml_error(c->doc, to, err, "more than limit YAML_NODE_COUNT nodes after its aliases are expanded");
	if (from == NULL)
		return 0;
	if (fy_node_is_alias(from)) {
		struct fy_node *target = alias_target(c, from);
		place_of(from, &to->line, &to->column);
		return target ? copy_node(c, target, depth + 1, out, err)
		              : yaml_error(c->doc, to, err, "an alias without its anchor");
	}
	int r;
	if (fy_node_is_scalar(from))
		return copy_scalar(c, from, to, err);
	r = fy_node_is_sequence(from) ? copy_sequence(c, from, depth, to, err) : copy_mapping(c, from, depth, to, err);
	if (r == 0)
		place_container(to);
	return r;
}

static int
syntax_error(struct yaml_document *doc, struct fy_diag *diag, struct plim_error *err)
{
	void *at = NULL;
	struct fy_diag_error *first = fy_diag_errors_iterate(diag, &at);
	if (first == NULL)
		return error_here(doc, 1, 1, err, "not YAML");
	unsigned line = first->line > 0 ? (unsigned)first->line : 1;
	unsigned column = first->column > 0 ? (unsigned)first->column : 1;
	return error_here(doc, line, column, err, first->msg ? first->msg : "not YAML");
}

static int
copy_document(struct copier *c, struct fy_document *from, struct plim_error *err)
{
	c->from = from;
	return copy_node(c, fy_document_root(from), 0, &c->doc->root, err);
}

/* A document without anything in it. */
static int
empty_root(struct copier *c, struct plim_error *err)
{
	struct yaml_node *root = arena_make(c->arena, struct yaml_node);
	if (root == NULL)
		return error_nomem(err);
	root->line = root->column = 1;
	root->doc = c->doc;
	c->doc->root = root;
	return 0;
}

/* The next document of the stream goes to c->doc; false once there is none, or none that is YAML. */
static bool
next_document(struct fy_parser *parser, struct copier *c, int *r, struct plim_error *err)
{
	struct fy_document *from = fy_parse_load_document(parser);
	if (from == NULL)
		return false;
	*r = copy_document(c, from, err);
	fy_parse_document_destroy(parser, from);
	return true;
}

static int
parse_one(struct fy_parser *parser, struct copier *c, struct plim_error *err)
{
	int r = 0;
	if (!next_document(parser, c, &r, err))
		return empty_root(c, err);
	if (r < 0)
		return r;
	struct fy_document *second = fy_parse_load_document(parser);
	if (second == NULL)
		return 0;
	fy_parse_document_destroy(parser, second);
	return error_here(c->doc, 1, 1, err, "more than one document in one file");
}

/* Each is a document of its own over the same text. */
static int
parse_all(struct fy_parser *parser, struct copier *c, struct yaml_stream *out, struct plim_error *err)
{
	const struct yaml_document *first = c->doc;
	size_t room = 0;
	int r = 0;
	for (;;) {
		if ((c->doc = arena_make(c->arena, struct yaml_document)) == NULL)
			return error_nomem(err);
		*c->doc = (struct yaml_document){ first->name, first->text, NULL };
		if (!next_document(parser, c, &r, err) || r < 0)
			return r;
		if (out->n == room) {
			struct yaml_document **more = arena_make_array(c->arena, room = room ? room * 2 : 8, struct yaml_document *);
			if (more == NULL)
				return error_nomem(err);
			if (out->n)
				memcpy(more, out->at, out->n * sizeof *more);
			out->at = more;
		}
		out->at[out->n++] = c->doc;
	}
}

static int
parse_with(struct fy_parser *parser, struct fy_diag *diag, struct copier *c, struct yaml_stream *all, struct plim_error *err)
{
	struct yaml_document *doc = c->doc;
	if (fy_parser_set_string(parser, doc->text.p, doc->text.n) != 0)
		return error_nomem(err);
	int r = all ? parse_all(parser, c, all, err) : parse_one(parser, c, err);
	return r == 0 && fy_diag_got_error(diag) ? syntax_error(doc, diag, err) : r;
}

/* One document to `*out`, or all to `all`. */
static int
parse(struct slice name, struct slice text, struct arena *arena, struct yaml_document **out, struct yaml_stream *all, struct plim_error *err)
{
	struct yaml_document *doc = arena_make(arena, struct yaml_document);
	if (doc == NULL)
		return error_nomem(err);
	doc->name = arena_dup(arena, name);
	doc->text = arena_dup(arena, text.p ? text : SLICE(""));
	if (doc->name.p == NULL || doc->text.p == NULL)
		return error_nomem(err);
	if (text.n > LIMIT_POLICY_BYTES)
		return error_set(err, PLIM_ELIMIT, "%.*s: more than limit POLICY_BYTES", SLICE_ARG(name));
	if (!slice_is_utf8(doc->text) || slice_find(doc->text, '\0') != SIZE_MAX)
		return error_here(doc, 1, 1, err, "not UTF-8 text");

	struct fy_diag_cfg diag_config;
	fy_diag_cfg_default(&diag_config);
	diag_config.fp = NULL;
	diag_config.colorize = false;
	struct fy_diag *diag = fy_diag_create(&diag_config);
	if (diag == NULL)
		return error_nomem(err);
	fy_diag_set_collect_errors(diag, true);
	struct fy_parse_cfg config = { .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | (all ? FYPCF_SLOPPY_FLOW_INDENTATION : 0), .diag = diag };
	struct fy_parser *parser = fy_parser_create(&config);
	struct copier c = { .arena = arena, .doc = doc, .left = LIMIT_YAML_NODE_COUNT };
	int r = parser ? parse_with(parser, diag, &c, all, err) : error_nomem(err);
	if (parser)
		fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	if (r == 0 && out)
		*out = doc;
	return r;
}

int
yaml_parse(struct slice name, struct slice text, struct arena *arena, struct yaml_document **out, struct plim_error *err)
{
	return parse(name, text, arena, out, NULL, err);
}

int
yaml_parse_all(struct slice name, struct slice text, struct arena *arena, struct yaml_stream *out, struct plim_error *err)
{
	*out = (struct yaml_stream){ 0 };
	return parse(name, text, arena, NULL, out, err);
}

struct yaml_node *
yaml_get(const struct yaml_node *node, const char *key)
{
	if (node == NULL || node->kind != YAML_MAPPING)
		return NULL;
	for (size_t i = 0; i < node->n; i++)
		if (slice_is(node->keys[i]->text, key))
			return node->items[i];
	return NULL;
}

bool
yaml_eq(const struct yaml_node *a, const struct yaml_node *b)
{
	if (a->kind != b->kind || a->n != b->n || !slice_eq(a->text, b->text))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if ((a->kind == YAML_MAPPING && !yaml_eq(a->keys[i], b->keys[i])) || !yaml_eq(a->items[i], b->items[i]))
			return false;
	return true;
}

const char *
yaml_kind_name(enum yaml_kind kind)
{
	static const char *const names[] = {
		[YAML_NULL] = "nothing", [YAML_SCALAR] = "a single value", [YAML_SEQUENCE] = "a list", [YAML_MAPPING] = "a mapping",
	};
	return names[kind];
}
