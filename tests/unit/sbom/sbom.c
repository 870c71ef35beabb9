/* SPDX-License-Identifier: Apache-2.0 */
/* What bills of materials of several makers come to, shown as rows; and what is said of broken ones. */
#include "catalog/rows.h"
#include "sbom/document.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
show_row(const struct block *block, const struct row *row, struct strbuf *into)
{
	const uint32_t wanted[] = { PACKAGE_TYPE, PACKAGE_NAME, PACKAGE_VERSION, PACKAGE_ARCH, PACKAGE_SOURCE, PACKAGE_SOURCE_VERSION, PACKAGE_LICENSE,
		                    PACKAGE_DEPENDENCIES };
	if (row->kind == ROW_OS_RELEASE)
		strbuf_printf(into, "os %.*s %.*s\n", SLICE_ARG(block_field(block, row, OS_RELEASE_ID)), SLICE_ARG(block_field(block, row, OS_RELEASE_VERSION_ID)));
	if (row->kind != ROW_PACKAGE)
		return;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		struct slice field = block_field(block, row, wanted[i]);
		strbuf_printf(into, "%s%.*s", i ? "|" : "", SLICE_ARG(field.p ? field : SLICE("-")));
	}
	strbuf_printf(into, " at %.*s\n", SLICE_ARG(block_entry_path(block, row->entry)));
}

static void
show(const struct sbom_document *document, struct strbuf *into)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	AUTO(free) char *bytes = NULL;
	size_t size;
	struct plim_error err = { 0 };
	assert_int_equal(block_builder_new(&builder, &err), 0);
	assert_int_equal(sbom_document_block(document, builder, &err), 0);
	assert_int_equal(block_finish(builder, &bytes, &size, &err), 0);
	assert_int_equal(block_open((struct slice){ bytes, size }, &block, &err), 0);
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		show_row(block, &row, into);
	}
	for (uint32_t i = 0; i < block_problem_count(block); i++)
		strbuf_printf(into, "! %.*s\n", SLICE_ARG(block_problem(block, i).message));
}

/* Rows, then problems; or "error: why". */
static void
expect(const char *text, const char *wanted)
{
	struct strbuf got = { 0 };
	AUTO(sbom_document) struct sbom_document document = { 0 };
	struct plim_error err = { 0 };
	if (sbom_document_read(slice_of(text), &document, &err) < 0)
		strbuf_printf(&got, "error: %s", err.text);
	else
		show(&document, &got);
	assert_string_equal(got.p ? got.p : "", wanted);
	strbuf_done(&got);
}

#define CYCLONEDX(version, rest) "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"" version "\"," rest "}"

static void
cyclonedx_of_trivy(void **state)
{
	(void)state;
	expect(CYCLONEDX("1.5", "\"components\":["
	       "{\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"12.5\"},"
	       "{\"type\":\"application\",\"name\":\"app/package-lock.json\",\"properties\":[{\"name\":\"aquasecurity:trivy:Class\",\"value\":\"lang-pkgs\"}]},"
	       "{\"type\":\"library\",\"bom-ref\":\"a\",\"name\":\"libc6\",\"version\":\"2.36-9\",\"purl\":\"pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12.5\","
	       "\"properties\":[{\"name\":\"aquasecurity:trivy:SrcName\",\"value\":\"glibc\"},{\"name\":\"aquasecurity:trivy:SrcVersion\",\"value\":\"2.36\"},"
	       "{\"name\":\"aquasecurity:trivy:SrcRelease\",\"value\":\"9\"}]},"
	       "{\"type\":\"library\",\"bom-ref\":\"b\",\"group\":\"@x\",\"name\":\"y\",\"version\":\"1.0.0\",\"purl\":\"pkg:npm/%40x/y@1.0.0\","
	       "\"licenses\":[{\"license\":{\"id\":\"MIT\"}},{\"license\":{\"name\":\"Z\"}}],"
	       "\"properties\":[{\"name\":\"aquasecurity:trivy:FilePath\",\"value\":\"app/node_modules/@x/y/package.json\"}]},"
	       "{\"type\":\"library\",\"name\":\"z\",\"version\":\"2.0.0\",\"purl\":\"pkg:npm/z@2.0.0\",\"bom-ref\":\"c\"}],"
	       "\"dependencies\":[{\"ref\":\"c\",\"dependsOn\":[\"b\",\"nobody\"]}]"),
	       "os debian 12\n"
	       "deb|libc6|2.36-9|amd64|glibc|2.36-9|-|- at sbom\n"
	       "npm|@x/y|1.0.0|-|-|-|MIT AND Z|- at app/node_modules/@x/y/package.json\n"
	       "npm|z|2.0.0|-|-|-|-|@x/y at sbom\n");
}

static void
cyclonedx_of_syft(void **state)
{
	(void)state;
	expect(CYCLONEDX("1.6", "\"metadata\":{\"tools\":{\"components\":[{\"name\":\"syft\"}]}},\"components\":["
	       "{\"type\":\"library\",\"name\":\"libssl3\",\"version\":\"3.0.11-1\",\"purl\":\"pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl%403.0.11\","
	       "\"properties\":[{\"name\":\"syft:location:0:path\",\"value\":\"/var/lib/dpkg/status\"}]},"
	       "{\"type\":\"library\",\"name\":\"bash\",\"version\":\"0:4.4.20-4.el8\",\"purl\":\"pkg:rpm/rhel/bash@4.4.20-4.el8?arch=x86_64&epoch=0&upstream=bash-4.4.20-4.el8.src.rpm\"},"
	       "{\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"12\",\"properties\":[{\"name\":\"syft:distro:id\",\"value\":\"debian\"},{\"name\":\"syft:distro:versionID\",\"value\":\"12\"}]},"
	       "{\"type\":\"file\",\"name\":\"/bin/x\"}]"),
	       "deb|libssl3|3.0.11-1|amd64|openssl|3.0.11|-|- at var/lib/dpkg/status\n"
	       "rpm|bash|4.4.20-4.el8|x86_64|bash|4.4.20-4.el8|-|- at sbom\n"
	       "os debian 12\n");
}

static void
systems_by_qualifiers(void **state)
{
	(void)state;
	expect(CYCLONEDX("1.4", "\"components\":[{\"type\":\"library\",\"name\":\"m\",\"version\":\"1-r0\",\"purl\":\"pkg:apk/alpine/musl@1-r0?distro=alpine-3.20.3&upstream=musl\"}]"),
	       "apk|musl|1-r0|-|musl|1-r0|-|- at sbom\nos alpine 3.20.3\n");
	expect(CYCLONEDX("1.4", "\"components\":[{\"type\":\"library\",\"name\":\"m\",\"version\":\"1-r0\",\"purl\":\"pkg:apk/alpine/musl@1-r0?distro=alpine-3.20.3&upstream=a\"},"
	       "{\"type\":\"library\",\"name\":\"n\",\"version\":\"1-r0\",\"purl\":\"pkg:apk/alpine/n@1-r0?distro=alpine-3.19.0\"}]"),
	       "apk|musl|1-r0|-|a|1-r0|-|- at sbom\napk|n|1-r0|-|n|1-r0|-|- at sbom\n"
	       "! its packages are of more than one distribution, and it names none\n");
}

/* Nothing unknown turns into no package. */
static void
what_is_not_told(void **state)
{
	(void)state;
	expect(CYCLONEDX("1.6", "\"compositions\":[{\"aggregate\":\"incomplete\"}],\"components\":["
	       "{\"type\":\"library\",\"name\":\"a\"},{\"type\":\"library\",\"name\":\"b\",\"purl\":\"pkg:x\"},"
	       "{\"type\":\"library\",\"name\":\"c\",\"purl\":\"pkg:npm/c\"},"
	       "{\"type\":\"library\",\"name\":\"d\",\"version\":\"1\",\"purl\":\"pkg:deb/debian/d@1\",\"components\":[{\"type\":\"framework\",\"name\":\"e\"}]}]"),
	       "deb|d|1|-|d|1|-|- at sbom\n"
	       "! component 1: its package URL: offset 4: there is no type\n"
	       "! component 2: a package without name or version\n"
	       "! the document says of itself that it is incomplete\n"
	       "! 2 components have no package URL: what they are is not known\n"
	       "! no package of the system names its source package, by which advisories know it\n");
}

/* A type that is wrong, unknown or another one hides no package; what may be software and has no package URL is told. */
static void
types_hide_nothing(void **state)
{
	(void)state;
#define OF(type, rest) "{" type "\"name\":\"a\",\"version\":\"1\"" rest "}"
#define PURL(name) ",\"purl\":\"pkg:npm/" name "@1\""
	expect(CYCLONEDX("1.6", "\"components\":[" OF("\"type\":\"file\",", PURL("a")) "," OF("\"type\":\"firmware\",", PURL("b")) "," OF("", PURL("c")) ","
	       OF("\"type\":\"data\",", PURL("d")) "," OF("\"type\":\"Library\",", "") "," OF("\"type\":\"platform\",", "") "," OF("", "") ","
	       OF("\"type\":\"data\",", "") "," OF("\"type\":\"file\",", "") "]"),
	       "npm|a|1|-|-|-|-|- at sbom\nnpm|b|1|-|-|-|-|- at sbom\nnpm|c|1|-|-|-|-|- at sbom\nnpm|d|1|-|-|-|-|- at sbom\n"
	       "! 3 components have no package URL: what they are is not known\n");
	expect("{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"name\":\"a\",\"primaryPackagePurpose\":\"DEVICE\",\"externalRefs\":"
	       "[{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:npm/a@1\"}]}]}", "npm|a|1|-|-|-|-|- at sbom\n");
#define APPLICATIONS "\"packages\":[{\"name\":\"image\",\"SPDXID\":\"i\",\"primaryPackagePurpose\":\"CONTAINER\"},{\"name\":\"a\",\"primaryPackagePurpose\":\"APPLICATION\"}]}"
	expect("{\"spdxVersion\":\"SPDX-2.3\"," APPLICATIONS, "! 1 components have no package URL: what they are is not known\n");
	expect("{\"spdxVersion\":\"SPDX-2.3\",\"creationInfo\":{\"creators\":[\"Tool: trivy-0.60\"]}," APPLICATIONS, "");
	expect("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components/><components><component type=\"library\"><name>a</name></component></components></bom>",
	       "error: line 1: more than one <components>");
}

/* Two locations of which one is inside the other, and one that climbs out. */
static void
places_that_cannot_be(void **state)
{
	(void)state;
#define AT(name, path) "{\"type\":\"library\",\"name\":\"" name "\",\"purl\":\"pkg:npm/" name "@1\",\"properties\":[{\"name\":\"syft:location:0:path\",\"value\":\"" path "\"}]}"
	expect(CYCLONEDX("1.6", "\"components\":[" AT("a", "/x/y") "," AT("b", "/x/y/z") "," AT("c", "/x") "," AT("d", "/../etc/passwd") "," AT("e", "//x/y") "," AT("f", "sbom/k") "]"),
	       "npm|a|1|-|-|-|-|- at x/y\nnpm|b|1|-|-|-|-|- at sbom\nnpm|c|1|-|-|-|-|- at sbom\nnpm|d|1|-|-|-|-|- at sbom\n"
	       "npm|e|1|-|-|-|-|- at x/y\nnpm|f|1|-|-|-|-|- at sbom\n");
#undef AT
}

static const char xml[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\" serialNumber=\"urn:uuid:1\" version=\"1\">\n"
    "<metadata><tools><tool><vendor>v</vendor><name>cdxgen</name></tool></tools><component type=\"application\" bom-ref=\"r\"><name>app</name></component></metadata>\n"
    "<components>\n<component type=\"library\" bom-ref=\"a\"><publisher>P</publisher><group>org.x</group><name>y</name><version>1.0</version>\n"
    "<hashes><hash alg=\"SHA-256\">abcd</hash></hashes><licenses><license><id>MIT</id></license></licenses>\n"
    "<purl>pkg:maven/org.x/y@1.0?type=jar</purl><properties><property name=\"SrcFile\">/app/pom.xml</property></properties></component>\n"
    "<component type=\"library\" bom-ref=\"b\"><name>k</name><version>2</version><licenses><expression>MIT OR ISC</expression></licenses><purl>pkg:pypi/k@2</purl></component>\n"
    "</components>\n<dependencies><dependency ref=\"a\"><dependency ref=\"a\"/></dependency></dependencies>\n</bom>\n";

static void
cyclonedx_as_xml(void **state)
{
	(void)state;
	expect(xml, "maven|org.x:y|1.0|-|-|-|MIT|org.x:y at app/pom.xml\npypi|k|2|-|-|-|MIT OR ISC|- at sbom\n");
	expect("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">\n<a>", "error: line 2: no element found");
	expect("<?xml version=\"1.0\"?>\n<!DOCTYPE bom [<!ENTITY a \"b\">]>\n<bom/>", "error: line 2: a document type is not read");
	expect("<html/>", "error: line 1: no <bom> of CycloneDX: no bill of materials that is known");
	expect("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.9\"/>", "error: CycloneDX 1.9 is not read: 1.2 to 1.6 are");
}

static void
spdx_as_json(void **state)
{
	(void)state;
	expect("{\"spdxVersion\":\"SPDX-2.3\",\"name\":\"n\",\"creationInfo\":{\"creators\":[\"Tool: trivy-0.50\"]},\"packages\":["
	       "{\"SPDXID\":\"SPDXRef-I\",\"name\":\"image\"},"
	       "{\"SPDXID\":\"SPDXRef-O\",\"name\":\"redhat\",\"versionInfo\":\"9.3\",\"primaryPackagePurpose\":\"OPERATING-SYSTEM\"},"
	       "{\"SPDXID\":\"SPDXRef-A\",\"name\":\"bash\",\"versionInfo\":\"5.1.8-6.el9\",\"licenseDeclared\":\"NOASSERTION\",\"licenseConcluded\":\"GPL-3.0-only\",\"supplier\":\"Organization: Red Hat\","
	       "\"sourceInfo\":\"built package from: bash 5.1.8-6.el9\",\"externalRefs\":[{\"referenceCategory\":\"PACKAGE_MANAGER\",\"referenceType\":\"purl\","
	       "\"referenceLocator\":\"pkg:rpm/redhat/bash@5.1.8-6.el9?arch=x86_64&epoch=2\"}]}],"
	       "\"relationships\":[{\"spdxElementId\":\"SPDXRef-DOCUMENT\",\"relationshipType\":\"DESCRIBES\",\"relatedSpdxElement\":\"SPDXRef-I\"}]}",
	       "os rhel 9.3\nrpm|bash|2:5.1.8-6.el9|x86_64|bash|5.1.8-6.el9|GPL-3.0-only|- at sbom\n");
	expect("{\"spdxVersion\":\"SPDX-2.1\"}", "error: SPDX-2.1 is not read: SPDX-2.2 and SPDX-2.3 are");
	expect("{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\"}",
	       "error: SPDX 3 and other linked data is not read: CycloneDX 1.2 to 1.6 and SPDX 2.2 and 2.3 are");
}

static const char tags[] =
    "SPDXVersion: SPDX-2.3\nDocumentName: n\nCreator: Tool: syft-1.0\n# a comment\n\nPackageName: root\nSPDXID: SPDXRef-R\n\n"
    "PackageName: busybox\nSPDXID: SPDXRef-B\nPackageVersion: 1.36.1-r29\nPackageSourceInfo: <text>acquired package info from APK DB:\n /lib/apk/db/installed</text>\n"
    "PackageLicenseDeclared: GPL-2.0-only\nPackageChecksum: SHA1: abcd\nExternalRef: PACKAGE-MANAGER purl pkg:apk/alpine/busybox@1.36.1-r29?arch=x86_64&distro=alpine-3.20.3\n"
    "FileName: ./x\nSPDXID: SPDXRef-F\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-R\nRelationship: SPDXRef-R CONTAINS SPDXRef-B\n";

static void
spdx_as_tags(void **state)
{
	(void)state;
	expect(tags, "apk|busybox|1.36.1-r29|x86_64|busybox|1.36.1-r29|GPL-2.0-only|- at sbom\nos alpine 3.20.3\n");
	expect("SPDXVersion: SPDX-2.3\nPackageName: a\nnonsense\n", "error: line 3: neither a tag nor a comment");
	expect("SPDXVersion: SPDX-2.2\nPackageComment: <text>a\nb\n", "error: line 2: a <text> without end");
	expect("SPDXVersion: SPDX-2.2\nRelationship: a b\n", "error: line 2: a relationship of fewer than three words");
	expect("Package: a\n", "error: line 1: it does not begin with SPDXVersion: no bill of materials that is known");
}

static void
broken_ones(void **state)
{
	(void)state;
	expect("", "error: line 1: it is empty");
	expect("{}", "error: line 1: neither bomFormat CycloneDX nor spdxVersion: no bill of materials that is known");
	expect(CYCLONEDX("1.1", "\"version\":1"), "error: CycloneDX 1.1 is not read: 1.2 to 1.6 are");
	expect(CYCLONEDX("1.6", "\"components\":{}"), "error: component 0: components is no list");
	expect(CYCLONEDX("1.6", "\"components\":[1]"), "error: component 0: it is no object");
	uint64_t most = LIMIT_SBOM_PART_COUNT;
	LIMIT_SBOM_PART_COUNT = 1;
	expect(CYCLONEDX("1.6", "\"components\":[{},{}]"), "error: more components than limit SBOM_PART_COUNT");
	LIMIT_SBOM_PART_COUNT = most;
}

int
main(void)
{
	const struct CMUnitTest tests_[] = {
		cmocka_unit_test(cyclonedx_of_trivy), cmocka_unit_test(cyclonedx_of_syft), cmocka_unit_test(systems_by_qualifiers),
		cmocka_unit_test(what_is_not_told), cmocka_unit_test(types_hide_nothing), cmocka_unit_test(places_that_cannot_be), cmocka_unit_test(cyclonedx_as_xml),
		cmocka_unit_test(spdx_as_json), cmocka_unit_test(spdx_as_tags), cmocka_unit_test(broken_ones),
	};
	return cmocka_run_group_tests(tests_, NULL, NULL);
}
