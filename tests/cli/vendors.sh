#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packages that another than the distribution built: not held against its advisories, and never clean.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"

mkdir -p tree/etc tree/var/lib/dpkg feeds
printf 'ID=debian\nVERSION_ID="12"\n' >tree/etc/os-release
stanza() { printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: %s\nVersion: %s\nDescription: x\n\n' "$@"; }
{
	stanza nginx 'NGINX Packaging <nginx-packaging@f5.com>' 1.20.0-1~bookworm
	stanza libnginx 'NGINX Packaging <nginx-packaging@f5.com>' 1.20.0-1~bookworm
	stanza postgresql 'Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>' 15.1-1.pgdg120+1
	stanza zlib1g 'Mark Brown <broonie@debian.org>' 1:1.2.13-1
} >tree/var/lib/dpkg/status
for package in nginx postgresql zlib1g program-own program-older program-other program-none; do
	printf '{"id": "DSA-%s", "modified": "2026-01-01T00:00:00Z", "database_specific": {"severity": "high", "plimsoll": {"covers": ["Debian:12"], "packages": ["*"]}},
	 "affected": [{"package": {"ecosystem": "Debian:12", "name": "%s"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99:1"}]}]}]}' \
		$package $package >feeds/$package.json
done
# Programs that nobody packaged, and that say which distribution they were built for.
PYTHONPATH=$root/tests/cases/programs python3 -c "
import pathlib, parts
for path, distribution in {'own': {'os': 'debian', 'osVersion': '12'}, 'older': {'os': 'debian', 'osVersion': '11'}, 'other': {'os': 'fedora'}, 'none': {}}.items():
    program = pathlib.Path('tree', path)
    program.write_bytes(parts.linked(package={'type': 'deb', 'name': 'program-' + path, 'version': '1-1'} | distribution))
    program.chmod(0o755)"
"$plimsoll" db build --from feeds --output a.db >/dev/null || exit 1
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\ncomponents: {minimum: [{name: nginx, version: 1.25}]}\n' >p.yaml
"$plimsoll" check --policy p.yaml --db a.db --at 2026-01-02 --output json rootfs:tree >v.json
check "only what the distribution built has its advisories" "DSA-program-own program-own
DSA-zlib1g zlib1g" \
	"$(jq -r '.findings[] | select(.area == "vulnerabilities") | "\(.vulnerability.id) \(.evidence.package)"' v.json | LC_ALL=C sort)"
check "and the others are unknown" "PostgreSQL's repository (PGDG): postgresql
a distribution that they do not name: program-none
debian 11: program-older
fedora: program-other
nginx.org: libnginx, nginx" "$(jq -r '.unknown[] | select(.kind == "no_data" and .area == "vulnerabilities") | "\(.subject): \(.reason | sub(".*: "; ""))"' v.json | LC_ALL=C sort)"
check "nobody tells what they mended" "it is none of the release's own packages, and nothing tells what was mended in it" \
	"$(jq -r '.unknown[] | select(.area == "components") | .reason' v.json)"

# Products beside a release, and repositories: built by the distribution, and not what its own data speaks of.
rpms() { # ID VERSION, packages on stdin
	rm -rf tree; mkdir -p tree/etc tree/var/lib/rpm; printf 'ID="%s"\nVERSION_ID="%s"\n' "$1" "$2" >tree/etc/os-release
	python3 "$root/tests/cli/make-rpmdb.py" tree/var/lib/rpm/Packages.db
}
told() {
	"$plimsoll" check --policy p.yaml --db "$1" --at 2026-01-02 --output json rootfs:tree >v.json
	jq -r '(.findings[] | select(.area == "vulnerabilities") | "\(.vulnerability.id) \(.evidence.package)"), (.unknown[] | select(.kind == "no_data" and .area == "vulnerabilities") | "\(.subject): \(.reason | sub(".*: "; ""))")' v.json | LC_ALL=C sort
}
rm -rf feeds; mkdir feeds
for package in httpd bash kernel; do
	printf '{"id": "R-%s", "modified": "2026-01-01T00:00:00Z", "database_specific": {"severity": "high", "plimsoll": {"covers": ["Red Hat:enterprise_linux:8::baseos"], "packages": ["*"]}},
	 "affected": [{"package": {"ecosystem": "Red Hat:enterprise_linux:8::baseos", "name": "%s"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.4.37-65.el8"}]}]}]}' \
		$package $package >feeds/$package.json
done
"$plimsoll" db build --from feeds --output rhel.db >/dev/null || exit 1
rpms rhel 8.10 <<'P'
httpd 2.4.57 10.el8jbcs httpd-2.4.57-10.el8jbcs.src.rpm Red_Hat,_Inc.
cri-o 1.25.5 2.rhaos4.12.git.el8 cri-o-1.25.5-2.rhaos4.12.git.el8.src.rpm Red_Hat,_Inc.
odd 1 1.el8zz odd-1-1.el8zz.src.rpm Red_Hat,_Inc.
rh-ruby27-ruby 2.7 1.el7 rh-ruby27-ruby-2.7-1.el7.src.rpm Red_Hat,_Inc.
bash 2.4.37 64.module+el8.9.0+1 bash-2.4.37-64.src.rpm Red_Hat,_Inc.
kernel 2.4.37 64.el8_9.1 kernel-2.4.37-64.el8_9.1.src.rpm Red_Hat,_Inc.
elsewhere 1 1.el8+7 elsewhere-1-1.el8+7.src.rpm Red_Hat,_Inc.
P
check "products of Red Hat's beside the release" "JBoss Core Services: httpd
OpenShift: cri-o
R-bash bash
R-kernel kernel
Red Hat Software Collections: rh-ruby27-ruby
a product of Red Hat's beside the release: odd" "$(told rhel.db)"
updates() { # FILE ID PACKAGE VERSION...
	local file=$1 id=$2 package=$3 n=0; shift 3
	for version; do printf '<update type="security" version="1"><id>%s-%s</id><title>t</title><issued date="2025-12-31T00:00:00Z"/><updated date="2025-12-31T00:00:00Z"/><severity>important</severity><references><reference type="cve" id="CVE-2025-1" href="x"/></references><pkglist><collection short="a"><name>Amazon Linux 2</name><package name="%s" version="%s" release="1.amzn2" epoch="0" arch="x86_64"/></collection></pkglist></update>' "$id" "$((++n))" "$package" "$version"; done | sed '1s/^/<updates>/; $s/$/<\/updates>/' >"$file"
}
rm -rf feeds; mkdir -p feeds/core
updates feeds/core/updateinfo.xml ALAS2-2025 some $(seq 1000 1120)
"$plimsoll" db build --from feeds --output core.db >/dev/null || exit 1
mkdir feeds/nginx; updates feeds/nginx/updateinfo.xml ALAS2NGINX1-2025 nginx 1.24
"$plimsoll" db build --from feeds --output nginx.db >/dev/null || exit 1
rpms amzn 2 <<'P'
nginx 1.22.1 1.amzn2.0.1 nginx-1.22.1-1.amzn2.0.1.src.rpm Amazon_Linux 1
php-cli 8.2 1.amzn2 php-8.2-1.amzn2.src.rpm Amazon_Linux
mariadb-libs 5.5.68 1.amzn2 mariadb-5.5.68-1.amzn2.src.rpm Amazon_Linux 1
kernel 4.14.1 1.amzn2 kernel-4.14.1-1.amzn2.src.rpm Amazon_Linux
P
check "repositories beside a release" "Amazon Linux Extras (nginx): nginx
Amazon Linux Extras (php): php-cli" "$(told core.db)"
rpms amzn 2 <<<"nginx 1.22.1 1.amzn2.0.1 nginx-1.22.1-1.amzn2.0.1.src.rpm Amazon_Linux"
check "whose own data is there" "CVE-2025-1 nginx" "$(told nginx.db)"
exit $failed
