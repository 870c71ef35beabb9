/* SPDX-License-Identifier: Apache-2.0 */
/* Matches of one inventory, kept for all who ask. */
#include "policy/matching.h"

#include "advisory/explain.h"
#include "base/error.h"

static int
keep_explanations(struct matching *matching, const struct explaining *explaining, struct plim_error *err)
{
	struct match_reason *kept = arena_make_array(matching->arena, explaining->list.n + 1, struct match_reason);
	if (kept == NULL)
		return error_nomem(err);
	if (explaining->list.n)
		memcpy(kept, explaining->list.at, explaining->list.n * sizeof *kept);
	matching->explanations = kept;
	matching->explanation_count = explaining->list.n;
	return 0;
}

static int
make(struct matching *matching, struct plim_error *err)
{
	const struct inventory *inventory = matching->inventory;
	struct explaining explaining = { .glob = matching->explain, .arena = matching->arena };
	if (inventory == NULL || matching->database == NULL)
		return 0;
	int r = match_packages(matching->database, &inventory->os, inventory->packages, inventory->package_count, matching->arena,
	                       matching->explain.n ? &explaining : NULL, &matching->matches, err);
	if (r == 0)
		r = keep_explanations(matching, &explaining, err);
	vec_done(&explaining.list);
	return r;
}

int
matching_get(struct matching *matching, const struct matches **out, struct plim_error *err)
{
	if (!matching->made) {
		matching->made = true;
		matching->failure = make(matching, &matching->why);
	}
	*out = &matching->matches;
	return matching->failure < 0 ? error_set(err, (enum plim_code)matching->failure, "%s", matching->why.text) : 0;
}

bool
matching_lacks_data(const struct matching *matching, struct slice *reason)
{
	const struct inventory *inventory = matching->inventory;
	if (matching->database || inventory == NULL || (inventory->os.none && inventory->package_count == 0))
		return false;
	*reason = matching->lack.n ? matching->lack : SLICE("there is no advisory data: `plimsoll db update` fetches it, --db names a database");
	return true;
}

bool
matching_has_feed(const struct matching *matching, const char *format)
{
	size_t n = 0;
	const struct data_feed *feeds = matching->database ? database_feeds(matching->database, &n) : NULL;
	for (size_t i = 0; i < n; i++)
		if (slice_is(feeds[i].format, format))
			return true;
	return false;
}
