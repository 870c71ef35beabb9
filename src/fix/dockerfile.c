/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and instructions of a Dockerfile, as BuildKit cuts them: comments, continuations, here-documents, the directive escape. */
#include "fix/dockerfile.h"

#include "base/error.h"
#include "base/limits.h"
#include "catalog/history.h"
#include "codec/json.h"
#include "codec/json_write.h"
#include "image/set.h"

void
dockerfile_done(struct dockerfile *file)
{
	vec_done(&file->lines);
	vec_done(&file->instructions);
}

static int
cut_lines(struct slice text, struct dockerfile *out, struct plim_error *err)
{
	struct slice line;
	out->ends = slice_ends(text, SLICE("\n"));
	out->crlf = slice_find_text(text, SLICE("\r\n")) != SIZE_MAX;
	slice_skip_end(&text, SLICE("\n"));
	while (slice_next(&text, '\n', &line)) {
		struct slice *place = vec_push(&out->lines);
		if (place == NULL)
			return error_nomem(err);
		*place = line;
	}
	return 0;
}

static bool
is_comment(struct slice line)
{
	return slice_starts(slice_trim(line), SLICE("#"));
}

/* The text of a line, which editors of Windows begin a file's first one with three bytes before. */
static struct slice
line_at(const struct dockerfile *file, size_t at)
{
	struct slice line = file->lines.at[at];
	if (at == 0)
		slice_skip(&line, SLICE("\xef\xbb\xbf"));
	return line;
}

/* "# NAME=VALUE" */
static bool
is_directive(struct slice line, struct slice *name, struct slice *value)
{
	struct slice text = slice_trim(line), word;
	if (!slice_skip(&text, SLICE("#")) || !slice_cut(text, '=', name, value) || slice_trim(*value).n == 0)
		return false;
	*value = slice_trim(*value);
	text = *name;
	return slice_word(&text, name) && !slice_word(&text, &word);
}

/* "# escape=`", "# syntax=..." among the directives at the top: what is none ends them. */
static void
take_directives(struct dockerfile *file)
{
	struct slice name, value;
	file->escape = '\\';
	for (size_t i = 0; i < file->lines.n && is_directive(line_at(file, i), &name, &value); i++) {
		if (slice_eq_nocase(name, SLICE("escape")) && slice_is(value, "`"))
			file->escape = '`';
		file->other_syntax = file->other_syntax || (slice_eq_nocase(name, SLICE("syntax")) && slice_find_text(value, SLICE("docker/dockerfile:")) == SIZE_MAX);
	}
}

/* instructions */

struct cutting {
	struct dockerfile *out;
	size_t line, stage;
};

static bool
continues(const struct cutting *c, struct slice *line)
{
	struct slice text = *line;
	while (text.n && strchr(" \t\r", text.p[text.n - 1]))
		text.n--;
	if (text.n == 0 || text.p[text.n - 1] != c->out->escape)
		return false;
	text.n--;
	*line = text;
	return true;
}

/* What ends a here-document, and whether tabs before that are passed over. */
struct heredoc {
	struct slice end;
	bool tabs;
};

/* Of a word "<<EOF", "3<<-'EOF'"; false for another one. */
static bool
heredoc_of(const struct cutting *c, struct slice word, struct heredoc *out)
{
	while (word.n && word.p[0] >= '0' && word.p[0] <= '9')
		word = slice_from(word, 1);
	if (!slice_skip(&word, SLICE("<<")))
		return false;
	out->tabs = slice_skip(&word, SLICE("-"));
	out->end = dockerfile_meaning(word, c->out->escape, c->out->arena);
	return out->end.n && slice_find(word, '<') == SIZE_MAX;
}

static bool
ends_heredoc(struct slice line, const struct heredoc *heredoc)
{
	while (slice_skip_end(&line, SLICE("\r")))
		;
	while (heredoc->tabs && slice_skip(&line, SLICE("\t")))
		;
	return slice_eq(line, heredoc->end);
}

static int
skip_heredoc(struct cutting *c, const struct heredoc *heredoc, struct plim_error *err)
{
	size_t began = c->line;
	while (c->line < c->out->lines.n)
		if (ends_heredoc(c->out->lines.at[c->line++], heredoc))
			return 0;
	return error_set(err, PLIM_EFORMAT, "line %zu: <<%.*s has no end", began, SLICE_ARG(heredoc->end));
}

static int
skip_heredocs(struct cutting *c, struct slice rest, struct plim_error *err)
{
	struct slice word;
	struct heredoc heredoc;
	int r = 0;
	while (r == 0 && dockerfile_word(&rest, c->out->escape, &word))
		if (heredoc_of(c, word, &heredoc))
			r = skip_heredoc(c, &heredoc, err);
	return r;
}

/* "ONBUILD RUN ..." too. */
static bool
has_heredocs(struct slice keyword, struct slice rest)
{
	if (slice_eq_nocase(keyword, SLICE("ONBUILD")))
		slice_word(&rest, &keyword);
	return slice_eq_nocase(keyword, SLICE("RUN")) || slice_eq_nocase(keyword, SLICE("COPY")) || slice_eq_nocase(keyword, SLICE("ADD"));
}

/* A frontend that "# syntax=" names may have words of its own. */
static bool
is_keyword(const struct dockerfile *file, struct slice word)
{
	static const char *const known[] = {
		"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL",
		"USER", "VOLUME", "WORKDIR",
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_eq_nocase(word, slice_of(known[i])))
			return true;
	for (size_t i = 0; i < word.n; i++)
		if (!((word.p[i] >= 'A' && word.p[i] <= 'Z') || (word.p[i] >= 'a' && word.p[i] <= 'z')))
			return false;
	return word.n > 0 && file->other_syntax;
}

/* Comments and empty lines between continued lines are passed over, as builders do. */
static void
join(struct cutting *c, struct strbuf *into)
{
	bool more = true;
	size_t last = 0;
	while (more && c->line < c->out->lines.n) {
		struct slice line = line_at(c->out, c->line++);
		if (last && (is_comment(line) || slice_trim(line).n == 0))
			continue;
		more = continues(c, &line);
		last = c->line;
		strbuf_put(into, line);
	}
	c->out->open = more ? last : 0;
}

static int
take_instruction(struct cutting *c, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	size_t first = c->line;
	join(c, &text);
	struct slice rest = text.failed ? SLICE_NONE : arena_dup(c->out->arena, slice_trim(strbuf_slice(&text))), keyword = SLICE_NONE;
	struct dockerfile_instruction *place = vec_push(&c->out->instructions);
	if (rest.p == NULL || place == NULL)
		return error_nomem(err);
	slice_word(&rest, &keyword);
	if (!is_keyword(c->out, keyword))
		return error_set(err, PLIM_EFORMAT, "line %zu: it begins with no instruction", first + 1);
	rest = slice_trim(rest);
	int r = has_heredocs(keyword, rest) ? skip_heredocs(c, rest, err) : 0;
	if (slice_eq_nocase(keyword, SLICE("FROM")))
		c->stage = ++c->out->stages;
	*place = (struct dockerfile_instruction){ first, c->line - 1, keyword, rest, c->stage };
	return r;
}

int
dockerfile_parse(struct slice text, struct arena *arena, struct dockerfile *out, struct plim_error *err)
{
	*out = (struct dockerfile){ .arena = arena };
	if (slice_find(text, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "a NUL byte is in it");
	int r = cut_lines(text, out, err);
	struct cutting c = { .out = out };
	take_directives(out);
	while (r == 0 && c.line < out->lines.n) {
		if (is_comment(line_at(out, c.line)) || slice_trim(line_at(out, c.line)).n == 0)
			c.line++;
		else
			r = take_instruction(&c, err);
	}
	if (r == 0 && out->stages == 0)
		r = error_set(err, PLIM_EFORMAT, "there is no FROM in it");
	return r;
}

/* stages */

static const struct dockerfile_instruction *
from_of(const struct dockerfile *file, size_t stage)
{
	for (size_t i = 0; i < file->instructions.n; i++)
		if (file->instructions.at[i].stage == stage && slice_eq_nocase(file->instructions.at[i].keyword, SLICE("FROM")))
			return &file->instructions.at[i];
	return NULL;
}

/* "FROM [--platform=...] IMAGE [AS NAME]" */
static void
from_parts(const struct dockerfile_instruction *from, struct slice *image, struct slice *name)
{
	struct slice rest = from->rest, word;
	*image = *name = SLICE_NONE;
	while (slice_word(&rest, &word) && slice_starts(word, SLICE("--")))
		;
	*image = word;
	if (slice_word(&rest, &word) && slice_eq_nocase(word, SLICE("AS")))
		slice_word(&rest, name);
}

/* The stage of that name before this one; 0 for an image from elsewhere. */
static size_t
stage_below(const struct dockerfile *file, size_t stage)
{
	struct slice image, own, other, name;
	from_parts(from_of(file, stage), &image, &own);
	for (size_t below = stage - 1; below > 0; below--) {
		from_parts(from_of(file, below), &other, &name);
		if (name.n && slice_eq_nocase(name, image))
			return below;
	}
	return 0;
}

static bool
is_of_last(const struct dockerfile *file, size_t stage)
{
	for (size_t at = file->stages; at; at = stage_below(file, at))
		if (at == stage)
			return true;
	return false;
}

/* What the last stage is built from in the end; NULL where that cannot be changed by its word. */
static const struct dockerfile_instruction *
base_from(const struct dockerfile *file)
{
	size_t stage = file->stages;
	struct slice image, name;
	for (size_t below = stage_below(file, stage); below; below = stage_below(file, stage))
		stage = below;
	const struct dockerfile_instruction *from = from_of(file, stage);
	from_parts(from, &image, &name);
	return from->first == from->last && image.n && slice_find(image, '$') == SIZE_MAX ? from : NULL;
}

/* Without tag and digest. */
static struct slice
repository_of(struct slice reference)
{
	struct slice name, rest;
	slice_skip(&reference, SLICE("docker://"));
	slice_cut(reference, '@', &name, &rest);
	size_t slash = slice_find_last(name, '/'), colon = slice_find_last(name, ':');
	bool tagged = colon != SIZE_MAX && (slash == SIZE_MAX || colon > slash);
	return tagged ? slice_first(name, colon) : name;
}

bool
dockerfile_can_rebase(const struct dockerfile *file, struct slice reference)
{
	const struct dockerfile_instruction *from = base_from(file);
	struct slice image, name;
	if (from == NULL || reference.n == 0)
		return false;
	from_parts(from, &image, &name);
	return reference_matches(repository_of(image), repository_of(reference));
}

/* taking back */

static const char *const keywords[SETTING_COUNT] = {
	[SETTING_NO_ENV] = "ENV", [SETTING_NO_PORT] = "EXPOSE", [SETTING_NO_VOLUME] = "VOLUME", [SETTING_NO_LABEL] = "LABEL",
};

struct slice
dockerfile_port(struct slice word, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < word.n; i++)
		strbuf_putc(&text, (char)(word.p[i] >= 'A' && word.p[i] <= 'Z' ? word.p[i] + 32 : word.p[i]));
	if (slice_find(word, '/') == SIZE_MAX)
		strbuf_puts(&text, "/tcp");
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}

static bool
has_value(enum setting setting)
{
	return setting == SETTING_NO_ENV || setting == SETTING_NO_LABEL;
}

/* The part of a word that names what it declares, as written. */
static struct slice
name_part(enum setting setting, struct slice word)
{
	struct slice value;
	if (has_value(setting))
		slice_cut(word, '=', &word, &value);
	return word;
}

static bool
declares(const struct dockerfile *file, enum setting setting, struct slice word, struct slice name)
{
	struct slice own = dockerfile_meaning(name_part(setting, word), file->escape, file->arena);
	if (setting == SETTING_NO_PORT)
		return slice_eq(dockerfile_port(own, file->arena), dockerfile_port(name, file->arena));
	return own.p && slice_eq(own, name);
}

/* A longer one is left to a person. */
#define REST_MOST 4000

/* What of one instruction stays. */
struct remainder {
	bool touched, whole;       /* something goes; all of it does */
	bool can;                  /* and the rest can be written */
	struct slice text;         /* "EXPOSE 8080", unless it is whole */
};

static bool
is_dropped(const struct dockerfile *file, enum setting setting, struct slice word, const struct fix_changes *changes)
{
	for (size_t i = 0; i < changes->list.n; i++) {
		const struct fix_change *change = changes->list.at[i];
		if (!change->off && change->kind == FIX_SETTING && change->setting == setting && declares(file, setting, word, change->name))
			return true;
	}
	return false;
}

/* Words stay as they are written; what one with a variable declares, only the builder knows. */
static void
rest_of_words(const struct dockerfile *file, enum setting setting, struct slice rest, const struct fix_changes *changes, struct remainder *out,
              struct strbuf *into)
{
	struct slice word;
	bool plain = true, kept = false;
	while (dockerfile_word(&rest, file->escape, &word)) {
		if (is_dropped(file, setting, word, changes)) {
			out->touched = true;
			continue;
		}
		kept = true;
		plain = plain && slice_find(name_part(setting, word), '$') == SIZE_MAX;
		strbuf_putc(into, ' ');
		strbuf_put(into, word);
	}
	out->whole = out->touched && !kept;
	out->can = plain;
}

/* "ENV NAME all the rest" of old. */
static bool
is_old_form(const struct dockerfile *file, enum setting setting, struct slice rest, struct slice *name)
{
	return has_value(setting) && dockerfile_word(&rest, file->escape, name) && slice_find(*name, '=') == SIZE_MAX;
}

/* VOLUME ["/a", "/b"]: a list that is no JSON builders take for words. */
static const struct json *
list_of(const struct dockerfile *file, enum setting setting, struct slice rest)
{
	const struct json *list = NULL;
	struct plim_error ignored = { 0 };
	if (setting != SETTING_NO_VOLUME || !slice_starts(rest, SLICE("[")) || json_parse(rest, file->arena, &list, &ignored) < 0)
		return NULL;
	for (size_t i = 0; i < list->n; i++)
		if (!json_is(&list->items[i], JSON_STRING))
			return NULL;
	return list;
}

static bool
is_in_list(const struct fix_changes *changes, struct slice path)
{
	for (size_t i = 0; i < changes->list.n; i++) {
		const struct fix_change *change = changes->list.at[i];
		if (!change->off && change->kind == FIX_SETTING && change->setting == SETTING_NO_VOLUME && slice_eq(change->name, path))
			return true;
	}
	return false;
}

static void
rest_of_list(const struct json *list, const struct fix_changes *changes, struct remainder *out, struct strbuf *into)
{
	struct json_writer json = { .into = into };
	size_t kept = 0;
	out->can = true;
	strbuf_putc(into, ' ');
	json_write_array(&json);
	for (size_t i = 0; i < list->n; i++) {
		if (is_in_list(changes, list->items[i].text)) {
			out->touched = true;
			continue;
		}
		kept++;
		out->can = out->can && slice_find(list->items[i].text, '$') == SIZE_MAX;
		json_write_string(&json, list->items[i].text);
	}
	json_write_array_end(&json);
	out->whole = out->touched && kept == 0;
}

static struct remainder
remainder_of(const struct dockerfile *file, const struct dockerfile_instruction *at, enum setting setting, const struct fix_changes *changes)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct remainder out = { 0 };
	struct slice name;
	if (at->rest.n > REST_MOST)
		return out;
	const struct json *list = list_of(file, setting, at->rest);
	strbuf_put(&text, at->keyword);
	if (list)
		rest_of_list(list, changes, &out, &text);
	else if (is_old_form(file, setting, at->rest, &name))
		out.touched = out.whole = out.can = is_dropped(file, setting, name, changes);
	else
		rest_of_words(file, setting, at->rest, changes, &out, &text);
	out.text = text.failed ? SLICE_NONE : arena_dup(file->arena, strbuf_slice(&text));
	out.can = out.can && out.text.p;
	return out;
}

static bool
may_declare(const struct dockerfile *file, const struct dockerfile_instruction *at, enum setting setting)
{
	return keywords[setting] && slice_eq_nocase(at->keyword, slice_of(keywords[setting])) && is_of_last(file, at->stage);
}

bool
dockerfile_can_drop(const struct dockerfile *file, enum setting setting, struct slice name)
{
	struct fix_change alone = { .kind = FIX_SETTING, .setting = setting, .name = name }, *one[] = { &alone };
	const struct fix_changes changes = { .arena = file->arena, .list = { one, 1, 1 } };
	bool found = false;
	for (size_t i = 0; i < file->instructions.n; i++) {
		const struct dockerfile_instruction *at = &file->instructions.at[i];
		struct remainder left = may_declare(file, at, setting) ? remainder_of(file, at, setting, &changes) : (struct remainder){ 0 };
		if (left.touched && !left.can)
			return false;
		found = found || left.touched;
	}
	return found;
}

/* As a word of its own: "22" of EXPOSE 22, "22/tcp" and map[22/tcp:{}]. */
static bool
mentions(struct slice text, struct slice name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	for (size_t at; name.n && (at = slice_find_text(text, name)) != SIZE_MAX; text = slice_from(text, at + name.n)) {
		char before = at ? text.p[at - 1] : ' ', after = at + name.n < text.n ? text.p[at + name.n] : ' ';
		if (strchr(letters, before) == NULL && strchr(letters, after) == NULL)
			return true;
	}
	return false;
}

static size_t
count_steps(const struct image_config *config, enum setting setting, struct slice name)
{
	struct slice number, protocol;
	size_t n = 0;
	if (setting == SETTING_NO_PORT) {
		slice_cut(name, '/', &number, &protocol);
		name = number;
	}
	for (size_t i = 0; i < config->history_count; i++) {
		struct history_instruction step;
		history_instruction(config->history[i].created_by, &step);
		n += slice_is(step.keyword, keywords[setting]) && mentions(step.rest, name);
	}
	return n;
}

static size_t
count_declarations(const struct dockerfile *file, enum setting setting, struct slice name)
{
	struct fix_change alone = { .kind = FIX_SETTING, .setting = setting, .name = name }, *one[] = { &alone };
	const struct fix_changes changes = { .arena = file->arena, .list = { one, 1, 1 } };
	size_t n = 0;
	for (size_t i = 0; i < file->instructions.n; i++)
		n += may_declare(file, &file->instructions.at[i], setting) && remainder_of(file, &file->instructions.at[i], setting, &changes).touched;
	return n;
}

bool
dockerfile_is_not_alone(const struct dockerfile *file, const struct image_config *config, enum setting setting, struct slice name)
{
	return count_steps(config, setting, name) > count_declarations(file, setting, name);
}

/* the difference */

struct line_edit {
	bool gone;
	struct slice instead;      /* in its place; absent: nothing */
};

struct patching {
	const struct dockerfile *file;
	struct line_edit *edits;
	VEC(struct slice) added;   /* behind the last line */
	struct strbuf *into;
};

static void
edit_instruction(struct patching *p, const struct dockerfile_instruction *at, const struct fix_changes *changes)
{
	for (int setting = 0; setting < SETTING_COUNT; setting++) {
		if (!may_declare(p->file, at, (enum setting)setting))
			continue;
		struct remainder left = remainder_of(p->file, at, (enum setting)setting, changes);
		if (!left.touched || !left.can)
			continue;
		for (size_t line = at->first; line <= at->last; line++)
			p->edits[line].gone = true;
		if (!left.whole)
			p->edits[at->first].instead = left.text;
	}
}

static int
edit_base(struct patching *p, const struct fix_change *change, struct plim_error *err)
{
	const struct dockerfile_instruction *from = base_from(p->file);
	AUTO(strbuf) struct strbuf text = { 0 };
	struct slice rest = from ? from->rest : SLICE_NONE, word, image, name;
	if (from == NULL)
		return 0;
	from_parts(from, &image, &name);
	strbuf_put(&text, from->keyword);
	while (slice_word(&rest, &word)) {
		strbuf_putc(&text, ' ');
		strbuf_put(&text, word.p == image.p ? change->value : word);
	}
	p->edits[from->first] = (struct line_edit){ true, text.failed ? SLICE_NONE : arena_dup(p->file->arena, strbuf_slice(&text)) };
	return p->edits[from->first].instead.p ? 0 : error_nomem(err);
}

static int
edit_bases(struct patching *p, const struct fix_changes *changes, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < changes->list.n; i++)
		if (!changes->list.at[i]->off && changes->list.at[i]->kind == FIX_BASE)
			r = edit_base(p, changes->list.at[i], err);
	return r;
}

static int
add_lines(struct patching *p, struct slice text, struct plim_error *err)
{
	struct slice line;
	while (slice_next(&text, '\n', &line)) {
		struct slice *place = vec_push(&p->added);
		if (place == NULL)
			return error_nomem(err);
		*place = line;
	}
	return 0;
}

static int
add_all(struct patching *p, const struct script *script, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	script_instructions(script, p->file->escape, &text);
	struct slice kept = text.failed ? SLICE_NONE : arena_dup(p->file->arena, strbuf_slice(&text));
	if (kept.p == NULL)
		return error_nomem(err);
	slice_skip_end(&kept, SLICE("\n"));
	return kept.n ? add_lines(p, kept, err) : 0;
}

/* What goes on where the file ends would go on in the first new line. */
static int
end_last(struct patching *p, struct plim_error *err)
{
	size_t line = p->file->open - 1;
	if (p->file->open == 0 || p->added.n == 0 || p->edits[line].gone)
		return 0;
	struct slice text = slice_trim(p->file->lines.at[line]);
	p->edits[line] = (struct line_edit){ true, arena_dup(p->file->arena, slice_first(text, text.n - 1)) };
	return p->edits[line].instead.p ? 0 : error_nomem(err);
}

static bool
is_touched(const struct patching *p, size_t line)
{
	bool first_new = p->added.n && line + 1 == p->file->lines.n;
	return p->edits[line].gone || first_new;
}

static void
put_line(struct patching *p, char mark, struct slice line, bool own)
{
	strbuf_putc(p->into, mark);
	strbuf_put(p->into, line);
	strbuf_puts(p->into, !own && p->file->crlf ? "\r\n" : "\n");
}

static void
put_old(struct patching *p, char mark, size_t line)
{
	put_line(p, mark, p->file->lines.at[line], true);
	if (line + 1 == p->file->lines.n && !p->file->ends)
		strbuf_puts(p->into, "\\ No newline at end of file\n");
}

/* A last line without its newline gets one before something comes behind it. */
static bool
is_ended(const struct patching *p, size_t line)
{
	return p->added.n && line + 1 == p->file->lines.n && !p->file->ends;
}

static void
put_hunk_line(struct patching *p, size_t line)
{
	const struct line_edit *edit = &p->edits[line];
	bool ended = !edit->gone && is_ended(p, line);
	put_old(p, edit->gone || ended ? '-' : ' ', line);
	if (edit->instead.p)
		put_line(p, '+', edit->instead, false);
	if (ended)
		put_line(p, '+', p->file->lines.at[line], true);
}

static size_t
new_lines(const struct patching *p, size_t from, size_t to)
{
	size_t n = 0;
	for (size_t line = from; line < to; line++)
		n += !p->edits[line].gone + (p->edits[line].instead.p != NULL);
	return n + (to == p->file->lines.n ? p->added.n : 0);
}

#define CONTEXT 3

static size_t
hunk_end(const struct patching *p, size_t first)
{
	size_t last = first;
	for (size_t line = first; line < p->file->lines.n && line <= last + 2 * CONTEXT; line++)
		if (is_touched(p, line))
			last = line;
	return last + 1 + CONTEXT < p->file->lines.n ? last + 1 + CONTEXT : p->file->lines.n;
}

static size_t
put_hunk(struct patching *p, size_t touched)
{
	size_t from = touched > CONTEXT ? touched - CONTEXT : 0, to = hunk_end(p, touched);
	strbuf_printf(p->into, "@@ -%zu,%zu +%zu,%zu @@\n", from + 1, to - from, new_lines(p, 0, from) + 1, new_lines(p, from, to));
	for (size_t line = from; line < to; line++)
		put_hunk_line(p, line);
	if (to == p->file->lines.n)
		vec_each (&p->added, line)
			put_line(p, '+', *line, false);
	return to;
}

static void
put_hunks(struct patching *p, struct slice name)
{
	bool any = false;
	for (size_t line = 0; line < p->file->lines.n;) {
		if (!is_touched(p, line)) {
			line++;
			continue;
		}
		if (!any)
			strbuf_printf(p->into, "--- a/%.*s\n+++ b/%.*s\n", SLICE_ARG(name), SLICE_ARG(name));
		any = true;
		line = put_hunk(p, line);
	}
}

int
dockerfile_patch(const struct dockerfile *file, struct slice name, const struct fix_changes *changes, const struct script *script, struct strbuf *into,
                 struct plim_error *err)
{
	struct patching p = { .file = file, .into = into, .edits = arena_make_array(file->arena, file->lines.n + 1, struct line_edit) };
	if (p.edits == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < file->instructions.n; i++)
		edit_instruction(&p, &file->instructions.at[i], changes);
	int r = edit_bases(&p, changes, err);
	if (r == 0)
		r = add_all(&p, script, err);
	if (r == 0)
		r = end_last(&p, err);
	if (r == 0)
		put_hunks(&p, name);
	vec_done(&p.added);
	return r < 0 || !into->failed ? r : error_nomem(err);
}
