/* SPDX-License-Identifier: Apache-2.0 */
/* A policy from anywhere, read from a place that holds no files. */
#include "policy/policy.h"

#include <fcntl.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(fd) int nowhere = open("/proc/self/fdinfo", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(policy) struct policy *policy = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	struct plim_error err;
	if (nowhere >= 0 && policy_parse(SLICE("fuzz.yaml"), (struct slice){ (const char *)data, size }, nowhere, &policy, &err) == 0)
		policy_describe(policy, &text);
	return 0;
}
