/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker Engine's authorization plugin.  A container is judged where it starts, by the image that the engine says it was made of: no tag can change
 * in between.  Where it is created the same question is asked early, for a message that comes in time.
 *
 *     POST /Plugin.Activate        {"Implements": ["authz"]}
 *     POST /AuthZPlugin.AuthZReq   {"Allow", "Err", "Msg"}
 *     POST /AuthZPlugin.AuthZRes   the same
 */
#ifndef ENFORCE_DOCKER_GUARD_DOCKER_H
#define ENFORCE_DOCKER_GUARD_DOCKER_H

#include "enforce/docker/shape.h"
#include "enforce/server/serving.h"

struct guard_docker_options {
	const char *engine;                    /* the path of its socket */
	struct docker_shape_options shape;
};

/* As serving_run. */
int guard_docker_run(const struct serving_options *serving, const struct guard_docker_options *options, FILE *told, struct plim_error *err);

#endif
