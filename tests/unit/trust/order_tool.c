/* SPDX-License-Identifier: Apache-2.0 */
/* trust_order KEY COMPANION KIND ARGUMENTS: gives the signer one order; for tests/cli/keys.sh.  "-" stands for nothing. */
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "trust/signer.h"

#include <stdio.h>
#include <string.h>

struct asked {
	char **argv;
	struct signer *signer;
	struct strbuf *document, *signature;
	struct plim_error *err;
};

static struct slice
text(const char *argument)
{
	return strcmp(argument, "-") == 0 ? SLICE_NONE : slice_of(argument);
}

static struct digest
digest(const char *argument)
{
	struct digest found = { 0 };
	digest_parse(slice_of(argument), &found);
	return found;
}

static int64_t
seconds(const char *argument)
{
	int64_t found = DATE_NONE;
	date_parse(slice_of(argument), &found);
	return found;
}

/* REPOSITORY TAG IMAGE POLICY */
static int
simple(struct asked *a)
{
	struct digest image = digest(a->argv[2]), policy = digest(a->argv[3]);
	return signer_simple(a->signer, slice_of(a->argv[0]), text(a->argv[1]), &image, &policy, a->document, a->signature, a->err);
}

/* REPOSITORY TAG IMAGE POLICY TIME RESULT */
static int
approve(struct asked *a)
{
	struct vsa vsa = { .verifier = SLICE("https://example.com/gate"), .version = SLICE("0.1.0"), .time = seconds(a->argv[4]), .repository = slice_of(a->argv[0]),
		.tag = text(a->argv[1]), .image = digest(a->argv[2]), .policy = digest(a->argv[3]), .data_time = DATE_NONE,
		.result = strcmp(a->argv[5], "PASSED") == 0 ? VSA_PASSED : VSA_FAILED };
	return signer_approve(a->signer, &vsa, a->document, a->err);
}

/* REPOSITORY IMAGE POLICY */
static int
cosign(struct asked *a)
{
	struct digest image = digest(a->argv[1]), policy = digest(a->argv[2]);
	return signer_cosign_sign(a->signer, slice_of(a->argv[0]), &image, &policy, a->document, a->err);
}

/* REPOSITORY IMAGE TYPE PREDICATE */
static int
evidence(struct asked *a)
{
	struct digest image = digest(a->argv[1]);
	return signer_evidence(a->signer, slice_of(a->argv[0]), &image, slice_of(a->argv[2]), slice_of(a->argv[3]), a->document, a->err);
}

/* REPOSITORY IMAGE POLICY */
static int
notation(struct asked *a)
{
	struct digest policy = digest(a->argv[2]);
	struct referrer_descriptor target = { SLICE("application/vnd.oci.image.manifest.v1+json"), digest(a->argv[1]), 943 };
	return signer_notation(a->signer, slice_of(a->argv[0]), &policy, &target, a->document, a->err);
}

/* REPOSITORY IMAGE REASON TIME */
static int
deny(struct asked *a)
{
	struct deny_entry entry = { digest(a->argv[1]), slice_of(a->argv[0]), slice_of(a->argv[2]), date_day(seconds(a->argv[3])) };
	struct deny_list list = { 1, seconds(a->argv[3]), &entry, 1 };
	return signer_deny(a->signer, &list, a->document, a->err);
}

/* Waits for the end of the standard input, with the signer beside. */
static int
hold(struct asked *a)
{
	strbuf_puts(a->document, "held");
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

static const struct {
	const char *name;
	int arguments;
	int (*give)(struct asked *asked);
} kinds[] = {
	{ "simple", 4, simple }, { "approve", 6, approve }, { "cosign", 3, cosign }, { "evidence", 4, evidence }, { "notation", 3, notation }, { "deny", 4, deny }, { "hold", 0, hold },
};

static int
give(struct asked *asked, const char *kind, int argc)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, kind) == 0 && kinds[i].arguments == argc)
			return kinds[i].give(asked);
	return error_set(asked->err, PLIM_EUSAGE, "trust_order: no such order");
}

/* The document to standard output, a signature beside it to the file "signature". */
int
main(int argc, char **argv)
{
	AUTO(signer) struct signer *signer = NULL;
	AUTO(strbuf) struct strbuf document = { 0 }, signature = { 0 };
	struct plim_error err = { 0 };
	if (argc < 4)
		return 3;
	struct signer_options options = { .key = argv[1], .companion = text(argv[2]).p };
	struct asked asked = { argv + 4, NULL, &document, &signature, &err };
	int r = signer_open(&options, &signer, &err);
	asked.signer = signer;
	if (r == 0)
		r = give(&asked, argv[3], argc - 4);
	if (r < 0) {
		printf("%s\n", err.text);
		return 1;
	}
	fwrite(document.p, 1, document.n, stdout);
	FILE *beside = signature.n ? fopen("signature", "w") : NULL;
	if (beside) {
		fwrite(signature.p, 1, signature.n, beside);
		fclose(beside);
	}
	return 0;
}
