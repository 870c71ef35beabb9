/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the SSH server makes of its files, in the order in which it reads them: sshd_config(5).  Files that Include names stand in its place,
 * in the order of their names; the first value of a keyword counts, outside of Match blocks and for each of those.
 */
#include "catalog/derived.h"
#include "catalog/sshd.h"

#include "base/map.h"
#include "catalog/resolver.h"

/* sshd's own bound for files that include each other. */
#define INCLUDE_DEPTH 16

enum { SS_KEYWORD, SS_VALUE, SS_BLOCK, SS_EFFECTIVE, SS_COUNT };

struct expanding {
	struct deriving *deriving;
	struct map seen;           /* by block and keyword */
	unsigned depth;
};

/* These take all their values; a name of a subsystem is a part of the value. */
static bool
adds_up(struct slice keyword)
{
	static const char *const keywords[] = {
		"acceptenv", "allowgroups", "allowusers", "denygroups", "denyusers", "hostcertificate", "hostkey", "include", "listenaddress",
		"logverbose", "port", "setenv", "subsystem",
	};
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (slice_is(keyword, keywords[i]))
			return true;
	return false;
}

static bool
is_first(struct expanding *expanding, struct slice block, struct slice keyword)
{
	struct slice key = derive_key(expanding->deriving, block, keyword);
	void **place = key.p ? map_place(&expanding->seen, key) : NULL;
	if (place == NULL) {
		derive_no_memory(expanding->deriving);
		return false;
	}
	bool first = *place == NULL;
	*place = expanding;
	return first;
}

/* What a file is read for, and the block that it is included in; absent: none. */
struct included {
	struct expanding *expanding;
	struct slice block;
};

static derive_take_fn expand;

static void
take(struct expanding *expanding, const struct shown_row *row, const struct node *file, struct slice block)
{
	struct slice keyword = row_field(row, SSH_CONFIG_KEYWORD), value = row_field(row, SSH_CONFIG_VALUE), own = row_field(row, SSH_CONFIG_BLOCK);
	struct slice cells[SS_COUNT] = { [SS_KEYWORD] = keyword, [SS_VALUE] = value, [SS_BLOCK] = own.n ? own : block };
	if (slice_is(keyword, "include")) {
		derive_included(expanding->deriving, file, value, expand, &(struct included){ expanding, cells[SS_BLOCK] });
		return;
	}
	cells[SS_EFFECTIVE] = adds_up(keyword) || is_first(expanding, cells[SS_BLOCK], keyword) ? SLICE("1") : SLICE("0");
	derive_row(expanding->deriving, DERIVED_SSHD_SETTING, cells, SS_COUNT, file, row->row.line);
}

static void
expand(void *context, const struct node *file)
{
	const struct included *included = context;
	struct expanding *expanding = included->expanding;
	const struct shown_row *rows;
	size_t n = derive_rows(expanding->deriving, ROW_SSH_CONFIG, &cataloger_sshd, file, &rows);
	if (expanding->depth == INCLUDE_DEPTH) {
		derive_fail(expanding->deriving, file, "files of sshd include each other too deep");
		return;
	}
	expanding->depth++;
	for (size_t i = 0; i < n && derive_step(expanding->deriving); i++)
		take(expanding, &rows[i], file, included->block);
	expanding->depth--;
}

/* The distribution's file counts where there is none in /etc: openSUSE. */
void
derive_sshd(struct deriving *deriving)
{
	static const char *const names[] = { "/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config" };
	struct expanding expanding = { .deriving = deriving };
	const struct node *file = NULL;
	for (size_t i = 0; file == NULL && i < sizeof names / sizeof *names; i++)
		file = tree_resolve(deriving->inventory->tree, slice_of(names[i]));
	if (file)
		expand(&(struct included){ &expanding, SLICE_NONE }, file);
	map_done(&expanding.seen);
}
