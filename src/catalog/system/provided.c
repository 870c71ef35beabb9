/* SPDX-License-Identifier: Apache-2.0 */
/* A map of names to packages, and lists of names. */
#include "catalog/system/provided.h"

#include "base/error.h"
#include "base/limits.h"

int
provided_init(struct provided *provided, struct plim_error *err)
{
	*provided = (struct provided){ .arena = arena_new(LIMIT_PROVIDED_BYTES) };
	return provided->arena ? 0 : error_nomem(err);
}

void
provided_done(struct provided *provided)
{
	map_done(&provided->by_name);
	arena_free(provided->arena);
}

static int
keep(struct provided *provided, struct slice name, struct provider *provider, bool instead, struct plim_error *err)
{
	void **place = map_place(&provided->by_name, name);
	if (place == NULL)
		return error_nomem(err);
	if (*place == NULL || instead)
		*place = provider;
	return 0;
}

int
provided_add_package(struct provided *provided, struct slice package, struct provider **out, struct plim_error *err)
{
	struct provider *made = arena_make(provided->arena, struct provider);
	if (made == NULL)
		return arena_full(provided->arena) ? error_set(err, PLIM_ELIMIT, "packages of one database are more than limit PROVIDED_BYTES takes") : error_nomem(err);
	made->package = package;
	*out = made;
	return keep(provided, package, made, true, err);
}

int
provided_add(struct provided *provided, struct provider *provider, struct slice name, struct plim_error *err)
{
	return keep(provided, name, provider, false, err);
}

struct provider *
provided_by(const struct provided *provided, struct slice name)
{
	return map_find(&provided->by_name, name);
}

void
needs_begin(struct needs *needs, struct provided *provided, struct slice own)
{
	*needs = (struct needs){ .provided = provided, .own = own };
	provided->asked++;
}

void
needs_add(struct needs *needs, struct provider *provider, struct slice name)
{
	struct slice package = provider ? provider->package : name;
	if (package.n == 0 || slice_eq(package, needs->own) || needs->text.n > LIMIT_ROW_TEXT_BYTES / 2 || (provider && provider->told_to == needs->provided->asked))
		return;
	if (provider)
		provider->told_to = needs->provided->asked;
	strbuf_puts(&needs->text, needs->text.n ? "\n" : "");
	strbuf_put(&needs->text, package);
}
