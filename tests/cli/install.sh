#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tools/install on a copy of the source: what is installed runs, the source is left as it was, and a second call builds nothing.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
"$plimsoll" doctor | grep -q sanitizer && { echo "installing does not depend on the build that is tested"; exit 77; }
mkdir source
tar -C "$root" -cf - --exclude='./build*' --exclude=./.git . | tar -C source -xf -
listing() { find source | sort | sha256sum; }
before=$(listing)
check "it installs and says what" "$("$plimsoll" --version)" "$(source/tools/install a/prefix)"
check "what it installed runs" "0 <" "$(a/prefix/bin/plimsoll version compare dpkg 1 2 >out; echo "$? $(cat out)")"
check "it finds its signer" "type p256" "$(a/prefix/bin/plimsoll key generate --no-passphrase --out k >/dev/null; a/prefix/bin/plimsoll key show k.key | head -1 | xargs)"
check "with its manual" "plimsoll-assign.5 plimsoll-checks.7 plimsoll-cvss.1 plimsoll-database.7 plimsoll-drift.1 plimsoll-fix.1 plimsoll-guard-exec.8 plimsoll-guard-runtime.8 plimsoll-guard.1 plimsoll-key.1 plimsoll-limits.7 plimsoll-packages.7 plimsoll-policies.7 plimsoll-policy-test.5 plimsoll-policy.5 plimsoll-registries.7 plimsoll-signing.7 plimsoll-tables.7 plimsoll-unknowns.7 plimsoll-version.1 plimsoll.1" "$(find a/prefix/share/man -type f -printf '%f\n' | sort | xargs)"
check "by all its names" "2" "$(find a/prefix/share/man/man8 -type l -lname plimsoll-guard-runtime.8 | wc -l)"
check "and the program that speaks to registries" "3 1" "$(a/prefix/libexec/plimsoll/plimsoll-fetch 2>err 3>&-; echo "$? $(grep -c 'is started by plimsoll' err)")"
check "and Docker's plugin, which finds it" "3 1" "$(DOCKER_HOST=x a/prefix/libexec/docker/cli-plugins/docker-plimsoll plimsoll check 2>err; echo "$? $(grep -c 'plimsoll check: ' err)")"
check "and a hook that names it" "a/prefix/bin/plimsoll" "$(jq -r .hook.path a/prefix/share/plimsoll/oci-hooks/plimsoll.json | sed "s|^$PWD/||")"
check "the source is as it was" "$before" "$(listing)"
touch -d 2001-01-01 a/prefix/bin/plimsoll
check "the second time" "$("$plimsoll" --version)" "$(source/tools/install a/prefix)"
check "nothing is built" 2001 "$(date -r a/prefix/bin/plimsoll +%Y)"
# Another source is built, or it is said why not.
echo "error('broken')" >>source/meson.build
source/tools/install a/prefix >out 2>err
check "a source that does not build" "3 1" "$? $(grep -c 'ERROR: Problem encountered: broken' err)"
check "leaves what was there" "$("$plimsoll" --version)" "$(a/prefix/bin/plimsoll --version)"
exit $failed
