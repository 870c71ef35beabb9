#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Certificates of bundles, files and Java key stores: each as openssl tells it.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"
command -v openssl >/dev/null || { echo "openssl is missing"; exit 77; }
printf 'ID=debian\nVERSION_ID=12\n' | put etc/os-release
printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' | put var/lib/dpkg/status
unset SSL_CERT_DIR SSL_CERT_FILE

# One of each kind of key, an authority and what it signed, an old one, one that will not end before long.
make() { # NAME SUBJECT OPTION...
	openssl req -x509 -nodes -keyout "$1.key" -out "$1.pem" -subj "$2" -days 30 "${@:3}" 2>/dev/null
}
make rsa "/C=DE/O=Rhein, Main/CN=Zürich \"1\"" -utf8 -newkey rsa:2048 -addext basicConstraints=critical,CA:TRUE
make ec "/CN=outer/CN=inner" -newkey ec -pkeyopt ec_paramgen_curve:secp384r1 -sha384
make marks "/O=a\\/b \\+ c\\\\d #1/CN= x" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1
make ed "/O=No name" -newkey ed25519 -addext basicConstraints=CA:FALSE
make late "/CN=late" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -not_after 20510101000000Z 2>/dev/null || make late "/CN=late" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 20000
openssl req -new -nodes -newkey rsa:3072 -keyout leaf.key -subj /CN=leaf 2>/dev/null | openssl x509 -req -CA rsa.pem -CAkey rsa.key -set_serial 0xABCDEF0123456789 -days 1 -out leaf.pem 2>/dev/null
cat rsa.pem ec.pem | put etc/ssl/certs/bundle.crt
{ echo "# a comment"; openssl x509 -in ed.pem -text; openssl x509 -in late.pem -trustout -addtrust serverAuth; } | put etc/pki/tls/certs/more
openssl x509 -in leaf.pem -outform DER | put srv/leaf.der
put srv/key.pem <ed.key

# NAME, what openssl says in the words of the table.
told() { # PEM
	local text; text=$(openssl x509 -in "$1" -noout -subject -issuer -serial -dates -nameopt RFC2253,-esc_msb)
	field() { sed -n "s/^$1=//p" <<<"$text"; }
	echo "$(field subject)|$(field issuer)|$(field serial)|$(date -d "$(field notBefore)" +%s)|$(date -d "$(field notAfter)" +%s)|$(openssl x509 -in "$1" -outform DER | sha256sum | cut -d' ' -f1)|$(openssl x509 -in "$1" -outform DER | sha1sum | cut -d' ' -f1)"
}
ours() { # WHERE: the same of the table, by line
	"$plimsoll" query --no-cache --output json rootfs:tree "SELECT subject || '|' || issuer || '|' || serial || '|' || not_before || '|' || not_after || '|' || sha256 || '|' || sha1 AS told FROM certificate WHERE $1 ORDER BY path, line" 2>/dev/null | jq -r ".[].told"
}
for name in rsa ec ed late; do
	cn=$(openssl x509 -in $name.pem -outform DER | sha256sum | cut -d' ' -f1)
	check "$name as openssl tells it" "$(told $name.pem)" "$(ours "sha256 = '$cn'")"
done
check "a file of DER" "$(told leaf.pem)" "$(ours "path = '/srv/leaf.der'")"
check "keys, authorities, own signatures" 'Zürich "1",rsaEncryption,2048,sha256WithRSAEncryption,1,1,/etc/ssl/certs/bundle.crt,1,plain
inner,id-ecPublicKey,384,ecdsa-with-SHA384,1,1,/etc/ssl/certs/bundle.crt,N,plain
,ED25519,256,ED25519,0,1,/etc/pki/tls/certs/more,N,plain
late,id-ecPublicKey,256,ecdsa-with-SHA256,1,1,/etc/pki/tls/certs/more,N,plain
leaf,rsaEncryption,3072,sha256WithRSAEncryption,0,0,/srv/leaf.der,,plain' "$(listed "SELECT common_name, key_algorithm, key_bits, signing_algorithm, ca, self_signed, path, line, form FROM certificate ORDER BY path = '/srv/leaf.der', path DESC, line" | sed -E 's/""/"/g; s/^"(Z[^,]*)",/\1,/; s/,([0-9]+),plain$/,\1,plain/; /,1,plain$/!s/,[0-9]+,plain$/,N,plain/')"

# osquery's words for the same, which are OpenSSL's old ones.
put srv/marks.pem <marks.pem
for name in rsa ec ed marks; do
	oneline=$(openssl x509 -in $name.pem -noout -subject -nameopt compat) oneline=${oneline#subject=}
	check "$name as osquery tells it" "$oneline|$oneline" "$("$plimsoll" query --no-cache --output json rootfs:tree "SELECT subject || '|' || issuer AS told FROM certificates WHERE sha1 = '$(openssl x509 -in $name.pem -outform DER | sha1sum | cut -d' ' -f1)'" | jq -r '.[].told')"
done
check "its identifiers" "$(openssl x509 -in rsa.pem -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :' | tr A-F a-f)" "$(listed "SELECT subject_key_id FROM certificates WHERE issuer LIKE '/C=DE/%' AND ca = 1")"
rm tree/srv/marks.pem

# What is damaged is told, and is no clean answer.
{ head -3 rsa.pem; echo "-----END CERTIFICATE-----"; sed 's/^MII/MIJ/' ec.pem; head -2 ed.pem; } | put etc/ssl/certs/bad.pem
check "damaged ones" "damaged,1
damaged,5
damaged,$((5 + $(wc -l <ec.pem)))" "$(listed "SELECT form, line FROM certificate WHERE path = '/etc/ssl/certs/bad.pem' AND subject IS NULL AND not_after IS NULL ORDER BY line")"

{ head -3 rsa.pem; cat ec.pem; } | put etc/ssl/certs/bad.pem
check "one that does not end before the next" "damaged,1
plain,4" "$(listed "SELECT form, line FROM certificate WHERE path = '/etc/ssl/certs/bad.pem' ORDER BY line")"
{ echo "0 s:CN = outer"; cat ec.pem; } | put etc/ssl/certs/bad.pem
check "words that begin as DER does" "inner,2" "$(listed "SELECT common_name, line FROM certificate WHERE path = '/etc/ssl/certs/bad.pem'")"
make pss "/CN=pss" -newkey rsa-pss -pkeyopt rsa_keygen_bits:1024
put srv/pss.pem <pss.pem
check "the length of a key for PSS alone" "rsassaPss,1024,rsassaPss" "$(listed "SELECT key_algorithm, key_bits, signing_algorithm FROM certificate WHERE common_name = 'pss'")"

# A Java key store as keytool writes it: magic, version, count; tag, alias, date, type, certificate.
python3 - leaf.pem <<'P' | put usr/lib/jvm/lib/security/cacerts
import ssl, struct, sys
der = ssl.PEM_cert_to_DER_cert(open(sys.argv[1]).read())
text = lambda word: struct.pack(">H", len(word)) + word
sys.stdout.buffer.write(struct.pack(">III", 0xfeedfeed, 2, 1) + struct.pack(">I", 2) + text(b"leaf") + bytes(8) + text(b"X.509") + struct.pack(">I", len(der)) + der + bytes(20))
P
check "a Java key store" "leaf,plain" "$(listed "SELECT common_name, form FROM certificate WHERE path LIKE '%/cacerts'")"
cp tree/usr/lib/jvm/lib/security/cacerts whole
python3 -c 'import sys; b = sys.stdin.buffer.read(); sys.stdout.buffer.write(b[:8] + b"\0\0\0\2" + b[12:-20] + b"\0\0\0\1" + bytes(40))' <whole | put usr/lib/jvm/lib/security/cacerts
check "one with a private key is not read to its end, and says so" ",unread
leaf,plain" "$(listed "SELECT common_name, form FROM certificate WHERE path LIKE '%/cacerts' ORDER BY 1")"
head -c 40 whole | put usr/lib/jvm/lib/security/cacerts
check "one that is cut off" "0,1" "$(listed "SELECT count(common_name), max(form = 'unread') FROM certificate WHERE path LIKE '%/cacerts'")"
{ printf '\316\316\316\316'; tail -c +5 whole; } | put usr/lib/jvm/lib/security/cacerts
check "one of another form" ",unread" "$(listed "SELECT common_name, form FROM certificate WHERE path LIKE '%/cacerts'")"
openssl pkcs12 -export -nokeys -in leaf.pem -passout pass:changeit -out p12 && put usr/lib/jvm/lib/security/cacerts <p12
check "an encrypted one is not read, and says so" ",unread" "$(listed "SELECT common_name, form FROM certificate WHERE path LIKE '%/cacerts'")"

# A real bundle, where there is one.
bundle=/etc/ssl/certs/ca-certificates.crt
if [ -s "$bundle" ]; then
	rm -rf tree/etc/ssl tree/etc/pki tree/srv tree/usr
	put etc/ssl/certs/ca-certificates.crt <"$bundle"
	mkdir one && (cd one && csplit -s -z -n 4 -f c "$bundle" '/BEGIN CERTIFICATE/' '{*}')
	# csplit puts nothing before the first.
	find one -size 0 -delete
	for file in one/c*; do told "$file"; done >wanted
	check "all of the bundle that is installed here" "" "$(ours 1 | diff wanted -)"
fi
exit $failed
