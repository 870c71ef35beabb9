#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every check of the catalogue: a tree on which all of them pass, and for each one a tree that is broken only there.  A check
# without a way to break it fails this test.  A file that a check needs and that cannot be read never lets it pass.
set -eu
plimsoll=$1
# Owners are part of the trees: without root this needs a user namespace of its own.
if [ "$(id -u)" != 0 ]; then
	unshare -r true 2>/dev/null || { echo "neither root nor user namespaces"; exit 77; }
	exec unshare -r bash "$0" "$@"
fi
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
cd "$work"
umask 022
failed=0

cat >policy.yaml <<'P'
plimsoll: v1
name: test/checks
configuration: {checks: ["*/*"]}
P

package() { # NAME VERSION
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Test <t@example.org>\nVersion: %s\nDescription: test\n\n' "$1" "$2"
}

# A Debian 12 in which every check finds what it needs, and nothing to complain of.
good() { # DIR
	mkdir -p "$1" && cd "$1"
	mkdir -p etc/{pam.d,sudoers.d,cron.d,apt/sources.list.d,apt/apt.conf.d,apk/keys,yum.repos.d,ssh/sshd_config.d,ssl/certs} root/.ssh root/.docker \
		usr/{bin,sbin,lib} var/lib/dpkg var/spool/cron/crontabs home/app tmp
	chmod 1777 tmp
	chmod 750 etc/sudoers.d
	printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nNAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n' >etc/os-release
	cat >etc/passwd <<'F'
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
app:x:1000:1000::/home/app:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
F
	printf 'root:x:0:\ndaemon:x:1:\nshadow:x:42:\napp:x:1000:\nnogroup:x:65534:\n' >etc/group
	printf 'root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\napp:!:19000:0:99999:7:::\n' >etc/shadow
	printf 'root:*::\ndaemon:*::\nshadow:*::\napp:!::\n' >etc/gshadow
	for file in passwd group shadow gshadow; do cp etc/$file etc/$file-; done
	chown 0:42 etc/shadow etc/gshadow 2>/dev/null || true
	chmod 640 etc/shadow etc/gshadow
	chmod 600 etc/shadow- etc/gshadow-
	printf '# defaults\nUMASK\t\t027\nENCRYPT_METHOD YESCRYPT\nPASS_MIN_DAYS 1\n' >etc/login.defs
	printf 'Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n# %%sudo ALL = NOPASSWD: ALL\n@includedir /etc/sudoers.d\n' >etc/sudoers
	printf 'app ALL=(ALL) \\\n  /usr/bin/demo\n' >etc/sudoers.d/app
	chmod 440 etc/sudoers etc/sudoers.d/app
	printf 'auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n' >etc/pam.d/common-auth
	printf '@include common-auth\naccount required pam_unix.so\n' >etc/pam.d/login
	printf 'Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\nUsePAM yes\n' >etc/ssh/sshd_config
	printf 'PermitRootLogin no\nDisableForwarding yes\n' >etc/ssh/sshd_config.d/10-image.conf
	printf '/bin/sh\n/bin/bash\n' >etc/shells
	printf '# nobody\n' >root/.ssh/authorized_keys
	printf '17 * * * * root /usr/bin/demo\n' >etc/cron.d/demo
	printf 'deb [signed-by=/usr/share/keyrings/demo.gpg] https://deb.example.org/debian bookworm main\n' >etc/apt/sources.list
	printf 'Types: deb\n# both\nURIs: https://deb.example.org/debian\nSuites: bookworm bookworm-updates\nComponents: main\n' >etc/apt/sources.list.d/demo.sources
	printf 'APT { Install-Recommends "false"; }; // less\n' >etc/apt/apt.conf.d/10demo
	printf '[main]\ngpgcheck=1\nlocalpkg_gpgcheck=1\n' >etc/yum.conf
	printf '[demo]\nname=Demo\nbaseurl=https://rpm.example.org/demo\nenabled=1\n' >etc/yum.repos.d/demo.repo
	printf 'key\n' >etc/apk/keys/alpine-devel@lists.alpinelinux.org-00000000.rsa.pub
	printf -- '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' >etc/ssl/certs/demo.pem
	printf '{"auths": {"registry.example.org": {}}, "credsStore": "pass"}\n' >root/.docker/config.json
	{ package libdemo 2.0-1; package gcc-12-base 12.2.0-14; } >var/lib/dpkg/status
	printf '#!/bin/sh\necho demo\n' >usr/bin/demo
	chmod 755 usr/bin/demo
	mkdir -p etc/{security,systemd,crypto-policies,ssl} usr/share/zoneinfo var/lib/dpkg/info
	printf '#!/bin/sh\necho su\n' >usr/bin/su
	chmod 755 usr/bin/su
	printf 'auth sufficient pam_rootok.so\nauth required pam_wheel.so use_uid\n' >etc/pam.d/su
	printf '* hard core 0\n' >etc/security/limits.conf
	printf '[Coredump]\nStorage=none\n' >etc/systemd/coredump.conf
	printf 'openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = system\n[system]\nMinProtocol = TLSv1.2\nCipherString = DEFAULT@SECLEVEL=2\n' >etc/ssl/openssl.cnf
	printf 'DEFAULT\n' >etc/crypto-policies/config
	printf '127.0.0.1 localhost\n' >etc/hosts
	: >usr/share/zoneinfo/UTC
	mkdir -p usr/share/ca-certificates
	cp "$work/brought.crt" usr/share/ca-certificates/brought.crt
	cp "$work/brought.crt" etc/ssl/certs/ca-certificates.crt
	printf '/usr/share/ca-certificates/brought.crt\n/.\n/usr\n/usr/bin\n/usr/bin/demo\n/usr/bin/su\n/etc/cron.d\n/etc/cron.d/demo\n/etc/apk\n/etc/apk/keys\n/etc/apk/keys/alpine-devel@lists.alpinelinux.org-00000000.rsa.pub\n' >var/lib/dpkg/info/libdemo.list
	md5sum usr/bin/demo usr/bin/su >var/lib/dpkg/info/libdemo.md5sums
	chown 1000:1000 home/app
	chmod 750 home/app
	chmod 700 root
	: >etc/machine-id
	cd "$work"
}

add() { printf "$2\n" >>"$1"; } # FILE LINE

# What breaks each check, in the tree's root; and the checks that rightly find the same.
declare -A also
break_accounts_uid_zero() { add etc/passwd 'toor:x:0:0::/root:/usr/sbin/nologin'; }
also[accounts/uid-zero]=accounts/duplicate-uid
break_accounts_empty_password() { sed -i 's/^app:!/app:/' etc/shadow; }
break_accounts_root_locked() { sed -i 's/^root:\*/root:$6$salt$hash/' etc/shadow; }
also[accounts/root-locked]=accounts/password-hash
break_accounts_password_hash() { sed -i 's/^app:!/app:!$y$j9T$salt$hash/' etc/shadow; }
break_accounts_shadowed() { sed -i 's/^app:x/app:plain/' etc/passwd; }
break_accounts_weak_hash() { sed -i 's/^app:!/app:$1$salt$hash/' etc/shadow; }
also[accounts/weak-hash]=accounts/password-hash
break_accounts_duplicate_uid() { add etc/passwd 'app2:x:1000:1000::/home/app:/bin/bash'; }
break_accounts_duplicate_name() { add etc/passwd 'app:x:1001:1000::/home/app2:/bin/bash'; }
break_accounts_duplicate_gid() { add etc/group 'app2:x:1000:'; }
break_accounts_primary_group() { add etc/passwd 'app2:x:1001:1001::/home/app2:/bin/bash'; }
break_accounts_shadow_group() { sed -i 's/^shadow:x:42:/&app/' etc/group; }
break_accounts_login_shells() { sed -i 's|^\(daemon:.*\):/usr/sbin/nologin|\1:/bin/sh|' etc/passwd; }
break_accounts_nis_entries() { add etc/group '+:::'; }
break_files_passwd_mode() { chmod 664 etc/passwd; }
break_files_shadow_mode() { chmod 644 etc/shadow; }
break_files_backup_modes() { chmod 644 etc/shadow-; }
break_files_home_trust() { add home/app/.rhosts 'host.example.org app'; }
break_files_history() { add root/.bash_history 'mysql -psecret'; }
break_cis_set_id() { chmod 4755 usr/bin/su; }
break_cis_x_server() { package xserver-common 2:21.1.7-3 >>var/lib/dpkg/status; }
break_cis_ssh_forwarding() { sed -i /Forwarding/d etc/ssh/sshd_config.d/*; }
break_cis_ssh_gssapi() { add etc/ssh/sshd_config.d/40-site.conf 'GSSAPIAuthentication yes'; }
break_cis_password_days() { sed -i 's/DAYS 1/DAYS 0/' etc/login.defs; }
break_cis_nologin_shell() { add etc/shells /usr/sbin/nologin; }
break_filesystem_setuid() { cp usr/bin/demo usr/bin/become && chmod 4755 usr/bin/become; }
also[filesystem/setuid]='cis/set-id integrity/unaccounted'
break_filesystem_world_writable_file() { mkdir opt && add opt/settings a && chmod 666 opt/settings; }
break_filesystem_world_writable_directory() { mkdir opt && chmod 777 opt; }
break_filesystem_system_writable() { chmod 775 usr/bin/demo; }
break_filesystem_unowned() { sed -i /^root:/d etc/group; }
also[filesystem/unowned]=accounts/primary-group
break_filesystem_devices() { mkdir run && mkfifo run/control; }
break_filesystem_preload() { add etc/ld.so.preload /usr/lib/libdemo.so; }
break_privilege_sudo_nopasswd() { add etc/sudoers.d/app 'app ALL=(ALL) NOPASSWD : ALL'; }
break_privilege_sudoers_mode() { chmod 644 etc/sudoers; }
break_privilege_pam_nullok() { sed -i 's/pam_unix.so$/&\tnullok try_first_pass/' etc/pam.d/common-auth; }
break_privilege_login_umask() { add etc/login.defs 'UMASK 022'; }
break_privilege_login_hash() { sed -i /ENCRYPT/d etc/login.defs; }
break_privilege_host_trust() { add etc/hosts.equiv +; }
break_services_ssh_root_login() { sed -i /Root/d etc/ssh/sshd_config.d/*; }
break_services_ssh_empty_passwords() { add etc/ssh/sshd_config 'Match User app\n  PermitEmptyPasswords yes'; }
break_services_ssh_host_based() { add etc/ssh/sshd_config 'HostbasedAuthentication=yes'; }
break_services_ssh_user_environment() { add etc/ssh/sshd_config.d/20-app.conf 'permituserenvironment yes'; }
break_services_ssh_server() { package openssh-server 1:9.2p1-2 >>var/lib/dpkg/status; }
break_services_ssh_host_keys() { printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\n' >etc/ssh/ssh_host_rsa_key; chmod 600 etc/ssh/ssh_host_rsa_key; }
break_services_authorized_keys() { add root/.ssh/authorized_keys 'from="10.0.0.0/8, *" ssh-ed25519 AAAA me@example.org'; }
break_services_insecure() { package telnetd 0.17-44 >>var/lib/dpkg/status; }
break_services_cron() { add var/spool/cron/crontabs/app '@reboot /home/app/.hidden'; }
break_packages_apt_unauthenticated() { sed -i 's/^deb \[/&trusted=yes /' etc/apt/sources.list; }
break_packages_rpm_gpgcheck() { sed -i /^gpgcheck/d etc/yum.conf; }
break_hardening_local_packages() { sed -i s/localpkg_gpgcheck=1/localpkg_gpgcheck=0/ etc/yum.conf; }
break_packages_apk_keys() { add etc/apk/keys/me.rsa.pub key; }
also[packages/apk-keys]=hardening/repository-keys
break_packages_hidden_caches() { mkdir -p var/cache/dnf && add var/cache/dnf/demo.solv x; set_as '{history: [{created_by: "COPY tree /"}, {created_by: "CMD []", empty_layer: true}, {created_by: "RUN dnf clean all"}]}'; echo var/cache/dnf/demo.solv >../removed; }
break_packages_caches() { mkdir -p var/cache/apt/archives && add var/cache/apt/archives/demo_1_amd64.deb x; }
break_tools_compilers() { package gcc-12 12.2.0-14 >>var/lib/dpkg/status; }
break_tools_network() { package nmap 7.93-1 >>var/lib/dpkg/status; }
break_tools_debuggers() { package strace 6.1-0.1 >>var/lib/dpkg/status; }
break_leftovers_version_control() { mkdir -p srv/app/.git; }
break_leftovers_development() { mkdir -p srv/.vscode/empty srv/.idea; }
break_leftovers_credential_files() { add home/app/vault.psafe3 'PWS3'; : >home/app/.env; }
break_leftovers_machine_id() { add etc/machine-id 0123456789abcdef0123456789abcdef; }
break_secrets_private_keys() { printf -- '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n' >home/app/id_rsa; }
also[secrets/private-keys]=leftovers/credential-files
break_secrets_cloud_credentials() { sed -i 's/org": {/&"auth": "dXNlcjpwYXNz"/' root/.docker/config.json; }

break_secrets_tokens() { mkdir -p srv && printf 'TOKEN = "%s-%s"\n' glpat aB3dE5fG7hJ9kL1mN2pQ >srv/app.py; }
break_secrets_passwords() { add etc/app.conf 'password = hunter2-test-only'; }

break_accounts_root_group() { sed -i 's/^daemon:x:1:1:/daemon:x:1:0:/' etc/passwd; }
break_homes_modes() { chmod 755 home/app; }
break_homes_dotfiles() { add home/app/.profile 'umask 022'; chown 1000:1000 home/app/.profile; chmod 664 home/app/.profile; }
break_services_ssh_algorithms() { add etc/ssh/sshd_config.d/30-old.conf 'Ciphers aes256-gcm@openssh.com,aes128-cbc'; }
break_crypto_openssl() { sed -i 's/TLSv1.2/TLSv1/' etc/ssl/openssl.cnf; }
break_crypto_ca_bundle() { cat "$work/other.crt" >>etc/ssl/certs/ca-certificates.crt; }
break_crypto_policy() { echo LEGACY >etc/crypto-policies/config; }
break_integrity_packages() { echo 'echo changed' >>usr/bin/demo; }
break_integrity_unaccounted() { mkdir -p srv && cp usr/bin/demo srv/tool; }
break_integrity_capabilities() { python3 -c 'import os, struct; os.setxattr("usr/bin/demo", "security.capability", struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0))' 2>/dev/null || python3 -c 'import os, struct; os.setxattr("usr/bin/demo", "security.capability", struct.pack("<6I", 0x03000001, 1 << 10, 0, 0, 0, 0))'; }
break_hardening_sudo() { package sudo 1.9.13p3-1 >>var/lib/dpkg/status; }
break_hardening_su() { sed -i /wheel/d etc/pam.d/su; }
break_hardening_repository_keys() { mkdir -p etc/apt/trusted.gpg.d && add etc/apt/trusted.gpg.d/other.gpg key; }
break_hardening_repositories() { printf 'deb [trusted=yes] http://deb.example.org/other bookworm main\n' >etc/apt/sources.list.d/other.list; }
also[hardening/repositories]=packages/apt-unauthenticated
break_hardening_core_dumps() { sed -i s/none/external/ etc/systemd/coredump.conf; }
break_hardening_times() { touch -d 2100-01-01 usr/bin/demo; }


# What needs a build: of an image whose second step is this instruction.
labels='{"org.opencontainers.image.source": "https://git.example.org/demo", "org.opencontainers.image.revision": "1", "org.opencontainers.image.version": "1.0",
	"org.opencontainers.image.licenses": "MIT", "org.opencontainers.image.created": "2026-11-01T00:00:00Z"}'
built() { # INSTRUCTION [SETTING...]: more keys of the configuration, whose own settings are well but for them
	jq -n --arg step "$1" --argjson labels "$labels" "{User: \"1000:1000\", Healthcheck: {Test: [\"CMD\", \"demo\"]}, Env: [\"PATH=/usr/bin\"], Labels: \$labels,
		Cmd: [\"/usr/bin/demo\"], owners: true, history: [{created_by: \"COPY tree /\"}, {created_by: \$step, empty_layer: true}]} * ${2:-{\}}" >../built.json
}
set_as() { built 'CMD ["/usr/bin/demo"]' "${1:-{\}}"; }
break_image_user_root() { set_as '{User: "0"}'; }
break_image_user_numeric() { set_as '{User: "app"}'; }
break_image_user_exists() { set_as '{User: "ghost"}'; }
also[image/user-exists]=image/user-numeric
break_image_entrypoint() { set_as '{Cmd: ["/usr/bin/none"]}'; }
break_image_entrypoint_set_id() { chmod 4755 usr/bin/demo; set_as; }
also[image/entrypoint-set-id]='cis/set-id filesystem/setuid'
break_image_entrypoint_form() { mkdir bin && cp usr/bin/demo bin/sh && set_as '{Cmd: ["/bin/sh", "-c", "demo; demo"]}'; }
also[image/entrypoint-form]='hardening/shell integrity/unaccounted'
break_image_healthcheck() { set_as '{Healthcheck: {Test: ["NONE"]}}'; }
break_image_volumes() { set_as '{Volumes: {"/etc": {}}}'; }
break_image_ports() { set_as '{ExposedPorts: {"8080/tcp": {}, "22/tcp": {}}}'; }
break_image_path() { set_as '{Env: ["PATH=/usr/bin:bin"]}'; }
break_image_environment() { set_as '{Env: ["PATH=/usr/bin", "DB_PASSWORD=hunter2-test-only"]}'; }
break_image_labels() { set_as '{Labels: {"org.opencontainers.image.source": ""}}'; }
break_image_label_forms() { set_as '{Labels: {"Upper": "x"}}'; }
break_image_stop_signal() { set_as '{StopSignal: "SIGKILL"}'; }
break_image_created() { set_as '{created: "2100-01-01T00:00:00Z"}'; }
break_image_platform() { set_as '{platform: "freebsd/amd64"}'; }
break_image_layers() { set_as; touch ../many; }
break_image_foreign_layers() { set_as '{layer_kind: "layer.nondistributable.v1.tar+gzip"}'; }
break_image_base() { set_as; touch ../unapproved; }
break_integrity_application() { mkdir -p srv/app && cp usr/bin/demo srv/app/ && chown 1000:1000 srv/app/demo && set_as '{Cmd: ["/srv/app/demo"]}'; }
also[integrity/application]=integrity/unaccounted
break_hardening_units() { mkdir -p usr/lib/systemd/system etc/systemd/system/multi-user.target.wants; printf '[Service]\nExecStart=/usr/bin/demo\n[Install]\nWantedBy=multi-user.target\n' >usr/lib/systemd/system/demo.service
	ln -s /usr/lib/systemd/system/demo.service etc/systemd/system/multi-user.target.wants/; set_as; }
break_hardening_downloads() { ln -s demo usr/bin/curl; set_as; }
break_hardening_package_manager() { ln -s demo usr/bin/apt-get; set_as; }
break_hardening_shell() { ln -s demo usr/bin/sh; set_as; }
break_hardening_network_files() { add etc/hosts '10.0.0.7 builder.example.org'; set_as; }
break_hardening_locale() { set_as '{Env: ["PATH=/usr/bin", "TZ=Mars/Olympus"]}'; }
break_history_go_unversioned() { built 'RUN /bin/sh -c go install example.org/tool@v1.2.3 && go install example.org/other@latest # buildkit'; }
break_history_assume_yes() { built 'RUN /bin/sh -c apt-get remove curl # buildkit'; }
break_history_consecutive_runs() { set_as '{history: [{created_by: "COPY tree /"}, {created_by: "RUN a # buildkit", empty_layer: true}, {created_by: "RUN b # buildkit", empty_layer: true}, {created_by: "RUN c # buildkit", empty_layer: true}, {created_by: "RUN d # buildkit", empty_layer: true}]}'; }
break_history_two_downloaders() { built 'RUN /bin/sh -c curl -fsSO https://example.org/a && wget https://example.org/b # buildkit'; }
break_history_shell_link() { built 'RUN /bin/sh -c ln -sf /bin/bash /bin/sh # buildkit'; }
break_history_add_remote() { built 'ADD https://example.org/tool /usr/bin/tool # buildkit'; }
break_secrets_environment() { built 'CMD ["/usr/bin/demo"]' '{Env: ["SERVICE=glpat-aB3dE5fG7hJ9kL1mN2pQ"]}'; }
break_secrets_history() { built 'RUN |1 SERVICE=glpat-aB3dE5fG7hJ9kL1mN2pQ /bin/sh -c make # buildkit'; }
break_secrets_buried() { printf -- '-----BEGIN PRIVATE KEY-----\n' >home/app/id_rsa; set_as '{history: [{created_by: "COPY tree /"}, {created_by: "CMD []", empty_layer: true}, {created_by: "COPY top /"}]}'; echo home/app/id_rsa >../removed; }
break_history_add_local() { built 'ADD settings.conf /etc/ # buildkit'; }
break_history_pipe_to_shell() { built 'RUN /bin/bash -o pipefail -c curl -fsSL https://example.org/install | sudo -E bash -s -- --yes # buildkit'; }
also[history/pipe-to-shell]=history/sudo
break_history_unverified() { built 'RUN /bin/sh -c curl -fsSLko /opt/x https://example.org/x # buildkit'; }
break_history_sudo() { built '/bin/sh -c sudo make install'; }
break_history_apt() { built 'RUN /bin/sh -c apt list --installed # buildkit'; }
break_history_release_upgrade() { built 'RUN /bin/sh -c apt-get update && apt-get -o Dpkg::Use-Pty=0 dist-upgrade -y # buildkit'; }
break_history_update_alone() { built '/bin/sh -c apt-get -qq update'; }
break_history_apt_unversioned() { built '/bin/sh -c apt-get update; DEBIAN_FRONTEND=noninteractive apt-get install -y -t bookworm-backports nginx curl=7.88.1-10'; }
break_history_apk_unversioned() { built 'RUN /bin/sh -c apk add --no-cache --virtual .build nginx "curl=8.5.0-r0" # buildkit'; }
break_history_rpm_unversioned() { built 'RUN /bin/sh -c microdnf install -y --setopt install_weak_deps=0 nginx httpd-2.4.57-5.el9 # buildkit'; }
break_history_pip_unversioned() { built 'RUN /bin/sh -c python3 -m pip install --no-cache-dir -r requirements.txt "requests[security]" flask==3.0.0 # buildkit'; }
break_history_npm_unversioned() { built 'RUN /bin/sh -c npm install -g @scope/tool typescript@5.4.2 # buildkit'; }
break_history_gem_unversioned() { built 'RUN /bin/sh -c gem install rake bundler:2.5.0 && gem install puma -v 6.4.0 # buildkit'; }
break_history_recommends() { built 'RUN /bin/sh -c apt-get update && apt-get install -y nginx=1.22.1-9 # buildkit'; sed -i /Recommends/d etc/apt/apt.conf.d/10demo; }
break_history_pipefail() { built 'RUN /bin/sh -c cat a | gzip >b # buildkit'; }
break_history_cd() { built 'RUN /bin/sh -c cd /srv && make # buildkit'; }
break_history_workdir_relative() { built 'WORKDIR srv # buildkit'; }
break_history_open_mode() { built 'RUN /bin/sh -c chmod -R u+x,a+rwX /srv # buildkit'; }
break_history_pointless() { built 'RUN /bin/sh -c service nginx start # buildkit'; }
break_history_secret_names() { built 'RUN |2 VERSION=1.2 NPM_TOKEN=hunter2 /bin/sh -c make # buildkit'; }
break_history_lastlog() { built 'RUN /bin/sh -c useradd -m -u 1000650000 app # buildkit'; }
break_history_maintainer() { built '/bin/sh -c #(nop)  MAINTAINER me@example.org'; }
break_history_several_commands() { set_as; jq '.history[2:] = [{created_by: "COPY top /"}, {created_by: "CMD [\"a\"]", empty_layer: true}, {created_by: "CMD [\"b\"]", empty_layer: true}]' ../built.json >../more && mv ../more ../built.json; }
break_history_latest_tag() { built 'CMD ["/usr/bin/demo"]' '{reference: "registry.example.org/demo:latest"}'; }
break_history_base_latest() { built 'CMD ["/usr/bin/demo"]' '{Labels: {"org.opencontainers.image.base.name": "registry.example.org:5000/base"}}'; }

# -> "EXIT RULE..." of tree/; of an image of it where built.json has a configuration, whose lowest layer is an approved base: of more than one layer
# with the file "many", and in the place of all others with more than two steps of which the third makes one.
judge() {
	local status=0 target=rootfs:tree base=
	if [ -e built.json ]; then
		rm -rf image.oci base.oci base.json top
		mkdir -p top/srv top/home/app
		chown 1000:1000 top/home/app
		chmod 750 top/home/app
		[ ! -e removed ] || { gone=$(cat removed) && mkdir -p "top/$(dirname "$gone")" && touch "top/$(dirname "$gone")/.wh.$(basename "$gone")"; }
		set -- tree
		[ "$(jq -r '.history[2].empty_layer == null and (.history | length) > 2' built.json)" = false ] || set -- tree top
		[ ! -e many ] || set -- tree $(yes top | head -n 127)
		"$root/tools/oci-image" image.oci built.json "$@"
		"$root/tools/oci-image" base.oci built.json tree
		[ -e unapproved ] || { base=demo; "$plimsoll" base add --name demo --file base.json --date 2026-11-01 oci:base.oci >/dev/null; }
		rm -f built.json many unapproved removed
		target=oci:image.oci
	fi
	{ cat policy.yaml; [ -z "$base" ] || echo 'base_image: {approved: [{name: demo, generations: base.json}]}'; } >judged.yaml
	"$plimsoll" check --policy judged.yaml --output json $target >verdict.json 2>judge.err || status=$?
	jq -r --arg status $status '[$status] + ([.findings[].rule] | unique) | join(" ")' verdict.json || { cat judge.err; echo "no verdict"; }
}

expect() { # NAME WANTED GOT
	[ "$2" = "$3" ] && return
	echo "not ok $1"
	echo "  wanted: $2"
	echo "  got:    $3"
	failed=1
}

fresh() { rm -rf tree && cp -a good tree; }

authority() { openssl req -x509 -newkey ed25519 -nodes -keyout /dev/null -subj "/CN=$1" -days 36500 -out "$1.crt" 2>/dev/null; }
authority brought
authority other
good good
fresh
expect "nothing is found in the good tree" "0" "$(judge)"
expect "it passes" pass "$(jq -r .areas.configuration verdict.json)"

count=0
for id in $(sed -n 's/^- id: //p' "$root"/checks/*.yaml); do
	breaker=break_$(echo "$id" | tr /- __)
	if ! declare -F "$breaker" >/dev/null; then
		expect "$id has a tree that breaks it" yes no
		continue
	fi
	fresh
	(cd tree && $breaker)
	expect "$id" "1 $(echo "$id" ${also[$id]:-} | tr ' ' '\n' | sort | paste -sd ' ')" "$(judge)"
	fresh
	expect "$id, restored" "0" "$(judge)"
	count=$((count + 1))
done
echo "$count checks"

# A directory whose name is a pattern that does not match itself.
fresh
(cd tree && mkdir -p 'srv/[app]*?/.cache/pip/http' && add 'srv/[app]*?/.cache/pip/http/one' x)
expect "a package cache below a name that is a pattern" "1 leftovers/development packages/caches" "$(judge)"

alone() { # CHECK -> the result of a policy that asks for it alone
	printf 'plimsoll: v1\nname: test/one\nconfiguration: {checks: ["%s"]}\n' "$1" >one.yaml
	"$plimsoll" check --policy one.yaml --output json rootfs:tree 2>/dev/null >one.json || true
	jq -r '.areas.configuration' one.json
}

spoil() { # FILE HOW
	case $2 in
	empty) : >"tree/$1" ;;
	missing) rm "tree/$1" ;;
	directory) rm "tree/$1" && mkdir "tree/$1" ;;
	binary) printf 'root\0:x:0:0' >"tree/$1" ;;
	damaged) printf 'who knows\n' >>"tree/$1" ;;
	esac
}

# A file that a check needs lets it be not applicable, unknown or broken, but not passed; one that it only may have ("PATH?")
# is not missed.
needing() { # FILE HOW -> the checks that need it
	awk -v file="/$1" -v how="$2" '
		/^- id: / { id = $3 }
		/^  needs: / { gsub("[][,!\047]", " "); for (i = 2; i <= NF; i++) if ($i == file || (how != "missing" && $i == file "?")) print id }' \
		"$root"/checks/*.yaml
}
for file in etc/passwd etc/shadow; do
	for how in empty missing directory binary damaged; do
		fresh
		spoil $file $how
		for check in $(needing $file $how); do
			got=$(alone "$check")
			[ "$got" != pass ] || expect "$file $how: $check" "not pass" "$got"
			count=$((count + 1))
		done
	done
done
[ $count -gt 100 ] || expect "the catalogue's needs were found" "more than 100" $count

# Each check of the policy has its own answer in the verdict, also where it has no finding.
outcomes() { "$plimsoll" check --quiet --policy policy.yaml --output json tree | jq -r '.checks[] | select(.id == "'"$1"'") | "\(.result) \(.reason // "-")"'; }
fresh
expect "what passes is told" "pass -" "$(outcomes accounts/uid-zero)"
expect "each check is told" "$(grep -h '^- id: ' "$root"/checks/*.yaml | wc -l)" \
	"$("$plimsoll" check --quiet --policy policy.yaml --output json tree | jq '.checks | length')"
echo 'evil:x:0:0::/:/bin/sh' >>tree/etc/passwd
expect "what fails is told" "fail -" "$(outcomes accounts/uid-zero)"
expect "a tree has no history" "out_of_scope a tree does not have it" "$(outcomes history/add-local)"
rm tree/etc/group tree/etc/group-
expect "what is missing is named" "not_applicable /etc/group is missing" "$(outcomes accounts/duplicate-gid)"
fresh
spoil etc/passwd binary
expect "what cannot be read is named" "unknown accounts/uid-zero needs /etc/passwd, which could not be read: offset 4: a NUL byte" "$(outcomes accounts/uid-zero)"
# The SSH server's files as it reads them: sshd -T of OpenSSH 9.2 says the same of the first four.
fresh
sshd() { "$plimsoll" query --quiet --output csv tree "SELECT keyword, value, block, effective, replace(path, '/etc/ssh/', '') FROM sshd_setting WHERE keyword = '$1'" 2>&1 | tail -n +2 | paste -sd' '; }
printf 'Port 22\nInclude sshd_config.d/*.conf\nX11Forwarding no\nPort 2222\nMatch User app\n Include /etc/ssh/sshd_config.d/20-late.conf\n X11Forwarding no\nMatch all\nMaxAuthTries 3\n' >tree/etc/ssh/sshd_config
printf 'X11Forwarding yes\nMatch Group a\nX11Forwarding no\n' >tree/etc/ssh/sshd_config.d/10-image.conf
printf 'X11Forwarding no\nMaxAuthTries 9\n' >tree/etc/ssh/sshd_config.d/20-late.conf
printf 'X11Forwarding maybe\n' >tree/etc/ssh/sshd_config.d/.hidden.conf
expect "sshd: the first counts, for each block" \
	"x11forwarding,yes,,1,sshd_config.d/10-image.conf x11forwarding,no,Group a,1,sshd_config.d/10-image.conf x11forwarding,no,,0,sshd_config.d/20-late.conf x11forwarding,no,,0,sshd_config x11forwarding,no,User app,1,sshd_config.d/20-late.conf x11forwarding,no,User app,0,sshd_config" \
	"$(sshd x11forwarding)"
expect "sshd: ports add up" "port,22,,1,sshd_config port,2222,,1,sshd_config" "$(sshd port)"
expect "sshd: an include under a Match is only for that" "maxauthtries,9,,1,sshd_config.d/20-late.conf maxauthtries,9,User app,1,sshd_config.d/20-late.conf maxauthtries,3,all,1,sshd_config" \
	"$(sshd maxauthtries)"
printf 'Include /etc/ssh/sshd_config.d/*.conf\nInclude /etc/ssh/sshd_config.d/*.conf\n' >tree/etc/ssh/sshd_config.d/20-late.conf
expect "sshd: files that include each other are no clean bill" "unknown /etc/ssh/sshd_config.d/10-image.conf: files of sshd include each other too deep" "$(outcomes services/ssh-empty-passwords)"
# As RHEL has it: crypto-policies behind a link.
mkdir -p tree/etc/crypto-policies/back-ends tree/usr/share/crypto-policies/LEGACY
printf 'Include /etc/crypto-policies/back-ends/opensshserver.config\nMACs hmac-md5\n' >tree/etc/ssh/sshd_config.d/20-late.conf
ln -s /usr/share/crypto-policies/LEGACY/opensshserver.txt tree/etc/crypto-policies/back-ends/opensshserver.config
printf 'MACs hmac-sha2-256\nCiphers aes256-ctr,3des-cbc\n' >tree/usr/share/crypto-policies/LEGACY/opensshserver.txt
expect "sshd: the policy of cryptography" "macs,hmac-sha2-256,,1,/usr/share/crypto-policies/LEGACY/opensshserver.txt macs,hmac-md5,,0,sshd_config.d/20-late.conf" \
	"$(sshd macs | cut -d' ' -f1-2)"
expect "sshd: what it allows counts" "fail -" "$(outcomes services/ssh-algorithms)"
ln -sf /usr/share/own tree/etc/crypto-policies/back-ends/opensshserver.config && echo 'Ciphers 3des-cbc' >tree/usr/share/own
expect "sshd: one in a place of its own is read, too" "fail -" "$(outcomes services/ssh-algorithms)"
mkdir tree/srv && ln -sf /srv/own tree/etc/crypto-policies/back-ends/opensshserver.config && printf 'Ciphers \0\n' >tree/srv/own
expect "sshd: one that nobody can read is no clean bill" "unknown" "$(outcomes services/ssh-algorithms | cut -d' ' -f1)"

# Other ways to the same.
broken() { # NAME CHECKS COMMANDS, in the tree's root
	fresh
	(cd tree && eval "$3")
	expect "$1" "1 $2" "$(judge)"
}
whole() { # NAME COMMANDS: nothing is found
	fresh
	(cd tree && eval "$2")
	expect "$1" 0 "$(judge)"
}
# What programs find behind a link is judged as if it stood there.
behind() { mkdir -p opt/real && mv "$1" "opt/real/${2:-$(basename "$1")}" && ln -s "/opt/real/${2:-$(basename "$1")}" "$1"; } # PATH [NAME]
broken "login.defs behind a link" cis/password-days 'break_cis_password_days; behind etc/login.defs'
broken "a bundle of certificates behind a link" crypto/ca-bundle 'break_crypto_ca_bundle; behind etc/ssl/certs/ca-certificates.crt bundle'
broken "all certificates behind a link" crypto/ca-bundle 'break_crypto_ca_bundle; behind etc/ssl/certs'
broken "a certificate to be trusted, behind a link" crypto/ca-bundle 'mkdir -p usr/local/share/ca-certificates; cp "$work/other.crt" usr/local/share/ca-certificates/a.crt; behind usr/local/share/ca-certificates/a.crt a'
broken "their directory behind a link" crypto/ca-bundle 'mkdir -p usr/local/share/ca-certificates; cp "$work/other.crt" usr/local/share/ca-certificates/a.crt; behind usr/local/share/ca-certificates'
broken "a history behind a link" files/history 'break_files_history; behind root/.bash_history history'
broken "a settings file behind a link" homes/dotfiles 'break_homes_dotfiles; behind home/app/.profile profile'
whole "a directory that all may write to, behind a link" 'ln -s /tmp home/app/.cache; ln -s /dev/null root/.bash_history'
broken "a machine id behind a link" leftovers/machine-id 'break_leftovers_machine_id; behind etc/machine-id'
broken "a private key behind a link" secrets/private-keys 'mkdir srv; printf -- "-----BEGIN PRIVATE KEY-----\n" >srv/server.key; behind srv/server.key blob'
broken "a directory of keys behind a link" secrets/private-keys 'mkdir root/.ssh/keys; printf -- "-----BEGIN PRIVATE KEY-----\n" >root/.ssh/work; behind root/.ssh ssh'
broken "credentials behind a link" secrets/cloud-credentials 'break_secrets_cloud_credentials; behind root/.docker/config.json one'
broken "a directory of credentials behind a link" secrets/cloud-credentials 'break_secrets_cloud_credentials; behind root/.docker docker'
broken "credentials of one name behind a link" secrets/cloud-credentials 'printf "//registry.example.org/:_authToken=abcdef0123\n" >home/app/.npmrc; behind home/app/.npmrc npm'
broken "a package cache behind a link" packages/caches 'break_packages_caches; behind var/cache/apt'
broken "a tool's cache behind a link" "leftovers/development packages/caches" 'mkdir -p home/app/.cache/pip/http; echo x >home/app/.cache/pip/http/one; behind home/app/.cache/pip'
# One file under names that several programs know, and under one of its own: each reads it.
broken "a key that other links lead to as well" secrets/private-keys 'mkdir -p opt srv; printf -- "-----BEGIN PRIVATE KEY-----\\n" >opt/f; for at in etc/cron.d/x etc/ssl/certs/yy srv/server.key; do ln -s /opt/f $at; done; sed -i "1i# " opt/f'
broken "rules of sudo in the place of another program's" privilege/sudo-nopasswd 'add etc/apt/apt.conf.d/90app "#app\\napp ALL=(ALL) NOPASSWD: ALL"; chmod 440 etc/apt/apt.conf.d/90app; ln -s ../apt/apt.conf.d/90app etc/sudoers.d/more'
# In an image further names of a file are hard links: what is wrong with it is wrong under each name, as in the tree.
fresh
printf 'nonsense here\n' >tree/etc/afile
ln tree/etc/afile tree/etc/sudoers.d/zz
echo '{}' >hard.json
"$root/tools/oci-image" hard.oci hard.json tree
for target in tree oci:hard.oci; do
	expect "$target: what cannot be read under a further name" "unknown privilege/sudo-nopasswd needs /etc/sudoers.d/*, which could not be read: line 1: no entry that sudo knows" \
		"$("$plimsoll" check --quiet --policy policy.yaml --output json $target 2>/dev/null | jq -r '.checks[] | select(.id == "privilege/sudo-nopasswd") | "\(.result) \(.reason)"')"
done
for file in root/.ssh/authorized_keys root/.docker/config.json srv/node_modules/demo/package.json; do
	fresh
	mkdir -p "tree/$(dirname $file)" tree/aaa
	case $file in
	*keys) echo 'ssh-ed25519 AAAA me@example.org' >tree/aaa/store ;;
	*config.json) echo '{"auths": {"registry.example.org": {"auth": "dXNlcjpwYXNz"}}}' >tree/aaa/store ;;
	*) echo '{"name": "demo", "version": "1.2.3"}' >tree/aaa/store ;;
	esac
	ln -f tree/aaa/store tree/$file
	"$root/tools/oci-image" hard.oci hard.json tree
	for target in tree oci:hard.oci; do
		expect "$target: $file, whose bytes another name has" 1 \
			"$("$plimsoll" query --quiet --output jsonl $target "SELECT (SELECT count(*) FROM package WHERE name = 'demo' AND version = '1.2.3') + (SELECT count(*) FROM authorized_keys) + (SELECT count(*) FROM credential) AS n" 2>/dev/null | jq .n)"
	done
done
# More directories inside each other than a confined process has descriptors; of each there is more to see on the way back.
deep=$(printf 'd/%.0s' {1..300})
broken "a tree 300 directories deep" "cis/set-id filesystem/setuid integrity/unaccounted" 'mkdir -p "srv/$deep"; for at in "srv/$deep" srv/d srv/${deep:0:40}; do cp usr/bin/demo "$at/z"; chmod 4755 "$at/z"; done'
expect "all of it is seen" "3 0" "$(jq -r '"\([.findings[] | select(.rule == "filesystem/setuid")] | length) \([.unknown[] | select(.kind == "unreadable")] | length)"' verdict.json)"
# Accounts.
broken "root without a password" "accounts/empty-password accounts/root-locked" 'sed -i "s/^root:\*/root:/" etc/shadow'
broken "a hash with the age that pam_unix takes off" "accounts/password-hash accounts/weak-hash" 'sed -i "s|^app:!|app:ab1FCLLpbKWTE,M.y8|" etc/shadow'
broken "a hash of a group" "accounts/password-hash accounts/shadowed accounts/weak-hash" 'sed -i "s|^app:x|app:\$1\$salt\$hash|" etc/group'
broken "a hash in the copy of passwd" accounts/password-hash 'sed -i "s|^app:x|app:\$6\$salt\$hash|" etc/passwd-'
broken "a password of before" accounts/password-hash 'printf "app:1000:2:*,\$6\$salt\$hash\n" >etc/security/opasswd'
broken "root behind a form feed, which glibc passes over" "accounts/password-hash accounts/root-locked" 'sed -i "s|^root:\*|\froot:\$6\$salt\$hash|" etc/shadow'
broken "a member of the group shadow that only gshadow has" accounts/shadow-group 'sed -i "s/^shadow:\*::/&app/" etc/gshadow'
broken "an account file behind a link" files/shadow-mode 'mkdir srv && mv etc/shadow srv/ && ln -s ../srv/shadow etc/shadow && chmod 644 srv/shadow'
broken "an account file of another group" files/passwd-mode 'chown 0:1 etc/passwd'
broken "what was typed into fish" files/history 'mkdir -p root/.local/share/fish && chmod 700 root/.local && add root/.local/share/fish/fish_history x'
broken "a home behind a link" homes/modes 'mkdir srv && mv home srv/home && ln -s srv/home home && chmod 755 srv/home/app'
broken "a home with a slash at its end" homes/modes 'sed -i "s|:/home/app:|:/home/app/:|" etc/passwd && chmod 755 home/app'
broken "settings in a home behind a link" homes/dotfiles 'mkdir srv && mv home srv/home && ln -s srv/home home && add home/app/.profile x && chmod 664 home/app/.profile && chown 1000:1000 home/app/.profile'
broken "a port in capitals" image/ports $'set_as \'{ExposedPorts: {"22/TCP": {}}}\''
broken "a port with a nought before it" image/ports $'set_as \'{ExposedPorts: {"022/tcp": {}}}\''
broken "a range of ports" image/ports $'set_as \'{ExposedPorts: {"8020-8025/tcp": {}}}\''
broken "a volume with a slash at its end" image/volumes $'set_as \'{Volumes: {"/etc/": {}}}\''
broken "a volume by way of another place" image/volumes $'set_as \'{Volumes: {"/srv/../etc": {}}}\''
broken "a health check of NONE and more" image/healthcheck $'set_as \'{Healthcheck: {Test: ["NONE", "x"]}}\''
broken "created now, whenever that is" image/created $'set_as \'{created: "now"}\''
broken "a directory of PATH behind a link" "filesystem/world-writable-directory image/path" $'mkdir opt && chmod 777 opt && ln -s opt tools && set_as \'{Env: ["PATH=/usr/bin:/tools"]}\''
broken "su, of the file that counts" hardening/su 'mkdir -p usr/lib/pam.d && cp etc/pam.d/su usr/lib/pam.d/ && sed -i /wheel/d etc/pam.d/su'
whole "su, where that is the vendor's" 'mkdir -p usr/lib/pam.d && mv etc/pam.d/su usr/lib/pam.d/'
broken "core dumps that a later file allows" hardening/core-dumps 'mkdir etc/security/limits.d && echo "* - core unlimited" >etc/security/limits.d/z.conf'
broken "core dumps of a group" hardening/core-dumps 'echo "@app hard core unlimited" >>etc/security/limits.conf'
# Compared with pam_limits 1.5.2 over generated files: whose hard limit of core files is another than 0.
broken "core dumps, where only a hidden file forbids them" hardening/core-dumps 'mkdir etc/security/limits.d && mv etc/security/limits.conf etc/security/limits.d/.core.conf && : >etc/security/limits.conf'
broken "core dumps of a user without limits" hardening/core-dumps 'echo "app -x" >>etc/security/limits.conf'
broken "core dumps that a link to a hidden file allows" hardening/core-dumps 'mkdir etc/security/limits.d && echo "* hard core 9" >etc/security/limits.d/.a && ln -s .a etc/security/limits.d/a.conf'
broken "core dumps that a link allows, which its name makes the last" hardening/core-dumps 'mkdir etc/security/limits.d opt && echo "* hard core 9" >opt/a && ln -s /opt/a etc/security/limits.d/z.conf && echo "* hard core 0" >etc/security/limits.d/b.conf'
broken "core dumps of whom \"* -\" leaves out, for a soft limit of their own" hardening/core-dumps 'printf "app soft core 5\n* - core 0\n" >etc/security/limits.conf'
broken "core dumps that another file than limits.conf is to forbid" hardening/core-dumps 'echo "session required pam_limits.so debug conf=/etc/other.conf" >>etc/pam.d/login'
broken "core dumps of the vendor's file" hardening/core-dumps 'mkdir -p usr/etc/security && rm etc/security/limits.conf && echo "* soft core 0" >usr/etc/security/limits.conf'
whole "no core dumps, by a drop-in that hides the vendor's" 'mkdir -p etc/security/limits.d usr/etc/security/limits.d && echo "* hard core 9" >usr/etc/security/limits.d/z.conf && echo "* hard core 00" >etc/security/limits.d/z.conf'
whole "no core dumps, by limits that are none" 'printf "* hard core 0\n%% hard core 9\napp both core 9\n" >etc/security/limits.conf'
broken "a word that systemd does not know" hardening/core-dumps 'sed -i s/none/None/ etc/systemd/coredump.conf'
broken "protocols of OpenSSL by another word" crypto/openssl 'sed -i "s/MinProtocol.*/Protocol = ALL/" etc/ssl/openssl.cnf'
broken "the highest protocol of OpenSSL" crypto/openssl 'sed -i "s/MinProtocol/maxprotocol/; s/1.2/1.1/" etc/ssl/openssl.cnf'
broken "a second level of OpenSSL" crypto/openssl 'sed -i "s/SECLEVEL=2/&:@SECLEVEL=0/" etc/ssl/openssl.cnf'
fresh
(cd tree && mkdir opt && sed s/TLSv1.2/TLSv1/ etc/ssl/openssl.cnf >opt/own.cnf && rm etc/ssl/openssl.cnf && set_as '{Env: ["PATH=/usr/bin", "OPENSSL_CONF=/opt/own.cnf"]}')
expect "a configuration that only the image names, which nobody read" 2 "$(judge)"
whole "an option of OpenSSL that is switched off" 'sed -i "s/MinProtocol.*/Options = -UnsafeLegacyServerConnect/" etc/ssl/openssl.cnf'
broken "no policy of cryptography" crypto/policy 'echo "# none" >etc/crypto-policies/config'
broken "a library's own settings in the place of the policy" crypto/policy 'mkdir etc/crypto-policies/back-ends && echo x >etc/crypto-policies/back-ends/gnutls.config'
whole "... which a file of local.d explains" 'mkdir -p etc/crypto-policies/{back-ends,local.d} && echo x | tee etc/crypto-policies/back-ends/nss.config >etc/crypto-policies/local.d/nss-p11-kit.config'
broken "an authority that OpenSSL finds by its hash" crypto/ca-bundle 'cp "$work/other.crt" etc/ssl/certs/other.pem && ln -s other.pem etc/ssl/certs/0123abcd.0'
broken "an authority in a bundle that its package brought otherwise" "crypto/ca-bundle integrity/packages" 'cat "$work/other.crt" >>etc/ssl/certs/ca-certificates.crt && echo /etc/ssl/certs/ca-certificates.crt >>var/lib/dpkg/info/libdemo.list &&
	echo "00000000000000000000000000000000  etc/ssl/certs/ca-certificates.crt" >>var/lib/dpkg/info/libdemo.md5sums'
broken "an authority that the environment names" crypto/ca-bundle $'mkdir opt && cp "$work/other.crt" opt/ca.crt && set_as \'{Env: ["PATH=/usr/bin", "SSL_CERT_FILE=/opt/ca.crt"]}\''
broken "a directory of them that the environment names" crypto/ca-bundle $'mkdir -p opt/ca && cp "$work/other.crt" opt/ca/other.pem && set_as \'{Env: ["PATH=/usr/bin", "SSL_CERT_DIR=/nowhere:/opt/ca"]}\''
whole "the usual directory, with something else in it" $'echo read me >etc/ssl/certs/README && set_as \'{Env: ["PATH=/usr/bin", "SSL_CERT_DIR=/etc/ssl/certs"]}\''
fresh
(cd tree && mkdir opt && cp "$work/other.crt" opt/authorities && set_as '{Env: ["PATH=/usr/bin", "SSL_CERT_FILE=/opt/authorities"]}')
expect "one that the environment names, of a name that tells nothing" 2 "$(judge)"
broken "a script of System V" hardening/units 'mkdir -p etc/{init.d,rc2.d} && ln -s ../init.d/demo etc/rc2.d/S01demo && set_as'
# Programs and where they are looked for.
broken "a set-uid program where distributions have theirs, of no package" "cis/set-id filesystem/setuid integrity/unaccounted" 'cp usr/bin/demo usr/bin/passwd && chmod 4755 usr/bin/passwd'
broken "a link in the place of a package's program" integrity/packages 'mkdir opt && mv usr/bin/demo opt/demo && chmod 644 opt/demo && ln -s /opt/demo usr/bin/demo'
broken "a directory in the place of a package's program" integrity/packages 'rm usr/bin/su && mkdir usr/bin/su'
broken "libraries below /usr/local" filesystem/system-writable 'mkdir -p usr/local/lib && add usr/local/lib/module.py x && chmod 664 usr/local/lib/module.py'
broken "a directory of libraries that somebody may change" filesystem/preload 'mkdir -p opt/lib && chown 1000:1000 opt/lib && echo /opt/lib >etc/ld.so.conf'
whole "a directory of libraries that is root's" 'mkdir -p opt/lib && echo /opt/lib >etc/ld.so.conf'
broken "libraries of the directory at hand" filesystem/preload $'set_as \'{Env: ["PATH=/usr/bin", "LD_LIBRARY_PATH=/usr/lib:"]}\''
broken "a directory of libraries behind a form feed, where ldconfig finds it" filesystem/preload 'mkdir -p opt/lib && chown 1000:1000 opt/lib && printf "\f/opt/lib\v \n" >etc/ld.so.conf'
broken "a directory of libraries that begins nowhere" filesystem/preload 'echo opt/lib >etc/ld.so.conf'
broken "musl's directories of libraries" filesystem/preload 'mkdir -p opt/lib && chown 1000:1000 opt/lib && printf "/lib\n\n/usr/lib:/opt/lib" >etc/ld-musl-x86_64.path'
whole "musl's directories of libraries, of root" 'mkdir -p opt/lib && printf "/lib:\n\n/usr/lib:/opt/lib\n" >etc/ld-musl-x86_64.path'
broken "a library first for all who log in" filesystem/preload 'echo LD_PRELOAD=/usr/lib/libdemo.so >etc/environment'
broken "a directory of PATH that its user owns" image/path $'mkdir -p srv/bin && chown 1000:1000 srv/bin && set_as \'{Env: ["PATH=/usr/bin:/srv/bin"]}\''
broken "the root itself" filesystem/world-writable-directory 'chmod 777 .'
broken "a hash in the copy of shadow" accounts/password-hash 'sed -i "s/^root:\*/root:\$6\$salt\$hash/" etc/shadow-'
broken "an interpreter that its user may change" "integrity/application integrity/unaccounted" $'mkdir -p srv && cp usr/bin/su srv/tool && chown 1000:1000 srv/tool && printf "#!/srv/tool\\n" >usr/bin/run && chmod 755 usr/bin/run && set_as \'{Cmd: ["/usr/bin/run"]}\''
broken "a program that its shell starts" "hardening/shell image/entrypoint-form integrity/application integrity/unaccounted" $'mkdir -p srv && cp usr/bin/su srv/tool && chown 1000:1000 srv/tool && cp usr/bin/demo usr/bin/sh && set_as \'{Cmd: ["/usr/bin/sh", "-c", "/srv/tool --all; true"]}\''
# Files that programs reach through links.
broken "rules of PAM behind a link" privilege/pam-nullok 'mkdir etc/authselect && echo "auth sufficient pam_unix.so nullok" >etc/authselect/system-auth && ln -s /etc/authselect/system-auth etc/pam.d/'
broken "all rules of PAM behind a link" privilege/pam-nullok 'mkdir srv && mv etc/pam.d srv/ && ln -s ../srv/pam.d etc/pam.d && add srv/pam.d/login "auth sufficient pam_unix.so nullok"'
broken "entries of sudo behind a link" privilege/sudo-nopasswd 'mkdir srv && echo "app ALL=NOPASSWD: ALL" >srv/entry && chmod 440 srv/entry && ln -s /srv/entry etc/sudoers.d/entry'
broken "keys behind a link" services/authorized-keys 'mkdir srv && echo "ssh-ed25519 AAAA me@example.org" >srv/keys && ln -sf /srv/keys root/.ssh/authorized_keys'
broken "keys in a directory behind a link" services/authorized-keys 'mv root/.ssh srv && echo "ssh-ed25519 AAAA me@example.org" >srv/authorized_keys && ln -s ../srv root/.ssh'
broken "settings of sshd behind a link" services/ssh-root-login 'mkdir srv && echo "PermitRootLogin yes" >srv/a.conf && ln -s /srv/a.conf etc/ssh/sshd_config.d/05-a.conf'
broken "a source of apt behind a link" packages/apt-unauthenticated 'mkdir srv && echo "deb [trusted=yes] https://deb.example.org/x bookworm main" >srv/x && ln -s /srv/x etc/apt/sources.list.d/x.list'
broken "keys of a machine that has no others" "services/authorized-keys" 'mkdir etc/dropbear && rm root/.ssh/authorized_keys && echo "ssh-ed25519 AAAA me@example.org" >etc/dropbear/authorized_keys'
# PAM, sudo, login.defs.
broken "nullok of another module" privilege/pam-nullok 'add etc/pam.d/login "auth required pam_tcb.so [nullok]"'
broken "pam_permit that ends" privilege/pam-nullok 'add etc/pam.d/login "auth [success=done default=ignore] pam_permit.so"'
broken "pam_permit alone" privilege/pam-nullok 'echo "auth required pam_permit.so" >etc/pam.d/open'
whole "pam_permit behind others" 'add etc/pam.d/common-auth "auth required pam_permit.so"'
broken "rules of PAM where SUSE has them" privilege/pam-nullok 'mkdir -p usr/etc/pam.d && echo "auth required pam_unix.so nullok" >usr/etc/pam.d/login'
broken "doas without a password" privilege/sudo-nopasswd 'echo "permit nopass :wheel" >etc/doas.conf'
whole "doas with one" 'printf "# permit nopass\npermit persist :wheel\n" >etc/doas.conf'
broken "the vendor's sudoers" privilege/sudoers-mode 'mkdir -p usr/etc && mv etc/sudoers usr/etc/ && chmod 664 usr/etc/sudoers'
broken "the vendor's login.defs" "privilege/login-hash privilege/login-umask" 'mkdir -p usr/etc && rm etc/login.defs && printf "PASS_MIN_DAYS 1\nUMASK 022\n" >usr/etc/login.defs'
# SSH.
broken "a keyword in quotes" services/ssh-root-login $'echo \'"PermitRootLogin" "yes"\' >etc/ssh/sshd_config.d/05-a.conf'
broken "a keyword's old name" services/ssh-algorithms 'echo "PubkeyAcceptedKeyTypes +ssh-dss" >etc/ssh/sshd_config.d/05-a.conf'
broken "a server elsewhere" "integrity/unaccounted services/ssh-server" 'mkdir -p opt/ssh/sbin && cp usr/bin/demo opt/ssh/sbin/sshd'
broken "a host's key elsewhere" services/ssh-host-keys 'mkdir opt && echo key >opt/own && echo "HostKey /opt/own" >etc/ssh/sshd_config.d/05-a.conf'
broken "keys that sshd_config names" services/authorized-keys 'mkdir -p etc/ssh/keys && echo "ssh-ed25519 AAAA me@example.org" >etc/ssh/keys/root && echo "AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys/%u" >etc/ssh/sshd_config.d/05-a.conf'
broken "a server of telnet that no package brought" "integrity/unaccounted services/insecure" 'cp usr/bin/demo usr/sbin/in.telnetd'
broken "a compiler behind a link" "integrity/unaccounted tools/compilers" 'mkdir opt && cp usr/bin/demo opt/cc-13 && ln -s /opt/cc-13 usr/bin/gcc'
broken "programs that are BusyBox" integrity/unaccounted 'cp usr/bin/demo usr/bin/busybox && ln usr/bin/busybox usr/bin/nc && ln -s busybox usr/bin/telnet'
broken "what only musl takes for an account" "accounts/empty-password accounts/uid-zero integrity/unaccounted" 'mkdir lib && : >lib/ld-musl-x86_64.so.1 && sed -i "1a #evil::0:0::/:/bin/sh" etc/passwd'
whole "a comment, to other libraries" 'sed -i "1a #evil::0:0::/:/bin/sh" etc/passwd'
broken "the same where /lib is a link" "accounts/empty-password accounts/uid-zero integrity/unaccounted" 'ln -s usr/lib lib && : >usr/lib/ld-musl-x86_64.so.1 && sed -i "1a  #evil::0:0::/:/bin/sh" etc/passwd'
broken "what NIS leaves out, which musl does not" "accounts/empty-password accounts/nis-entries integrity/unaccounted" ': >usr/lib/ld-musl-x86_64.so.1 && sed -i "1a -evil::1500:1000::/:/bin/sh" etc/passwd'
# A link in another program's directory takes nothing from the file that it leads to, and several give it to each of their programs.
broken "accounts that a link among the loader's files leads to" "accounts/duplicate-uid accounts/uid-zero" 'mkdir etc/ld.so.conf.d && ln -s ../passwd etc/ld.so.conf.d/x.conf && add etc/passwd "toor:x:0:0::/root:/usr/sbin/nologin"'
broken "sudoers that a link of no package leads to" privilege/sudo-nopasswd 'mkdir etc/ld.so.conf.d && ln etc/sudoers.d/app etc/ld.so.conf.d/app && echo "app ALL=(ALL) NOPASSWD: ALL" >etc/sudoers.d/app'
broken "a file behind links of two programs" "privilege/sudo-nopasswd services/cron" 'mkdir opt && echo "app ALL = NOPASSWD: /bin/a , /bin/b" >opt/x && chmod 440 opt/x && ln -s /opt/x etc/cron.d/x && ln -s /opt/x etc/sudoers.d/x'
# Jobs.
broken "a job of cron that no package brought" services/cron 'echo "* * * * * root /usr/bin/demo" >etc/cron.d/other'
broken "a job in the system's table" services/cron 'echo "* * * * * root /usr/bin/demo" >etc/crontab'
whole "the system's table as Debian has it" 'printf "17 * * * * root cd / && run-parts --report /etc/cron.hourly\n25 6 * * * root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n" >etc/crontab'
broken "a script of each day" "integrity/unaccounted services/cron" 'mkdir etc/cron.daily && cp usr/bin/demo etc/cron.daily/other'
broken "a script of a directory that only the table names" "integrity/unaccounted services/cron" 'mkdir etc/cron.often && cp usr/bin/demo etc/cron.often/other && echo "* * * * * root cd / && run-parts --report /etc/cron.often" >etc/crontab'
broken "such a directory that others write to" "filesystem/world-writable-directory services/cron" 'mkdir etc/cron.often && chmod 777 etc/cron.often'
broken "a job of anacron" services/cron 'printf "1 5 cron.daily nice run-parts /etc/cron.daily\n1 9 other /usr/bin/demo\n" >etc/anacrontab'
broken "a unit that a link of nobody starts" hardening/units 'mkdir -p usr/lib/systemd/system/multi-user.target.wants && printf "[Service]\nExecStart=/usr/bin/demo\n" >usr/lib/systemd/system/demo.service && ln -s ../demo.service usr/lib/systemd/system/multi-user.target.wants/ && set_as'
broken "a service of xinetd" hardening/units 'mkdir etc/xinetd.d && printf "service demo\n{\n\tdisable = no\n}\n" >etc/xinetd.d/demo && set_as'
broken "one that does not say whether" hardening/units 'mkdir etc/xinetd.d && printf "service demo\n{\n}\n" >etc/xinetd.d/demo && set_as'
broken "a source whose signature may be weak" packages/apt-unauthenticated 'echo "deb [allow-weak=yes allow-insecure=no] https://deb.example.org/x bookworm main" >etc/apt/sources.list.d/x.list'
broken "a server whose certificate is not looked at" packages/apt-unauthenticated 'echo "Acquire::https::deb.example.org::Verify-Peer \"false\";" >etc/apt/apt.conf.d/x'
broken "a source where yum has them, too" packages/rpm-gpgcheck 'mkdir -p etc/yum/repos.d && printf "[x]\nbaseurl=https://rpm.example.org\ngpgcheck=0\n" >etc/yum/repos.d/x.repo'
broken "a key of apk under the name of another" "hardening/repository-keys packages/apk-keys" 'echo key >etc/apk/keys/alpine-devel@lists.alpinelinux.org-11111111.rsa.pub'
broken "a key of apk that was changed" "integrity/packages packages/apk-keys" 'md5sum etc/apk/keys/* >>var/lib/dpkg/info/libdemo.md5sums && echo changed >>etc/apk/keys/alpine*'
broken "a key beside the usual places" hardening/repository-keys 'mkdir opt && echo key >opt/k.gpg && echo "deb [signed-by=/opt/k.gpg] https://deb.example.org/x bookworm main" >etc/apt/sources.list.d/x.list'
broken "a password of PostgreSQL" secrets/cloud-credentials 'echo "*:*:*:app:hunter2-test-only" >home/app/.pgpass && chmod 600 home/app/.pgpass'
broken "a password of NuGet" secrets/cloud-credentials 'mkdir -p srv/app && echo "<add key=\"ClearTextPassword\" value=\"hunter2-test-only\" />" >srv/app/nuget.config'
broken "a compiler that no package brought" "integrity/unaccounted tools/compilers" 'mkdir -p usr/local/go/bin && cp usr/bin/demo usr/local/go/bin/go'
broken "a debugger that no package brought" "integrity/unaccounted tools/debuggers" 'mkdir -p usr/local/bin && cp usr/bin/demo usr/local/bin/gdb'
broken "how the image is built" leftovers/version-control 'mkdir -p srv/app && echo FROM scratch >srv/app/Dockerfile'
broken "a work tree of git elsewhere" leftovers/version-control 'mkdir -p srv/app && echo gitdir: ../x >srv/app/.git'
broken "a build argument, as Docker writes it" history/secret-names $'set_as \'{history: [{created_by: "COPY tree /"}, {created_by: "|2 A=b DB_PASSWORD=hunter2-test-only /bin/sh -c make", empty_layer: true}]}\''
broken "a build argument with a default" history/secret-names $'built "ARG NPM_TOKEN=none-test-only" "{}"'
broken "a variable that a later step empties" history/secret-names $'set_as \'{Env: ["PATH=/usr/bin", "NPM_TOKEN="], history: [{created_by: "COPY tree /"}, {created_by: "ENV NPM_TOKEN=none-test-only", empty_layer: true}, {created_by: "ENV NPM_TOKEN=", empty_layer: true}]}\''
broken "packages at hand, where dnf reads another file" hardening/local-packages 'mkdir -p etc/dnf && printf "[main]\ngpgcheck=1\n" >etc/dnf/dnf.conf'
broken "packages at hand, where the last word is no" hardening/local-packages 'echo localpkg_gpgcheck=0 >>etc/yum.conf'
broken "packages at hand, by an empty file" "hardening/local-packages packages/rpm-gpgcheck" ': >etc/yum.conf'
whole "packages at hand, of a linked file" 'mkdir -p etc/dnf && mv etc/yum.conf etc/dnf/dnf.conf && ln -s dnf/dnf.conf etc/yum.conf'
broken "a directory of libraries of another owner" filesystem/preload $'mkdir -p opt/lib && chown 1000:1000 opt/lib && set_as \'{Env: ["PATH=/usr/bin", "LD_LIBRARY_PATH=/opt/lib"]}\''
broken "an empty login.defs" "privilege/login-hash privilege/login-umask" ': >etc/login.defs'
broken "a label that is named like a secret" "image/environment secrets/environment" $'set_as \'{Labels: {"db.password": "hunter2-test-only"}}\''
broken "a key for packages behind a link" hardening/repository-keys 'mkdir -p opt etc/apt/keyrings && echo key >opt/k.gpg && ln -s /opt/k.gpg etc/apt/keyrings/k.gpg'
broken "a key for packages inside their source" hardening/repository-keys 'printf "Types: deb\nURIs: https://deb.example.org/o\nSuites: bookworm\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n AAAA\n" >etc/apt/sources.list.d/own.sources'
broken "the name of the machine that built it" hardening/network-files 'echo "127.0.1.1 builder.example.org builder" >>etc/hosts && set_as'
broken "the same of IPv6" hardening/network-files 'echo "::1 builder" >>etc/hosts && set_as'
whole "what every machine has" 'printf "::1 localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\n127.0.0.1\tlocalhost localhost.localdomain # builder\n" >>etc/hosts && set_as'
broken "a shell beside the usual places" hardening/shell 'mkdir busybox && ln -s ../usr/bin/demo busybox/sh && set_as'

# Settings as their programs read them: sudo 1.9.13, libpam 1.5.2, apt 2.6, libdnf 0.69, shadow 4.13.
unread() { # NAME CHECK COMMANDS: a file is read by the program that nobody looked at
	fresh
	(cd tree && eval "$3")
	expect "$1" unknown "$(alone "$2")"
}
sudo=privilege/sudo-nopasswd
broken "sudo: a comment is not continued" $sudo 'printf "# c \\\\\napp ALL=NOPASSWD: ALL\n" >>etc/sudoers.d/app'
broken "sudo: blanks behind what continues a line" $sudo "add etc/sudoers 'Defaults !\\  ' && add etc/sudoers ' authenticate, mail_badpass'"
broken "sudo: a comment's sign in a name" $sudo $'add etc/sudoers \'"a=#b" ALL=NOPASSWD: ALL\''
broken "sudo: root and another" $sudo "add etc/sudoers 'root , app ALL=NOPASSWD: ALL'"
broken "sudo: a user who is called like a setting" $sudo "add etc/sudoers 'Defaultsapp ALL=NOPASSWD: ALL'"
broken "sudo: a group that is exempt" $sudo "add etc/sudoers 'Defaults exempt_group = app'"
whole "sudo: root alone, and what asks" "add etc/sudoers 'root ALL=NOPASSWD: ALL # app ALL=NOPASSWD: ALL' && add etc/sudoers 'app ALL=/bin/echo NOPASSWD'"
unread "sudo: a file of a name that is passed over otherwise" $sudo "add etc/sudoers '@include /etc/sudoers.d/a.conf' && add etc/sudoers.d/a.conf 'app ALL=NOPASSWD: ALL'"
unread "sudo: a directory inside the directory" $sudo "add etc/sudoers '@includedir /etc/sudoers.d/more' && mkdir etc/sudoers.d/more && add etc/sudoers.d/more/a 'app ALL=NOPASSWD: ALL'"
unread "sudo: another file in the place of sudoers" $sudo "add etc/sudo.conf 'Plugin sudoers_policy sudoers.so sudoers_file=/opt/sudoers'"
broken "sudo: a link in the directory" privilege/sudo-nopasswd "mkdir opt && add opt/app 'app ALL=NOPASSWD: ALL' && chmod 440 opt/app && ln -s /opt/app etc/sudoers.d/other"
broken "sudo: the directory is a link" privilege/sudo-nopasswd "mkdir opt && mv etc/sudoers.d opt && ln -s /opt/sudoers.d etc && add opt/sudoers.d/app 'app ALL=NOPASSWD: ALL' && chmod 440 opt/sudoers.d/app"
unread "sudo: a file behind a link that cannot be read" $sudo "mkdir opt && mv etc/sudoers opt && ln -s /opt/sudoers etc && printf 'a\\0' >>opt/sudoers"
whole "su without set-uid and without PAM" 'rm etc/pam.d/su; chmod 755 usr/bin/su'
whole "sudo: a link to what is read" "ln -s app etc/sudoers.d/other; ln -s /nowhere etc/sudoers.d/none"
keys=hardening/repository-keys
broken "the second of two keys" $keys 'mkdir opt && echo key >opt/k.gpg && echo "deb [signed-by=/usr/share/none.gpg,/opt/k.gpg] https://deb.example.org/x bookworm main" >etc/apt/sources.list.d/x.list'
broken "a key in a list of lines" $keys 'mkdir opt && echo key >opt/k.gpg && printf "Types: deb\nURIs: https://deb.example.org/o\nSuites: bookworm\nComponents: main\nSigned-By: /usr/share/none.gpg\n /opt/k.gpg\n" >etc/apt/sources.list.d/own.sources'
broken "the second of two keys of dnf" $keys 'mkdir opt && echo key >opt/k && printf "[x]\nbaseurl=https://rpm.example.org\ngpgcheck=1\ngpgkey=file:///usr/none\n\tfile:///opt/k\n" >etc/yum.repos.d/x.repo'
unread "a key whose name has variables" $keys 'printf "[x]\nbaseurl=https://rpm.example.org\ngpgcheck=1\ngpgkey=file:///opt/k-\$basearch\n" >etc/yum.repos.d/x.repo'
for place in file:/opt/k file://localhost/opt/k FILE:///opt/k /opt/k; do
	broken "a key of dnf: $place" $keys 'mkdir opt && echo key >opt/k && printf "[x]\nbaseurl=https://rpm.example.org\ngpgcheck=1\ngpgkey=%s\n" $place >etc/yum.repos.d/x.repo'
done
unread "a key whose name is encoded" $keys 'printf "[x]\nbaseurl=https://rpm.example.org\ngpgcheck=1\ngpgkey=file:///opt/%%6b\n" >etc/yum.repos.d/x.repo'
whole "a key where all are looked at" 'mkdir -p etc/pki/rpm-gpg && printf "[x]\nbaseurl=https://rpm.example.org\ngpgcheck=1\ngpgkey=/etc/pki/rpm-gpg/k-\$basearch\n" >etc/yum.repos.d/x.repo'
pam=privilege/pam-nullok
broken "PAM: a word in brackets" $pam 'sed -i "s/pam_unix.so$/& [nullok]/" etc/pam.d/common-auth'
broken "PAM: a comment between the lines of a rule" $pam 'printf "auth required pam_unix.so \\\\\n# c\n session nullok\n" >etc/pam.d/other'
broken "PAM: another word for sufficient" $pam 'sed -i "1i auth [success=done default=ignore] pam_permit.so" etc/pam.d/login'
broken "PAM: sufficient in brackets" $pam 'sed -i "1i auth [sufficient] pam_permit.so" etc/pam.d/login'
broken "PAM: a leap over those that ask" $pam 'sed -i "1i auth success=2 pam_permit.so" etc/pam.d/login'
whole "PAM: what lets in whom others let in" 'echo "auth required pam_permit.so" >>etc/pam.d/common-auth; echo "session [default=1] pam_permit.so" >>etc/pam.d/login'
unread "PAM: a file elsewhere" $pam 'echo "auth include ../../opt/own" >>etc/pam.d/login'
unread "PAM: a path" $pam 'echo "@include /opt/own" >>etc/pam.d/login'
unread "PAM: a word that only PAM sees" $pam 'printf "auth required pam_unix.so nu\\vllok\n" >>etc/pam.d/login'
broken "PAM: what authselect made" $pam 'mkdir etc/authselect && echo "auth required pam_unix.so nullok" >etc/authselect/system-auth && ln -s /etc/authselect/system-auth etc/pam.d'
unread "PAM: the directory is a link" $pam 'mkdir opt && mv etc/pam.d opt && ln -s /opt/pam.d etc'
apt=packages/apt-unauthenticated
broken "apt: trusted in quotes" $apt $'sed -i \'s/^deb \\[/&trusted="yes" /\' etc/apt/sources.list'
broken "apt: trusted by a number" $apt 'sed -i "s/^deb \\[/&trusted=0x1 /" etc/apt/sources.list'
broken "apt: trusted on a line of its own" $apt 'printf "Trusted:\n yes\n" >>etc/apt/sources.list.d/demo.sources'
broken "apt: a name with a letter by its number" $apt "add etc/apt/apt.conf.d/20x 'APT::Get::Allow%%55nauthenticated 1;'"
broken "apt: a value that a comment ends" $apt "add etc/apt/apt.conf.d/20x 'APT::Get::AllowUnauthenticated true//;' && add etc/apt/apt.conf.d/20x ';'"
broken "apt: a value by another number" $apt "add etc/apt/apt.conf.d/20x 'APT::Get::AllowUnauthenticated 01;'"
unread "apt: sources elsewhere" $apt "add etc/apt/apt.conf.d/20x 'Dir::Etc::sourceparts \"/opt/sources\";'"
unread "apt: another file in the place of apt.conf" $apt "add etc/apt/apt.conf.d/20x 'Dir::Etc::main \"other.conf\";'"
rpm=packages/rpm-gpgcheck
broken "dnf: a line that continues the name" $rpm 'rm etc/yum.conf && sed -i "s/^name.*/&\\n gpgcheck=1/" etc/yum.repos.d/demo.repo'
broken "dnf: no in quotes" $rpm $'echo \'gpgcheck="0"\' >>etc/yum.repos.d/demo.repo'
broken "dnf: what all have to do, in a source's file" $rpm 'rm etc/yum.conf && printf "[main]\ngpgcheck=1\n" >>etc/yum.repos.d/demo.repo'
broken "dnf: a source in two sections" $rpm 'printf "gpgcheck=0\nenabled=0\n[demo]\nenabled=1\n" >>etc/yum.repos.d/demo.repo'
broken "dnf: what overrides a source" $rpm 'mkdir -p etc/dnf/repos.override.d && printf "[demo]\ngpgcheck=0\n" >etc/dnf/repos.override.d/99-own.repo'
unread "dnf: a word that it does not know" $rpm 'rm etc/yum.conf && echo gpgcheck=enable >>etc/yum.repos.d/demo.repo; sed -i s/https.*// etc/yum.repos.d/demo.repo'
unread "dnf: sources elsewhere" $rpm 'echo reposdir=/opt/repos >>etc/yum.conf'
broken "a mask that the shadow tools read as decimal" privilege/login-umask 'sed -i "s/027/77/" etc/login.defs'
broken "the first mask, which is PAM's" privilege/login-umask 'sed -i "1i UMASK 000" etc/login.defs'
broken "the first algorithm, by a name that only PAM knows" privilege/login-hash 'sed -i "1i encrypt_method DES" etc/login.defs'
broken "the vendor's login.defs" "privilege/login-hash privilege/login-umask" 'mkdir -p usr/etc && rm etc/login.defs && echo "PASS_MIN_DAYS 1" >usr/etc/login.defs'
broken "login.defs behind a link" privilege/login-umask 'mkdir opt && sed s/027/022/ etc/login.defs >opt/login.defs && ln -sf /opt/login.defs etc'
broken "cron: more than the periodic tables" services/cron "mkdir etc/crontabs && add etc/crontabs/root '* * * * * run-parts /etc/periodic/hourly; /opt/x'"

# What could not be read of lists of packages and of accounts.
fresh
rm tree/var/lib/dpkg/info/libdemo.md5sums && echo 'echo changed' >>tree/usr/bin/demo
expect "a package of which nothing is recorded any more" "unknown what dpkg recorded of the files of libdemo is gone: there is no libdemo.md5sums" "$(outcomes integrity/packages)"
fresh
printf 'no colon here\n\n' >>tree/var/lib/dpkg/status
for id in hardening/sudo integrity/packages integrity/unaccounted; do
	expect "$id without a list of packages" unknown "$(outcomes $id | cut -d' ' -f1)"
done
expect "... is unknown for the area, too" unknown "$(alone hardening/sudo)"
fresh
(cd tree && set_as '{User: "app"}' && printf '\0' >>etc/passwd)
judge >/dev/null
for id in image/user-root image/user-exists integrity/application; do
	expect "$id without accounts" unknown "$(jq -r '.checks[] | select(.id == "'$id'") | .result' verdict.json)"
done
fresh
: >tree/etc/security/opasswd
expect "no passwords of before" "pass -" "$(outcomes accounts/password-hash)"
printf '\0' >tree/etc/security/opasswd
expect "passwords of before that could not be read" unknown "$(outcomes accounts/password-hash | cut -d' ' -f1)"
fresh
mkdir tree/etc/security/limits.d && printf '* - core \0' >tree/etc/security/limits.d/z.conf
expect "limits that could not be read" unknown "$(outcomes hardening/core-dumps | cut -d' ' -f1)"
printf 'app\fhard core 9\n' >tree/etc/security/limits.d/z.conf
expect "limits that versions of pam_limits read otherwise" unknown "$(outcomes hardening/core-dumps | cut -d' ' -f1)"

# What a policy sets of a check, and how many of them it wants to have been evaluated.
with() { # CONFIGURATION -> rules that fail
	printf 'plimsoll: v1\nname: test/with\nconfiguration: %s\n' "$1" >with.yaml
	"$plimsoll" check --quiet --policy with.yaml --output json tree 2>with.err | jq -r '[.findings[] | .rule] | join(" ")' || true
	sed -n 's/.*\(error\|yaml:[0-9]*:[0-9]*\): //p' with.err | head -n 1
}
fresh
expect "a default" "" "$(with '{checks: [privilege/login-umask]}')"
expect "a value of the policy" privilege/login-umask "$(with '{checks: [{id: privilege/login-umask, parameters: {umask: "077"}}]}')"
expect "a weaker value" "" "$(with '{checks: [{id: privilege/login-umask, parameters: {umask: "022"}}]}')"
expect "a list" privilege/login-hash "$(with '{checks: [{id: privilege/login-hash, parameters: {methods: [SHA512, BCRYPT]}}]}')"
expect "a list of one" "" "$(with '{checks: [{id: privilege/login-hash, parameters: {methods: YES*}}]}')"
expect "no such parameter" "'mask' is no parameter of privilege/login-umask, which has umask" \
	"$(with '{checks: [{id: privilege/login-umask, parameters: {mask: "077"}}]}')"
expect "a check without any" "'umask' is no parameter of accounts/uid-zero, which has none" \
	"$(with '{checks: [{id: accounts/uid-zero, parameters: {umask: "077"}}]}')"
expect "a list in the place of a value" "'umask' of privilege/login-umask is one value, no list" \
	"$(with '{checks: [{id: privilege/login-umask, parameters: {umask: ["077"]}}]}')"
expect "no number" "'umask' of privilege/login-umask is an octal number, as is its default, 027" "$(with '{checks: [{id: privilege/login-umask, parameters: {umask: u=rwx}}]}')"
expect "no octal one" "'most' of homes/modes is an octal number, as is its default, 0750" "$(with '{checks: [{id: homes/modes, parameters: {most: "0788"}}]}')"
expect "no decimal one" "'grace' of crypto/ca-bundle is a number, as is its default, 0" "$(with '{checks: [{id: crypto/ca-bundle, parameters: {grace: 30d}}]}')"
expect "enough" "" "$(with '{checks: [accounts/*, history/*], minimum_evaluated: 14}')"
expect "not enough" configuration/minimum-evaluated "$(with '{checks: [accounts/*, history/*], minimum_evaluated: 15}')"
printf 'plimsoll: v1\nname: test/closed\nconfiguration: {checks: [privilege/login-umask], minimum_evaluated: 1}\n' >closed.yaml
printf 'plimsoll: v1\nname: test/child\nextends: [closed.yaml]\nconfiguration: {checks: [{id: privilege/login-umask, parameters: {umask: "000"}}]}\n' >child.yaml
"$plimsoll" policy lint child.yaml >child.out 2>&1 && expect "a child of a closed policy sets a parameter" refused taken
grep -q "looser than closed.yaml" child.out || expect "... and is told why" "looser than closed.yaml" "$(cat child.out)"
"$plimsoll" check --quiet --policy policy.yaml --output json tree >verdict.json || true
"$plimsoll" convert --output json verdict.json >again.json
cmp verdict.json again.json || expect "a verdict is read back with its checks" same different
exit $failed
