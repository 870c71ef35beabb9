/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/start/door_conf.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/fields.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static const char *const nothing[] = { NULL };

static int
word_of(struct reading *in, const struct yaml_node *node, const char **out, struct plim_error *err)
{
	struct slice text;
	int r = text_read(in, node, &text, err);
	if (r < 0)
		return r;
	if (memchr(text.p, '\0', text.n))
		return yaml_error(in->doc, node, err, "a NUL cannot stand here");
	*out = arena_strz(in->arena, text);
	return *out ? 0 : error_nomem(err);
}

static int
host_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return word_of(in, node, into, err);
}

static int
path_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	const char *path;
	int r = word_of(in, node, &path, err);
	if (r == 0 && *path != '/')
		r = yaml_error(in->doc, node, err, "an absolute path is needed here, for nobody knows from which directory this is called");
	if (r == 0)
		*(const char **)into = path;
	return r;
}

static int
words_read(struct reading *in, const struct yaml_node *node, field_fn *item, void *into, struct plim_error *err)
{
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(const char *), item, &list, err);
	const char **words = r == 0 ? arena_make_array(in->arena, list.n + 1, const char *) : NULL;
	if (words == NULL)
		return r < 0 ? r : error_nomem(err);
	if (list.n)
		memcpy(words, list.at, list.n * sizeof *words);
	*(const char *const **)into = words;
	return 0;
}

static int
paths_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return words_read(in, node, path_read, into, err);
}

static int
hosts_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return words_read(in, node, host_read, into, err);
}

static int
unknown_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "refuse", "admit", NULL };
	int64_t at;
	int r = word_read(in, node, words, &at, err);
	if (r == 0)
		*(bool *)into = at == 1;
	return r;
}

#define OF(field) offsetof(struct door_conf, field)
#define COMMON_FIELDS \
	{ "plimsoll_guard", version_read, 0, true }, \
	{ "assign", path_read, OF(assign), true }, \
	{ "assign_keys", paths_read, OF(assign_keys), true }, \
	{ "assign_number", u64_read, OF(assign_number), false }, \
	{ "memory", path_read, OF(memory), false }, \
	{ "log", path_read, OF(log), false }, \
	{ "dry_run", bool_read, OF(dry_run), false }, \
	{ "require_sandbox", bool_read, OF(require_sandbox), false }, \
	{ "auth_file", path_read, OF(auth_file), false }, \
	{ "certificates", path_read, OF(certificates), false }, \
	{ "registries_conf", path_read, OF(registries_conf), false }, \
	{ "plain_http", hosts_read, OF(plain_http), false }, \
	{ "anonymous", bool_read, OF(anonymous), false }

static const struct field runtime_fields[] = {
	COMMON_FIELDS,
	{ "runtime", path_read, OF(runtime), false },
	{ "docker", paths_read, OF(docker), false },
	{ "podman", paths_read, OF(podman), false },
	{ "crio", paths_read, OF(crio), false },
	{ "containerd", paths_read, OF(containerd), false },
	{ "unknown", unknown_read, OF(admits_unknown), false },
	{ 0 },
};

static const struct field verifier_fields[] = { COMMON_FIELDS, { 0 } };

int
door_conf_parse(enum door_kind kind, struct slice name, struct slice text, struct arena *arena, struct door_conf *out, struct plim_error *err)
{
	static const struct field *const fields[] = { [DOOR_RUNTIME] = runtime_fields, [DOOR_VERIFIER] = verifier_fields };
	struct yaml_document *doc;
	int r = yaml_parse(name, text, arena, &doc, err);
	if (r < 0)
		return r;
	struct reading in = { doc, arena, NULL };
	*out = (struct door_conf){ .assign_keys = nothing, .plain_http = nothing, .docker = nothing, .podman = nothing, .crio = nothing, .containerd = nothing };
	if ((r = fields_read(&in, doc->root, "the file of a door", fields[kind], out, err)) < 0)
		return r;
	if (out->assign_keys[0] == NULL)
		return yaml_error(doc, yaml_get(doc->root, "assign_keys"), err, "an empty list lets nobody sign");
	return 0;
}

static int
check_owner(int fd, const char *path, struct plim_error *err)
{
	struct stat is;
	if (fstat(fd, &is) < 0)
		return error_sys(err, errno, "%s", path);
	if ((is.st_uid != 0 && is.st_uid != geteuid()) || is.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, PLIM_EUSAGE, "%s: others than root could write it, and so say who authorises", path);
	return 0;
}

int
door_conf_load(enum door_kind kind, const char *path, struct arena *arena, struct door_conf *out, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = file_open(path, &fd, err);
	if (r < 0 || (r = check_owner(fd, path, err)) < 0)
		return r;
	if ((r = file_read_fd(fd, LIMIT_KEY_FILE_BYTES, &bytes, &n, err)) < 0)
		return error_wrap(err, r, "%s", path);
	return door_conf_parse(kind, slice_of(path), (struct slice){ bytes, n }, arena, out, err);
}

void
door_options_fill(const struct door_conf *conf, struct door_options *out)
{
	*out = (struct door_options){
		.network = { conf->auth_file, conf->certificates, conf->registries_conf, conf->plain_http, conf->anonymous, NULL },
		.run = { .require_sandbox = conf->require_sandbox, .warnings = stderr },
		.log = { .file = conf->log, .warnings = stderr },
		/* Whose $STATE_DIRECTORY it is that the engine hands down, nobody knows. */
		.guard = { .size = sizeof out->guard, .assign = conf->assign, .assign_keys = conf->assign_keys, .assign_serial_least = conf->assign_number,
		           .memory = conf->memory ? conf->memory : GUARD_MEMORY_USUAL, .dry = conf->dry_run },
	};
	out->run.network = &out->network;
	out->guard.run = &out->run;
	out->guard.log = &out->log;
}
