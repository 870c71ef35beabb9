#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Java packages: in archives that tests/cases/java/jars.py puts together, unpacked, declared, and the runtime itself.
plimsoll=$1
. "$(dirname "$0")/compare.bash"
jars=$root/tests/cases/java/jars.py
images=${PLIMSOLL_IMAGES:-$root/../shared/images}

# made NAME...: a tree of these archives alone
made() { rm -rf tree && mkdir tree && python3 "$jars" tree/app "$@"; }
# rows COLUMNS [OPTIONS...]: of the tree's packages, and what could not be read
rows() {
	local columns=$1
	shift
	"$plimsoll" query --no-cache --output csv "$@" rootfs:tree "SELECT $columns FROM package WHERE type IN ('maven', 'generic') ORDER BY path, name" 2>err | tail -n +2
	grep -v '^warning: os: ' err
}
# found NAME WANTED COLUMNS ARCHIVE...
found() {
	local name=$1 wanted=$2 columns=$3
	shift 3
	made "$@"
	check "$name" "$wanted" "$(rows "$columns")"
}

found "a pom.properties is a package, with licences and vendor of its pom" \
	'com.shop:util,1.0,/app/util-1.0.jar,MIT OR Apache & 2.0,Shop,' "name, version, path, license, vendor, evidence" util-1.0.jar
check "and what it needs to run" "commons-codec:commons-codec com.shop:base" "$(rows "replace(dependencies, char(10), ' ')")"
check "and the digest that repositories know it by" "sha1:$(sha1sum tree/app/util-1.0.jar | cut -d' ' -f1)" "$(rows checksum)"
check "and its package URL" "pkg:maven/com.shop/util@1.0" "$(rows purl)"
found "a renamed jar is who it says it is" 'log4j:log4j,1.2.17' "name, version" logging.jar
found "jars in jars, stored and packed" "com.shop:billing,2.3.0,/app/billing-2.3.0.jar
commons-codec:commons-codec,1.10,/app/billing-2.3.0.jar!BOOT-INF/lib/commons-codec-1.10.jar
org.yaml:snakeyaml,1.18,/app/billing-2.3.0.jar!BOOT-INF/lib/snakeyaml-1.18.jar" "name, version, path" billing-2.3.0.jar
found "jars in a war in an ear, in any case" "com.shop:loud,/app/all.ear!lib/LOUD-1.0.JAR
com.shop:shop,/app/all.ear!shop.war
com.shop:util,/app/all.ear!shop.war!WEB-INF/lib/util-1.0.jar
com.shop:util,/app/all.ear!shop.war!WEB-INF/lib/util-1.1.jar" "name, path" all.ear
found "a name in capitals" "com.shop:UPPER" name UPPER-1.0.JAR
found "what is shaded is the jar's, without its digest" "com.google.guava:guava,31.1-jre,0
com.shop:shaded,1.5,1
org.json:json,20180813,0" "name, version, checksum IS NOT NULL" shaded-1.5.jar
found "a jar whose own pom is not there, and what is shaded into it" "com.google.guava:guava,31.1-jre,
uber,2.0,filename" "name, version, evidence" uber-2.0-all.jar
made billing-2.3.0.jar shaded-1.5.jar
check "the file is the whole's" "/app/billing-2.3.0.jar com.shop:billing
/app/shaded-1.5.jar com.shop:shaded" "$("$plimsoll" query --no-cache --output csv rootfs:tree "SELECT path || ' ' || owner FROM file WHERE owner IS NOT NULL" 2>/dev/null | tail -n +2)"
found "a pom alone, with its parent's group and version" "com.shop:parent,4" "name, version" parent-4.jar
found "what nobody filled in comes from folder and file" "com.shop:unfilled,7,filename" "name, version, evidence" unfilled-7.jar
found "by the manifest, whose lines are folded" 'folded,1,,"Apache-2.0, or so OR MIT",Shop' "name, version, evidence, license, vendor" folded-1.jar
found "by the name of the file" "com.google.guava:guava,31.1-jre,filename" "name, version, evidence" guava-31.1-jre.jar
found "a name that has a number in it" "org.apache.logging.log4j:log4j-1.2-api,2.17.1" "name, version" log4j-1.2-api-2.17.1.jar
found "a version that has hyphens in it" "thing,1.0-beta-2" "name, version" thing-1.0-beta-2.jar
found "a classifier is no version" "native,4.1.77.Final" "name, version" native-4.1.77.Final-linux-x86_64.jar
found "Tomcat's jars as repositories call them" "org.apache.tomcat:tomcat-catalina,9.0.70," "name, version, evidence" catalina.jar
found "a plugin of Jenkins" "org.jenkins-ci.plugins:git,4.0," "name, version, evidence" git.hpi
found "nobody, and what is no jar at all" "" "name" nobody.jar notes.rar
made guava-31.1-jre.jar && mkdir -p tree/m2/repository/org/x/guava-fork/1.0 tree/caches/modules-2/files-2.1/org.y/thing/2.0/abc
mv tree/app/guava-31.1-jre.jar tree/m2/repository/org/x/guava-fork/1.0/guava-fork-1.0.jar
cp tree/m2/repository/org/x/guava-fork/1.0/guava-fork-1.0.jar tree/caches/modules-2/files-2.1/org.y/thing/2.0/abc/thing-2.0.jar
check "the folders of a repository tell the group" "org.y:thing,2.0
org.x:guava-fork,1.0" "$(rows "name, version")"

odd="script-1.0.jar comment-1.0.jar behind-1.0.jar descriptor-1.0.jar zip64-1.0.jar zip64-script-1.0.jar many-1.0.jar twice-1.0.jar other-local-1.0.jar empty-1.0.jar"
# shellcheck disable=SC2086
found "a script in front, bytes behind, wrapped counts, ...: what java reads" "com.shop:behind,/app/behind-1.0.jar
com.shop:comment,/app/comment-1.0.jar
com.shop:descriptor,/app/descriptor-1.0.jar
empty,/app/empty-1.0.jar
com.shop:many,/app/many-1.0.jar
com.shop:other-local,/app/other-local-1.0.jar
com.shop:script,/app/script-1.0.jar
com.shop:util,/app/script-1.0.jar!BOOT-INF/lib/util-1.0.jar
com.shop:twice,/app/twice-1.0.jar
com.shop:zip64,/app/zip64-1.0.jar
com.shop:zip64-script,/app/zip64-script-1.0.jar" "name, path" $odd

# hostile ARCHIVE WANTED: packages and problems
hostile() { found "hostile: $1" "$2" "name, version, path" "$1"; }
no_zip='zip: there is no end record with a directory before it: cut off, or not a zip'
hostile cut-1.0.jar "warning: unreadable: /app/cut-1.0.jar: $no_zip"
hostile no-zip.jar "warning: unreadable: /app/no-zip.jar: $no_zip"
hostile zero.jar "warning: unreadable: /app/zero.jar: $no_zip"
hostile directory-1.0.jar "warning: unreadable: /app/directory-1.0.jar: $no_zip"
hostile half-directory-1.0.jar "com.shop:half-directory,1.0,/app/half-directory-1.0.jar
warning: unreadable: /app/half-directory-1.0.jar: zip: no whole directory entry at offset 383"
hostile encrypted-1.0.jar "com.shop:encrypted,1.0,/app/encrypted-1.0.jar
com.shop:seen,1.0,/app/encrypted-1.0.jar
warning: unreadable: /app/encrypted-1.0.jar: META-INF/maven/com.shop/encrypted/pom.properties: zip: it is encrypted"
hostile method-1.0.jar "com.shop:method,1.0,/app/method-1.0.jar
com.shop:seen,1.0,/app/method-1.0.jar
warning: unreadable: /app/method-1.0.jar: META-INF/maven/com.shop/method/pom.properties: zip: compression method 12 is not read here"
hostile crc-1.0.jar "com.shop:crc,1.0,/app/crc-1.0.jar
com.shop:seen,1.0,/app/crc-1.0.jar
warning: unreadable: /app/crc-1.0.jar: META-INF/maven/com.shop/crc/pom.properties: zip: the bytes at offset 0 are not those that the directory describes"
hostile lying-1.0.jar "com.shop:lying,1.0,/app/lying-1.0.jar
com.shop:seen,1.0,/app/lying-1.0.jar
warning: limit: /app/lying-1.0.jar: META-INF/maven/com.shop/lying/pom.properties: limit JAR_TEXT_BYTES: it is not read
warning: unreadable: /app/lying-1.0.jar: a.jar: zip: 1036 packed bytes cannot be the 5 that the directory tells of
warning: unreadable: /app/lying-1.0.jar: b.jar: zip: the bytes at offset 1203 are not those that the directory describes
warning: unreadable: /app/lying-1.0.jar: past.jar: zip: a member past the end of the file"
hostile broken-inner-1.0.jar "com.shop:broken-inner,1.0,/app/broken-inner-1.0.jar
com.shop:util,1.0,/app/broken-inner-1.0.jar!lib/util-1.0.jar
warning: unreadable: /app/broken-inner-1.0.jar: lib/broken.jar: $no_zip
warning: unreadable: /app/broken-inner-1.0.jar: lib/empty.jar: it is empty"
hostile broken-pom-1.0.jar "com.shop:broken-pom,1.0,/app/broken-pom-1.0.jar
warning: unreadable: /app/broken-pom-1.0.jar: META-INF/maven/com.shop/broken-pom/pom.xml: xml: line 2: what ends here did not begin"
hostile bomb-1.0.jar "com.shop:bomb,1.0,/app/bomb-1.0.jar
com.shop:util,1.0,/app/bomb-1.0.jar!util-1.0.jar
warning: limit: /app/bomb-1.0.jar: big.jar: limit JAR_HELD_BYTES: it is not read"
for kind in deep deep-stored; do
	made $kind-1.0.jar
	check "hostile: $kind: so deep and no deeper" "8
warning: limit: /app/$kind-1.0.jar: n8.jar!n7.jar!n6.jar!n5.jar!n4.jar!n3.jar!n2.jar: limit JAR_DEPTH_COUNT: it is not read" "$(rows 'count(*)')"
done
made sharing-1.0.jar
check "hostile: members that are all the same bytes" "warning: limit: /app/sharing-1.0.jar: m0.jar!m5.jar!m27.jar!m45.jar: limit JAR_ARCHIVE_COUNT: neither this nor what follows is read" \
	"$(rows 'count(*)' | tail -n +2)"
made problems-1.0.jar
check "hostile: problems without end" "100 warning: limit: /app/problems-1.0.jar: beyond limit JAR_PROBLEM_COUNT: other members are not told of" \
	"$(rows name | grep -c '^warning') $(rows name | tail -n 1)"

# Limits, each on an honest archive.
# limited NAME=N ARCHIVE WANTED
limited() {
	made "$2"
	check "limit $1" "$3" "$(rows "name" --limit "$1" | grep warning | sed 's/^warning: limit: .app.//')"
}
limited JAR_DEPTH_COUNT=1 all.ear "all.ear: shop.war!WEB-INF/lib/util-1.0.jar: limit JAR_DEPTH_COUNT: it is not read
all.ear: shop.war!WEB-INF/lib/util-1.1.jar: limit JAR_DEPTH_COUNT: it is not read"
limited JAR_HELD_BYTES=1K shop.war "shop.war: WEB-INF/lib/util-1.1.jar: limit JAR_HELD_BYTES: it is not read"
limited JAR_UNPACKED_BYTES=1K shop.war "shop.war: WEB-INF/lib/util-1.0.jar: limit JAR_UNPACKED_BYTES: neither this nor what follows is read"
limited JAR_ARCHIVE_COUNT=1 shop.war "shop.war: WEB-INF/lib/util-1.1.jar: limit JAR_ARCHIVE_COUNT: neither this nor what follows is read"
limited JAR_ENTRY_COUNT=2 util-1.0.jar "util-1.0.jar: limit JAR_ENTRY_COUNT: what follows is not read"
limited JAR_POM_COUNT=1 shaded-1.5.jar "shaded-1.5.jar: META-INF/maven/com.google.guava/guava/pom.properties: limit JAR_POM_COUNT: it is not read
shaded-1.5.jar: META-INF/maven/org.json/json/pom.xml: limit JAR_POM_COUNT: it is not read"
limited JAR_TEXT_BYTES=64 util-1.0.jar "util-1.0.jar: META-INF/maven/com.shop/util/pom.xml: limit JAR_TEXT_BYTES: it is not read"
limited JAR_METADATA_BYTES=256 util-1.0.jar "util-1.0.jar: META-INF/maven/com.shop/util/pom.xml: more text than limit JAR_METADATA_BYTES
util-1.0.jar: more text than limit JAR_METADATA_BYTES"
limited JAR_PROBLEM_COUNT=1 broken-inner-1.0.jar "broken-inner-1.0.jar: beyond limit JAR_PROBLEM_COUNT: other members are not told of"

# Unpacked: a war in a server's folder, an application that Gradle built.
rm -rf tree && mkdir -p tree/srv/shop/META-INF/maven/com.shop/shop tree/srv/shop/WEB-INF/lib tree/opt/boot/META-INF tree/opt/other/META-INF
printf 'version=3\ngroupId=com.shop\nartifactId=shop\n' >tree/srv/shop/META-INF/maven/com.shop/shop/pom.properties
printf 'Manifest-Version: 1.0\nImplementation-Title: shop\nImplementation-Version: 3\nCreated-By: Maven WAR Plugin 3.4\n' >tree/srv/shop/META-INF/MANIFEST.MF
echo '<project><artifactId>shop</artifactId></project>' >tree/srv/shop/META-INF/maven/com.shop/shop/pom.xml
python3 "$jars" tree/srv/shop/WEB-INF/lib util-1.0.jar
printf 'Manifest-Version: 1.0\r\nStart-Class: a.B\r\nImplementation-Title: boot\r\nImplementation-Version: 0.1-SNAPSHOT\r\n\r\n' >tree/opt/boot/META-INF/MANIFEST.MF
printf 'Manifest-Version: 1.0\n' >tree/opt/other/META-INF/MANIFEST.MF
check "unpacked archives own their folder" "boot,0.1-SNAPSHOT,/opt/boot/META-INF/MANIFEST.MF,/opt/boot
com.shop:shop,3,/srv/shop/META-INF/maven/com.shop/shop/pom.properties,/srv/shop
com.shop:util,1.0,/srv/shop/WEB-INF/lib/util-1.0.jar," "$(rows "name, version, path, root")"

# Declared.
rm -rf tree && mkdir -p tree/src/gradle/dependency-locks
cat >tree/src/pom.xml <<'F'
<?xml version="1.0"?>
<!DOCTYPE project [<!ENTITY x "y">]>
<project>
  <parent><groupId>com.shop</groupId><artifactId>parent</artifactId><version>4</version></parent>
  <artifactId>app</artifactId>
  <properties><v>1.${minor}</v><minor>10</minor><loop>${loop}</loop></properties>
  <dependencyManagement><dependencies><dependency><groupId>managed</groupId><artifactId>m</artifactId><version>1</version></dependency></dependencies></dependencyManagement>
  <dependencies>
    <dependency><groupId>commons-codec</groupId><artifactId>commons-codec</artifactId><version>${v}</version></dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>base</artifactId><version>${project.version}</version></dependency>
    <dependency><groupId>g</groupId><artifactId>by-its-parent</artifactId></dependency>
    <dependency><groupId>g</groupId><artifactId>range</artifactId><version>[1,2)</version></dependency>
    <dependency><groupId>g</groupId><artifactId>unknown</artifactId><version>${loop}</version></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version><![CDATA[4.13]]></version><scope>test</scope></dependency>
  </dependencies>
  <build><plugins><plugin><dependencies><dependency><groupId>p</groupId><artifactId>p</artifactId><version>1</version></dependency></dependencies></plugin></plugins></build>
</project>
F
printf '# This is a Gradle generated file\ncom.google.guava:guava:31.1-jre=compileClasspath,runtimeClasspath\nodd line\nempty=annotationProcessor\n' >tree/src/gradle.lockfile
printf 'org.json:json:20230227\n' >tree/src/gradle/dependency-locks/compile.lockfile
check "what a pom and lock files of Gradle want" "declared,com.google.guava:guava,31.1-jre,/src/gradle.lockfile
declared,org.json:json,20230227,/src/gradle/dependency-locks/compile.lockfile
declared,com.shop:base,4,/src/pom.xml
declared,commons-codec:commons-codec,1.10,/src/pom.xml
declared,junit:junit,4.13,/src/pom.xml
warning: unreadable: /src/gradle.lockfile: line 3: no group:artifact:version" "$(rows "scope, name, version, path")"

# Runtimes.
rm -rf tree && mkdir -p tree/opt/temurin tree/opt/debian tree/opt/graal tree/opt/old tree/etc/release.d
printf 'IMPLEMENTOR="Eclipse Adoptium"\nIMPLEMENTOR_VERSION="Temurin-21.0.4+7"\nJAVA_RUNTIME_VERSION="21.0.4+7-LTS"\nJAVA_VERSION="21.0.4"\nOS_ARCH="x86_64"\n' >tree/opt/temurin/release
printf 'IMPLEMENTOR="Debian"\nJAVA_VERSION="17.0.15"\n' >tree/opt/debian/release
printf 'IMPLEMENTOR="GraalVM Community"\nJAVA_VERSION="21"\nGRAALVM_VERSION="23.1.0"\n' >tree/opt/graal/release
printf 'JAVA_VERSION="1.8.0_202"\nOS_NAME="Linux"\nBUILD_TYPE="commercial"\n' >tree/opt/old/release
printf 'v1\n' >tree/etc/release
check "Java itself" "openjdk,17.0.15,,/opt/debian,Debian
graalvm,21,,/opt/graal,GraalVM Community
oracle-jdk,1.8.0_202,,/opt/old,
temurin,21.0.4,x86_64,/opt/temurin,Eclipse Adoptium" "$(rows "name, version, arch, root, vendor")"

if [ -d "$images" ]; then
	check "a real image: as its true list" "$(awk -F'\t' '$5 == "maven" { print $1 "," $2 ",/" $6 }' "$images/debian-bookworm.polyglot-2.3.0.packages.tsv" | LC_ALL=C sort)" \
		"$("$plimsoll" query --no-cache --output csv "oci:$images/debian-bookworm.oci:polyglot-2.3.0" "SELECT name, version, path FROM package WHERE type = 'maven'" | tail -n +2 | LC_ALL=C sort)"
fi
exit $failed
