/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings of the kernel.  What files say is resolved as systemd-sysctl(8) does: files of one name below /etc, /run, /usr/local/lib and /usr/lib
 * hide each other in this order, then they follow in the order of their names; the last assignment of a name counts, and
 * one with wildcards only for names that have none of their own.  /etc/sysctl.conf counts where a name below sysctl.d leads to
 * it; in a tree without systemd-sysctl it comes last, as sysctl --system has it.
 */
#ifndef CATALOG_SYSTEM_CONTROLS_H
#define CATALOG_SYSTEM_CONTROLS_H

#include "catalog/inventory.h"

extern const struct cataloger cataloger_sysctl;

struct system_control {
	struct slice name;       /* as sysctl(8) spells it, dots between */
	struct slice current;    /* absent where no running machine tells */
	struct slice unread;     /* why that has a value which is not known; else absent */
	struct slice config;     /* absent where no file says anything */
	struct slice path;       /* absolute, of the file that does */
};

struct system_control_list {
	struct system_control *at;    /* what the kernel has, in its order, then what only files name */
	size_t n;
	struct slice trouble;    /* why nothing of the files can be told: one was not read, or no memory; absent: nothing is wrong */
};

/* Made when somebody first asks; never NULL. */
const struct system_control_list *inventory_system_controls(const struct inventory *inventory);

#endif
