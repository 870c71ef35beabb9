/* SPDX-License-Identifier: Apache-2.0 */
/* make-filters OUTPUT: the seccomp programs of calls.def and refused.def, compiled by libseccomp, as constant C: nothing of it is left to be done when a check runs. */
#define _GNU_SOURCE
#include "base/sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { H = 1, W = 2, T = 4, J = 8, L = 16, U = 32 };

static const struct call {
	const char *name;
	int whom;
	int argument;        /* -1 for none */
	unsigned long long without;
} calls[] = {
#define CALL(name, whom, reason) { #name, whom, -1, 0 },
#define CALL_WITHOUT(name, argument, bits, whom, reason) { #name, whom, argument, bits },
#include "process/calls.def"
};

static int
add_call(scmp_filter_ctx filter, const struct call *call)
{
	int number = seccomp_syscall_resolve_name(call->name);
	if (number == __NR_SCMP_ERROR || number < 0)
		return 0;    /* this architecture does not have it */
	if (call->argument < 0)
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
	struct scmp_arg_cmp compare = { (unsigned)call->argument, SCMP_CMP_MASKED_EQ, call->without, 0 };
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &compare);
}

static const char *const refused[] = {
#define REFUSE(name, reason) #name,
#include "process/refused.def"
};

static int
refuse_all(scmp_filter_ctx filter)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof refused / sizeof *refused; i++) {
		int number = seccomp_syscall_resolve_name(refused[i]);
		if (number != __NR_SCMP_ERROR && number >= 0)
			r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0);
	}
	return r;
}

static int
print_program(FILE *out, const char *name, int fd)
{
	struct sock_filter step;
	lseek(fd, 0, SEEK_SET);
	fprintf(out, "static const struct sock_filter %s[] = {\n", name);
	while (read(fd, &step, sizeof step) == sizeof step)
		fprintf(out, "\t{ 0x%02x, %u, %u, 0x%08x },\n", step.code, step.jt, step.jf, step.k);
	fputs("};\n", out);
	return ferror(out) ? -1 : 0;
}

static int
allow_some(scmp_filter_ctx filter, int whom)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof calls / sizeof *calls; i++)
		if (calls[i].whom & whom)
			r = add_call(filter, &calls[i]);
	return r;
}

/* `whom` 0: the programs of others. */
static int
make_filter(FILE *out, const char *name, int whom)
{
	scmp_filter_ctx filter = seccomp_init(whom ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW);
	int r = filter ? 0 : -1, fd = memfd_create("filter", 0);
	if (r == 0)
		r = whom ? allow_some(filter, whom) : refuse_all(filter);
	/* Balanced: a tree of comparisons instead of a chain. */
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r == 0)
		r = seccomp_export_bpf(filter, fd);
	if (r == 0)
		r = print_program(out, name, fd);
	seccomp_release(filter);
	close(fd);
	return r;
}

int
main(int argc, char **argv)
{
	FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
	if (out == NULL)
		return 1;
	fputs("/* Made by tools/make-filters from src/process/calls.def. */\n", out);
	int r = make_filter(out, "filter_hasher", H);
	r = r ? r : make_filter(out, "filter_worker", W);
	r = r ? r : make_filter(out, "filter_tree", T);
	r = r ? r : make_filter(out, "filter_judge", J);
	r = r ? r : make_filter(out, "filter_live", L);
	r = r ? r : make_filter(out, "filter_unpack", U);
	r = r ? r : make_filter(out, "filter_program", 0);
	return fclose(out) || r ? (fprintf(stderr, "make-filters: %s\n", strerror(-r)), 1) : 0;
}
