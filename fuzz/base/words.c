/* SPDX-License-Identifier: Apache-2.0 */
/* Small texts that people and documents write: digests, severities, numbers, names that are nearly right, printable forms. */
#include "../fuzz.h"

#include "base/digest.h"
#include "base/glob.h"
#include "base/severity.h"
#include "base/strbuf.h"

#include <inttypes.h>
#include <stdio.h>

static void
check_digest(struct slice text)
{
	char written[DIGEST_TEXT_SIZE];
	struct digest digest;
	if (digest_parse(text, &digest))
		fuzz_demand(slice_is(text, digest_text(&digest, written)));
}

static void
check_severity(struct slice text)
{
	enum severity severity, again;
	if (severity_parse(text, &severity))
		fuzz_demand(severity_parse(slice_of(severity_name(severity)), &again) && severity == again);
}

static void
check_number(struct slice text)
{
	char written[32];
	uint64_t number, again;
	int64_t with_sign;
	slice_to_i64(text, &with_sign);
	slice_to_u64(text, 8, &number);
	slice_to_u64(text, 16, &number);
	if (!slice_to_u64(text, 10, &number))
		return;
	snprintf(written, sizeof written, "%" PRIu64, number);
	fuzz_demand(slice_to_u64(slice_of(written), 10, &again) && number == again);
}

/* What is printable is shown as text: neither control bytes nor broken UTF-8. */
static void
check_printable(struct slice text)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, text);
	fuzz_demand(slice_is_utf8(strbuf_slice(&shown)));
	for (size_t i = 0; i < shown.n; i++)
		fuzz_demand((unsigned char)shown.p[i] >= 0x20 && shown.p[i] != 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "vulnerabilities", "components", "configuration", "metadata", NULL };
	struct slice text = { (const char *)data, size }, word;
	if (size > 4096)
		return 0;
	check_digest(text);
	check_severity(text);
	check_number(text);
	check_printable(text);
	name_nearest(text, names);
	while (slice_word(&text, &word))
		fuzz_touch(word);
	return 0;
}
