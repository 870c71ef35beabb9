/* SPDX-License-Identifier: Apache-2.0 */
/* Where Python packages are looked for. */
#ifndef CATALOG_LANGUAGE_PYTHON_H
#define CATALOG_LANGUAGE_PYTHON_H

#include "base/slice.h"

/* Metadata of what nothing imports: tests' data, and what pip left half removed. */
bool python_is_aside(struct slice path);

#endif
