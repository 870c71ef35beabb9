/* SPDX-License-Identifier: Apache-2.0 */
/* The image's own settings: labels, user, entry point, ports, volumes, environment, health check, age. */
#include "policy/judge.h"

#include "base/date.h"
#include "base/error.h"
#include "base/glob.h"
#include "policy/runtime.h"

struct metadata_judging {
	struct judging *judging;
	const struct metadata *wanted;
	const struct image_config *config;
	struct runtime_user user;
};

struct words {
	const char *rule;
	enum severity severity;        /* SEVERITY_UNKNOWN: medium */
	struct slice setting;
	struct slice title, message, fix;
	struct slice path;             /* of a file that it is about */
	uint32_t layer;
};

static int
report(struct metadata_judging *m, const struct terms *terms, const struct words *words, struct plim_error *err)
{
	struct finding finding = {
		.rule = slice_of(words->rule), .area = AREA_METADATA, .severity = words->severity ? words->severity : SEVERITY_MEDIUM,
		.title = words->title, .message = words->message, .fix_command = words->fix, .evidence = EVIDENCE_NONE,
	};
	finding.evidence.setting = words->setting;
	finding.evidence.path = words->path;
	if (words->path.n)
		finding.evidence.layer = words->layer;
	return judge_entry(m->judging, terms, &finding, err);
}

static int
cannot_tell(struct metadata_judging *m, enum unknown_kind kind, struct slice subject, struct slice reason, struct plim_error *err)
{
	return judge_unknown(m->judging, kind, AREA_METADATA, subject, reason, UINT32_MAX, err);
}

/* labels */

static const struct string_pair *
label_find(const struct image_config *config, struct slice key)
{
	for (size_t i = 0; i < config->label_count; i++)
		if (slice_eq(config->labels[i].key, key))
			return &config->labels[i];
	return NULL;
}

static int
judge_label(struct metadata_judging *m, const struct pattern *pattern, struct plim_error *err)
{
	const struct string_pair *label = label_find(m->config, pattern->name);
	struct slice setting = judge_text(m->judging, "label:%.*s", SLICE_ARG(pattern->name));
	int matches = label == NULL ? 0 : pattern->regex == NULL ? 1 : regex_find(pattern->regex, label->value);
	if (matches < 0)
		return cannot_tell(m, UNKNOWN_LIMIT, setting, SLICE("its pattern takes too long on this value"), err);
	if (matches > 0)
		return 0;
	struct words words = {
		.rule = "metadata/label", .setting = setting,
		.title = judge_text(m->judging, label ? "Label %.*s has a wrong value" : "Label %.*s is missing", SLICE_ARG(pattern->name)),
		.message = label ? judge_text(m->judging, "'%.*s' does not match %.*s", SLICE_ARG(slice_first(label->value, 200)), SLICE_ARG(pattern->text))
		                 : judge_text(m->judging, "the policy requires it"),
		.fix = judge_text(m->judging, "LABEL %.*s=... in the Dockerfile", SLICE_ARG(pattern->name)),
	};
	return report(m, &m->wanted->labels.terms, &words, err);
}

static int
judge_forbidden_label(struct metadata_judging *m, const struct pattern *pattern, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->config->label_count; i++) {
		struct slice key = m->config->labels[i].key;
		if (!glob_match(pattern->name, key))
			continue;
		struct words words = {
			.rule = "metadata/label", .setting = judge_text(m->judging, "label:%.*s", SLICE_ARG(key)),
			.title = judge_text(m->judging, "Label %.*s may not be there", SLICE_ARG(key)),
		};
		r = report(m, &m->wanted->labels.terms, &words, err);
	}
	return r;
}

static int
judge_labels(struct metadata_judging *m, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->wanted->labels.required.n; i++)
		r = judge_label(m, &m->wanted->labels.required.at[i], err);
	for (size_t i = 0; r == 0 && i < m->wanted->labels.forbidden.n; i++)
		r = judge_forbidden_label(m, &m->wanted->labels.forbidden.at[i], err);
	return r;
}

/* user */

static struct slice
user_text(struct metadata_judging *m)
{
	return m->user.text.n ? judge_text(m->judging, "User is '%.*s'", SLICE_ARG(m->user.text)) : SLICE("User is not set, which means root");
}

/* Accounts that nobody could read leave open who a name is; root is root without them. */
static int
judge_accounts_readable(struct metadata_judging *m, bool *readable, struct plim_error *err)
{
	struct slice reason = SLICE_NONE;
	bool root = slice_is(m->user.name, "0") || slice_is(m->user.name, "root");
	*readable = root || judge_sight(m->judging, SLICE("/etc/passwd"), &reason) < SIGHT_PARTLY;
	if (*readable)
		return 0;
	return cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("/etc/passwd"),
	                   judge_text(m->judging, "the user cannot be resolved: %.*s", SLICE_ARG(reason)), err);
}

static int
judge_root(struct metadata_judging *m, struct plim_error *err)
{
	if (!m->wanted->user.root.set || (m->user.known && m->user.uid != 0))
		return 0;
	struct words words = {
		.rule = "metadata/user", .severity = SEVERITY_HIGH, .setting = SLICE("user"),
		.title = m->user.known ? SLICE("It runs as root") : SLICE("Its user does not exist"),
		.message = m->user.known ? user_text(m)
		                         : judge_text(m->judging, "User is '%.*s', which /etc/passwd and /etc/group do not have",
		                                      SLICE_ARG(m->user.text)),
		.fix = SLICE("USER 1000:1000 in the Dockerfile, with the files that it writes owned by it"),
	};
	return report(m, &m->wanted->user.root.terms, &words, err);
}

static int
judge_numeric(struct metadata_judging *m, struct plim_error *err)
{
	if (!m->wanted->user.numeric.set || m->user.numeric)
		return 0;
	struct words words = {
		.rule = "metadata/user-numeric", .setting = SLICE("user"), .title = SLICE("Its user is not a number"),
		.message = judge_text(m->judging, "%.*s; a cluster that forbids root can only check numbers", SLICE_ARG(user_text(m))),
		.fix = SLICE("USER with the number of the account instead of its name"),
	};
	return report(m, &m->wanted->user.numeric.terms, &words, err);
}

static int
judge_user_exists(struct metadata_judging *m, struct plim_error *err)
{
	if (!m->wanted->user.exists.set || m->user.listed)
		return 0;
	struct words words = {
		.rule = "metadata/user-exists", .setting = SLICE("user"), .title = SLICE("Its user has no account"),
		.message = judge_text(m->judging, "%.*s; /etc/passwd does not have it", SLICE_ARG(user_text(m))),
	};
	return report(m, &m->wanted->user.exists.terms, &words, err);
}

static int
judge_user(struct metadata_judging *m, struct plim_error *err)
{
	bool readable;
	if (!m->wanted->user.root.set && !m->wanted->user.numeric.set && !m->wanted->user.exists.set)
		return 0;
	int r = judge_accounts_readable(m, &readable, err);
	if (r == 0 && readable)
		r = judge_root(m, err);
	if (r == 0 && readable)
		r = judge_user_exists(m, err);
	return r < 0 ? r : judge_numeric(m, err);
}

/* entry point */

static int
judge_missing_command(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	if (command->count > 0 || !m->wanted->entrypoint.required.set)
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint", .setting = SLICE("entrypoint"), .title = SLICE("It has no effective entry point"),
		.message = SLICE("neither Entrypoint nor Cmd is set"), .fix = SLICE("ENTRYPOINT [\"/path/of/program\"] in the Dockerfile"),
	};
	return report(m, &m->wanted->entrypoint.required.terms, &words, err);
}

static int
judge_form(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	if (!m->wanted->entrypoint.form.set || !command->shell_form)
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint-form", .setting = SLICE("entrypoint"), .title = SLICE("A shell stands before its entry point"),
		.message = SLICE("in shell form signals reach the shell, not the program, and arguments are interpreted"),
		.fix = SLICE("the exec form: ENTRYPOINT [\"program\", \"argument\"]"),
	};
	return report(m, &m->wanted->entrypoint.form.terms, &words, err);
}

static int
judge_command_missing(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	struct slice hole;
	if (!m->wanted->entrypoint.exists.set)
		return 0;
	if (judge_has_hole(m->judging, &hole))
		return 0;    /* the gap itself is an unknown of this area */
	struct words words = {
		.rule = "metadata/entrypoint-exists", .setting = SLICE("entrypoint"), .title = SLICE("Its entry point is missing"),
		.message = judge_text(m->judging, "there is no file '%.*s' in the image", SLICE_ARG(command->word)),
	};
	return report(m, &m->wanted->entrypoint.exists.terms, &words, err);
}

static int
judge_executable(struct metadata_judging *m, struct slice path, const struct node *node, struct plim_error *err)
{
	struct entry entry = node_entry(m->judging->inventory->tree, node);
	bool executable = m->user.known ? runtime_may(&m->user, &entry, 1) : entry.mode & 0111;
	if (!m->wanted->entrypoint.executable.set || executable)
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint-executable", .setting = SLICE("entrypoint"), .path = path, .layer = node->layer,
		.title = SLICE("Its user may not execute its entry point"),
		.message = judge_text(m->judging, "mode %04o, owner %u:%u; %.*s", entry.mode, entry.uid, entry.gid, SLICE_ARG(user_text(m))),
		.fix = judge_text(m->judging, "chmod 755 %.*s", SLICE_ARG(path)),
	};
	return report(m, &m->wanted->entrypoint.executable.terms, &words, err);
}

/* Whoever may write a directory may put something else in the place of what is in it, unless it is sticky. */
static bool
may_replace_in(const struct metadata_judging *m, const struct node *directory, const struct node *child)
{
	const struct tree *tree = m->judging->inventory->tree;
	struct entry inside = node_entry(tree, child), around = node_entry(tree, directory);
	bool sticky = (around.mode & 01000) && m->user.uid != inside.uid && m->user.uid != around.uid;
	return runtime_may(&m->user, &around, 2) && runtime_may(&m->user, &around, 1) && (m->user.uid == 0 || !sticky);
}

/* Its directory, or one above it: a renamed directory takes what is below it along. */
static bool
may_replace(const struct metadata_judging *m, const struct node *node)
{
	for (; node->parent; node = node->parent)
		if (may_replace_in(m, node->parent, node))
			return true;
	return false;
}

static int
judge_writable(struct metadata_judging *m, struct slice path, const struct node *node, struct plim_error *err)
{
	const struct tree *tree = m->judging->inventory->tree;
	const struct node *link = tree_find(tree, path);
	struct entry entry = node_entry(tree, node);
	/* Where root itself is judged, that it may write everything is not a second flaw. */
	if (!m->wanted->entrypoint.writable.set || (m->user.uid == 0 && m->user.known && m->wanted->user.root.set))
		return 0;
	if (!m->user.known)
		return cannot_tell(m, UNKNOWN_UNREADABLE, path, SLICE("who may write it cannot be told: the user cannot be resolved"), err);
	if (!runtime_may(&m->user, &entry, 2) && !may_replace(m, node) && !(link && may_replace(m, link)))
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint-writable", .setting = SLICE("entrypoint"), .path = path, .layer = node->layer,
		.title = SLICE("Its user may change its entry point"),
		.message = judge_text(m->judging, "mode %04o, owner %u:%u; %.*s", entry.mode, entry.uid, entry.gid, SLICE_ARG(user_text(m))),
		.fix = m->user.uid == 0 ? SLICE("run it as another user than root, who may write everything")
		                        : judge_text(m->judging, "let root own %.*s and its directory, without write permission for others", SLICE_ARG(path)),
	};
	return report(m, &m->wanted->entrypoint.writable.terms, &words, err);
}

static int
judge_command(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	const struct node *node = runtime_command_find(m->judging->inventory, command->word, &path);
	if (node == NULL)
		return judge_command_missing(m, command, err);
	struct slice kept = arena_dup(m->judging->arena, strbuf_slice(&path));
	if (kept.p == NULL)
		return error_nomem(err);
	int r = judge_executable(m, kept, node, err);
	return r < 0 ? r : judge_writable(m, kept, node, err);
}

static int
judge_entrypoint(struct metadata_judging *m, struct plim_error *err)
{
	struct runtime_command command;
	runtime_command_of(m->config, &command);
	int r = judge_missing_command(m, &command, err);
	if (r < 0 || command.count == 0 || (r = judge_form(m, &command, err)) < 0)
		return r;
	return judge_command(m, &command, err);
}

/* ports and volumes */

/* "8080" is "8080/tcp". */
static struct slice
port_text(struct metadata_judging *m, struct slice port)
{
	return slice_find(port, '/') == SIZE_MAX ? judge_text(m->judging, "%.*s/tcp", SLICE_ARG(port)) : port;
}

static bool
names_port(struct metadata_judging *m, const struct slice_list *list, struct slice port, bool is_port)
{
	for (size_t i = 0; i < list->n; i++)
		if (glob_match(is_port ? port_text(m, list->at[i]) : list->at[i], port))
			return true;
	return false;
}

static int
judge_allowance(struct metadata_judging *m, const struct allowance *allowance, const struct string_list *have, const char *word,
                bool is_port, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < have->n; i++) {
		struct slice name = is_port ? port_text(m, have->at[i]) : have->at[i];
		bool denied = names_port(m, &allowance->deny, name, is_port);
		if (!denied && (!allowance->has_allow || names_port(m, &allowance->allow, name, is_port)))
			continue;
		struct words words = {
			.rule = is_port ? "metadata/port" : "metadata/volume",
			.setting = judge_text(m->judging, "%s:%.*s", word, SLICE_ARG(name)),
			.title = judge_text(m->judging, "It declares the %s %.*s", word, SLICE_ARG(name)),
			.message = denied ? SLICE("the policy denies it") : SLICE("the policy does not allow it"),
		};
		r = report(m, &allowance->terms, &words, err);
	}
	return r;
}

static int
judge_ports(struct metadata_judging *m, struct plim_error *err)
{
	int r = judge_allowance(m, &m->wanted->ports, &m->config->ports, "port", true, err);
	return r < 0 ? r : judge_allowance(m, &m->wanted->volumes, &m->config->volumes, "volume", false, err);
}

/* environment: values may be secrets and are never shown */

static int
judge_variable(struct metadata_judging *m, const struct pattern *pattern, struct slice variable, struct plim_error *err)
{
	struct slice name, value;
	slice_cut(variable, '=', &name, &value);
	struct slice setting = judge_text(m->judging, "env:%.*s", SLICE_ARG(name));
	int matches = regex_find(pattern->regex, variable);
	if (matches < 0)
		return cannot_tell(m, UNKNOWN_LIMIT, setting, SLICE("the policy's pattern takes too long on this value"), err);
	if (matches == 0)
		return 0;
	struct words words = {
		.rule = "metadata/environment", .severity = SEVERITY_HIGH, .setting = setting,
		.title = judge_text(m->judging, "The variable %.*s may not be set in the image", SLICE_ARG(name)),
		.message = judge_text(m->judging, "it matches %.*s", SLICE_ARG(pattern->text)),
		.fix = SLICE("give it to the container when it starts, a secret as a mounted file"),
	};
	return report(m, &m->wanted->environment.terms, &words, err);
}

static int
judge_required_variable(struct metadata_judging *m, const struct pattern *pattern, struct plim_error *err)
{
	int matches = 0;
	for (size_t i = 0; i < m->config->env.n; i++) {
		struct slice name, value;
		slice_cut(m->config->env.at[i], '=', &name, &value);
		if (slice_eq(name, pattern->name))
			matches = pattern->regex ? regex_find(pattern->regex, value) : 1;
	}
	struct slice setting = judge_text(m->judging, "env:%.*s", SLICE_ARG(pattern->name));
	if (matches < 0)
		return cannot_tell(m, UNKNOWN_LIMIT, setting, SLICE("the policy's pattern takes too long on this value"), err);
	if (matches > 0)
		return 0;
	struct words words = {
		.rule = "metadata/environment-required", .setting = setting,
		.title = judge_text(m->judging, "The variable %.*s is not set as required", SLICE_ARG(pattern->name)),
	};
	return report(m, &m->wanted->environment.terms, &words, err);
}

static int
judge_environment(struct metadata_judging *m, struct plim_error *err)
{
	int r = 0;
	for (size_t p = 0; p < m->wanted->environment.deny.n; p++)
		for (size_t i = 0; r == 0 && i < m->config->env.n; i++)
			r = judge_variable(m, &m->wanted->environment.deny.at[p], m->config->env.at[i], err);
	for (size_t p = 0; r == 0 && p < m->wanted->environment.required.n; p++)
		r = judge_required_variable(m, &m->wanted->environment.required.at[p], err);
	return r;
}

/* health check and age */

static int
judge_healthcheck(struct metadata_judging *m, struct plim_error *err)
{
	const struct demand *demand = &m->wanted->healthcheck;
	const struct string_list *test = &m->config->healthcheck;
	bool has = test->n > 0 && !slice_is(test->at[0], "NONE"), wanted = demand->value == 0;
	if (!demand->set || has == wanted)
		return 0;
	struct words words = {
		.rule = "metadata/healthcheck", .setting = SLICE("healthcheck"),
		.title = wanted ? SLICE("It has no health check") : SLICE("It may not have a health check"),
		.fix = wanted ? SLICE("HEALTHCHECK CMD ... in the Dockerfile") : SLICE("HEALTHCHECK NONE in the Dockerfile"),
	};
	return report(m, &demand->terms, &words, err);
}

static int
judge_age(struct metadata_judging *m, struct plim_error *err)
{
	const struct demand *demand = &m->wanted->max_age;
	int64_t created;
	if (!demand->set)
		return 0;
	if (!date_parse(m->config->created, &created))
		return cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("created"), SLICE("the configuration does not tell when the image was made"), err);
	int64_t age = date_day(m->judging->at) - date_day(created);
	if (age < 0)
		return cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("created"), SLICE("it was made after the time of this evaluation"), err);
	if (age <= demand->value)
		return 0;
	struct words words = {
		.rule = "metadata/max-age", .setting = SLICE("created"), .title = SLICE("It is too old"),
		.message = judge_text(m->judging, "made on %.*s, %lld days ago; the policy takes %lld", SLICE_ARG(slice_first(m->config->created, 10)),
		                      (long long)age, (long long)demand->value),
		.fix = SLICE("Build it again."),
	};
	return report(m, &demand->terms, &words, err);
}

int
judge_metadata(struct judging *judging, struct plim_error *err)
{
	static int (*const parts[])(struct metadata_judging *, struct plim_error *) = {
		judge_labels, judge_user, judge_entrypoint, judge_ports, judge_environment, judge_healthcheck, judge_age,
	};
	struct metadata_judging m = {
		.judging = judging, .wanted = &judging->policy->metadata, .config = judging->inventory->image->config,
	};
	int r = 0;
	runtime_user_resolve(judging->inventory, &m.user);
	for (size_t i = 0; r == 0 && i < sizeof parts / sizeof *parts; i++)
		r = parts[i](&m, err);
	return r;
}
