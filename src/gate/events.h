/* SPDX-License-Identifier: Apache-2.0 */
/* What is done about an image besides judging it, told to the log before it is done. */
#ifndef GATE_EVENTS_H
#define GATE_EVENTS_H

#include "gate/verdicts.h"
#include "store/log.h"

#include <plimsoll/trust.h>

/* Nothing where `log` is off, or NULL and there is no usual place. */
int event_record(const struct plim_log_place *log, const char *kind, const struct log_field *fields, size_t n, struct plim_error *err);
/* Verdicts, and the exceptions that they used; behind them a refusal where they do not pass, of what was asked: "attest", "promote". */
int event_verdicts(const struct plim_log_place *log, const struct plim_verdicts *verdicts, const char *asked, struct plim_error *err);

/* A digest's text in the arena, for a field. */
struct slice event_digest(struct arena *arena, const struct digest *digest);

#endif
