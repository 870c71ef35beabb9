#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The shell of the pipelines in packaging/ci, taken out of their files and run as each system runs it, on images that pass, fail, cannot be told
# and are not there: none of them takes anything but a pass for one.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
python3 -c 'import yaml' 2>/dev/null && command -v git >/dev/null || { echo "this test needs git and python3-yaml"; exit 77; }
unset XDG_CACHE_HOME CI
mkdir -p one/etc one/var/lib/dpkg one/bin one/srv
printf 'ID=debian\nVERSION_ID=12\n' >one/etc/os-release
printf 'Package: telnetd\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' >one/var/lib/dpkg/status
for name in '##[set-output name=result]pass' 'a name that is so long that the line is broken behind it here ::set-output name=result::pass'; do
	touch "one/srv/$name"
	chmod 666 "one/srv/$name"
done
echo '{"User": "1000"}' >config.json
"$root/tools/oci-image" image.docker.tar config.json one
printf 'plimsoll: v1\nname: pass\ncomponents: {required: [{name: telnetd}]}\n' >pass.yaml
printf 'plimsoll: v1\nname: fail\ncomponents: {forbidden: [{name: telnetd}]}\n' >fail.yaml
printf 'plimsoll: v1\nname: unknown\nvulnerabilities: {deny: [{severity: high}]}\n' >unknown.yaml
printf 'plimsoll: v1\nname: names\nconfiguration: {checks: [{id: filesystem/world-writable-file, action: fail}]}\n' >names.yaml
cp -r "$root/advisories" feeds

# A repository whose tools/install brings the program that is tested: building it is what other tests begin with.
mkdir -p repository/tools repository/packaging/ci/github/release
cp "$root/packaging/ci/release.sh" repository/packaging/ci/
touch repository/packaging/ci/github/release/.keep
printf '#!/bin/sh\nset -e\nmkdir -p "$1/bin"\ncp "${TESTED:-%s}" "$1/bin/plimsoll"\ncp "%s/plimsoll-fetch" "%s/plimsoll-sign" "$1/bin/"\n' "$plimsoll" "$(dirname "$plimsoll")" "$(dirname "$plimsoll")" >repository/tools/install
chmod +x repository/tools/install
git -C repository init -q
git -C repository add .
git -C repository -c user.name=t -c user.email=t@example.org commit -q -m t
commit=$(git -C repository rev-parse HEAD)
printf '#!/bin/sh\n' >silent
chmod +x silent

cat >pipeline.py <<'P'
"""pipeline.py SYSTEM DIRECTORY NAME=VALUE...: runs a pipeline's shell in the directory, and prints its result, and what it said last."""
import os, pathlib, re, subprocess, sys, yaml
ci, system, place = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
given = dict(word.split("=", 1) for word in sys.argv[4:])
home = place.parent / ("home-" + system)
home.mkdir(exist_ok=True)
environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TESTED": os.environ.get("TESTED", "")}
said = []

def shell(command, script, variables):
    done = subprocess.run([*command, script], cwd=place, env={**environment, **variables}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said.extend(done.stdout.splitlines())
    return done.returncode

def commands_of(lines):
    """What GitHub's runner takes for commands, as it reads a log."""
    token = None
    for line in lines:
        command = re.match(r"\s*::([^ :]+)(?: .*?)?::(.*)", line) or re.search(r"##\[([^ \]]+)(?: .*?)?\](.*)", line)
        if not command:
            continue
        if token:
            token = None if command[1] == token else token
        elif command[1] == "stop-commands":
            token = command[2]
        else:
            yield line

def github(folder="github"):
    action = yaml.safe_load((ci / folder / "action.yml").read_text())
    values = {f"inputs.{name}": given.get(name, about.get("default")) for name, about in action["inputs"].items()}
    output, summary = place / "output", place / "summary"
    output.touch()
    values["github.token"] = "token-of-the-job"
    values.update({"github.event.pull_request.number": "1", "github.workflow": "image", "github.job": given.get("job", "gate"), "strategy.job-index": "0"})
    environment.update(RUNNER_TEMP=str(home), GITHUB_OUTPUT=str(output), GITHUB_STEP_SUMMARY=str(summary), GITHUB_REPOSITORY="acme/app", GITHUB_ACTION_PATH=given["repository"] + "/packaging/ci/" + folder)
    worst = 0
    for step in action["runs"]["steps"]:
        if "run" not in step or (worst and step.get("if", "").split(" ")[0] != "always()"):
            continue
        if "${{" in step["run"]:
            sys.exit("a value is pasted into a script")
        for line in output.read_text().splitlines():
            name, value = line.split("=", 1)
            values[f"steps.gate.outputs.{name}"] = value
        filled = {name: re.sub(r"\$\{\{ *(\S+) *\}\}", lambda m: values.get(m[1]) or "", str(value)) for name, value in step.get("env", {}).items()}
        if "token" in "".join(filled.values()) and "TARGET" in filled:
            sys.exit("the step that reads the image has a token")
        status = shell(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"], step["run"], filled)
        worst = worst or status * (not step.get("continue-on-error"))
    (place / "commands").write_text("\n".join(commands_of(said)))
    return worst

def gitlab():
    head, body = (ci / "gitlab/plimsoll.yml").read_text().split("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    values = {name: given.get(name, about.get("default")) for name, about in inputs.items()}
    if any(not re.search(about["regex"].removesuffix("$") + r"\Z", values[name]) for name, about in inputs.items() if about and "regex" in about):
        return "refused"
    jobs = yaml.safe_load(re.sub(r"\$\[\[ *inputs\.(\S+) *\]\]", lambda m: str(values[m[1]]), body))
    job = jobs["plimsoll"]
    variables = {**job.get("variables", {}), **{name.removeprefix("set."): value for name, value in given.items() if name.startswith("set.")}}
    status = shell(["bash", "-eo", "pipefail", "-c"], "\n".join(job["before_script"] + job["script"]), {name: str(value or "") for name, value in variables.items()})
    if "verdict" in given:
        missing = [path for path in job["artifacts"]["reports"].values() if not (place / path).exists()]
        said.extend(f"no {path}" for path in missing)
        if (place / "plimsoll-reports/comment.md").exists():
            shell(["bash", "-eo", "pipefail", "-c"], jobs["plimsoll-comment"]["script"][0],
                  {"PATH": given["fakes"] + ":" + os.environ["PATH"], "PLIMSOLL_COMMENT_TOKEN": "t", "CI_API_V4_URL": "https://example.org", "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_IID": "2"})
    return status

def jenkins():
    text = (ci / "jenkins/Jenkinsfile").read_text()
    values = {name: given.get(name, default or "") for name, default in re.findall(r"string\(name: '(\w+)'(?:, defaultValue: '([^']*)')?", text)}
    install, gate, release = [script.replace("\\\\", "\\") for script in re.findall(r"'''(.*?)'''", text, re.S)]
    if "secrets" in given:
        return shell(["sh", "-ec"], release, {**values, **secrets()})
    status = shell(["sh", "-ec"], install, values) or shell(["sh", "-ec"], gate, values)
    cases = dict(re.findall(r"case (\d):\s+(echo|error)", text[text.index("switch (status)"):]))
    return (cases.get(str(status), "error") == "error") * (status or 1)

def tekton():
    task = yaml.safe_load((ci / "tekton/task.yaml").read_text())["spec"]
    values = {f"params.{about['name']}": given.get(about["name"], about.get("default")) for about in task["params"]}
    values.update({"workspaces.source.path": str(place), "workspaces.cache.path": str(home), "results.result.path": str(place / "result")})
    step = task["steps"][0]
    if "$(params" in step["script"] or "$(workspaces" in step["script"]:
        sys.exit("a value is pasted into a script")
    filled = {about["name"]: re.sub(r"\$\(([a-z.-]+)\)", lambda m: values[m[1]], about["value"]) for about in step["env"]}
    (place / "script").write_text(step["script"])
    (place / "script").chmod(0o755)
    status = shell(["sh", "-c"], "exec ./script", filled)
    said.append("result " + (place / "result").read_text())
    return status

def secrets():
    folder = pathlib.Path(given["secrets"])
    return {"KEY": str(folder / "approve.key"), "MAY": str(folder / "approve.may.yaml"), "PLIMSOLL_KEY_PASSPHRASE": (folder / "passphrase").read_text().strip()}

def github_release():
    secret = secrets()
    given.update(key=pathlib.Path(secret["KEY"]).read_text(), may=pathlib.Path(secret["MAY"]).read_text(), passphrase=secret["PLIMSOLL_KEY_PASSPHRASE"])
    return github("github/release")

def gitlab_release():
    head, body = (ci / "gitlab/release.yml").read_text().split("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    values = {name: given.get(name, about.get("default")) for name, about in inputs.items()}
    if any(not re.search(about["regex"].removesuffix("$") + r"\Z", values[name]) for name, about in inputs.items() if about and "regex" in about):
        return "refused"
    job = yaml.safe_load(re.sub(r"\$\[\[ *inputs\.(\S+) *\]\]", lambda m: str(values[m[1]]), body))["plimsoll-release"]
    variables = {f"PLIMSOLL_{name}".replace("PLIMSOLL_PLIMSOLL", "PLIMSOLL"): value for name, value in secrets().items()}
    variables.update({name.removeprefix("set."): value for name, value in given.items() if name.startswith("set.")})
    status = shell(["bash", "-eo", "pipefail", "-c"], "\n".join(job["before_script"] + job["script"]), variables)
    shell(["bash", "-c"], "\n".join(job["after_script"]), variables)
    return status

def tekton_release():
    task = yaml.safe_load((ci / "tekton/release.yaml").read_text())["spec"]
    values = {f"params.{about['name']}": given.get(about["name"], about.get("default")) for about in task["params"]}
    values.update({"workspaces.source.path": str(place), "workspaces.key.path": given["secrets"], "workspaces.registry.path": ""})
    step = task["steps"][0]
    if "$(params" in step["script"] or "$(workspaces" in step["script"]:
        sys.exit("a value is pasted into a script")
    filled = {about["name"]: re.sub(r"\$\(([a-z.-]+)\)", lambda m: values[m[1]], about["value"]) for about in step["env"]}
    (place / "script").write_text(step["script"])
    (place / "script").chmod(0o755)
    return shell(["sh", "-c"], "exec ./script", filled)

release = {"github": github_release, "gitlab": gitlab_release, "jenkins": jenkins, "tekton": tekton_release}
status = (release if "secrets" in given else {"github": github, "gitlab": gitlab, "jenkins": jenkins, "tekton": tekton})[system]()
(place / "said").write_text("\n".join(said) + "\n")
print(status, *[line for line in said if line.startswith(("plimsoll: pass", "plimsoll: released", "result", "no "))], sep=" ")
P
mkdir fakes
printf '#!/bin/sh\necho "$@" >>%s/calls\n' "$work" >fakes/curl
cat >fakes/gh <<'P'
#!/usr/bin/env python3
"""gh api, on the comments of one pull request, which it keeps in a file."""
import json, pathlib, subprocess, sys
words, kept = sys.argv[1:], pathlib.Path(__file__).parent.parent / "comments.json"
comments = json.loads(kept.read_text()) if kept.exists() else []
after = lambda word: words[words.index(word) + 1]
if "--jq" in words:
    subprocess.run(["jq", "-r", after("--jq"), kept] if kept.exists() else ["true"], check=True)
    sys.exit()
body = pathlib.Path(after("-F").removeprefix("body=@")).read_text()
if after("--method") == "PATCH":
    next(c for c in comments if words[4] == f"repos/acme/app/issues/comments/{c['id']}")["body"] = body
elif words[4] == "repos/acme/app/issues/1/comments":
    comments.append({"id": len(comments) + 1, "user": {"login": "github-actions[bot]"}, "body": body})
kept.write_text(json.dumps(comments))
P
chmod +x fakes/*
run() { # SYSTEM NAME=VALUE...
	local system=$1 place
	shift
	place=$(mktemp -d "$work/place.XXXX")
	cp -r image.docker.tar ./*.yaml feeds "$place"
	PATH=$work/fakes:$PATH python3 pipeline.py "$root/packaging/ci" "$system" "$place" repository="$work/repository" fakes="$work/fakes" \
		source="$work/repository" version="$commit" PLIMSOLL_SOURCE="$work/repository" PLIMSOLL_VERSION="$commit" \
		plimsoll-source="$work/repository" plimsoll-version="$commit" "$@"
	cp "$place/said" said
	[ -e "$place/plimsoll-reports/verdict.json" ] && jq -r .result "$place/plimsoll-reports/verdict.json"
	rm -rf last
	mv "$place" last
}
target=docker-archive:image.docker.tar
both() { # SYSTEM POLICY NAME=VALUE...: under the names of all systems
	local system=$1 policy=$2
	shift 2
	run "$system" policy="$policy" POLICY="$policy" target="${target}" TARGET="$target" verdict=yes "$@"
}
words() { [ "$1" = tekton ] && echo " result $2"; }
for system in github gitlab jenkins tekton; do
	pass=$([ "$system" = jenkins ] || echo " plimsoll: pass")
	check "$system: pass" "0$pass$(words $system pass)
pass" "$(both $system pass.yaml)"
	check "$system: fail" "1$(words $system fail)
fail" "$(both $system fail.yaml)"
	check "$system: cannot tell" "2$(words $system unknown)
unknown" "$(both $system unknown.yaml)"
	check "$system: no image" "3$(words $system error)" "$(target=docker-archive:nothing.tar; both $system pass.yaml | sed 's/ no plimsoll-reports.*//')"
	check "$system: a target that looks like an option" "3$(words $system error)" "$(target=--help; both $system pass.yaml | sed 's/ no plimsoll-reports.*//')"
	check "$system: a program that says 0 and leaves no verdict" "3$(words $system error)" "$(TESTED=$work/silent both $system pass.yaml | sed 's/ no plimsoll-reports.*//')"
	check "$system: no feeds" "3$(words $system error)" "$(both $system pass.yaml feeds=nothing FEEDS=nothing | sed 's/ no plimsoll-reports.*//')"
	check "$system: with feeds" "0$pass$(words $system pass)
pass" "$(both $system pass.yaml feeds=feeds FEEDS=feeds)"
	check "$system: and without the database among the reports" "comment.md verdict.json" "$(find last/plimsoll-reports -printf '%f\n' | grep -E 'verdict.json|comment.md|[.]db' | LC_ALL=C sort | paste -sd ' ')"
	check "$system: layers are kept" 1 "$(find home-$system last -path '*cache/plimsoll/layers/??/*' | wc -l)"
done
printf 'plimsoll: v1\nname: origin\norigin: {registries: [registry.example.com/**]}\ncomponents: {forbidden: [{name: telnetd}]}\n' >origin.yaml
"$plimsoll" check --policy origin.yaml --as registry.example.com/web --output json $target >old-verdict.json
mkdir old && mv old-verdict.json old/verdict.yaml
cp old/verdict.yaml verdict.yaml
for system in github gitlab jenkins tekton; do
	check "$system: where it will live, and what an older verdict had" "0 $([ $system = jenkins ] || echo 'plimsoll: pass')$(words $system pass) pass" \
		"$(both $system origin.yaml {as,AS}=registry.example.com/web {since,SINCE}=verdict.yaml | paste -sd ' ' | sed 's/^0 pass/0  pass/')"
done
run github policy=names.yaml target=$target >/dev/null
check "github: names of the image are no commands" "2 ::error::plimsoll: fail: the image may not ship" \
	"$(grep -cE '##\[set-output name=result\]pass|^ *::set-output name=result::pass' last/said) $(cat last/commands)"
run github policy=fail.yaml target=$target as=registry.example.com/team/web >/dev/null
check "github: a category of code scanning for each image, from the report alone" "plimsoll/registry.example.com/team/web/linux-amd64/ 0" \
	"$(jq -r '.runs[].automationDetails.id' last/plimsoll-reports/plimsoll.sarif) $(grep -c 'category:' "$root/packaging/ci/github/action.yml")"
check "github: a summary" 1 "$(run github policy=fail.yaml target=$target comment=true >/dev/null; grep -c 'telnetd' last/summary)"
check "gitlab: variables of others replace nothing" "1
fail" "$(both gitlab fail.yaml set.{POLICY,policy}=pass.yaml set.{FEEDS,feeds}=nothing set.{DATABASE,database}=nothing set.{TARGET,target}=docker-archive:nothing.tar set.{PLIMSOLL_SOURCE,source}=nothing \
	set.{PLIMSOLL_VERSION,version}=nothing)"
check "gitlab: a source may have variables" "0 plimsoll: pass
pass" "$(both gitlab pass.yaml set.CI_JOB_TOKEN="$work" source='/${CI_JOB_TOKEN}/repository')"
for input in target policy database feeds version source as since; do
	check "gitlab: $input cannot leave its quotes" refused "$(both gitlab pass.yaml "$input=x'; touch bad; echo 'x")"
done
check "gitlab: nor can a command be in a source" "refused refused" "$(both gitlab pass.yaml source='$(touch bad)') $(both gitlab pass.yaml source='`touch bad`')"
check "gitlab: what a shell would read otherwise is a name" "3" "$(both gitlab pass.yaml feeds='$(touch bad) `touch bad` "' | sed 's/ no plimsoll-reports.*//'; find last -name bad)"
check "gitlab: the comment" "--fail --silent --show-error --header PRIVATE-TOKEN: t --data-urlencode body@plimsoll-reports/comment.md https://example.org/projects/1/merge_requests/2/notes" \
	"$(sort -u calls)"

comments() { jq -r '.[] | "\(.id) \(.user.login | sub("[^a-z].*"; "")) \(.body | [scan("PASS|FAIL|NO VERDICT|other")] | join(" "))"' comments.json; }
gate() { # POLICY NAME=VALUE...
	local policy=$1
	shift
	run github target="$target" comment=true policy="$policy" "$@" >/dev/null
}
rm -f comments.json
gate pass.yaml
mark=$(jq -r '.[0].body | split("\n")[0]' comments.json)
check "github: a comment has a mark" 1 "$(grep -cE '^<!-- plimsoll [0-9a-f]{16} -->$' <<<"$mark")"
jq --arg mark "$mark" '. + [{id: 2, user: {login: "github-actions[bot]"}, body: "other"}, {id: 3, user: {login: "somebody"}, body: "\($mark) other"}]' comments.json >c && mv c comments.json
gate fail.yaml
check "github: its own comment is the one that changes" "1 github FAIL
2 github other
3 somebody other" "$(comments)"
gate pass.yaml job=another
gate pass.yaml
gate pass.yaml feeds=nothing
check "github: another job has another, and no verdict leaves no older one" "1 github NO VERDICT
2 github other
3 somebody other
4 github PASS" "$(comments)"
for system in gitlab jenkins tekton; do
	target=docker-archive:nothing.tar both $system pass.yaml >/dev/null
	check "$system: without a verdict the comment says so" 1 "$(grep -c 'NO VERDICT' last/plimsoll-reports/comment.md)"
done
gate pass.yaml
check "an installation that fails is no pass" "1 1 1 1" "$(sed -i 's/^set -e/exit 1/' repository/tools/install; git -C repository -c user.name=t -c user.email=t@example.org commit -q -a -m f
	commit=$(git -C repository rev-parse HEAD)
	rm -rf home-*
	for system in gitlab jenkins tekton github; do both $system pass.yaml comment=true | grep -oE '^[1-9]' | sed 's/[1-9]/1/' | tr '\n' ' '; done | sed 's/ $//')"
check "github: nor does its comment say pass" "1 github NO VERDICT" "$(comments | head -n 1)"
# Release: attest, verify, promote, in the tests' registry.
git -C repository -c user.name=t -c user.email=t@example.org revert --no-edit HEAD >/dev/null
commit=$(git -C repository rev-parse HEAD)
"$root/tools/oci-image" image.oci config.json one
echo '{"User": "0"}' >root.json
"$root/tools/oci-image" root.oci root.json one
mkdir secrets
echo secret >secrets/passphrase
(cd secrets && umask 0 && "$plimsoll" key generate --passphrase-file passphrase --out approve) >out 2>&1 || cat out
"$plimsoll" key generate --passphrase-file secrets/passphrase --out other >out 2>&1 || cat out
cp secrets/approve.pub approve.pub
# As some runners lay them down.
chmod 666 secrets/approve.*
printf 'plimsoll: v1\nname: release\nmetadata: {user: {root: deny}}\n' >release.yaml
registry_start || exit 1
registry_put image.oci candidate/web:1 >digest
digest=$(cat digest)
registry_put root.oci candidate/root:1 >out
release() { # SYSTEM CANDIDATE PRODUCTION NAME=VALUE...
	local system=$1 candidate=$2 production=$3 folder
	shift 3
	for folder in "home-$system" "$work/home-$system"; do mkdir -p "$folder/.config/containers" && printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$registry_address" >"$folder/.config/containers/registries.conf"; done
	place=$(mktemp -d "$work/place.XXXX")
	cp -r ./*.yaml ./*.pub feeds "$place"
	python3 pipeline.py "$root/packaging/ci" "$system" "$place" repository="$work/repository" secrets="$work/secrets" policy=release.yaml POLICY=release.yaml \
		{candidate,CANDIDATE}="$registry_address/$candidate" {production,PRODUCTION}="${production:+$registry_address/$production}" \
		source="$work/repository" version="$commit" PLIMSOLL_SOURCE="$work/repository" PLIMSOLL_VERSION="$commit" plimsoll-source="$work/repository" plimsoll-version="$commit" "$@"
	cp "$place/said" said
	rm -rf last
	mv "$place" last
}
tags() { curl -s "http://$registry_address/v2/$1/tags/list" | jq -r '.tags // [] | length'; }
authorised() { "$plimsoll" verify --plain-http "$registry_address" --key approve.pub --policy release.yaml "docker://$registry_address/$1" >out 2>&1; echo $?; }
for system in github gitlab jenkins tekton; do
	check "$system: released" "0 plimsoll: released $registry_address/prod/$system@$digest" "$(release $system candidate/web:1 prod/$system:1)"
	check "$system: and authorised there" "0 0" "$(authorised candidate/web:1) $(authorised prod/$system:1)"
	check "$system: its log is kept, and whole" "0 signature verdict " "$("$plimsoll" log verify --log last/plimsoll-release/log >out 2>&1; echo $?) $("$plimsoll" log export --log last/plimsoll-release/log --output json | jq -r '.. | objects | select(has("kind")) | .kind' | grep -E '^(signature|verdict)$' | sort -u | tr '\n' ' ')"
	check "$system: no key is left" "" "$(grep -rlIE 'PRIVATE KEY|^secret$' last "home-$system")"
	check "$system: nor is the passphrase in what it said" 0 "$(grep -c secret said)"
	check "$system: what fails is not" "1 0" "$(release $system candidate/root:1 prod/$system-root:1) $(tags prod/$system-root)"
	check "$system: nor what is not there" "3 0" "$(release $system candidate/nothing:1 prod/$system-none:1) $(tags prod/$system-none)"
	check "$system: nor what cannot be told" "2 0" "$(release $system candidate/web:1 prod/$system-unknown:1 policy=unknown.yaml POLICY=unknown.yaml) $(tags prod/$system-unknown)"
	check "$system: nor where the enforcers have another key" "3 0" "$(release $system candidate/web:1 prod/$system-other:1 public-key=other.pub PUBLIC_KEY=other.pub) $(tags prod/$system-other)"
	check "$system: nor with another passphrase" "3 0" "$(echo wrong >secrets/passphrase; release $system candidate/web:1 prod/$system-word:1) $(echo secret >secrets/passphrase; tags prod/$system-word)"
	check "$system: nor without one" "3" "$(: >secrets/passphrase; release $system candidate/web:1 prod/$system-word:1; echo secret >secrets/passphrase)"
	check "$system: nor where no feeds are" "3 0" "$(release $system candidate/web:1 prod/$system-feeds:1 feeds=nothing FEEDS=nothing) $(tags prod/$system-feeds)"
	check "$system: nor with what leaves no verdict" "3 0" "$(TESTED=$work/silent release $system candidate/web:1 prod/$system-silent:1) $(tags prod/$system-silent)"
	check "$system: signed and not promoted" "0 plimsoll: released $registry_address/candidate/web@$digest" "$(release $system candidate/web:1 "")"
done
check "gitlab: a candidate may have variables, and credentials come from GitLab's own" "0 plimsoll: released $registry_address/prod/own@$digest" \
	"$(release gitlab x prod/own:1 candidate='${CI_REGISTRY_IMAGE}/web:1' set.CI_REGISTRY="$registry_address" set.CI_REGISTRY_IMAGE="$registry_address/candidate" set.CI_REGISTRY_USER=joe set.CI_REGISTRY_PASSWORD=pass)"
check "gitlab: which do not stay" "" "$(find last -name auth.json)"
# As the guide makes the key: for one policy, in some repositories.
(cd secrets && rm approve.* && "$plimsoll" key generate --passphrase-file passphrase --out approve --policy "$("$plimsoll" policy lint ../release.yaml | grep -o 'sha256:[0-9a-f]*')" --repository "$registry_address/candidate/*" \
	--repository "$registry_address/bound/*" --until 2999-12-31) >out 2>&1 || cat out
cp secrets/approve.pub approve.pub
check "a key that is bound" "0 plimsoll: released $registry_address/bound/web@$digest" "$(release tekton candidate/web:1 bound/web:1)"
check "does not sign by another policy" "3 0" "$(release tekton candidate/web:1 bound/other:1 policy=pass.yaml) $(tags bound/other)"
check "nor for another repository" "3 0" "$(release tekton candidate/web:1 elsewhere/bound:1) $(tags elsewhere/bound)"
for input in candidate production policy database feeds version source public-key; do
	check "gitlab: release: $input cannot leave its quotes" refused "$(release gitlab candidate/web:1 prod/x:1 "$input=x'; touch bad; echo 'x" | head -n 1)"
done
for input in candidate production source; do check "gitlab: release: nor can a command be in $input" "refused refused" "$(release gitlab candidate/web:1 prod/x:1 "$input=\$(touch bad)") $(release gitlab candidate/web:1 prod/x:1 "$input=\`touch bad\`")"; done

# Which jobs GitLab puts into which pipelines of the example: what a job needs has to be in each pipeline that the job is in.
cat >rules.py <<'P'
import pathlib, re, sys, yaml
ci = pathlib.Path(sys.argv[1])
example = yaml.safe_load((ci / "gitlab/example.yml").read_text())
jobs = example
for name in ("plimsoll", "release"):
    jobs = {**yaml.safe_load(re.sub(r"\$\[\[.*?\]\]", "x", (ci / f"gitlab/{name}.yml").read_text().split("\n---\n")[1])), **jobs}
jobs = {name: job for name, job in jobs.items() if isinstance(job, dict) and "script" in job}
merge = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "1", "CI_OPEN_MERGE_REQUESTS": "acme/app!1"}
pipelines = {"merge request": merge, "branch": {"CI_COMMIT_BRANCH": "topic"}, "its branch": {"CI_COMMIT_BRANCH": "topic", "CI_OPEN_MERGE_REQUESTS": "acme/app!1"},
             "main": {"CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_PROTECTED": "true"}, "main, not protected": {"CI_COMMIT_BRANCH": "main"}, "tag": {"CI_COMMIT_TAG": "v1"}}

def holds(rules, variables):
    words = {"&&": " and ", "||": " or "}
    for rule in rules:
        expression = re.sub(r"\$(\w+)", r"of('\1')", re.sub("&&|[|][|]", lambda m: words[m[0]], rule.get("if", "True")))
        if eval(expression, {"of": variables.get}):
            return rule.get("when") != "never"
    return False

for kind, variables in pipelines.items():
    variables = {"CI_PIPELINE_SOURCE": "push", "CI_DEFAULT_BRANCH": "main", "PLIMSOLL_COMMENT": "true", **variables}
    runs = holds(example.get("workflow", {"rules": [{}]})["rules"], variables)
    inside = [name for name, job in jobs.items() if runs and (holds(job["rules"], variables) if "rules" in job else kind != "merge request")]
    missing = [f"{name} needs {need['job']}" for name in inside for need in jobs[name].get("needs", []) if need["job"] not in inside]
    print(kind + ":", *sorted(inside), *missing)
P
check "gitlab: a job and what it needs share a pipeline, and a push has one" "merge request: build plimsoll plimsoll-comment
branch: build plimsoll
its branch:
main: build plimsoll plimsoll-release push
main, not protected: build plimsoll
tag: build plimsoll" "$(python3 rules.py "$root/packaging/ci")"
for guide in packaging/ci/README.md README.md; do
	sed -n '/^```yaml/,/^```/p' "$root/$guide" | grep -v '^```' >guide.yaml
	check "$guide: its policy is sound" 0 "$("$plimsoll" policy lint guide.yaml >lint 2>&1; echo $?)"
done
exit $failed
