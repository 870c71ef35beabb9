/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The area of an image's own settings under judgement: area_metadata.c is its
 * frame, metadata_<noun>.c what each group of keys asks.
 */
#ifndef POLICY_METADATA_H
#define POLICY_METADATA_H

#include "policy/judge.h"
#include "policy/runtime.h"

struct metadata_judging {
	struct judging *judging;
	const struct metadata *wanted;
	const struct image_config *config;
	struct runtime_user user;
};

struct words {
	const char *rule;
	enum severity severity;        /* SEVERITY_UNKNOWN: medium */
	struct slice setting;
	struct slice title, message, fix;
	struct slice path;             /* of a file that it is about */
	uint32_t layer;
};

/* A finding of an entry, of which its terms may say more. */
int metadata_report(struct metadata_judging *m, const struct terms *terms, const struct words *words, struct plim_error *err);
/* What leaves each of several entries unmet: one finding, of the strongest among those that speak of this image. */
int metadata_report_once(struct metadata_judging *m, const struct terms *const *asked, size_t n, const struct words *words, struct plim_error *err);
int metadata_cannot_tell(struct metadata_judging *m, enum unknown_kind kind, struct slice subject, struct slice reason, struct plim_error *err);

bool metadata_asks(const struct allowance *allowance);
/* What is wrong with a text by the globs of an allowance; absent if nothing. */
struct slice metadata_objection(const struct allowance *allowance, struct slice text);

/* Every file on the way from the entry point to what runs. */
int judge_stages(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err);

/* "User is 'app'". */
struct slice metadata_user_text(struct metadata_judging *m);

typedef int metadata_fn(struct metadata_judging *m, struct plim_error *err);
metadata_fn judge_labels, judge_user, judge_entrypoint, judge_working_dir, judge_ports, judge_environment, judge_healthcheck, judge_stop_signal,
	judge_onbuild, judge_platform, judge_age, judge_layers, judge_size;

#endif
