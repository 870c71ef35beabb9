/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a container, a volume or a service leads round the guard, whatever its image.  The same is asked of what a client wants (his body, any of
 * its spellings) and of what the engine made of it (its own JSON, before it starts).
 */
#ifndef ENFORCE_DOCKER_SHAPE_H
#define ENFORCE_DOCKER_SHAPE_H

#include "enforce/docker/request.h"

enum docker_refusal {
#define REFUSAL(name, word, usual, meaning) REFUSE_##name,
#include "enforce/docker/refusals.def"
#undef REFUSAL
	REFUSAL_COUNT
};

struct docker_shape_options {
	bool refused[REFUSAL_COUNT];
	const char *const *runtimes;      /* that are allowed by name, NULL-terminated; NULL: none, only the engine's own */
	const char *const *hidden;        /* paths that no container may see, NULL-terminated */
};

/* The usual ones. */
void docker_refusals_default(bool refused[static REFUSAL_COUNT]);
/* "privileged,socket"; "none"; "all".  PLIM_EUSAGE names what is none. */
int docker_refusals_parse(struct slice list, bool refused[static REFUSAL_COUNT], struct plim_error *err);

/* Each: 0, or PLIM_EPOLICY with why it is refused, or PLIM_EFORMAT for what is of another type than it must be. */
int docker_shape_act(const struct docker_shape_options *options, enum docker_act act, struct plim_error *err);
/* The query of a start. */
int docker_shape_start(const struct docker_shape_options *options, struct slice query, struct arena *arena, struct plim_error *err);
/* The body of containers/create: HostConfig, and its members outside of it, where old clients write them. */
int docker_shape_create(const struct docker_shape_options *options, const struct json *body, struct plim_error *err);
/* What the engine tells of a container. */
int docker_shape_container(const struct docker_shape_options *options, const struct json *container, struct plim_error *err);
int docker_shape_exec(const struct docker_shape_options *options, const struct json *body, struct plim_error *err);
int docker_shape_volume(const struct docker_shape_options *options, const struct json *body, struct plim_error *err);
/* The body of services/create and update. */
int docker_shape_service(const struct docker_shape_options *options, const struct json *body, struct plim_error *err);

#endif
