#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Policies that extend others: what joins, what replaces, what a closed area refuses, in both directions; the policy as a whole shown again.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
cat >base.yaml <<'Y'
plimsoll: v1
name: acme/base
extends: standard
open: [exceptions]
base_image: {approved: [{name: scratch}]}
components: {forbidden: [{name: telnetd}]}
configuration:
  checks: [accounts/*, {id: tools/*, action: fail}, {id: files/history, enforce_from: 2026-06-01}]
metadata:
  labels: {required: {team: "^[a-z]+$", severity: "^high$"}}
  user: {numeric: {is: require, action: warn}, uid: {allow: [1000-1999]}, groups: {deny: [docker], action: fail}}
  entrypoint: {form: exec}
  max_age: 90d
  ports: {allow: [8080/tcp]}
  environment: {deny: ["^A="]}
  max_size: 500MB
  max_layers: 30
  onbuild: deny
  working_dir: {exists: true, paths: {allow: [/app]}}
  platform: {allow: [linux/amd64]}
  stop_signal: {allow: [SIGTERM]}
unknown: {data_age: {over: 3d, is: fail}, no_data: warn}
origin: {registries: ["registry.acme.example/*"]}
unused_exceptions: deny
diff: {unexplained: fail}
Y
sed 's/^open: .*/open: true/' base.yaml >open.yaml
printf 'plimsoll: v1\nname: acme/team\nextends: base.yaml\nopen: true\n' >team.yaml

# lint PARENT BODY: what lint says of a child with this body, in one line.
lint() {
	printf 'plimsoll: v1\nname: child\nextends: %s\n%s\n' "$1" "$2" >child.yaml
	"$plimsoll" policy lint child.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //; s/: [0-9].*//'
}
# tightens BODY: allowed whatever the parent.  loosens PLACE BODY: refused where the parent is closed, at that place, by way of a middle one too.
tightens() { for parent in base.yaml open.yaml team.yaml standard; do check "tighter than $parent: $1" "child" "$(lint $parent "$1")"; done; }
loosens() {
	check "looser than base.yaml: $2" "$1" "$(lint base.yaml "$2" | sed 's/.*looser than //')"
	check "looser than base.yaml through an open one: $2" "$1" "$(lint team.yaml "$2" | sed 's/.*looser than //')"
	check "open: $2" "child" "$(lint open.yaml "$2")"
}
# standard TEXT COLUMN: the place of a line of the built-in policy.
standard() { echo "standard:$(grep -nF -- "$1" "$root/policies/standard.yaml" | cut -d : -f 1):$2"; }
closed=", which is closed to this policy" left="what the policies that this one extends leave open"
tightens 'vulnerabilities: {deny: [{severity: low}]}'
tightens 'vulnerabilities: {deny: [{severity: low, scope: {path: /opt/**}}]}'
tightens 'components: {required: [{name: ca-certificates}], forbidden: [{name: gcc*}]}'
tightens 'configuration: {checks: [{id: leftovers/*, action: fail}]}'
tightens 'metadata: {user: {root: deny, numeric: require}}'
tightens 'metadata: {labels: {required: [other]}}'
tightens 'metadata: {user: {stable: require, uid: {deny: [1500]}, gid: {allow: [1000]}, groups: {deny: [root]}}}'
tightens 'metadata: {max_age: 30d}'
tightens 'metadata: {max_size: 300MB, max_layers: 20, onbuild: deny, working_dir: {exists: true, paths: {deny: [/tmp]}}, platform: {deny: [linux/s390x]}}'
tightens 'metadata: {ports: {deny: [22/tcp]}}'
tightens 'metadata: {environment: {deny: ["^B="]}}'
tightens 'unknown: {os: fail, unreadable: fail}'
tightens 'unknown: {data_age: {over: 1d, is: fail}}'
tightens 'diff: {unexplained: {is: fail}}'
tightens 'rules: [{id: a/b, title: T, query: "SELECT path FROM file WHERE 0"}]'
printf '{"plimsoll_base": 1, "name": "b", "generations": [{"date": "2026-01-01", "diff_ids": ["sha256:%064d"]}]}' 1 >b.json
loosens "base.yaml:5:26$closed" 'base_image: {approved: [{name: other, generations: b.json}]}'
loosens "base.yaml:8:25$closed" 'configuration: {checks: [{id: tools/compilers, action: warn}]}'
loosens "$(standard "- files/*" 7)$closed" 'configuration: {checks: [{id: files/history, enforce_from: 2030-01-01}]}'
loosens "$left" 'configuration: {checks: [accounts/*], except: [accounts/uid-zero]}'
loosens "$(standard "user: {root" 16)$closed" 'metadata: {user: {root: {is: deny, action: warn}}}'
loosens "$(standard "user: {root" 16)$closed" 'metadata: {user: {root: {is: deny, enforce_from: 2030-01-01}}}'
loosens "base.yaml:11:62$closed" 'metadata: {user: {uid: {allow: [0-999]}}}'
loosens "base.yaml:11:108$closed" 'metadata: {user: {groups: {action: warn}}}'
loosens "$(standard "entrypoint: {" 26)$closed" 'metadata: {entrypoint: {required: false}}'
loosens "base.yaml:10:29$closed" 'metadata: {labels: {required: {team: "^[a-z]*$"}}}'
loosens "base.yaml:13:12$closed" 'metadata: {max_age: 91d}'
loosens "base.yaml:$(grep -n ^diff: base.yaml | cut -d: -f1):21$closed" 'diff: {unexplained: warn}'
loosens "base.yaml:$(grep -n ^diff: base.yaml | cut -d: -f1):21$closed" 'diff: {unexplained: {is: fail, enforce_from: 2030-01-01}}'
loosens "base.yaml:14:19$closed" 'metadata: {ports: {allow: [9090/tcp]}}'
loosens "base.yaml:16:13$closed" 'metadata: {max_size: 1GB}'
loosens "base.yaml:16:13$closed" 'metadata: {max_size: 500MiB}'
loosens "base.yaml:17:15$closed" 'metadata: {max_layers: 31}'
loosens "base.yaml:18:12$closed" 'metadata: {onbuild: {is: deny, action: warn}}'
loosens "base.yaml:19:25$closed" 'metadata: {working_dir: {exists: false}}'
loosens "base.yaml:19:47$closed" 'metadata: {working_dir: {paths: {allow: [/srv]}}}'
loosens "$left" 'metadata: {working_dir: {paths: {action: warn}}}'
loosens "base.yaml:20:22$closed" 'metadata: {platform: {allow: [linux/arm64]}}'
loosens "base.yaml:21:25$closed" 'metadata: {stop_signal: {allow: [SIGKILL]}}'
loosens "$(standard "os: fail" 7)$closed" 'unknown: {os: unknown}'
loosens "base.yaml:22:22$closed" 'unknown: {data_age: {over: 4d, is: fail}}'
loosens "base.yaml:22:22$closed" 'unknown: {data_age: {over: 3d}}'
loosens "base.yaml:23:23$closed" 'origin: {registries: ["b.example/*"]}'
loosens "$left" 'origin: {action: warn}'
loosens "$left" 'origin: {enforce_from: 2030-01-01}'
loosens "$(standard "user: {root" 16)$closed" 'metadata: {user: {root: {is: deny, scope: {image: a.example/*}}}}'
loosens "$left" 'metadata: {ports: {scope: {image: a.example/*}}}'
loosens "$left" 'base_image: {scope: {image: a.example/*}}'
loosens "$(standard "{id: tools/*" 8)$closed" 'configuration: {checks: [{id: tools/compilers, scope: {path: /opt/*}}]}'
loosens "base.yaml:10:29$closed" 'metadata: {labels: {required: {team: "."}}}'
loosens "base.yaml:10:51$closed" 'metadata: {labels: {required: {severity: "."}}}'
loosens "$left" 'unknown: {limit: warn}'
loosens "$left" 'configuration: {checks: [accounts/*], except: accounts/uid-zero}'
loosens "base.yaml:14:19$closed" 'metadata: {ports: {allow: 9090/tcp}}'
loosens "$(standard "user: {root" 16)$closed" 'metadata: {user: {root: {is: deny, severity: low, action: warn}}}'
printf 'plimsoll: v1\nname: bare\nvulnerabilities: {deny: [{severity: high}]}\n' >bare.yaml
check "data of any age, where the parent names no limit" "child.yaml:4:22: unknown/data_age: looser than $left" "$(printf 'plimsoll: v1\nname: child\nextends: bare.yaml\nunknown: {data_age: {over: 36500d, is: warn}}\n' >child.yaml; "$plimsoll" policy lint child.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //')"
check "a limit where the parent names none" child "$(lint bare.yaml 'unknown: {data_age: {over: 3d, is: fail}}')"
printf 'plimsoll: v1\nname: less\nconfiguration: {checks: ["accounts/*"], except: [accounts/login-shells]}\n' >less.yaml
runs() { printf 'plimsoll: v1\nname: child\nextends: less.yaml\nconfiguration: {checks: [%s]}\n' "$1" >child.yaml; "$plimsoll" policy show --sql child.yaml | grep -c '^-- accounts/login-shells:'; }
check "what a parent leaves out a child may ask for by its id" 1 "$(runs accounts/login-shells)"
check "not by a glob" 0 "$(runs '"accounts/*"')"
exception='exceptions: [{rule: a/b, reason: r, owner: o, until: 2030-01-01}]'
check "exceptions are left open" child "$(lint base.yaml "$exception")"
sed '/^open/d' base.yaml >shut.yaml
check "and closed where nothing is said" "child.yaml:4:15: exceptions: looser than $left" "$(printf 'plimsoll: v1\nname: child\nextends: shut.yaml\n%s\n' "$exception" >child.yaml; "$plimsoll" policy lint child.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //')"

# Beside each other: neither may loosen the other, whichever stands first; what both extend is there once.
printf 'plimsoll: v1\nname: loose\nopen: true\n%s\nconfiguration: {checks: [accounts/*], except: [accounts/uid-zero]}\nunknown: {os: warn}\n' "$exception" >loose.yaml
printf 'plimsoll: v1\nname: own\nrules: [{id: a/one, title: T, query: "SELECT path FROM file WHERE 0"}]\nmetadata: {max_age: 10d}\n' >own.yaml
printf 'plimsoll: v1\nname: left\nextends: own.yaml\ncomponents: {forbidden: [{name: gcc}]}\n' >left.yaml
printf 'plimsoll: v1\nname: right\nextends: own.yaml\nmetadata: {max_age: 5d}\n' >right.yaml
beside() { printf 'plimsoll: v1\nname: child\nextends: [%s]\n' "$1" >child.yaml; "$plimsoll" policy lint child.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //'; }
check "a loose one behind a closed one" "loose.yaml:5:48: configuration/except: looser than $left" "$(beside base.yaml,loose.yaml)"
check "and before it" "loose.yaml:5:48: configuration/except: looser than $left" "$(beside loose.yaml,base.yaml)"
check "a built-in one before and behind" "1 1" "$(beside standard,base.yaml | grep -c '^child: ') $(beside base.yaml,standard | grep -c '^child: ')"
check "two that extend one" "child: 1 component, 1 set of metadata, 1 own rule" "$(beside left.yaml,right.yaml)"
check "the tighter counts" "  max_age: 5d" "$("$plimsoll" policy show child.yaml | grep max_age)"
check "in the other order the looser one may not come later" "own.yaml:4:21" "$(beside right.yaml,left.yaml | cut -d: -f1-3)"

# refused NAME BODY WANTED
refused() {
	printf 'plimsoll: v1\nname: child\n%s\n' "$2" >child.yaml
	check "refused: $1" "$3" "$("$plimsoll" policy lint child.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //')"
}
printf 'plimsoll: v1\nname: loop\nextends: [baseline, child.yaml]\n' >loop.yaml
refused "a circle" 'extends: loop.yaml' "child.yaml:3:10: 'loop.yaml' extends what extends it: a circle"
refused "a parent that is not there" 'extends: [standard, none.yaml]' "child.yaml:3:21: the policy that this one extends cannot be read: none.yaml: No such file or directory"
refused "a parent that changed" "extends: [standard, base.yaml#sha256=$(printf x | sha256sum | cut -d ' ' -f 1)]" "child.yaml:3:21: base.yaml changed: its digest is sha256:$(sha256sum base.yaml | cut -d ' ' -f 1); sha256:$(printf x | sha256sum | cut -d ' ' -f 1) is wanted"
refused "a digest that is none" 'extends: base.yaml#sha256=12' "child.yaml:3:10: the 64 hexadecimal digits of a digest must follow '#sha256='"
pin="base.yaml#sha256=$(sha256sum base.yaml | cut -d ' ' -f 1)"
check "a parent with its digest" child "$(lint "$pin" '')"
pinned() { "$plimsoll" policy lint "$1" 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //; s/: [0-9].*//'; }
check "a policy with its digest" "acme/base" "$(pinned "$pin")"
check "refused: a policy that changed" "base.yaml changed" "$(sed -i '1i # more' base.yaml; pinned "$pin" | sed 's/: its.*//'; sed -i 1d base.yaml)"
refused "a parent that is none" 'extends: {a: b}' "child.yaml:3:11: the name of a built-in policy or the path of a file is needed here"
refused "an area that is none" 'open: [labels]' "child.yaml:3:8: no area: base_image, vulnerabilities, components, configuration, metadata, origin, rules, unknown, exceptions, diff, licenses, data"
refused "nothing in the place of something" $'extends: standard\nmetadata:' "child.yaml:4:1: nothing stands here, in the place of what the parent says"
refused "a mapping in the place of a list" $'extends: standard\nvulnerabilities: {deny: {severity: low}}' "child.yaml:4:26: a list is needed here, as in the policy that this one extends"
printf 'plimsoll: v1\nname: bad\nmetadata: {usr: {}}\n' >bad.yaml
refused "what is wrong in a parent, with its place" 'extends: bad.yaml' "bad.yaml:3:12: metadata has no key 'usr'; did you mean 'user'?"
for i in $(seq 20); do printf 'plimsoll: v1\nname: p\nextends: deep%d.yaml\n' $((i + 1)) >deep$i.yaml; done
refused "parents without end" 'extends: deep1.yaml' "deep16.yaml:3:10: more parents of parents than limit POLICY_DEPTH_COUNT (16)"

# Paths are relative to the file that they stand in.
mkdir -p company/bases
printf '{"plimsoll_base": 1, "name": "a", "generations": [{"date": "2026-01-01", "diff_ids": ["sha256:%064d"]}]}' 1 >company/bases/a.json
printf 'plimsoll: v1\nname: c\nbase_image: {approved: [{name: a, generations: bases/a.json}]}\n' >company/policy.yaml
refused "nothing: a base of a parent in another folder" 'extends: company/policy.yaml' "child: 1 approved base"
digest() { "$plimsoll" policy lint child.yaml 2>&1 | tail -n 1; }
before=$(digest)
sed -i 's/2026-01-01/2026-01-02/' company/bases/a.json
check "the digest covers the bases of a parent" different "$([ "$(digest)" = "$before" ] || echo different)"
before=$(digest)
echo '# other words' >>company/policy.yaml
check "and its text" different "$([ "$(digest)" = "$before" ] || echo different)"

# Shown as one it is the same policy.
for policy in base.yaml standard baseline strict; do
	"$plimsoll" policy show "$policy" >shown.yaml
	"$plimsoll" policy show shown.yaml >again.yaml
	check "shown, read and shown again: ${policy##*/}" "" "$(diff shown.yaml again.yaml)"
	check "and demands the same" "$("$plimsoll" policy lint "$policy" 2>&1 | sed -n '1s/.*: //p')" "$("$plimsoll" policy lint shown.yaml 2>&1 | sed -n '1s/.*: //p')"
done
check "with where it comes from" "    root: deny # $(standard 'user: {root' | sed 's/:$//')
  max_age: 90d # base.yaml:13
  user: # $(standard 'user: {root' | sed 's/:$//')" "$("$plimsoll" policy show --origin base.yaml | grep -E 'max_age|  user:|root:' | sed 's/  *#/ #/' | sort)"
check "and its statements" "-- accounts/duplicate-uid: Two accounts have the same user id" "$("$plimsoll" policy show --sql base.yaml | grep '^-- accounts/duplicate-uid:')"

# strict lets pass what standard lets pass only when nothing is warned of, and asks for more.
statements() { "$plimsoll" policy show --sql "$1" | sed -n 's/^-- \([^:]*\):.*/\1/p' | sort; }
check "standard has checks" yes "$([ "$(statements standard | wc -l)" -gt 40 ] && echo yes)"
check "strict runs every check of standard" "" "$(comm -23 <(statements standard) <(statements strict))"
check "and warns of nothing that a rule can fail" "" "$("$plimsoll" check --policy strict --output json rootfs:/etc/skel 2>/dev/null | jq -r '.findings[] | select(.action == "warn") | .rule')"

# What begins later is a warning until then.
mkdir -p tree/etc; touch tree/debris
cat >later.yaml <<'Y'
plimsoll: v1
name: later
rules: [{id: a/debris, title: Debris, query: "SELECT path FROM file WHERE path = '/debris'", enforce_from: 2027-02-01}]
unknown: {data_age: {over: 36500d, is: warn}}
Y
at() { "$plimsoll" check --policy later.yaml --at "$1T12:00:00Z" --output json rootfs:tree >out 2>err; echo "$? $(jq -r '.findings[].action' <out)"; }
check "before the day" "0 warn" "$(at 2027-01-31)"
check "from the day on" "1 fail" "$(at 2027-02-01)"
exit $failed
