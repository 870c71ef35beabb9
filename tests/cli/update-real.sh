#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# db update of real feeds under their publishers' paths: the same records as of db build; nothing is sent twice; what is gone is named.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
feeds=${PLIMSOLL_FEEDS:-$root/../shared/feeds}
[ -e "$feeds/kev/known_exploited_vulnerabilities.json.zst" ] || { echo "there are no real feeds here: set PLIMSOLL_FEEDS"; exit 77; }
registry_server=$root/tests/feeds/feed_server.py
export HOME=$work XDG_CACHE_HOME=$work/cache no_proxy='*'
unset SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
mkdir -p mirror && cd mirror || exit 3
at() { mkdir -p "$(dirname "$1")" && cat >"$1"; }
zstd -qdc "$feeds/kev/known_exploited_vulnerabilities.json.zst" | at www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json
at epss.empiricalsecurity.com/epss_scores-current.csv.gz <"$feeds/epss/epss_scores-current.csv.gz"
zstd -qdc "$feeds/debian/tracker-derived-from-dsa-dla.json.zst" | at security-tracker.debian.org/tracker/data/json
zstd -qdc "$feeds/azurelinux/azurelinux-3.0-oval.xml.zst" | at raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/azurelinux-3.0-oval.xml
mkdir secdb.alpinelinux.org && zstd -qdc "$feeds/alpine/secdb.tar.zst" | tar x -C secdb.alpinelinux.org
zstd -qdc "$feeds/osv.tar.zst" | tar x && rm -f osv/*.txt osv/*.csv && mv osv osv-vulnerabilities.storage.googleapis.com
cd .. || exit 3
chosen=(--feed kev --feed epss --feed debian --feed azurelinux/azurelinux-3.0 --feed 'alpine/v3.2?/*' --feed 'alpine/edge/*')
for registry in npm PyPI crates.io Go Maven RubyGems; do chosen+=(--feed "osv/$registry"); done
registry_start --tree mirror
update() { "$plimsoll" db update --mirrors-only --mirror "$registry_url" --plain-http "$registry_address" "${chosen[@]}" "$@" >out 2>&1; }
records() { "$plimsoll" db status --db "$1" | sed -n '/^feeds/,/^releases/s/^  \([^ ].*[0-9] records\).*/\1/p' | sort; }
update; status=$?
check "an update of $(grep -c '^new ' out) files" 0 $status
"$plimsoll" db build --from mirror --output built.db >built
check "the same records as a build" "" "$(comm -23 <(records cache/plimsoll/advisories.db) <(records built.db))"
check "of as many feeds as files" "$(grep -c '^new ' out)" "$(records cache/plimsoll/advisories.db | wc -l)"
registry_forget
update; check "unchanged: no body but of what there is not" "0 0" "$? $(jq -s 'map(select(.status == 200 or .status == 206)) | length' "$registry_log")"
rm -r mirror/secdb.alpinelinux.org/v3.22
update; check "what is gone is named, and stays" "2 failed alpine/v3.22/community failed alpine/v3.22/main" "$? $(awk '$1 == "failed" {print $1, $2}' out | tr -d : | sed 's/http.*//' | xargs)"
check "all of it" "$(records built.db | grep 'v3.22')" "$(records cache/plimsoll/advisories.db | grep 'v3.22')"
exit $failed
