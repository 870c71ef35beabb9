#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How an image was built, as its configuration tells it: what each builder writes, split into commands, and what the checks make of it.
plimsoll=$1
. "$(dirname "$0")/compare.bash"
mkdir -p tree/etc && printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'plimsoll: v1\nname: t\nconfiguration: {checks: ["history/*"]}\n' >p.yaml

image() { # STEP...: an image of one layer, made by the first step
	jq -n '{history: ([$ARGS.positional[] | {created_by: ., empty_layer: true}] | .[0].empty_layer = false)}' --args "$@" >config.json
	rm -rf image.oci
	"$root/tools/oci-image" image.oci config.json tree
}
ask() { "$plimsoll" query --output csv oci:image.oci "$1" 2>err | tr -d '"\r'; }
commands() { # NAME STEP WANTED: "INSTRUCTION JOINED PROGRAM VERB (ARGUMENTS)" a line
	image "$2"
	check "$1" "$3" "$(ask "SELECT instruction || ' ' || coalesce(joined_by, '') || ' ' || coalesce(program, '') || ' ' || coalesce(verb, '') || ' (' || arguments || ')' AS x FROM history_command" | tail -n +2)"
}
found() { # NAME STEP WANTED: the checks that find something, unknowns with a question mark
	image "$2"
	"$plimsoll" check ${limit:+--limit "$limit"} --policy p.yaml --output json oci:image.oci >v.json 2>err
	check "$1" "$3" "$(jq -r '([.findings[].rule | ltrimstr("history/")] | unique) + [.unknown[] | "? " + .subject | sub("history/"; "")] | join(" ")' v.json)$(cat err)"
}

# What builders write.
commands "the classic builder" '/bin/sh -c apt-get update' 'RUN  apt-get update (update)'
commands "its other instructions" '/bin/sh -c #(nop)  ENV A=b' 'ENV    (A=b)'
commands "with build arguments" '|2 A=b C=d /bin/sh -c make all' 'RUN  make all (all)'
commands "with blanks in them" '|2 A=b c D=/bin/sh -c x /bin/sh -c make all' 'RUN  make all (all)'
commands "BuildKit" 'RUN |1 A=b /bin/sh -c make -j 2 all # buildkit' 'RUN  make 2 (-j 2 all)'
commands "with another shell" 'RUN /bin/bash -eo pipefail -c make | tee log # buildkit' 'RUN  make  ()
RUN | tee log (log)'
commands "the classic builder with another shell" '/bin/bash -o pipefail -c #(nop) WORKDIR /srv' 'WORKDIR    (/srv)'
commands "with blanks in an argument, and another shell" 'RUN |1 A=b c /bin/bash -o pipefail -c make | tee log # buildkit' 'RUN  make  ()
RUN | tee log (log)'
commands "kaniko" "RUN sh -c 'make | tee log' && make install" 'RUN  sh  (-c make | tee log)
RUN sh make  ()
RUN | tee log (log)
RUN && make install (install)'
commands "kaniko with a list" 'RUN --network=none ["bash", "-c", "make | tee \"log\""]' 'RUN  bash  (-c make | tee log)
RUN bash make  ()
RUN | tee log (log)'
commands "what only looks like a list" 'RUN [ -e x ] && make' 'RUN  [ x (-e x ])
RUN && make  ()'
commands "a test in a shell" 'RUN /bin/sh -c [ "x" ] # buildkit' 'RUN  [ x (x ])'
commands "a shell with a plain text" 'RUN /bin/sh -c make all' 'RUN  make all (all)'
commands "without a shell" 'RUN make all # buildkit' 'RUN  make all (all)'
commands "what is no Dockerfile's" 'bazel build :image' 'RUN  bazel build (build :image)'
commands "no instruction in the words of another" 'RUN /bin/sh -c echo "#(nop) USER x" # buildkit' 'RUN  echo #(nop) USER x (#(nop) USER x)'
commands "what a child runs" '/bin/sh -c #(nop)  ONBUILD RUN sudo make && b' 'ONBUILD  sudo make (make)
ONBUILD sudo make  ()
ONBUILD && b  ()'
commands "what it runs without a shell" 'ONBUILD RUN ["make", "a b"]' 'ONBUILD  make a b (a b)'
commands "what it copies" 'ONBUILD ADD a /' 'ONBUILD    (ADD a /)'
commands "copies" 'COPY --chown=1:1 a b / # buildkit' 'COPY    (--chown=1:1 a b /)'
commands "lines" $'RUN /bin/sh -c set -e\ncat <<EOF >/x\nrm -rf /\nEOF\nmake # buildkit' 'RUN  set  (-e)
RUN ; cat  ()
RUN ; make  ()'
commands "programs that start programs" 'RUN /bin/sh -c sudo -u app -E env A=b timeout -k 5 10 nice -n 5 make all # buildkit' 'RUN  sudo app (-u app -E env A=b timeout -k 5 10 nice -n 5 make all)
RUN sudo env A=b (A=b timeout -k 5 10 nice -n 5 make all)
RUN env timeout 5 (-k 5 10 nice -n 5 make all)
RUN timeout nice 5 (-n 5 make all)
RUN nice make all (all)'
commands "shells in shells" "RUN /bin/sh -c su app -c 'make && bash -lc \"make install\"' # buildkit" 'RUN  su app (app -c make && bash -lc make install)
RUN su make  ()
RUN && bash make install (-lc make install)
RUN bash make install (install)'
commands "letters behind -c" 'RUN /bin/bash -ce make | tee log # buildkit' 'RUN  make  ()
RUN | tee log (log)'
commands "letters behind it in a nested one" 'RUN /bin/sh -c bash -ceo pipefail "make install" # buildkit' 'RUN  bash pipefail (-ceo pipefail make install)
RUN bash make install (install)'
commands "a script has options of its own" 'RUN /bin/sh -c sh filter -c make # buildkit' 'RUN  sh filter (filter -c make)'
commands "modules of python" 'RUN /bin/sh -c /usr/bin/python3 -m pip install x # buildkit' 'RUN  python3 pip (-m pip install x)
RUN python3 pip install (install x)'

image 'COPY a /' 'USER app' 'RUN /bin/sh -c a "b $C" d # buildkit'
check "arguments" "step,layer,number,program,position,argument,previous,expands
2,,0,a,1,b \$C,,1
2,,0,a,2,d,b \$C,0" "$(ask "SELECT step, layer, number, program, position, argument, previous, expands FROM history_argument WHERE instruction = 'RUN'")"
check "of a tree there are none" "n
0" "$("$plimsoll" query --output csv rootfs:tree 'SELECT count(*) AS n FROM history_command' 2>err | tr -d '"\r')"

# What cannot be split is no clean answer; what was understood before counts.
image 'COPY a /' "RUN /bin/sh -c sudo true; echo 'no end # buildkit"
check "a query over it fails" "plimsoll query: step 1 of the history cannot be split into commands: a ' without its end" "$(ask 'SELECT program FROM history_command' >out; cat err | tail -n 1)"
check "but for what does not ask" "instruction
COPY
RUN
RUN
RUN" "$(ask 'SELECT instruction FROM history_command')"
open=$(sed -n 's/^- id: history\///p' "$root"/checks/history.yaml | grep -vE '^(add-|consecutive|several|latest|base-latest|maintainer|workdir|secret-names)' | sort | sed 's/^/? /' | paste -sd ' ')
found "and the checks" "RUN /bin/sh -c sudo true; echo 'no end # buildkit" "sudo $open"
limit=HISTORY_WORD_COUNT=5
found "too many words" "RUN /bin/sh -c a b c d e f" "$open"
check "the limit has a name" "limit step 0 of the history cannot be split into commands: more words than limit HISTORY_WORD_COUNT" "$(jq -r '.unknown[0] | "\(.kind) \(.reason)"' v.json)"
found "programs without arguments are words too" "RUN /bin/sh -c a; sh -c b; c" "$open"
found "as many as there may be" "RUN /bin/sh -c a b c d e" ""
found "a list has words too" 'RUN ["a", "b", "c", "d", "e", "f"]' "$open"
limit=
found "shells without end" "RUN /bin/sh -c sh -c \"sh -c 'sh -c \\\"sh -c a\\\"'\"" "$open"
jq -n '{history: []}' >config.json && rm -rf image.oci && "$root/tools/oci-image" image.oci config.json tree
"$plimsoll" check --policy p.yaml --output json oci:image.oci >v.json 2>err
check "an image that tells nothing is not judged by it" "out_of_scope" "$(jq -r .areas.configuration v.json)"

all=$(sed -n 's/^- id: history\///p' "$root"/checks/history.yaml | grep -vE '^(several|latest|base-latest)' | sort | sed 's/^/? /' | paste -sd ' ')
untold() { # NAME WANTED HISTORY
	jq -n "{history: $3}" >config.json && rm -rf image.oci && "$root/tools/oci-image" image.oci config.json tree
	"$plimsoll" check --policy p.yaml --output json oci:image.oci >v.json 2>err
	check "$1" "$2" "$(jq -r '[.unknown[] | "? " + .subject | sub("history/"; "")] | join(" ")' v.json)$(cat err)"
}
untold "a layer's step without a text leaves open what it ran" "$all" '[{created_by: ""}, {created_by: "COPY a /", empty_layer: true}]'
check "the reason" "step 0 of the history cannot be split into commands: it made a layer and has no text" "$(jq -r '.unknown[0].reason' v.json)"
untold "a step without one that made no layer leaves nothing open" "" '[{created_by: "COPY a /"}, {comment: "x", empty_layer: true}]'
untold "an import has its comment" "" '[{comment: "Imported from -"}, {created_by: "COPY a /", empty_layer: true}]'
untold "none that has a text is an image that tells nothing" "" '[{comment: "x"}]'
check "not judged either" "out_of_scope" "$(jq -r .areas.configuration v.json)"

# Variables, wherever they are set.
variables() { # NAME STEP WANTED: "NAME" or "NAME$" where its value is another's
	image "$2"
	check "$1" "$3" "$(ask "SELECT instruction || ' ' || name || CASE expands WHEN 1 THEN '$' ELSE '' END AS x FROM history_variable" | tail -n +2 | paste -sd ' ')"
}
variables "build arguments of BuildKit" 'RUN |2 A=b DB_PASSWORD=x /bin/sh -c make all # buildkit' 'RUN A RUN DB_PASSWORD'
variables "of the classic builder" '|1 DB_PASSWORD=x y /bin/bash -o pipefail -c make' 'RUN DB_PASSWORD'
variables "in front of a command, and of others" "RUN /bin/sh -c A=b make && C='d e' env F=\$G H=\"\$(cat /i)\" sh -c \"J=k l\"; export M=n # buildkit" 'RUN A RUN C RUN F$ RUN H$ RUN J RUN M'
variables "of a step that cannot be split" "RUN /bin/sh -c TOKEN=x; echo 'no end # buildkit" 'RUN TOKEN'
variables "in a list" 'RUN ["env", "A=b", "sh"]' 'RUN A'
variables "of the other instructions" '/bin/sh -c #(nop)  ARG TOKEN=x' 'ARG TOKEN'
variables "several" 'ENV A=b C="d e" F= G="" # buildkit' 'ENV A ENV C'
variables "in the old way" 'ENV PASSWORD one two=3' 'ENV PASSWORD'
variables "none" 'RUN /bin/sh -c a -D=b --c=d e/f=g ==h =i x[1]=2 # buildkit' ''
limit=HISTORY_WORD_COUNT=2
found "too many" "ENV A=b C=d E=f" "$(echo "$open ? secret-names" | sed 's/ ? /\n? /g' | sort | paste -sd ' ')"
limit=
found "names of secrets" 'RUN |1 NPM_TOKEN=x /bin/bash -o pipefail -c make # buildkit' secret-names
found "in a command" 'RUN /bin/bash -o pipefail -c PGPASSWORD=x psql # buildkit' secret-names
found "without a value of its own" 'RUN |1 NPM_TOKEN= /bin/bash -o pipefail -c PGPASSWORD=$(cat /run/secrets/pg) psql # buildkit' ''
found "names of others" 'RUN |3 GPG_KEY=x TOKENIZERS_PARALLELISM=false PASSWORD_FILE=/run/secrets/a /bin/bash -o pipefail -c KEYBOARD=us make # buildkit' ''

# The base's instructions are not the application's.
mkdir -p top && echo top >top/file
jq -n '{history: [{created_by: "RUN sudo a"}, {created_by: "MAINTAINER me", empty_layer: true}, {created_by: "RUN sudo b"}, {created_by: "CMD c", empty_layer: true}]}' >config.json
rm -rf image.oci && "$root/tools/oci-image" image.oci config.json tree top
"$plimsoll" base add --name demo --file base.json --date 2026-11-01 oci:image.oci >/dev/null 2>err
jq '.generations[].diff_ids |= .[:1]' base.json >first.json
whose() { # CHECK
	printf 'plimsoll: v1\nname: t\nbase_image: {approved: [{name: demo, generations: first.json}]}\nconfiguration: {checks: [%s]}\n' "$1" >o.yaml
	"$plimsoll" check --policy o.yaml --output json oci:image.oci 2>err | jq -r '[.findings[] | "\(.evidence.setting)=\(.evidence.origin)"] | join(" ")'; cat err
}
check "a finding says whose layer it is" "sudo a=base sudo b=application" "$(whose history/sudo)"
check "a scope leaves the base's out" "sudo b=application" "$(whose '{id: history/sudo, scope: {layer: application}}')"
check "the report for people says what it is" "found  sudo b (step=2)" "$("$plimsoll" check --policy o.yaml oci:image.oci 2>err | sed -n 's/^ *found /found /p' | tail -n 1)"
printf 'plimsoll: v1\nname: t\nbase_image: {approved: [{name: demo, generations: first.json}]}\nrules: [{id: t/steps, title: T, query: "SELECT DISTINCT instruction AS setting, origin FROM history_command"}]\n' >o.yaml
check "an empty step behind the base's last layer is nobody's" "CMD: origin=application
MAINTAINER: origin=NULL
RUN: origin=application
RUN: origin=base" "$("$plimsoll" check --policy o.yaml --output json oci:image.oci 2>err | jq -r '.findings[].evidence | "\(.setting): \(.detail)"')"

# What is right, and what only looks like it.
run() { found "$1" "RUN /bin/bash -o pipefail -c $2 # buildkit" "$3"; }
run "nothing" 'set -eux; apt-get update && apt-get install -y --no-install-recommends -t stable nginx=1.22.1-9 && rm -rf /var/lib/apt/lists/*' ''
found "an archive" 'ADD rootfs.tar.gz / # buildkit' ''
found "an archive or not, nobody knows" '/bin/sh -c #(nop) ADD file:48b0daad89cd19b57e5ecec7ef7063ea22daf69dbf1168486cd7061af2e95866 in / ' ''
found "a directory" '/bin/sh -c #(nop) ADD dir:48b0daad89cd19b57e5ecec7ef7063ea22daf69dbf1168486cd7061af2e95866 in /app ' 'add-local'
found "a download with its digest" 'ADD --checksum=sha256:00 https://example.org/a.bin / # buildkit' ''
found "a repository" 'ADD git@example.org:a/b.git /src # buildkit' 'add-remote'
run "a download into a file" 'curl -fsSL https://example.org/a -o a && sha256sum -c sums && sh a' ''
run "a download into another program" 'curl -fsSL https://example.org/a | tar xz && curl https://example.org/k | gpg --dearmor' ''
run "a download read by a program that is there" 'curl -fsS https://example.org/a | python3 -c "import json"' ''
run "a download as a program" 'wget -qO- https://example.org/a | python3 -' 'pipe-to-shell'
run "by way of a substitution" 'sh -c "$(curl -fsSL https://example.org/a)"' 'pipe-to-shell'
run "by way of a file of the shell" 'bash <(curl -fsSL https://example.org/a)' 'pipe-to-shell'
run "by way of eval" 'eval "$(wget -qO- https://example.org/a)"' 'pipe-to-shell'
run "a download for a shell of a script" 'curl -fsS https://example.org/a | bash filter.sh' ''
found "in a text that kaniko left as it is" "RUN sh -c 'curl https://example.org/a | sh'" 'pipe-to-shell pipefail'
found "in a list" 'RUN ["bash", "-c", "curl https://example.org/a | sh"]' 'pipe-to-shell pipefail'
found "behind an argument with blanks" 'RUN |1 OPTS=a b /bin/bash -o pipefail -c curl https://example.org/a | sh' 'pipe-to-shell'
found "behind other letters" 'RUN /bin/bash -ce curl https://example.org/a | sh' 'pipe-to-shell pipefail'
run "a download for a shell with options of its own" 'curl -fsS https://example.org/a | bash -s -- --prefix=/etc --yes' 'pipe-to-shell'
run "with other options" 'curl -fsS https://example.org/a | sudo bash -euxo pipefail -' 'pipe-to-shell sudo'
run "by its name for a pipe" 'curl -fsS https://example.org/a | bash -e /dev/stdin x' 'pipe-to-shell'
run "a script with options of its own" 'curl -fsS https://example.org/a | bash -e install.sh -s' ''
run "a text with them" 'curl -fsS https://example.org/a | bash -ec "cat >f"' ''
run "a download in a group" '{ curl -fsS https://example.org/a; } | sh' 'pipe-to-shell'
run "in a loop" 'for i in a b; do curl -fsS https://example.org/$i; done | sh' 'pipe-to-shell'
run "a program beside a download" '(curl -fsSO https://example.org/a; python3 - <f) | tee log' ''
run "a text for eval" 'eval "curl -fsS https://example.org/a | sh"' 'pipe-to-shell'
run "between single quotes that are letters" 'echo "${x:-it'"'"'s}" && curl https://example.org/a | sh && echo "${y:-it'"'"'s}"' 'pipe-to-shell'
run "one such quote ends nothing" 'echo "${x:-it'"'"'s}" && true' ''
run "without certificates" 'wget --no-check-certificate https://example.org/a' 'unverified'
run "a short option that is another" 'curl -fsSL --keepalive-time 5 https://example.org/a' ''
run "an update for an install" 'apt-get update || apt-get update; apt-get install -y --no-install-recommends a=1' ''
run "a package file, a release, an expansion" 'apt-get install --no-install-recommends -y ./a.deb b/stable $C "d=$V"' ''
run "constraints of apk" "apk add --no-cache -t .deps -X https://example.org/r 'a>1' b~=2 c@edge=1" ''
run "groups and files of rpm" 'dnf install -y --setopt=tsflags=nodocs @core ./a.rpm b-1.2-3.el9 && zypper -n install c=1' ''
run "requirements of pip" 'pip3 install --no-cache-dir -r req.txt -c con.txt flask && pip install . ./wheel.whl a==1 git+https://example.org/b@v1' ''
run "pip without a version" 'pip3.11 install --upgrade pip' 'pip-unversioned'
run "lock files of npm" 'npm ci && npm install && npm install ./local a@1.2 && yarn global add b' 'npm-unversioned'
run "archives, ranges and commits of npm" 'npm install a.tar b.tar.gz @c/d@">=0.1.0" git+https://example.org/e.git#v1 git://example.org/f#0123' ''
run "a repository for npm without a commit" 'npm install git+ssh://git@example.org/a.git' 'npm-unversioned'
run "a repository for pip without a commit" 'pip install git+https://example.org/a.git#egg=a' 'pip-unversioned'
run "whoever may read it" 'pip install git+ssh://git@example.org/a.git@v1 hg+https://example.org/b@1 --root-user-action ignore c==1' ''
run "pipx" 'pipx install a' 'pip-unversioned'
run "options behind the gems" 'gem install a:1 -- --use-system-libraries true' ''
run "a module without its stream" 'dnf module install -y tomcat' 'rpm-unversioned'
run "with it" 'dnf module install -y tomcat:9 && dnf module enable -y nodejs' ''
found "what a child installs" 'ONBUILD RUN apk add --no-cache a' 'apk-unversioned'
found "a child has a shell of its own" 'ONBUILD RUN a | b' ''
found "another shell's pipes" 'RUN pwsh -c Get-Variable A | Select-Object B' ''
found "a compressed file may be an archive" 'ADD a.xz b.tlz c.zst / # buildkit' ''
found "a directory in quotes" "WORKDIR '/srv'" ''
found "and one of a variable" 'WORKDIR "$HOME/app"' ''
run "versions of gem" 'gem install a:1 && gem install b --version 2' ''
run "modes" 'chmod 755 a && chmod 1777 b && chmod +w c && chmod u=rwx,go=rx d && chmod g+w e' ''
run "open modes" 'chmod 0666 a' 'open-mode'
run "open modes in letters" 'chmod o=rw a' 'open-mode'
found "a pipe in a careful shell" 'RUN /bin/sh -c set -o pipefail; a | b # buildkit' ''
found "a directory of Windows" 'WORKDIR C:\app' ''
found "of a variable" 'WORKDIR $HOME/app' ''
run "a high id without a log" 'useradd -l -u 1000650000 app' ''

# Another address is another finding, and so are other arguments of what is not verified.
settings() { # CHECK STEP
	image "$2"
	"$plimsoll" check --policy p.yaml --output json oci:image.oci 2>err | jq -r --arg rule "history/$1" '.findings[] | select(.rule == $rule).evidence.setting'
}
check "the setting of a pipe" 'curl -fsS https://example.org/a | sh' "$(settings pipe-to-shell 'RUN /bin/sh -c curl -fsS https://example.org/a | sudo sh -')"
check "of a substitution" 'sh $(curl -fsS https://example.org/a)' "$(settings pipe-to-shell 'RUN /bin/sh -c sh -c "$(curl -fsS https://example.org/a)"')"
check "of what is not verified" 'curl -k -o a https://example.org/a' "$(settings unverified 'RUN /bin/sh -c curl -k -o a https://example.org/a')"
"$plimsoll" check --policy p.yaml --output json oci:image.oci >known.json 2>err
image 'RUN /bin/sh -c curl -k -o a https://example.net/a'
check "a known one knows no other" "history/unverified" "$("$plimsoll" check --since known.json --policy p.yaml --output json oci:image.oci 2>err | jq -r '.findings[] | select(.known | not).rule')"

exit $failed
