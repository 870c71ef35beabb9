/* SPDX-License-Identifier: Apache-2.0 */
/* A list of them: few are on their way at once. */
#include "enforce/docker/names.h"

#include <stdlib.h>

/*
 * An engine that ended in between tells no answer, nor does one whose other plugin refused.  It looks names up, and reserves them, within milliseconds
 * of our answer.
 */
#define FORGOTTEN_S 60
#define NEVER       INT64_MAX

struct docker_name {
	char *name;
	enum docker_naming how;
	int64_t answered;              /* NEVER: not yet */
	struct docker_name *next;
};

/* The engine's own names begin with a slash. */
static struct slice
bare(struct slice name)
{
	while (slice_skip(&name, SLICE("/")))
		;
	return name;
}

static void
drop(struct docker_name **at)
{
	struct docker_name *gone = *at;
	*at = gone->next;
	free(gone->name);
	free(gone);
}

static void
forget(struct docker_names *names, int64_t now)
{
	for (struct docker_name **at = &names->first; *at;)
		if (now - (*at)->answered > FORGOTTEN_S)
			drop(at);
		else
			at = &(*at)->next;
}

bool
docker_names_begin(struct docker_names *names, struct slice name, enum docker_naming how, int64_t now)
{
	name = bare(name);
	forget(names, now);
	for (const struct docker_name *n = names->first; n; n = n->next)
		if (n->how != how && slice_is(name, n->name))
			return false;
	struct docker_name *made = calloc(1, sizeof *made);
	if (made == NULL || (made->name = slice_dup(name)) == NULL) {
		free(made);
		return false;
	}
	made->how = how;
	made->answered = NEVER;
	made->next = names->first;
	names->first = made;
	return true;
}

void
docker_names_answered(struct docker_names *names, struct slice name, enum docker_naming how, int64_t now)
{
	name = bare(name);
	for (struct docker_name *n = names->first; n; n = n->next)
		if (n->how == how && n->answered == NEVER && slice_is(name, n->name)) {
			n->answered = now;
			return;
		}
}

void
docker_names_end(struct docker_names *names, struct slice name, enum docker_naming how)
{
	name = bare(name);
	for (struct docker_name **at = &names->first; *at; at = &(*at)->next)
		if ((*at)->how == how && slice_is(name, (*at)->name)) {
			drop(at);
			return;
		}
}

void
docker_names_done(struct docker_names *names)
{
	while (names->first)
		drop(&names->first);
}
