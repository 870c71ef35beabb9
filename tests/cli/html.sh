#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The HTML report as a browser takes it apart: one file that needs nothing else, whose policy lets nothing run but its own script; whatever an
# image says is text; each finding, unknown and exception is an item that the filters know; colours that can be told apart.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
"$root/tests/cases/reports/make"
"$plimsoll" db build --from feeds --output a.db >build.txt || cat build.txt
judge() { "$plimsoll" check --policy policy.yaml --db a.db --at 2026-06-01 --output html="$1.html" --output json="$1.json" "oci:$1.oci"; }
for image in image two layers; do judge $image; done

cat >page.py <<'P'
"""What is in a page: `wrong` names everything that may not be there."""
import base64, hashlib, html.parser, re
VOID = {"meta", "input", "br"}

class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.open, self.wrong, self.count, self.ids, self.links, self.items, self.raw = [], [], {}, [], [], [], {}
        self.text = self.policy = ""
        self.labelled = 0
        self.feed(open(path, encoding="utf-8", newline="").read())
        self.close()
        if self.open:
            self.wrong.append(f"left open: {self.open}")
        self.judge()

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        self.count[tag] = self.count.get(tag, 0) + 1
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name.startswith("on") or name in ("style", "src", "srcset", "action", "formaction", "background", "data"):
                self.wrong.append(f"{tag} {name}={value}")
            if name == "href":
                self.links.append(value)
                if not value.startswith("#") and a.get("rel") != "noopener noreferrer":
                    self.wrong.append(f"a link that tells whence it comes: {value}")
        if tag in ("select", "input") and "label" not in self.open:
            self.wrong.append(f"{tag} without a label")
        if tag == "th" and "scope" not in a:
            self.wrong.append("th without a scope")
        if a.get("id"):
            self.ids.append(a["id"])
        if "item" in a.get("class", "").split():
            self.items.append({key[5:]: value for key, value in a.items() if key.startswith("data-")})
        if a.get("http-equiv") == "Content-Security-Policy":
            self.policy = a["content"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            self.raw[self.open[-1]] = self.raw.get(self.open[-1], "") + data
        else:
            self.text += data

    def judge(self):
        digest = lambda name: "'sha256-" + base64.b64encode(hashlib.sha256(self.raw[name].encode()).digest()).decode() + "'"
        wanted = f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {digest('style')}" + (f"; script-src {digest('script')}" if "script" in self.raw else "")
        if self.policy != wanted:
            self.wrong.append(f"policy: {self.policy}, not {wanted}")
        if self.count.get("script", 0) != ("script" in self.raw) or self.count["style"] != 1:
            self.wrong.append("more scripts or styles than its own")
        if set(self.count) & {"img", "link", "iframe", "object", "embed", "base", "video", "audio", "b", "i"}:
            self.wrong.append(f"elements of others: {sorted(self.count)}")
        if re.search(r"url\(|@import|https?:", self.raw["style"]) or re.search(r"fetch|XMLHttp|import\b|innerHTML|eval|https?:", self.raw.get("script", "")):
            self.wrong.append("style or script reach outside")
        if len(set(self.ids)) != len(self.ids):
            self.wrong.append("an id twice")
        for link in self.links:
            if link.startswith("#") and link[1:] not in self.ids or not re.match("#|https?://", link):
                self.wrong.append(f"a link to nowhere: {link}")
P
ask() { python3 -c "import json, sys; sys.path.insert(0, '.'); from page import Page; page, verdict = Page('$1.html'), json.load(open('$1.json')); $2"; }

for image in image two layers; do
	check "$image: one page that needs nothing else" "" "$(ask $image 'print("\n".join(page.wrong), end="")')"
	check "$image: an item for each finding, unknown and exception" yes "$(ask $image '
of = lambda key: [x for v in verdict.get("images", [verdict]) for x in v[key]]
wanted = [(f["area"], f["severity"], f["action"], f["evidence"].get("layer")) for f in of("findings")]
wanted += [(u["area"], None, u["action"], u.get("layer")) for u in of("unknown")]
wanted += [(w["finding"]["area"], w["finding"]["severity"], None, None) for w in of("waived")]
got = [(i["area"], i.get("severity"), i.get("action"), int(i["layer"]) if "layer" in i else None) for i in page.items]
key = lambda row: [str(x) for x in row]
print("yes" if sorted(wanted, key=key) == sorted(got, key=key) and len(got) > 3 else (wanted, got))')"
	check "$image: it says who judged what by what" "" "$(ask $image '
for v in verdict.get("images", [verdict]):
    for said in (v["policy"]["digest"], v["data"]["digest"], v["subject"]["manifest"], v["subject"]["config"], v["evaluated_at"], "plimsoll " + v["tool"]["version"], v["data"]["feeds"][0]["name"]):
        if said not in page.text:
            print(said)')"
done
check "names of an image are text, each whole" "" "$(ask image '
def shown(text):
    unseen = lambda c: ord(c) in (0x61c, 0x200b, 0x200e, 0x200f, 0xfeff) or 0x2028 <= ord(c) <= 0x202e or 0x2066 <= ord(c) <= 0x2069
    escaped = lambda c: "".join("\\x%02x" % byte for byte in c.encode())
    return "".join(escaped(c) if ord(c) < 32 or 126 < ord(c) < 160 or unseen(c) else c for c in text)
for f in verdict["findings"]:
    for part in f["evidence"].get("path", ""), f["title"], f.get("message", ""):
        if shown(part) not in page.text:
            print("lost:", shown(part))')"
check "(one of them would be a script)" 1 "$(jq -r '[.findings[].evidence.path | strings | select(contains("</script><script>"))] | length' image.json)"
check "exceptions: used, unused, expired" "r <b> & \"q\" | unused expired" "$(ask image 'print(*[word for word in ("r <b> & \"q\" |", "unused", "expired") if word in page.text])')"
check "two images: each has its section, and the way to it" "title-0 title-1 #image-0 #image-1" "$(ask two 'print(*[i for i in page.ids if i.startswith("title-")], *[l for l in page.links if l.startswith("#image-")])')"
check "layers: each instruction, and what was found in it" "FROM RUN <script>alert(1)</script> RUN rm gone 1 critical 2 high 10.0 KiB" "$(ask layers 'print(*[word for word in ("FROM", "RUN <script>alert(1)</script>", "RUN rm gone", "1 critical", "2 high", "10.0 KiB") if word in page.text])')"
check "a vulnerability with its reference" "https://advisories.example.org/1" "$(ask layers 'print(*[l for l in page.links if not l.startswith("#")])')"
check "without a base nobody is told apart" "whose" "$(grep -o 'rect class="[a-z]*"' layers.html | cut -d'"' -f2 | sort -u)"
"$plimsoll" base add --file base.json --name b --date 2026-05-01 oci:base.oci >base.txt 2>&1 || cat base.txt
{ cat policy.yaml; echo 'base_image: {approved: [{name: b, generations: base.json}]}'; } >based.yaml
"$plimsoll" check --policy based.yaml --db a.db --at 2026-06-01 --output html=based.html --output json=based.json oci:layers.oci
check "with one they are: layers" "base application application" "$(grep 'class="whole"' based.html | grep -o 'rect class="[a-z]*"' | cut -d'"' -f2 | xargs)"
check "and what was found" "$(jq -r '.findings[].evidence.origin' based.json | sort | uniq -c)" "$(ask based 'print(*sorted(str(i.get("origin", "null")) for i in page.items if "severity" in i and "action" in i), sep="\n")' | uniq -c)"
check "a tree has no layers" 0 "$("$plimsoll" check --policy metadata.yaml --output html rootfs:tree | grep -c 'class="layers"')"
for try in "nothing.yaml oci:image.oci not set" "metadata.yaml rootfs:tree out of scope"; do
	read -r policy target words <<<"$try"
	check "$words: it does not look clean" "1 0" "$("$plimsoll" check --policy $policy --output html=n.html $target; grep -c "<title>$words: " n.html) $(grep -c 'PASS\|word pass' n.html)"
done

# Checks by images: no script at all, and whatever an image says is text there too, in cells' titles as well.
"$plimsoll" convert --output matrix-html=matrix.html two.json image.json layers.json; cp two.json matrix.json
check "a matrix is one page that needs nothing else" " 0" "$(ask matrix 'print("\n".join(page.wrong), page.count.get("script", 0))')"

# WCAG's ratio of the luminances, 4.5 for text and 3 for what is no text, on the page and on its panels, in each colour scheme and on paper.
check "colours can be told apart" "" "$(python3 - "$root/src/report/html/style.css" <<'P'
import re, sys
def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(w * (c / 12.92 if c <= .04045 else ((c + .055) / 1.055) ** 2.4) for w, c in zip((.2126, .7152, .0722), parts))
def ratio(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + .05) / (low + .05)
schemes = [dict(re.findall(r"--(\w+): (#\w{6});", block)) for block in re.findall(r":root \{(.*?)\}", open(sys.argv[1]).read(), re.S)]
for number, scheme in enumerate(schemes):
    for least, names in (4.5, ("text", "quiet", "link", "fail", "unknown", "pass")), (3, ("base", "application", "whose")):
        for name in names:
            for ground in "page", "panel":
                if ratio(scheme[name], scheme[ground]) < least:
                    print(f"scheme {number}: {name} on {ground} is {ratio(scheme[name], scheme[ground]):.2f}")
if len(schemes) != 3:
    print(f"{len(schemes)} schemes")
P
)"
exit $failed
