#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Licences: what databases and copyright files declare, as expressions, and what a policy says of them.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p root/etc root/lib/apk/db root/usr/share/doc/{dep5,prose,linked} root/var/lib/dpkg
printf 'ID=debian\nVERSION_ID=12\n' >root/etc/os-release
for package in dep5 prose linked none; do printf 'Package: %s\nStatus: install ok installed\nVersion: 1-1\nArchitecture: amd64\n\n' $package; done >root/var/lib/dpkg/status
printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: A\nLicense: GPL-2+ or Artistic, and Expat\n\nFiles: x\nLicense: odd\n text\n\nLicense: Apache-2.0\n text that no file names\n' >root/usr/share/doc/dep5/copyright
printf 'The license is GPL, version 2 or any later version.\nSee /usr/share/common-licenses/GPL-2.\n\nPermission is hereby granted, free of charge, to any person obtaining\n' >root/usr/share/doc/prose/copyright
rmdir root/usr/share/doc/linked; ln -s prose root/usr/share/doc/linked
printf 'P:alpine-like\nV:1-r0\nA:x86_64\nL:MIT AND BSD-2-Clause\n\nP:own\nV:1-r0\nA:x86_64\nL:Proprietary, ask us\n\n' >root/lib/apk/db/installed
check "expressions" 'name,license_expression
alpine-like,MIT AND BSD-2-Clause
dep5,(GPL-2.0-or-later OR Artistic-1.0-Perl) AND MIT AND LicenseRef-odd
linked,GPL-2.0-or-later AND MIT AND LicenseRef-prose
none,
own,
prose,GPL-2.0-or-later AND MIT AND LicenseRef-prose' "$("$plimsoll" query --output csv rootfs:root "SELECT name, license_expression FROM package ORDER BY name" | tr -d '"\r')"
check "words as they are" "GPL-2+ or Artistic, and Expat|odd" "$("$plimsoll" query --output json rootfs:root "SELECT license FROM package WHERE name = 'dep5'" | jq -r '.[0].license | gsub("\n"; "|")')"
judge() { # LICENSES
	printf 'plimsoll: v1\nname: t\nlicenses: %s\n' "$1" >policy.yaml
	"$plimsoll" check --policy policy.yaml --at 2026-01-01 --output json rootfs:root 2>error | jq -r '.areas.components, (.findings[] | "\(.action) \(.rule) \(.evidence.package)"), (.unknown[] | "\(.kind) \(.reason)")'
	grep -o "policy.yaml:.*" error
}
check "what is denied in every choice" "fail
fail licenses/deny linked
fail licenses/deny prose
license 3 packages declare no licence that is understood: own, dep5, none" "$(judge '{deny: [GPL-*]}')"
check "a choice that is left" "unknown
license 5 packages declare no licence that is understood: own, dep5, linked, none, prose" "$(judge '{deny: [Artistic-1.0-Perl]}')"
check "allowed is what consists of these alone" "fail
fail licenses/allow dep5
fail licenses/allow linked
fail licenses/allow prose
license 2 packages declare no licence that is understood: own, none" "$(judge '{allow: [MIT, BSD-*]}')"
check "own names may be allowed, what is not known may fail" "fail
fail licenses/unknown own
fail licenses/unknown none" "$(judge '{allow: [MIT, BSD-*, GPL-2.0-or-later, LicenseRef-odd, LicenseRef-prose], unknown: fail}')"
check "or be a warning" "pass
warn licenses/unknown own
warn licenses/unknown none" "$(judge '{allow: [MIT, BSD-*, GPL-2.0-or-later, LicenseRef-odd, LicenseRef-prose], unknown: warn}')"
check "what prose says beside is not known, nor forbidden" "unknown
license 4 packages declare no licence that is understood: own, linked, none, prose" "$(judge '{allow: [MIT, BSD-*, GPL-2.0-or-later, LicenseRef-odd]}')"

# A copyright file of which a part is not understood makes the whole unknown.
copy() { printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: MIT\n\n%s\n' "$1" >root/usr/share/doc/dep5/copyright; }
said() { "$plimsoll" query --output csv rootfs:root "SELECT license_expression IS NULL FROM package WHERE name = 'dep5'" 2>&1 | tr -d '\r' | sed '/^license/d; s/.*copyright: //'; }
copy "$(printf 'Files: x\nLicense: AGPL-3'; printf ' or AGPL-3%.0s' {1..200})"
check "a licence longer than any" "line 6: a licence of more than 1024 bytes
1" "$(said)"
copy "$(printf 'Files: x\n'; printf 'X%d: y\n' {1..70}; echo 'License: AGPL-3')"
check "a paragraph of more fields than any" "line 6: more than 64 fields
1" "$(said)"
copy $'Files: x\nLicense: MIT\nFiles: y\nLicense: AGPL-3'
check "two paragraphs without a line between" "line 6: a paragraph with two licences
1" "$(said)"
copy $'Files: x\nCopyright: A'
check "files without a licence" "MIT AND LicenseRef-prose" "$("$plimsoll" query --output csv rootfs:root "SELECT license_expression FROM package WHERE name = 'dep5'" | tail -n 1 | tr -d '"\r')"
copy $'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nLicense: Zlib\n\nFiles: y\nLicense: ISC'
check "a second header speaks for what follows it" "MIT AND Zlib AND ISC" "$("$plimsoll" query --output csv rootfs:root "SELECT license_expression FROM package WHERE name = 'dep5'" | tail -n 1 | tr -d '"\r')"
copy ''
sed -i $'1i This was packaged by Ann.\\\nIts parts:\\\n' root/usr/share/doc/dep5/copyright
check "a header behind words" "LicenseRef-prose AND MIT" "$("$plimsoll" query --output csv rootfs:root "SELECT license_expression FROM package WHERE name = 'dep5'" | tail -n 1 | tr -d '"\r')"
copy "$(printf 'Files: x%d\nLicense: odd-%d\n\n' $(seq 2000 | sed p))"
check "more licences than any" "line 3003: more licences than limit LICENSE_COUNT
1" "$(said)"

# Crates take a slash for "or"; elsewhere it may mean either.
printf '{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [%s]}' "$(for type in cargo npm; do
	printf '{"type": "library", "name": "a", "version": "1", "purl": "pkg:%s/a@1", "licenses": [{"license": {"name": "MIT/Apache-2.0"}}]}\n' $type; done | paste -sd,)" >slash.json
check "a slash" "cargo,MIT OR Apache-2.0
npm," "$("$plimsoll" query --output csv sbom:slash.json "SELECT type, license_expression FROM package ORDER BY type" 2>/dev/null | tr -d '"\r' | tail -n +2)"
check "a name that no licence has" "policy.yaml:3:19: 'GPL' is no identifier of the SPDX License List, nor a glob of them, nor LicenseRef-..." "$(judge '{deny: [GPL]}')"
check "nothing asked" "policy.yaml:3:12: licenses need at least one of the keys 'deny' and 'allow'" "$(judge '{unknown: fail}')"
printf 'plimsoll: v1\nname: p\nlicenses: {allow: [MIT], deny: [GPL-*], unknown: fail}\n' >parent.yaml
child() { printf 'plimsoll: v1\nname: c\nextends: [parent.yaml]\nlicenses: %s\n' "$1" >child.yaml; "$plimsoll" policy lint child.yaml >/dev/null 2>&1; echo $?; }
check "a child may deny more, not allow more" "0 1 1" "$(echo $(child '{deny: [ISC]}'; child '{allow: [ISC]}'; child '{deny: [ISC], unknown: warn}'))"
exit $failed
