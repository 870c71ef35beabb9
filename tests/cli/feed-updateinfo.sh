#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# updateinfo.xml: releases by ids and names, topics beside a release, architectures once; what cannot be told refuses the file.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache

update() { # ID TYPE CVES COLLECTION PACKAGES, of these "NAME EPOCH VERSION RELEASE ARCH" each
	local cve name epoch version release arch
	printf '<update status="final" type="%s" version="1.4"><id>%s</id><title>T of %s</title><issued date="2024-03-01 10:20" /><updated date="2024-03-05T00:00:00Z"/>' "$2" "$1" "$1"
	printf '<severity>%s</severity><references>' "${severity-Important}"
	for cve in $3; do printf '<reference href="https://example.com/%s" id=" %s" title="" type="cve" />' "$cve" "$cve"; done
	printf '</references><pkglist><collection short="x"><name>%s</name>%s' "$4" "$module"
	while read -r name epoch version release arch; do
		printf '<package name="%s" epoch="%s" version="%s" release="%s" arch="%s"><filename>f</filename></package>' "$name" "$epoch" "$version" "$release" "$arch"
	done <<<"$5"
	printf '</collection></pkglist></update>\n'
}
module=
file() { mkdir -p "$(dirname "$1")" && { echo '<?xml version="1.0" ?><updates>' && cat && echo '</updates>'; } >"$1"; }
taken() { sed -n 's/^taken  *//p' | sed 's/  */ /g' | cut -d' ' -f1-5; }

{
	update ALAS2023-2024-001 security "CVE-2024-0001 CVE-2024-0002" "Amazon Linux 2023" "curl 0 8.5.0 1.amzn2023.0.1 x86_64
curl 0 8.5.0 1.amzn2023.0.1 aarch64
vim-minimal 2 9.0 1.amzn2023 x86_64"
	update ALAS2023LIVEPATCH-2024-001 security CVE-2024-0003 "Amazon Linux 2023" "kernel-livepatch-6.1 0 1.0 2.amzn2023 x86_64"
	severity=None update ALAS2023-2024-002 bugfix "" "Amazon Linux 2023" "bash 0 5.2 1.amzn2023 x86_64"
	severity=None update ALAS2023-2024-003 bugfix CVE-2024-0004 "Amazon Linux 2023" "zlib 0 1.3 1.amzn2023 x86_64"
} | file al2023/updateinfo.xml
gzip al2023/updateinfo.xml
check "a release" "updateinfo amzn:2023 3 records 2024-03-05" "$("$plimsoll" db build --from al2023 --output 2023.db | taken)"
check "each version once" "amzn:2023	curl	ALAS2023-2024-001	fixed	8.5.0-1.amzn2023.0.1
amzn:2023	kernel-livepatch-6.1	ALAS2023LIVEPATCH-2024-001	fixed	1.0-2.amzn2023
amzn:2023	vim-minimal	ALAS2023-2024-001	fixed	2:9.0-1.amzn2023
amzn:2023	zlib	ALAS2023-2024-003	fixed	1.3-1.amzn2023" "$("$plimsoll" db search --db 2023.db '*')"
check "what is said of it" '["CVE-2024-0001","CVE-2024-0002"] high 2024-03-01T10:20:00Z 2024-03-05T00:00:00Z 2024-03-01T10:20:00Z' \
	"$("$plimsoll" db show --db 2023.db ALAS2023-2024-001 | jq -r '.advisories[0] | "\(.aliases | tojson) \(.severity) \(.published) \(.modified) \(.affected[0].fix_known)"')"
check "None is no severity" "null" "$("$plimsoll" db show --db 2023.db ALAS2023-2024-003 | jq -r '.advisories[0].severity')"

# Topics of release 2: each a feed of its own, that says nothing of other lines of a package.
update ALAS2-2024-001 security CVE-2024-0005 "Amazon Linux 2" "kernel 0 4.14.300 1.amzn2 x86_64" | file al2/core/updateinfo.xml
{
	update ALAS2KERNEL-5.10-2024-001 security CVE-2024-0006 "Amazon Linux 2" "kernel 0 5.10.200 1.amzn2 x86_64"
	update ALAS2KERNEL-5.10-2024-002 security CVE-2024-0007 "Amazon Linux 2" "bpftool 0 6.0 1.amzn2 x86_64"
} | file al2/kernel-5.10/updateinfo.xml
update ALASDOCKER-2024-001 security CVE-2024-0008 "Amazon Linux 2" "docker 1 20.10 1.amzn2 x86_64" | file al2/docker/updateinfo.xml
update ALAS-2018-001 security CVE-2018-0001 "Amazon Linux" "bash 0 4.2 1.amzn1 x86_64" | file al1/updateinfo.xml
update ALAS-2018-939 security CVE-2018-0001 "Amazon Linux 2" "bash 0 4.2 1.amzn2 x86_64" | file al2/plain/updateinfo.xml
update BRSA-abc security CVE-2024-0009 Bottlerocket "kernel-6.1 0 6.1.140 1.2.br1 x86_64" | file br/updateinfo.xml
module='<module name="nodejs" stream="18"/>' update RLSA-2024:1 security CVE-2024-0010 "Rocky Linux 8" "nodejs 1 18.2 1.module+el8 aarch64" | file rl/updateinfo.xml
mkdir all && cp -r al1 al2 br rl all/
check "topics are feeds of their own; the newer of two of one counts" "updateinfo amzn:2018 x86_64 1 records
updateinfo amzn:2 KERNEL-5.10 x86_64 2
updateinfo amzn:2 DOCKER x86_64 1
updateinfo amzn:2 x86_64 1 records
updateinfo bottlerocket x86_64 1 records
updateinfo rocky:8 rl/updateinfo.xml 1 records" "$("$plimsoll" db build --from all --output all.db | taken | sort -t' ' -k1,1 -s | awk '{k = $2 ~ /2018/ ? 0 : /KERNEL/ ? 1 : /DOCKER/ ? 2 : /amzn/ ? 3 : 4; print k, NR, $0}' | sort -n | cut -d' ' -f3-)"
rm -r all/al2/plain && "$plimsoll" db build --from all --output all.db >/dev/null
check "their releases" "amzn:2	bpftool	ALAS2KERNEL-5.10-2024-002	fixed	6.0-1.amzn2
amzn:2	docker	ALASDOCKER-2024-001	fixed	1:20.10-1.amzn2
amzn:2	kernel	ALAS2-2024-001	fixed	4.14.300-1.amzn2
amzn:2	kernel	ALAS2KERNEL-5.10-2024-001	fixed	5.10.200-1.amzn2
amzn:2018	bash	ALAS-2018-001	fixed	4.2-1.amzn1
bottlerocket:	kernel-6.1	BRSA-abc	fixed	6.1.140-1.2.br1
rocky:8	nodejs	RLSA-2024:1	fixed	1:18.2-1.module+el8" "$("$plimsoll" db search --db all.db '*' | sort)"
check "a topic's line begins with its number" "5.10 0" \
	"$(for id in 1 2; do "$plimsoll" db show --db all.db ALAS2KERNEL-5.10-2024-00$id | jq -r '.advisories[0].affected[0].events[0].introduced'; done | paste -sd' ')"
check "a module's stream" "nodejs:18" "$("$plimsoll" db show --db all.db RLSA-2024:1 | jq -r '.advisories[0].affected[0].module')"

# Images.
rootfs() { # DIR VERSION, packages on stdin
	mkdir -p "$1/etc" "$1/var/lib/rpm"
	printf 'ID="amzn"\nVERSION_ID="%s"\n' "$2" >"$1/etc/os-release"
	python3 "$root/tests/cli/make-rpmdb.py" "$1/var/lib/rpm/Packages.db"
}
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\n' >p.yaml
judged() { # ROOTFS DATABASE
	"$plimsoll" check --policy p.yaml --db "$2" --at 2024-03-06 --output json rootfs:"$1" >v.json
	jq -r '(.findings[] | "\(.vulnerability.id) \(.evidence.package) \(.vulnerability.state)"), (.unknown[] | select(.kind == "no_data") | "? \(.subject)")' v.json | sort
}
rootfs i2023 2023 <<'P'
curl 8.4.0 1.amzn2023.0.1 curl-8.4.0-1.amzn2023.0.1.src.rpm Amazon_Linux
vim-minimal 9.0 1.amzn2023 vim-9.0-1.amzn2023.src.rpm Amazon_Linux 2
P
rootfs core 2 <<<'kernel 4.14.299 1.amzn2 kernel-4.14.299-1.amzn2.src.rpm Amazon_Linux'
rootfs line 2 <<<'kernel 5.10.100 1.amzn2 kernel-5.10.100-1.amzn2.src.rpm Amazon_Linux'
check "few updates do not cover a release" "? amzn:2023
CVE-2024-0001 curl fixed
CVE-2024-0002 curl fixed" "$(judged i2023 2023.db)"
check "the release's own line" "? amzn:2
CVE-2024-0005 kernel fixed" "$(judged core all.db)"
check "the topic's line" "? amzn:2
CVE-2024-0006 kernel fixed" "$(judged line all.db)"
rootfs first 2018.03 <<<'bash 4.1 1.amzn1 bash-4.1-1.amzn1.src.rpm Amazon.com'
check "the first release" "? amzn:2018
CVE-2018-0001 bash fixed" "$(judged first all.db)"
mkdir -p rocket/etc rocket/usr/share/bottlerocket && printf 'ID=bottlerocket\nVERSION_ID=1.40.0\n' >rocket/etc/os-release
echo '{"Content": [{"Name": "kernel-6.1", "Publisher": "Bottlerocket", "Version": "6.1.139", "Release": "1.1.br1", "Epoch": "0", "Architecture": "x86_64"}]}' \
	>rocket/usr/share/bottlerocket/application-inventory.json
check "a release that rolls" "? bottlerocket:
CVE-2024-0009 kernel-6.1 fixed" "$(judged rocket all.db)"
many() { for i in {100..199}; do update "$1-2024-$i" security CVE-2024-1$i "$2" "p$i 0 1 1 x86_64"; done; }
{ zcat al2023/updateinfo.xml.gz | grep '<update '; many ALAS2023 "Amazon Linux 2023"; } | file many/updateinfo.xml
"$plimsoll" db build --from many --output many.db >/dev/null
check "a hundred do" "CVE-2024-0001 curl fixed
CVE-2024-0002 curl fixed" "$(judged i2023 many.db)"
many ALAS2DOCKER "Amazon Linux 2" | file topic/updateinfo.xml
"$plimsoll" db build --from topic --output topic.db >/dev/null
check "those of a topic do not" "? amzn:2" "$(judged core topic.db)"
{ update RLSA-2024:2 security CVE-2024-0011 "Rocky Linux 8" "a 0 1 1 x86_64"; many RLSA "Rocky Linux 8"; } | file parts/BaseOS/updateinfo.xml
update RLSA-2024:3 security CVE-2024-0012 "Rocky Linux 8" "b 0 1 1 x86_64" | file parts/AppStream/updateinfo.xml
check "parts of a release are feeds of their own" "updateinfo rocky:8 AppStream/updateinfo.xml 1 records
updateinfo rocky:8 BaseOS/updateinfo.xml 101 records" "$("$plimsoll" db build --from parts --output parts.db | taken)"
mkdir -p rocky && cp -r core/. rocky/ && printf 'ID="rocky"\nVERSION_ID="8.9"\n' >rocky/etc/os-release
check "and do not cover it" "? rocky:8" "$(judged rocky parts.db | grep rocky)"

sed 's/<reference[^>]*>/&\n/' <<<"$(update ALAS2023-2024-001 security CVE-2024-0001 "Amazon Linux 2023" "a 0 1 1 x86_64")" |
	{ read -r line && echo "$line" && printf '<reference id="CVE-2024-%06d" type="cve"/>' {1..200000} && cat; } | file very/updateinfo.xml
check "an update of very many" 1 "$(timeout 30 "$plimsoll" db build --from very --output very.db | grep -c '^taken')"

# Malformed: the whole file.
refused() { # NAME REASON, the file's updates on stdin
	rm -rf bad && file bad/updateinfo.xml
	check "$1" "updateinfo.xml: refused as updateinfo: $2" "$("$plimsoll" db build --from bad --output c.db 2>/dev/null | sed -n 's/^skipped  *//p')"
}
good=$(update ALAS2023-2024-001 security CVE-2024-0001 "Amazon Linux 2023" "curl 0 8.5.0 1 x86_64")
refused "no updates" "no updates" </dev/null
refused "no release" "line 2: X-1: neither its id nor its collections tell which release it is for" <<<"$(update X-1 security CVE-2024-0001 Somewhere "a 0 1 1 x86_64")"
refused "an id that is none" "line 2: ALAS2023-1: neither its id nor its collections tell which release it is for" <<<"$(update ALAS2023-1 security CVE-2024-0001 "Amazon Linux 2023" "a 0 1 1 x86_64")"
refused "two releases" "line 3: ALAS2-2024-001: it is for amzn:2, others of the file for amzn:2023" <<<"$good
$(update ALAS2-2024-001 security CVE-2024-0001 "Amazon Linux 2" "a 0 1 1 x86_64")"
refused "no id" "line 2: no id" <<<"${good/<id>ALAS2023-2024-001<\/id>/}"
refused "no package" "line 2: ALAS2023-2024-001: it names no package" <<<"${good/<package*<\/package>/}"
refused "no version" "line 2: ALAS2023-2024-001: a package without name, version or release, or an epoch that is no number" <<<"${good/version=\"8.5.0\"/}"
refused "an epoch" "line 2: ALAS2023-2024-001: a package without name, version or release, or an epoch that is no number" <<<"${good/epoch=\"0\"/epoch=\"x\"}"
refused "a reference" 'line 2: ALAS2023-2024-001: a reference of type cve is none: "soon"' <<<"${good/id=\" CVE-2024-0001\"/id=\"soon\"}"
refused "a module without its stream" "line 2: ALAS2023-2024-001: package curl is of a module, and its stream is not named" <<<"${good/release=\"1\"/release=\"1.module+el9\"}"
rm -rf bad && mkdir bad && printf '<updates>\n%s' "$good" | head -c 600 >bad/updateinfo.xml
check "cut off" "skipped" "$("$plimsoll" db build --from bad --output c.db 2>/dev/null | cut -d' ' -f1)"
exit $failed
