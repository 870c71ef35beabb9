/* SPDX-License-Identifier: Apache-2.0 */
/* plim_policy_lint: reading is most of it, for a policy that was read is sound. */
#include <plimsoll/policy.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "policy/policy.h"

int
plim_policy_lint(const char *name, FILE *into, struct plim_error *err)
{
	AUTO(policy) struct policy *policy = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	char digest_hold[DIGEST_TEXT_SIZE];
	int r = policy_load(name, &policy, err);
	if (r < 0)
		return r;
	struct digest digest = policy_digest(policy);
	strbuf_put_printable(&text, policy_name(policy));
	strbuf_puts(&text, ": ");
	policy_describe(policy, &text);
	strbuf_printf(&text, "\n  %s\n", digest_text(&digest, digest_hold));
	if (text.failed)
		return error_nomem(err);
	if (fwrite(text.p, 1, text.n, into) != text.n || fflush(into) != 0)
		return error_set(err, PLIM_ESYSTEM, "the answer could not be written");
	return 0;
}
