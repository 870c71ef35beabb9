/* SPDX-License-Identifier: Apache-2.0 */
/* What each reader of VEX makes of a document: a line for each statement. */
#include "vex/statement.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "vex/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
put(struct strbuf *into, const char *before, struct slice text)
{
	if (text.n)
		strbuf_printf(into, "%s%.*s", before, SLICE_ARG(text));
}

static void
put_statement(const struct vex_statement *s, struct strbuf *into)
{
	char time[DATE_TEXT_SIZE];
	strbuf_printf(into, "%s %.*s", vex_status_name(s->status), SLICE_ARG(s->id));
	for (size_t i = 0; i < s->alias_count; i++)
		put(into, "=", s->aliases[i]);
	strbuf_puts(into, " ");
	vex_describe_product(s, into);
	put(into, " range ", s->subcomponent_count ? s->subcomponents[0].range : s->product.range);
	strbuf_puts(into, s->product.unclear || (s->subcomponent_count && s->subcomponents[0].unclear) ? " unclear" : "");
	put(into, " because ", s->justification);
	put(into, " impact ", s->impact);
	put(into, " action ", s->action);
	strbuf_printf(into, " %.10s\n", s->time == DATE_NONE ? "-" : date_text(s->time, time));
}

/* The document's head and statements, or "! why". */
static char *
read_text(const char *text)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(vex_document) struct vex_document document;
	struct strbuf out = { 0 };
	struct plim_error err = { 0 };
	if (vex_read(slice_of(text), arena, &document, &err) < 0)
		strbuf_printf(&out, "! %s", err.text);
	else
		strbuf_printf(&out, "%.*s by %.*s, version %.*s\n", SLICE_ARG(document.id), SLICE_ARG(document.author), SLICE_ARG(document.version));
	for (size_t i = 0; err.text[0] == '\0' && i < document.statements.n; i++)
		put_statement(&document.statements.at[i], &out);
	return strbuf_take(&out);
}

static void
check(const char *text, const char *wanted)
{
	AUTO(free) char *got = read_text(text);
	assert_string_equal(got, wanted);
}

#define OPENVEX(context, statements) \
	"{\"@context\": \"https://openvex.dev/ns" context "\", \"@id\": \"D\", \"author\": \"A\", \"version\": 3, \"timestamp\": \"2026-02-01T00:00:00Z\", " \
	"\"last_updated\": \"2026-05-01T00:00:00Z\", \"statements\": [" statements "]}"

static void
openvex_reads_both_versions(void **state)
{
	(void)state;
	check(OPENVEX("/v0.2.0",
	              "{\"vulnerability\": {\"name\": \"CVE-1\", \"aliases\": [\"GHSA-1\"]}, \"status\": \"not_affected\", \"justification\": \"j\", \"impact_statement\": \"i\","
	              " \"products\": [{\"@id\": \"pkg:oci/a\", \"subcomponents\": [{\"@id\": \"pkg:npm/b\"}, {\"@id\": \"pkg:npm/c\"}]}, {\"@id\": \"pkg:npm/d\"}]},"
	              "{\"vulnerability\": {\"@id\": \"https://nvd.example/CVE-2\"}, \"status\": \"affected\", \"action_statement\": \"a\", \"timestamp\": \"2026-03-01T00:00:00Z\","
	              " \"products\": [{\"@id\": \"https://a.example\", \"identifiers\": {\"purl\": \"pkg:npm/e\"}}]},"
	              "{\"vulnerability\": {\"name\": \"CVE-3\"}, \"status\": \"fixed\", \"timestamp\": \"2026-03-01T00:00:00Z\", \"last_updated\": \"2026-04-01T00:00:00Z\"}"),
	      "D by A, version 3\n"
	      "not_affected CVE-1=GHSA-1 pkg:oci/a: pkg:npm/b, pkg:npm/c because j impact i 2026-02-01\n"
	      "not_affected CVE-1=GHSA-1 pkg:npm/d because j impact i 2026-02-01\n"
	      "affected CVE-2 pkg:npm/e action a 2026-03-01\n"
	      "fixed CVE-3 its subject 2026-04-01\n");
	check(OPENVEX("", "{\"vulnerability\": \"CVE-1\", \"status\": \"under_investigation\", \"products\": [\"pkg:oci/a\", \"b\"], \"subcomponents\": [\"pkg:npm/c\"]}"),
	      "D by A, version 3\n"
	      "under_investigation CVE-1 pkg:oci/a: pkg:npm/c 2026-02-01\n"
	      "under_investigation CVE-1 b: pkg:npm/c 2026-02-01\n");
}

static void
openvex_is_refused_as_a_whole(void **state)
{
	(void)state;
	check(OPENVEX("", "1"), "! statements[0]: no object");
	check(OPENVEX("", "{\"vulnerability\": \"CVE-1\", \"status\": \"fixed\", \"products\": {}}"), "! statements[0]: products: no list");
	check(OPENVEX("", "{\"vulnerability\": \"CVE-1\", \"status\": \"fixed\", \"products\": [1]}"), "! statements[0]: a product is neither a text nor an object");
	check(OPENVEX("", "{\"vulnerability\": {\"name\": \"CVE-1\", \"aliases\": [1]}, \"status\": \"fixed\"}"), "! statements[0]: aliases: no text");
	check(OPENVEX("", "{\"vulnerability\": \"CVE-1\", \"status\": \"Fixed\"}"), "! statements[0]: a status that there is not");
	check("{\"@context\": \"https://openvex.dev/ns\"}", "! no list of statements");
	check("{\"@context\": \"https://openvex.example/ns\"}", "! neither OpenVEX nor CSAF nor CycloneDX");
	check("[]", "! neither OpenVEX nor CSAF nor CycloneDX");
}

#define CSAF_AS(category, version, tree, vulnerabilities) \
	"{\"document\": {\"category\": \"" category "\", \"csaf_version\": \"" version "\", \"publisher\": {\"name\": \"A\"}, \"tracking\": {\"id\": \"D\", \"version\": \"3\", " \
	"\"status\": \"final\", \"initial_release_date\": \"2026-01-01T00:00:00Z\", \"current_release_date\": \"2026-02-01T00:00:00Z\"}}, " \
	"\"product_tree\": " tree ", \"vulnerabilities\": [" vulnerabilities "]}"
#define CSAF(tree, vulnerabilities) CSAF_AS("csaf_vex", "2.0", tree, vulnerabilities)
#define PRODUCT(id, helper) "{\"name\": \"product " id "\", \"product_id\": \"" id "\", \"product_identification_helper\": {" helper "}}"
#define TREE \
	"{\"branches\": [{\"category\": \"vendor\", \"branches\": [" \
	"{\"category\": \"product_version\", \"name\": \"1\", \"product\": " PRODUCT("L", "\"purl\": \"pkg:npm/left@1\"") "}," \
	"{\"category\": \"product_version_range\", \"name\": \"vers:npm/<4\", \"product\": " PRODUCT("R", "\"purls\": [\"pkg:npm/right\", \"pkg:npm/right@3\"]") "}," \
	"{\"category\": \"product_version_range\", \"name\": \"<=4\", \"product\": " PRODUCT("Q", "\"purl\": \"pkg:npm/right\"") "}]}]," \
	"\"full_product_names\": [" PRODUCT("D", "\"cpe\": \"cpe:/o:debian:debian_linux:12\"") "]," \
	"\"relationships\": [{\"full_product_name\": " PRODUCT("D:L", "") ", \"product_reference\": \"L\", \"relates_to_product_reference\": \"D\"}]," \
	"\"product_groups\": [{\"group_id\": \"G\", \"product_ids\": [\"L\", \"R\"]}]}"

static void
csaf_follows_its_product_tree(void **state)
{
	(void)state;
	check(CSAF(TREE, "{\"cve\": \"CVE-1\", \"ids\": [{\"text\": \"GHSA-1\"}], \"flags\": [{\"label\": \"j\", \"group_ids\": [\"G\"]}, {\"label\": \"k\", \"product_ids\": [\"L\", \"D:L\"]}],"
	                 " \"threats\": [{\"category\": \"exploit_status\", \"details\": \"e\"}, {\"category\": \"impact\", \"details\": \"i\", \"product_ids\": [\"Q\"]}],"
	                 " \"remediations\": [{\"details\": \"a\", \"product_ids\": [\"D\"]}],"
	                 " \"product_status\": {\"known_not_affected\": [\"L\", \"Q\", \"D:L\"], \"fixed\": [\"R\"], \"known_affected\": [\"D\"], \"recommended\": [\"L\"]}},"
	                 "{\"ids\": [{\"text\": \"X-2\"}], \"product_status\": {\"under_investigation\": [\"L\"], \"first_fixed\": [\"L\"], \"last_affected\": [\"L\"]}}"),
	      "D by A, version 3\n"
	      "not_affected CVE-1=GHSA-1 pkg:npm/left@1 because j 2026-02-01\n"
	      "not_affected CVE-1=GHSA-1 pkg:npm/right unclear impact i 2026-02-01\n"
	      "not_affected CVE-1=GHSA-1 product D: pkg:npm/left@1 because k 2026-02-01\n"
	      "fixed CVE-1=GHSA-1 pkg:npm/right range vers:npm/<4 because j 2026-02-01\n"
	      "affected CVE-1=GHSA-1 product D action a 2026-02-01\n"
	      "fixed X-2=X-2 pkg:npm/left@1 2026-02-01\n"
	      "affected X-2=X-2 pkg:npm/left@1 2026-02-01\n"
	      "under_investigation X-2=X-2 pkg:npm/left@1 2026-02-01\n");
}

#define BOM(version, rest) \
	"{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"" version "\", \"serialNumber\": \"urn:uuid:u\", \"version\": 3, " rest "}"

/* Its purl without a version is not all of them. */
static void
versions_stand_beside_purls(void **state)
{
	(void)state;
	check(CSAF("{\"branches\": ["
	           "{\"category\": \"product_version\", \"name\": \"4.2\", \"product\": " PRODUCT("A", "\"purl\": \"pkg:npm/left\"") "},"
	           "{\"category\": \"product_version\", \"name\": \"389-ds-base\", \"product\": " PRODUCT("B", "\"purl\": \"pkg:rpm/redhat/389-ds-base?arch=src\"") "},"
	           "{\"category\": \"product_version\", \"name\": \"left\", \"product\": " PRODUCT("C", "\"purl\": \"pkg:npm/left@1\"") "}]}",
	           "{\"cve\": \"CVE-1\", \"product_status\": {\"known_not_affected\": [\"A\", \"B\", \"C\"]}}"),
	      "D by A, version 3\n"
	      "not_affected CVE-1 pkg:npm/left range 4.2 2026-02-01\n"
	      "not_affected CVE-1 pkg:rpm/redhat/389-ds-base?arch=src 2026-02-01\n"
	      "not_affected CVE-1 pkg:npm/left@1 2026-02-01\n");
	check(BOM("1.5", "\"components\": [{\"bom-ref\": \"l\", \"name\": \"left\", \"version\": \"4.2\", \"purl\": \"pkg:npm/left\"}, "
	                 "{\"bom-ref\": \"r\", \"name\": \"right\", \"version\": \"4.2\", \"purl\": \"pkg:npm/right@4\"}], "
	                 "\"vulnerabilities\": [{\"id\": \"CVE-1\", \"analysis\": {\"state\": \"not_affected\"}, \"affects\": [{\"ref\": \"l\"}, {\"ref\": \"r\"}]}]"),
	      "urn:uuid:u by , version 3\n"
	      "not_affected CVE-1 pkg:npm/left range 4.2 -\n"
	      "not_affected CVE-1 pkg:npm/right@4 -\n");
}

static void
csaf_is_refused_as_a_whole(void **state)
{
	(void)state;
	check(CSAF_AS("csaf_security_advisory", "2.0", "{}", ""), "! a CSAF document of the category 'csaf_security_advisory', and only csaf_vex is VEX");
	check(CSAF_AS("csaf_vex", "1.2", "{}", ""), "! CSAF 1.2, and only 2.0 and 2.1 are known here");
	check(CSAF("{}", "{\"cve\": \"CVE-1\"}"), "! vulnerabilities[0]: no product_status");
	check(CSAF("{}", "{\"product_status\": {}}"), "! vulnerabilities[0]: it has no name");
	check(CSAF("{}", "{\"cve\": \"CVE-1\", \"product_status\": {\"fixed\": [\"L\"]}}"), "! vulnerabilities[0]: no product has the id 'L'");
	check(CSAF("{\"full_product_names\": [" PRODUCT("L", "") ", " PRODUCT("L", "\"purl\": \"pkg:npm/left\"") "]}", ""), "! product_tree: two products have the id 'L'");
	check(CSAF("{\"full_product_names\": [" PRODUCT("L", "") ", " PRODUCT("L", "") "]}", ""), "D by A, version 3\n");
	check(CSAF("{\"relationships\": [{\"full_product_name\": " PRODUCT("L", "") "}]}", ""), "! product_tree: relationships[0]: a product is missing");
}

/* A group that many remarks name multiplies. */
static void
csaf_has_a_limit_of_remarks(void **state)
{
	(void)state;
	uint64_t before = LIMIT_VEX_STEP_COUNT;
	LIMIT_VEX_STEP_COUNT = 3;
	check(CSAF(TREE, "{\"cve\": \"CVE-1\", \"flags\": [{\"label\": \"j\", \"group_ids\": [\"G\", \"G\"]}], \"product_status\": {\"fixed\": [\"L\"]}}"),
	      "! vulnerabilities[0]: more products named than limit VEX_STEP_COUNT (3)");
	LIMIT_VEX_STEP_COUNT = before;
}

#define PARTS "\"components\": [{\"bom-ref\": \"l\", \"name\": \"left\", \"purl\": \"pkg:npm/left@1\", \"components\": [{\"bom-ref\": \"r\", \"name\": \"right\"}]}]"
#define OF_WEB "\"metadata\": {\"timestamp\": \"2026-02-01T00:00:00Z\", \"authors\": [{\"name\": \"A\"}], \"component\": {\"bom-ref\": \"w\", \"name\": \"web\", \"purl\": \"pkg:oci/web\"}}"

static void
cyclonedx_follows_references(void **state)
{
	(void)state;
	check(BOM("1.5", OF_WEB ", " PARTS ", \"vulnerabilities\": ["
	          "{\"id\": \"CVE-1\", \"references\": [{\"id\": \"GHSA-1\"}], \"analysis\": {\"state\": \"false_positive\", \"justification\": \"j\", \"detail\": \"d\", \"lastUpdated\": \"2026-03-01T00:00:00Z\"},"
	          " \"affects\": [{\"ref\": \"l\"}, {\"ref\": \"w\"}, {\"ref\": \"urn:cdx:u/1#r\"}, {\"ref\": \"urn:cdx:v/1#r\"}, {\"ref\": \"urn:cdx:v/1#pkg%3Anpm%2Fx\"}]},"
	          "{\"id\": \"CVE-2\", \"affects\": [{\"ref\": \"l\"}]}]"),
	      "urn:uuid:u by A, version 3\n"
	      "not_affected CVE-1=GHSA-1 pkg:oci/web: pkg:npm/left@1 because j impact d 2026-03-01\n"
	      "not_affected CVE-1=GHSA-1 pkg:oci/web because j impact d 2026-03-01\n"
	      "not_affected CVE-1=GHSA-1 pkg:oci/web: right because j impact d 2026-03-01\n"
	      "not_affected CVE-1=GHSA-1 pkg:oci/web: urn:cdx:v/1#r because j impact d 2026-03-01\n"
	      "not_affected CVE-1=GHSA-1 pkg:oci/web: pkg:npm/x because j impact d 2026-03-01\n");
	check(BOM("1.4", PARTS ", \"vulnerabilities\": [{\"id\": \"CVE-1\", \"analysis\": {\"state\": \"resolved\"}, \"affects\": [{\"ref\": \"l\", \"versions\": ["
	          "{\"version\": \"1\", \"status\": \"unaffected\"}, {\"range\": \"vers:npm/<1\"}, {\"range\": \"<2\", \"status\": \"unaffected\"}, {\"version\": \"9\", \"status\": \"unknown\"}]}]}]"),
	      "urn:uuid:u by , version 3\n"
	      "fixed CVE-1 pkg:npm/left@1 range 1 -\n"
	      "affected CVE-1 pkg:npm/left@1 range vers:npm/<1 -\n"
	      "fixed CVE-1 pkg:npm/left@1 range <2 unclear -\n"
	      "under_investigation CVE-1 pkg:npm/left@1 range 9 -\n");
}

static void
cyclonedx_is_refused_as_a_whole(void **state)
{
	(void)state;
	check(BOM("1.3", "\"x\": 1"), "! CycloneDX 1.3, and VEX is known here of 1.4 to 1.7");
	check(BOM("1.5", "\"vulnerabilities\": [{\"id\": \"CVE-1\", \"analysis\": {\"state\": \"fine\"}}]"), "! vulnerabilities[0]: analysis: a state that there is not");
	check(BOM("1.5", "\"vulnerabilities\": [{\"analysis\": {\"state\": \"resolved\"}}]"), "! vulnerabilities[0]: no id");
	check(BOM("1.5", "\"vulnerabilities\": [{\"id\": \"CVE-1\", \"analysis\": {\"state\": \"resolved\"}, \"affects\": [{}]}]"), "! vulnerabilities[0]: affects: no reference");
	check(BOM("1.5", "\"components\": [{\"bom-ref\": \"a\"}, {\"bom-ref\": \"a\"}]"), "! two components have the bom-ref 'a'");
	check(BOM("1.5", "\"vulnerabilities\": {}"), "! vulnerabilities: no list");
}

/* Why the only statement of a document is not about a package; "" where it is. */
static void
check_match(const char *text, const char *os, const char *release, struct package package, const char *wanted)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(vex_document) struct vex_document document;
	const struct inventory inventory = { .os = { .known = true, .id = slice_of(os), .version_id = slice_of(release) }, .packages = &package, .package_count = 1 };
	const struct vex_target target = { .inventory = &inventory };
	AUTO(vex_matcher) struct vex_matcher *matcher = NULL;
	struct plim_error err = { 0 };
	assert_int_equal(vex_read(slice_of(text), arena, &document, &err), 0);
	assert_int_equal(document.statements.n, 1);
	assert_int_equal(vex_matcher_new(&target, &matcher, &err), 0);
	const char *why = vex_mismatch(matcher, &document.statements.at[0], &package, false);
	assert_string_equal(why ? why : "", wanted);
}

#define OF_CPE(cpe) \
	OPENVEX("", "{\"vulnerability\": \"CVE-1\", \"status\": \"not_affected\", \"products\": [{\"@id\": \"" cpe "\"}]}")
#define RPM(name_, version_, purl_) { .type = SLICE("rpm"), .name = SLICE(name_), .version = SLICE(version_), .purl = SLICE(purl_) }

static void
systems_by_cpe_speak_of_their_own(void **state)
{
	(void)state;
	const struct package openssl = RPM("openssl", "3.0-1", "pkg:rpm/suse/openssl@3.0-1");
	struct package left = { .type = SLICE("npm"), .name = SLICE("left"), .version = SLICE("1"), .purl = SLICE("pkg:npm/left@1") };
	static const char pack[] = "it is of another release", foreign[] = "it is of an operating system, which the package is not from";
	check_match(OF_CPE("cpe:/o:suse:sles:15:sp5"), "sles", "15.5", openssl, "");
	check_match(OF_CPE("cpe:2.3:o:suse:sles:15:sp5:*:*:*:*:*:*"), "sles", "15.5", openssl, "");
	check_match(OF_CPE("cpe:/o:suse:sles:15:sp4"), "sles", "15.5", openssl, pack);
	check_match(OF_CPE("cpe:/o:suse:sles:15"), "sles", "15.5", openssl, pack);
	check_match(OF_CPE("cpe:/o:suse:sles:15"), "sles", "15", openssl, "");
	check_match(OF_CPE("cpe:/o:redhat:enterprise_linux:9::baseos"), "rhel", "9.4", openssl, "");
	check_match(OF_CPE("cpe:/o:redhat:enterprise_linux:9"), "rhel", "9.4", left, foreign);
	left.owner = SLICE("nodejs-left");
	check_match(OF_CPE("cpe:/o:redhat:enterprise_linux:9"), "rhel", "9.4", left, "");
}

#define OF_PURL(status, purl) \
	OPENVEX("", "{\"vulnerability\": \"CVE-1\", \"status\": \"" status "\", \"products\": [{\"@id\": \"" purl "\"}]}")

static void
streams_of_modules_differ(void **state)
{
	(void)state;
	struct package node = RPM("nodejs", "20.1-1", "pkg:rpm/redhat/nodejs@20.1-1");
	static const char other[] = "it is of another module, or names none";
	check_match(OF_PURL("not_affected", "pkg:rpm/redhat/nodejs"), "rhel", "9.4", node, "");
	check_match(OF_PURL("not_affected", "pkg:rpm/redhat/nodejs?rpmmod=nodejs:20"), "rhel", "9.4", node, other);
	node.module = SLICE("nodejs:20:9040020240101:rhel9");
	check_match(OF_PURL("not_affected", "pkg:rpm/redhat/nodejs?rpmmod=nodejs:20"), "rhel", "9.4", node, "");
	check_match(OF_PURL("not_affected", "pkg:rpm/redhat/nodejs?rpmmod=nodejs:20:9040020240101:rhel9"), "rhel", "9.4", node, "");
	check_match(OF_PURL("not_affected", "pkg:rpm/redhat/nodejs?rpmmod=nodejs:2"), "rhel", "9.4", node, other);
	check_match(OF_PURL("not_affected", "pkg:rpm/redhat/nodejs?rpmmod=nodejs:18"), "rhel", "9.4", node, other);
	check_match(OF_PURL("not_affected", "pkg:rpm/redhat/nodejs"), "rhel", "9.4", node, other);
	check_match(OF_PURL("affected", "pkg:rpm/redhat/nodejs"), "rhel", "9.4", node, "");
	check_match(OF_PURL("not_affected", "pkg:rpm/redhat/nodejs@20.1-1"), "rhel", "9.4", node, "");
}

static void
limits_hold(void **state)
{
	(void)state;
	uint64_t statements = LIMIT_VEX_STATEMENT_COUNT, bytes = LIMIT_VEX_BYTES;
	LIMIT_VEX_STATEMENT_COUNT = 1;
	check(OPENVEX("", "{\"vulnerability\": \"CVE-1\", \"status\": \"fixed\", \"products\": [\"a\", \"b\"]}"), "! statements[0]: more statements than limit VEX_STATEMENT_COUNT (1)");
	LIMIT_VEX_STATEMENT_COUNT = statements;
	LIMIT_VEX_BYTES = 10;
	check(OPENVEX("", ""), "! more bytes than limit VEX_BYTES (10)");
	LIMIT_VEX_BYTES = bytes;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openvex_reads_both_versions), cmocka_unit_test(openvex_is_refused_as_a_whole), cmocka_unit_test(csaf_follows_its_product_tree),
		cmocka_unit_test(csaf_is_refused_as_a_whole),  cmocka_unit_test(csaf_has_a_limit_of_remarks),   cmocka_unit_test(cyclonedx_follows_references),
		cmocka_unit_test(cyclonedx_is_refused_as_a_whole), cmocka_unit_test(systems_by_cpe_speak_of_their_own), cmocka_unit_test(streams_of_modules_differ), cmocka_unit_test(versions_stand_beside_purls),
		cmocka_unit_test(limits_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
