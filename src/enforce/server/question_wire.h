/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and answers of the core between processes. */
#ifndef ENFORCE_SERVER_QUESTION_WIRE_H
#define ENFORCE_SERVER_QUESTION_WIRE_H

#include "base/wire.h"
#include "enforce/guard.h"

/* PLIM_ENOMEM. */
int question_write(const struct guard_question *question, struct arena *arena, struct strbuf *into, struct plim_error *err);
/* Texts are the body's, arrays the arena's. */
int question_read(struct slice body, struct arena *arena, struct guard_question *out, struct plim_error *err);

extern const struct wire_struct guard_answer_wire;

#endif
