/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of limits.def as constants LIMIT_<NAME>. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stdint.h>

#define PLIM_LIMIT(name, number, reason) static const uint64_t LIMIT_##name __attribute__((unused)) = number;
#include "base/limits.def"
#undef PLIM_LIMIT

#endif
