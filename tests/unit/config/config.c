/* SPDX-License-Identifier: Apache-2.0 */
/* What the catalogers of configuration make of a file, each found by its path; and that no secret comes out. */
#include "base/strbuf.h"
#include "catalog/cataloger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Later fields of a kind that say nothing are not shown: kinds gain fields at their end. */
static uint32_t
shown_fields(const struct block *block, const struct row *row)
{
	uint32_t n = row->n;
	while (n > 10 && block_field(block, row, n - 1).p == NULL)
		n--;
	return n;
}

/* NULs, between records, as "~". */
static void
put_visible(struct strbuf *into, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		strbuf_putc(into, text.p[i] ? text.p[i] : '~');
}

/* "TABLE LINE:field|field|-" for each row ("-" is NULL), "! message" for each problem. */
static void
show(const struct block *block, struct strbuf *into)
{
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		strbuf_printf(into, "%s %u:", row_schemas[row.kind].table, row.line);
		uint32_t n = shown_fields(block, &row);
		for (uint32_t f = 0; f < n; f++) {
			struct slice field = block_field(block, &row, f);
			strbuf_puts(into, f ? "|" : "");
			put_visible(into, field.p ? field : SLICE("-"));
		}
		strbuf_putc(into, '\n');
	}
	for (uint32_t i = 0; i < block_problem_count(block); i++) {
		strbuf_puts(into, "! ");
		strbuf_put(into, block_problem(block, i).message);
		strbuf_putc(into, '\n');
	}
}

/* Through the collector of all catalogers, which finds who wants the path. */
static void
extract_into(const char *path, bool on_wish, struct slice body, struct strbuf *got)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	struct entry entry = { .path = slice_of(path), .type = ENTRY_FILE };
	struct collector collector;
	struct plim_error err = { 0 };
	uint32_t index;
	char *bytes;
	size_t size;
	assert_int_equal(catalogers_collector(on_wish, &collector, &err), 0);
	assert_int_equal(block_builder_new(&builder, &err), 0);
	assert_int_equal(block_add_entry(builder, &entry, &index, &err), 0);
	if (!collector.wants(collector.context, &entry))
		strbuf_puts(got, "not wanted\n");
	assert_int_equal(collector.take(collector.context, builder, index, &entry, body, &err), 0);
	assert_int_equal(block_finish(builder, &bytes, &size, &err), 0);
	assert_int_equal(block_open((struct slice){ bytes, size }, &block, &err), 0);
	show(block, got);
	block_close(ptr_take(&block));
	free(bytes);
	catalogers_collector_done(&collector);
}

static void
expect(const char *path, struct slice body, const char *wanted)
{
	AUTO(strbuf) struct strbuf got = { 0 };
	extract_into(path, false, body, &got);
	assert_string_equal(strbuf_slice(&got).p, wanted);
}

static void
paths_find_their_catalogers(void **state)
{
	(void)state;
	expect("etc/passwd/x", SLICE("x"), "not wanted\n");
	expect("srv/etc/passwd", SLICE("root:x:0:0:::\n"), "not wanted\n");
	expect("id_rsa", SLICE("x"), "");
	expect("a/b/id_rsa", SLICE("x"), "");
	expect("a/b/my_id_rsa", SLICE("x"), "not wanted\n");
	expect("a/c.pem", SLICE("x"), "");
	expect("a/c.pem.txt", SLICE("x"), "not wanted\n");
	expect("a/authorized_keys", SLICE("x"), "not wanted\n");
}

static void
passwd_tells_passwords_by_a_word(void **state)
{
	(void)state;
	expect("etc/passwd",
	       SLICE("root:x:0:0:root:/root:/bin/sh\n# comment\n\nold:abJnggxhB/yWI:1:1:::\nopen::2:2:::/bin/sh\nno:*:3:3::/:/bin/false\n"),
	       "users_row 1:0|0|root|x|root|/root|/bin/sh|plain|-\n"
	       "users_row 4:1|1|old|set||||plain|des\n"
	       "users_row 5:2|2|open|empty|||/bin/sh|plain|-\n"
	       "users_row 6:3|3|no|locked||/|/bin/false|plain|-\n");
}

static void
passwd_keeps_lines_that_are_not_whole(void **state)
{
	(void)state;
	expect("etc/passwd", SLICE("evil::0:0\nwrap:x:4294967296:1:::\n:x:0:0:::\nmany:x:0:0:a:b:c:d\n+\n+@net::0:0:::\n"),
	       "users_row 1:0|0|evil|empty|-|-|-|damaged|-\n"
	       "users_row 2:-|1|wrap|x||||damaged|-\n"
	       "users_row 3:0|0||x||||damaged|-\n"
	       "users_row 4:0|0|many|x|a|b|c:d|damaged|-\n"
	       "users_row 5:-|-|+|-|-|-|-|nis|-\n"
	       "users_row 6:0|0|+@net|empty||||nis|-\n"
	       "! line 1: the wrong number of fields\n"
	       "! line 2: uid or gid is no number\n"
	       "! line 3: no name\n"
	       "! line 4: the wrong number of fields\n");
	expect("etc/passwd", SLICE(""), "");
	expect("etc/passwd", SLICE("# none\n"), "! offset 0: no account is in it\n");
	expect("etc/passwd", SLICE("a\0b:x:0:0:::\n"), "! offset 1: a NUL byte\n");
}

static void
shadow_shows_no_hash(void **state)
{
	(void)state;
	expect("etc/shadow",
	       SLICE("a:$6$s$h:1:2:3:4:5:6:\nb:!$1$s$h:::::::\nc:*:19000::::::\nd::::::::\ne:!:::::::\nf:_J9..rasmBYk8r9AiWNc:::::::\n"
	             "g:$y$j9T$s$h:x::::::\nh:hunter2:::::::\ni:abJnggxhB/yWIabJnggxhB/y:::::::\n"),
	       "shadow_entry 1:a|active|sha512|1|2|3|4|5|6|plain|active|6\n"
	       "shadow_entry 2:b|locked|md5|-|-|-|-|-|-|plain|locked\n"
	       "shadow_entry 3:c|not_set|-|19000|-|-|-|-|-|plain|locked\n"
	       "shadow_entry 4:d|empty|-|-|-|-|-|-|-|plain|empty\n"
	       "shadow_entry 5:e|not_set|-|-|-|-|-|-|-|plain|locked\n"
	       "shadow_entry 6:f|active|bsdi|-|-|-|-|-|-|plain|active\n"
	       "shadow_entry 7:g|active|yescrypt|-|-|-|-|-|-|damaged|active|y\n"
	       "shadow_entry 8:h|not_set|-|-|-|-|-|-|-|plain|active\n"
	       "shadow_entry 9:i|active|bigcrypt|-|-|-|-|-|-|plain|active\n"
	       "! line 7: a day is no number\n");
	expect("etc/gshadow", SLICE("g:$5$s$h:a:b,c\n"), "gshadow 1:g|active|sha256|a|b,c|plain\n");
	expect("etc/group", SLICE("g:x:1:a,b\nh:x:y:\n"), "groups_row 1:1|g|x|a,b|plain|-\ngroups_row 2:-|h|x||damaged|-\n! line 2: gid is no number\n");
}

static void
login_defs_are_names_and_values(void **state)
{
	(void)state;
	expect("etc/login.defs", SLICE("#UMASK 000\nUMASK\t 027 \nENV_PATH \"PATH=/bin\"\nALONE\n"),
	       "login_defs 2:UMASK|027\nlogin_defs 3:ENV_PATH|PATH=/bin\n! line 4: a name without a value\n");
}

static void
sudoers_tell_who_is_not_asked(void **state)
{
	(void)state;
	expect("etc/sudoers",
	       SLICE("# c\nDefaults env_reset, \\\n  ! authenticate\n%wheel ALL=(ALL)  NOPASSWD : ALL # why\n#1000 ALL=ALL\nUser_Alias NOPASSWDERS = a\n"
	             "@includedir /etc/sudoers.d\n#include /opt/more\nnonsense\n"),
	       "sudoer 2:Defaults|env_reset, ! authenticate|0|1\n"
	       "sudoer 4:%wheel|ALL=(ALL)  NOPASSWD : ALL|1|0\n"
	       "sudoer 5:#1000|ALL=ALL|0|0\n"
	       "sudoer 6:User_Alias|NOPASSWDERS = a|0|0\n"
	       "sudoer 7:@includedir|/etc/sudoers.d|0|0\n"
	       "sudoer 8:#include|/opt/more|0|0\n"
	       "! line 8: it includes a file that is not looked at\n"
	       "! line 9: no entry that sudo knows\n");
	expect("etc/sudoers.d/off.bak", SLICE("a ALL=NOPASSWD: ALL\n"), "");
}

/* cvtsudoers of sudo 1.9.13 finds the same. */
static void
sudoers_are_read_as_sudo_does(void **state)
{
	(void)state;
	expect("etc/sudoers",
	       SLICE("# c \\\njoe ALL=NOPASSWD: ALL\nDefaults !\\  \n authenticate, mail_badpass\n\"a=#b\" ALL=NOPASSWD: ALL\nroot , joe ALL=NOPASSWD: ALL\n"
	             "Defaultsjoe ALL=NOPASSWD: ALL\nDefaults exempt_group = wheel\nDefaults:joe , root !authenticate\nDefaults env_keep += \"a # b\", !authenticate\n"),
	       "sudoer 2:joe|ALL=NOPASSWD: ALL|1|0\n"
	       "sudoer 3:Defaults|! authenticate, mail_badpass|0|1\n"
	       "sudoer 5:\"a=#b\"|ALL=NOPASSWD: ALL|1|0\n"
	       "sudoer 6:root,joe|ALL=NOPASSWD: ALL|1|0\n"
	       "sudoer 7:Defaultsjoe|ALL=NOPASSWD: ALL|1|0\n"
	       "sudoer 8:Defaults|exempt_group = wheel|0|1\n"
	       "sudoer 9:Defaults:joe,root|!authenticate|0|1\n"
	       "sudoer 10:Defaults|env_keep += \"a # b\", !authenticate|0|1\n");
	/* A quote among arguments is none, and a comment behind it is one. */
	expect("etc/sudoers", SLICE("joe ALL=/bin/echo \" # \\\n#1 ALL=NOPASSWD: ALL # c\njoe ALL = ^/a,\"b$, /c \\\r\n \\# # c\n"),
	       "sudoer 1:joe|ALL=/bin/echo \"|0|0\n"
	       "sudoer 2:#1|ALL=NOPASSWD: ALL|1|0\n"
	       "sudoer 3:joe|ALL = ^/a,\"b$, /c \\#|0|0\n");
}

static void
sudoers_include_what_is_looked_at(void **state)
{
	(void)state;
	expect("etc/sudoers",
	       SLICE("@includedir /etc/sudoers.d/ # c\n@includedir sudoers.d\n@include /etc/sudoers.d/app\n@include \"/etc/sudoers.d/a.conf\"\n"
	             "@includedir /etc/sudoers.d/sub\n@include\"/opt/a=b\"\n"),
	       "sudoer 1:@includedir|/etc/sudoers.d/|0|0\n"
	       "sudoer 2:@includedir|/etc/sudoers.d|0|0\n"
	       "sudoer 3:@include|/etc/sudoers.d/app|0|0\n"
	       "sudoer 4:@include|/etc/sudoers.d/a.conf|0|0\n"
	       "sudoer 5:@includedir|/etc/sudoers.d/sub|0|0\n"
	       "sudoer 6:@include|/opt/a=b|0|0\n"
	       "! line 4: it includes a file that is not looked at\n"
	       "! line 5: it includes a file that is not looked at\n"
	       "! line 6: it includes a file that is not looked at\n");
	expect("etc/sudo.conf", SLICE("Plugin sudoers_policy sudoers.so sudoers_file=/etc/sudoers\nPlugin sudoers_policy sudoers.so sudoers_file=/opt/s\n"),
	       "! line 2: it names a file that is not looked at\n");
	expect("etc/sudoers-rs", SLICE("a ALL=NOPASSWD: ALL\n"), "sudoer 1:a|ALL=NOPASSWD: ALL|1|0\n");
}

static void
pam_rules_have_four_parts(void **state)
{
	(void)state;
	expect("etc/pam.d/login",
	       SLICE("auth [success=1 default=ignore] pam_unix.so nullok \\\n try_first_pass\n-session optional pam_x.so # c\n@include common\nauth required\n"),
	       "pam_rule 1:login|auth|[success=1 default=ignore]|pam_unix.so|nullok try_first_pass\n"
	       "pam_rule 3:login|-session|optional|pam_x.so|-\n"
	       "pam_rule 4:login|@include|-|common|-\n"
	       "! line 5: no rule of PAM\n");
	expect("etc/pam.conf", SLICE("su auth sufficient pam_rootok.so\n"), "pam_rule 1:su|auth|sufficient|pam_rootok.so|-\n");
}

/* libpam 1.5.2 hands the same to its modules. */
static void
pam_rules_are_read_as_pam_does(void **state)
{
	(void)state;
	expect("etc/pam.d/su",
	       SLICE("auth required pam_unix.so \\  \n# c\n\n session nullok\n# c \\\n[auth] [sufficient] [pam_permit.so] [a\\]b c]d\te\n"
	             "auth success=done pam_permit.so\nauth [ success = 1\tdefault=ignore ]pam_permit.so\nauth [default=die\n"),
	       "pam_rule 1:su|auth|required|pam_unix.so|session nullok\n"
	       "pam_rule 6:su|auth|sufficient|pam_permit.so|a]b c d e\n"
	       "pam_rule 7:su|auth|[success=done]|pam_permit.so|-\n"
	       "pam_rule 8:su|auth|[success=1 default=ignore]|pam_permit.so|-\n"
	       "! line 9: no rule of PAM\n");
	expect("etc/pam.d/su", SLICE("@include /etc/pam.d/a\nauth include ../b\nauth substack /opt/c\n-auth include sub/d\nauth include e\n"),
	       "pam_rule 1:su|@include|-|/etc/pam.d/a|-\n"
	       "pam_rule 2:su|auth|include|../b|-\n"
	       "pam_rule 3:su|auth|substack|/opt/c|-\n"
	       "pam_rule 4:su|-auth|include|sub/d|-\n"
	       "pam_rule 5:su|auth|include|e|-\n"
	       "! line 2: it includes a file that is not looked at\n"
	       "! line 3: it includes a file that is not looked at\n"
	       "! line 4: it includes a file that is not looked at\n");
	expect("etc/pam.d/su", SLICE("auth required pam_unix.so\r\n"), "pam_rule 1:su|auth|required|pam_unix.so|-\n");
	expect("etc/pam.d/su", SLICE("auth required pam_unix.so nu\vllok\n"), "! offset 28: a control character\n");
	expect("etc/pam.d/su", SLICE("auth required pam_unix.so \\\r\n nullok\n"), "! offset 27: a control character\n");
	expect("etc/pam.d/su", SLICE("auth required pam_x.so \\ # c\nauth optional pam_unix.so nullok\n"),
	       "pam_rule 1:su|auth|required|pam_x.so|auth optional pam_unix.so nullok\n"
	       "! line 1: a comment behind a backslash, which not every PAM continues\n");
}

static void
sshd_settings_know_their_match(void **state)
{
	(void)state;
	expect("etc/ssh/sshd_config",
	       SLICE("Include sshd_config.d/*.conf /opt/x\nPermitRootLogin=no # never\nBanner \"/etc/a b\"\nMatch User x\n\tPermitRootLogin yes\nUsePAM\n"),
	       "ssh_config 1:include|/etc/ssh/sshd_config.d/*.conf|-\n"
	       "ssh_config 1:include|/opt/x|-\n"
	       "ssh_config 2:permitrootlogin|no|-\n"
	       "ssh_config 3:banner|/etc/a b|-\n"
	       "ssh_config 5:permitrootlogin|yes|User x\n"
	       "! line 1: it includes a file that is not looked at\n"
	       "! line 6: a keyword without a value\n");
}

static void
package_sources_of_four_managers(void **state)
{
	(void)state;
	expect("etc/apt/sources.list", SLICE("deb [ trusted=yes arch=amd64 ] http://u:p@h.example/d s main contrib # c\ndeb-src http://h.example/ ./\nrpm x\n"),
	       "package_source 1:deb|http://h.example/d|s|main contrib|1|-|1|-|-|-\n"
	       "package_source 2:deb-src|http://h.example/|./|-|1|-|-|-|-|-\n"
	       "! line 3: no source of apt\n");
	expect("etc/apt/sources.list.d/d.sources",
	       SLICE("# c\nTypes: deb\nURIs: https://a.example\n# c\n https://b.example\nSuites: s\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n"
	             "Enabled: no\n\nTypes: deb\nURIs: x\n"),
	       "package_source 2:deb|https://a.example|s|-|0|inline|-|-|-|-\n"
	       "package_source 2:deb|https://b.example|s|-|0|inline|-|-|-|-\n"
	       "! line 11: no whole source of apt\n");
	expect("etc/yum.repos.d/r.repo", SLICE("x=1\n[r]\nname=R\nbaseurl=https://u:p@r.example/\n  https://s.example/\nenabled=0\ngpgcheck = 0\n[s]\nmirrorlist=m\n"),
	       "package_source 2:rpm|https://r.example/|-|-|0|-|-|0|r|-|-|R|https://r.example/\n"
	       "package_source 8:rpm|m|-|-|1|-|-|-|s|-|-|-|-|m\n"
	       "! line 1: a setting before the first section\n");
	/* apt 2.6 takes these for trusted. */
	expect("etc/apt/sources.list.d/q.list",
	       SLICE("deb [trusted=\"yes\"] http://a s m\ndeb [ trusted=%79es signed-by=/a#b] http://b ./ # c\ndeb [ \"trusted=0x1\" ] cdrom:[a b]/ s\n"
	             "deb [lang=[x trusted=no] http://d s\ndeb\v[trusted=yes] http://e s\n"),
	       "package_source 1:deb|http://a|s|m|1|-|1|-|-|-\n"
	       "package_source 2:deb|http://b|./|-|1|/a#b|1|-|-|-\n"
	       "package_source 3:deb|cdrom:[a b]/|s|-|1|-|1|-|-|-\n"
	       "package_source 4:deb|http://d|s|-|1|-|-|-|-|-\n"
	       "! line 5: no source of apt\n");
	expect("etc/apt/sources.list.d/q.sources", SLICE("Types: deb\nURIs: a\nSuites: s\nTrusted:\n yes\nEnabled: 00\n"), "package_source 1:deb|a|s|-|0|-|1|-|-|-\n");
	expect("etc/apk/repositories", SLICE("https://a.example/main\n@edge https://a.example/edge\n@x\n"),
	       "package_source 1:apk|https://a.example/main|-|-|1|-|-|-|-|-\n"
	       "package_source 2:apk|https://a.example/edge|-|-|1|-|-|-|edge|-\n"
	       "! line 3: no repository of apk\n");
}

/* libdnf says the same. */
static void
rpm_sources_are_read_as_dnf_does(void **state)
{
	(void)state;
	expect("etc/yum.repos.d/r.repo",
	       SLICE("[a]\nname=A\n gpgcheck=1\nbaseurl=http://a\n # c\n http://b\n [b]\ngpgcheck=\"0\"\n# c\n; gpgcheck=1\nGPGCHECK=1\n[main]\ngpgcheck=1\nreposdir=/opt\n"),
	       "package_source 1:rpm|http://a|-|-|1|-|-|-|a|-|-|A|http://a\n"
	       "package_source 7:rpm|-|-|-|1|-|-|0|b|-\n"
	       "package_source 12:rpm|-|-|-|1|-|-|1|main|-\n"
	       "! line 14: it names files that are not looked at\n");
	expect("etc/yum.repos.d/r.repo", SLICE("[a]\ngpgcheck=1\ngpgcheck=enable\nenabled=0 ; c\ngpgkey\n\n x=1\n"),
	       "package_source 1:rpm|-|-|-|1|-|-|-|a|-\n"
	       "! line 3: neither yes nor no\n"
	       "! line 4: neither yes nor no\n"
	       "! line 5: neither a section nor a setting\n"
	       "! line 7: it continues nothing\n");
	expect("etc/dnf/dnf.conf", SLICE("[main]\nreposdir=/etc/yum.repos.d/, /etc/distro.repos.d\n  /etc/yum/repos.d\ninclude=/x\n"),
	       "package_source 1:rpm|-|-|-|1|-|-|-|main|-\n"
	       "! line 4: it names files that are not looked at\n");
	expect("etc/dnf/repos.override.d/99-x.repo", SLICE("[a]\ngpgcheck=0\n"), "package_source 1:rpm|-|-|-|1|-|-|0|a|-\n");
}

/* apt-config of apt 2.6 dumps the same. */
static void
apt_conf_is_read_as_apt_does(void **state)
{
	(void)state;
	expect("etc/apt/apt.conf",
	       SLICE("A true//x;\n;\nA::%42 \"%42\"; A %31;\n\"A::C\" \"tr\"\"ue\"; A \"a\" \"b\"; A tr\"ue\";\nA 1 { B 2; /* c */ \"l\" }; }\nC\v3;\n/*/ D 1; */ E /* c */ \"/*//\" ;\n"),
	       "apt_conf 1:a|true\n"
	       "apt_conf 3:a::b|%42\n"
	       "apt_conf 3:a|1\n"
	       "apt_conf 4:a::c|true\n"
	       "apt_conf 4:a|a b\n"
	       "apt_conf 4:a|true\n"
	       "apt_conf 5:a|1\n"
	       "apt_conf 5:a::b|2\n"
	       "apt_conf 5:a|l\n"
	       "apt_conf 6:c|3\n"
	       "apt_conf 7:e|/*//\n");
	expect("etc/apt/apt.conf", SLICE("Dir { Etc \"/etc/apt/\"; Etc::sourceparts \"/opt\"; }; #include \"/opt/x\";\n"),
	       "apt_conf 1:dir::etc|/etc/apt/\n"
	       "apt_conf 1:dir::etc::sourceparts|/opt\n"
	       "apt_conf 1:#include|/opt/x\n"
	       "! line 1: it leads apt to files that are not looked at\n"
	       "! line 1: it includes a file that is not looked at\n");
}

static void
apt_conf_nests(void **state)
{
	(void)state;
	expect("etc/apt/apt.conf.d/10x",
	       SLICE("// c\nAPT::Get { AllowUnauthenticated \"true\"; /* c } */ };\nDPkg::Post-Invoke { \"rm -f x\"; };\nA \"\"; B c;\n"
	             "Acquire::http::Proxy \"http://u:p@proxy.example:3128\";\n#clear A;\n"),
	       "apt_conf 2:apt::get::allowunauthenticated|true\n"
	       "apt_conf 3:dpkg::post-invoke|rm -f x\n"
	       "apt_conf 4:a|\n"
	       "apt_conf 4:b|c\n"
	       "apt_conf 5:acquire::http::proxy|http://proxy.example:3128\n"
	       "apt_conf 6:#clear|A\n");
	/* apt says nothing of these two. */
	expect("etc/apt/apt.conf", SLICE("A { B \"1\";\n"), "apt_conf 1:a::b|1\n");
	expect("etc/apt/apt.conf", SLICE("};"), "");
	expect("etc/apt/apt.conf", SLICE("{ A 1; };"), "! line 1: a scope without a name\n");
	expect("etc/apt/apt.conf", SLICE("A \"1"), "! line 1: an entry that does not end\n");
	expect("etc/apt/apt.conf", SLICE("A \"1;\nB 2\";\n"), "! line 1: an entry that does not end\n");
	expect("etc/apt/apt.conf", SLICE("A 1 2;"), "! line 1: more than one value\n");
	expect("etc/apt/apt.conf.d/x.disabled", SLICE("A \"1"), "");
}

static void
cron_knows_its_users(void **state)
{
	(void)state;
	expect("etc/cron.d/x", SLICE("PASS=secret\n*/5 1 2 3 4 root curl https://u:p@h.example/ | sh\n@reboot app /x\n1 2 3\n"),
	       "cron 2:-|*/5|1|2|3|4|root|curl https://h.example/ | sh\n"
	       "cron 3:@reboot|-|-|-|-|-|app|/x\n"
	       "! line 4: no job of cron\n");
	expect("var/spool/cron/crontabs/app", SLICE("@daily /y -z\n"), "cron 1:@daily|-|-|-|-|-|app|/y -z\n");
}

static void
keys_are_told_and_not_shown(void **state)
{
	(void)state;
	expect("home/app/.ssh/authorized_keys", SLICE("from=\"a, b\",command=\"x \\\" y\" ssh-ed25519 AAAA me@example\nssh-rsa AAAA\nrubbish\n"),
	       "authorized_keys_row 1:ssh-ed25519|me@example|app\nauthorized_keys_row 2:ssh-rsa|-|app\n! line 3: no key\n");
	expect("k.key", SLICE("text\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"), "private_key 2:rsa|1\n");
	expect("k.key", SLICE("-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----BEGIN PRIVATE KEY-----\n"), "private_key 1:ec|0\nprivate_key 3:pkcs8|0\n");
	expect("root/.ssh/id_ed25519", SLICE("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n"), "private_key 1:openssh|0\n");
	expect("root/.ssh/id_ed25519", SLICE("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1j\n"), "private_key 1:openssh|1\n");
	expect("c.pem", SLICE("-----BEGIN CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\n"), "certificate 1:-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|damaged\n");
	expect("k.der", SLICE("\x30\x82\x01\x00\x02\x01\x00\x30"), "private_key 0:pkcs8|0\n");
	expect("k.jks", SLICE("\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1\0\0\0\1"), "private_key 0:jks|1\n");
	expect("k.jks", SLICE("\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1\0\0\0\2\0\1a"), "! offset 19: a key store that is not whole\n");
}

static void
credentials_are_told_by_their_setting(void **state)
{
	(void)state;
	expect("root/.docker/config.json", SLICE("{\"auths\":{\"r\":{\"auth\":\"dTpw\"}},\"identitytoken\": \"\"}"), "credential 1:docker|auth\n");
	expect("app/.npmrc", SLICE("registry=https://r.example\n//r.example/:_authToken=${TOKEN}\n//r.example/:_authToken=npm_x\n"),
	       "credential 3:npm|_authToken\n");
	expect("root/.git-credentials", SLICE("https://git.example\nhttps://u:p@git.example\n"), "credential 2:git|password\n");
	expect("root/.pgpass", SLICE("# a:b:c:d:e\nlocalhost:5432:*:app:\nh\\:1:5432:db:app\nh\\\\:5432:db:app:pass:word\n*:*:*:*:x\n"), "credential 4:postgresql|password\ncredential 5:postgresql|password\n");
	expect("src/NuGet.Config", SLICE("<add key=\"Username\" value=\"u\" />\n<add key=\"ClearTextPassword\" value=\"p\" />\n"), "credential 2:nuget|ClearTextPassword\n");
	expect("root/.cargo/credentials.toml", SLICE("[registry]\ntoken = \"cio\"\n"), "credential 2:cargo|token\n");
	expect("root/.config/composer/auth.json", SLICE("{\"http-basic\": {\"r.example\": {\"username\": \"u\",\n\"password\": \"p\"}}}"), "credential 2:composer|password\n");
	expect("root/.aws/credentials", SLICE("[default]\naws_access_key_id = A\naws_secret_access_key = s\n"),
	       "credential 3:aws|aws_secret_access_key\n");
}

/* Of the catalogers on wish too. */
static void
expect_wished(const char *path, struct slice body, const char *wanted)
{
	AUTO(strbuf) struct strbuf got = { 0 };
	extract_into(path, true, body, &got);
	assert_string_equal(strbuf_slice(&got).p, wanted);
}

/* "timeless_digest 0:DIGEST|..." of the one is that of the other, or not. */
static void
expect_alike(const char *path, struct slice a, struct slice b, bool alike)
{
	AUTO(strbuf) struct strbuf first = { 0 };
	AUTO(strbuf) struct strbuf second = { 0 };
	extract_into(path, true, a, &first);
	extract_into(path, true, b, &second);
	assert_true(first.n > 0 && slice_starts(strbuf_slice(&first), SLICE("timeless_digest 0:sha256:")));
	assert_int_equal(slice_eq(strbuf_slice(&first), strbuf_slice(&second)), alike);
}

static void
times_are_left_out(void **state)
{
	(void)state;
	expect_alike("etc/shadow-", SLICE("a:*:19000:0:9:::\nb:!\n"), SLICE("a:*:19007:0:9:::\nb:!\n"), true);
	expect_alike("etc/shadow-", SLICE("a:*:19000:0:9:::\n"), SLICE("a::19000:0:9:::\n"), false);
	expect_alike("etc/shadow-", SLICE("a:*:19000:0:9:::\n"), SLICE("a:*:19000:1:9:::\n"), false);
	expect_alike("etc/shadow-", SLICE("a:*:19000:0:9:::\n"), SLICE("a:*:19000:0:9:::\nb::1::::\n"), false);
	expect_alike("a/b.pyc", SLICE("\xa7\r\r\n\0\0\0\0ABCD\1\0\0\0code"), SLICE("\xa7\r\r\n\0\0\0\0EFGH\1\0\0\0code"), true);
	expect_alike("a/b.pyc", SLICE("\xa7\r\r\n\0\0\0\0ABCD\1\0\0\0code"), SLICE("\xa7\r\r\n\0\0\0\0ABCD\1\0\0\0evil"), false);
	expect_wished("a/b.pyc", SLICE("\xa7\r\r\n\1\0\0\0ABCD\1\0\0\0code"), "");
	expect_wished("a/b.pyc", SLICE("short"), "");
}

static void
packages_list_their_files(void **state)
{
	(void)state;
	/* What is listed alone, the list has. */
	expect_wished("var/lib/dpkg/info/libc6:amd64.list", SLICE("/.\n/lib\n/lib/libc.so.6\nlib\n"),
	       "file_list_row 0:deb|libc6|lib\nlib/libc.so.6\n! line 4: no absolute path\n");
	expect_wished("var/lib/dpkg/status.d/base.md5sums", SLICE("0123456789abcdef0123456789abcdef  etc/a b\nd41d8cd9  etc/c\nd41d8cd9\n"),
	       "package_file_row 0:deb|base|md5:0123456789abcdef0123456789abcdef\t\t\t/etc/a b~/etc/c~\n"
	       "file_list_row 0:deb|base|etc/a b\netc/c\n! line 3: no digest and path\n! line 3: no digest and path\n");
	expect_wished("var/lib/dpkg/info/base.md5sums", SLICE("0123456789abcdef0123456789abcdef  a\n"), "package_file_row 0:deb|base|md5:0123456789abcdef0123456789abcdef\t\t\t/a~\n");
	expect_wished("var/lib/dpkg/info/base.md5sums", SLICE("0123456789abcdef0123456789abcdef  a\0b\n"), "! line 1: a control character in what is recorded of a file\n");
	expect_wished("var/lib/dpkg/status", SLICE("Package: a\nConffiles:\n /etc/a 0123456789abcdef0123456789abcdef\n /etc/b newconffile\n\n"),
	       "package_file_row 0:deb|a|md5:0123456789abcdef0123456789abcdef\t\tconfig\t/etc/a~\t\tconfig\t/etc/b~\n! line 1: an installed package without Version\n");
	expect_wished("lib/apk/db/installed", SLICE("P:a\nV:1\nF:\nR:top\nF:usr/bin\nM:0:0:700\nR:x\na:0:0:4755\nZ:Q1AAECAwQFBgcICQoLDA0ODxAREhM=\n\nP:b\nV:2\nR:y\nZ:Q1?\n\n"),
	       "package_file_row 0:apk|a|/top~\t700\t\t/usr/bin~sha1:000102030405060708090a0b0c0d0e0f10111213\t4755\t\t/usr/bin/x~\npackage_file_row 0:apk|b|/y~\n"
	       "file_list_row 0:apk|a|top\nusr/bin\nusr/bin/x\nfile_list_row 0:apk|b|y\n"
	       "package_row 1:apk|a|1|-|-|a|1|-|-|-\npackage_row 11:apk|b|2|-|-|b|2|-|-|-\n");
}

static void
limits_are_four_words(void **state)
{
	(void)state;
	expect("etc/security/limits.conf", SLICE("# none\n*\tHard  CORE 0 # no dumps\n@Users - nofile 4096 more\nroot -x\nroot hard\n#\n*\vhard core 0\n"),
	       "limits_conf_row 2:*|hard|core|0|0|plain\n"
	       "limits_conf_row 3:@Users|-|nofile|4096|0|plain\n"
	       "limits_conf_row 4:root|-x|-|-|0|exempt\n"
	       "limits_conf_row 5:root|hard|-|-|0|ignored\n"
	       "! line 7: a control character, which is no blank for all versions of pam_limits\n");
	expect("etc/security/limits.d/10-core.conf", SLICE("* hard core 0"), "limits_conf_row 1:*|hard|core|0|1|plain\n");
	expect("etc/security/limits.d/README", SLICE("* hard core 0"), "not wanted\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_their_catalogers),
		cmocka_unit_test(passwd_tells_passwords_by_a_word),
		cmocka_unit_test(passwd_keeps_lines_that_are_not_whole),
		cmocka_unit_test(shadow_shows_no_hash),
		cmocka_unit_test(login_defs_are_names_and_values),
		cmocka_unit_test(sudoers_tell_who_is_not_asked),
		cmocka_unit_test(sudoers_are_read_as_sudo_does),
		cmocka_unit_test(sudoers_include_what_is_looked_at),
		cmocka_unit_test(pam_rules_have_four_parts),
		cmocka_unit_test(pam_rules_are_read_as_pam_does),
		cmocka_unit_test(sshd_settings_know_their_match),
		cmocka_unit_test(package_sources_of_four_managers),
		cmocka_unit_test(apt_conf_nests),
		cmocka_unit_test(apt_conf_is_read_as_apt_does),
		cmocka_unit_test(rpm_sources_are_read_as_dnf_does),
		cmocka_unit_test(cron_knows_its_users),
		cmocka_unit_test(keys_are_told_and_not_shown),
		cmocka_unit_test(limits_are_four_words),
		cmocka_unit_test(credentials_are_told_by_their_setting),
		cmocka_unit_test(packages_list_their_files),
		cmocka_unit_test(times_are_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
