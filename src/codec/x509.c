/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates as DER (X.690) has them: one element after another. */
#include "codec/x509.h"

#include "base/cursor.h"
#include "base/date.h"

#include <stdio.h>

enum der_tag {
	DER_BOOLEAN = 0x01, DER_INTEGER = 0x02, DER_BITS = 0x03, DER_OCTETS = 0x04, DER_OID = 0x06, DER_UTC_TIME = 0x17, DER_TIME = 0x18,
	DER_SEQUENCE = 0x30, DER_CONTEXT = 0x80, DER_CONTEXT_PARTS = 0xa0,
};

/* The element at hand: its content; `*whole` with tag and length.  No tag has a number above 30 here. */
static uint8_t
der_next(struct cursor *in, struct slice *content, struct slice *whole)
{
	size_t from = in->at;
	uint8_t tag = cursor_u8(in), first = cursor_u8(in);
	size_t length = first;
	if (first > 0x84 || first == 0x80)
		in->bad = true;
	if (first > 0x80)
		for (length = 0; first > 0x80; first--)
			length = length << 8 | cursor_u8(in);
	*content = cursor_take(in, length);
	*whole = in->bad ? SLICE_NONE : slice_first(slice_from(in->in, from), in->at - from);
	return in->bad ? 0 : tag;
}

/* The content of an element that must be there. */
static struct slice
der_take(struct cursor *in, enum der_tag wanted)
{
	struct slice content, whole;
	if (der_next(in, &content, &whole) != (uint8_t)wanted) {
		in->bad = true;
		return SLICE_NONE;
	}
	return content;
}

/* Of one that may be there. */
static bool
der_may_take(struct cursor *in, uint8_t wanted, struct slice *content)
{
	struct slice whole;
	if (!cursor_left(in) || (uint8_t)in->in.p[in->at] != wanted)
		return false;
	return der_next(in, content, &whole) == wanted;
}

static struct slice
der_take_whole(struct cursor *in, enum der_tag wanted)
{
	struct slice content, whole;
	if (der_next(in, &content, &whole) != (uint8_t)wanted) {
		in->bad = true;
		return SLICE_NONE;
	}
	return whole;
}

static const struct {
	struct slice oid;
	const char *name;
	unsigned bits;             /* of a curve */
} names[] = {
#define OID(bytes, name, bits) { { bytes, sizeof bytes - 1 }, name, bits }
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "rsaEncryption", 0),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", "md2WithRSAEncryption", 0),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "md5WithRSAEncryption", 0),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "sha1WithRSAEncryption", 0),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "rsassaPss", 0),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "sha256WithRSAEncryption", 0),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", "sha384WithRSAEncryption", 0),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", "sha512WithRSAEncryption", 0),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", "sha224WithRSAEncryption", 0),
	OID("\x2a\x86\x48\xce\x38\x04\x01", "dsaEncryption", 0),
	OID("\x2a\x86\x48\xce\x38\x04\x03", "dsaWithSHA1", 0),
	OID("\x60\x86\x48\x01\x65\x03\x04\x03\x02", "dsa_with_SHA256", 0),
	OID("\x2a\x86\x48\xce\x3d\x02\x01", "id-ecPublicKey", 0),
	OID("\x2a\x86\x48\xce\x3d\x04\x01", "ecdsa-with-SHA1", 0),
	OID("\x2a\x86\x48\xce\x3d\x04\x03\x02", "ecdsa-with-SHA256", 0),
	OID("\x2a\x86\x48\xce\x3d\x04\x03\x03", "ecdsa-with-SHA384", 0),
	OID("\x2a\x86\x48\xce\x3d\x04\x03\x04", "ecdsa-with-SHA512", 0),
	OID("\x2b\x65\x70", "ED25519", 256),
	OID("\x2b\x65\x71", "ED448", 456),
	OID("\x2a\x86\x48\xce\x3d\x03\x01\x01", "prime192v1", 192),
	OID("\x2a\x86\x48\xce\x3d\x03\x01\x07", "prime256v1", 256),
	OID("\x2b\x81\x04\x00\x0a", "secp256k1", 256),
	OID("\x2b\x81\x04\x00\x21", "secp224r1", 224),
	OID("\x2b\x81\x04\x00\x22", "secp384r1", 384),
	OID("\x2b\x81\x04\x00\x23", "secp521r1", 521),
};

static const char *
name_of(struct slice oid, unsigned *bits)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_eq(names[i].oid, oid)) {
			if (bits)
				*bits = names[i].bits;
			return names[i].name;
		}
	return NULL;
}

/* YYMMDDHHMMSSZ, of 1950 to 2049, and YYYYMMDDHHMMSSZ: RFC 5280 knows no others. */
static int64_t
take_time(struct cursor *in)
{
	char text[32];
	struct slice digits, whole;
	int64_t seconds = 0;
	uint8_t tag = der_next(in, &digits, &whole);
	const char *century = tag == DER_TIME ? "" : digits.n && digits.p[0] >= '5' ? "19" : "20";
	if ((tag != DER_TIME || digits.n != 15) && (tag != DER_UTC_TIME || digits.n != 13)) {
		in->bad = true;
		return 0;
	}
	size_t year = tag == DER_TIME ? 4 : 2;
	const char *p = digits.p + year;
	snprintf(text, sizeof text, "%s%.*s-%.2s-%.2sT%.2s:%.2s:%.2sZ", century, (int)year, digits.p, p, p + 2, p + 4, p + 6, p + 8);
	if (p[10] != 'Z' || !date_parse(slice_of(text), &seconds))
		in->bad = true;
	return seconds;
}

static struct slice
take_number(struct cursor *in)
{
	struct slice number = der_take(in, DER_INTEGER);
	while (number.n > 1 && number.p[0] == 0)
		number = slice_from(number, 1);
	return number;
}

static unsigned
bit_length(struct slice number)
{
	if (number.n == 0 || number.n > 1 << 16)
		return 0;
	unsigned bits = (unsigned)(number.n - 1) * 8;
	for (unsigned first = (unsigned char)number.p[0]; first; first >>= 1)
		bits++;
	return bits;
}

/* SubjectPublicKeyInfo: of RSA the modulus' length, of a curve the curve's. */
static void
take_key(struct cursor *in, struct x509 *out)
{
	struct cursor info = cursor_of(der_take(in, DER_SEQUENCE)), algorithm = cursor_of(der_take(&info, DER_SEQUENCE));
	struct slice curve, bits = SLICE_NONE;
	out->key = name_of(der_take(&algorithm, DER_OID), &out->key_bits);
	if (der_may_take(&algorithm, DER_OID, &curve))
		name_of(curve, &out->key_bits);
	bits = der_take(&info, DER_BITS);
	if (out->key && (strcmp(out->key, "rsaEncryption") == 0 || strcmp(out->key, "rsassaPss") == 0)) {
		struct cursor key = cursor_of(slice_from(bits, 1)), parts = cursor_of(der_take(&key, DER_SEQUENCE));
		out->key_bits = bit_length(take_number(&parts));
	}
	in->bad |= info.bad || algorithm.bad;
}

static void
take_extension(struct slice oid, struct slice value, struct x509 *out)
{
	struct cursor in = cursor_of(value);
	struct slice content;
	if (slice_eq(oid, SLICE("\x55\x1d\x0e"))) {
		if (der_may_take(&in, DER_OCTETS, &content))
			out->subject_key = content;
		return;
	}
	if (!der_may_take(&in, DER_SEQUENCE, &content))
		return;
	struct cursor parts = cursor_of(content);
	if (slice_eq(oid, SLICE("\x55\x1d\x13")))
		out->ca = der_may_take(&parts, DER_BOOLEAN, &content) && content.n == 1 && content.p[0] != 0;
	else if (slice_eq(oid, SLICE("\x55\x1d\x23")) && der_may_take(&parts, DER_CONTEXT, &content))
		out->authority_key = content;
}

static void
take_extensions(struct cursor *in, struct x509 *out)
{
	struct slice content, skipped;
	der_may_take(in, DER_CONTEXT + 1, &skipped);
	der_may_take(in, DER_CONTEXT + 2, &skipped);
	if (!der_may_take(in, DER_CONTEXT_PARTS + 3, &content))
		return;
	struct cursor outer = cursor_of(content), list = cursor_of(der_take(&outer, DER_SEQUENCE));
	while (cursor_left(&list)) {
		struct cursor one = cursor_of(der_take(&list, DER_SEQUENCE));
		struct slice oid = der_take(&one, DER_OID);
		der_may_take(&one, DER_BOOLEAN, &skipped);
		take_extension(oid, der_take(&one, DER_OCTETS), out);
		list.bad |= one.bad;
	}
	in->bad |= outer.bad || list.bad;
}

bool
x509_parse(struct slice der, struct x509 *out)
{
	*out = (struct x509){ 0 };
	struct cursor in = cursor_of(der);
	out->whole = der_take_whole(&in, DER_SEQUENCE);
	in = cursor_of(out->whole);
	struct cursor outer = cursor_of(der_take(&in, DER_SEQUENCE)), tbs = cursor_of(der_take(&outer, DER_SEQUENCE));
	struct slice version;
	der_may_take(&tbs, DER_CONTEXT_PARTS, &version);
	out->serial = take_number(&tbs);
	der_take(&tbs, DER_SEQUENCE);
	out->issuer = der_take_whole(&tbs, DER_SEQUENCE);
	struct cursor validity = cursor_of(der_take(&tbs, DER_SEQUENCE));
	out->not_before = take_time(&validity);
	out->not_after = take_time(&validity);
	out->subject = der_take_whole(&tbs, DER_SEQUENCE);
	take_key(&tbs, out);
	take_extensions(&tbs, out);
	struct cursor algorithm = cursor_of(der_take(&outer, DER_SEQUENCE));
	out->signature = name_of(der_take(&algorithm, DER_OID), NULL);
	der_take(&outer, DER_BITS);
	return !in.bad && !outer.bad && !tbs.bad && !validity.bad && !algorithm.bad;
}

bool
x509_is_self_signed(const struct x509 *certificate)
{
	if (!slice_eq(certificate->issuer, certificate->subject))
		return false;
	return certificate->authority_key.p == NULL || certificate->subject_key.p == NULL || slice_eq(certificate->authority_key, certificate->subject_key);
}
