/* SPDX-License-Identifier: Apache-2.0 */
/* References as people write them behind a target's path, against the names that an archive has. */
#include "image/set.h"

#include "base/error.h"

/* "docker.io/library/web:1" and "web:1" are one name. */
static struct slice
short_name(struct slice name)
{
	if (slice_skip(&name, SLICE("docker.io/")) || slice_skip(&name, SLICE("index.docker.io/")))
		slice_skip(&name, SLICE("library/"));
	return name;
}

static bool
has_tag(struct slice name)
{
	return slice_find(path_base(name), ':') != SIZE_MAX;
}

bool
reference_matches(struct slice reference, struct slice name)
{
	if (slice_eq(reference, name))
		return true;
	struct slice wanted = short_name(reference), have = short_name(name);
	if (slice_is_empty(wanted) || slice_eq(wanted, have))
		return !slice_is_empty(wanted);
	return !has_tag(wanted) && slice_skip_end(&have, SLICE(":latest")) && slice_eq(wanted, have);
}

int
reference_position(struct slice reference, uint64_t *out, struct plim_error *err)
{
	struct slice number = reference;
	if (!slice_skip(&number, SLICE("@")))
		return 0;
	if (!slice_to_u64(number, 10, out))
		return error_set(err, PLIM_EUSAGE, "'%.*s': a number must follow '@'", SLICE_ARG(reference));
	return 1;
}

int
reference_error(struct slice reference, const struct slice *names, size_t n, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf list = { 0 };
	for (size_t i = 0; i < n && list.n < 800; i++) {
		strbuf_puts(&list, i ? ", " : "");
		strbuf_put_printable(&list, names[i]);
	}
	return error_set(err, PLIM_ENOTFOUND, "no image '%.*s'; there are: %s", SLICE_ARG(reference), n && list.p ? list.p : "none with a name");
}
