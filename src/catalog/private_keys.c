/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys in files that are named like key files, and in all of .ssh: that there is one, of which kind, and whether a password guards it. */
#include "catalog/cataloger.h"

#include "base/cursor.h"

static const struct armor {
	const char *mark;          /* in a line that begins with "-----BEGIN", or begins it */
	const char *kind;
	const char *encrypted;     /* NULL: what follows tells, or nothing does */
} armors[] = {
	{ "BEGIN RSA PRIVATE KEY-", "rsa", NULL },
	{ "BEGIN DSA PRIVATE KEY-", "dsa", NULL },
	{ "BEGIN EC PRIVATE KEY-", "ec", NULL },
	{ "BEGIN PRIVATE KEY-", "pkcs8", "0" },
	{ "BEGIN ENCRYPTED PRIVATE KEY-", "pkcs8", "1" },
	{ "BEGIN OPENSSH PRIVATE KEY-", "openssh", NULL },
	{ "BEGIN PGP PRIVATE KEY BLOCK-", "pgp", NULL },
	{ "BEGIN SSH2 ENCRYPTED PRIVATE KEY ", "openssh", "1" },
	{ "SSH PRIVATE KEY FILE FORMAT 1.1", "ssh1", NULL },
	{ "PuTTY-User-Key-File-", "putty", NULL },
	{ "(11:private-key", "gnupg", "0" },
	{ "(21:protected-private-key", "gnupg", "1" },
	{ "Key: (private-key", "gnupg", "0" },
	{ "Key: (protected-private-key", "gnupg", "1" },
};

static const struct armor *
armor_of(struct slice line)
{
	line = slice_trim(line);
	if (!slice_skip(&line, SLICE("-----")))
		slice_skip(&line, SLICE("---- "));
	for (size_t i = 0; i < sizeof armors / sizeof *armors; i++)
		if (slice_starts(line, slice_of(armors[i].mark)))
			return &armors[i];
	return NULL;
}

/* "openssh-key-v1", NUL and the cipher "none" in base64: a key that no password guards. */
#define OPENSSH_PLAIN "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"

/* Looks at the first lines behind the armour's head. */
static struct slice
encrypted_of(const struct armor *armor, struct cursor behind)
{
	struct slice line;
	if (armor->encrypted)
		return slice_of(armor->encrypted);
	if (!cursor_line(&behind, &line))
		return SLICE_NONE;
	if (slice_is(slice_of(armor->kind), "openssh"))
		return slice_starts(slice_trim(line), SLICE(OPENSSH_PLAIN)) ? SLICE("0") : SLICE("1");
	if (slice_is(slice_of(armor->kind), "putty"))
		return slice_is(slice_trim(line), "Encryption: none") ? SLICE("0") : SLICE("1");
	if (slice_is(slice_of(armor->kind), "pgp") || slice_is(slice_of(armor->kind), "ssh1"))
		return SLICE_NONE;
	return slice_find_text(line, SLICE("ENCRYPTED")) != SIZE_MAX ? SLICE("1") : SLICE("0");
}

static int
add(struct rows *rows, const char *kind, struct slice encrypted, uint32_t number, struct plim_error *err)
{
	struct slice fields[] = { [PRIVATE_KEY_KIND] = slice_of(kind), [PRIVATE_KEY_ENCRYPTED] = encrypted };
	return rows_add(rows, ROW_PRIVATE_KEY, number, fields, PRIVATE_KEY_FIELD_COUNT, err);
}

static int
take_text(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	uint32_t number = 0;
	int r = 0;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		const struct armor *armor = armor_of(line);
		number++;
		if (armor)
			r = add(rows, armor->kind, encrypted_of(armor, in), number, err);
	}
	return r;
}

#define JKS_MAGIC   0xfeedfeed
#define JCEKS_MAGIC 0xcececece
enum jks_tag { JKS_PRIVATE = 1, JKS_CERTIFICATE = 2, JKS_SECRET = 3 };

/* Many a Java key store holds certificates only; a private key is told by its entry's tag. */
static int
take_jks(struct slice body, const char *kind, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	cursor_take(&in, 4);
	uint32_t version = cursor_u32be(&in), count = cursor_u32be(&in);
	for (uint32_t i = 0; i < count && !in.bad; i++) {
		uint32_t tag = cursor_u32be(&in);
		if (tag == JKS_PRIVATE || tag == JKS_SECRET)
			return add(rows, kind, SLICE("1"), 0, err);
		cursor_take(&in, cursor_u16be(&in));
		cursor_take(&in, 8);
		if (tag != JKS_CERTIFICATE)
			in.bad = true;
		if (version > 1)
			cursor_take(&in, cursor_u16be(&in));
		cursor_take(&in, cursor_u32be(&in));
	}
	if (in.bad)
		return rows_problem(rows, err, "offset %zu: a key store that is not whole", in.at);
	return 0;
}

/* DER: a sequence that begins with version 0 (PKCS #1, PKCS #8) or with version 1 and octets (an EC key); certificates do not. */
static bool
is_der_key(struct slice body)
{
	struct cursor in = cursor_of(body);
	if (cursor_u8(&in) != 0x30)
		return false;
	uint8_t length = cursor_u8(&in);
	if (length > 0x80)
		cursor_take(&in, length & 0x7f);
	struct slice version = cursor_take(&in, 4);
	return !in.bad && version.p[0] == 2 && version.p[1] == 1 &&
	    ((version.p[2] == 0 && (version.p[3] == 2 || version.p[3] == 0x30)) || (version.p[2] == 1 && version.p[3] == 4));
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	uint32_t magic = cursor_u32be(&in);
	if (magic == JKS_MAGIC)
		return take_jks(body, "jks", rows, err);
	if (magic == JCEKS_MAGIC)
		return take_jks(body, "jceks", rows, err);
	if ((slice_ends(path, SLICE(".p12")) || slice_ends(path, SLICE(".pfx"))) && body.n > 0)
		return add(rows, "pkcs12", SLICE_NONE, 0, err);
	if (is_der_key(body))
		return add(rows, "pkcs8", SLICE("0"), 0, err);
	return take_text(body, rows, err);
}

/* OpenSSH takes a key of any name that it is told, and people keep them in .ssh. */
const struct cataloger cataloger_private_keys = {
	.name = "private-keys",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/ssh/ssh_host_*_key", "**/id_rsa", "**/id_dsa", "**/id_ecdsa", "**/id_ed25519", "**/id_ecdsa_sk",
	                                "**/id_ed25519_sk", "**/identity", "**/*.pem", "**/*.key", "**/*.p8", "**/*.p12", "**/*.pfx",
	                                "**/*.jks", "**/*.ppk", "**/*.keystore", "**/*.der", "**/.ssh/*", NULL },
	.extract = extract,
};
