/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a directory of certificates: *.crt are authorities, a *.cert with its *.key is who we are. */
#include "net/certificates.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static int
add_authority(const char *path, struct strbuf *into, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = file_read(AT_FDCWD, path, LIMIT_FETCH_CONFIG_BYTES, &bytes, &n, err);
	if (r < 0)
		return r;
	strbuf_put(into, (struct slice){ bytes, n });
	strbuf_putc(into, '\n');
	return 0;
}

static int
add_client(const char *directory, struct slice name, struct arena *arena, struct certificates *out, struct plim_error *err)
{
	slice_skip_end(&name, SLICE(".cert"));
	struct slice certificate = arena_printf(arena, "%s/%.*s.cert", directory, SLICE_ARG(name));
	struct slice key = arena_printf(arena, "%s/%.*s.key", directory, SLICE_ARG(name));
	if (!certificate.p || !key.p)
		return error_nomem(err);
	if (access(key.p, R_OK) != 0)
		return error_sys(err, errno, "%s, which %s needs", key.p, certificate.p);
	if (out->certificate == NULL) {
		out->certificate = certificate.p;
		out->key = key.p;
	}
	return 0;
}

static int
add_file(const char *directory, struct slice name, struct strbuf *authorities, struct arena *arena, struct certificates *out, struct plim_error *err)
{
	if (slice_ends(name, SLICE(".crt"))) {
		struct slice path = arena_printf(arena, "%s/%.*s", directory, SLICE_ARG(name));
		return path.p ? add_authority(path.p, authorities, err) : error_nomem(err);
	}
	return slice_ends(name, SLICE(".cert")) ? add_client(directory, name, arena, out, err) : 0;
}

static int
directory_read(const char *directory, const char *system, struct arena *arena, struct certificates *out, struct plim_error *err)
{
	struct dirent **names;
	AUTO(strbuf) struct strbuf authorities = { 0 };
	int r = 0, n = scandir(directory, &names, NULL, file_names_by_bytes);
	if (n < 0)
		return error_sys(err, errno, "%s", directory);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = add_file(directory, slice_of(names[i]->d_name), &authorities, arena, out, err);
		free(names[i]);
	}
	free(names);
	if (r < 0 || authorities.n == 0)
		return r;
	/* One more authority does not replace those that there are. */
	if (system && access(system, R_OK) == 0 && (r = add_authority(system, &authorities, err)) < 0)
		return r;
	out->authorities = arena_dup(arena, strbuf_slice(&authorities));
	return out->authorities.p && !authorities.failed ? 0 : error_nomem(err);
}

/* The host's directory below one of the places; false where it is not there. */
static bool
is_there(struct arena *arena, const char *base, const char *rest, struct slice host, const char **out)
{
	struct stat st;
	struct slice path = base ? arena_printf(arena, "%s%s/%.*s", base, rest, SLICE_ARG(host)) : SLICE_NONE;
	*out = path.p;
	return path.p && stat(path.p, &st) == 0 && S_ISDIR(st.st_mode);
}

int
certificates_find(const char *named, struct slice host, const char *system, struct arena *arena, struct certificates *out, struct plim_error *err)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME"), *directory = named;
	*out = (struct certificates){ 0 };
	bool found = named || (config && *config ? is_there(arena, config, "/containers/certs.d", host, &directory)
	                                         : is_there(arena, home, "/.config/containers/certs.d", host, &directory));
	found = found || is_there(arena, "/etc", "/containers/certs.d", host, &directory) || is_there(arena, "/etc", "/docker/certs.d", host, &directory);
	int r = found ? directory_read(directory, system, arena, out, err) : 0;
	return r < 0 ? error_wrap(err, r, "certificates") : 0;
}
