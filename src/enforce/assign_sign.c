/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/assign_sign.h"

#include "base/date.h"
#include "base/error.h"
#include "base/output.h"
#include "enforce/guard_orders.h"
#include "gate/trust/held_keys.h"
#include "gate/trust/keys.h"
#include "store/atomic.h"
#include "trust/signer.h"

#include <time.h>

static void
put_texts(struct strbuf *into, const char *title, const struct slice_list *texts)
{
	for (size_t i = 0; i < texts->n; i++) {
		strbuf_puts(into, i ? ", " : title);
		strbuf_put_printable(into, texts->at[i]);
	}
	strbuf_puts(into, texts->n ? "\n" : "");
}

static void
put_names(struct strbuf *into, const char *title, const struct assign_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		strbuf_puts(into, i ? ", " : title);
		strbuf_put_printable(into, keys->at[i].name);
	}
	strbuf_puts(into, keys->n ? "\n" : "");
}

static void
put_policies(struct strbuf *into, const struct assign_policies *policies)
{
	char text[DIGEST_TEXT_SIZE];
	for (size_t i = 0; i < policies->n; i++) {
		strbuf_puts(into, i ? "               " : "    policies   ");
		strbuf_put_printable(into, policies->at[i].name);
		strbuf_printf(into, "%s%s\n", policies->at[i].name.n ? " " : "", digest_text(&policies->at[i].digest, text));
	}
}

static void
put_promise(struct strbuf *into, const char *what, struct slice owner, struct slice reason, int64_t until)
{
	char day[DATE_TEXT_SIZE];
	strbuf_printf(into, "    %-9s  until %s, by ", what, date_day_text(until, day));
	strbuf_put_printable(into, owner);
	strbuf_puts(into, ": ");
	strbuf_put_printable(into, reason);
	strbuf_putc(into, '\n');
}

static void
put_rule(struct strbuf *into, const struct assign_rule *rule)
{
	strbuf_put_printable(into, rule->name);
	strbuf_putc(into, '\n');
	put_texts(into, "    of         ", &rule->repositories);
	put_texts(into, "    in         ", &rule->namespaces);
	put_names(into, "    signed by  ", &rule->keys);
	put_names(into, "    or         ", &rule->certificates);
	put_policies(into, &rule->policies);
	if (rule->judged)
		strbuf_puts(into, "    judged     by the door, where nobody signed\n");
	if (rule->age_most)
		strbuf_printf(into, "    verdict    at most %ju hours old\n", (uintmax_t)rule->age_most / 3600);
	if (rule->data_age_most)
		strbuf_printf(into, "    data       at most %ju hours old\n", (uintmax_t)rule->data_age_most / 3600);
	if (rule->unsigned_too)
		put_promise(into, "unsigned", rule->owner, rule->reason, rule->until);
}

static void
put_assign(struct strbuf *into, const struct assign *assign)
{
	char time[DATE_TEXT_SIZE];
	for (size_t i = 0; i < assign->rule_count; i++)
		put_rule(into, &assign->rules[i]);
	for (size_t i = 0; i < assign->glass_count; i++) {
		const struct assign_glass *glass = &assign->glasses[i];
		strbuf_put_printable(into, glass->name);
		strbuf_putc(into, '\n');
		put_texts(into, "    of         ", &glass->repositories);
		if (glass->digest_count)
			strbuf_printf(into, "    images     %zu, by their digests\n", glass->digest_count);
		put_promise(into, "broken", glass->owner, glass->reason, glass->until);
	}
	if (assign->denied.n) {
		strbuf_puts(into, "denied is what ");
		strbuf_put_printable(into, assign->denied);
		strbuf_puts(into, " says\n");
	}
	strbuf_printf(into, "%zu rule%s; what none speaks of is refused.  Signed %s, number %jd\n", assign->rule_count, assign->rule_count == 1 ? "" : "s", date_text(assign->time, time),
	              (intmax_t)assign->time);
}

/* What will be read by guards is read once here: what they would refuse is not signed. */
static int
check_payload(struct slice payload, struct arena *arena, struct plim_error *err)
{
	static const struct assign_reading inside = { NULL, NULL };
	struct assign *again;
	int r = assign_read(SLICE("what would be signed"), payload, &inside, arena, &again, err);
	for (size_t i = 0; r == 0 && i < again->rule_count; i++) {
		AUTO(held_keys) struct held_keys keys = { 0 };
		r = held_keys_take(again->rules[i].keys.at, again->rules[i].keys.n, arena, &keys, err);
		if (r < 0)
			r = error_wrap(err, r, "rule '%.*s'", SLICE_ARG(again->rules[i].name));
	}
	return r;
}

static int
sign_payload(const struct assign_sign_options *options, struct slice payload, int64_t now, struct strbuf *envelope, struct plim_error *err)
{
	const struct signer_options key = { .key = options->key, .companion = options->companion, .passphrase_file = options->passphrase_file };
	AUTO(signer) struct signer *signer = NULL;
	int r = signer_open(&key, &signer, err);
	return r < 0 ? r : signer_assign(signer, payload, now, envelope, err);
}

static int
read_file(const struct assign_sign_options *options, struct arena *arena, struct assign **out, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	struct slice text, directory = path_dir(slice_of(options->file));
	struct assign_reading how = { directory.p ? arena_strz(arena, directory) : ".", NULL };
	int r = how.directory ? trust_file_load(options->file, arena, &text, err) : error_nomem(err);
	if (r < 0 || (r = run_start(options->run, &run, err)) < 0)
		return r;
	how.run = run;
	return assign_read(slice_of(options->file), text, &how, arena, out, err);
}

int
assign_sign(const struct assign_sign_options *options, FILE *told, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf payload = { 0 }, envelope = { 0 }, text = { 0 };
	struct assign *assign;
	int r = arena ? read_file(options, arena, &assign, err) : error_nomem(err);
	if (r < 0)
		return r;
	const char *out = options->out ? options->out : arena_printf(arena, "%s.signed", options->file).p;
	assign->time = time(NULL);
	if (out == NULL)
		return error_nomem(err);
	if ((r = assign_write(assign, &payload, err)) < 0 || (r = check_payload(strbuf_slice(&payload), arena, err)) < 0 ||
	    (r = sign_payload(options, strbuf_slice(&payload), assign->time, &envelope, err)) < 0 || (r = atomic_write(out, 0644, strbuf_slice(&envelope), err)) < 0)
		return r;
	put_assign(&text, assign);
	return output_text(&text, told, err);
}

int
assign_show(const char *file, const char *const *keys, FILE *told, struct plim_error *err)
{
	const struct guard_options options = { .assign = file, .assign_keys = keys };
	const struct memory none = { NULL };
	AUTO(orders) struct orders *orders = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	int r = orders_load_assign(&options, &none, time(NULL), &orders, err);
	if (r < 0)
		return r;
	put_assign(&text, orders_assign(orders));
	return output_text(&text, told, err);
}
