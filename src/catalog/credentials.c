/* SPDX-License-Identifier: Apache-2.0 */
/* Files where programs keep tokens and passwords in plain text: which settings of them are set, never to what. */
#include "catalog/cataloger.h"

#include "base/glob.h"
#include "catalog/config_lines.h"

#define SETTING_COUNT 5

static const struct keeper {
	const char *glob;
	const char *kind;
	const char *settings[SETTING_COUNT];    /* "://": a URI with a password in it */
} keepers[] = {
	{ "**/.aws/credentials", "aws", { "aws_secret_access_key", "aws_session_token" } },
	{ "**/.azure/accessTokens.json", "azure", { "accessToken", "refreshToken" } },
	{ "**/.azure/msal_token_cache.json", "azure", { "secret" } },
	{ "**/.docker/config.json", "docker", { "auth", "identitytoken", "registrytoken" } },
	{ "**/.dockercfg", "docker", { "auth" } },
	{ "**/gcloud/application_default_credentials.json", "gcloud", { "private_key", "refresh_token" } },
	{ "**/.git-credentials", "git", { "://" } },
	{ "**/.kube/config", "kube", { "token", "client-key-data", "password" } },
	{ "**/.netrc", "netrc", { "password" } },
	{ "**/.npmrc", "npm", { "_authToken", "_auth", "_password" } },
	{ "**/.pypirc", "pypi", { "password" } },
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

struct credential_reader {
	const struct keeper *keeper;
	struct rows *rows;
};

static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	const struct credential_reader *reader = context;
	int r = 0;
	for (size_t i = 0; r == 0 && i < SETTING_COUNT && reader->keeper->settings[i]; i++) {
		struct slice name = slice_of(reader->keeper->settings[i]);
		bool uri = slice_is(name, "://");
		struct slice fields[] = {
			[CREDENTIAL_KIND] = slice_of(reader->keeper->kind),
			[CREDENTIAL_SETTING] = uri ? SLICE("password") : name,
		};
		if (uri ? has_uri_password(line) : is_set(line, name))
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
	.paths = (const char *const[]){ "**/.aws/credentials", "**/.azure/accessTokens.json", "**/.azure/msal_token_cache.json",
	                                "**/.docker/config.json", "**/.dockercfg", "**/gcloud/application_default_credentials.json",
	                                "**/.git-credentials", "**/.kube/config", "**/.netrc", "**/.npmrc", "**/.pypirc", NULL },
	.extract = extract,
};
