/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/start/oci_call.h"

#include "base/error.h"
#include "base/slice.h"

#include <stddef.h>

/* Where an option's value goes in struct oci_call; the others are only counted. */
enum place { NOWHERE, BUNDLE, CONFIG, LOG, LOG_FORMAT };

struct option_word {
	const char *name;
	bool valued;
	enum place place;
};

/* runc 1.1 to 1.3 and crun 1.8 to 1.20: both take the same number of words for each that both know. */
static const struct option_word before_command[] = {
	{ "cgroup-manager", true, NOWHERE }, { "criu", true, NOWHERE }, { "debug", false, NOWHERE }, { "h", false, NOWHERE }, { "help", false, NOWHERE },
	{ "log", true, LOG }, { "log-format", true, LOG_FORMAT }, { "log-level", true, NOWHERE }, { "root", true, NOWHERE }, { "rootless", true, NOWHERE },
	{ "systemd-cgroup", false, NOWHERE }, { "usage", false, NOWHERE }, { "v", false, NOWHERE }, { "V", false, NOWHERE }, { "version", false, NOWHERE },
	{ NULL, false, NOWHERE },
};

static const struct option_word of_command[] = {
	{ "auto-dedup", false, NOWHERE }, { "b", true, BUNDLE }, { "bundle", true, BUNDLE }, { "config", true, CONFIG }, { "console-socket", true, NOWHERE },
	{ "d", false, NOWHERE }, { "detach", false, NOWHERE }, { "empty-ns", true, NOWHERE }, { "ext-unix-sk", false, NOWHERE }, { "f", true, CONFIG },
	{ "file-locks", false, NOWHERE }, { "image-path", true, NOWHERE }, { "keep", false, NOWHERE }, { "lazy-pages", false, NOWHERE },
	{ "lsm-mount-context", true, NOWHERE }, { "lsm-profile", true, NOWHERE }, { "manage-cgroups-mode", true, NOWHERE }, { "no-new-keyring", false, NOWHERE },
	{ "no-pivot", false, NOWHERE }, { "no-subreaper", false, NOWHERE }, { "pid-file", true, NOWHERE }, { "pidfd-socket", true, NOWHERE },
	{ "preserve-fds", true, NOWHERE }, { "shell-job", false, NOWHERE }, { "tcp-established", false, NOWHERE }, { "work-path", true, NOWHERE },
	{ NULL, false, NOWHERE },
};

struct command_word {
	const char *name;
	bool starts;
};

static const struct command_word commands[] = {
	{ "checkpoint", false }, { "create", true }, { "delete", false }, { "events", false }, { "exec", false }, { "features", false }, { "help", false },
	{ "kill", false }, { "list", false }, { "mounts", false }, { "pause", false }, { "ps", false }, { "restore", true }, { "resume", false }, { "run", true },
	{ "spec", false }, { "start", false }, { "state", false }, { "update", false }, { NULL, false },
};

struct words {
	char *const *next;
	struct oci_call *call;
	struct plim_error *err;
};

static int
take_log_format(const struct words *w, const char *value)
{
	w->call->log_is_json = slice_is(slice_of(value), "json");
	if (!w->call->log_is_json && !slice_is(slice_of(value), "text"))
		return error_set(w->err, PLIM_EUSAGE, "--log-format: 'text' or 'json' is needed");
	return 0;
}

/* Of a bundle named twice one runtime would take the first, another the last. */
static int
take_once(const struct words *w, const char **into, const char *value, const char *what)
{
	if (*into || *value == '\0')
		return error_set(w->err, PLIM_EUSAGE, "%s is %s", what, *into ? "there twice" : "empty");
	*into = value;
	return 0;
}

static int
take_value(const struct words *w, const struct option_word *option, const char *value)
{
	switch (option->place) {
	case BUNDLE:
		return take_once(w, &w->call->bundle, value, "--bundle");
	case CONFIG:
		return take_once(w, &w->call->config, value, "--config");
	case LOG:
		return w->call->log = *value ? value : NULL, 0;
	case LOG_FORMAT:
		return take_log_format(w, value);
	default:
		return 0;
	}
}

static const struct option_word *
option_find(const struct option_word *options, struct slice name)
{
	for (; options->name; options++)
		if (slice_is(name, options->name))
			return options;
	return NULL;
}

static int
take_option(struct words *w, const struct option_word *options)
{
	struct slice word = slice_of(*w->next), name, value;
	slice_skip(&word, SLICE("-"));
	bool is_long = slice_skip(&word, SLICE("-")), joined = slice_cut(word, '=', &name, &value);
	const struct option_word *option = option_find(options, name);
	/* Behind one dash crun takes letters, so that -b=X is a bundle "=X" and -bundle one "undle"; behind two one letter is the beginning of any name. */
	if (option == NULL || is_long != (name.n > 1) || (joined && !(option->valued && is_long)))
		return error_set(w->err, PLIM_EUSAGE, "option '%.*s' is not one that is known here", SLICE_ARG(slice_first_text(slice_of(*w->next), 80)));
	w->next++;
	if (!option->valued)
		return 0;
	if (!joined && *w->next == NULL)
		return error_set(w->err, PLIM_EUSAGE, "option '%s' needs a value", option->name);
	return take_value(w, option, joined ? value.p : *w->next++);
}

static int
take_options(struct words *w, const struct option_word *options)
{
	int r = 0;
	while (r == 0 && *w->next && **w->next == '-' && !slice_is(slice_of(*w->next), "--"))
		r = take_option(w, options);
	return r;
}

static const struct command_word *
command_find(const char *word)
{
	const struct command_word *command = commands;
	while (command->name && !slice_is(slice_of(word), command->name))
		command++;
	return command->name ? command : NULL;
}

/* As runc has them; nothing in it leads out of a directory. */
static bool
is_id(struct slice id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (i > 0 && (c == '_' || c == '+' || c == '-' || c == '.'))))
			return false;
	}
	return id.n > 0 && id.n <= 1024;
}

static int
take_start(struct words *w)
{
	int r = take_options(w, of_command);
	if (r < 0)
		return r;
	if (*w->next && slice_is(slice_of(*w->next), "--"))
		w->next++;
	if (*w->next == NULL || !is_id(slice_of(*w->next)))
		return error_set(w->err, PLIM_EUSAGE, "%s: the id of a container is %s", w->call->command, *w->next ? "none that there may be" : "missing");
	w->call->id = *w->next++;
	return *w->next ? error_set(w->err, PLIM_EUSAGE, "%s: there are words behind the container's id", w->call->command) : 0;
}

int
oci_call_parse(char *const *words, struct oci_call *out, struct plim_error *err)
{
	struct words w = { words, out, err };
	*out = (struct oci_call){ 0 };
	int r = take_options(&w, before_command);
	if (r < 0 || *w.next == NULL)
		return r;
	const struct command_word *command = command_find(*w.next);
	/* One that a later runtime has could start something. */
	if (command == NULL)
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no command that is known here", SLICE_ARG(slice_first_text(slice_of(*w.next), 80)));
	w.next++;
	out->command = command->name;
	out->starts = command->starts;
	return command->starts ? take_start(&w) : 0;
}
