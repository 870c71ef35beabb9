/* SPDX-License-Identifier: Apache-2.0 */
/* Which files are configuration: by their names, for a password in a program's source is mostly none. */
#include "catalog/secret/rule.h"

#include "base/glob.h"

static const char *const config_extensions[] = {
	"env", "ini", "conf", "cfg", "cnf", "cf", "properties", "yaml", "yml", "toml", "json", "xml", "config", "tfvars", "tfstate",
	"rc", "secrets", "credentials", "plist", "service", "desktop", NULL,
};

/* Without an extension that tells, or with one that is a program's. */
static const char *const config_names[] = {
	"**/.env", "**/.env.*", "**/*.env.*", "**/.envrc", "**/.git-credentials", "**/.gitconfig", "**/.dockercfg", "**/.netrc", "**/.npmrc", "**/.yarnrc*",
	"**/.pypirc", "**/.my.cnf", "**/.s3cfg", "**/.boto", "**/.htpasswd", "**/.profile", "**/.bashrc", "**/.bash_profile", "**/.zshrc",
	"**/.bash_history", "**/.zsh_history", "**/.mysql_history", "**/.psql_history", "**/.pgpass", "**/.aws/*", "**/.kube/config", "**/wp-config.php",
	"**/Dockerfile*", "**/docker-compose*", "**/credentials", "**/config/database.php", "**/config/*.rb", "etc/**", "run/secrets/*", NULL,
};

/* Files of packages, whose settings are those of everybody. */
static const char *const never[] = {
	"**/node_modules/**", "**/site-packages/**", "**/dist-packages/**", "usr/share/**", "usr/lib/**", "**/gems/**", "**/vendor/**", "**/go/pkg/mod/**",
	"**/package-lock.json", "**/composer.lock", "**/testdata/**", NULL,
};

static const struct named {
	unsigned place;
	const char *const globs[5];
} named[] = {
	{ PLACE_NPMRC, { "**/.npmrc", "**/npmrc", NULL } },
	{ PLACE_NETRC, { "**/.netrc", "**/_netrc", "etc/apt/auth.conf", "etc/apt/auth.conf.d/*", NULL } },
	{ PLACE_PYPIRC, { "**/.pypirc", NULL } },
	{ PLACE_MAVEN, { "**/settings*.xml", NULL } },
};

static bool
is_one_of(struct slice path, const char *const *globs)
{
	for (; *globs; globs++)
		if (glob_match(slice_of(*globs), path))
			return true;
	return false;
}

static bool
is_config(struct slice path)
{
	struct slice stem, extension;
	bool likely = is_one_of(path, config_names);
	if (!likely && slice_cut_last(path_base(path), '.', &stem, &extension))
		for (const char *const *e = config_extensions; *e && !likely; e++)
			likely = slice_eq_nocase(extension, slice_of(*e));
	return likely && !is_one_of(path, never);
}

struct secret_places
secret_places_of_file(struct slice path, bool text)
{
	return (struct secret_places){ path, text, !text, PLACE_ANYWHERE | (text ? PLACE_TEXT : 0) };
}

struct secret_places
secret_places_of_settings(void)
{
	return (struct secret_places){ SLICE_NONE, true, true, PLACE_ANYWHERE | PLACE_TEXT | PLACE_CONFIG | PLACE_SETTINGS };
}

bool
secret_places_has(struct secret_places *places, enum secret_place place)
{
	if ((places->bits & place) || places->named)
		return places->bits & place;
	places->named = true;
	places->bits |= is_config(places->path) ? PLACE_CONFIG : 0;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (is_one_of(places->path, named[i].globs))
			places->bits |= named[i].place;
	return places->bits & place;
}
