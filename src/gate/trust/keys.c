/* SPDX-License-Identifier: Apache-2.0 */
/* Files of keys, certificates and policies: the user's own, not an image's. */
#include "gate/trust/keys.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "gate/policy/address.h"
#include "policy/policy.h"

#include <fcntl.h>

static size_t
count_of(const char *const *list)
{
	size_t n = 0;
	while (list && list[n])
		n++;
	return n;
}

int
trust_file_load(const char *path, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = file_read(AT_FDCWD, path, LIMIT_DOCUMENT_BYTES, &bytes, &n, err);
	if (r < 0)
		return r;
	*out = arena_dup(arena, (struct slice){ bytes, n });
	return out->p ? 0 : error_nomem(err);
}

/* Whoever verifies needs no secret: one that is handed about by mistake is not passed on. */
static int
refuse_private(const char *path, struct slice pem, struct plim_error *err)
{
	enum key_format format;
	bool locked;
	if (key_sniff_private(pem, &format, &locked, NULL) < 0)
		return 0;
	return error_set(err, PLIM_EUSAGE, "%s: a private key; name the public one", path);
}

static int
load_companion(const char *path, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf beside = { 0 };
	companion_path(slice_of(path), &beside);
	int r = beside.failed ? error_nomem(err) : trust_file_load(beside.p, arena, out, err);
	if (r == PLIM_ENOTFOUND)
		*out = SLICE_NONE;
	return r == PLIM_ENOTFOUND ? 0 : r;
}

static int
load_key(const char *path, struct arena *arena, struct trust_key_order *out, struct plim_error *err)
{
	*out = (struct trust_key_order){ .name = path_base(slice_of(path)), .from = DATE_NONE, .until = DATE_NONE };
	int r = trust_file_load(path, arena, &out->pem, err);
	if (r < 0 || (r = refuse_private(path, out->pem, err)) < 0)
		return r;
	return load_companion(path, arena, &out->may, err);
}

int
trust_keys_load(const char *const *paths, struct arena *arena, struct trust_key_order **out, size_t *n, struct plim_error *err)
{
	*n = count_of(paths);
	*out = arena_make_array(arena, *n, struct trust_key_order);
	int r = *out ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < *n; i++)
		r = load_key(paths[i], arena, &(*out)[i], err);
	return r;
}

int
trust_certificates_load(const char *const *paths, struct arena *arena, struct trust_certificate_order **out, size_t *n, struct plim_error *err)
{
	*n = count_of(paths);
	*out = arena_make_array(arena, *n, struct trust_certificate_order);
	int r = *out ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < *n; i++) {
		(*out)[i].name = path_base(slice_of(paths[i]));
		r = trust_file_load(paths[i], arena, &(*out)[i].pem, err);
	}
	return r;
}

static int
load_policy(struct run *run, const char *name, struct arena *arena, struct policy **out, struct plim_error *err)
{
	struct slice text;
	if (!policy_is_address(name))
		return policy_load(name, out, err);
	int r = policy_address_fetch(run, name, NULL, arena, &text, err);
	return r < 0 ? r : policy_load_far(name, text, out, err);
}

static int
digest_of_policy(struct run *run, const char *name, struct arena *arena, struct digest *out, struct plim_error *err)
{
	struct policy *policy = NULL;
	if (digest_parse(slice_of(name), out))
		return 0;
	int r = load_policy(run, name, arena, &policy, err);
	if (r == 0)
		*out = policy_digest(policy);
	policy_free(policy);
	return r;
}

int
trust_policies_load(struct run *run, const char *const *names, struct arena *arena, struct digest **out, size_t *n, struct plim_error *err)
{
	*n = count_of(names);
	*out = arena_make_array(arena, *n, struct digest);
	int r = *out ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < *n; i++)
		r = digest_of_policy(run, names[i], arena, &(*out)[i], err);
	return r;
}
