#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tests/cases/version/SCHEME.tsv: A, B and the answer; SCHEME.ranges.tsv and vers.SCHEME.ranges.tsv: a range, a version and the answer,
# most of them as the ecosystem's own tool gave it.  Then random pairs beside the tools that are here.
set -u
plimsoll=$1
here=$(cd "$(dirname "$0")" && pwd)
cases=$here/../cases/version
. "$here/compare.bash"
schemes="alpm apk composer conan cran dpkg gem generic gentoo go hackage hex maven npm nuget opkg pep440 pub rpm semver"

# Every line's answer beside the one that is wanted, refusals without their reason.
recorded() { # FILE SUBCOMMAND SCHEME
	local file=$1
	shift
	paste <(cut -f 1,2 "$file") <(cut -f 1,2 "$file" | "$plimsoll" version "$@" | sed 's/^error: .*/error/')
}

for scheme in $schemes; do
	check "$scheme orders as recorded" "$(cat "$cases/$scheme.tsv")" "$(recorded "$cases/$scheme.tsv" compare $scheme)"
	for ranges in "$cases/$scheme.ranges.tsv" "$cases/vers.$scheme.ranges.tsv"; do
		[ -e "$ranges" ] || continue
		check "ranges of ${ranges##*/}" "$(cat "$ranges")" "$(recorded "$ranges" satisfies $scheme)"
	done
done
check "no scheme is without cases" "" "$(ls "$cases" | sed 's/^vers\.//; s/\..*//' | sort -u | while read -r name; do case " $schemes " in *" $name "*) ;; *) echo "$name" ;; esac; done)"

said() { # ARGUMENTS...: what is printed, and the exit code
	local status=0 out
	out=$("$plimsoll" version "$@" 2>err) || status=$?
	echo "${out//$'\n'/ } $status"
}
check "a refused version exits 3" " 3" "$(said compare dpkg a 1)"
check "inside" "yes 0" "$(said satisfies npm '^1.2' 1.3.0)"
check "outside is an answer too" "no 0" "$(said satisfies npm '^1.2' 2.0.0)"
check "a range that is none" " 3" "$(said satisfies npm '^^1' 2.0.0)"
check "says why" "plimsoll version satisfies: range '^^1': no range of npm: '^^1'" "$(cat err)"
check "a version that is none" " 3" "$(said satisfies npm '^1' 2)"
check "no such scheme" " 3" "$(said satisfies cobol 1 1)"
check "a scheme alone reads lines" "yes no 0" "$(printf '>=1.0\t1.5\n<1.0\t1.5\n' | said satisfies pep440)"
check "without a tab" "error: not two texts with a tab between them 0" "$(echo 1.0 | said satisfies pep440)"
check "sorted" "1.0a1 1.0 1.0.0 1.0.post1 1.10 0" "$(said sort pep440 1.10 1.0 1.0.0 1.0.post1 1.0a1)"
check "equal ones stay in their order" "1.0.0 1.0 1 0" "$(said sort pep440 1.0.0 1.0 1)"
check "lines" "1.0~rc1 1.0 1.0-1 0" "$(printf '1.0-1\n1.0\n1.0~rc1' | said sort dpkg)"
check "nothing to sort" " 0" "$(said sort dpkg </dev/null)"
check "what is refused is named, and nothing else printed" " 3 2" "$(said sort semver 1.0.0 1.0 0.1.0 x) $(grep -c "'1.0'\|'x'" err)"

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

# Refusals count in these: what a tool does not take is "error" there and here.
def written(letters, begins="0123"):
    text = random.choice(begins) + "".join(random.choice(letters) for _ in range(random.randint(0, 6)))
    return text + random.choice(["", ".1.0", ".0.0-rc.1"])

def judge_by(scheme, letters, command, program):
    first = [written(letters) for _ in range(5000)]
    pairs = [(a, mutated(a, ["0", "1", ".", "-", "a"])) for a in first]
    lines = "".join(f"{a}\t{b}\n" for a, b in pairs)
    run = subprocess.run([*command, program], input=lines, capture_output=True, text=True)
    answers = run.stdout.split()
    if run.returncode != 0 or len(answers) != len(pairs):
        return print(f"{scheme}: its own tool does not run here")
    got = ["error" if answer.startswith("error") else answer for answer in ours(scheme, pairs)]
    wrong = [(pair, ours_, wanted) for pair, ours_, wanted in zip(pairs, got, answers) if ours_ != wanted]
    print(f"{scheme}: {len(pairs)} random pairs, {len(wrong)} differ from its own tool", wrong[:5])
    return bool(wrong)

if shutil.which("node") and shutil.which("npm"):
    failed |= bool(judge_by("npm", "0123.-ab", ["node", "-e"], """
        const root = require('child_process').execSync('npm root -g').toString().trim(), semver = require(root + '/npm/node_modules/semver')
        for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\\n')) {
            const [a, b] = line.split('\\t').map(text => semver.parse(text))
            console.log(a && b ? '<=>'[semver.compare(a, b) + 1] : 'error') }"""))
if shutil.which("ruby"):
    failed |= bool(judge_by("gem", "0123.-ab", ["ruby", "-e"], """
        STDIN.each_line(chomp: true) do |line|
          a, b = line.split("\\t").map { |text| Gem::Version.correct?(text) && Gem::Version.new(text) }
          puts a && b ? "<=>"[(a <=> b) + 1] : "error"
        end"""))
failed |= bool(judge_by("pep440", "0123.-abcdev", [sys.executable, "-c"], """
import sys
try:
    from packaging.version import Version
except ImportError:
    from pip._vendor.packaging.version import Version
for line in sys.stdin:
    try:
        a, b = map(Version, line.rstrip("\\n").split("\\t"))
        print("<" if a < b else ">" if a > b else "=")
    except ValueError:
        print("error")"""))
sys.exit(failed)
P
exit $failed
