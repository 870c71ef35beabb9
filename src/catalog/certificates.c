/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in files that are named like theirs, and in bundles: PEM, DER and Java's key stores. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "codec/x509.h"

#include <inttypes.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>

struct certificate_texts {
	struct strbuf subject, issuer, common_name, serial, subject_key, authority_key;
	char sha256[DIGEST_TEXT_SIZE], sha1[DIGEST_TEXT_SIZE], from[24], until[24], bits[16];
};

static void
auto_certificate_texts(struct certificate_texts *texts)
{
	struct strbuf *const all[] = { &texts->subject, &texts->issuer, &texts->common_name, &texts->serial, &texts->subject_key, &texts->authority_key };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		strbuf_done(all[i]);
}

static void
put_hex(struct strbuf *into, struct slice bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		strbuf_printf(into, "%02X", (unsigned char)bytes.p[i]);
}

/* The most specific common name of one: the last. */
static void
put_common_name(const X509_NAME *name, struct strbuf *into)
{
	int at = -1;
	unsigned char *text = NULL;
	for (int next; (next = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;)
		at = next;
	int n = at < 0 ? -1 : ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (n > 0)
		strbuf_put(into, (struct slice){ (char *)text, (size_t)n });
	OPENSSL_free(text);
}

/* As RFC 2253 writes it, UTF-8 as it is; false for what is no name. */
static bool
put_name(struct slice der, struct strbuf *into, struct strbuf *common)
{
	const unsigned char *at = (const unsigned char *)der.p;
	X509_NAME *name = der.n < INT32_MAX ? d2i_X509_NAME(NULL, &at, (long)der.n) : NULL;
	BIO *memory = name ? BIO_new(BIO_s_mem()) : NULL;
	char *text;
	bool good = memory && X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0;
	long n = good ? BIO_get_mem_data(memory, &text) : 0;
	if (n > 0)
		strbuf_put(into, (struct slice){ text, (size_t)n });
	if (good && common)
		put_common_name(name, common);
	BIO_free(memory);
	X509_NAME_free(name);
	ERR_clear_error();
	return good;
}

static struct slice
digest_hex_of(struct slice bytes, enum digest_algorithm algorithm, char text[static DIGEST_TEXT_SIZE])
{
	AUTO(hasher) struct hasher *hasher = hasher_new(algorithm);
	if (hasher == NULL)
		return SLICE_NONE;
	hasher_add(hasher, bytes);
	struct digest digest = hasher_end(hasher);
	return slice_of(digest_hex(&digest, text));
}

static struct slice
text_or_none(const struct strbuf *text)
{
	return text->n ? strbuf_slice(text) : SLICE_NONE;
}

static int
add(struct rows *rows, const struct x509 *certificate, struct certificate_texts *texts, uint32_t line, struct plim_error *err)
{
	put_hex(&texts->serial, certificate->serial);
	put_hex(&texts->subject_key, certificate->subject_key);
	put_hex(&texts->authority_key, certificate->authority_key);
	snprintf(texts->from, sizeof texts->from, "%" PRId64, certificate->not_before);
	snprintf(texts->until, sizeof texts->until, "%" PRId64, certificate->not_after);
	snprintf(texts->bits, sizeof texts->bits, "%u", certificate->key_bits);
	const struct slice fields[CERTIFICATE_FIELD_COUNT] = {
		[CERTIFICATE_COMMON_NAME] = text_or_none(&texts->common_name),
		[CERTIFICATE_SUBJECT] = strbuf_slice(&texts->subject),
		[CERTIFICATE_ISSUER] = strbuf_slice(&texts->issuer),
		[CERTIFICATE_SERIAL] = strbuf_slice(&texts->serial),
		[CERTIFICATE_NOT_BEFORE] = slice_of(texts->from),
		[CERTIFICATE_NOT_AFTER] = slice_of(texts->until),
		[CERTIFICATE_SHA256] = digest_hex_of(certificate->whole, DIGEST_SHA256, texts->sha256),
		[CERTIFICATE_SHA1] = digest_hex_of(certificate->whole, DIGEST_SHA1, texts->sha1),
		[CERTIFICATE_CA] = certificate->ca ? SLICE("1") : SLICE("0"),
		[CERTIFICATE_SELF_SIGNED] = x509_is_self_signed(certificate) ? SLICE("1") : SLICE("0"),
		[CERTIFICATE_SIGNATURE] = slice_of(certificate->signature),
		[CERTIFICATE_KEY] = slice_of(certificate->key),
		[CERTIFICATE_KEY_BITS] = certificate->key_bits ? slice_of(texts->bits) : SLICE_NONE,
		[CERTIFICATE_SUBJECT_KEY] = text_or_none(&texts->subject_key),
		[CERTIFICATE_AUTHORITY_KEY] = text_or_none(&texts->authority_key),
		[CERTIFICATE_FORM] = SLICE("plain"),
	};
	return rows_add(rows, ROW_CERTIFICATE, line, fields, CERTIFICATE_FIELD_COUNT, err);
}

/* Programs pass over what is damaged: a row tells that it is there. */
static int
take_der(struct rows *rows, struct slice der, uint32_t line, struct plim_error *err)
{
	static const struct slice damaged[CERTIFICATE_FIELD_COUNT] = { [CERTIFICATE_FORM] = { "damaged", 7 } };
	AUTO(certificate_texts) struct certificate_texts texts = { 0 };
	struct x509 certificate;
	/* The digest comes first: it readies OpenSSL without its configuration. */
	struct digest first = digest_of(slice_first(der, 1));
	if (first.algorithm == DIGEST_NONE)
		return error_nomem(err);
	if (!x509_parse(der, &certificate) || !put_name(certificate.subject, &texts.subject, &texts.common_name) || !put_name(certificate.issuer, &texts.issuer, NULL))
		return rows_add(rows, ROW_CERTIFICATE, line, damaged, CERTIFICATE_FIELD_COUNT, err);
	return add(rows, &certificate, &texts, line, err);
}

/* One block from its first line on. */
static int
take_block(struct rows *rows, struct slice text, uint32_t line, struct plim_error *err)
{
	BIO *from = text.n < INT32_MAX ? BIO_new_mem_buf(text.p, (int)text.n) : NULL;
	char *label = NULL, *header = NULL;
	unsigned char *bytes = NULL;
	long n = 0;
	bool good = from && PEM_read_bio(from, &label, &header, &bytes, &n) == 1;
	int r = take_der(rows, good ? (struct slice){ (char *)bytes, (size_t)n } : SLICE_NONE, line, err);
	OPENSSL_free(label);
	OPENSSL_free(header);
	OPENSSL_free(bytes);
	BIO_free(from);
	ERR_clear_error();
	return r;
}

static bool
begins_certificate(struct slice line)
{
	static const char *const labels[] = { "-----BEGIN CERTIFICATE-----", "-----BEGIN X509 CERTIFICATE-----", "-----BEGIN TRUSTED CERTIFICATE-----" };
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (slice_is(slice_trim(line), labels[i]))
			return true;
	return false;
}

static int
take_text(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	uint32_t number = 0, begun = 0;
	size_t from = 0, at = 0;
	int r = 0;
	for (struct slice line; r == 0 && cursor_line(&in, &line); at = in.at) {
		number++;
		if (begins_certificate(line)) {
			r = begun ? take_der(rows, SLICE_NONE, begun, err) : 0;
			from = at;
			begun = number;
		} else if (begun && slice_starts(slice_trim(line), SLICE("-----END "))) {
			r = take_block(rows, slice_first(slice_from(body, from), in.at - from), begun, err);
			begun = 0;
		}
	}
	return r == 0 && begun ? take_der(rows, SLICE_NONE, begun, err) : r;
}

#define JKS_MAGIC 0xfeedfeed
enum { JKS_CERTIFICATE = 2 };

static int
add_unread(struct rows *rows, struct plim_error *err)
{
	static const struct slice unread[CERTIFICATE_FIELD_COUNT] = { [CERTIFICATE_FORM] = { "unread", 6 } };
	return rows_add(rows, ROW_CERTIFICATE, 0, unread, CERTIFICATE_FIELD_COUNT, err);
}

/* A Java key store: certificates that are trusted, up to what is none (private keys, whose chains are nobody's trust); the rest is not seen. */
static int
take_jks(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(slice_from(body, 4));
	uint32_t version = cursor_u32be(&in), count = cursor_u32be(&in), i;
	int r = 0;
	for (i = 0; r == 0 && i < count && !in.bad && cursor_u32be(&in) == JKS_CERTIFICATE; i++) {
		cursor_take(&in, cursor_u16be(&in));
		cursor_take(&in, 8);
		if (version > 1)
			cursor_take(&in, cursor_u16be(&in));
		struct slice der = cursor_take(&in, cursor_u32be(&in));
		r = take_der(rows, der, 0, err);
	}
	return r == 0 && (i < count || in.bad) ? add_unread(rows, err) : r;
}

static bool
is_key_store(struct slice path)
{
	return slice_is(path_base(path), "cacerts");
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct x509 certificate;
	if (cursor_u32be(&in) == JKS_MAGIC)
		return take_jks(body, rows, err);
	if (x509_parse(body, &certificate))
		return take_der(rows, body, 0, err);
	/* PKCS #12 encrypts them; JCEKS and others are Java's, too. */
	if (is_key_store(path) && body.n && slice_find_text(body, SLICE("-----BEGIN ")) == SIZE_MAX)
		return add_unread(rows, err);
	return take_text(body, rows, err);
}

const struct cataloger cataloger_certificates = {
	.name = "certificates",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "**/*.pem", "**/*.crt", "**/*.cer", "**/*.der", "**/cacerts", "etc/ssl/certs/*", "etc/pki/tls/certs/*", "etc/pki/ca-trust/source/anchors/*",
	                                "usr/share/pki/trust/anchors/*", "etc/pki/trust/anchors/*", "var/lib/ca-certificates/openssl/*", NULL },
	.extract = extract,
};
