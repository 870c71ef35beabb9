#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# OpenSSL's configuration as OpenSSL reads it: beside OpenSSL itself where it is installed.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"
printf 'ID=debian\nVERSION_ID=12\n' | put etc/os-release
printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' | put var/lib/dpkg/status
conf() { printf "$1" | put etc/ssl/openssl.cnf; } # TEXT
settings() { (set -o pipefail; "$plimsoll" query --no-cache --output json rootfs:tree "SELECT '[' || section || '] ' || key || '=' || value AS line FROM openssl_conf ORDER BY 1" 2>err | jq -r '.[].line') || cat err; }

conf 'openssl_conf = openssl_init\n.include /etc/ssl/openssl.d\n[openssl_init]\nproviders = list\nssl_conf = ssl\n[ssl]\nsystem_default = defaults\n[list]\nlegacy = old\n[old]\nactivate = 1\n[unused]\nMinProtocol = SSLv3\noutput_password = geheim\n'
printf '[defaults]\nMinProtocol = TLSv1.2\nCipherString = "DEFAULT:@SECLEVEL=2"\n' | put etc/ssl/openssl.d/policy.cnf
printf 'no = no\n' | put etc/ssl/openssl.d/README
check "sections with what leads to them, of an included directory too" '/etc/ssl/openssl.cnf,default,openssl_conf,openssl_init,,/etc/ssl/openssl.cnf,1
/etc/ssl/openssl.cnf,defaults,MinProtocol,TLSv1.2,openssl_conf/ssl_conf/system_default,/etc/ssl/openssl.d/policy.cnf,2
/etc/ssl/openssl.cnf,defaults,CipherString,DEFAULT:@SECLEVEL=2,openssl_conf/ssl_conf/system_default,/etc/ssl/openssl.d/policy.cnf,3
/etc/ssl/openssl.cnf,openssl_init,providers,list,openssl_conf,/etc/ssl/openssl.cnf,4
/etc/ssl/openssl.cnf,openssl_init,ssl_conf,ssl,openssl_conf,/etc/ssl/openssl.cnf,5
/etc/ssl/openssl.cnf,ssl,system_default,defaults,openssl_conf/ssl_conf,/etc/ssl/openssl.cnf,7
/etc/ssl/openssl.cnf,list,legacy,old,openssl_conf/providers,/etc/ssl/openssl.cnf,9
/etc/ssl/openssl.cnf,old,activate,1,openssl_conf/providers/legacy,/etc/ssl/openssl.cnf,11
/etc/ssl/openssl.cnf,unused,MinProtocol,SSLv3,,/etc/ssl/openssl.cnf,13
/etc/ssl/openssl.cnf,unused,output_password,,,/etc/ssl/openssl.cnf,14' "$(listed "SELECT config, section, key, value, role, path, line FROM openssl_conf")"

# As RHEL has it: crypto-policies behind a link.
conf '[a]\n.include = /etc/crypto-policies/back-ends/opensslcnf.config\n'
mkdir -p tree/etc/crypto-policies/back-ends && ln -s /usr/share/crypto-policies/DEFAULT/opensslcnf.txt tree/etc/crypto-policies/back-ends/opensslcnf.config
printf 'CipherString = @SECLEVEL=2:kEECDH\n' | put usr/share/crypto-policies/DEFAULT/opensslcnf.txt
check "through links" "[a] CipherString=@SECLEVEL=2:kEECDH" "$(settings)"

# The policies themselves.
policies() { listed "SELECT item, policy, link, intact FROM crypto_policy ORDER BY rowid"; }
mkdir -p tree/etc/crypto-policies/state
printf '# one word\n\nDEFAULT # now\n' >tree/etc/crypto-policies/config
printf 'FUTURE\n' >tree/etc/crypto-policies/state/current
ln -s /usr/share/crypto-policies/LEGACY/gnutls.txt tree/etc/crypto-policies/back-ends/gnutls.config
printf 'x\n' | put usr/share/crypto-policies/LEGACY/gnutls.txt
ln -s /usr/share/crypto-policies/DEFAULT/nss.txt tree/etc/crypto-policies/back-ends/nss.config
ln -s /tmp/weak tree/etc/crypto-policies/back-ends/krb5.config
printf 'x\n' >tree/etc/crypto-policies/back-ends/java.config
check "crypto-policies: a library's link to another policy, to nothing, elsewhere, and a file of its own" "config,DEFAULT,,
state,FUTURE,,
gnutls,LEGACY,/usr/share/crypto-policies/LEGACY/gnutls.txt,0
java,,,
krb5,,/tmp/weak,0
nss,DEFAULT,/usr/share/crypto-policies/DEFAULT/nss.txt,0
opensslcnf,DEFAULT,/usr/share/crypto-policies/DEFAULT/opensslcnf.txt,1" "$(policies)"
mv tree/etc/crypto-policies/back-ends tree/usr/back-ends && ln -s ../../usr/back-ends tree/etc/crypto-policies/back-ends
check "crypto-policies: their folder behind a link" "gnutls,0 java, krb5,0 nss,0 opensslcnf,1" "$(listed "SELECT item, intact FROM crypto_policy WHERE item NOT IN ('config', 'state') ORDER BY item" | paste -sd' ')"
rm tree/etc/crypto-policies/back-ends && mv tree/usr/back-ends tree/etc/crypto-policies/back-ends
ln -sf /usr/share/none tree/etc/crypto-policies/config && printf 'DEFAULT\n' | put usr/share/none
check "a configuration that nobody reads fails the query" "plimsoll query: /usr/share/none: it was not read" "$(policies | grep -o '^plimsoll query: /usr.*')"
rm tree/etc/crypto-policies/config

# What cannot be known fails the query, and no other one.
conf '[a]\n.include /opt/own.cnf\n'
printf '[a]\nMinProtocol=TLSv1\n' | put opt/own.cnf
check "an included file that nobody reads" "plimsoll query: /opt/own.cnf: line 1: it was not read" "$(settings 2>&1 | grep -o '^plimsoll query: /opt.*')"
conf '[a]\nb=1\nbad\n'
check "what OpenSSL refuses" "plimsoll query: /etc/ssl/openssl.cnf: line 3: a line without an equal sign" "$(settings 2>&1 | grep -o '^plimsoll query: /etc.*')"
check "the file is known all the same" "/etc/ssl/openssl.cnf" "$(listed "SELECT config FROM openssl_conf")"
printf '[a]\nb=1\n\0' | put etc/ssl/openssl.cnf
check "what is damaged is no empty configuration" "plimsoll query: /etc/ssl/openssl.cnf: line 1: it was not read" "$(settings 2>&1 | grep -o '^plimsoll query: /etc.*')"
conf '.include /etc/ssl/openssl.cnf\n'
check "a file that includes itself" "plimsoll query: /etc/ssl/openssl.cnf: line 1: files include each other too deep" "$(settings 2>&1 | grep -o '^plimsoll query: /etc.*')"
conf '.include /etc/$ENV::FLAVOR/own.cnf\n'
check "an included file that only the running program knows" "plimsoll query: /etc/ssl/openssl.cnf: line 1: it includes a file that the environment names" "$(settings 2>&1 | grep -o '^plimsoll query: /etc.*')"
conf 'a = $ENV::HOME/x\n'
check "a variable that only the running program has" '[default] a=$ENV::HOME/x' "$(settings)"

# Every trick, beside OpenSSL.
python3 "$root/tests/cli/openssl-dump.py" /dev/null >/dev/null 2>&1 || { echo "libcrypto.so.3 is missing: not compared with it"; exit $failed; }
printf 'inb=0\n[b]\nx=y;z\n' | put etc/ssl/b.cnf
printf 'ind=1\n' | put etc/ssl/openssl.d/x.CNF
rm tree/etc/ssl/openssl.d/policy.cnf
while IFS= read -r text; do
	conf "$text"
	sed -E "s,(/etc/ssl),$PWD/tree\1," -i tree/etc/ssl/openssl.cnf
	theirs=$(python3 "$root/tests/cli/openssl-dump.py" tree/etc/ssl/openssl.cnf 2>&1 | grep -av '^\[\[' | sort)
	conf "$text"
	ours=$(settings | sort)
	[ "${ours#plimsoll query: }" = "$ours" ] || ours=refused
	check "as OpenSSL: $text" "$theirs" "$ours"
done <<'CASES'
[a]\nq=1\n.include /etc/ssl/b.cnf\nk=v\n
m="x # y" z\nn = a\\\n  b  # c\n
[ c  d ]\nr = 1\n
[a]\nq=1\na::late=2\nv=$q$a::q${a::q}$(q)x\n
[a]\nq=1\nd=$q_z\n
[a]\nq=1\nv=\\$q\\\\n
p;k=1\nw=a;b\n
p k=1\n
.include=/none\n.include  = /etc/ssl/openssl.d\nafter=1\n
a=$none\n
a=1\na=2\nb=\n
[x\na=1\n
noequal\n
.pragma dollarid:on\na$b=1\nc=$a$b\nd=${a$b}\n
.pragma dollarid:off\na=1\nc=$a$b\n
.pragma abspath:true\n.include b.cnf\n
.pragma includedir:/etc/ssl\n.include b.cnf\n
.pragma nocolon\n
a='x$y\\n'\nb="q$a" t\n
\xef\xbb\xbfa=1\n
a=x\\\\\nb=2\n
# comment \\\na=1\nb=2\n
 [ s ] junk\na=1\n[ $a ]\nb=1\n
d=$$x\n
; c\na=1\n
! = 1\n
default::x=1\n[s]\nv=$x\n
[s]\nv=1\n[t]\nq=$s::v$s::w\n
.includex=/none\n
.includes /etc/ssl/b.cnf\n
.pragmatic dollarid:on\na$b=1\n
.include\n
k.1=x\nk@-~^!%%&*+,/?|=z\n
a = "unterminated\nb=1\n
a=${b\n
a=1\nb=${a}x\nc=$(a}\n
a=x\\ty\\rz\n
a=`b$c`\n
[]\na=1\n
CASES
exit $failed
