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
check "nobody tells what they mended" "another than the distribution built it, and nothing tells what that mended" \
	"$(jq -r '.unknown[] | select(.area == "components") | .reason' v.json)"
exit $failed
