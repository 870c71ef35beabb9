/* SPDX-License-Identifier: Apache-2.0 */
/* Debian's ordering: [EPOCH:]UPSTREAM[-REVISION], deb-version(7). */
#include "version/dpkg.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

struct parts {
	uint64_t epoch;
	struct slice upstream, revision;
};

/* dpkg reads the epoch with strtol, which lets a plus sign pass. */
static bool
epoch_number(struct slice text, uint64_t *epoch)
{
	slice_skip(&text, SLICE("+"));
	return slice_to_u64(text, 10, epoch);
}

/* A missing revision equals "0", an empty one cannot be told from it. */
static struct parts
split(struct slice version)
{
	struct parts parts = { 0 };
	struct slice head, tail;
	version = slice_trim(version);
	if (slice_cut(version, ':', &head, &tail)) {
		/* What is no number has been refused by check; here any total order will do. */
		if (!epoch_number(head, &parts.epoch))
			parts.epoch = 0;
		version = tail;
	}
	slice_cut_last(version, '-', &parts.upstream, &parts.revision);
	return parts;
}

/* '~' sorts before the end, letters before everything else. */
static int
weight(struct slice s, size_t at)
{
	if (at >= s.n || is_digit(s.p[at]))
		return 0;
	if (s.p[at] == '~')
		return -1;
	return is_letter(s.p[at]) ? (uint8_t)s.p[at] : (uint8_t)s.p[at] + 256;
}

/* Runs of non-digits by weight, runs of digits by number, in turn. */
static int
order_text(struct slice a, struct slice b)
{
	size_t i = 0, j = 0;
	while (i < a.n || j < b.n) {
		while ((i < a.n && !is_digit(a.p[i])) || (j < b.n && !is_digit(b.p[j]))) {
			int order = weight(a, i) - weight(b, j);
			if (order)
				return order;
			i += i < a.n;
			j += j < b.n;
		}
		while (i < a.n && a.p[i] == '0')
			i++;
		while (j < b.n && b.p[j] == '0')
			j++;
		int first = 0;
		for (; i < a.n && j < b.n && is_digit(a.p[i]) && is_digit(b.p[j]); i++, j++)
			if (first == 0)
				first = a.p[i] - b.p[j];
		if (i < a.n && is_digit(a.p[i]))
			return 1;
		if (j < b.n && is_digit(b.p[j]))
			return -1;
		if (first)
			return first;
	}
	return 0;
}

int
dpkg_order(struct slice a, struct slice b)
{
	struct parts x = split(a), y = split(b);
	if (x.epoch != y.epoch)
		return x.epoch < y.epoch ? -1 : 1;
	int order = order_text(x.upstream, y.upstream);
	return order ? order : order_text(x.revision, y.revision);
}

static bool
only(struct slice s, const char *more)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !is_letter(s.p[i]) && (s.p[i] == '\0' || strchr(more, s.p[i]) == NULL))
			return false;
	return true;
}

static int
check_epoch(struct slice *version, struct plim_error *err)
{
	struct slice head, tail;
	uint64_t epoch;
	if (!slice_cut(*version, ':', &head, &tail))
		return 0;
	if (head.n == 0)
		return error_set(err, PLIM_EFORMAT, "the epoch is empty");
	if (!epoch_number(head, &epoch))
		return error_set(err, PLIM_EFORMAT, "the epoch is no number");
	if (epoch > INT32_MAX)
		return error_set(err, PLIM_EFORMAT, "the epoch is too large");
	if (tail.n == 0)
		return error_set(err, PLIM_EFORMAT, "nothing follows the colon");
	*version = tail;
	return 0;
}

static int
check(struct slice version, struct plim_error *err)
{
	version = slice_trim(version);
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	int r = check_epoch(&version, err);
	if (r < 0)
		return r;
	struct slice upstream, revision;
	bool has_revision = slice_cut_last(version, '-', &upstream, &revision);
	if (has_revision && revision.n == 0)
		return error_set(err, PLIM_EFORMAT, "the revision is empty");
	if (upstream.n == 0)
		return error_set(err, PLIM_EFORMAT, "the upstream version is empty");
	if (!is_digit(upstream.p[0]))
		return error_set(err, PLIM_EFORMAT, "the upstream version does not begin with a digit");
	if (!only(upstream, ".-+~:"))
		return error_set(err, PLIM_EFORMAT, "a character that no upstream version may have");
	if (!only(revision, ".+~"))
		return error_set(err, PLIM_EFORMAT, "a character that no revision may have");
	return 0;
}

static const struct version_bounds bounds = { .scheme = &version_dpkg, .signs = version_signs_debian };

const struct version_scheme version_dpkg = {
	.name = "dpkg", .check = check, .compare = dpkg_order, .bounds = &bounds, .distribution = true,
};
