#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packages of languages by their ecosystems' advisories: what is installed, unless a distribution brought it; types without data are unknown.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
put() { mkdir -p "$(dirname "$1")"; cat >"$1"; }
put root/app/node_modules/lodash/package.json <<<'{"name": "lodash", "version": "4.17.4"}'
put root/app/node_modules/mended/package.json <<<'{"name": "mended", "version": "2.0.0-rc.1"}'
put root/app/package-lock.json <<<'{"lockfileVersion": 3, "packages": {"node_modules/declared": {"version": "1.0.0"}}}'
put root/opt/v/lib/python3.11/site-packages/Jinja2-2.11.3.dist-info/METADATA <<<'Name: Jinja2
Version: 2.11.3
'
put root/usr/lib/python3/dist-packages/Jinja2-2.11.2.egg-info/PKG-INFO <<<'Name: Jinja2
Version: 2.11.2
'
put root/etc/os-release <<<'ID=debian
VERSION_ID=12'
put root/var/lib/dpkg/status <<<'Package: python3-jinja2
Status: install ok installed
Version: 2.11.2-1
Architecture: all
'
put root/var/lib/dpkg/info/python3-jinja2.list <<<'/usr/lib/python3/dist-packages/Jinja2-2.11.2.egg-info/PKG-INFO'
advisory() { # ID ECOSYSTEM NAME FIXED
	put "feeds/osv/$1.json" <<<'{"schema_version": "1.6.0", "id": "'"$1"'", "modified": "2026-11-01T00:00:00Z", "published": "2026-10-01T00:00:00Z", "summary": "S", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
		"affected": [{"package": {"ecosystem": "'"$2"'", "name": "'"$3"'"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "'"$4"'"}]}]}]}'
}
advisory GHSA-0001 npm lodash 4.17.12
advisory GHSA-0002 npm mended 2.0.0-alpha.9
advisory GHSA-0003 npm declared 9.0.0
advisory PYSEC-0001 PyPI jinja2 2.11.4
"$plimsoll" db build --from feeds --output a.db >/dev/null 2>&1
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: high}]}\n' >policy.yaml
"$plimsoll" check --policy policy.yaml --db a.db --at 2026-11-02 --output json rootfs:root >verdict.json 2>/dev/null
check "installed and outside of the distribution" "GHSA-0001 lodash 4.17.4 /app/node_modules/lodash/package.json fixed in 4.17.12
PYSEC-0001 Jinja2 2.11.3 /opt/v/lib/python3.11/site-packages/Jinja2-2.11.3.dist-info/METADATA fixed in 2.11.4" "$(jq -r '.findings[] | "\(.rule | sub(".*/"; "")) \(.evidence.package) \(.evidence.version) \(.evidence.path) \(.message | capture("(?<f>fixed in [0-9.]+[0-9])").f)"' verdict.json | sort)"
check "whose it is" "name,version,owner
Jinja2,2.11.2,python3-jinja2
Jinja2,2.11.3," "$("$plimsoll" query --output csv rootfs:root "SELECT name, version, owner FROM package WHERE type = 'pypi' ORDER BY version" 2>/dev/null | tr -d '"\r')"
check "few records are no data of the whole" "PyPI no_data
debian:12 no_data
npm no_data" "$(jq -r '.unknown[] | select(.kind == "no_data") | "\(.subject) \(.kind)"' verdict.json | sort)"
exit $failed
