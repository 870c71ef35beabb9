/* SPDX-License-Identifier: Apache-2.0 */
/* What a guard goes by, as it is at one moment: the assign file, whose signature held, and the deny list that it names. */
#ifndef ENFORCE_GUARD_ORDERS_H
#define ENFORCE_GUARD_ORDERS_H

#include "enforce/assign.h"
#include "enforce/remember.h"
#include "trust/deny.h"

struct orders;

/* PLIM_EUSAGE for an assign file that no key signed, or that is older than one that the memory saw. */
int orders_load(const struct guard_options *options, const struct memory *memory, int64_t now, struct orders **out, struct plim_error *err);
/* The assign file alone: for whoever wants to read it. */
int orders_load_assign(const struct guard_options *options, const struct memory *memory, int64_t now, struct orders **out, struct plim_error *err);
void orders_free(struct orders *orders);
AUTO_DEFINE(orders, struct orders, orders_free)

/* PLIM_EUSAGE where the second's files are older than the first's: somebody puts back what there was, and not every guard has a memory of it. */
int orders_follow(const struct orders *orders, const struct orders *next, struct plim_error *err);
/* One of the files is another by now. */
bool orders_changed(const struct orders *orders);
/* True once for each change: of what is wrong with it one line is enough. */
bool orders_complain(struct orders *orders);

const struct assign *orders_assign(const struct orders *orders);
const struct deny_entry *orders_denied(const struct orders *orders, const struct digest *digest, struct slice repository);
/* Why nothing can be told from these orders at this time, in the arena: the deny list is too old.  Absent: it can. */
struct slice orders_doubt(const struct orders *orders, int64_t now, struct arena *arena);

#endif
