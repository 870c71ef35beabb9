/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and searching the records of format.h. */
#include "advisory/store.h"

#include "advisory/mapped.h"
#include "base/date.h"
#include "base/varint.h"

/* pieces */

bool
store_is_whole(const struct database *db, const struct cursor *c)
{
	db->touched->lied = db->touched->lied || c->bad;
	return !c->bad;
}

struct slice
store_take_text(struct cursor *c)
{
	uint64_t n = varint_take(c);
	c->bad = c->bad || n > cursor_left(c);
	return c->bad || n == 0 ? SLICE_NONE : cursor_take(c, (size_t)n);
}

#define MOST_DAYS ((int64_t)1 << 40)

int64_t
store_take_time(struct cursor *c)
{
	uint64_t time = varint_take(c);
	if (time == 0)
		return DATE_NONE;
	if (time % 2 == 0)
		return unzigzag((time - 2) >> 1);
	int64_t day = unzigzag((time - 1) >> 1);
	c->bad = c->bad || day > MOST_DAYS || day < -MOST_DAYS;
	return c->bad ? DATE_NONE : day * DAY_S;
}

static enum severity
take_severity(struct cursor *c, uint64_t number)
{
	c->bad = c->bad || number > SEVERITY_CRITICAL;
	return c->bad ? SEVERITY_UNKNOWN : (enum severity)number;
}

static uint32_t
take_feed(const struct database *db, struct cursor *c)
{
	uint32_t feed = varint_take_u32(c);
	c->bad = c->bad || feed >= db->feed_count;
	return c->bad ? 0 : feed;
}

size_t
store_count(const struct database *db, enum section section)
{
	return (size_t)db->sections[section].count;
}

/* A record of fixed size. */
static struct cursor
fixed_record(const struct database *db, enum section section, size_t at, size_t width)
{
	return database_touch(db, db->sections[section].at + (uint64_t)at * width, width);
}

bool
store_next_record(const struct database *db, enum section section, uint64_t *at, struct cursor *out)
{
	uint64_t size = db->sections[section].size, start = db->sections[section].at;
	if (*at >= size)
		return false;
	uint64_t room = size - *at;
	struct cursor head = database_touch(db, start + *at, room < VARINT_MOST ? (size_t)room : VARINT_MOST);
	uint64_t n = varint_take(&head);
	if (!store_is_whole(db, &head) || n > room - head.at) {
		db->touched->lied = true;
		return false;
	}
	*out = database_touch(db, start + *at + head.at, (size_t)n);
	*at += head.at + n;
	return !out->bad;
}

/* lists */

static bool
list_left(struct store_list *list)
{
	if (list->left == 0 || list->at.bad)
		return false;
	list->left--;
	return true;
}

bool
store_next_text(struct store_list *list, struct slice *out)
{
	if (!list_left(list))
		return false;
	*out = store_take_text(&list->at);
	return !list->at.bad;
}

/* Where the same one stands, it stands in full. */
static struct slice
version_before(struct cursor *c, size_t at, uint64_t distance)
{
	struct cursor back = { .in = c->in, .at = at - (distance <= at ? (size_t)distance : 0) };
	uint64_t n = distance == 0 || distance > at ? 1 : varint_take(&back);
	struct slice text = n % 2 == 0 && n / 2 <= cursor_left(&back) ? cursor_take(&back, (size_t)(n / 2)) : SLICE_NONE;
	c->bad = c->bad || text.p == NULL;
	return text;
}

static struct slice
take_version(struct cursor *c)
{
	size_t at = c->at;
	uint64_t n = varint_take(c);
	if (n % 2)
		return version_before(c, at, n / 2);
	c->bad = c->bad || n / 2 > cursor_left(c);
	return c->bad || n == 0 ? SLICE_NONE : cursor_take(c, (size_t)(n / 2));
}

bool
store_next_version(struct store_list *list, struct slice *out)
{
	if (!list_left(list))
		return false;
	*out = take_version(&list->at);
	return !list->at.bad;
}

static bool
next_plain_event(struct store_list *list, struct version_event *out)
{
	bool first = list->left == 1;
	*out = first ? (struct version_event){ EVENT_INTRODUCED, SLICE("0") } : (struct version_event){ EVENT_FIXED, list->fixed };
	return true;
}

bool
store_next_event(struct store_list *list, struct version_event *out)
{
	if (!list_left(list))
		return false;
	if (list->fixed.p)
		return next_plain_event(list, out);
	uint32_t kind = varint_take_u32(&list->at);
	struct slice version = take_version(&list->at);
	list->at.bad = list->at.bad || kind >= EVENT_KIND_COUNT;
	*out = (struct version_event){ list->at.bad ? EVENT_INTRODUCED : (enum event_kind)kind, version };
	return !list->at.bad;
}

bool
store_take_fix(struct store_list *list, struct slice *fixed)
{
	if (list->left != 2 || list->fixed.p == NULL)
		return false;
	list->left = 0;
	*fixed = list->fixed;
	return true;
}

/* Walks over a list, so that the cursor stands behind it. */
static struct store_list
skip_list(struct cursor *c, size_t numbers)
{
	struct store_list list = { .left = varint_take_u32(c) };
	list.at = *c;
	for (uint32_t i = 0; i < list.left && !c->bad; i++) {
		if (numbers)
			c->bad = varint_take_u32(c) >= EVENT_KIND_COUNT || c->bad;
		take_version(c);
	}
	return list;
}

/* ids */

struct slice
store_id_text(const struct store_id *id, struct strbuf *into)
{
	char text[CVE_TEXT_SIZE];
	strbuf_clear(into);
	strbuf_put(into, id->cve ? cve_text(id->cve, text) : id->text);
	if (id->digits)
		strbuf_printf(into, "%0*u", (int)id->digits, id->number);
	return strbuf_slice(into);
}

bool
store_id_eq(const struct store_id *a, const struct store_id *b)
{
	return a->cve == b->cve && a->digits == b->digits && a->number == b->number && slice_eq(a->text, b->text);
}

struct store_id
store_id_of(struct slice text)
{
	struct store_id id = { .cve = cve_is_plain(text) ? cve_key(text) : 0 };
	if (id.cve)
		return id;
	id.digits = (uint32_t)id_digits(text, &id.number);
	id.text = slice_first(text, text.n - id.digits);
	return id;
}

/* statements */

static void
take_whole(struct cursor *c, struct store_statement *out)
{
	uint32_t what = varint_take_u32(c);
	if (what & WHAT_ORDINAL)
		out->ordinal = varint_take_u32(c);
	if (what & WHAT_FIX_KNOWN)
		out->fix_known = store_take_time(c);
	if (what & WHAT_MODULE)
		out->module = take_version(c);
	if (what & WHAT_CHANNEL)
		out->channel = take_version(c);
	if (what & WHAT_EVENTS)
		out->events = skip_list(c, 1);
	if (what & WHAT_VERSIONS)
		out->versions = skip_list(c, 0);
}

static void
take_what(struct cursor *c, struct store_statement *out)
{
	unsigned what = cursor_u8(c), state = what & 7;
	enum shape shape = (enum shape)(what >> 6);
	c->bad = c->bad || state >= MATCH_STATE_COUNT;
	out->state = c->bad ? MATCH_UNDER_INVESTIGATION : (enum match_state)state;
	out->severity = take_severity(c, what >> 3 & 7);
	if (shape == SHAPE_WHOLE)
		take_whole(c, out);
	else if (shape != SHAPE_PLAIN)
		out->events = (struct store_list){ .left = 2, .fixed = take_version(c) };
	if (shape == SHAPE_DATED)
		out->fix_known = store_take_time(c);
}

static void
begin_run(struct store_group *group)
{
	group->feed = take_feed(group->db, &group->at);
	group->left = varint_take_u32(&group->at);
	group->last = 0;
	group->at.bad = group->at.bad || group->left == 0;
}

static struct store_id
take_id(struct store_group *group)
{
	struct cursor *c = &group->at;
	struct store_id id = { 0 };
	uint64_t how = varint_take(c);
	if (how > 1) {
		id.cve = group->last += (uint32_t)(how - 2);
	} else if (how == 0) {
		id.text = store_take_text(c);
	} else {
		id.text = take_version(c);
		id.digits = varint_take_u32(c);
		id.number = varint_take_u32(c);
		c->bad = c->bad || id.digits > 9;
	}
	return id;
}

bool
store_next_statement(struct store_group *group, struct store_statement *out)
{
	struct cursor *c = &group->at;
	if (group->left == 0 && cursor_left(c) > 0)
		begin_run(group);
	if (group->left == 0 || c->bad)
		return false;
	*out = (struct store_statement){ .feed = group->feed, .fix_known = DATE_NONE };
	out->id = take_id(group);
	take_what(c, out);
	group->left--;
	return store_is_whole(group->db, c);
}

/* packages */

struct package_record {
	uint32_t key;
	struct slice name;
	uint64_t size;                 /* of its group */
	uint64_t distance;             /* back to that, where it shares one */
};

static bool
next_package(const struct database *db, uint64_t *at, struct package_record *out)
{
	struct cursor c;
	if (!store_next_record(db, SECTION_PACKAGES, at, &c))
		return false;
	out->key = varint_take_u32(&c);
	out->name = store_take_text(&c);
	out->size = varint_take(&c);
	out->distance = varint_take(&c);
	c.bad = c.bad || out->key >= db->key_count;
	return store_is_whole(db, &c);
}

static uint64_t
own_size(const struct package_record *package)
{
	return package->distance ? 0 : package->size;
}

static struct store_group
group_of(const struct database *db, const struct package_record *package, uint64_t at)
{
	at = package->distance <= at ? at - package->distance : UINT64_MAX;
	struct store_group group = { .db = db, .ecosystem = db->keys[package->key], .package = package->name };
	uint64_t all = db->sections[SECTION_STATEMENTS].size;
	if (at > all || package->size > all - at)
		db->touched->lied = true;
	else
		group.at = database_touch(db, db->sections[SECTION_STATEMENTS].at + at, (size_t)package->size);
	return group;
}

struct store_packages
store_packages(const struct database *db)
{
	return (struct store_packages){ .db = db };
}

bool
store_next_package(struct store_packages *walk, struct store_group *out)
{
	struct package_record package;
	if (!next_package(walk->db, &walk->at, &package))
		return false;
	*out = group_of(walk->db, &package, walk->group_at);
	walk->group_at += own_size(&package);
	return true;
}

static bool
find_key(const struct database *db, struct slice ecosystem, uint32_t *out)
{
	size_t low = 0, high = db->key_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = slice_cmp(db->keys[middle], ecosystem);
		if (order == 0) {
			*out = (uint32_t)middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Is what an entry of an index leads to below what is sought? */
typedef bool below_fn(const struct database *db, struct cursor *entry, const void *sought);

/* The last entry whose record is below it, so that whatever is sought comes after that; 0 where none is. */
static size_t
search_index(const struct database *db, enum section index, size_t width, below_fn *below, const void *sought)
{
	size_t low = 0, high = (size_t)db->sections[index].count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct cursor c = fixed_record(db, index, middle, width);
		if (below(db, &c, sought))
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? low - 1 : 0;
}

struct sought_package {
	uint32_t key;
	struct slice name;
};

static int
order_package(const struct package_record *package, const struct sought_package *sought)
{
	int order = (package->key > sought->key) - (package->key < sought->key);
	return order ? order : slice_cmp(package->name, sought->name);
}

static bool
package_below(const struct database *db, struct cursor *entry, const void *sought)
{
	uint64_t at = cursor_u32le(entry);
	struct package_record package;
	return next_package(db, &at, &package) && order_package(&package, sought) < 0;
}

struct store_group
store_package(const struct database *db, struct slice ecosystem, struct slice name)
{
	struct sought_package sought = { .name = name };
	struct package_record package;
	if (!find_key(db, ecosystem, &sought.key) || store_count(db, SECTION_PACKAGE_INDEX) == 0)
		return (struct store_group){ .db = db };
	size_t entry = search_index(db, SECTION_PACKAGE_INDEX, 8, package_below, &sought);
	struct cursor c = fixed_record(db, SECTION_PACKAGE_INDEX, entry, 8);
	uint64_t at = cursor_u32le(&c), group_at = cursor_u32le(&c);
	int order = -1;
	while (order < 0 && next_package(db, &at, &package)) {
		order = order_package(&package, &sought);
		group_at += order < 0 ? own_size(&package) : 0;
	}
	return order == 0 ? group_of(db, &package, group_at) : (struct store_group){ .db = db };
}

/* advisories */

static struct slice
shared_text(const struct database *db, uint64_t number, struct cursor *c)
{
	struct cursor text;
	if (number >= db->sections[SECTION_SHARED_INDEX].count) {
		c->bad = true;
		return SLICE_NONE;
	}
	struct cursor entry = fixed_record(db, SECTION_SHARED_INDEX, (size_t)number, 4);
	uint64_t at = cursor_u32le(&entry);
	return store_next_record(db, SECTION_SHARED, &at, &text) ? text.in : SLICE_NONE;
}

static struct slice
take_sharable(const struct database *db, struct cursor *c)
{
	uint64_t how = varint_take(c);
	return how > 1 ? shared_text(db, how - 2, c) : how == 1 ? store_take_text(c) : SLICE_NONE;
}

static struct slice
take_title(struct cursor *c, struct slice last)
{
	uint64_t how = varint_take(c);
	if (how <= 1)
		return how == 1 ? last : SLICE_NONE;
	c->bad = c->bad || how - 2 > cursor_left(c);
	return c->bad ? SLICE_NONE : cursor_take(c, (size_t)(how - 2));
}

static struct store_list
take_texts(struct cursor *c)
{
	struct store_list list = { .left = varint_take_u32(c) };
	list.at = *c;
	for (uint32_t i = 0; i < list.left && !c->bad; i++)
		store_take_text(c);
	return list;
}

static bool
read_advisory(const struct database *db, struct cursor *c, struct slice last_title, struct store_advisory *out)
{
	*out = (struct store_advisory){ .id = store_take_text(c) };
	out->feed = take_feed(db, c);
	out->ordinal = varint_take_u32(c);
	out->severity = take_severity(c, varint_take(c));
	out->published = store_take_time(c);
	out->modified = store_take_time(c);
	out->title = take_title(c, last_title);
	out->url = take_sharable(db, c);
	out->vector = take_sharable(db, c);
	out->aliases = take_texts(c);
	out->related = take_texts(c);
	return store_is_whole(db, c);
}

/* An id that is sought among many: its key is worked out once. */
struct sought_id {
	struct slice id;
	uint32_t key;
};

/* As id_cmp. */
static int
order_id(struct slice id, const struct sought_id *sought)
{
	uint32_t key = cve_key(id);
	if (key != sought->key)
		return key - 1 < sought->key - 1 ? -1 : 1;
	return slice_cmp(id, sought->id);
}

/* Mostly the entry tells by itself, and the record is not touched. */
static bool
begins_below(const struct database *db, enum section section, struct cursor *entry, const struct sought_id *sought)
{
	uint64_t at = cursor_u32le(entry);
	uint32_t key = cursor_u32le(entry);
	struct cursor c;
	if (key != sought->key)
		return key - 1 < sought->key - 1;
	return store_next_record(db, section, &at, &c) && order_id(store_take_text(&c), sought) < 0;
}

static bool
advisory_below(const struct database *db, struct cursor *entry, const void *sought)
{
	return begins_below(db, SECTION_ADVISORIES, entry, sought);
}

static bool
alias_below(const struct database *db, struct cursor *entry, const void *sought)
{
	return begins_below(db, SECTION_ALIASES, entry, sought);
}

/* So that next_of_id gives the first with that id. */
static void
seek_advisories(struct store_named *walk, struct slice id)
{
	walk->own = id;
	walk->last_title = SLICE_NONE;
	walk->at = walk->db->sections[SECTION_ADVISORIES].size;
	if (store_count(walk->db, SECTION_ADVISORY_INDEX) == 0)
		return;
	const struct sought_id sought = { id, cve_key(id) };
	size_t entry = search_index(walk->db, SECTION_ADVISORY_INDEX, 8, advisory_below, &sought);
	struct cursor c = fixed_record(walk->db, SECTION_ADVISORY_INDEX, entry, 8);
	walk->at = cursor_u32le(&c);
}

/* The next with the id that was sought; false behind them.  Of those before it no more than the id is looked at. */
static bool
next_of_id(struct store_named *walk, struct store_advisory *out)
{
	const struct sought_id own = { walk->own, cve_key(walk->own) };
	struct cursor c;
	int order = -1;
	while (order < 0 && store_next_record(walk->db, SECTION_ADVISORIES, &walk->at, &c)) {
		struct cursor id = c;
		order = order_id(store_take_text(&id), &own);
	}
	if (order != 0 || !read_advisory(walk->db, &c, walk->last_title, out)) {
		walk->at = walk->db->sections[SECTION_ADVISORIES].size;
		return false;
	}
	walk->last_title = out->title;
	return true;
}

struct store_advisory
store_advisory_of(const struct database *db, const struct store_statement *s)
{
	AUTO(strbuf) struct strbuf id = { 0 };
	struct store_named walk = { .db = db };
	struct store_advisory advisory;
	seek_advisories(&walk, store_id_text(&s->id, &id));
	while (next_of_id(&walk, &advisory))
		if (advisory.feed == s->feed && advisory.ordinal == s->ordinal)
			return advisory;
	db->touched->lied = true;
	return (struct store_advisory){ .published = DATE_NONE, .modified = DATE_NONE };
}

static void
put_lower(struct strbuf *into, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		strbuf_putc(into, text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] + ('a' - 'A')) : text.p[i]);
}

struct slice
store_url(const struct store_advisory *advisory, struct arena *arena)
{
	AUTO(strbuf) struct strbuf url = { 0 };
	for (size_t i = 0; i < advisory->url.n; i++) {
		char c = advisory->url.p[i];
		if (c == '\1')
			strbuf_put(&url, advisory->id);
		else if (c == '\2')
			put_lower(&url, advisory->id);
		else
			strbuf_putc(&url, c);
	}
	return url.n == 0 || url.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&url));
}

/* aliases */

struct store_named
store_named(const struct database *db, struct slice id)
{
	struct store_named walk = { .db = db, .id = id };
	seek_advisories(&walk, id);
	return walk;
}

/* From those that have the id to those that have it among their aliases. */
static void
begin_aliases(struct store_named *walk)
{
	walk->aliases = true;
	walk->alias_at = walk->db->sections[SECTION_ALIASES].size;
	if (store_count(walk->db, SECTION_ALIAS_INDEX) == 0)
		return;
	const struct sought_id sought = { walk->id, cve_key(walk->id) };
	size_t entry = search_index(walk->db, SECTION_ALIAS_INDEX, 8, alias_below, &sought);
	struct cursor c = fixed_record(walk->db, SECTION_ALIAS_INDEX, entry, 8);
	walk->alias_at = cursor_u32le(&c);
}

/* The id of the next advisories that have this alias. */
static bool
next_alias(struct store_named *walk, struct slice *out)
{
	const struct sought_id sought = { walk->id, cve_key(walk->id) };
	struct cursor c;
	int order = -1;
	while (order < 0 && store_next_record(walk->db, SECTION_ALIASES, &walk->alias_at, &c)) {
		order = order_id(store_take_text(&c), &sought);
		*out = store_take_text(&c);
		if (!store_is_whole(walk->db, &c))
			return false;
	}
	return order == 0;
}

static bool
has_alias(const struct store_advisory *advisory, struct slice id)
{
	struct store_list aliases = advisory->aliases;
	struct slice alias;
	while (store_next_text(&aliases, &alias))
		if (slice_eq(alias, id))
			return true;
	return false;
}

bool
store_next_named(struct store_named *walk, struct store_advisory *out)
{
	struct slice own;
	for (;;) {
		while (next_of_id(walk, out))
			if (!walk->aliases || has_alias(out, walk->id))
				return true;
		if (!walk->aliases)
			begin_aliases(walk);
		if (!next_alias(walk, &own))
			return false;
		seek_advisories(walk, own);
	}
}

/* the rest */

bool
store_next_cover(const struct database *db, uint64_t *at, struct store_cover *out)
{
	struct cursor c;
	if (!store_next_record(db, SECTION_COVERS, at, &c))
		return false;
	*out = (struct store_cover){ .ecosystem = store_take_text(&c) };
	out->feed = take_feed(db, &c);
	out->named = varint_take_u32(&c);
	out->packages = take_texts(&c);
	return store_is_whole(db, &c);
}

/* A table sorted by CVE keys; `keys`, of which every 32nd is by itself, narrows it down; SECTION_COUNT: it has none. */
struct cve_table {
	enum section section, keys;
	size_t width;
};

/* The first record from `low` on, below `high`, whose key is not below; `high` where there is none. */
static size_t
lower_bound(const struct database *db, enum section section, size_t width, size_t low, size_t high, uint32_t key)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct cursor c = fixed_record(db, section, middle, width);
		if (cursor_u32le(&c) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first record that has this CVE; false where none has. */
static bool
find_cve(const struct database *db, const struct cve_table *table, struct slice id, struct cursor *out)
{
	uint32_t key = cve_key(id);
	size_t count = store_count(db, table->section), low = 0, high = count;
	if (key == 0)
		return false;
	if (table->keys != SECTION_COUNT) {
		size_t step = lower_bound(db, table->keys, 4, 0, store_count(db, table->keys), key);
		high = step < count / FORMAT_KEY_STEP ? step * FORMAT_KEY_STEP : count;
		low = step == 0 ? 0 : (step - 1) * FORMAT_KEY_STEP;
	}
	low = lower_bound(db, table->section, table->width, low, high, key);
	if (low >= count)
		return false;
	*out = fixed_record(db, table->section, low, table->width);
	return cursor_u32le(out) == key;
}

int64_t
store_exploited(const struct database *db, struct slice id)
{
	static const struct cve_table table = { SECTION_EXPLOITED, SECTION_COUNT, 12 };
	struct cursor c;
	return find_cve(db, &table, id, &c) ? (int64_t)cursor_u64le(&c) : DATE_NONE;
}

double
store_score(const struct database *db, struct slice id)
{
	static const struct cve_table table = { SECTION_SCORES, SECTION_SCORE_KEYS, 8 };
	struct cursor c;
	return find_cve(db, &table, id, &c) ? cursor_u32le(&c) / 1000000.0 : -1;
}

bool
store_rating(const struct database *db, struct slice id, enum severity *severity, double *score, struct slice *vector)
{
	static const struct cve_table table = { SECTION_RATINGS, SECTION_RATING_KEYS, 12 };
	struct cursor c;
	if (!find_cve(db, &table, id, &c))
		return false;
	uint32_t level = cursor_u16le(&c), tenths = cursor_u16le(&c), shared = cursor_u32le(&c);
	*severity = take_severity(&c, level);
	*score = tenths == UINT16_MAX ? -1 : tenths / 10.0;
	*vector = shared == UINT32_MAX ? SLICE_NONE : shared_text(db, shared, &c);
	return store_is_whole(db, &c);
}

bool
store_lifetime(const struct database *db, struct slice key, struct lifetime *out)
{
	struct cursor c;
	for (uint64_t at = 0; store_next_record(db, SECTION_LIFETIMES, &at, &c);) {
		out->key = store_take_text(&c);
		out->ends = store_take_time(&c);
		out->extended_ends = store_take_time(&c);
		if (!store_is_whole(db, &c))
			return false;
		if (slice_eq(out->key, key))
			return true;
	}
	return false;
}
