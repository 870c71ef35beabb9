#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Keys: openssl reads what is made here, and the other way round; what a key may not sign is not signed; what is signed openssl verifies;
# passphrases from file, environment and terminal; keys in a token.
set -u
plimsoll=$(realpath "$1")
order=$(dirname "$plimsoll")/../../tests/unit/trust/trust_order
. "$(dirname "$0")/compare.bash"
[ -x "$order" ] || { echo "built without its tests: there is no $order"; exit 77; }
unset PLIMSOLL_KEY_PASSPHRASE

A=sha256:$(printf 'a%.0s' {1..64}) B=sha256:$(printf 'b%.0s' {1..64}) C=sha256:$(printf 'c%.0s' {1..64})
repo=registry.example.com/team/web
generate() { "$plimsoll" key generate "$@" </dev/null 2>&1; }
show() { setsid -w "$plimsoll" key show "$@" </dev/null 2>&1; }
got() { local out; out=$("$@"); echo "$? $out"; }
id_of() { echo "sha256:$(openssl pkey -pubin -in "$1" -outform DER | sha256sum | cut -d' ' -f1)"; }
give() { setsid -w "$order" "$@" </dev/null; }    # KEY COMPANION KIND ...: without a terminal
payload() { jq -r .payload "$1" | base64 -d; }
# verified FILE KEY: the only signature of an envelope, over what DSSE says is signed
verified() {
	payload "$1" >payload
	jq -r '.signatures[0].sig' "$1" | base64 -d >sig
	type=$(jq -r .payloadType "$1")
	{ printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(stat -c %s payload)"; cat payload; } >pae
	openssl dgst -sha256 -verify "$2" -signature sig pae
}

# What is made
check "generate tells id and names" "0" "$(generate --out plain --no-passphrase >made; echo $?)"
check "the names" "$(id_of plain.pub) plain.pub plain.may.yaml plain.key" "$(xargs <made)"
check "only the owner reads the key" "600 644 644" "$(stat -c %a plain.key plain.pub plain.may.yaml | xargs)"
check "openssl has the same public half" "$(cat plain.pub)" "$(openssl pkey -in plain.key -pubout)"
check "it is P-256" "prime256v1" "$(openssl pkey -in plain.key -noout -text | sed -n 's/^ASN1 OID: //p')"
check "what it may sign" "plimsoll_key: v1
key: $(id_of plain.pub)
role: approve
policies: any
repositories:
  - \"*\"" "$(cat plain.may.yaml)"
cp plain.key kept
check "a key is not written over" "3 plimsoll key generate: plain.pub exists: keys are not written over" "$(got generate --out plain --no-passphrase)"
check "a name that is taken leaves nothing" "3 one.key" "$(touch one.key; generate --out one --no-passphrase >/dev/null; echo "$? $(echo one.*)")"
check "and so the key is what it was" 0 "$(cmp plain.key kept >/dev/null; echo $?)"
check "nothing is left where there is no place" "3 plimsoll key generate: no/where.pub: No such file or directory" "$(got generate --out no/where --no-passphrase)"

PLIMSOLL_KEY_PASSPHRASE=secret generate --out locked --type ed25519 --until 2099-12-31 --repository "$repo" --policy "$A" --policy "$B" >/dev/null
check "locked, as openssl unlocks it" "$(cat locked.pub)" "$(openssl pkey -in locked.key -passin pass:secret -pubout)"
check "by scrypt and AES-256" "scrypt aes-256-cbc" "$(openssl asn1parse -in locked.key | grep -oE '(scrypt|aes-256-cbc)' | xargs)"
check "show a public key" "type          ed25519
id            $(id_of locked.pub)
role          approve
policies      $A
              $B
repositories  $repo
from          always
until         2099-12-31" "$(show locked.pub)"
echo secret >word; echo wrong >other; : >empty
check "show the private one says the same" "$(show locked.pub)" "$(show --passphrase-file word locked.key)"
check "its passphrase from standard input" "$(show locked.pub)" "$(echo secret | "$plimsoll" key show --passphrase-file /dev/stdin locked.key)"
check "another passphrase" "3 plimsoll key show: locked.key: it is not this passphrase that unlocks it" "$(got show --passphrase-file other locked.key)"
check "none" "3 plimsoll key show: locked.key: a passphrase is needed for locked.key: there is no terminal to ask at, and neither --passphrase-file nor \$PLIMSOLL_KEY_PASSPHRASE has one" "$(got show locked.key)"
check "a new key wants one" 3 "$(setsid -w "$plimsoll" key generate --out x >/dev/null 2>&1 </dev/null; echo $?)"
check "an empty one is none" "3 plimsoll key generate: an empty passphrase protects nothing; --no-passphrase says that none is wanted" "$(got generate --out x --passphrase-file empty)"
check "and nothing is left" "x.*" "$(echo x.*)"

generate --out sig --format cosign --passphrase-file word --role evidence >/dev/null
check "cosign's file" "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----" "$(head -1 sig.key)"
check "as cosign asks of scrypt" '{"N":65536,"p":1,"r":8} nacl/secretbox' "$(sed '/^-/d' sig.key | base64 -d | jq -r '"\(.kdf.params) \(.cipher.name)"')"
check "it opens again" "$(show sig.pub)" "$(show --passphrase-file word sig.key)"
check "it is never unlocked" "3 plimsoll key generate: cosign's key files are always locked: a passphrase is needed" "$(got generate --out x --format cosign --no-passphrase)"

# What openssl made
for kind in "p256 EC -pkeyopt ec_paramgen_curve:P-256" "p384 EC -pkeyopt ec_paramgen_curve:P-384" "ed25519 ED25519" "rsa RSA -pkeyopt rsa_keygen_bits:2048"; do
	read -r name algorithm options <<<"$kind"
	# shellcheck disable=SC2086
	openssl genpkey -algorithm "$algorithm" $options -out "by-$name.key" 2>/dev/null
	chmod 600 "by-$name.key"
	openssl pkey -in "by-$name.key" -pubout -out "by-$name.pub"
	check "$name of openssl" "type          $name
id            $(id_of "by-$name.pub")
role          not told" "$(show "by-$name.key")"
done
for how in "-v2 aes-256-cbc" "-scrypt" "-v2 aes-128-cbc -v2prf hmacWithSHA1"; do
	# shellcheck disable=SC2086
	openssl pkcs8 -topk8 -in by-p256.key $how -passout pass:secret -out by-locked.key
	check "locked by openssl: $how" "$(id_of by-p256.pub)" "$(show --passphrase-file word by-locked.key | sed -n 's/^id *//p')"
done
openssl ec -in by-p256.key -out old.key 2>/dev/null; chmod 600 old.key
check "an older form is told how to be read" "3 plimsoll key show: old.key: 'EC PRIVATE KEY': no private key that is read here; openssl pkcs8 -topk8 makes one of it" "$(got show old.key)"

# Who may read it
cp by-p256.key open.key; chmod 640 open.key
check "an unlocked key that others may read" "3 plimsoll key show: open.key has no passphrase and may be read by others: chmod 600 open.key" "$(got show open.key)"
cp locked.key wide.key; chmod 644 wide.key
check "a locked one may be read" 0 "$(show --passphrase-file word wide.key >/dev/null; echo $?)"
chmod 666 wide.key
check "not written" "3 plimsoll key show: wide.key may be written by others: chmod go-w wide.key" "$(got show --passphrase-file word wide.key)"
cp plain.key p2.key; cp plain.may.yaml p2.may.yaml; chmod 666 p2.may.yaml
check "nor what it may sign" "3 plimsoll key show: p2.may.yaml may be written by others: chmod go-w p2.may.yaml" "$(got show p2.key)"
cp locked.may.yaml by-p256.may.yaml
check "which speaks of one key" "3 plimsoll key show: by-p256.may.yaml speaks of the key $(id_of locked.pub), this one is $(id_of by-p256.pub)" "$(got show by-p256.key)"
rm by-p256.may.yaml

# What is signed
check "simple signing" "{\"critical\":{\"identity\":{\"docker-reference\":\"$repo:1.0\"},\"image\":{\"docker-manifest-digest\":\"$C\"},\"type\":\"cosign container image signature\"},\"optional\":null}" \
	"$(give plain.key - simple "$repo" 1.0 "$C" "$A" | tee simple)"
check "openssl verifies it" "Verified OK" "$(openssl dgst -sha256 -verify plain.pub -signature signature simple)"
PLIMSOLL_KEY_PASSPHRASE=secret give locked.key - simple "$repo" 1.0 "$C" "$A" >simple
check "and Ed25519's over the payload itself" "Signature Verified Successfully" "$(openssl pkeyutl -verify -pubin -inkey locked.pub -rawin -in simple -sigfile signature)"
for name in p384 rsa; do
	cat >"by-$name.may.yaml" <<<"{plimsoll_key: v1, role: approve, policies: any, repositories: '*'}"
	give "by-$name.key" - simple "$repo" - "$C" "$A" >simple
	check "and $name's" "Verified OK" "$(openssl dgst -sha256 -verify "by-$name.pub" -signature signature simple)"
done
give plain.key - approve "$repo" 1.0 "$C" "$A" 2001-09-09T01:46:40Z PASSED >att
check "a summary" "Verified OK" "$(verified att plain.pub)"
check "says what was ordered" "PASSED oci://$repo:1.0@$C $A 2001-09-09T01:46:40Z" \
	"$(payload att | jq -r '.predicate | "\(.verificationResult) \(.resourceUri) sha256:\(.policy.digest.sha256) \(.timeVerified)"')"
check "never that it failed" "only what passed is attested: many who verify ask who signed, not what was said" "$(give plain.key - approve "$repo" 1.0 "$C" "$A" 2001-09-09T01:46:40Z FAILED)"
check "nor of tomorrow" "what is to be signed is from the future by this machine's clock" "$(give plain.key - approve "$repo" 1.0 "$C" "$A" 2199-09-09T01:46:40Z PASSED)"
give plain.key - cosign "$repo" "$C" "$A" >att
check "cosign 3's statement" "Verified OK {}" "$(verified att plain.pub) $(payload att | jq -c .predicate)"

# What is not
refused() { check "$1" "$2" "$(shift 2; give "$@")"; }
locked() { PLIMSOLL_KEY_PASSPHRASE=secret give locked.key - "$@"; }
check "another repository" "the key may not sign for registry.example.com/team/other" "$(locked simple registry.example.com/team/other 1.0 "$C" "$A")"
check "another policy" "the key may not sign for the policy $C" "$(locked simple "$repo" 1.0 "$C" "$C")"
check "no policy" "an approval needs the digest of its policy" "$(locked simple "$repo" 1.0 "$C" -)"
check "a tag in the repository's name" "the key may not sign for $repo:1" "$(locked simple "$repo:1" 0 "$C" "$A")"
refused "evidence under an approval key" "the key's role is 'approve', this needs 'evidence'" plain.key - evidence "$repo" "$C" https://cyclonedx.org/bom '{}'
refused "a deny list under it" "the key's role is 'approve', this needs 'deny'" plain.key - deny "$repo" "$C" leaked 2001-09-09
evidence() { PLIMSOLL_KEY_PASSPHRASE=secret give sig.key - "$@"; }
check "an approval under an evidence key" "the key's role is 'evidence', this needs 'approve'" "$(evidence simple "$repo" 1.0 "$C" "$A")"
check "a summary as evidence" "https://slsa.dev/verification_summary/v1 is an approval, not evidence" "$(evidence evidence "$repo" "$C" https://slsa.dev/verification_summary/v1 '{}')"
check "a predicate that ends early" "predicate: JSON, line 1, column 4: parse error: trailing garbage" "$(evidence evidence "$repo" "$C" https://cyclonedx.org/bom '{},"predicateType":"x"')"
evidence evidence "$repo" "$C" https://cyclonedx.org/bom '{"bomFormat": "CycloneDX", "version": 1.0}' >att
check "evidence" "Verified OK {\"bomFormat\": \"CycloneDX\", \"version\": 1.0}" "$(verified att sig.pub) $(grep -o '{"bomFormat[^}]*}' payload)"
generate --out excepting --no-passphrase --role exceptions >/dev/null
refused "an approval of an image under a key for exceptions" "the key's role is 'exceptions', this needs 'approve'" excepting.key - simple "$repo" 1.0 "$C" "$A"
check "evidence of a type that is of exceptions" "application/vnd.plimsoll.exceptions.v1+json is of exceptions, not evidence" "$(evidence evidence "$repo" "$C" application/vnd.plimsoll.exceptions.v1+json '{}')"
generate --out deny --no-passphrase --role deny >/dev/null
give deny.key - deny "$repo" "$C" leaked 2001-09-09T01:46:40Z >list
check "a deny list" "Verified OK {\"entries\":[{\"day\":\"2001-09-09\",\"digest\":\"$C\",\"reason\":\"leaked\",\"repository\":\"$repo\"}],\"serial\":1,\"time\":\"2001-09-09T01:46:40Z\"}" "$(verified list deny.pub) $(cat payload)"
refused "nothing says what it may" "nothing says what the key may sign: there is no file by-p256.may.yaml" by-p256.key - simple "$repo" 1.0 "$C" "$A"
for days in "until: 2001-01-01|the key could sign until 2001-01-01" "from: 2199-01-01|the key may sign from 2199-01-01 on"; do
	cat >days.yaml <<<"{plimsoll_key: v1, role: approve, policies: any, repositories: '*', ${days%|*}}"
	refused "${days%|*}" "${days#*|}" by-p256.key days.yaml simple "$repo" 1.0 "$C" "$A"
done
cat >bad.yaml <<<"{plimsoll_key: v1, role: approve, policies: any, repositories: '*', untill: 2001-01-01}"
check "a slip in it is an error" "bad.yaml:1:69: unknown key 'untill'; did you mean 'until'?" "$(give by-p256.key bad.yaml simple "$repo" 1.0 "$C" "$A" | head -1)"

# The Notary Project: a certificate that openssl likes, a signature that it verifies
check "no certificate" "the Notary Project's signatures need a certificate of the key" "$(give plain.key - notation "$repo" "$C" "$A")"
generate --out notary --no-passphrase --until 2099-12-31 --certificate "C=DE, ST=Hessen, O=Example, CN=approve" >/dev/null
check "a certificate" "subject=C = DE, ST = Hessen, O = Example, CN = approve
notAfter=Dec 31 23:59:59 2099 GMT" "$(openssl x509 -in notary.crt -noout -subject -enddate)"
check "show it" "$(show notary.pub)" "$(show notary.crt)"
check "for code alone" "critical CA:FALSE critical Digital Signature Code Signing" "$(openssl x509 -in notary.crt -noout -ext basicConstraints,keyUsage,extendedKeyUsage | sed '/^X509/{s/.*: \?//}' | xargs)"
check "openssl's purpose says so" 0 "$(openssl verify -purpose any -CAfile notary.crt -check_ss_sig notary.crt >/dev/null 2>&1; echo $?)"
give notary.key - notation "$repo" "$C" "$A" >jws
python3 - jws <<'P' >parts
import base64, json, sys
jws = json.load(open(sys.argv[1]))
un = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
open("signed", "w").write(jws["protected"] + "." + jws["payload"])
raw = un(jws["signature"])
def number(half):
    half = half.lstrip(b"\0")
    half = b"\0" + half if half[0] & 128 else half
    return b"\2" + bytes([len(half)]) + half
body = number(raw[:32]) + number(raw[32:])
open("sig", "wb").write(b"\x30" + bytes([len(body)]) + body)
open("x5c", "w").write(jws["header"]["x5c"][0])
header = json.loads(un(jws["protected"]))
print(len(raw), header["alg"], header["cty"], header["crit"], un(jws["payload"]).decode())
P
check "raw numbers, not DER, over the image" "64 ES256 application/vnd.cncf.notary.payload.v1+json ['io.cncf.notary.signingScheme'] {\"targetArtifact\":{\"digest\":\"$C\",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":943}}" "$(cat parts)"
check "openssl verifies it" "Verified OK" "$(openssl dgst -sha256 -verify notary.pub -signature sig signed)"
check "the certificate goes with it" "$(sed '/^-/d' notary.crt | tr -d '\n')" "$(cat x5c)"
check "Ed25519 cannot" "3 plimsoll key generate: the Notary Project knows no Ed25519: a certificate needs a key of type p256" "$(got generate --out x --no-passphrase --type ed25519 --certificate C=DE,ST=x,O=y)"
check "a subject that lacks something" "3 plimsoll key generate: a certificate's subject needs C, ST and O: the Notary Project's verifiers ask for them" "$(got generate --out x --no-passphrase --certificate CN=x)"
cp plain.key foreign.key; cp notary.crt foreign.crt; cp plain.may.yaml foreign.may.yaml
check "a certificate of another key" "the certificate foreign.crt: it is another key's" "$(give foreign.key - notation "$repo" "$C" "$A")"

# Wrong use
check "a type that is not made" "3 plimsoll key generate: 'rsa' is no type of key that is made here: p256 and ed25519 are" "$(got generate --out x --type rsa --no-passphrase)"
check "a role that is none" "3 plimsoll key generate: 'all' is no role: approve, evidence, deny, data, exceptions and assign are" "$(got generate --out x --role all --no-passphrase)"
check "policies of another role" "3 plimsoll key generate: policies say nothing of a key whose role is 'evidence'" "$(got generate --out x --role evidence --policy "$A" --no-passphrase)"
check "a day that is none" "3 plimsoll key generate: 'soon' is no day, YYYY-MM-DD" "$(got generate --out x --until soon --no-passphrase)"
check "a file that is none" "3 plimsoll key show: none: No such file or directory" "$(got show none)"
echo nothing >text
check "a file without a key" "3 plimsoll key show: text: no PEM" "$(got show text)"
sign=$(dirname "$plimsoll")/plimsoll-sign
check "the signer is started by nobody else" "3 plimsoll-sign: plimsoll starts this program where something is to be signed; see plimsoll-key(1)" "$(got bash -c '"$0" 3</dev/null 2>&1' "$sign")"

# At the terminal: asked twice, shown never, and it is as it was
cat >typing.py <<'P'
import os, pty, select, signal, sys, termios, time
answers, command = sys.argv[1].split(","), sys.argv[2:]
child, master = pty.fork()
if child == 0:
    # Whoever runs this in the background may have it ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execv(command[0], command)
echo = lambda: bool(termios.tcgetattr(master)[3] & termios.ECHO)
seen, asked, quiet = b"", 0, []
while True:
    try:
        part = os.read(master, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
    if asked < len(answers) and seen.count(b": ") > asked:
        while echo():
            time.sleep(0.01)
        os.write(master, b"\x03" if answers[asked] == "^C" else answers[asked].encode() + b"\n")
        asked += 1
    if asked == len(answers) and answers[-1] == "^C":
        break
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(status, seen.decode().replace("\r", "").split("sha256:")[0].strip())
if answers[-1] == "^C":
    print("echo", echo())
P
check "a new passphrase" "0 New passphrase for typed.key: 
Once more for typed.key:" "$(python3 typing.py secret,secret "$plimsoll" key generate --out typed)"
check "opens the key" "$(cat typed.pub)" "$(openssl pkey -in typed.key -passin pass:secret -pubout)"
check "two that differ" "3 New passphrase for x.key: 
Once more for x.key: 
plimsoll key generate: the two passphrases differ" "$(python3 typing.py one,two "$plimsoll" key generate --out x)"
check "the signer asks itself" "0 Passphrase for typed.key: 
type          p256
id" "$(python3 typing.py secret "$plimsoll" key show typed.key)"
check "an interrupt leaves the terminal as it was" "-2 New passphrase for x.key:
echo True" "$(python3 typing.py ^C "$plimsoll" key generate --out x)"

# What the signer is while it holds a key
mkfifo gate
"$order" plain.key - hold <gate >ready 2>&1 &
driver=$!
exec 9>gate
until grep -q ready ready || ! kill -0 $driver; do sleep 0.05; done
signer=$(cat "/proc/$driver/task/$driver/children" | tr -d ' ')
check "it is a process of its own" plimsoll-sign "$(tr '\0' '\n' <"/proc/$signer/cmdline" | head -1)"
if "$plimsoll" doctor | grep -q 'seccomp *yes'; then wanted="1 2"; else wanted="1 0"; fi
check "no new privileges, few calls" "$wanted" "$(awk '/^NoNewPrivs|^Seccomp:/ { print $2 }' "/proc/$signer/status" | xargs)"
check "no core file" "0 0" "$(awk '/^Max core/ { print $5, $6 }' "/proc/$signer/limits")"
check "others may not look into it" 0 "$(stat -c %u "/proc/$signer/mem")"
exec 9>&-
wait $driver
check "it ends with whoever asks" gone "$([ -d "/proc/$signer" ] && echo there || echo gone)"

# Tokens
module=$(find /usr/lib /usr/lib64 /usr/local/lib -name libsofthsm2.so 2>/dev/null | head -1)
if ! command -v softhsm2-util >/dev/null || [ -z "$module" ]; then
	echo "softhsm2 is not here: keys in tokens were not tested"
elif give "pkcs11:token=none?module-path=$module" plain.may.yaml hold | grep -q "built without p11-kit"; then
	echo "built without p11-kit: keys in tokens were not tested"
elif "$plimsoll" doctor | grep -q sanitizer; then
	echo "a sanitizer's build loads no modules: keys in tokens were not tested"
else
	mkdir tokens
	echo "directories.tokendir = $PWD/tokens" >softhsm.conf
	export SOFTHSM2_CONF=$PWD/softhsm.conf
	softhsm2-util --init-token --free --label one --pin 1234 --so-pin 5678 >/dev/null
	softhsm2-util --init-token --free --label two --pin 1234 --so-pin 5678 >/dev/null
	softhsm2-util --import by-p256.key --token one --label approve --id 01 --pin 1234 >/dev/null
	softhsm2-util --import by-rsa.key --token one --label rsa --id 02 --pin 1234 >/dev/null
	token() { echo "pkcs11:$1?module-path=$module"; }
	echo 1234 >pin; echo 4321 >wrongpin
	check "show a token's key" "type          p256
id            $(id_of by-p256.pub)
role          not told" "$(show --passphrase-file pin "$(token 'token=one;object=approve')")"
	check "by its id" "$(id_of by-rsa.pub)" "$(show --passphrase-file pin "$(token 'token=one;id=%02')" | sed -n 's/^id *//p')"
	check "another PIN" "3 plimsoll key show: it is not this PIN that opens the token" "$(got show --passphrase-file wrongpin "$(token 'token=one;object=approve')")"
	check "no such token" "3 plimsoll key show: no token is there that the URI means" "$(got show --passphrase-file pin "$(token 'token=three')")"
	check "two tokens" "3 plimsoll key show: the URI means 2 tokens: name one (token=, serial=)" "$(got show --passphrase-file pin "$(token 'manufacturer=SoftHSM%20project;object=approve')")"
	check "two keys" "3 plimsoll key show: the URI means 2 keys: name one (object=, id=)" "$(got show --passphrase-file pin "$(token 'token=one')")"
	check "no key" "3 plimsoll key show: the token has no private key that the URI means" "$(got show --passphrase-file pin "$(token 'token=one;object=none')")"
	check "no URI" "3 plimsoll key show: no URI of a token's key" "$(got show 'pkcs11:token' | grep -o '^.*no URI of a token.s key')"
	check "a token's key needs to be told what it may" "nothing says what a token's key may sign: --may names the file that does" "$(PLIMSOLL_KEY_PASSPHRASE=1234 give "$(token 'token=one;object=approve')" - simple "$repo" 1.0 "$C" "$A")"
	cat >token.yaml <<<"{plimsoll_key: v1, key: $(id_of by-p256.pub), role: approve, policies: any, repositories: '*'}"
	PLIMSOLL_KEY_PASSPHRASE=1234 give "$(token 'token=one;object=approve')" token.yaml simple "$repo" 1.0 "$C" "$A" >simple
	check "a token signs" "Verified OK" "$(openssl dgst -sha256 -verify by-p256.pub -signature signature simple)"
	check "with the PIN in the URI" "Verified OK" "$(give "$(token 'token=one;object=approve')&pin-value=1234" token.yaml approve "$repo" 1.0 "$C" "$A" 2001-09-09 PASSED >att; verified att by-p256.pub)"
	check "the file speaks of one key" "token.yaml speaks of the key $(id_of by-p256.pub), this one is $(id_of by-rsa.pub)" "$(PLIMSOLL_KEY_PASSPHRASE=1234 give "$(token 'token=one;object=rsa')" token.yaml simple "$repo" 1.0 "$C" "$A")"
	PLIMSOLL_KEY_PASSPHRASE=1234 give "$(token 'token=one;object=rsa')" by-rsa.may.yaml simple "$repo" 1.0 "$C" "$A" >simple
	check "and with RSA" "Verified OK" "$(openssl dgst -sha256 -verify by-rsa.pub -signature signature simple)"
fi
exit $failed
