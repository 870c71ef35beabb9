/* SPDX-License-Identifier: Apache-2.0 */
/* podman, buildah, skopeo and CRI-O: policy.json (containers-policy.json(5)), registries.d, and hooks. */
#include "enforce/doctor/doctor.h"

#include "base/error.h"
#include "codec/json.h"

#include <stdio.h>

#define CONTAINERS "podman and CRI-O"
#define POLICY "etc/containers/policy.json"

static const char fix_policy[] = "plimsoll export containers --key FILE --repository GLOB writes one that demands signatures";

static bool
accepts_anything(const struct json *requirements)
{
	for (size_t i = 0; json_is(requirements, JSON_ARRAY) && i < requirements->n; i++)
		if (!slice_is(json_get_string(json_item(requirements, i), "type"), "insecureAcceptAnything"))
			return false;
	/* An empty list is an error to the library: nothing runs. */
	return json_is(requirements, JSON_ARRAY) && requirements->n > 0;
}

/* Where images come from without any registry: what is there was let in before, or was built here. */
static bool
is_local(struct slice transport)
{
	static const char *const local[] = { "containers-storage", "dir", "oci", "oci-archive", "docker-archive", "docker-daemon", "tarball" };
	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		if (slice_is(transport, local[i]))
			return true;
	return false;
}

static int
look_at_scopes(struct doctor *doctor, struct slice transport, const struct json *scopes, size_t *open, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && json_is(scopes, JSON_OBJECT) && i < scopes->n; i++) {
		if (!accepts_anything(&scopes->items[i]))
			continue;
		*open += 1;
		r = doctor_say(doctor, CONTAINERS, DOOR_OPEN, fix_policy, err, "/" POLICY " accepts anything of %.*s:%.*s%s", SLICE_ARG(transport), SLICE_ARG(scopes->keys[i]),
		               is_local(transport) ? ", which is pulled from no registry" : "");
	}
	return r;
}

static int
look_at_policy(struct doctor *doctor, const struct json *policy, struct plim_error *err)
{
	const struct json *transports = json_get(policy, "transports"), *fallback = json_get(policy, "default");
	size_t open = 0;
	int r = 0;
	if (accepts_anything(fallback)) {
		open++;
		r = doctor_say(doctor, CONTAINERS, DOOR_OPEN, fix_policy, err, "/" POLICY " accepts anything by default");
	} else if (!json_is(fallback, JSON_ARRAY)) {
		r = doctor_say(doctor, CONTAINERS, DOOR_UNKNOWN, NULL, err, "/" POLICY " has no default");
	}
	for (size_t i = 0; r == 0 && json_is(transports, JSON_OBJECT) && i < transports->n; i++)
		if (!is_local(transports->keys[i]))
			r = look_at_scopes(doctor, transports->keys[i], &transports->items[i], &open, err);
	if (r == 0 && open == 0)
		r = doctor_say(doctor, CONTAINERS, DOOR_SHUT, NULL, err, "/" POLICY " demands signatures, or refuses, whatever comes from a registry");
	return r;
}

/* Without this line signatures are not even fetched, and everything that demands them is refused. */
static int
look_at_attachments(struct doctor *doctor, struct slice policy, struct plim_error *err)
{
	const char *const *names;
	size_t n;
	bool found = false;
	int r = slice_find_text(policy, SLICE("sigstoreSigned")) == SIZE_MAX ? 0 : doctor_list(doctor, "etc/containers/registries.d", &names, &n, err);
	if (r < 0 || slice_find_text(policy, SLICE("sigstoreSigned")) == SIZE_MAX)
		return r;
	for (size_t i = 0; r == 0 && !found && i < n; i++) {
		char path[512];
		struct slice text;
		snprintf(path, sizeof path, "etc/containers/registries.d/%.200s", names[i]);
		r = doctor_read(doctor, path, &text, err);
		found = r == 0 && slice_find_text(text, SLICE("use-sigstore-attachments: true")) != SIZE_MAX;
	}
	if (r < 0 || found)
		return r;
	return doctor_say(doctor, CONTAINERS, DOOR_SHUT, "use-sigstore-attachments: true in /etc/containers/registries.d", err, "signatures are demanded and never fetched: everything is refused");
}

static int
look_at_hooks(struct doctor *doctor, struct plim_error *err)
{
	static const char *const folders[] = { "usr/share/containers/oci/hooks.d", "etc/containers/oci/hooks.d" };
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const char *const *names;
		size_t n;
		int r = doctor_list(doctor, folders[i], &names, &n, err);
		for (size_t k = 0; r == 0 && k < n; k++)
			if (slice_find_text(slice_of(names[k]), SLICE("plimsoll")) != SIZE_MAX)
				return doctor_say(doctor, CONTAINERS, DOOR_SHUT, NULL, err, "the hook %s/%s asks plimsoll before a container starts", folders[i], names[k]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A user's own policy goes before the machine's. */
static int
look_at_user(struct doctor *doctor, const char *home, struct plim_error *err)
{
	char path[512];
	snprintf(path, sizeof path, "%.300s/.config/containers/policy.json", home);
	if (!doctor_has(doctor, path))
		return 0;
	return doctor_say(doctor, CONTAINERS, DOOR_UNKNOWN, "remove it, or let it demand what /" POLICY " does", err, "/%s goes before /" POLICY " for its user", path);
}

static int
look_at_users(struct doctor *doctor, struct plim_error *err)
{
	const char *const *names;
	size_t n;
	int r = look_at_user(doctor, "root", err);
	if (r == 0)
		r = doctor_list(doctor, "home", &names, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		char home[300];
		snprintf(home, sizeof home, "home/%.200s", names[i]);
		r = look_at_user(doctor, home, err);
	}
	return r;
}

int
doctor_containers(struct doctor *doctor, struct plim_error *err)
{
	const struct json *policy;
	struct slice text;
	struct plim_error why = { 0 };
	if (!doctor_has(doctor, "usr/bin/podman") && !doctor_has(doctor, "usr/bin/crio") && !doctor_has(doctor, "usr/local/bin/crio") && !doctor_has(doctor, POLICY))
		return 0;
	int r = doctor_read(doctor, POLICY, &text, &why);
	if (r == 0 && text.n == 0)
		r = doctor_say(doctor, CONTAINERS, DOOR_SHUT, fix_policy, err, "/" POLICY " is missing: nothing can be pulled");
	else if (r < 0 || (r = json_parse(text, doctor->arena, &policy, &why)) < 0)
		r = doctor_say(doctor, CONTAINERS, DOOR_UNKNOWN, NULL, err, "/" POLICY ": %s", why.text);
	else if ((r = look_at_policy(doctor, policy, err)) == 0)
		r = look_at_attachments(doctor, text, err);
	if (r == 0)
		r = look_at_users(doctor, err);
	return r < 0 ? r : look_at_hooks(doctor, err);
}
