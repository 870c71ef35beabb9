/* SPDX-License-Identifier: Apache-2.0 */
/* A tailoring that leaves nothing to defaults: each group, rule and value of the benchmark is in it. */
#include "scap/ask.h"

#include "codec/xml.h"

static void
put_select(struct strbuf *into, struct slice id, bool selected)
{
	strbuf_puts(into, "    <select idref=\"");
	xml_put(into, id);
	strbuf_printf(into, "\" selected=\"%s\"/>\n", selected ? "true" : "false");
}

/* Which of its checks is meant, and whether it is asked: others may require one that is not. */
static void
put_refinement(struct strbuf *into, const struct scap_chosen_rule *chosen, bool wanted)
{
	strbuf_puts(into, "    <refine-rule idref=\"");
	xml_put(into, chosen->rule->id);
	strbuf_puts(into, wanted ? "\" role=\"full\"" : "\" role=\"unchecked\"");
	if (chosen->selector.n) {
		strbuf_puts(into, " selector=\"");
		xml_put(into, chosen->selector);
		strbuf_puts(into, "\"");
	}
	strbuf_puts(into, "/>\n");
}

static void
put_value(struct strbuf *into, const struct scap_chosen_value *value)
{
	strbuf_puts(into, "    <set-value idref=\"");
	xml_put(into, value->id);
	strbuf_puts(into, "\">");
	xml_put(into, value->text);
	strbuf_puts(into, "</set-value>\n");
}

void
scap_ask_write(const struct scap_selection *selection, const bool *wanted, struct strbuf *into)
{
	const struct scap_benchmark *b = selection->benchmark;
	size_t at = 0;
	strbuf_puts(into, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Tailoring xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"xccdf_org.plimsoll_tailoring_scan\">\n"
	                  "  <version time=\"2026-01-01T00:00:00\">1</version>\n  <Profile id=\"" SCAP_SCAN_PROFILE "\">\n    <title>What is asked</title>\n");
	for (size_t i = 0; i < b->groups.n; i++)
		put_select(into, b->groups.at[i].id, true);
	/* The selection has its rules in the benchmark's order. */
	for (size_t i = 0; i < b->rules.n; i++) {
		bool chosen = at < selection->rules.n && selection->rules.at[at].rule == &b->rules.at[i];
		put_select(into, b->rules.at[i].id, chosen);
		at += chosen;
	}
	for (size_t i = 0; i < selection->values.n; i++)
		if (selection->values.at[i].text.p)
			put_value(into, &selection->values.at[i]);
	for (size_t i = 0; i < selection->rules.n; i++)
		put_refinement(into, &selection->rules.at[i], wanted[i]);
	strbuf_puts(into, "  </Profile>\n</Tailoring>\n");
}

bool
scap_rule_lacks_value(const struct scap_selection *selection, const struct scap_rule *rule)
{
	for (size_t i = 0; i < rule->values.n; i++)
		if (scap_selection_value(selection, rule->values.at[i]).p == NULL)
			return true;
	return false;
}

const struct scap_manager scap_managers[SCAP_MANAGER_COUNT] = {
	{ SCAP_ASKS_DPKG, "dpkg", "deb", "dpkginfo" },
	{ SCAP_ASKS_RPM, "rpm", "rpm", "rpminfo" },
};

#define OVAL  "http://oval.mitre.org/XMLSchema/oval-definitions-5"
#define OURS  "oval:org.plimsoll:"

typedef void put_package_fn(struct strbuf *into, const struct scap_manager *manager, size_t number, struct slice package);

static void
put_each(struct strbuf *into, const struct slice *packages, const char *section, put_package_fn *put)
{
	strbuf_printf(into, "<%s>", section);
	for (size_t i = 0; i < SCAP_MANAGER_COUNT; i++)
		if (packages[i].p)
			put(into, &scap_managers[i], i + 1, packages[i]);
	strbuf_printf(into, "</%s>\n", section);
}

static void
put_definition(struct strbuf *into, const struct scap_manager *manager, size_t number, struct slice package)
{
	(void)manager, (void)package;
	strbuf_printf(into,
	              "<definition class=\"inventory\" id=\"" OURS "def:%zu\" version=\"1\"><metadata><title>installed</title><description>installed</description>"
	              "</metadata><criteria><criterion test_ref=\"" OURS "tst:%zu\"/></criteria></definition>",
	              number, number);
}

static void
put_test(struct strbuf *into, const struct scap_manager *manager, size_t number, struct slice package)
{
	(void)package;
	strbuf_printf(into,
	              "<%s_test xmlns=\"" OVAL "#linux\" id=\"" OURS "tst:%zu\" version=\"1\" check=\"all\" check_existence=\"at_least_one_exists\" comment=\"installed\">"
	              "<object object_ref=\"" OURS "obj:%zu\"/></%s_test>",
	              manager->probe, number, number, manager->probe);
}

static void
put_object(struct strbuf *into, const struct scap_manager *manager, size_t number, struct slice package)
{
	strbuf_printf(into, "<%s_object xmlns=\"" OVAL "#linux\" id=\"" OURS "obj:%zu\" version=\"1\"><name>", manager->probe, number);
	xml_put(into, package);
	strbuf_printf(into, "</name></%s_object>", manager->probe);
}

void
scap_ask_packages_write(const struct slice packages[static SCAP_MANAGER_COUNT], struct strbuf *into)
{
	bool any = false;
	for (size_t i = 0; i < SCAP_MANAGER_COUNT; i++)
		any |= packages[i].p != NULL;
	if (!any)
		return;
	strbuf_puts(into, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oval_definitions xmlns=\"" OVAL "\" xmlns:oval=\"http://oval.mitre.org/XMLSchema/oval-common-5\">\n"
	                  "<generator><oval:schema_version>5.11</oval:schema_version><oval:timestamp>2026-01-01T00:00:00</oval:timestamp></generator>\n");
	put_each(into, packages, "definitions", put_definition);
	put_each(into, packages, "tests", put_test);
	put_each(into, packages, "objects", put_object);
	strbuf_puts(into, "</oval_definitions>\n");
}

/* "Definition oval:org.plimsoll:def:1: true": OVAL counts from 1. */
unsigned
scap_ask_packages_found(struct slice told)
{
	struct slice line, number;
	unsigned found = 0;
	uint64_t at;
	while (slice_next(&told, '\n', &line)) {
		number = slice_trim(line);
		if (slice_skip(&number, SLICE("Definition " OURS "def:")) && slice_skip_end(&number, SLICE(": true")) && slice_to_u64(number, 10, &at) && at - 1 < SCAP_MANAGER_COUNT)
			found |= scap_managers[at - 1].asks;
	}
	return found;
}
