/* SPDX-License-Identifier: Apache-2.0 */
/* Declared ports and volumes. */
#include "policy/metadata.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/limits.h"

#include <stdio.h>

static int
report_declared(struct metadata_judging *m, const struct allowance *allowance, const char *rule, const char *word, struct slice name, struct slice why,
                struct plim_error *err)
{
	struct words words = {
		.rule = rule, .setting = judge_text(m->judging, "%s:%.*s", word, SLICE_ARG(name)),
		.title = judge_text(m->judging, "It declares the %s %.*s", word, SLICE_ARG(name)),
		.message = why,
	};
	return metadata_report(m, &allowance->terms, &words, err);
}

/* ports: "8080", "8080/tcp", "8000-8010/udp", of an image or of a policy, where either part may be a glob */

struct port {
	bool numeric;
	uint32_t from, to;         /* 0 where it is not */
	struct slice text, protocol;
};

static bool
to_port(struct slice text, uint32_t *out)
{
	uint64_t number;
	bool fits = slice_to_u64(text, 10, &number) && number <= UINT16_MAX;
	*out = fits ? (uint32_t)number : 0;
	return fits;
}

static struct port
port_of(struct slice whole)
{
	struct port port = { .protocol = SLICE("tcp") };
	struct slice protocol, from, to;
	if (slice_cut(whole, '/', &port.text, &protocol))
		port.protocol = protocol;
	if (!slice_cut(port.text, '-', &from, &to))
		to = from;
	port.numeric = to_port(from, &port.from) && to_port(to, &port.to) && port.from <= port.to;
	if (!port.numeric)
		port.from = port.to = 0;
	return port;
}

static bool
takes_protocol(const struct port *wanted, const struct port *port)
{
	return slice_eq_nocase(wanted->protocol, port->protocol) || glob_match(wanted->protocol, port->protocol);
}

static bool
takes_number(const struct port *wanted, uint32_t number)
{
	char text[16];
	if (wanted->numeric)
		return number >= wanted->from && number <= wanted->to;
	snprintf(text, sizeof text, "%u", number);
	return glob_match(wanted->text, slice_of(text));
}

static bool
names_number(const struct slice_list *list, const struct port *port, uint32_t number)
{
	for (size_t i = 0; i < list->n; i++) {
		struct port wanted = port_of(list->at[i]);
		if (takes_protocol(&wanted, port) && takes_number(&wanted, number))
			return true;
	}
	return false;
}

static bool
names_text(const struct slice_list *list, const struct port *port)
{
	for (size_t i = 0; i < list->n; i++) {
		struct port wanted = port_of(list->at[i]);
		if (takes_protocol(&wanted, port) && glob_match(wanted.text, port->text))
			return true;
	}
	return false;
}

/* One port of a range is enough to be denied; all must be allowed. */
static bool
names_any(const struct slice_list *list, const struct port *port)
{
	bool named = !port->numeric && names_text(list, port);
	for (uint32_t number = port->from; port->numeric && !named && number <= port->to; number++)
		named = names_number(list, port, number);
	return named;
}

static bool
names_all(const struct slice_list *list, const struct port *port)
{
	bool named = port->numeric || names_text(list, port);
	for (uint32_t number = port->from; port->numeric && named && number <= port->to; number++)
		named = names_number(list, port, number);
	return named;
}

static struct slice
lowered(struct metadata_judging *m, struct slice text)
{
	struct slice kept = arena_dup(m->judging->arena, text);
	for (size_t i = 0; kept.p && i < kept.n; i++)
		if (kept.p[i] >= 'A' && kept.p[i] <= 'Z')
			((char *)kept.p)[i] += 'a' - 'A';
	return kept;
}

static struct slice
port_name(struct metadata_judging *m, const struct port *port)
{
	if (!port->numeric)
		return judge_text(m->judging, "%.*s/%.*s", SLICE_ARG(port->text), SLICE_ARG(port->protocol));
	return port->from == port->to ? judge_text(m->judging, "%u/%.*s", port->from, SLICE_ARG(port->protocol))
	                              : judge_text(m->judging, "%u-%u/%.*s", port->from, port->to, SLICE_ARG(port->protocol));
}

static int
judge_port(struct metadata_judging *m, const struct port *port, struct plim_error *err)
{
	const struct allowance *allowance = &m->wanted->ports;
	bool denied = names_any(&allowance->deny, port);
	if (!denied && (!allowance->has_allow || names_all(&allowance->allow, port)))
		return 0;
	return report_declared(m, allowance, "metadata/port", "port", port_name(m, port),
	                       denied ? SLICE("the policy denies it") : SLICE("the policy does not allow it"), err);
}

static int
judge_each_port(struct metadata_judging *m, struct plim_error *err)
{
	const struct string_list *have = &m->config->ports;
	uint64_t count = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && metadata_asks(&m->wanted->ports) && i < have->n; i++) {
		struct port port = port_of(have->at[i]);
		port.protocol = lowered(m, port.protocol);
		if (port.protocol.p == NULL)
			return error_nomem(err);
		count += port.to - port.from + 1;
		if (count > LIMIT_PORT_COUNT)
			return metadata_cannot_tell(m, UNKNOWN_LIMIT, SLICE("ports"), SLICE("it declares more ports than limit PORT_COUNT"), err);
		r = judge_port(m, &port, err);
	}
	return r;
}

/* volumes */

/* As runtimes clean it before they mount there: absolute, without empty parts, "." and "..". */
static int
clean_path(struct metadata_judging *m, struct slice path, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf clean = { 0 };
	for (struct slice part; slice_next(&path, '/', &part);) {
		size_t end = slice_find_last(strbuf_slice(&clean), '/');
		if (slice_is(part, "..") && end != SIZE_MAX)
			clean.n = end;
		if (part.n == 0 || slice_is(part, ".") || slice_is(part, ".."))
			continue;
		strbuf_putc(&clean, '/');
		strbuf_put(&clean, part);
	}
	if (clean.n == 0)
		strbuf_putc(&clean, '/');
	*out = arena_dup(m->judging->arena, strbuf_slice(&clean));
	return clean.failed || out->p == NULL ? error_nomem(err) : 0;
}

static int
clean_list(struct metadata_judging *m, const struct slice *at, size_t n, struct slice_list *out, struct plim_error *err)
{
	struct slice *clean = arena_make_array(m->judging->arena, n + 1, struct slice);
	int r = clean ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = clean_path(m, at[i], &clean[i], err);
	*out = (struct slice_list){ clean, n };
	return r;
}

static int
judge_volumes(struct metadata_judging *m, struct plim_error *err)
{
	const struct allowance *wanted = &m->wanted->volumes;
	struct allowance clean = *wanted;
	struct slice_list have;
	int r = 0;
	if (!metadata_asks(wanted))
		return 0;
	if ((r = clean_list(m, wanted->allow.at, wanted->allow.n, &clean.allow, err)) < 0 || (r = clean_list(m, wanted->deny.at, wanted->deny.n, &clean.deny, err)) < 0 ||
	    (r = clean_list(m, m->config->volumes.at, m->config->volumes.n, &have, err)) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < have.n; i++) {
		struct slice why = metadata_objection(&clean, have.at[i]);
		if (why.n)
			r = report_declared(m, wanted, "metadata/volume", "volume", have.at[i], why, err);
	}
	return r;
}

int
judge_ports(struct metadata_judging *m, struct plim_error *err)
{
	int r = judge_each_port(m, err);
	return r < 0 ? r : judge_volumes(m, err);
}
