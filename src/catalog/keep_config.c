/* SPDX-License-Identifier: Apache-2.0 */
/* Content of configuration files, but for what is secret by its nature. */
#include "catalog/keep.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/limits.h"
#include "catalog/rows.h"

bool
config_file_keeps(const struct entry *entry)
{
	return entry->type == ENTRY_FILE && slice_starts(entry->path, SLICE("etc/"));
}

static bool
is_one_of(struct slice path, const char *const *globs)
{
	for (; *globs; globs++)
		if (glob_match(slice_of(*globs), path))
			return true;
	return false;
}

/* Files of hashes, which have tables of their own or nothing else in them. */
static const char *const accounts[] = { "etc/shadow", "etc/shadow-", "etc/gshadow", "etc/gshadow-", "etc/security/opasswd", NULL };

static const char *const secrets[] = {
	"etc/apt/auth.conf", "etc/apt/auth.conf.d/*", "etc/ssl/private/**", "etc/**/*.key", "etc/**/*.keytab", "etc/ssh/ssh_host_*_key",
	"etc/ppp/*-secrets", "etc/ipsec.secrets", NULL,
};

static bool
has_private_key(struct slice body)
{
	return slice_find_text(body, SLICE("PRIVATE KEY-----")) != SIZE_MAX || slice_find_text(body, SLICE("PRIVATE KEY BLOCK-----")) != SIZE_MAX;
}

static const char *
state_of(struct slice path, struct slice body, uint64_t left)
{
	if (is_one_of(path, accounts))
		return "account";
	if (is_one_of(path, secrets) || has_private_key(body))
		return "secret";
	if (body.p == NULL || body.n > left)
		return "too_large";
	return slice_find(body, '\0') != SIZE_MAX ? "binary" : "kept";
}

int
config_file_keep(struct block_builder *into, uint32_t index, struct slice path, struct slice body, uint64_t *left,
                 struct plim_error *err)
{
	struct slice fields[CONFIG_FILE_FIELD_COUNT] = { 0 };
	struct slice state = slice_of(state_of(path, body, *left));
	fields[CONFIG_FILE_STATE] = state;
	if (slice_is(state, "kept")) {
		fields[CONFIG_FILE_CONTENT] = body.n ? body : SLICE("");
		*left -= body.n;
	}
	return block_add_content(into, ROW_CONFIG_FILE, index, fields, CONFIG_FILE_FIELD_COUNT, err);
}

int
content_keep(struct block_builder *into, uint32_t index, struct slice path, struct slice body, bool masked, uint64_t *left, struct plim_error *err)
{
	struct slice fields[CONTENT_FIELD_COUNT] = { 0 };
	struct slice state = slice_of(state_of(path, body, *left));
	if (slice_is(state, "account"))
		state = SLICE("secret");
	if (slice_is(state, "binary") || slice_is(state, "kept"))
		state = masked ? SLICE("masked") : SLICE("kept");
	fields[CONTENT_STATE] = state;
	if (slice_is(state, "kept")) {
		fields[CONTENT_CONTENT] = body.n ? body : SLICE("");
		*left -= body.n;
	}
	return block_add_content(into, ROW_CONTENT, index, fields, CONTENT_FIELD_COUNT, err);
}
