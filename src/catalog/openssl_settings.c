/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What OpenSSL's configuration says, config(5), as OpenSSL 3 reads it: includes as if their text stood there, variables as they are
 * set by then, the last value of a key.  One line that it refuses makes it refuse all.
 */
#include "catalog/derived.h"
#include "catalog/openssl_conf.h"

#include "base/map.h"
#include "catalog/resolver.h"

#include <stdarg.h>
#include <stdio.h>

/* OpenSSL itself has no bound; it reads on until it has no more descriptors. */
#define INCLUDE_DEPTH_COUNT 16
/* Of OpenSSL: one value. */
#define VALUE_BYTES 65536

struct setting {
	struct slice section, key, value;
	const struct node *node;
	uint32_t line;
	bool replaced;
};

struct openssl_reader {
	struct deriving *deriving;
	struct slice config;            /* path of the main file */
	struct slice section;
	VEC(struct setting) settings;
	struct map by_name;             /* "SECTION\0KEY": place in `settings`, from 1 */
	struct map sections;            /* those that there are: their role, or "" */
	bool dollar_in_names, absolute_only;
	struct slice include_directory; /* absent: none */
	struct slice refused;           /* why there is no configuration; absent while there is */
	const struct node *refused_at;
	int depth;
};

static bool
is_done(const struct openssl_reader *reader)
{
	return reader->refused.p || reader->deriving->failed;
}

__attribute__((format(printf, 4, 5))) static void
refuse(struct openssl_reader *reader, const struct node *node, uint32_t line, const char *format, ...)
{
	char why[256];
	va_list args;
	va_start(args, format);
	vsnprintf(why, sizeof why, format, args);
	va_end(args);
	struct slice path = derive_path(reader->deriving, node);
	reader->refused = arena_printf(reader->deriving->inventory->arena, "%.*s: line %u: %s", SLICE_ARG(path), line, why);
	reader->refused_at = node;
	if (reader->refused.p == NULL)
		derive_no_memory(reader->deriving);
}

/* names and values */

static bool
is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* A name with its escapes, taken from the front. */
static struct slice
name_take(const struct openssl_reader *reader, struct slice *rest)
{
	size_t n = 0;
	while (n < rest->n && (is_word_byte(rest->p[n]) || strchr("!.%&*+,/;?@^~|-\\", rest->p[n]) || (reader->dollar_in_names && rest->p[n] == '$')))
		n += rest->p[n] == '\\' && n + 1 < rest->n ? 2 : 1;
	struct slice name = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return name;
}

static void **
setting_place(struct openssl_reader *reader, struct slice section, struct slice key)
{
	struct slice kept = derive_key(reader->deriving, section, key);
	void **place = kept.p ? map_place(&reader->by_name, kept) : NULL;
	if (place == NULL)
		derive_no_memory(reader->deriving);
	return place;
}

/* False where it has none. */
static bool
setting_find(struct openssl_reader *reader, struct slice section, struct slice key, struct slice *out)
{
	void **place = setting_place(reader, section, key);
	if (place == NULL || *place == NULL)
		return false;
	*out = reader->settings.at[(size_t)(uintptr_t)*place - 1].value;
	return true;
}

static bool
environment_find(const struct inventory *inventory, struct slice name, struct slice *out)
{
	const struct string_list *list = inventory->image && inventory->image->config ? &inventory->image->config->env : NULL;
	for (size_t i = 0; list && i < list->n; i++) {
		struct slice key, value;
		if (slice_cut(list->at[i], '=', &key, &value) && slice_eq(key, name)) {
			*out = value;
			return true;
		}
	}
	return false;
}

static struct slice
word_take(const struct openssl_reader *reader, struct slice *rest)
{
	size_t n = 0;
	while (n < rest->n && (is_word_byte(rest->p[n]) || (reader->dollar_in_names && rest->p[n] == '$')))
		n++;
	struct slice word = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return word;
}

/* $NAME, ${NAME}, $(SECTION::NAME): NULL, or what is wrong with it.  What nobody can know before it runs stays as it is written. */
static const char *
put_variable(struct openssl_reader *reader, struct slice section, struct slice *rest, struct strbuf *into)
{
	struct slice from = *rest, value;
	slice_skip(rest, SLICE("$"));
	const char *close = slice_skip(rest, SLICE("{")) ? "}" : slice_skip(rest, SLICE("(")) ? ")" : "";
	struct slice name = word_take(reader, rest);
	bool named = slice_skip(rest, SLICE("::"));
	if (named) {
		section = name;
		name = word_take(reader, rest);
	}
	if (!slice_skip(rest, slice_of(close)))
		return "a brace that does not close";
	bool environment = named && slice_is(section, "ENV");
	if (setting_find(reader, section, name, &value) || (environment && environment_find(reader->deriving->inventory, name, &value)) ||
	    setting_find(reader, SLICE("default"), name, &value)) {
		strbuf_put(into, value);
		return into->n > VALUE_BYTES ? "a value that is too long" : NULL;
	}
	if (!environment)
		return "a variable without a value";
	strbuf_put(into, slice_first(from, from.n - rest->n));
	return NULL;
}

static char
escaped(char c)
{
	switch (c) {
	case 'r': return '\r';
	case 'n': return '\n';
	case 'b': return '\b';
	case 't': return '\t';
	default: return c;
	}
}

/* Between quotes only the escape and the quote mean something. */
static void
put_quoted(struct slice *rest, struct strbuf *into)
{
	char quote = rest->p[0];
	*rest = slice_from(*rest, 1);
	while (rest->n && rest->p[0] != quote) {
		if (rest->p[0] == '\\')
			*rest = slice_from(*rest, 1);
		if (rest->n)
			strbuf_putc(into, rest->p[0]);
		*rest = slice_from(*rest, 1);
	}
	*rest = slice_from(*rest, 1);
}

static const char *
put_value(struct openssl_reader *reader, struct slice section, struct slice text, struct strbuf *into)
{
	const char *wrong = NULL;
	while (text.n && wrong == NULL) {
		bool braced = text.n > 1 && (text.p[1] == '{' || text.p[1] == '(');
		if (openssl_is_quote(text.p[0])) {
			put_quoted(&text, into);
		} else if (text.p[0] == '$' && (!reader->dollar_in_names || braced)) {
			wrong = put_variable(reader, section, &text, into);
		} else if (text.p[0] == '\\') {
			if (text.n > 1)
				strbuf_putc(into, escaped(text.p[1]));
			text = slice_from(text, 2);
		} else {
			strbuf_putc(into, text.p[0]);
			text = slice_from(text, 1);
		}
	}
	return wrong;
}

/* Expanded, in the arena; absent, and refused, where that cannot be. */
static struct slice
value_of(struct openssl_reader *reader, struct slice section, struct slice text, const struct node *node, uint32_t line)
{
	AUTO(strbuf) struct strbuf value = { 0 };
	const char *wrong = put_value(reader, section, text, &value);
	if (wrong) {
		refuse(reader, node, line, "%s", wrong);
		return SLICE_NONE;
	}
	if (value.failed)
		derive_no_memory(reader->deriving);
	return derive_text(reader->deriving, strbuf_slice(&value));
}

/* lines */

static void
note_section(struct openssl_reader *reader, struct slice section)
{
	void **place = map_place(&reader->sections, section);
	if (place == NULL)
		derive_no_memory(reader->deriving);
	else if (*place == NULL)
		*place = (void *)(uintptr_t)"";
}

static void
set(struct openssl_reader *reader, struct slice section, struct slice key, struct slice value, const struct node *node, uint32_t line)
{
	void **place = setting_place(reader, section, key);
	struct setting *added = place ? vec_push(&reader->settings) : NULL;
	if (added == NULL) {
		derive_no_memory(reader->deriving);
		return;
	}
	if (*place)
		reader->settings.at[(size_t)(uintptr_t)*place - 1].replaced = true;
	*place = (void *)(uintptr_t)reader->settings.n;
	*added = (struct setting){ section, key, value, node, line, false };
	note_section(reader, section);
}

static void
take_section(struct openssl_reader *reader, struct slice line, const struct node *node, uint32_t number)
{
	struct slice rest = slice_trim(slice_from(line, 1)), begin = rest;
	size_t end = 0;
	/* Names with blanks between. */
	for (;;) {
		size_t left = rest.n;
		name_take(reader, &rest);
		end = begin.n - rest.n;
		rest = slice_trim(rest);
		if (slice_starts(rest, SLICE("]")))
			break;
		if (rest.n == 0 || rest.n == left) {
			refuse(reader, node, number, "a section without its closing bracket");
			return;
		}
	}
	reader->section = value_of(reader, SLICE_NONE, slice_first(begin, end), node, number);
	if (reader->section.p)
		note_section(reader, reader->section);
}

static void take_file(struct openssl_reader *reader, const struct node *node);

static void
take_directory(struct openssl_reader *reader, const struct node *directory)
{
	const struct inventory *inventory = reader->deriving->inventory;
	for (uint32_t i = 0; i < directory->child_count && derive_step(reader->deriving) && !reader->refused.p; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		struct slice name = directory->children[i]->name, extension = slice_from(name, name.n > 5 ? name.n - 5 : 0);
		if ((name.n <= 5 || !slice_eq_nocase(extension, SLICE(".conf"))) && (name.n <= 4 || !slice_eq_nocase(slice_from(name, name.n - 4), SLICE(".cnf"))))
			continue;
		node_path(directory->children[i], &path);
		const struct node *file = path.failed ? NULL : tree_resolve(inventory->tree, strbuf_slice(&path));
		if (path.failed)
			derive_no_memory(reader->deriving);
		if (file)
			take_file(reader, file);
	}
}

/* A file that is not there is none to OpenSSL, too. */
static void
take_include(struct openssl_reader *reader, struct slice text, const struct node *node, uint32_t number)
{
	const struct inventory *inventory = reader->deriving->inventory;
	AUTO(strbuf) struct strbuf path = { 0 };
	struct slice value = value_of(reader, reader->section, text, node, number), directory;
	if (value.p == NULL)
		return;
	/* What put_variable left as it is written. */
	if (slice_find_text(value, SLICE("ENV::")) != SIZE_MAX) {
		refuse(reader, node, number, "it includes a file that the environment names");
		return;
	}
	bool absolute = slice_starts(value, SLICE("/"));
	if (!environment_find(inventory, SLICE("OPENSSL_CONF_INCLUDE"), &directory))
		directory = reader->include_directory;
	if (!absolute && directory.p) {
		strbuf_put(&path, directory);
		strbuf_putc(&path, '/');
	} else if (!absolute && reader->absolute_only) {
		refuse(reader, node, number, "a relative path");
		return;
	} else if (!absolute) {
		refuse(reader, node, number, "it includes a file that depends on the working directory");
		return;
	}
	strbuf_put(&path, value);
	const struct node *file = path.failed ? NULL : tree_resolve(inventory->tree, strbuf_slice(&path));
	if (path.failed)
		derive_no_memory(reader->deriving);
	else if (file && node_entry_type(inventory->tree, file) == ENTRY_DIRECTORY)
		take_directory(reader, file);
	else if (file)
		take_file(reader, file);
}

/* OpenSSL takes "on" and "true", and everything else for no. */
static bool
truth(struct slice value)
{
	return slice_is(value, "on") || slice_is(value, "true");
}

static void
take_pragma(struct openssl_reader *reader, struct slice text, const struct node *node, uint32_t number)
{
	struct slice name, value;
	if (!slice_cut(text, ':', &name, &value)) {
		refuse(reader, node, number, "a pragma without a colon");
		return;
	}
	name = slice_trim(name);
	value = slice_trim(value);
	if (slice_is(name, "dollarid"))
		reader->dollar_in_names = truth(value);
	else if (slice_is(name, "abspath"))
		reader->absolute_only = truth(value);
	else if (slice_is(name, "includedir"))
		reader->include_directory = value;
}

/* ".include FILE", ".include = FILE"; to OpenSSL ".includes" is the same, and the bare word is none. */
static bool
directive(const struct openssl_reader *reader, struct slice line, struct slice word, struct slice *text)
{
	*text = line;
	if (!slice_starts(name_take(reader, text), word) || line.n == word.n)
		return false;
	*text = slice_trim(*text);
	if (slice_skip(text, SLICE("=")))
		*text = slice_trim(*text);
	return true;
}

static void
take_setting(struct openssl_reader *reader, struct slice line, const struct node *node, uint32_t number)
{
	struct slice section = reader->section, rest = line, key = name_take(reader, &rest);
	if (slice_skip(&rest, SLICE("::"))) {
		section = key;
		key = name_take(reader, &rest);
	}
	rest = slice_trim(rest);
	if (!slice_skip(&rest, SLICE("="))) {
		refuse(reader, node, number, "a line without an equal sign");
		return;
	}
	struct slice value = value_of(reader, section, slice_trim(rest), node, number);
	if (value.p)
		set(reader, section, key, value, node, number);
}

static void
take_line(struct openssl_reader *reader, struct slice line, const struct node *node, uint32_t number)
{
	struct slice text;
	if (slice_starts(line, SLICE("[")))
		take_section(reader, line, node, number);
	else if (directive(reader, line, SLICE(".pragma"), &text))
		take_pragma(reader, text, node, number);
	else if (directive(reader, line, SLICE(".include"), &text))
		take_include(reader, text, node, number);
	else
		take_setting(reader, line, node, number);
}

static void
take_file(struct openssl_reader *reader, const struct node *node)
{
	const struct inventory *inventory = reader->deriving->inventory;
	const struct shown_row *rows;
	size_t n = rows_of_node(inventory, ROW_OPENSSL, node, &rows);
	if (reader->depth == INCLUDE_DEPTH_COUNT || (n == 0 && !node_was_read(inventory, node, &cataloger_openssl_conf))) {
		refuse(reader, node, 1, reader->depth == INCLUDE_DEPTH_COUNT ? "files include each other too deep" : "it was not read");
		return;
	}
	reader->depth++;
	for (size_t i = 0; i < n && derive_step(reader->deriving) && !is_done(reader); i++)
		take_line(reader, row_field(&rows[i], OPENSSL_TEXT), node, rows[i].row.line);
	reader->depth--;
}

/* roles: sections that others lead to, from openssl_conf on */

#define ROLE_DEPTH_COUNT 4

static void
find_roles(struct openssl_reader *reader, struct slice section, struct slice role, int depth)
{
	void **place = map_place(&reader->sections, section);
	if (place == NULL || *place == NULL || *(const char *)*place || depth == ROLE_DEPTH_COUNT)
		return;
	const char *text = arena_strz(reader->deriving->inventory->arena, role);
	if (text == NULL) {
		derive_no_memory(reader->deriving);
		return;
	}
	*place = (void *)(uintptr_t)text;
	for (size_t i = 0; i < reader->settings.n && derive_step(reader->deriving); i++) {
		const struct setting *setting = &reader->settings.at[i];
		if (setting->replaced || !slice_eq(setting->section, section) || setting->value.n == 0)
			continue;
		/* "ssl_conf.1" is another ssl_conf. */
		struct slice key = slice_first(setting->key, slice_find_last(setting->key, '.'));
		struct slice below = arena_printf(reader->deriving->inventory->arena, "%.*s/%.*s", SLICE_ARG(role), SLICE_ARG(key));
		if (below.p == NULL)
			derive_no_memory(reader->deriving);
		else if (map_find(&reader->sections, setting->value))
			find_roles(reader, setting->value, below, depth + 1);
	}
}

/* rows */

enum { OC_CONFIG, OC_SECTION, OC_KEY, OC_VALUE, OC_ROLE, OC_COUNT };

static void
put_rows(struct openssl_reader *reader)
{
	vec_each (&reader->settings, setting) {
		const char *role = map_find(&reader->sections, setting->section);
		const struct slice cells[OC_COUNT] = {
			[OC_CONFIG] = reader->config, [OC_SECTION] = setting->section, [OC_KEY] = setting->key, [OC_VALUE] = setting->value,
			[OC_ROLE] = role && *role ? slice_of(role) : SLICE_NONE,
		};
		if (!setting->replaced)
			derive_row(reader->deriving, DERIVED_OPENSSL_CONF, cells, OC_COUNT, setting->node, setting->line);
	}
}

static void
derive_config(struct deriving *deriving, struct slice path, const struct node *node)
{
	struct openssl_reader reader = { .deriving = deriving, .config = derive_text(deriving, path), .section = SLICE("default") };
	struct slice first;
	note_section(&reader, reader.section);
	take_file(&reader, node);
	if (!is_done(&reader) && setting_find(&reader, SLICE("default"), SLICE("openssl_conf"), &first))
		find_roles(&reader, first, SLICE("openssl_conf"), 0);
	if (reader.refused.p)
		derive_refused(deriving, DERIVED_OPENSSL_CONF, &reader.config, 1, reader.refused_at, reader.refused);
	else
		put_rows(&reader);
	vec_done(&reader.settings);
	map_done(&reader.by_name);
	map_done(&reader.sections);
}

void
derive_openssl_conf(struct deriving *deriving)
{
	/* Where distributions and OpenSSL's own make tell their libraries to look. */
	static const char *const mains[] = {
		"/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf", "/etc/ssl1.1/openssl.cnf", "/usr/lib/ssl/openssl.cnf", "/usr/local/ssl/openssl.cnf",
		"/usr/local/openssl/openssl.cnf",
	};
	const struct inventory *inventory = deriving->inventory;
	const struct node *seen[sizeof mains / sizeof *mains + 1];
	size_t n = 0;
	struct slice chosen = SLICE_NONE;
	/* Programs of the image are told otherwise. */
	environment_find(inventory, SLICE("OPENSSL_CONF"), &chosen);
	for (size_t i = 0; i <= sizeof mains / sizeof *mains; i++) {
		struct slice path = i ? slice_of(mains[i - 1]) : chosen;
		const struct node *node = path.n ? tree_resolve(inventory->tree, path) : NULL;
		bool again = node == NULL || node_entry_type(inventory->tree, node) == ENTRY_DIRECTORY;
		for (size_t before = 0; !again && before < n; before++)
			again = seen[before] == node;
		if (again)
			continue;
		seen[n++] = node;
		derive_config(deriving, path, node);
	}
}
