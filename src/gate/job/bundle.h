/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process that takes a database from elsewhere is asked: SAY_START with struct bundle_order, beside it the file (a bundle, a database, or a
 * delta), and the one that is installed where there is one.  It answers SAY_DATABASE with struct bundle_answer and the new one, every block of it
 * verified.
 */
#ifndef GATE_JOB_BUNDLE_H
#define GATE_JOB_BUNDLE_H

#include "gate/job/jobs.h"
#include "gate/trust/data_signer.h"

struct bundle_order {
	struct data_keys keys;
	bool allow_older;
	bool as_it_is;             /* only a database that is packed in nothing */
};
extern const struct wire_struct wire_bundle_order;

struct bundle_answer {
	struct slice kind;         /* "bundle", "database", "delta" */
	bool same;                 /* as the installed one: nothing is to be done */
	struct slice signer;       /* absent: no keys were given */
	uint64_t serial;           /* 0: none is told */
	struct slice trouble;      /* why the installed one could not be read; absent: it could, or there is none */
	struct slice *gone;        /* feeds that the installed one has and this one has not */
	size_t gone_count;
};
extern const struct wire_struct wire_bundle_answer;

#endif
