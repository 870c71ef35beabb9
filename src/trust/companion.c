/* SPDX-License-Identifier: Apache-2.0 */
/* What a key may sign: read, written, and held against an order. */
#include "trust/companion.h"

#include "base/date.h"
#include "base/error.h"
#include "base/glob.h"
#include "base/limits.h"
#include "codec/yaml.h"
#include "codec/yaml_write.h"

#define VERSION "v1"

static const char *const role_names[KEY_ROLE_COUNT] = {
	[KEY_ROLE_NONE] = "none", [KEY_APPROVES] = "approve", [KEY_EVIDENCES] = "evidence", [KEY_DENIES] = "deny", [KEY_DATA] = "data", [KEY_EXCEPTS] = "exceptions",
	[KEY_ASSIGNS] = "assign",
};

const char *
key_role_name(enum key_role role)
{
	return role_names[role];
}

bool
key_role_parse(struct slice name, enum key_role *out)
{
	for (enum key_role role = KEY_APPROVES; role < KEY_ROLE_COUNT; role++)
		if (slice_is(name, role_names[role]))
			return *out = role, true;
	return false;
}

struct reading {
	const struct yaml_document *doc;
	struct arena *arena;
	struct companion *out;
};

static int
text_of(struct reading *in, const struct yaml_node *node, struct slice *out, struct plim_error *err)
{
	if (node->kind != YAML_SCALAR || node->text.n == 0)
		return yaml_error(in->doc, node, err, "a text is needed here, not %s", yaml_kind_name(node->kind));
	*out = node->text;
	return 0;
}

/* One text, or a list of some. */
static int
texts_of(struct reading *in, const struct yaml_node *node, struct slice **out, size_t *out_count, struct plim_error *err)
{
	bool is_list = node->kind == YAML_SEQUENCE;
	size_t n = is_list ? node->n : 1;
	struct slice *texts = arena_make_array(in->arena, n, struct slice);
	if (texts == NULL)
		return error_nomem(err);
	if (n == 0)
		return yaml_error(in->doc, node, err, "an empty list allows nothing");
	for (size_t i = 0; i < n; i++) {
		int r = text_of(in, is_list ? node->items[i] : node, &texts[i], err);
		if (r < 0)
			return r;
	}
	*out = texts;
	*out_count = n;
	return 0;
}

static int
read_version(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	struct slice text = SLICE_NONE;
	int r = text_of(in, node, &text, err);
	if (r == 0 && !slice_is(text, VERSION))
		r = yaml_error(in->doc, node, err, "only version " VERSION " is read here");
	return r;
}

static int
read_key(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	struct slice text = SLICE_NONE;
	int r = text_of(in, node, &text, err);
	if (r == 0 && (!digest_parse(text, &in->out->key) || in->out->key.algorithm != DIGEST_SHA256))
		r = yaml_error(in->doc, node, err, "the id of a key is needed here, sha256:...");
	return r;
}

static int
read_role(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	struct slice text = SLICE_NONE;
	int r = text_of(in, node, &text, err);
	if (r == 0 && !key_role_parse(text, &in->out->role))
		r = yaml_error(in->doc, node, err, "'approve', 'evidence', 'deny', 'data', 'exceptions' or 'assign' is needed here");
	return r;
}

static int
read_policies(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	struct slice *texts;
	size_t n;
	int r = texts_of(in, node, &texts, &n, err);
	if (r < 0)
		return r;
	if (node->kind == YAML_SCALAR && slice_is(node->text, "any"))
		return in->out->any_policy = true, 0;
	struct digest *policies = arena_make_array(in->arena, n, struct digest);
	if (policies == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		if (!digest_parse(texts[i], &policies[i]))
			return yaml_error(in->doc, node->kind == YAML_SEQUENCE ? node->items[i] : node, err, "the digest of a policy is needed here, sha256:..., or the word 'any'");
	in->out->policies = policies;
	in->out->policy_count = n;
	return 0;
}

static int
read_repositories(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	struct slice *texts;
	int r = texts_of(in, node, &texts, &in->out->repository_count, err);
	if (r == 0)
		in->out->repositories = texts;
	return r;
}

static int
read_day(struct reading *in, const struct yaml_node *node, int64_t *out, struct plim_error *err)
{
	struct slice text = SLICE_NONE;
	int r = text_of(in, node, &text, err);
	if (r == 0 && !date_parse_day(text, out))
		r = yaml_error(in->doc, node, err, "a day is needed here, YYYY-MM-DD");
	return r;
}

static int
read_from(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	return read_day(in, node, &in->out->from, err);
}

static int
read_until(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	return read_day(in, node, &in->out->until, err);
}

enum { ROLE_APPROVE = 1 << KEY_APPROVES, ROLE_EVIDENCE = 1 << KEY_EVIDENCES, ROLE_ALL = ROLE_APPROVE | ROLE_EVIDENCE | 1 << KEY_DENIES | 1 << KEY_DATA | 1 << KEY_EXCEPTS | 1 << KEY_ASSIGNS };

static const struct field {
	const char *name;
	int (*read)(struct reading *in, const struct yaml_node *node, struct plim_error *err);
	bool needed;           /* by the roles that know it */
	unsigned roles;
} fields[] = {
	{ "plimsoll_key", read_version, true, ROLE_ALL },
	{ "key", read_key, false, ROLE_ALL },
	{ "role", read_role, true, ROLE_ALL },
	{ "policies", read_policies, true, ROLE_APPROVE },
	{ "repositories", read_repositories, true, ROLE_APPROVE | ROLE_EVIDENCE },
	{ "from", read_from, false, ROLE_ALL },
	{ "until", read_until, false, ROLE_ALL },
	{ NULL, NULL, false, 0 },
};

static const struct field *
field_find(struct slice name)
{
	for (const struct field *field = fields; field->name; field++)
		if (slice_is(name, field->name))
			return field;
	return NULL;
}

static int
unknown_error(struct reading *in, const struct yaml_node *key, struct plim_error *err)
{
	const char *names[sizeof fields / sizeof *fields] = { NULL };
	for (size_t i = 0; fields[i].name; i++)
		names[i] = fields[i].name;
	const char *nearest = name_nearest(key->text, names);
	if (nearest)
		return yaml_error(in->doc, key, err, "unknown key '%.*s'; did you mean '%s'?", SLICE_ARG(slice_first(key->text, 80)), nearest);
	return yaml_error(in->doc, key, err, "unknown key '%.*s'", SLICE_ARG(slice_first(key->text, 80)));
}

static int
read_fields(struct reading *in, const struct yaml_node *root, struct plim_error *err)
{
	if (root->kind != YAML_MAPPING)
		return yaml_error(in->doc, root, err, "a mapping is needed here, not %s", yaml_kind_name(root->kind));
	for (size_t i = 0; i < root->n; i++) {
		const struct field *field = field_find(root->keys[i]->text);
		int r = field ? field->read(in, root->items[i], err) : unknown_error(in, root->keys[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Each role has its own keys: one that another role knows would seem to bind and would not. */
static int
check_fields(struct reading *in, const struct yaml_node *root, struct plim_error *err)
{
	const char *role = key_role_name(in->out->role);
	for (const struct field *field = fields; field->name; field++) {
		const struct yaml_node *there = yaml_get(root, field->name);
		bool known = in->out->role == KEY_ROLE_NONE || field->roles & (1u << in->out->role);
		if (there && !known)
			return yaml_error(in->doc, there, err, "'%s' says nothing of a key whose role is '%s'", field->name, role);
		if (there == NULL && known && field->needed)
			return yaml_error(in->doc, root, err, "'%s' is missing", field->name);
	}
	if (in->out->from != DATE_NONE && in->out->until != DATE_NONE && in->out->from > in->out->until)
		return yaml_error(in->doc, yaml_get(root, "until"), err, "it ends before it begins");
	return 0;
}

int
companion_parse(struct slice name, struct slice text, struct arena *arena, struct companion **out, struct plim_error *err)
{
	struct yaml_document *doc;
	struct companion *found = arena_make(arena, struct companion);
	int r = found ? yaml_parse(name, text, arena, &doc, err) : error_nomem(err);
	if (r < 0)
		return r;
	struct reading in = { doc, arena, found };
	*found = (struct companion){ .from = DATE_NONE, .until = DATE_NONE };
	r = read_fields(&in, doc->root, err);
	if (r == 0)
		r = check_fields(&in, doc->root, err);
	if (r == 0)
		*out = found;
	return r;
}

static void
put_policies(const struct companion *companion, struct strbuf *into)
{
	char text[DIGEST_TEXT_SIZE];
	strbuf_puts(into, companion->any_policy ? "policies: any\n" : "policies:\n");
	for (size_t i = 0; !companion->any_policy && i < companion->policy_count; i++)
		strbuf_printf(into, "  - %s\n", digest_text(&companion->policies[i], text));
}

static void
put_repositories(const struct companion *companion, struct strbuf *into)
{
	strbuf_puts(into, "repositories:\n");
	for (size_t i = 0; i < companion->repository_count; i++) {
		strbuf_puts(into, "  - ");
		yaml_put_text(into, companion->repositories[i], true);
		strbuf_putc(into, '\n');
	}
}

static void
put_day(const char *name, int64_t day, struct strbuf *into)
{
	char text[DATE_TEXT_SIZE];
	if (day != DATE_NONE)
		strbuf_printf(into, "%s: %s\n", name, date_day_text(day, text));
}

void
companion_write(const struct companion *companion, struct strbuf *into)
{
	char text[DIGEST_TEXT_SIZE];
	strbuf_puts(into, "plimsoll_key: " VERSION "\n");
	if (companion->key.algorithm != DIGEST_NONE)
		strbuf_printf(into, "key: %s\n", digest_text(&companion->key, text));
	strbuf_printf(into, "role: %s\n", key_role_name(companion->role));
	if (companion->role == KEY_APPROVES)
		put_policies(companion, into);
	if (companion->role == KEY_APPROVES || companion->role == KEY_EVIDENCES)
		put_repositories(companion, into);
	put_day("from", companion->from, into);
	put_day("until", companion->until, into);
}

void
companion_path(struct slice key_path, struct strbuf *into)
{
	(void)(slice_skip_end(&key_path, SLICE(".key")) || slice_skip_end(&key_path, SLICE(".pub")) || slice_skip_end(&key_path, SLICE(".crt")));
	strbuf_put(into, key_path);
	strbuf_puts(into, ".may.yaml");
}

/* Without memory of its own: what cannot be told here would be let in by some that ask, and kept out by others. */
bool
repository_matches(struct slice glob, struct slice repository)
{
	size_t g = 0, at = 0, star = SIZE_MAX, from = 0;
	while (at < repository.n) {
		if (g < glob.n && glob.p[g] == '*') {
			star = g++;
			from = at;
		} else if (g < glob.n && (glob.p[g] == repository.p[at] || (glob.p[g] == '?' && repository.p[at] != '/'))) {
			g++;
			at++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			at = ++from;
		} else {
			return false;
		}
	}
	while (g < glob.n && glob.p[g] == '*')
		g++;
	return repository.n > 0 && g == glob.n;
}

int
companion_allows_role(const struct companion *companion, enum key_role role, struct plim_error *err)
{
	if (companion->role == role)
		return 0;
	return error_set(err, PLIM_EUSAGE, "the key's role is '%s', this needs '%s'", key_role_name(companion->role), key_role_name(role));
}

int
companion_allows_day(const struct companion *companion, int64_t day, struct plim_error *err)
{
	char text[DATE_TEXT_SIZE];
	if (companion->from != DATE_NONE && day < companion->from)
		return error_set(err, PLIM_EUSAGE, "the key may sign from %s on", date_day_text(companion->from, text));
	if (companion->until != DATE_NONE && day > companion->until)
		return error_set(err, PLIM_EUSAGE, "the key could sign until %s", date_day_text(companion->until, text));
	return 0;
}

int
companion_allows_repository(const struct companion *companion, struct slice repository, struct plim_error *err)
{
	for (size_t i = 0; i < companion->repository_count; i++)
		if (repository_matches(companion->repositories[i], repository))
			return 0;
	return error_set(err, PLIM_EUSAGE, "the key may not sign for %.*s", SLICE_ARG(slice_first(repository, 300)));
}

int
companion_allows_policy(const struct companion *companion, const struct digest *policy, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	if (policy->algorithm == DIGEST_NONE)
		return error_set(err, PLIM_EUSAGE, "an approval needs the digest of its policy");
	for (size_t i = 0; i < companion->policy_count; i++)
		if (digest_eq(&companion->policies[i], policy))
			return 0;
	if (companion->any_policy)
		return 0;
	return error_set(err, PLIM_EUSAGE, "the key may not sign for the policy %s", digest_text(policy, text));
}
