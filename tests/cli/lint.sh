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
printf 'plimsoll: v1\nname: parent\nrules:\n  - {id: a/b, title: t, query: SELECT x FROM file}\n' >parent.yaml
printf 'plimsoll: v1\nname: child\nextends: parent.yaml\n' >p.yaml
check "in a parent" "parent.yaml:4:39: a/b: no such column: x" "$("$plimsoll" policy lint p.yaml 2>&1 | sed -n '1s/^plimsoll policy lint: //p')"
exit $failed
