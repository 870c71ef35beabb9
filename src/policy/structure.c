/* SPDX-License-Identifier: Apache-2.0 */
/* container-structure-test: what its tests say of this image, as its own drivers would find it. */
#include "policy/structure.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "policy/tests.h"

static struct test
test_named(struct tests *tests, const struct test_file *file, struct slice name)
{
	return (struct test){
		.tests = tests, .terms = &file->terms, .id = judge_text(tests->judging, "structure/%.*s", SLICE_ARG(name)), .title = name,
		.out_of_scope = inventory_is_document(tests->judging->inventory) ? SLICE("a bill of materials does not tell it") : SLICE_NONE,
	};
}

static bool
is_settled(const struct test *test)
{
	return test->out_of_scope.n || test->doubt.n;
}

/* Variables. */

/* The last of a name counts. */
static bool
env_find(const struct image_config *config, struct slice key, struct slice *value)
{
	struct slice name, rest;
	for (size_t i = config->env.n; i-- > 0;)
		if (slice_cut(config->env.at[i], '=', &name, &rest) && slice_eq(name, key)) {
			*value = rest;
			return true;
		}
	return false;
}

/* Those of the file are set over the image's; one that neither has is empty. */
static struct slice
variable_of(const struct test *test, const struct test_file *file, struct slice name)
{
	const struct structure_tests *all = file->tests;
	struct slice value = SLICE("");
	for (size_t i = all->globals.n; i-- > 0;)
		if (slice_eq(all->globals.at[i].key, name))
			return all->globals.at[i].value;
	env_find(test->tests->judging->inventory->image->config, name, &value);
	return value;
}

static size_t
name_length(struct slice text)
{
	size_t n = 0;
	while (n < text.n && (text.p[n] == '_' || (text.p[n] >= 'a' && text.p[n] <= 'z') || (text.p[n] >= 'A' && text.p[n] <= 'Z') ||
	                      (n > 0 && text.p[n] >= '0' && text.p[n] <= '9')))
		n++;
	return n;
}

/* "$NAME" or "${NAME}" at the beginning of `rest`, which is moved behind it. */
static bool
take_variable(struct slice *rest, struct slice *name)
{
	struct slice text = slice_from(*rest, 1);
	bool braced = slice_skip(&text, SLICE("{"));
	*name = slice_first(text, name_length(text));
	text = slice_from(text, name->n);
	if (name->n == 0 || (braced && !slice_skip(&text, SLICE("}"))))
		return false;
	*rest = text;
	return true;
}

static void
put_expanded(struct test *test, const struct test_file *file, struct slice path, struct strbuf *out)
{
	while (path.n) {
		struct slice plain = slice_first(path, slice_find(path, '$')), name;
		strbuf_put(out, plain);
		path = slice_from(path, plain.n);
		if (path.n && take_variable(&path, &name)) {
			strbuf_put(out, variable_of(test, file, name));
		} else if (path.n) {
			test_doubt(test, UNKNOWN_UNREADABLE, SLICE("what stands behind a $ in its path is no name of a variable"));
			return;
		}
	}
}

/* Of tests of existence the path may have variables in it, the image's. */
static int
expand_path(struct test *test, const struct test_file *file, struct slice path, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf out = { 0 };
	test->path = path;
	if (slice_find(path, '$') == SIZE_MAX || is_settled(test))
		return 0;
	if (test->tests->judging->inventory->image == NULL) {
		test_doubt(test, UNKNOWN_UNREADABLE, SLICE("its path has variables of an image, and there is none"));
		return 0;
	}
	put_expanded(test, file, path, &out);
	if (test->doubt.n == 0)
		test->path = judge_text(test->tests->judging, "%.*s", SLICE_ARG(strbuf_slice(&out)));
	return test->path.p && !out.failed ? 0 : error_nomem(err);
}

/* existence */

/* As Go writes a mode: a letter for each of its bits, or one dash. */
static void
mode_text(const struct entry *entry, char out[static 16])
{
	static const char types[] = { [ENTRY_DIRECTORY] = 'd', [ENTRY_SYMLINK] = 'L', [ENTRY_FIFO] = 'p', [ENTRY_SOCKET] = 'S' };
	size_t n = 0;
	if (entry->type < sizeof types && types[entry->type])
		out[n++] = types[entry->type];
	if (entry->type == ENTRY_CHAR || entry->type == ENTRY_BLOCK)
		out[n++] = 'D';
	if (entry->mode & 04000)
		out[n++] = 'u';
	if (entry->mode & 02000)
		out[n++] = 'g';
	if (entry->type == ENTRY_CHAR)
		out[n++] = 'c';
	if (entry->mode & 01000)
		out[n++] = 't';
	if (n == 0)
		out[n++] = '-';
	for (unsigned bit = 0; bit < 9; bit++)
		out[n++] = entry->mode & (0400 >> bit) ? "rwx"[bit % 3] : '-';
	out[n] = '\0';
}

static int
judge_executable(struct test *test, const struct structure_existence *wanted, const struct entry *entry, const char *mode, struct plim_error *err)
{
	static const struct {
		const char *who;
		unsigned bits;
	} who[] = { { "any", 0111 }, { "owner", 0100 }, { "group", 0010 }, { "other", 0001 } };
	for (size_t i = 0; i < sizeof who / sizeof *who; i++)
		if (slice_is(wanted->executable_by, who[i].who) && !(entry->mode & who[i].bits))
			return test_fail(test, err, "it is not executable by %s: %s", who[i].who, mode);
	return 0;
}

static int
judge_attributes(struct test *test, const struct structure_existence *wanted, const struct node *node, struct plim_error *err)
{
	struct entry entry = node_entry(test->tests->judging->inventory->tree, node);
	char mode[16];
	mode_text(&entry, mode);
	int r = 0;
	if (wanted->permissions.n && !slice_is(wanted->permissions, mode))
		r = test_fail(test, err, "its mode is %s, and not %.*s", mode, SLICE_ARG(wanted->permissions));
	if (r == 0)
		r = judge_executable(test, wanted, &entry, mode, err);
	if (r == 0 && wanted->uid != -1 && entry.uid != wanted->uid)
		r = test_fail(test, err, "its owner is %ju, and not %jd", (uintmax_t)entry.uid, (intmax_t)wanted->uid);
	if (r == 0 && wanted->gid != -1 && entry.gid != wanted->gid)
		r = test_fail(test, err, "its group is %ju, and not %jd", (uintmax_t)entry.gid, (intmax_t)wanted->gid);
	return r;
}

static int
judge_existence(struct tests *tests, const struct test_file *file, const struct structure_existence *wanted, struct plim_error *err)
{
	struct test test = test_named(tests, file, wanted->name);
	const struct node *node;
	struct slice reason;
	int r = expand_path(&test, file, wanted->path, err);
	if (r < 0 || is_settled(&test))
		return r < 0 ? r : test_end(&test, err);
	enum seen seen = test_look(tests->judging, test.path, &node, &reason);
	if (seen == SEEN_UNKNOWN)
		test_doubt(&test, UNKNOWN_UNREADABLE, reason);
	else if (wanted->absent && seen == SEEN_THERE)
		r = test_fail(&test, err, "it is there, and should not be");
	else if (!wanted->absent && seen == SEEN_NOT)
		r = test_fail(&test, err, "it is not there");
	else if (!wanted->absent)
		r = judge_attributes(&test, wanted, node, err);
	return r < 0 ? r : test_end(&test, err);
}

/* content */

static int
judge_patterns(struct test *test, const struct patterns *patterns, bool expected, struct slice content, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < patterns->n; i++) {
		int found = regex_find(patterns->at[i].regex, content);
		if (found < 0)
			test_doubt(test, UNKNOWN_LIMIT, SLICE("a regular expression takes too long on its content: limit REGEX_STEPS"));
		else if (found != expected)
			r = test_fail(test, err, expected ? "nothing in it matches %.*s" : "it has what matches %.*s", SLICE_ARG(slice_first(patterns->at[i].text, 300)));
	}
	return r;
}

static int
judge_content(struct tests *tests, const struct test_file *file, const struct structure_content *wanted, struct plim_error *err)
{
	struct test test = test_named(tests, file, wanted->name);
	struct slice content, reason;
	test.path = wanted->path;
	if (is_settled(&test))
		return test_end(&test, err);
	enum seen seen = test_content(tests->judging, wanted->path, &content, &reason);
	int r = seen == SEEN_NOT ? test_fail(&test, err, "%.*s", SLICE_ARG(reason)) : 0;
	if (seen == SEEN_UNKNOWN)
		test_doubt(&test, UNKNOWN_UNREADABLE, reason);
	if (seen == SEEN_THERE)
		r = judge_patterns(&test, &wanted->expected, true, content, err);
	if (r == 0 && seen == SEEN_THERE)
		r = judge_patterns(&test, &wanted->excluded, false, content, err);
	return r < 0 ? r : test_end(&test, err);
}

/* metadata */

static bool
label_find(const struct image_config *config, struct slice key, struct slice *value)
{
	for (size_t i = 0; i < config->label_count; i++)
		if (slice_eq(config->labels[i].key, key)) {
			*value = config->labels[i].value;
			return true;
		}
	return false;
}

/* Values may be secrets, and are not told. */
static int
judge_pair(struct test *test, const char *what, const struct structure_pair *wanted, bool there, struct slice value, struct plim_error *err)
{
	test->setting = judge_text(test->tests->judging, "%s:%.*s", what, SLICE_ARG(wanted->key));
	if (!there)
		return test_fail(test, err, "the %s %.*s is not set", what, SLICE_ARG(wanted->key));
	int matches = wanted->regex ? regex_find(wanted->regex, value) : slice_eq(wanted->value, value);
	if (matches < 0)
		test_doubt(test, UNKNOWN_LIMIT, SLICE("a regular expression takes too long on a value: limit REGEX_STEPS"));
	return matches ? 0 : test_fail(test, err, "the %s %.*s has another value", what, SLICE_ARG(wanted->key));
}

static int
judge_pairs(struct test *test, const struct structure_metadata *wanted, const struct image_config *config, struct plim_error *err)
{
	struct slice value = SLICE("");
	int r = 0;
	for (size_t i = 0; r == 0 && i < wanted->env.n; i++) {
		bool there = env_find(config, wanted->env.at[i].key, &value);
		r = judge_pair(test, "env", &wanted->env.at[i], there, value, err);
	}
	for (size_t i = 0; r == 0 && i < wanted->labels.n; i++) {
		bool there = label_find(config, wanted->labels.at[i].key, &value);
		r = judge_pair(test, "label", &wanted->labels.at[i], there, value, err);
	}
	for (size_t i = 0; r == 0 && i < wanted->unbound.n; i++) {
		test->setting = judge_text(test->tests->judging, "env:%.*s", SLICE_ARG(wanted->unbound.at[i].key));
		if (env_find(config, wanted->unbound.at[i].key, &value))
			r = test_fail(test, err, "the env %.*s is set, and should not be", SLICE_ARG(wanted->unbound.at[i].key));
	}
	return r;
}

/* Ports of the image without their protocol, as the tests spell them. */
static bool
declares(const struct string_list *list, struct slice name, bool ports)
{
	for (size_t i = 0; i < list->n; i++) {
		struct slice own = list->at[i], rest;
		if (ports)
			slice_cut(list->at[i], '/', &own, &rest);
		if (slice_eq(own, name))
			return true;
	}
	return false;
}

static int
judge_declared(struct test *test, const char *what, const struct string_list *list, const struct slice_list *names, bool wanted, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < names->n; i++) {
		test->setting = judge_text(test->tests->judging, "%s:%.*s", what, SLICE_ARG(names->at[i]));
		if (declares(list, names->at[i], *what == 'p') != wanted)
			r = test_fail(test, err, wanted ? "the %s %.*s is not declared" : "the %s %.*s is declared, and should not be", what, SLICE_ARG(names->at[i]));
	}
	return r;
}

static int
judge_command(struct test *test, const char *what, const struct string_list *own, const struct structure_list *wanted, struct plim_error *err)
{
	bool same = own->n == wanted->list.n;
	for (size_t i = 0; same && i < own->n; i++)
		same = slice_eq(own->at[i], wanted->list.at[i]);
	test->setting = slice_of(what);
	return wanted->set && !same ? test_fail(test, err, "the %s is another", what) : 0;
}

static int
judge_word(struct test *test, const char *what, struct slice own, struct slice wanted, struct plim_error *err)
{
	test->setting = slice_of(what);
	if (wanted.n == 0 || slice_eq(own, wanted))
		return 0;
	return test_fail(test, err, "the %s is '%.*s', and not '%.*s'", what, SLICE_ARG(slice_first(own, 200)), SLICE_ARG(slice_first(wanted, 200)));
}

static int
judge_settings(struct test *test, const struct structure_metadata *wanted, const struct image_config *config, struct plim_error *err)
{
	int r = judge_pairs(test, wanted, config, err);
	r = r < 0 ? r : judge_declared(test, "port", &config->ports, &wanted->ports, true, err);
	r = r < 0 ? r : judge_declared(test, "port", &config->ports, &wanted->no_ports, false, err);
	r = r < 0 ? r : judge_declared(test, "volume", &config->volumes, &wanted->volumes, true, err);
	r = r < 0 ? r : judge_declared(test, "volume", &config->volumes, &wanted->no_volumes, false, err);
	r = r < 0 ? r : judge_command(test, "entrypoint", &config->entrypoint, &wanted->entrypoint, err);
	r = r < 0 ? r : judge_command(test, "cmd", &config->cmd, &wanted->cmd, err);
	r = r < 0 ? r : judge_word(test, "workdir", config->working_dir, wanted->workdir, err);
	return r < 0 ? r : judge_word(test, "user", config->user, wanted->user, err);
}

static int
judge_metadata_test(struct tests *tests, const struct test_file *file, const struct structure_metadata *wanted, struct plim_error *err)
{
	struct test test = test_named(tests, file, SLICE("metadata"));
	const struct image *image = tests->judging->inventory->image;
	test.title = SLICE("Metadata");
	if (image == NULL)
		test.out_of_scope = judge_text(tests->judging, "%s does not have it", inventory_kind_words(inventory_kind(tests->judging->inventory)));
	int r = is_settled(&test) ? 0 : judge_settings(&test, wanted, image->config, err);
	return r < 0 ? r : test_end(&test, err);
}

/* licences: words of texts, in any case, that may not be there */

static bool
has_word(struct slice text, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= text.n; i++)
		if (slice_eq_nocase(slice_first(slice_from(text, i), n), slice_of(word)))
			return true;
	return false;
}

static int
judge_license_file(struct test *test, struct slice path, struct plim_error *err)
{
	static const char *const words[] = { "AGPL", "WTFPL" };
	struct slice content, reason;
	enum seen seen = test_content(test->tests->judging, path, &content, &reason);
	test->path = path;
	if (seen == SEEN_NOT)
		return test_fail(test, err, "%.*s", SLICE_ARG(reason));
	if (seen == SEEN_UNKNOWN)
		test_doubt(test, UNKNOWN_UNREADABLE, judge_text(test->tests->judging, "%.*s: %.*s", SLICE_ARG(path), SLICE_ARG(reason)));
	for (size_t i = 0; seen == SEEN_THERE && i < sizeof words / sizeof *words; i++)
		if (has_word(content, words[i]))
			return test_fail(test, err, "its licence has %s in it", words[i]);
	return 0;
}

#define DOC_DIRECTORY "/usr/share/doc"

static const struct node *
doc_directory(const struct inventory *inventory)
{
	const struct node *node = tree_resolve(inventory->tree, SLICE(DOC_DIRECTORY));
	return node && node_entry_type(inventory->tree, node) == ENTRY_DIRECTORY ? node : NULL;
}

/* Directories of packages, and not of the one that container-structure-test excepts. */
static bool
has_copyright(const struct inventory *inventory, const struct node *node)
{
	return node_entry_type(inventory->tree, node) == ENTRY_DIRECTORY && !slice_is(node->name, "libgnutls30");
}

static int
judge_copyrights(struct test *test, struct plim_error *err)
{
	const struct judging *judging = test->tests->judging;
	const struct node *docs = doc_directory(judging->inventory);
	int r = docs ? 0 : test_fail(test, err, "there is no directory " DOC_DIRECTORY);
	for (size_t i = 0; r == 0 && docs && i < docs->child_count; i++)
		if (has_copyright(judging->inventory, docs->children[i]))
			r = judge_license_file(test, judge_text(test->tests->judging, DOC_DIRECTORY "/%.*s/copyright", SLICE_ARG(docs->children[i]->name)), err);
	return r;
}

static int
judge_license(struct tests *tests, const struct test_file *file, const struct structure_license *wanted, struct plim_error *err)
{
	struct test test = test_named(tests, file, SLICE("licenses"));
	struct slice reason;
	test.title = SLICE("Licences");
	if (!is_settled(&test) && judge_has_hole(tests->judging, &reason))
		test_doubt(&test, UNKNOWN_UNREADABLE, reason);
	int r = !is_settled(&test) && wanted->debian ? judge_copyrights(&test, err) : 0;
	for (size_t i = 0; r == 0 && test.out_of_scope.n == 0 && i < wanted->files.n; i++)
		r = judge_license_file(&test, wanted->files.at[i], err);
	return r < 0 ? r : test_end(&test, err);
}

/* all */

static int
judge_command_test(struct tests *tests, const struct test_file *file, struct slice name, struct plim_error *err)
{
	struct test test = test_named(tests, file, name);
	if (!is_settled(&test))
		test_doubt(&test, UNKNOWN_NOT_RUN, SLICE("it runs a command, and nothing of an image is ever started"));
	return test_end(&test, err);
}

int
structure_judge(struct tests *tests, const struct test_file *file, struct plim_error *err)
{
	const struct structure_tests *all = file->tests;
	int r = 0;
	for (size_t i = 0; r == 0 && i < all->commands.n; i++)
		r = judge_command_test(tests, file, all->commands.at[i], err);
	for (size_t i = 0; r == 0 && i < all->content.n; i++)
		r = judge_content(tests, file, &all->content.at[i], err);
	for (size_t i = 0; r == 0 && i < all->existence.n; i++)
		r = judge_existence(tests, file, &all->existence.at[i], err);
	for (size_t i = 0; r == 0 && i < all->licenses.n; i++)
		r = judge_license(tests, file, &all->licenses.at[i], err);
	return r == 0 && all->has_metadata ? judge_metadata_test(tests, file, &all->metadata, err) : r;
}

static int
miss_copyrights(const struct inventory *inventory, struct tests *into, struct plim_error *err)
{
	const struct node *docs = doc_directory(inventory);
	int r = 0;
	for (size_t i = 0; r == 0 && docs && i < docs->child_count; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		if (!has_copyright(inventory, docs->children[i]))
			continue;
		strbuf_puts(&path, DOC_DIRECTORY "/");
		strbuf_put(&path, docs->children[i]->name);
		strbuf_puts(&path, "/copyright");
		r = path.failed ? error_nomem(err) : test_miss(inventory, into, strbuf_slice(&path), err);
	}
	return r;
}

int
structure_missed(const struct inventory *inventory, struct tests *into, const struct test_file *file, struct plim_error *err)
{
	const struct structure_tests *all = file->tests;
	int r = 0;
	for (size_t i = 0; r == 0 && i < all->content.n; i++)
		r = test_miss(inventory, into, all->content.at[i].path, err);
	for (size_t i = 0; r == 0 && i < all->licenses.n; i++) {
		r = all->licenses.at[i].debian ? miss_copyrights(inventory, into, err) : 0;
		for (size_t k = 0; r == 0 && k < all->licenses.at[i].files.n; k++)
			r = test_miss(inventory, into, all->licenses.at[i].files.at[k], err);
	}
	return r;
}
