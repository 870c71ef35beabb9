/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doors without a server: in front of an OCI runtime, as an OCI hook, and as containerd's image verifier (plimsoll-guard-runtime(8)).  Each is
 * called once for each start, has told why where it refuses, and answers the exit status: 0 where it admits.
 */
#ifndef ENFORCE_START_GUARD_RUNTIME_H
#define ENFORCE_START_GUARD_RUNTIME_H

/*
 * `words` are the runtime's, NULL-terminated.  Becomes the runtime where the call starts nothing, and where what it starts is authorised: it returns
 * only where it refuses.  `conf` NULL: DOOR_CONF_RUNTIME.
 */
int guard_runtime(const char *conf, char **words);

/* The container's state is read from standard input. */
int guard_hook(const char *conf);

/* `words` as containerd calls it; the image's descriptor is read from standard input.  `conf` NULL: $PLIMSOLL_GUARD_CONFIG, else DOOR_CONF_VERIFIER. */
int guard_verifier(const char *conf, char *const *words);

#endif
