#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What policy lint points at: the place in a rule's SQL, however the YAML spells it; and what is sound but probably not meant.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"

# pointed NAME RULE WANTED: a rule that spells its query in that way, and what lint says without its own name before it.
pointed() {
	printf 'plimsoll: v1\nname: t\nrules:\n%s\n' "$2" >p.yaml
	check "$1" "$3" "$("$plimsoll" policy lint p.yaml 2>&1 | sed 's/^plimsoll policy lint: //')"
}
pointed "a column, quoted" '  - {id: a/b, title: t, query: "SELECT pth FROM file"}' 'p.yaml:4:40: a/b: no such column: pth
    - {id: a/b, title: t, query: "SELECT pth FROM file"}
                                         ^'
pointed "a table, plain" '  - {id: a/b, title: t, query: SELECT files.path FROM filesystem JOIN files}' 'p.yaml:4:55: a/b: no such table: filesystem
    - {id: a/b, title: t, query: SELECT files.path FROM filesystem JOIN files}
                                                        ^'
pointed "what is not complete" "  - {id: a/b, title: t, query: 'SELECT path FROM file WHERE'}" "p.yaml:4:60: a/b: incomplete input
    - {id: a/b, title: t, query: 'SELECT path FROM file WHERE'}
                                                             ^"
pointed "a block keeps its lines" '  - id: a/b
    title: t
    query: |

      SELECT path
        FROM file

       WHERE pathh = 1' 'p.yaml:11:14: a/b: no such column: pathh
         WHERE pathh = 1
               ^'
pointed "a block with an indentation of its own" '  - id: a/b
    title: t
    query: |1
        SELECT path
       FROM file WHERE SELECT' 'p.yaml:8:24: a/b: near "SELECT": syntax error
         FROM file WHERE SELECT
                         ^'
pointed "escapes: in the text itself" '  - {id: a/b, title: t, query: "SELECT \"path\"\nFROM fil"}' 'p.yaml:4:32: a/b: no such table: fil, in this text:
  FROM fil
       ^
    - {id: a/b, title: t, query: "SELECT \"path\"\nFROM fil"}
                                 ^'
pointed "folded lines: in the text itself" '  - id: a/b
    title: t
    query: SELECT path
      FROM files' 'p.yaml:6:12: a/b: no such table: files, in this text:
  SELECT path FROM files
                   ^
      query: SELECT path
             ^'
pointed "what has no place" '  - {id: a/b, title: t, query: SELECT 1; SELECT 2}' 'p.yaml:4:32: a/b: more than one statement in the query
    - {id: a/b, title: t, query: SELECT 1; SELECT 2}
                                 ^'
pointed "a verb that mends nothing" '  - {id: a/b, title: t, query: SELECT path FROM file, mend: ["chmod o-w {path}", "shred {path}"]}' "p.yaml:4:82: nothing is mended by 'shred'
    - {id: a/b, title: t, query: SELECT path FROM file, mend: [\"chmod o-w {path}\", \"shred {path}\"]}
                                                                                   ^"
pointed "a verb with too few words" '  - {id: a/b, title: t, query: SELECT path FROM file, mend: "chmod {path}"}' 'p.yaml:4:61: chmod takes 2 words
    - {id: a/b, title: t, query: SELECT path FROM file, mend: "chmod {path}"}
                                                              ^'
printf 'plimsoll: v1\nname: parent\nrules:\n  - {id: a/b, title: t, query: SELECT x FROM file}\n' >parent.yaml
printf 'plimsoll: v1\nname: child\nextends: parent.yaml\n' >p.yaml
check "in a parent" "parent.yaml:4:39: a/b: no such column: x" "$("$plimsoll" policy lint p.yaml 2>&1 | sed -n '1s/^plimsoll policy lint: //p')"

# Sound, and never meant.  noted NAME BODY WANTED: all notes.
noted() {
	printf 'plimsoll: v1\nname: t\n%s\n' "$2" >p.yaml
	check "note: $1" "$3" "$("$plimsoll" policy lint p.yaml 2>&1 | sed -n 's/^  note: //p')"
}
deny() { printf 'vulnerabilities:\n  deny:\n    - {%s}\n    - {%s}' "$1" "$2"; }
never() { echo "p.yaml:$1:8: never decides: all that it denies is denied by p.yaml:$2:8"; }
noted "a condition more" "$(deny 'severity: high' 'severity: high, exploited: true')" "$(never 6 5)"
noted "whichever stands first" "$(deny 'severity: high, exploited: true' 'severity: high')" "$(never 5 6)"
noted "a lesser severity takes more" "$(deny 'severity: critical, fix: available' 'fix: available, severity: high')" "$(never 5 6)"
noted "no severity takes all" "$(deny 'exploited: true' 'exploited: true, severity: high')" "$(never 6 5)"
noted "twice the same" "$(deny 'severity: high' 'severity: high')" "$(never 6 5)"
noted "a weaker action" "$(deny 'severity: high' 'severity: high, exploited: true, action: warn')" "$(never 6 5)"
noted "a stronger action decides" "$(deny 'severity: high, action: warn' 'severity: critical')" ""
noted "what begins earlier decides" "$(deny 'severity: high, enforce_from: 2030-01-01' 'severity: critical')" ""
noted "another condition" "$(deny 'severity: high, fix: available' 'severity: critical, exploited: true')" ""
noted "another value" "$(deny 'severity: high, grace: 7d' 'severity: high, grace: 30d')" ""
noted "another source of severity" "$(deny 'severity: high' 'severity: high, severity_source: debian*')" ""
noted "a smaller scope takes less" "$(deny 'severity: high' 'severity: high, scope: {path: /opt/**}')" "$(never 6 5)"
noted "a minimum of what is forbidden" 'components: {minimum: [{name: telnetd, version: "1"}], forbidden: [{name: telnet*}]}' "p.yaml:3:25: never decides: whatever its version, it is forbidden by p.yaml:3:69"
noted "a minimum of what is forbidden, but for an exception" 'components: {minimum: [{name: telnetd, version: "1"}], forbidden: [{name: telnet*}]}
exceptions: [{rule: components/forbidden, reason: r, until: 2099-01-01}]' ""
noted "required and forbidden" 'components: {required: [{name: gcc}], forbidden: [{name: gcc}]}' "p.yaml:3:26: no image meets it: what it requires is forbidden by p.yaml:3:52"
noted "forbidden in some versions only" 'components: {required: [{name: gcc}], forbidden: [{name: gcc, versions: <9}]}' ""
noted "forbidden as a warning only" 'components: {required: [{name: gcc}], forbidden: [{name: gcc, action: warn}]}' ""
noted "nothing is left" 'configuration: {checks: [accounts/uid-zero], except: [accounts/*]}' "p.yaml:3:55: no check is left: all that 'checks' names is taken away"
noted "something is left" 'configuration: {checks: [accounts/*], except: [accounts/uid-zero]}' ""
noted "allowed and denied" 'metadata: {ports: {allow: [8080/tcp, 9090/tcp], deny: ["9*/tcp"]}}' "p.yaml:3:38: allows nothing: '9*/tcp' is denied beside it"
noted "one query twice" 'rules:
  - {id: a/one, title: T, query: SELECT path FROM file}
  - {id: a/two, title: T, query: "SELECT path FROM file "}' "p.yaml:5:6: finds the same again: it has the query of p.yaml:4:6"
printf 'plimsoll: v1\nname: child\nextends: standard\nvulnerabilities: {deny: [{severity: critical}]}\n' >child.yaml
check "note: what a child makes needless of its parent is meant" "" "$("$plimsoll" policy lint child.yaml | grep note)"
check "note: the built-in policies" "" "$("$plimsoll" policy lint baseline standard strict | grep note)"
exit $failed
