#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Exceptions that count only once enough people signed the file that they stand in.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p tree/opt exceptions
echo x >tree/opt/x
echo y >tree/opt/y
today=$(date -u +%F)
in_days() { date -u -d "$today + $1 days" +%F; }
key() { "$plimsoll" key generate --no-passphrase --out "$@" >out 2>err || cat out err; }
key security --role exceptions
key owner --role exceptions
key stranger --role exceptions
key release
cp security.pub again.pub
until=$(in_days 60)
policy() { # APPROVALS [INLINE EXCEPTIONS]
	cat >p.yaml <<Y
plimsoll: v1
name: t
rules:
  - {id: a/x, title: X, query: "SELECT path FROM file WHERE path = '/opt/x'"}
  - {id: a/y, title: Y, query: "SELECT path FROM file WHERE path = '/opt/y'"}
exceptions: [{folder: exceptions}${2:+, $2}]
$1
Y
}
excepting() { printf -- '- {rule: a/x, reason: %s, owner: o, until: %s}\n' "$1" "$until" >exceptions/web.yaml; }
approve() { "$plimsoll" policy approve --key "$@" >out 2>err; echo "$?$(sed 's/^plimsoll policy approve: //' err)"; }
judge() { # [OPTION...]: what fails, what is waived, what is not approved
	"$plimsoll" check --policy p.yaml --at "$(in_days 1)" --output json "$@" rootfs:tree >v.json 2>err
	cat err
	jq -r '"fail \([.findings[].rule] | join(" ")); waived \([.waived[].finding.rule] | join(" "))\([.exceptions.unapproved // [] | .[] | "; \(.rule): \(.lacking)"] | join(""))"' v.json
}
excepting r
policy ''
check "nobody need approve" "fail a/y; waived a/x" "$(judge)"
both='approvals: {exceptions: {signed_by: [security.pub, owner.pub], required: 2}}'
policy "$both"
check "two need, none did" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 0 of 2 approvals" "$(judge)"
check "it is not called unused" "0" "$(jq '.exceptions.unused | length' v.json)"
check "one approves" "0" "$(approve security.key exceptions/web.yaml)"
check "what was approved is told" "approved     exceptions/web.yaml, 1 exception, sha256:$(sha256sum <exceptions/web.yaml | cut -d' ' -f1)
approvals    1" "$(grep -v ^by out)"
check "one of two" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 1 of 2 approvals by security.pub" "$(judge)"
before=$(jq -r .policy.digest v.json)
check "the same one again is still one" "0 fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 1 of 2 approvals by security.pub" "$(approve security.key exceptions/web.yaml) $(judge)"
check "nor is one under two names two" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 1 of 2 approvals by security.pub" "$(policy 'approvals: {exceptions: {signed_by: [security.pub, again.pub], required: 2}}'; judge; policy "$both")"
check "nor somebody else" "0 fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 1 of 2 approvals by security.pub" "$(approve stranger.key exceptions/web.yaml) $(judge)"
check "two of two" "0 3 fail a/y; waived a/x" "$(approve owner.key exceptions/web.yaml) $(sed -n 's/^approvals *//p' out) $(judge)"
check "the digest of the policy covers approvals" other "$([ "$before" = "$(jq -r .policy.digest v.json)" ] && echo same || echo other)"
check "whoever edits it afterwards undoes them" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 0 of 2 approvals; 2 are of another text: it was changed since" "$(excepting wider; judge)"
check "undone is undone: the same words count again" "fail a/y; waived a/x" "$(excepting r; judge)"
check "approving again drops what was said of the earlier text" "0 dropped      3 of what the file was before 1" "$(excepting new; approve owner.key exceptions/web.yaml) $(grep dropped out) $(wc -l <exceptions/web.yaml.approvals)"
check "one is enough where one is asked" "fail a/y; waived a/x" "$(policy 'approvals: {exceptions: {signed_by: owner.pub}}'; judge)"
policy "$both"
approve security.key exceptions/web.yaml >/dev/null

# in their time
check "signed after the evaluation" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 0 of 2 approvals" "$(judge --at "$(in_days -1)")"
policy "approvals: {exceptions: {signed_by: [security.pub, {key: owner.pub, until: $(in_days 10)}], required: 2}}"
check "a key's last day" "fail a/y; waived a/x" "$(judge --at "$(in_days 10)")"
check "the day after" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 1 of 2 approvals by security.pub" "$(judge --at "$(in_days 11)")"
check "which a forecast tells" "$(in_days 11) a/x a signer's key begins or ends to count" "$("$plimsoll" forecast --policy p.yaml --at "$(in_days 1)" --days 20 --output json rootfs:tree | jq -r '.targets[].turns[] | "\(.from) \(.rule) \(.cause)"')"
check "one that may only sign later" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 1 of 2 approvals by security.pub" "$(policy "approvals: {exceptions: {signed_by: [security.pub, {key: owner.pub, from: $(in_days 1)}], required: 2}}"; judge)"
policy "$both"

# what stands in the policy itself
policy "$both" "{rule: a/y, reason: inline, owner: o, until: $until}"
check "inline: not without approvals of the policy" "fail a/y; waived a/x; a/y: line 6 has 0 of 2 approvals" "$(judge)"
check "inline: with them" "0 0 fail ; waived a/x a/y" "$(approve security.key p.yaml) $(approve owner.key p.yaml) $(judge)"
check "inline: a policy of only files has none to approve" "p.yaml:6:15: its exceptions are in files of their own: approve those" "$(policy "$both"; approve security.key p.yaml | sed '1s/^3//' | head -n 1)"
rm p.yaml.approvals
mkdir child
printf 'plimsoll: v1\nname: c\nextends: ../p.yaml\n' >child/p.yaml
check "inherited" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 0 of 2 approvals" "$(mv exceptions/web.yaml.approvals kept; judge --policy child/p.yaml; mv kept exceptions/web.yaml.approvals)"
looser() { printf 'plimsoll: v1\nname: c\nextends: ../p.yaml\napprovals: {exceptions: %s}\n' "$1" >child/p.yaml; cp stranger.pub security.pub owner.pub child; "$plimsoll" policy lint child/p.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //; s/than .*p.yaml/than p.yaml/'; }
check "refused: a child that asks fewer" "p.yaml:4:36: approvals/exceptions/required: looser than p.yaml:7:74, which is closed to this policy" "$(looser '{required: 1}')"
check "refused: a child that lets others approve" "p.yaml:4:38: approvals/exceptions/signed_by: looser than p.yaml:7:38, which is closed to this policy" "$(looser '{signed_by: [stranger.pub]}')"

# what is broken
cp exceptions/web.yaml.approvals kept
sed -i '1s/.*/nonsense/' exceptions/web.yaml.approvals
check "a line that is none is told" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 1 of 2 approvals by security.pub; exceptions/web.yaml.approvals:1: envelope: offset 1: no JSON value" "$(judge | sed 's/envelope: .*/envelope: offset 1: no JSON value/')"
check "and hinders those who approve" "3exceptions/web.yaml.approvals:1" "$(approve owner.key exceptions/web.yaml | cut -d: -f1-2)"
jq -c '.signatures[0].sig as $sig | .payload |= (@base64d | sub("\"time\":\"2"; "\"time\":\"1") | @base64)' kept >exceptions/web.yaml.approvals
check "words that were not signed" "fail a/x a/y; waived ; a/x: exceptions/web.yaml:1 has 0 of 2 approvals" "$(judge)"
cp kept exceptions/other.yaml.approvals
printf -- '- {rule: a/y, reason: r, owner: o, until: %s}\n' "$until" >exceptions/other.yaml
check "approvals of another file" "a/y: exceptions/other.yaml:1 has 0 of 2 approvals; 2 are of another text: it was changed since" "$(judge | grep -o 'a/y: .*' | sed 's/; a.x: .*//')"
rm exceptions/other.yaml*; cp kept exceptions/web.yaml.approvals

# who may sign
check "refused: a key of another role" "3the key's role is 'approve', this needs 'exceptions'" "$(approve release.key exceptions/web.yaml)"
check "refused: what is no list of exceptions" "3odd.yaml:1:1: a list of exceptions, or a policy with some, is needed here" "$(echo 'a: b' >odd.yaml; approve owner.key odd.yaml | head -n 1)"
check "refused: a list of nothing" "3odd.yaml:1:1: there is no exception to approve" "$(echo '[]' >odd.yaml; approve owner.key odd.yaml | head -n 1)"
check "refused: no such file" "3nosuch.yaml: No such file or directory" "$(approve owner.key nosuch.yaml)"
check "refused: no key" "--key KEY is missing" "$("$plimsoll" policy approve exceptions/web.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy approve: //')"
lint() { policy "$1"; "$plimsoll" policy lint p.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //'; }
check "refused: more than there are keys" "p.yaml:7:58: more than there are keys: no exception could ever count" "$(lint 'approvals: {exceptions: {signed_by: owner.pub, required: 2}}')"
check "refused: nobody" "p.yaml:7:26: an empty list lets nobody approve: leave exceptions out instead" "$(lint 'approvals: {exceptions: {signed_by: []}}')"
check "refused: no such key" "p.yaml:7:37: the key cannot be read: nosuch.pub: No such file or directory" "$(lint 'approvals: {exceptions: {signed_by: [nosuch.pub]}}' | sed 's/:38:/:37:/')"
check "refused: a misspelt word" "p.yaml:7:26: approvals of exceptions has no key 'signedby'; did you mean 'signed_by'?" "$(lint 'approvals: {exceptions: {signedby: [owner.pub]}}')"

# told elsewhere
policy "$both"
rm exceptions/web.yaml.approvals
check "lint tells" "  note: exceptions/web.yaml:1:4: the exceptions of this file do not count: 0 of 2 approvals" "$("$plimsoll" policy lint p.yaml | grep note)"
"$plimsoll" check --policy p.yaml --at "$(in_days 1)" --output json=v.json --output text=a.txt --output html=a.html --output markdown=a.md rootfs:tree
"$plimsoll" convert --output text=b.txt v.json
check "people are told, also of a verdict that is read again" "unapproved a/x: new (o, until $until): exceptions/web.yaml:1 has 0 of 2 approvals
1 1 1" "$(sed -n '/^  unapproved/,$p' a.txt | xargs)
$(cmp a.txt b.txt >&2 && echo 1) $(grep -c 'has 0 of 2 approvals' a.html) $(grep -c '1 not approved' a.md)"
printf -- '- {id: CVE-2026-0001, purl: pkg:deb/debian/demo, reason: nothing calls it, justification: vulnerable_code_not_present, owner: o, until: %s}\n' "$until" >exceptions/web.yaml
check "no VEX is made of it" "exceptions/web.yaml:1:4: left out: too few have approved it 0" "$("$plimsoll" vex --policy p.yaml --at "$(in_days 1)" 2>&1 >vex.json) $(jq '.statements | length' vex.json)"
approve owner.key exceptions/web.yaml >/dev/null; approve security.key exceptions/web.yaml >/dev/null
check "until it is approved" " 1" "$("$plimsoll" vex --policy p.yaml --at "$(in_days 1)" 2>&1 >vex.json) $(jq '.statements | length' vex.json)"
exit $failed
