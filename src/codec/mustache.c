/* SPDX-License-Identifier: Apache-2.0 */
/* A template becomes a flat list of parts, of which a section knows where it ends; filling it walks that list once for each item. */
#include "codec/mustache.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"

enum part_kind { PART_TEXT, PART_VALUE, PART_RAW, PART_SECTION, PART_INVERTED };

struct part {
	enum part_kind kind;
	struct slice text;       /* to be written, or the name */
	size_t end;              /* of a section: the first part behind it */
	size_t at;               /* byte of the template where the tag begins */
};

struct mustache {
	struct slice name, source;
	struct part *parts;
	size_t n;
};

static int
wrong(const struct mustache *template, size_t at, struct plim_error *err, int code, const char *what, struct slice name)
{
	size_t line = 1, column = 1;
	for (size_t i = 0; i < at; i++) {
		column = template->source.p[i] == '\n' ? 1 : column + 1;
		line += template->source.p[i] == '\n';
	}
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, slice_first(name, 60));
	return error_set(err, code, "%.*s:%zu:%zu: %s%s%.*s%s", SLICE_ARG(template->name), line, column, what, shown.n ? " '" : "", SLICE_ARG(strbuf_slice(&shown)), shown.n ? "'" : "");
}

/* Reading. */

struct parser {
	struct mustache *template;
	struct slice open, close;         /* delimiters */
	size_t at;
	VEC(struct part) parts;
	VEC(size_t) sections;             /* that are open */
};

struct tag {
	char kind;                        /* one of "#^/!=>&{", 0: a name alone */
	struct slice body;
	size_t begin, end;                /* of it all, delimiters included */
};

static int
add(struct parser *parser, enum part_kind kind, struct slice text, size_t at, struct plim_error *err)
{
	if (kind == PART_TEXT && text.n == 0)
		return 0;
	struct part *part = vec_push(&parser->parts);
	if (part == NULL)
		return error_nomem(err);
	*part = (struct part){ kind, text, 0, at };
	return 0;
}

/* `{{{name}}}` ends with a brace more, `{{=a b=}}` with an equals sign. */
static int
read_tag(struct parser *parser, size_t begin, struct tag *out, struct plim_error *err)
{
	struct slice source = parser->template->source;
	struct slice rest = slice_trim(slice_from(source, begin + parser->open.n));
	*out = (struct tag){ .begin = begin };
	if (rest.n && memchr("#^/!=>&{", rest.p[0], 8)) {
		out->kind = rest.p[0];
		rest = slice_from(rest, 1);
	}
	AUTO(strbuf) struct strbuf closing = { 0 };
	strbuf_puts(&closing, out->kind == '{' ? "}" : out->kind == '=' ? "=" : "");
	strbuf_put(&closing, parser->close);
	size_t end = slice_find_text(rest, strbuf_slice(&closing));
	if (closing.failed)
		return error_nomem(err);
	if (end >= rest.n)
		return wrong(parser->template, begin, err, PLIM_EUSAGE, "a tag that does not end", SLICE_NONE);
	out->body = slice_trim(slice_first(rest, end));
	out->end = (size_t)(rest.p - source.p) + end + closing.n;
	return 0;
}

static bool
is_blank(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != ' ' && text.p[i] != '\t')
			return false;
	return true;
}

/* A tag that shows nothing and has a line to itself takes the line with it. */
static bool
stands_alone(const struct parser *parser, const struct tag *tag, size_t *line_begin, size_t *line_end)
{
	struct slice source = parser->template->source;
	size_t begin = tag->begin, end = tag->end;
	if (tag->kind == 0 || tag->kind == '&' || tag->kind == '{')
		return false;
	while (begin > 0 && source.p[begin - 1] != '\n')
		begin--;
	while (end < source.n && source.p[end] != '\n')
		end++;
	struct slice behind = slice_range(source.p + tag->end, source.p + end);
	slice_skip_end(&behind, SLICE("\r"));
	*line_begin = begin;
	*line_end = end < source.n ? end + 1 : end;
	return is_blank(slice_range(source.p + begin, source.p + tag->begin)) && is_blank(behind);
}

static int
section_begin(struct parser *parser, const struct tag *tag, struct plim_error *err)
{
	size_t *open = vec_push(&parser->sections);
	if (open == NULL)
		return error_nomem(err);
	*open = parser->parts.n;
	if (parser->sections.n > LIMIT_TEMPLATE_DEPTH_COUNT)
		return wrong(parser->template, tag->begin, err, PLIM_EUSAGE, "sections in each other beyond limit TEMPLATE_DEPTH_COUNT:", tag->body);
	return add(parser, tag->kind == '#' ? PART_SECTION : PART_INVERTED, tag->body, tag->begin, err);
}

static int
section_end(struct parser *parser, const struct tag *tag, struct plim_error *err)
{
	if (parser->sections.n == 0)
		return wrong(parser->template, tag->begin, err, PLIM_EUSAGE, "no section is open that could end here:", tag->body);
	struct part *section = &parser->parts.at[parser->sections.at[parser->sections.n - 1]];
	if (!slice_eq(section->text, tag->body))
		return wrong(parser->template, tag->begin, err, PLIM_EUSAGE, "another section is to end first:", section->text);
	section->end = parser->parts.n;
	parser->sections.n--;
	return 0;
}

static int
set_delimiters(struct parser *parser, const struct tag *tag, struct plim_error *err)
{
	struct slice rest = tag->body, open, close;
	if (!slice_word(&rest, &open) || !slice_word(&rest, &close) || slice_trim(rest).n || slice_find(open, '=') < open.n || slice_find(close, '=') < close.n)
		return wrong(parser->template, tag->begin, err, PLIM_EUSAGE, "no two delimiters:", tag->body);
	parser->open = open;
	parser->close = close;
	return 0;
}

static int
take_tag(struct parser *parser, const struct tag *tag, struct plim_error *err)
{
	if (tag->kind == '!')
		return 0;
	if (tag->kind == '=')
		return set_delimiters(parser, tag, err);
	if (tag->kind == '>')
		return wrong(parser->template, tag->begin, err, PLIM_EUSAGE, "a template is one file; there is no partial", tag->body);
	if (tag->body.n == 0)
		return wrong(parser->template, tag->begin, err, PLIM_EUSAGE, "a tag without a name", SLICE_NONE);
	if (tag->kind == '#' || tag->kind == '^')
		return section_begin(parser, tag, err);
	if (tag->kind == '/')
		return section_end(parser, tag, err);
	return add(parser, tag->kind ? PART_RAW : PART_VALUE, tag->body, tag->begin, err);
}

/* The text up to the next tag, and that. */
static int
step(struct parser *parser, struct plim_error *err)
{
	struct slice source = parser->template->source, rest = slice_from(source, parser->at);
	size_t line_begin, line_end, begin = slice_find_text(rest, parser->open);
	struct tag tag;
	if (begin >= rest.n) {
		parser->at = source.n;
		return add(parser, PART_TEXT, rest, source.n - rest.n, err);
	}
	int r = read_tag(parser, parser->at + begin, &tag, err);
	if (r < 0)
		return r;
	bool alone = stands_alone(parser, &tag, &line_begin, &line_end);
	size_t until = alone && line_begin >= parser->at ? line_begin : tag.begin;
	r = add(parser, PART_TEXT, slice_range(source.p + parser->at, source.p + until), parser->at, err);
	parser->at = alone ? line_end : tag.end;
	return r < 0 ? r : take_tag(parser, &tag, err);
}

static int
parse_all(struct parser *parser, struct plim_error *err)
{
	int r = 0;
	while (r == 0 && parser->at < parser->template->source.n)
		r = step(parser, err);
	if (r < 0 || parser->sections.n == 0)
		return r;
	const struct part *open = &parser->parts.at[parser->sections.at[parser->sections.n - 1]];
	return wrong(parser->template, open->at, err, PLIM_EUSAGE, "the section does not end:", open->text);
}

int
mustache_parse(struct slice name, struct slice text, struct arena *arena, const struct mustache **out, struct plim_error *err)
{
	struct mustache *template = arena_make(arena, struct mustache);
	struct parser parser = { .template = template, .open = SLICE("{{"), .close = SLICE("}}") };
	if (template == NULL)
		return error_nomem(err);
	*template = (struct mustache){ .name = name, .source = text };
	int r = parse_all(&parser, err);
	template->parts = r == 0 ? arena_make_array(arena, parser.parts.n + 1, struct part) : NULL;
	if (r == 0 && template->parts == NULL)
		r = error_nomem(err);
	if (r == 0 && parser.parts.n)
		memcpy(template->parts, parser.parts.at, parser.parts.n * sizeof *template->parts);
	template->n = parser.parts.n;
	vec_done(&parser.parts);
	vec_done(&parser.sections);
	*out = template;
	return r;
}

/* Filling. */

struct rendering {
	const struct mustache *template;
	mustache_put_fn *put;
	struct strbuf *into;
	uint64_t steps;
	const struct json **stack;        /* what names are looked for in, the innermost last */
	size_t depth;
};

static const struct json *
member(const struct json *object, struct slice name)
{
	for (size_t i = 0; json_is(object, JSON_OBJECT) && i < object->n; i++)
		if (slice_eq(object->keys[i], name))
			return &object->items[i];
	return NULL;
}

/* The first part of a dotted name is looked for from the inside out, the others in that alone. */
static const struct json *
resolve(const struct rendering *r, struct slice name)
{
	const struct json *found = NULL;
	struct slice first;
	if (slice_is(name, "."))
		return r->stack[r->depth - 1];
	slice_next(&name, '.', &first);
	for (size_t i = r->depth; i-- > 0 && found == NULL;)
		found = member(r->stack[i], first);
	for (struct slice next; found && slice_next(&name, '.', &next);)
		found = member(found, next);
	return found;
}

static int
put_value(struct rendering *r, const struct part *part, struct plim_error *err)
{
	const struct json *value = resolve(r, part->text);
	if (json_is(value, JSON_ARRAY) || json_is(value, JSON_OBJECT))
		return wrong(r->template, part->at, err, PLIM_EUSAGE, value->type == JSON_ARRAY ? "a list is no text, write a section:" : "an object is no text, write a section or a dotted name:", part->text);
	if (value == NULL || value->type == JSON_NULL)
		return 0;
	struct slice text = value->type == JSON_BOOL ? slice_of(value->truth ? "true" : "false") : value->text;
	if (part->kind == PART_RAW)
		strbuf_put(r->into, text);
	else
		r->put(r->into, text);
	return 0;
}

static bool
is_false(const struct json *value)
{
	return value == NULL || value->type == JSON_NULL || (value->type == JSON_BOOL && !value->truth) || (value->type == JSON_ARRAY && value->n == 0);
}

static int render(struct rendering *r, size_t from, size_t to, struct plim_error *err);

static int
render_inside(struct rendering *r, const struct json *value, size_t from, size_t to, struct plim_error *err)
{
	r->stack[r->depth++] = value;
	int result = render(r, from, to, err);
	r->depth--;
	return result;
}

static int
render_section(struct rendering *r, size_t at, struct plim_error *err)
{
	const struct part *part = &r->template->parts[at];
	const struct json *value = resolve(r, part->text);
	int result = 0;
	if (part->kind == PART_INVERTED)
		return is_false(value) ? render(r, at + 1, part->end, err) : 0;
	if (is_false(value))
		return 0;
	if (value->type != JSON_ARRAY)
		return render_inside(r, value, at + 1, part->end, err);
	for (size_t i = 0; result == 0 && i < value->n; i++)
		result = render_inside(r, &value->items[i], at + 1, part->end, err);
	return result;
}

/* Sections of lists in sections of lists multiply: both what is written and what is looked at have an end. */
static int
within_limits(struct rendering *r, const struct part *part, struct plim_error *err)
{
	if (++r->steps > LIMIT_TEMPLATE_STEPS)
		return wrong(r->template, part->at, err, PLIM_ELIMIT, "more than limit TEMPLATE_STEPS parts are filled", SLICE_NONE);
	return r->into->n <= LIMIT_TEMPLATE_BYTES ? 0 : wrong(r->template, part->at, err, PLIM_ELIMIT, "it becomes larger than limit TEMPLATE_BYTES", SLICE_NONE);
}

static int
render(struct rendering *r, size_t from, size_t to, struct plim_error *err)
{
	int result = 0;
	for (size_t at = from; result == 0 && at < to;) {
		const struct part *part = &r->template->parts[at];
		bool section = part->kind == PART_SECTION || part->kind == PART_INVERTED;
		if ((result = within_limits(r, part, err)) < 0)
			return result;
		if (section)
			result = render_section(r, at, err);
		else if (part->kind == PART_TEXT)
			strbuf_put(r->into, part->text);
		else
			result = put_value(r, part, err);
		at = section ? part->end : at + 1;
	}
	return result;
}

int
mustache_render(const struct mustache *template, const struct json *root, mustache_put_fn *put, struct strbuf *into, struct plim_error *err)
{
	AUTO(free) const struct json **stack = calloc(LIMIT_TEMPLATE_DEPTH_COUNT + 1, sizeof *stack);
	if (stack == NULL)
		return error_nomem(err);
	struct rendering rendering = { .template = template, .put = put, .into = into, .stack = stack, .depth = 1 };
	stack[0] = root;
	int r = render(&rendering, 0, template->n, err);
	return r < 0 || !into->failed ? r : error_nomem(err);
}
