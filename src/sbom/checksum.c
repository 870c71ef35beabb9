/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums: ours ("sha256:HEX") in the words of a format, and those words in ours. */
#include "sbom/document.h"
#include "sbom/sbom.h"

#include "base/error.h"
#include "codec/json_write.h"

static const struct algorithm {
	const char *ours, *in_cyclonedx, *in_spdx;
	size_t digits;
} algorithms[] = {
	{ "md5", "MD5", "MD5", 32 },
	{ "sha1", "SHA-1", "SHA1", 40 },
	{ "sha256", "SHA-256", "SHA256", 64 },
	{ "sha384", "SHA-384", "SHA384", 96 },
	{ "sha512", "SHA-512", "SHA512", 128 },
};

static bool
is_hex(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\0' || strchr("0123456789abcdefABCDEF", text.p[i]) == NULL)
			return false;
	return true;
}

static const struct algorithm *
algorithm_of(struct slice name, struct slice hex)
{
	for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
		const struct algorithm *a = &algorithms[i];
		bool named = slice_is(name, a->ours) || slice_is(name, a->in_cyclonedx) || slice_is(name, a->in_spdx);
		if (named && hex.n == a->digits && is_hex(hex))
			return a;
	}
	return NULL;
}

static const struct algorithm *
take_apart(struct slice checksum, struct slice *hex)
{
	struct slice name;
	return slice_cut(checksum, ':', &name, hex) ? algorithm_of(name, *hex) : NULL;
}

bool
sbom_checksum_is_known(struct slice checksum)
{
	struct slice hex;
	return take_apart(checksum, &hex) != NULL;
}

void
sbom_write_checksum(struct json_writer *w, enum sbom_words words, struct slice checksum)
{
	static const struct {
		const char *list, *algorithm, *hex;
	} keys[] = { [SBOM_WORDS_CYCLONEDX] = { "hashes", "alg", "content" }, [SBOM_WORDS_SPDX] = { "checksums", "algorithm", "checksumValue" } };
	struct slice hex;
	const struct algorithm *algorithm = take_apart(checksum, &hex);
	if (algorithm == NULL)
		return;
	json_write_key(w, slice_of(keys[words].list));
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, keys[words].algorithm, slice_of(words == SBOM_WORDS_SPDX ? algorithm->in_spdx : algorithm->in_cyclonedx));
	json_write_member(w, keys[words].hex, hex);
	json_write_object_end(w);
	json_write_array_end(w);
}

void
sbom_write_digest(struct json_writer *w, enum sbom_words words, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	if (digest->algorithm != DIGEST_NONE)
		sbom_write_checksum(w, words, slice_of(digest_text(digest, text)));
}

int
sbom_take_checksum(struct sbom_document *document, struct part *part, struct slice name, struct slice hex, struct plim_error *err)
{
	struct slice had, had_hex = SLICE_NONE;
	const struct algorithm *algorithm = algorithm_of(name, hex);
	slice_cut(part->checksum, ':', &had, &had_hex);
	if (algorithm == NULL || hex.n <= had_hex.n)
		return 0;
	part->checksum = arena_printf(document->arena, "%s:%.*s", algorithm->ours, SLICE_ARG(hex));
	return part->checksum.p ? 0 : error_nomem(err);
}
