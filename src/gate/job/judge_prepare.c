/* SPDX-License-Identifier: Apache-2.0 */
/* What a judge makes ready before it confines itself: the policy, the statement, the advisory data, an older verdict. */
#include "gate/job/judge_inside.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "facts/facts.h"
#include "gate/policy/address.h"
#include "policy/tables.h"

#include <fcntl.h>

/* What nobody chose need not be there; nobody knows yet whether a session will ask for it. */
static int
without_database(struct judge *judge, int failure, struct plim_error *err)
{
	if (!judge->order.database_optional || (failure != PLIM_ENOTFOUND && !judge->order.session))
		return failure;
	if (failure != PLIM_ENOTFOUND)
		judge->no_data = arena_printf(judge->arena, "%s", err->text);
	return 0;
}

static int
open_database(struct judge *judge, struct plim_error *err)
{
	char *path = judge->order.database.p ? arena_strz(judge->arena, judge->order.database) : NULL;
	if (path == NULL)
		return judge->order.database.p ? error_nomem(err) : 0;
	if (judge->order.statement.p && judge->order.database_optional && !judge->asks_data)
		return 0;
	int r = database_open(path, &judge->database, err);
	return r < 0 ? without_database(judge, r, err) : 0;
}

static int
open_since(struct judge *judge, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t size;
	if (judge->order.since.p == NULL)
		return 0;
	const char *path = arena_strz(judge->arena, judge->order.since);
	if (path == NULL)
		return error_nomem(err);
	int r = file_read(AT_FDCWD, path, LIMIT_VERDICT_BYTES, &text, &size, err);
	if (r == 0)
		r = since_read((struct slice){ text, size }, judge->arena, &judge->since, err);
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

/* What is wrong with it is told before anything is read. */
static int
prepare_statement(struct judge *judge, struct plim_error *err)
{
	static const struct policy_tables none = { 0 };
	AUTO(facts) struct facts *facts = NULL;
	int r = policy_tables_open(&none, &facts, err);
	if (r == 0)
		r = facts_check(facts, judge->order.statement, NULL, err);
	judge->wishes = (struct wishes){ 0 };
	judge->asks_data = r == 0 && facts_uses(facts, "vulnerability");
	if (r == 0 && facts_reads_digests(facts))
		judge->wishes.hashing = HASH_PROGRAMS;
	if (r == 0 && facts_reads_compared(facts))
		judge->wishes.hashing = HASH_RECORDED;
	judge->wishes.rows = r == 0 && facts_reads_wished(facts);
	return r;
}

/* Nobody knows yet what will be asked. */
static void
prepare_session(struct judge *judge)
{
	judge_heed_interrupt();
	judge->wishes = (struct wishes){ .hashing = HASH_PROGRAMS, .rows = true };
}

static int
prepare_policy(struct judge *judge, struct plim_error *err)
{
	struct slice text = judge->order.policy_text;
	const char *name = arena_strz(judge->arena, judge->order.policy);
	if (name == NULL)
		return error_nomem(err);
	bool far = text.p && policy_is_address(name);
	int r = far ? policy_load_far(name, text, &judge->policy, err) : text.p ? policy_load_text(name, text, &judge->policy, err) : policy_load(name, &judge->policy, err);
	if (r == 0)
		judge->wishes = (struct wishes){ .hashing = policy_hashing(judge->policy), .rows = policy_reads_wished(judge->policy) };
	return r;
}

int
judge_prepare(struct judge *judge, const struct message *start, struct plim_error *err)
{
	struct cursor from = cursor_of(start->body);
	if ((judge->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = wire_read(&wire_judge_order, &from, judge->arena, &judge->order, err);
	judge->at = judge->order.at;
	judge->order.target = arena_dup(judge->arena, judge->order.target);
	judge->order.destination = arena_dup(judge->arena, judge->order.destination);
	judge->order.old_target = arena_dup(judge->arena, judge->order.old_target);
	judge->order.explain = arena_dup(judge->arena, judge->order.explain);
	judge->order.level = arena_dup(judge->arena, judge->order.level);
	if (r == 0 && judge->order.policy.p)
		r = prepare_policy(judge, err);
	if (r == 0 && judge->order.statement.p)
		r = prepare_statement(judge, err);
	if (r == 0 && judge->order.session)
		prepare_session(judge);
	if (r == 0)
		r = open_since(judge, err);
	return r < 0 ? r : open_database(judge, err);
}
