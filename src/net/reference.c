/* SPDX-License-Identifier: Apache-2.0 */
/* Names of images, taken apart from both ends: the digest and the tag off the back, the host off the front. */
#include "net/reference.h"

#include "base/error.h"
#include "base/strbuf.h"

#include <stdio.h>

/* Of host and path together: distribution/reference. */
#define NAME_MOST 255

static bool
is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_word(char c)
{
	return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Lower-case letters and digits, held together by one ".", one or two "_", or any number of "-". */
static bool
is_component(struct slice text)
{
	for (size_t i = 0, run; i < text.n; i += run) {
		char c = text.p[i];
		for (run = 1; i + run < text.n && text.p[i + run] == c; run++)
			;
		bool joins = i > 0 && i + run < text.n && is_lower_or_digit(text.p[i - 1]) && is_lower_or_digit(text.p[i + run]);
		if (is_lower_or_digit(c) || (joins && (c == '-' || (c == '.' && run == 1) || (c == '_' && run <= 2))))
			continue;
		return false;
	}
	return text.n > 0;
}

static const char *
path_wrong(struct slice path)
{
	struct slice component, rest = path;
	if (path.n == 0)
		return "there is no name behind the registry";
	if (path.p[path.n - 1] == '/' || path.p[0] == '/' || slice_find_text(path, SLICE("//")) != SIZE_MAX)
		return "a part of its path is empty";
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] >= 'A' && path.p[i] <= 'Z')
			return "its path must be in lower case";
	while (slice_next(&rest, '/', &component))
		if (!is_component(component))
			return "its path may hold lower-case letters, digits and, between them, '.', '_', '__' and '-'";
	return NULL;
}

/* A name, an IPv4 address, or an IPv6 address in brackets. */
static bool
is_host_name(struct slice name)
{
	struct slice label, inner = name;
	if (slice_skip(&inner, SLICE("[")) && slice_skip_end(&inner, SLICE("]"))) {
		for (size_t i = 0; i < inner.n; i++)
			if (inner.p[i] == '\0' || !strchr("0123456789abcdefABCDEF:.", inner.p[i]))
				return false;
		return inner.n > 1 && inner.n <= 45;
	}
	if (name.n == 0 || name.p[name.n - 1] == '.')
		return false;
	while (slice_next(&name, '.', &label)) {
		for (size_t i = 0; i < label.n; i++)
			if (!is_word(label.p[i]) && label.p[i] != '-')
				return false;
		if (label.n == 0 || label.p[0] == '-' || label.p[label.n - 1] == '-' || slice_find(label, '_') != SIZE_MAX)
			return false;
	}
	return true;
}

static const char *
host_wrong(struct slice host)
{
	struct slice name = host, port = SLICE_NONE;
	uint64_t number;
	size_t bracket = slice_find_last(host, ']');
	size_t colon = slice_find(slice_from(host, bracket == SIZE_MAX ? 0 : bracket), ':');
	if (colon != SIZE_MAX) {
		colon += bracket == SIZE_MAX ? 0 : bracket;
		name = slice_first(host, colon);
		port = slice_from(host, colon + 1);
		if (!slice_to_u64(port, 10, &number) || number == 0 || number > 65535)
			return "the port of its registry is no number from 1 to 65535";
	}
	return is_host_name(name) ? NULL : "the name of its registry is none";
}

/* A first part with a dot, a port, brackets or upper case is a host, and so is "localhost"; anything else belongs to the path. */
static bool
looks_like_host(struct slice text)
{
	if (slice_is(text, "localhost"))
		return true;
	for (size_t i = 0; i < text.n; i++)
		if ((text.p[i] && strchr(".:[", text.p[i])) || (text.p[i] >= 'A' && text.p[i] <= 'Z'))
			return true;
	return false;
}

static const char *
tag_wrong(struct slice tag)
{
	if (tag.n == 0)
		return "its tag is empty";
	if (tag.n > REFERENCE_TAG_MOST)
		return "its tag is longer than 128 bytes";
	for (size_t i = 0; i < tag.n; i++)
		if (!is_word(tag.p[i]) && (i == 0 || (tag.p[i] != '.' && tag.p[i] != '-')))
			return "its tag may hold letters, digits, '_' and, not as the first, '.' and '-'";
	return NULL;
}

int
reference_tag_check(struct slice tag, struct plim_error *err)
{
	const char *wrong = tag_wrong(tag);
	if (wrong == NULL)
		return 0;
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, slice_first(tag, 300));
	return error_set(err, PLIM_EUSAGE, "'%s' is no tag: %s", shown.p ? shown.p : "", wrong);
}

static const char *
take_digest(struct slice *rest, struct reference *out)
{
	struct slice name, digest;
	if (!slice_cut(*rest, '@', &name, &digest))
		return NULL;
	*rest = name;
	return digest_parse(digest, &out->digest) ? NULL : "behind '@' must stand sha256: or sha512: and its lower-case hex digits";
}

static const char *
take_tag(struct slice *rest, struct reference *out)
{
	size_t slash = slice_find_last(*rest, '/');
	size_t from = slash == SIZE_MAX ? 0 : slash + 1;
	size_t colon = slice_find(slice_from(*rest, from), ':');
	if (colon == SIZE_MAX)
		return NULL;
	out->tag = slice_from(*rest, from + colon + 1);
	*rest = slice_first(*rest, from + colon);
	return tag_wrong(out->tag);
}

static const char *
take_name(struct slice rest, struct reference *out)
{
	struct slice host, path;
	out->path = rest;
	if (slice_cut(rest, '/', &host, &path) && looks_like_host(host)) {
		out->host = host;
		out->path = path;
	}
	const char *wrong = out->host.p ? host_wrong(out->host) : NULL;
	return wrong ? wrong : rest.n > NAME_MOST ? "it is longer than 255 bytes" : path_wrong(out->path);
}

int
reference_parse(struct slice text, struct reference *out, struct plim_error *err)
{
	struct reference found = { 0 };
	struct slice rest = text;
	const char *wrong = text.n == 0 ? "it is empty" : NULL;
	if (wrong == NULL && slice_find_text(text, SLICE("://")) != SIZE_MAX)
		wrong = "it begins as an address does: it is written without that";
	if (wrong == NULL)
		wrong = take_digest(&rest, &found);
	if (wrong == NULL)
		wrong = take_tag(&rest, &found);
	if (wrong == NULL)
		wrong = take_name(rest, &found);
	if (wrong) {
		AUTO(strbuf) struct strbuf shown = { 0 };
		strbuf_put_printable(&shown, slice_first(text, 300));
		return error_set(err, PLIM_EUSAGE, "'%s' is no reference to an image: %s", shown.p ? shown.p : "", wrong);
	}
	*out = found;
	return 0;
}

struct slice
reference_repository(const struct reference *reference, struct arena *arena)
{
	struct slice host = reference->host;
	if (slice_is(host, "index.docker.io"))
		host = SLICE("docker.io");
	bool official = slice_is(host, "docker.io") && slice_find(reference->path, '/') == SIZE_MAX;
	return arena_printf(arena, "%.*s/%s%.*s", SLICE_ARG(host), official ? "library/" : "", SLICE_ARG(reference->path));
}

const char *
referrer_tag(const struct digest *subject, char text[static REFERRER_TAG_SIZE])
{
	char hex[DIGEST_TEXT_SIZE];
	snprintf(text, REFERRER_TAG_SIZE, "%.32s-%.64s", digest_algorithm_name(subject->algorithm), digest_hex(subject, hex));
	return text;
}

bool
reference_tag_is_attached(struct slice tag)
{
	for (enum digest_algorithm a = DIGEST_SHA256; a <= DIGEST_SHA512; a++) {
		struct slice hex = tag;
		size_t n = 0;
		if (!slice_skip(&hex, slice_of(digest_algorithm_name(a))) || !slice_skip(&hex, SLICE("-")))
			continue;
		while (n < hex.n && n < 64 && ((hex.p[n] >= '0' && hex.p[n] <= '9') || (hex.p[n] >= 'a' && hex.p[n] <= 'f')))
			n++;
		return n == 64;
	}
	return false;
}
