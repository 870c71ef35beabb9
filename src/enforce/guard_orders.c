/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/guard_orders.h"

#include "base/date.h"
#include "base/error.h"
#include "gate/trust/held_keys.h"
#include "gate/trust/keys.h"
#include "trust/sealed.h"

#include <sys/stat.h>

/* How a file is known to be the same: what replaces it is another inode, what writes it changes its times. */
struct stamp {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

struct orders {
	struct arena *arena;
	const char *assign_path;
	char *denied_path;             /* in the arena; NULL: there is no deny list */
	struct assign *assign;
	struct deny_list *denied;      /* NULL likewise */
	struct stamp stamps[2];        /* of both files when they were read */
	struct stamp complained[2];
};

static struct stamp
stamp_of(const char *path)
{
	struct stat is = { 0 };
	if (path == NULL || stat(path, &is) < 0)
		return (struct stamp){ 0 };
	return (struct stamp){ is.st_dev, is.st_ino, is.st_size, is.st_ctim };
}

static bool
stamp_eq(const struct stamp *a, const struct stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec;
}

static int
take_keys(struct orders *orders, const struct guard_options *options, struct held_keys *out, struct plim_error *err)
{
	struct trust_key_order *loaded;
	size_t n;
	int r = trust_keys_load(options->assign_keys, orders->arena, &loaded, &n, err);
	if (r < 0 || (r = held_keys_take(loaded, n, orders->arena, out, err)) < 0)
		return r;
	/* A key that was named for this says no more by having no companion. */
	for (size_t i = 0; i < out->n; i++)
		if (out->at[i].role == KEY_ROLE_NONE)
			out->at[i].role = KEY_ASSIGNS;
	return 0;
}

static int
read_assign(struct orders *orders, const struct guard_options *options, const struct held_keys *keys, int64_t now, struct plim_error *err)
{
	static const struct sealing sealing = { "assign file", ASSIGN_PAYLOAD_TYPE, KEY_ASSIGNS };
	static const struct assign_reading inside = { NULL, NULL };
	struct slice envelope, payload;
	int r = trust_file_load(options->assign, orders->arena, &envelope, err);
	if (r < 0 || (r = sealed_open(&sealing, envelope, keys->at, keys->n, now, orders->arena, &payload, err)) < 0)
		return r;
	return assign_read(SLICE("its payload"), payload, &inside, orders->arena, &orders->assign, err);
}

static int
check_assign(const struct orders *orders, const struct guard_options *options, const struct memory *memory, int64_t now, struct plim_error *err)
{
	int64_t time = orders->assign->time;
	if (time > now + TRUST_SKEW_S)
		return error_set(err, PLIM_EUSAGE, "it is from the future");
	if (time < 0 || (uint64_t)time < options->assign_serial_least)
		return error_set(err, PLIM_EUSAGE, "its number is %jd, at least %ju is wanted: it is an older one", (intmax_t)time, (uintmax_t)options->assign_serial_least);
	return memory_rises(memory, "assign", (uint64_t)time, err);
}

static int
load_assign(struct orders *orders, const struct guard_options *options, const struct memory *memory, int64_t now, struct plim_error *err)
{
	AUTO(held_keys) struct held_keys keys = { 0 };
	int r = take_keys(orders, options, &keys, err);
	if (r < 0)
		return r;
	orders->stamps[0] = stamp_of(options->assign);
	if ((r = read_assign(orders, options, &keys, now, err)) == 0)
		r = check_assign(orders, options, memory, now, err);
	return r < 0 ? error_wrap(err, r, "%s", options->assign) : 0;
}

static int
open_denied(struct orders *orders, int64_t now, struct plim_error *err)
{
	const struct assign *assign = orders->assign;
	AUTO(held_keys) struct held_keys keys = { 0 };
	struct slice envelope;
	int r = held_keys_take(assign->deny_keys.at, assign->deny_keys.n, orders->arena, &keys, err);
	if (r < 0 || (r = trust_file_load(orders->denied_path, orders->arena, &envelope, err)) < 0)
		return r;
	return deny_open(envelope, keys.at, keys.n, now, orders->arena, &orders->denied, err);
}

static int
load_denied(struct orders *orders, const struct memory *memory, int64_t now, struct plim_error *err)
{
	const struct assign *assign = orders->assign;
	struct slice directory = path_dir(slice_of(orders->assign_path)), file = assign->denied;
	if (file.n == 0)
		return 0;
	bool beside = file.p[0] != '/' && directory.p;
	orders->denied_path = arena_strz(orders->arena, beside ? arena_printf(orders->arena, "%.*s/%.*s", SLICE_ARG(directory), SLICE_ARG(file)) : file);
	if (orders->denied_path == NULL)
		return error_nomem(err);
	orders->stamps[1] = stamp_of(orders->denied_path);
	int r = open_denied(orders, now, err);
	if (r == 0 && orders->denied->serial < assign->deny_serial_least)
		r = error_set(err, PLIM_EUSAGE, "its serial is %ju, at least %ju is wanted: it is an older one", (uintmax_t)orders->denied->serial, (uintmax_t)assign->deny_serial_least);
	if (r == 0)
		r = memory_rises(memory, "denied", orders->denied->serial, err);
	return r < 0 ? error_wrap(err, r, "%s", orders->denied_path) : 0;
}

int
orders_load_assign(const struct guard_options *options, const struct memory *memory, int64_t now, struct orders **out, struct plim_error *err)
{
	struct arena *arena = arena_new(0);
	AUTO(orders) struct orders *orders = arena ? arena_make(arena, struct orders) : NULL;
	if (orders == NULL) {
		arena_free(arena);
		return error_nomem(err);
	}
	*orders = (struct orders){ .arena = arena, .assign_path = options->assign };
	int r = load_assign(orders, options, memory, now, err);
	if (r == 0)
		*out = ptr_take(&orders);
	return r;
}

int
orders_load(const struct guard_options *options, const struct memory *memory, int64_t now, struct orders **out, struct plim_error *err)
{
	AUTO(orders) struct orders *orders = NULL;
	int r = orders_load_assign(options, memory, now, &orders, err);
	if (r == 0)
		r = load_denied(orders, memory, now, err);
	if (r == 0)
		*out = ptr_take(&orders);
	return r;
}

void
orders_free(struct orders *orders)
{
	if (orders)
		arena_free(orders->arena);
}

static void
stamps_now(const struct orders *orders, struct stamp stamps[static 2])
{
	stamps[0] = stamp_of(orders->assign_path);
	stamps[1] = stamp_of(orders->denied_path);
}

int
orders_follow(const struct orders *orders, const struct orders *next, struct plim_error *err)
{
	if (next->assign->time < orders->assign->time)
		return error_set(err, PLIM_EUSAGE, "%s: its number is %jd, that of the one before was %jd: it is an older one", next->assign_path, (intmax_t)next->assign->time, (intmax_t)orders->assign->time);
	if (orders->denied && next->denied && next->denied->serial < orders->denied->serial)
		return error_set(err, PLIM_EUSAGE, "%s: its serial is %ju, that of the one before was %ju: it is an older one", next->denied_path, (uintmax_t)next->denied->serial, (uintmax_t)orders->denied->serial);
	return 0;
}

bool
orders_changed(const struct orders *orders)
{
	struct stamp now[2];
	stamps_now(orders, now);
	return !stamp_eq(&now[0], &orders->stamps[0]) || !stamp_eq(&now[1], &orders->stamps[1]);
}

bool
orders_complain(struct orders *orders)
{
	struct stamp now[2];
	stamps_now(orders, now);
	if (stamp_eq(&now[0], &orders->complained[0]) && stamp_eq(&now[1], &orders->complained[1]))
		return false;
	memcpy(orders->complained, now, sizeof now);
	return true;
}

const struct assign *
orders_assign(const struct orders *orders)
{
	return orders->assign;
}

const struct deny_entry *
orders_denied(const struct orders *orders, const struct digest *digest, struct slice repository)
{
	return orders->denied && (digest->algorithm != DIGEST_NONE || repository.n) ? deny_find(orders->denied, digest, repository) : NULL;
}

struct slice
orders_doubt(const struct orders *orders, int64_t now, struct arena *arena)
{
	char time[DATE_TEXT_SIZE];
	const struct deny_list *denied = orders->denied;
	uint64_t most = orders->assign->deny_age_most;
	if (denied == NULL || most == 0 || now <= denied->time || (uint64_t)(now - denied->time) <= most)
		return SLICE_NONE;
	struct slice text = arena_printf(arena, "the deny list is of %s, which is too old to know", date_text(denied->time, time));
	return text.p ? text : SLICE("the deny list is too old");
}
