/* SPDX-License-Identifier: Apache-2.0 */
/* Options that may be repeated, and spans of time. */
#ifndef CLI_LISTS_H
#define CLI_LISTS_H

#include "cli/command.h"

#include <stdint.h>

#define LIST_MOST 64

/* Valid when zeroed; `at` ends with NULL. */
struct list {
	const char *at[LIST_MOST + 1];
	size_t n;
};

/* Takes one more out of `optarg`; 0, or the exit status after a complaint. */
int list_option(const struct command *self, struct list *list);
/* NULL where nothing was given. */
const char *const *list_chosen(const struct list *list);

/* "12h", "7d" or "4w" out of `optarg`, in seconds; 0, or the exit status after a complaint. */
int span_option(const struct command *self, uint64_t *seconds);
/* Days from 1 to `most`, likewise. */
int days_option(const struct command *self, uint64_t most, uint64_t *days);
/* A number from 1 out of `optarg`; 0, or the exit status after a complaint. */
int number_option(const struct command *self, uint64_t *number);

#endif
