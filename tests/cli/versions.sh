#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tests/cases/version/SCHEME.tsv: A, B and the answer; then random pairs beside the package manager's own tool, where it is here.
set -u
plimsoll=$1
cases=$(cd "$(dirname "$0")/../cases/version" && pwd)
failed=0
for scheme in dpkg apk rpm; do
	while IFS=$'\t' read -r a b wanted; do
		got=$(printf '%s\t%s\n' "$a" "$b" | "$plimsoll" version compare $scheme)
		case $got in error*) got=error ;; esac
		[ "$got" = "$wanted" ] && continue
		echo "not ok $scheme $a $b: '$got', wanted '$wanted'"
		failed=1
	done <"$cases/$scheme.tsv"
	echo "$scheme: $(wc -l <"$cases/$scheme.tsv") cases"
done
status=0
"$plimsoll" version compare dpkg a 1 >/dev/null 2>&1 || status=$?
[ $status = 3 ] || { echo "not ok a refused version exits 3, not $status"; failed=1; }
python3 - "$plimsoll" <<'P' || failed=1
import random, shutil, subprocess, sys
random.seed(7)

def mutated(text, letters):
    where = random.randrange(len(text))
    return text[:where] + random.choice(letters) + text[where + random.randint(0, 1):]

def ours(scheme, pairs):
    lines = "".join(f"{a}\t{b}\n" for a, b in pairs)
    return subprocess.run([sys.argv[1], "version", "compare", scheme], input=lines, capture_output=True, text=True).stdout.splitlines()

def judge(scheme, pairs, wanted):
    wrong = [(pair, got, want) for pair, got, want in zip(pairs, ours(scheme, pairs), wanted) if got != want]
    print(f"{scheme}: {len(pairs)} random pairs, {len(wrong)} differ from its own tool", wrong[:5])
    return bool(wrong)

failed = False
if shutil.which("rpm"):
    letters = "0123.~^ab_+-"
    first = ["".join(random.choice(letters) for _ in range(random.randint(1, 7))) for _ in range(20000)]
    pairs = [(a, mutated(a, letters)) for a in first]
    wanted = []
    for at in range(0, len(pairs), 1000):
        lua = "".join(f'print(rpm.vercmp("{a}","{b}").." ")' for a, b in pairs[at:at + 1000])
        text = subprocess.run(["rpm", "--eval", "%{lua:" + lua + "}"], capture_output=True, text=True).stdout
        wanted += [{"-1": "<", "0": "=", "1": ">"}[word] for word in text.split()]
    failed |= judge("rpm", pairs, wanted)
if shutil.which("dpkg"):
    letters = "0123459.-+~:abAZ"
    first = [random.choice("0123459") + "".join(random.choice(letters) for _ in range(random.randint(0, 7))) for _ in range(600)]
    pairs, wanted = [], []
    def dpkg(*words):
        return subprocess.run(["dpkg", *words], capture_output=True).returncode == 0
    for a in first:
        b = mutated(a, letters)
        if dpkg("--validate-version", a) and dpkg("--validate-version", b):
            pairs.append((a, b))
            wanted.append("<" if dpkg("--compare-versions", a, "lt", b) else "=" if dpkg("--compare-versions", a, "eq", b) else ">")
    failed |= judge("dpkg", pairs, wanted)
sys.exit(failed)
P
exit $failed
