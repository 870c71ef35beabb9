/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: what each finds and what it leaves alone, and pieces of files at every edge.  Tokens are put together here: none stands in this file whole. */
#include "base/strbuf.h"
#include "catalog/rows.h"
#include "catalog/secret/check.h"
#include "catalog/secret/find.h"
#include "catalog/secret/search.h"
#include "codec/literals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct looking {
	struct secret_match all[64];
	size_t n;
};

static int
keep(void *context, const struct secret_match *match, struct plim_error *err)
{
	struct looking *looking = context;
	(void)err;
	assert_true(looking->n < 64);
	looking->all[looking->n++] = *match;
	return 0;
}

/* "rule@offset+length rule ...", "!" behind an example. */
static void
find(struct secret_places places, struct slice text, struct strbuf *got)
{
	AUTO(secret_finder) struct secret_finder *finder = NULL;
	struct looking looking = { .n = 0 };
	struct plim_error err = { 0 };
	assert_int_equal(secret_finder_new(&finder, &err), 0);
	assert_int_equal(secret_find(finder, text, 0, text.n, &places, keep, &looking, &err), 0);
	looking.n = secret_matches_settle(looking.all, looking.n);
	for (size_t i = 0; i < looking.n; i++)
		strbuf_printf(got, "%s%s%s", i ? " " : "", looking.all[i].rule->id, looking.all[i].example ? "!" : "");
}

static void
expect_in(struct secret_places places, const char *text, const char *wanted)
{
	AUTO(strbuf) struct strbuf got = { 0 };
	find(places, slice_of(text), &got);
	if (strcmp(got.p ? got.p : "", wanted) != 0)
		fprintf(stderr, "in: %s\n", text);
	assert_string_equal(got.p ? got.p : "", wanted);
}

static void
expect(const char *text, const char *wanted)
{
	expect_in(secret_places_of_file(SLICE("srv/app.conf"), true), text, wanted);
}

static void
patterns_compile(void **state)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	(void)state;
	/* Each literal of each rule once: its pattern is compiled then. */
	for (size_t i = 0; i < secret_rule_count; i++)
		for (struct slice rest = slice_of(secret_rules[i].literals), literal; slice_next(&rest, '|', &literal);) {
			assert_true(literal.n >= LITERAL_LEAST && literal.n <= SECRET_BEFORE_BYTES);
			strbuf_put(&text, literal);
			strbuf_putc(&text, '\n');
		}
	const struct secret_places all = { SLICE_NONE, true, true, ~0u };
	AUTO(strbuf) struct strbuf got = { 0 };
	find(all, strbuf_slice(&text), &got);
	assert_string_equal(got.p ? got.p : "", "");
	for (size_t i = 0; i < secret_rule_count; i++)
		assert_ptr_equal(secret_rule_find(slice_of(secret_rules[i].id)), &secret_rules[i]);
}

#define HEX32 "9f86d081884c7d659a2feaa0c55ad015"
#define HEX40 HEX32 "a3bf4f1b"
#define HEX64 HEX32 "b2b0b822cd15d6c15b0f00a08a3f1d1c"
#define MIXED22 "aB3dE5fG7hJ9kL1mN2pQ4r"
#define MIXED43 MIXED22 "S6tU8vW0xY2zA4bC6dE8f"
#define BODY "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"

static void
finds_keys(void **state)
{
	(void)state;
	expect("-----BEGIN RSA " "PRIVATE KEY-----\n" BODY "\n", "private-key");
	expect("key = \"-----BEGIN " "PRIVATE KEY-----\\n" BODY "\\n\"", "private-key");
	expect("-----BEGIN OPENSSH " "PRIVATE KEY-----\r\n" BODY "\r\n", "private-key");
	expect("-----BEGIN RSA " "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123\n\n" BODY, "private-key-encrypted");
	expect("-----BEGIN ENCRYPTED " "PRIVATE KEY-----\n" BODY, "private-key-encrypted");
	expect("{\"type\": \"service_account\", \"private_key\": \"-----BEGIN " "PRIVATE KEY-----\\n" BODY "\\n\"}", "gcp-service-account");
	expect("-----BEGIN PGP " "PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n" BODY, "pgp-private-key");
	expect("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: x\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\n" BODY, "putty-private-key");
	expect("client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVB", "private-key-base64");
	expect("-----BEGIN " "PRIVATE KEY-----", "");
	expect("-----BEGIN PUBLIC KEY-----\n" BODY, "");
	expect("re.compile('-----BEGIN (RSA )?" "PRIVATE KEY-----')", "");
}

static void
finds_tokens(void **state)
{
	(void)state;
	expect("id: AK" "IAQ3EGRIS2N5VUTLWD", "aws-access-key-id");
	expect("AK" "IAIOSFODNN7EXAMPLE", "aws-access-key-id!");
	expect("xAK" "IAQ3EGRIS2N5VUTLWD", "");
	expect("aws_secret_access_key = q3EGrIs2N5vUtLwDq3EG/Is2N5vUtLwD+q3EGrIs", "aws-secret-access-key");
	expect("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws-secret-access-key!");
	expect_in(secret_places_of_file(SLICE("srv/app.c"), true), "secret_key = 9f86d081884c7d659a2feaa0c55ad0159f86d081", "");
	expect("AI" "zaSyB1cD3eF5gH7iJ9kL1mN3oP5qR7sT9uV1w", "gcp-api-key");
	expect("AccountKey=q3EGrIs2N5vUtLwDq3EGrIs2N5vUtLwDq3EGrIs2N5vUtLwDq3EGrIs2N5vUtLwDq3EGrIs2N5vUtLwDq3EGrI==", "azure-storage-key");
	expect("secret: aB38Q~aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYzA", "azure-client-secret");
	expect("glp" "at-" MIXED22, "gitlab-token");
	expect("do" "p_v1_" HEX64, "digitalocean-token");
	expect("xox" "b-123456789012-123456789012-" MIXED22, "slack-token");
	expect("https://hooks.slack.com/services/T1A2B3C4D/B1A2B3C4D/" MIXED22 "xy", "slack-webhook");
	expect("https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "");
	expect("sk" "_live_" MIXED22, "stripe-key");
	expect("SG" "." MIXED22 "." MIXED43, "sendgrid-key");
	expect("ke" "y-" HEX32, "mailgun-key");
	expect(" " HEX32 "-us7", "mailchimp-key");
	expect("hv" "s." MIXED22 MIXED22, "vault-token");
	expect("aB3dE5fG7hJ9kL.atlasv1." MIXED43 MIXED22, "terraform-token");
	expect("da" "pi" HEX32, "databricks-token");
	expect("datadog_api_key: " HEX32, "datadog-key");
	expect(HEX32, "");
	expect("bot123456789:AAE" MIXED22 "S6tU8vW0xY", "telegram-token");
	expect("sk" "-ant-api03-" MIXED43 MIXED43 "AA", "anthropic-key");
	expect("sk" "-proj-" MIXED43 "T3BlbkFJ" MIXED43, "openai-key");
	expect("hf" "_aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH", "huggingface-token");
	expect("hf" "_some_function_name_of_letters_alone", "");
	expect("shp" "at_" HEX32, "shopify-token");
	expect("npm" "_000000000000000000000000000000000000", "");
}

/* Made by another implementation of CRC-32. */
static void
checks_sums(void **state)
{
	(void)state;
	assert_true(check_crc_base62(SLICE("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" "0mLq17")));
	assert_false(check_crc_base62(SLICE("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" "0mLq18")));
	expect("gh" "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17", "github-token");
	expect("gh" "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18", "");
	assert_true(check_bech32(SLICE("A12UEL5L")));
	assert_true(check_bech32(SLICE("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs")));
	assert_false(check_bech32(SLICE("A12UEL5M")));
	assert_false(check_bech32(SLICE("noseparator")));
	/* {"alg":"HS256"} and {"a":1}; then a payload that is no object, and an algorithm that signs nothing. */
	assert_true(check_jwt(SLICE("eyJhbGciOiJIUzI1NiJ9" ".eyJhIjoxfQ.c2lnbmF0dXJl")));
	assert_false(check_jwt(SLICE("eyJhbGciOiJIUzI1NiJ9" ".eyJhIjox.c2lnbmF0dXJl")));
	assert_false(check_jwt(SLICE("eyJhbGciOiJub25lIn0" ".eyJhIjoxfQ.c2lnbmF0dXJl")));
	assert_true(check_basic_auth(SLICE("dXNlcjpodW50ZXIy")));
	assert_false(check_basic_auth(SLICE("dXNlcg==")));
}

static void
finds_passwords(void **state)
{
	const struct secret_places settings = secret_places_of_settings();
	(void)state;
	expect("db: postgres://app:s3cr3t-pw@db.internal/app", "url-password");
	expect("db: postgres://app:${PASSWORD}@db.internal/app", "");
	expect("db: postgres://app:password@db.internal/app", "");
	expect("see http://[::1]:80/@x", "");
	expect("password = hunter2-test-only\n", "password-setting");
	expect("password: \"correct horse 1\"\n", "password-setting");
	expect("password = ${DB_PASSWORD}\npassword = changeme\npassword: <secret>\npassword = \"\"\npassword = your-password\npassword: {{ x }}\n", "");
	expect("password = /run/secrets/db\npassword=$PASSWORD\npassword = %(pw)s\npassword: !vault x\npassword = None\npassword = xxxxxxxx\n", "");
	expect("api_key = Zm9vYmFyMTIzNDU2Nzg5MA\n", "token-setting");
	expect("api_key = none-of-your-business\ntoken: 9f86d081884c7d65\nPublicKeyToken=b77a5c561934e089b77a5c561934e089\n", "");
	expect("token: " HEX40 "\n", "token-setting");
	expect("# password = hunter2-test-only\n", "");
	expect("{\"auths\": {\"r\": {\"auth\": \"dXNlcjpodW50ZXIy\"}}}", "docker-auth");
	expect_in(secret_places_of_file(SLICE("root/.npmrc"), true), "//r/:_authToken=3a4b5c6d-1111-2222-3333-444455556666\n", "npmrc-auth");
	expect_in(secret_places_of_file(SLICE("root/.npmrc"), true), "//r/:_authToken=${NPM_TOKEN}\n", "");
	expect_in(secret_places_of_file(SLICE("root/.netrc"), true), "machine a login b password hunter2\n", "netrc-password");
	expect_in(secret_places_of_file(SLICE("root/.pypirc"), true), "password: hunter2\n", "pypirc-password");
	/* In a program's source a password is mostly none. */
	expect_in(secret_places_of_file(SLICE("srv/app.c"), true), "password = hunter2-test-only\n", "");
	expect_in(secret_places_of_file(SLICE("srv/node_modules/a/b.json"), true), "\"password\": \"hunter2-test-only\"\n", "");
	expect_in(settings, "DB_PASSWORD=hunter2-test-only", "password-setting");
	expect_in(settings, "DB_PASSWORD_FILE=/run/secrets/db", "");
	expect_in(settings, "RUN login --password s3cr3t-pw", "command-password");
	expect_in(settings, "RUN login --password-stdin --token $TOKEN", "");
}

/* Line and column of the only row, for whatever size of pieces. */
static void
search_pieces(struct slice body, size_t piece, char out[64])
{
	AUTO(secret_search) struct secret_search *search = NULL;
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	AUTO(free) char *bytes = NULL;
	size_t size;
	bool more = true;
	const struct entry entry = { .path = SLICE("srv/a"), .type = ENTRY_FILE, .size = body.n };
	assert_int_equal(secret_search_new(LEVEL_FULL, &search, NULL) | block_builder_new(&builder, NULL), 0);
	assert_int_equal(block_add_entry(builder, &entry, NULL, NULL), 0);
	assert_true(secret_search_begin(search, &entry));
	for (struct slice rest = body; more && rest.n; rest = slice_from(rest, piece))
		assert_int_equal(secret_search_add(search, slice_first(rest, piece), &more, NULL), 0);
	assert_int_equal(secret_search_end(search, builder, 0, NULL), 0);
	assert_int_equal(block_finish(builder, &bytes, &size, NULL), 0);
	assert_int_equal(block_open((struct slice){ bytes, size }, &block, NULL), 0);
	assert_int_equal(block_row_count(block), 1);
	struct row row = block_row(block, 0);
	snprintf(out, 64, "%u:%.*s %.*s %.*s", row.line, SLICE_ARG(block_field(block, &row, SECRET_COLUMN)), SLICE_ARG(block_field(block, &row, SECRET_OFFSET)),
	         SLICE_ARG(block_field(block, &row, SECRET_EXCERPT)));
}

static void
pieces_do_not_matter(void **state)
{
	static const size_t pieces[] = { 1, 7, 4095, 4096, 8192, 10000, 33279, 33280, 33281, 65536, 100000, 262144 };
	static const size_t places[] = { 0, 100, 4090, 8180, 33270, 41470, 65530, 99990, 199950 };
	enum { BYTES = 200000 };
	char *body = malloc(BYTES), got[64], wanted[64];
	(void)state;
	for (size_t k = 0; k < sizeof places / sizeof *places; k++)
		for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
			memset(body, ' ', BYTES);
			for (size_t at = 99; at < BYTES; at += 100)
				body[at] = '\n';
			memcpy(body + places[k], "AK" "IAQ3EGRIS2N5VUTLWD", 20);
			/* The token covers a line's end where it begins in a line's last bytes. */
			size_t lines = places[k] / 100;
			snprintf(wanted, sizeof wanted, "%zu:%zu %zu AKIA****", lines + 1, places[k] % 100 + 1, places[k]);
			search_pieces((struct slice){ body, BYTES }, pieces[i], got);
			assert_string_equal(got, wanted);
		}
	free(body);
}

static void
tokens_that_nobody_signed(void **state)
{
	(void)state;
	expect("eyJ" "hbGciOiJIUzI1NiIsImtpZCI6Im5vbmUifQ.eyJzdWIiOiI5MDgxNzI2MzU0IiwibmFtZSI6IlEifQ.q9Xc2Lk7Tz4mW8vB1nR5yH3dF6sJ0aPe", "jwt");
	expect("eyJ" "hbGciIDogIm5vbmUiLCJraWQiOiJrIn0.eyJzdWIiOiI5MDgxNzI2MzU0IiwibmFtZSI6IlEifQ.q9Xc2Lk7Tz4mW8vB1nR5yH3dF6sJ0aPe", "");
}

/* A token inside of a password is told in its place; what stands around it is the password's. */
static void
overlaps_hide_all(void **state)
{
	struct secret_match all[] = {
		{ .rule = &secret_rules[9], .at = 10, .n = 40, .hides_from = 10, .hides_to = 50 },
		{ .rule = &secret_rules[2], .at = 20, .n = 10, .hides_from = 20, .hides_to = 30 },
		{ .rule = &secret_rules[5], .at = 25, .n = 40, .hides_from = 25, .hides_to = 65 },
		{ .rule = &secret_rules[5], .at = 70, .n = 5, .hides_from = 70, .hides_to = 75 },
	};
	(void)state;
	assert_int_equal(secret_matches_settle(all, 4), 2);
	assert_true(all[0].rule == &secret_rules[2] && all[0].at == 20);
	assert_int_equal(all[0].hides_from, 10);
	assert_int_equal(all[0].hides_to, 65);
	assert_int_equal(all[1].hides_from, 70);
}

/* What a long line begins with is not known of every piece of it. */
static void
comments_are_near(void **state)
{
	char text[400];
	(void)state;
	expect("# password = Tr0ub4dor\n", "");
	snprintf(text, sizeof text, "* %0*d password = Tr0ub4dor\n", 200, 0);
	expect(text, "password-setting");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_compile),
		cmocka_unit_test(finds_keys),
		cmocka_unit_test(finds_tokens),
		cmocka_unit_test(checks_sums),
		cmocka_unit_test(finds_passwords),
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(tokens_that_nobody_signed),
		cmocka_unit_test(overlaps_hide_all),
		cmocka_unit_test(comments_are_near),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
