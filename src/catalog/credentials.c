/* SPDX-License-Identifier: Apache-2.0 */
/* Files where programs keep tokens and passwords in plain text: which settings of them are set, never to what. */
#include "catalog/cataloger.h"

#include "base/glob.h"
#include "catalog/config_lines.h"

#define SETTING_COUNT 5

/* FILE(glob, kind, settings...): "://" is a URI with a password in it, "::::" a line whose fifth field is one. */
#define FILES \
	FILE("**/.aws/credentials", "aws", "aws_secret_access_key", "aws_session_token") \
	FILE("**/.azure/accessTokens.json", "azure", "accessToken", "refreshToken") \
	FILE("**/.azure/msal_token_cache.json", "azure", "secret") \
	FILE("**/.cargo/credentials", "cargo", "token") \
	FILE("**/.cargo/credentials.toml", "cargo", "token") \
	FILE("**/.composer/auth.json", "composer", "password") \
	FILE("**/composer/auth.json", "composer", "password") \
	FILE("**/.docker/config.json", "docker", "auth", "identitytoken", "registrytoken") \
	FILE("**/.dockercfg", "docker", "auth") \
	FILE("**/gcloud/application_default_credentials.json", "gcloud", "private_key", "refresh_token") \
	FILE("**/.git-credentials", "git", "://") \
	FILE("**/.kube/config", "kube", "token", "client-key-data", "password") \
	FILE("**/.netrc", "netrc", "password") \
	FILE("**/.npmrc", "npm", "_authToken", "_auth", "_password") \
	FILE("**/?u?et.?onfig", "nuget", "ClearTextPassword") \
	FILE("**/.pgpass", "postgresql", "::::") \
	FILE("**/.pypirc", "pypi", "password") \
	FILE("**/.terraform.d/credentials.tfrc.json", "terraform", "token")

static const struct keeper {
	const char *glob;
	const char *kind;
	const char *settings[SETTING_COUNT];
} keepers[] = {
#define FILE(glob, kind, ...) { glob, kind, { __VA_ARGS__ } },
	FILES
#undef FILE
};

static const struct keeper *
keeper_of(struct slice path)
{
	for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++)
		if (glob_match(slice_of(keepers[i].glob), path))
			return &keepers[i];
	return NULL;
}

static bool
is_name_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

/* A value that the environment gives later is no secret. */
static bool
has_value(struct slice text)
{
	while (text.n > 0 && strchr(" \t:=\"'", text.p[0]))
		text = slice_from(text, 1);
	return text.n > 0 && strchr(",}];#", text.p[0]) == NULL && !slice_starts(text, SLICE("${"));
}

/* NAME stands in the line as a word of its own, with a value behind it. */
static bool
is_set(struct slice line, struct slice name)
{
	for (size_t at; (at = slice_find_text(line, name)) != SIZE_MAX; line = slice_from(line, at + name.n)) {
		struct slice behind = slice_from(line, at + name.n);
		bool word = (at == 0 || !is_name_byte(line.p[at - 1])) && (behind.n == 0 || !is_name_byte(behind.p[0]));
		if (word && has_value(behind))
			return true;
	}
	return false;
}

static bool
has_uri_password(struct slice line)
{
	size_t at = slice_find_text(line, SLICE("://"));
	struct slice user, host;
	return at != SIZE_MAX && slice_cut(slice_from(line, at + 3), '@', &user, &host) && slice_find(user, ':') != SIZE_MAX;
}

/* "host:port:database:user:password", where a backslash takes a colon's meaning away; a comment begins with #. */
static bool
has_fifth_field(struct slice line)
{
	unsigned colons = 0;
	size_t at = 0;
	for (; at < line.n && colons < 4; at++) {
		if (line.p[at] == '\\')
			at++;
		else
			colons += line.p[at] == ':';
	}
	return colons == 4 && at < line.n && line.p[0] != '#';
}

struct credential_reader {
	const struct keeper *keeper;
	struct rows *rows;
};

/* What the setting is called where the line sets it; absent where it does not. */
static struct slice
setting_of(struct slice line, struct slice name)
{
	static const struct {
		const char *name;
		bool (*has)(struct slice line);
	} forms[] = { { "://", has_uri_password }, { "::::", has_fifth_field } };
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (slice_is(name, forms[i].name))
			return forms[i].has(line) ? SLICE("password") : SLICE_NONE;
	return is_set(line, name) ? name : SLICE_NONE;
}

static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	const struct credential_reader *reader = context;
	int r = 0;
	for (size_t i = 0; r == 0 && i < SETTING_COUNT && reader->keeper->settings[i]; i++) {
		struct slice fields[] = {
			[CREDENTIAL_KIND] = slice_of(reader->keeper->kind),
			[CREDENTIAL_SETTING] = setting_of(line, slice_of(reader->keeper->settings[i])),
		};
		if (fields[CREDENTIAL_SETTING].p)
			r = rows_add(reader->rows, ROW_CREDENTIAL, number, fields, CREDENTIAL_FIELD_COUNT, err);
	}
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct credential_reader reader = { keeper_of(path), rows };
	return reader.keeper ? config_each_line(body, false, take_line, &reader, err) : 0;
}

const struct cataloger cataloger_credentials = {
	.name = "credentials",
	.missing = MISSING_OWN,
	.follows = true,
	.by_name = true,
#define FILE(glob, kind, ...) glob,
	.paths = (const char *const[]){ FILES NULL },
#undef FILE
	.extract = extract,
};
