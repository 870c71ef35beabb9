/* SPDX-License-Identifier: Apache-2.0 */
/* Names of repositories, read strictly: a policy's globs are held against them. */
#include "image/repository.h"

#include "base/digest.h"
#include "base/error.h"

/* The specification's own limit for host and path together. */
#define NAME_MOST 255
#define TAG_MOST  128

static bool
is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Letters and digits, held together by one ".", one or two "_", or any number of "-". */
static bool
is_component(struct slice text)
{
	for (size_t i = 0, run; i < text.n; i += run) {
		char c = text.p[i];
		for (run = 1; i + run < text.n && text.p[i + run] == c; run++)
			;
		bool joins = i > 0 && i + run < text.n && !is_lower_or_digit(c) && is_lower_or_digit(text.p[i - 1]) && is_lower_or_digit(text.p[i + run]);
		if (is_lower_or_digit(c) || (joins && (c == '-' || (c == '.' && run == 1) || (c == '_' && run <= 2))))
			continue;
		return false;
	}
	return text.n > 0;
}

static bool
is_path(struct slice path)
{
	struct slice component;
	if (path.n == 0 || path.p[path.n - 1] == '/')
		return false;
	while (slice_next(&path, '/', &component))
		if (!is_component(component))
			return false;
	return true;
}

static bool
is_port(struct slice text)
{
	uint64_t port;
	return slice_to_u64(text, 10, &port) && port > 0 && port < 65536;
}

/* A dot or a port tells it from the first part of a path. */
static bool
is_host(struct slice text)
{
	struct slice name, port;
	bool has_port = slice_cut(text, ':', &name, &port);
	if (has_port && !is_port(port))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!is_lower_or_digit(name.p[i]) && !(name.p[i] >= 'A' && name.p[i] <= 'Z') && name.p[i] != '.' && name.p[i] != '-')
			return false;
	return name.n > 0 && (has_port || slice_find(name, '.') != SIZE_MAX || slice_is(name, "localhost"));
}

static bool
is_tag(struct slice tag)
{
	for (size_t i = 0; i < tag.n; i++) {
		char c = tag.p[i];
		bool word = is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_';
		if (!word && (i == 0 || (c != '.' && c != '-')))
			return false;
	}
	return tag.n > 0 && tag.n <= TAG_MOST;
}

/* Takes "@DIGEST" and ":TAG" off the end of a name; false when what stands there is neither. */
static bool
skip_version(struct slice *name)
{
	struct slice digest, tag, rest = *name;
	struct digest ignored;
	if (slice_cut(rest, '@', name, &digest) && !digest_parse(digest, &ignored))
		return false;
	rest = *name;
	size_t slash = rest.n;
	while (slash > 0 && rest.p[slash - 1] != '/')
		slash--;
	size_t colon = slice_find(slice_from(rest, slash), ':');
	if (colon == SIZE_MAX)
		return true;
	tag = slice_from(rest, slash + colon + 1);
	*name = slice_first(rest, slash + colon);
	return is_tag(tag);
}

int
repository_parse(struct slice text, struct slice *out, struct plim_error *err)
{
	struct slice name = text, host, path;
	if (!skip_version(&name))
		return error_set(err, PLIM_EUSAGE, "'%.*s': what follows the repository is neither a tag nor a digest", SLICE_ARG(slice_first(text, 300)));
	if (!slice_cut(name, '/', &host, &path) || !is_host(host))
		return error_set(err, PLIM_EUSAGE, "'%.*s' does not begin with a registry: write registry.example.com/team/web", SLICE_ARG(slice_first(text, 300)));
	if (!is_path(path) || name.n > NAME_MOST)
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no name of a repository", SLICE_ARG(slice_first(text, 300)));
	*out = name;
	return 0;
}
