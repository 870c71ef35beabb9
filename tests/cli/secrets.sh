#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Secrets in every layer, in settings and history: found once, with their place, masked everywhere; placeholders and examples are none.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
PYTHONPATH=$root/tests/cases/hostile python3 - <<'P'
import pathlib, zlib
from parts import Layer, config_of, directory, entry, layout_of, tar

def base62(n):
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    text = ""
    for _ in range(6):
        n, digit = divmod(n, 62)
        text = digits[digit] + text
    return text

def github(body):
    return "ghp" + "_" + body + base62(zlib.crc32(body.encode()))

def gitlab(body):
    return "glpat" + "-" + body

one, two, three = github("aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0"), gitlab("aB3dE5fG7hJ9kL1mN2pQ"), gitlab("zY9xW8vU7tS6rQ5pO4nM")
label, argument, command = gitlab("kK1jJ2hH3gG4fF5dD6sS"), gitlab("qQ1wW2eE3rR4tT5yY6uU"), gitlab("mM1nN2bB3vV4cC5xX6zZ")
wrong = one[:-1] + ("x" if one[-1] != "x" else "y")
key = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEAv1zT0yF0Zk3pQh5bXh0XyQ\n-----END RSA " + "PRIVATE KEY-----\n"
pathlib.Path("secrets").write_text("\n".join([one, two, three, label, argument, command, "hunter2-test-only", "s3cr3t-pw", "MIIEpAIBAAKCAQEA", "dXNlcjpodW50ZXIy"]))
# Around the edges of pieces, whatever their size.
filler = "x" * 99 + "\n"
large = filler * 655 + "\n" + " " * 30 + two + "\n" + filler * 2000 + three + "\n"
noise = """password = ${DB_PASSWORD}
password = changeme
password: <your password>
# password = hunter3-test-only
password_file = /run/secrets/db
password = ""
token = {{ token }}
sha256: 9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015
url = https://user:${PASSWORD}@example.org/
""" + wrong + "\n"
lower = tar(directory("srv/"), entry("srv/kept.py", f"import os\nTOKEN = '{one}'\n"), entry("srv/removed.txt", f"x\ny {two}\n"),
            entry("srv/replaced.env", "DB_PASSWORD=hunter2-test-only\n"), directory("root/"), directory("root/.ssh/"), entry("root/.ssh/id_rsa", key),
            directory("root/.docker/"), entry("root/.docker/config.json", '{"auths": {"r.example.org": {"auth": "dXNlcjpodW50ZXIy"}}}'),
            entry("srv/large.txt", large), entry("srv/binary", b"\0" + one.encode()), entry("srv/too-large.txt", filler * 11000 + one),
            directory("etc/"), entry("etc/app.conf", "db = postgres://app:s3cr3t-pw@db.internal/app\n"), entry("etc/noise.conf", noise),
            entry("srv/example.txt", "AKIA" + "IOSFODNN7EXAMPLE\n"), entry("srv/prose.txt", "password = hunter2-test-only\n"))
upper = tar(entry("srv/.wh.removed.txt"), entry("srv/replaced.env", "DB_PASSWORD=\n"), entry("root/.ssh/.wh.id_rsa"))
layers = [Layer(lower), Layer(upper)]
layout_of(layers, config_of(layers, config={
    "Env": ["PATH=/usr/bin", "SERVICE=" + three, "DB_PASSWORD=hunter2-test-only", "AWS_ACCESS_KEY_ID=AKIA" + "IOSFODNN7EXAMPLE", "DB_PASSWORD_FILE=/run/secrets/db"],
    "Labels": {"note": "built with " + label}, "Cmd": ["/usr/bin/app", "--token", command]},
    history=[{"created_by": f"RUN |1 NPM_TOKEN={argument} /bin/sh -c npm ci && echo {argument} # buildkit"},
             {"created_by": f"ENV SERVICE={three} DB_PASSWORD=hunter2-test-only", "empty_layer": True}, {"created_by": "COPY . /srv # buildkit"}])).write(pathlib.Path("secrets.oci"))
P
ask() { "$plimsoll" query --output csv "$@" 2>&1 | tr -d '"\r'; }
for run in cold warm; do
	check "$run: in the files of all layers" "path,rule,line,column,layer,state,excerpt,example
/etc/app.conf,url-password,1,21,0,final,****,0
/root/.docker/config.json,docker-auth,1,39,0,final,****,0
/root/.ssh/id_rsa,private-key,1,1,0,removed,MIIE****,0
/srv/example.txt,aws-access-key-id,1,1,0,final,AKIA****,1
/srv/kept.py,github-token,2,10,0,final,ghp_****,0
/srv/large.txt,gitlab-token,657,31,0,final,glpa****,0
/srv/large.txt,gitlab-token,2658,1,0,final,glpa****,0
/srv/removed.txt,gitlab-token,2,3,0,removed,glpa****,0
/srv/replaced.env,password-setting,1,13,0,removed,****,0" "$(ask oci:secrets.oci 'SELECT path, rule, line, "column", layer, state, excerpt, example FROM secret WHERE path IS NOT NULL ORDER BY path, line')"
	check "$run: in settings, and once" "setting,rule,layer,state,excerpt
command:Cmd,gitlab-token,,command,glpa****
env:AWS_ACCESS_KEY_ID,aws-access-key-id,,environment,AKIA****
env:DB_PASSWORD,password-setting,,environment,****
env:SERVICE,gitlab-token,,environment,glpa****
history:0,gitlab-token,0,history,glpa****
history:0,gitlab-token,0,history,glpa****
label:note,gitlab-token,,label,glpa****" "$(ask oci:secrets.oci "SELECT setting, rule, layer, state, excerpt FROM secret WHERE path IS NULL ORDER BY setting")"
done
check "a key file's own table and the rule are one row" "kind,detail,rule,shown
credential,docker,docker-auth,1
private_key,rsa,private-key,0" "$(ask oci:secrets.oci "SELECT kind, detail, rule, shown FROM secret WHERE path LIKE '/root/%' ORDER BY kind")"
check "an instruction is shown without its secrets" "instruction
RUN |1 NPM_TOKEN=glpa**** /bin/sh -c npm ci && echo glpa**** # buildkit" "$(ask oci:secrets.oci "SELECT DISTINCT instruction FROM secret WHERE layer = 0")"
cat >policy.yaml <<'Y'
plimsoll: v1
name: t
configuration: {checks: [secrets/*]}
unknown: {data_age: {over: 36500d, is: warn}}
Y
"$plimsoll" check --policy policy.yaml --output json oci:secrets.oci >verdict.json 2>err
check "each is reported once" "1
secrets/buried /root/.ssh/id_rsa
secrets/buried /srv/removed.txt
secrets/buried /srv/replaced.env
secrets/cloud-credentials /root/.docker/config.json
secrets/environment command:Cmd
secrets/environment env:SERVICE
secrets/environment label:note
secrets/history history:0
secrets/history history:0
secrets/passwords /etc/app.conf
secrets/tokens /srv/kept.py
secrets/tokens /srv/large.txt
secrets/tokens /srv/large.txt" "$?
$(jq -r '.findings[] | "\(.rule) \(.evidence.path // .evidence.setting)"' verdict.json | sort)"
for format in text sarif html markdown json; do "$plimsoll" check --policy policy.yaml --output $format=report.$format oci:secrets.oci >/dev/null 2>>err; done
ask oci:secrets.oci "SELECT * FROM secret" >table.csv
ask oci:secrets.oci "SELECT instruction FROM layer" >>table.csv
check "no report, no table and nothing that is kept has one" "" "$(grep -rlFf secrets verdict.json report.* table.csv err cache state 2>/dev/null)"
mkdir -p tree/srv && cp /dev/null tree/srv/empty && printf 'TOKEN = "%s-%s"\n' glpat aB3dE5fG7hJ9kL1mN2pQ >tree/srv/app.py
check "of a tree" "path,layer,state,instruction
/srv/app.py,,final," "$(ask rootfs:tree "SELECT path, layer, state, instruction FROM secret")"
python3 - <<'P'
import pathlib
pathlib.Path("tree/srv/many").write_text("".join("AKIA" + "Q3EGRIS2N5VUTL%c%c\n" % (65 + i // 26, 65 + i % 26) for i in range(600)))
P
check "no more than a limit of one file" "100" "$(ask --limit SECRET_FILE_COUNT=100 rootfs:tree "SELECT count(*) FROM secret WHERE path = '/srv/many'" | tail -1)"
"$plimsoll" check --policy policy.yaml --limit SECRET_FILE_COUNT=100 --output json rootfs:tree >verdict.json 2>err
check "... which is told" "limit /srv/many" "$(jq -r '.unknown[] | select(.reason | contains("SECRET_FILE_COUNT")) | "\(.kind) \(.subject)"' verdict.json)"
check "... and kept content has none" "content
db = postgres://app:*********@db.internal/app|" "$(ask oci:secrets.oci "SELECT replace(content, char(10), '|') AS content FROM config_file WHERE path = '/etc/app.conf'")"
check "nor of one layer" "150" "$(ask --limit SECRET_COUNT=150 rootfs:tree "SELECT count(*) FROM secret" | tail -1)"
mkdir level; { head -c 5000 /dev/zero; printf '%s\n' "-----BEGIN RSA ""PRIVATE KEY-----" MIIEpAIBAAKCAQEAv1zT0yF0Zk3pQh5bXh0XyQMIIEpAIBAAKCAQEAv1zT0yF0Zk "-----END RSA ""PRIVATE KEY-----"; } >level/image.bin
check "binary files are searched at the level full" "standard 0 full 1" "$(for level in standard full; do echo "$level $("$plimsoll" query --level $level --output json rootfs:level "SELECT * FROM secret" 2>/dev/null | jq length)"; done | tr '\n' ' ' | sed 's/ $//')"
check "there are two levels" "plimsoll query: --level is standard or full" "$("$plimsoll" query --level most rootfs:level "SELECT 1" 2>&1 | head -1)"

# UTF-16, of either order; also what only begins like it.  A text that is too long is counted, and not kept with its secrets.
mkdir -p wide/etc
key=$(sed 1q level/image.bin | tr -d '\0'; sed 1d level/image.bin)
{ printf '\xff\xfe'; printf 'one\n%s\n' "$key" | iconv -t UTF-16LE; } >wide/le.txt
{ printf '\xfe\xff'; { yes line | head -n 2000; echo "$key"; } | iconv -t UTF-16BE; } >wide/be.txt
{ printf '\xff\xfe\0\1'; head -c 5000 /dev/zero; echo "$key"; } >wide/no-text
{ yes '# line' | head -c 1100000; echo "$key"; } >wide/etc/long.conf
check "UTF-16" "/be.txt,2001,1,20002
/le.txt,2,1,10
/no-text,1,5005,5004" "$("$plimsoll" query --output csv rootfs:wide 'SELECT path, line, "column", "offset" FROM secret_row ORDER BY path' 2>/dev/null | tail -n +2 | tr -d '"\r')"
printf 'plimsoll: v1\nname: t\nconfiguration: {checks: [secrets/*]}\n' >levels.yaml
for level in standard full; do
	check "a verdict has its level, and what it did not search: $level" "$([ $level = full ] && echo '["full",0,4]' || echo '["standard",1,3]')" \
		"$("$plimsoll" check --level $level --policy levels.yaml --output json rootfs:wide 2>/dev/null | jq -c '[.level, .inventory.unsearched_files, (.findings | length)]')"
done
check "a text that is too long is not kept" "/etc/long.conf,too_large" "$("$plimsoll" query --output csv rootfs:wide 'SELECT path, state FROM config_file' 2>/dev/null | tail -n +2 | tr -d '"\r')"

# An instruction with more secrets than can be told is not shown at all, nor does a token show the password around it.
python3 - >flood.json <<'P'
import json
token = lambda i: "AK" + "IA" + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(i * 7 + k * k * 11 + i // 32 * k) % 32] for k in range(16))
inner = "sk" + "_live_" + "9fK2mQ7xWz4LrT8bVn3d"
print(json.dumps({"history": [{"created_by": "RUN echo " + " ".join(token(i) for i in range(1500))},
                              {"created_by": "RUN app --password=before." + inner + ".behind99"}]}))
P
mkdir -p a b && "$root/tools/oci-image" flood.oci flood.json a b >/dev/null
shown=$("$plimsoll" query --output csv oci:flood.oci "SELECT instruction FROM layer" 2>/dev/null)
check "what was not searched, and what stands around a token, is not shown" "0 0" "$(grep -c 'AKIA[A-Z2-7]' <<<"$shown") $(grep -c 'before\|behind' <<<"$shown")"
mkdir -p rows/home/a && seq 60000 | sed 's/.*/machine m login u password p&x/' >rows/home/a/.netrc
check "a file of very many credentials" 60000 "$(timeout 10 "$plimsoll" query --no-cache --output csv rootfs:rows "SELECT count(*) FROM secret" 2>/dev/null | tail -n 1 | tr -d '\r')"
exit $failed
