#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a pipeline does with an image that its gate let pass and that was pushed: it is judged once more where it is, attested, verified as an enforcer
# would, promoted, and verified there.  The environment says of what and with what:
#   CANDIDATE    HOST/PATH:TAG, where the image was pushed             POLICY       a file, or a built-in policy (standard)
#   PRODUCTION   HOST/PATH:TAG, where it is promoted to; may be empty  DATABASE     the advisory database, or FEEDS, from which it is built; may be empty
#   KEY, MAY     files: the approval key, and what it may approve      PLIMSOLL_KEY_PASSPHRASE   the key's passphrase
#   PUBLIC_KEY   a file: its public half, as the enforcers have it
# Credentials for registries are where podman and Docker keep them.  plimsoll-release/ gets verdict and log.  Its exit status is plimsoll's: 0 released.
set -eu
refuse() { echo "plimsoll: not released: $1" >&2; exit "$2"; }
: "${POLICY:=standard}" "${PRODUCTION:=}" "${DATABASE:=}" "${FEEDS:=}"
[ -n "${CANDIDATE:-}" ] || refuse "CANDIDATE does not say which image" 3
for file in "${KEY:-}" "${MAY:-}" "${PUBLIC_KEY:-}"; do
	[ -f "$file" ] || refuse "KEY, MAY and PUBLIC_KEY have to be files; a pipeline that may not sign has none of the first two" 3
done
[ -n "${PLIMSOLL_KEY_PASSPHRASE:-}" ] || refuse "PLIMSOLL_KEY_PASSPHRASE is empty" 3

# As pipelines lay files down, others could read the key, and write what it may approve.  The programs that read the image see no passphrase.
private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
(umask 077 && cp "$KEY" "$private/approve.key" && cp "$MAY" "$private/approve.may.yaml" && printf '%s\n' "$PLIMSOLL_KEY_PASSPHRASE" >"$private/passphrase")
chmod 600 "$private"/*
unset PLIMSOLL_KEY_PASSPHRASE
rm -rf plimsoll-release
mkdir plimsoll-release
export PLIMSOLL_LOG="$PWD/plimsoll-release/log"
if [ -n "$FEEDS" ]; then
	DATABASE=$private/advisories.db
	plimsoll db build --from "$FEEDS" --output "$DATABASE" || refuse "there is no advisory database" 3
fi

judged() { # COMMAND OPTION... : with key, policy and data
	command=$1
	shift
	plimsoll "$command" --policy "$POLICY" ${DATABASE:+--db "$DATABASE"} --key "$private/approve.key" --passphrase-file "$private/passphrase" \
		--output text --output json="plimsoll-release/$command.json" "$@" && status=0 || status=$?
	[ $status != 0 ] || [ -s "plimsoll-release/$command.json" ] || status=3
	case $status in
	0) ;;
	1) refuse "$command: it failed" 1 ;;
	2) refuse "$command: something that matters could not be established, which is no pass" 2 ;;
	*) refuse "$command: there is no verdict" 3 ;;
	esac
}
# An enforcer has the public key only.  `promote` writes for another repository, and is told which digest was approved: a tag may move meanwhile.
authorised() { # REFERENCE
	plimsoll verify --key "$PUBLIC_KEY" --policy "$POLICY" --max-age 1h --output text --output json=plimsoll-release/verify.json "docker://$1" ||
		refuse "$1 was signed, and is not authorised by $PUBLIC_KEY" 3
	approved=$(jq -r 'select(.result == "authorised") | .repository + "@" + .digest' plimsoll-release/verify.json)
	[ -n "$approved" ] || refuse "there is no answer" 3
}
judged attest "docker://$CANDIDATE"
authorised "$CANDIDATE"
if [ -n "$PRODUCTION" ]; then
	judged promote "docker://$approved" "docker://$PRODUCTION"
	authorised "$PRODUCTION"
fi
echo "plimsoll: released $approved"
