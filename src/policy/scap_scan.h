/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules of SCAP profiles that a scanner of somebody else's is asked, because
 * the policy says so and no check of ours answers them; and what it told.
 */
#ifndef POLICY_SCAP_SCAN_H
#define POLICY_SCAP_SCAN_H

#include "policy/policy.h"

/* Of one entry of `scap`. */
struct scap_scan {
	bool told;
	struct slice version;          /* "1.4.2" */
	struct slice trouble;          /* why there are no results; absent: there are */
	struct scap_document results;
	unsigned found;                /* enum scap_asks: whose packages it finds */
	struct scap_asked *asks;       /* of each rule of the selection; NULL: not looked at yet */
	struct plim_error why;         /* what the trouble may be, where these cannot be told */
};

/* Of one image.  Valid when zeroed. */
struct scap_scans {
	struct scap_scan *at;
	size_t n;
	uint32_t image;
};
void scap_scans_done(struct scap_scans *scans);

/* What is to be asked next, for an image of that number; false: nothing any more. */
struct scap_wish {
	size_t entry;
	struct slice datastream, benchmark;    /* borrowed */
	struct strbuf tailoring, packages;     /* released by the caller; no packages: there is nothing to be asked about them (scap/ask.h) */
};
int scap_scans_next(struct scap_scans *scans, const struct policy *policy, const struct inventory *inventory, uint32_t image, struct scap_wish *out,
                    bool *any, struct plim_error *err);

/* What came of it, foreign. */
struct scap_told {
	size_t entry;
	struct slice version, trouble, packages;    /* as struct scap_scan; what it said of the packages, absent: nothing */
	struct slice results;                       /* XCCDF or ARF; absent where there is trouble */
};
/* Copies what it needs; texts go into the arena.  Results that cannot be read are trouble, too. */
int scap_scans_take(struct scap_scans *scans, const struct scap_told *told, struct arena *arena, struct plim_error *err);

#endif
