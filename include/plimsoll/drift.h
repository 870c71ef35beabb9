/* SPDX-License-Identifier: Apache-2.0 */
/* Containers of this machine in, what changed in them since their images were made out. */
#ifndef PLIMSOLL_DRIFT_H
#define PLIMSOLL_DRIFT_H

#include <plimsoll/check.h>

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_drift_options {
	size_t size;                     /* sizeof this struct */
	const char *const *containers;   /* names, ids or their beginnings; NULL-terminated; NULL: all of every engine */
	const char *const *engines;      /* "docker", "podman", "containerd"; NULL-terminated; NULL: all */
	const char *docker_root, *podman_root, *containerd_state;    /* where they keep their things; NULL: the usual places */
	const char *image;               /* a target: the image of the one container; NULL: where its engine keeps it */
	int layers;                      /* the layers below, as they lie on the disk, are taken for the image */
	int full;                        /* every file is read, not only those of the writable layer */
	int inside;                      /* volumes and tmpfs are not looked into */
	const char *severity;            /* at or above which drift fails; NULL: "medium" */
	const char *const *ignore;       /* globs of paths, NULL-terminated; NULL: none */
	const struct plim_run_options *run;    /* NULL: as usual */
};

struct plim_drift;

/* 0 with the answer, to be released by plim_drift_free; an error means that nothing was looked at.  PLIM_ENOTFOUND: there is no such container. */
PLIM_API int plim_drift(const struct plim_drift_options *options, struct plim_drift **out, struct plim_error *err);
PLIM_API void plim_drift_free(struct plim_drift *drift);

/* PLIM_FAIL where something drifted at or above the severity; else PLIM_UNKNOWN where something could not be told. */
PLIM_API enum plim_result plim_drift_result(const struct plim_drift *drift);

/* Writes it in a format of plim_drift_format_name: "text" or "json". */
PLIM_API int plim_drift_write(const struct plim_drift *drift, const char *format, const struct plim_report_options *options, FILE *into,
                              struct plim_error *err);
PLIM_API const char *plim_drift_format_name(unsigned index);

#endif
