/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd: its image verifier is consulted by the transfer service alone, and CRI leaves that service silently where any of some options
 * is set (core/transfer and internal/cri/config of containerd 2.1).
 */
#include "enforce/doctor/doctor.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "codec/toml.h"

#include <stdio.h>

#define CONTAINERD "containerd"
#define CONFIG "etc/containerd/config.toml"
#define BIN_DIR "/opt/containerd/image-verifier/bin"
#define VERIFIER_MOST 10

struct containerd {
	struct doctor *doctor;
	const struct toml *config;     /* NULL: there is none */
	const struct toml *plugins;
};

static const struct toml *
images_of(const struct containerd *c)
{
	return toml_get(c->plugins, "io.containerd.cri.v1.images");
}

static int
read_config(struct containerd *c, struct plim_error *err)
{
	struct slice text;
	struct plim_error why = { 0 };
	int r = doctor_read(c->doctor, CONFIG, &text, &why);
	if (r == 0 && text.n)
		r = toml_parse(text, c->doctor->arena, &c->config, &why);
	if (r < 0)
		return doctor_say(c->doctor, CONTAINERD, DOOR_UNKNOWN, NULL, err, "/" CONFIG ": %s", why.text);
	c->plugins = toml_get(c->config, "plugins");
	return 0;
}

/* What is imported goes before the file that imports it. */
static int
look_at_imports(struct containerd *c, struct plim_error *err)
{
	const struct toml *imports = toml_get(c->config, "imports");
	if (imports == NULL || imports->n == 0)
		return 0;
	return doctor_say(c->doctor, CONTAINERD, DOOR_UNKNOWN, "look at them, or put all into one file", err, "/" CONFIG " imports other files, which are not read here");
}

/* "MAJOR.MINOR" of the package, as dpkg's status has it; false where nothing tells. */
static bool
version_of(struct slice status, uint64_t *major, uint64_t *minor)
{
	static const char *const packages[] = { "\nPackage: containerd\n", "\nPackage: containerd.io\n" };
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
		size_t at = slice_find_text(status, slice_of(packages[i]));
		struct slice entry = at == SIZE_MAX ? SLICE_NONE : slice_from(status, at), version, rest, first, second;
		size_t end = slice_find_text(entry, SLICE("\n\n"));
		entry = slice_first(entry, end);
		if ((at = slice_find_text(entry, SLICE("\nVersion: "))) == SIZE_MAX)
			continue;
		version = slice_from(entry, at + 10);
		if (slice_cut(version, '.', &first, &rest)) {
			second = rest;
			second.n = 0;
			while (second.n < rest.n && rest.p[second.n] >= '0' && rest.p[second.n] <= '9')
				second.n++;
			if (slice_to_u64(first, 10, major) && slice_to_u64(second, 10, minor))
				return true;
		}
	}
	return false;
}

/* Before 2.1 what Kubernetes pulls passes verifiers by, before 2.0 there are none. */
static int
look_at_version(struct containerd *c, struct plim_error *err)
{
	static const char fix[] = "use containerd 2.1 or newer, or the runtime wrapper";
	AUTO(strbuf) struct strbuf text = { 0 };
	struct slice status;
	uint64_t major, minor;
	int r = doctor_read(c->doctor, "var/lib/dpkg/status", &status, err);
	if (r < 0)
		return r;
	strbuf_putc(&text, '\n');
	strbuf_put(&text, status);
	if (text.failed)
		return error_nomem(err);
	if (!version_of(strbuf_slice(&text), &major, &minor))
		return doctor_say(c->doctor, CONTAINERD, DOOR_UNKNOWN, fix, err, "no package tells which containerd this is: before 2.1 what Kubernetes pulls is verified by nobody");
	if (major > 2 || (major == 2 && minor >= 1))
		return 0;
	return doctor_say(c->doctor, CONTAINERD, DOOR_OPEN, fix, err, "containerd %ju.%ju: what Kubernetes pulls is verified by nobody", (uintmax_t)major, (uintmax_t)minor);
}

static bool
is_disabled(const struct containerd *c)
{
	const struct toml *list = toml_get(c->config, "disabled_plugins");
	for (size_t i = 0; toml_is(list, TOML_ARRAY) && i < list->n; i++)
		if (slice_find_text(toml_string(list->items[i]), SLICE("image-verifier")) != SIZE_MAX)
			return true;
	return false;
}

static int
look_at_programs(struct containerd *c, const char *directory, struct plim_error *err)
{
	const char *const *names;
	char path[512];
	size_t n, ours = 0;
	int64_t most = VERIFIER_MOST;
	int r = doctor_list(c->doctor, directory, &names, &n, err);
	if (r == 0 && n == 0)
		return doctor_say(c->doctor, CONTAINERD, DOOR_OPEN, "put plimsoll's verifier there: see plimsoll-guard(1)", err, "%s is missing or empty: every image is let in", directory);
	toml_i64(toml_get(toml_get(c->plugins, "io.containerd.image-verifier.v1.bindir"), "max_verifiers"), &most);
	for (size_t i = 0; r == 0 && i < n; i++) {
		snprintf(path, sizeof path, "%s/%.200s", directory, names[i]);
		if (!doctor_runs(c->doctor, path))
			r = doctor_say(c->doctor, CONTAINERD, DOOR_SHUT, "remove it", err, "%s cannot be executed: every pull is refused", path);
		if ((int64_t)i < most && slice_find_text(slice_of(names[i]), SLICE("plimsoll")) != SIZE_MAX)
			ours++;
	}
	if (r < 0)
		return r;
	if (ours == 0)
		return doctor_say(c->doctor, CONTAINERD, DOOR_OPEN, "put plimsoll's verifier there, among the first max_verifiers: see plimsoll-guard(1)", err,
		                  "none of the %s%zu verifiers that are asked is plimsoll's", (int64_t)n > most ? "first of " : "", n);
	return doctor_say(c->doctor, CONTAINERD, DOOR_SHUT, NULL, err, "plimsoll verifies what the transfer service pulls");
}

static int
look_at_verifier(struct containerd *c, struct plim_error *err)
{
	const struct toml *bindir = toml_get(c->plugins, "io.containerd.image-verifier.v1.bindir");
	struct slice directory = toml_string(toml_get(bindir, "bin_dir"));
	int64_t version = 0;
	const char *where = directory.n ? arena_strz(c->doctor->arena, directory) : BIN_DIR;
	if (where == NULL)
		return error_nomem(err);
	if (is_disabled(c))
		return doctor_say(c->doctor, CONTAINERD, DOOR_OPEN, "take it out of disabled_plugins", err, "the plugin image-verifier is disabled");
	if (toml_i64(toml_get(c->config, "version"), &version) && version < 3)
		return doctor_say(c->doctor, CONTAINERD, DOOR_OPEN, "use containerd 2.1 or newer, whose configuration has version 3, or the runtime wrapper", err,
		                  "/" CONFIG " is of version %jd, of containerd 1: what Kubernetes pulls is verified by nobody", (intmax_t)version);
	return look_at_programs(c, where, err);
}

/* Each of them sends CRI back to pulling by itself, without a word. */
static const struct {
	const char *group, *key;       /* group NULL: of the images' plugin itself */
	bool is_table;                 /* any entry counts */
	const char *harmless;          /* the value that changes nothing; NULL: any value counts, false and empty apart */
} silent[] = {
	{ "registry", "mirrors", true, NULL },
	{ "registry", "configs", true, NULL },
	{ "registry", "auths", true, NULL },
	{ NULL, "discard_unpacked_layers", false, NULL },
	{ NULL, "disable_snapshot_annotations", false, "true" },
	{ NULL, "max_concurrent_downloads", false, "3" },
	{ NULL, "image_pull_with_sync_fs", false, NULL },
	{ NULL, "use_local_image_pull", false, NULL },
};

static bool
counts(const struct toml *value, bool is_table, const char *harmless)
{
	if (value == NULL)
		return false;
	if (is_table)
		return value->n > 0;
	if (toml_is(value, TOML_BOOL))
		return value->truth != (harmless && strcmp(harmless, "true") == 0);
	return harmless == NULL || !slice_is(value->text, harmless);
}

static int
look_at_local_pulls(struct containerd *c, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof silent / sizeof *silent; i++) {
		const struct toml *table = silent[i].group ? toml_get(images_of(c), silent[i].group) : images_of(c);
		if (counts(toml_get(table, silent[i].key), silent[i].is_table, silent[i].harmless))
			r = doctor_say(c->doctor, CONTAINERD, DOOR_OPEN, "take it out, and put hosts into config_path", err, "%s%s%s makes what Kubernetes pulls pass the verifier by, without a word",
			               silent[i].group ? silent[i].group : "", silent[i].group ? "." : "", silent[i].key);
	}
	return r;
}

int
doctor_containerd(struct doctor *doctor, struct plim_error *err)
{
	struct containerd c = { .doctor = doctor };
	if (!doctor_has(doctor, "usr/bin/containerd") && !doctor_has(doctor, "usr/local/bin/containerd") && !doctor_has(doctor, CONFIG))
		return 0;
	size_t before = doctor->lines.n;
	int r = read_config(&c, err);
	if (r < 0 || doctor->lines.n > before)
		return r;
	if ((r = look_at_verifier(&c, err)) < 0 || (r = look_at_local_pulls(&c, err)) < 0 || (r = look_at_imports(&c, err)) < 0)
		return r;
	return look_at_version(&c, err);
}
