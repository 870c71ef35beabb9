/* SPDX-License-Identifier: Apache-2.0 */
/* Where Python packages are looked for. */
#ifndef CATALOG_LANGUAGE_PYTHON_H
#define CATALOG_LANGUAGE_PYTHON_H

#include "base/slice.h"

/* Metadata that no `pip list` shows: copies that other packages carry with them, tests' data, and what pip left half removed. */
bool python_is_aside(struct slice path);

#endif
