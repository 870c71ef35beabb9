/* SPDX-License-Identifier: Apache-2.0 */
/* Members of Docker's documents that give a container more than its image: a table of them, and what each may be. */
#include "enforce/docker/shape.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "enforce/docker/majors.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const struct {
	const char *word;
	bool usual;
	const char *meaning;
} refusals[] = {
#define REFUSAL(name, word, usual, meaning) { word, usual, meaning },
#include "enforce/docker/refusals.def"
#undef REFUSAL
};

struct shape {
	const struct docker_shape_options *options;
	bool made;                     /* the engine's words of a container, in which every member is filled */
	struct plim_error *err;
};

static int
refuse(const struct shape *shape, enum docker_refusal what, struct slice detail)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	if (!shape->options->refused[what])
		return 0;
	strbuf_put_printable(&shown, slice_first_text(detail, 200));
	return error_set(shape->err, PLIM_EPOLICY, "%s%s%s (--refuse %s)", refusals[what].meaning, shown.n ? ": " : "", shown.p ? shown.p : "", refusals[what].word);
}

static int
wrong_type(const struct shape *shape, const char *member)
{
	return error_set(shape->err, PLIM_EFORMAT, "its '%s' is of a type that it cannot have", member);
}

/* Paths */

/* Without ".", ".." and slashes that say nothing; as the engine cleans what is bound. */
static void
clean(struct slice path, struct strbuf *into)
{
	for (struct slice part; slice_next(&path, '/', &part);) {
		if (part.n == 0 || slice_is(part, "."))
			continue;
		if (slice_is(part, "..")) {
			struct slice kept = strbuf_slice(into);
			size_t at = slice_find_last(kept, '/');
			into->n = at == SIZE_MAX ? 0 : at;
			continue;
		}
		strbuf_putc(into, '/');
		strbuf_put(into, part);
	}
}

static bool
is_below(struct slice path, struct slice above)
{
	return slice_skip(&path, above) && (path.n == 0 || *path.p == '/');
}

/* Above, at or below one of them. */
static bool
is_among(const char *const *paths, struct slice path)
{
	for (; paths && *paths; paths++)
		if (is_below(slice_of(*paths), path) || is_below(path, slice_of(*paths)))
			return true;
	return false;
}

/* Whoever writes there is root on the machine by the next program that is started, or by the kernel's own doing; or says what guards go by. */
static const char *const system_paths[] = {
	"/bin", "/boot", "/lib", "/lib32", "/lib64", "/libx32", "/sbin", "/proc", "/sys", "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec",
	"/usr/local/bin", "/usr/local/lib", "/usr/local/libexec", "/usr/local/sbin", "/usr/sbin", "/usr/share/containers", "/usr/share/dbus-1", "/usr/share/polkit-1",
	"/opt/cni", "/etc/acpi", "/etc/anacrontab", "/etc/apparmor.d", "/etc/apt", "/etc/bash.bashrc", "/etc/binfmt.d", "/etc/cdi", "/etc/cni", "/etc/containerd",
	"/etc/containers", "/etc/crio", "/etc/cron.d", "/etc/cron.daily", "/etc/cron.hourly", "/etc/cron.monthly", "/etc/cron.weekly", "/etc/crontab", "/etc/dbus-1",
	"/etc/default", "/etc/dhcp", "/etc/dnf", "/etc/dracut.conf.d", "/etc/environment", "/etc/group", "/etc/grub.d", "/etc/gshadow", "/etc/init.d",
	"/etc/initramfs-tools", "/etc/inittab", "/etc/kernel", "/etc/kubernetes", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload",
	"/etc/logrotate.d", "/etc/modprobe.d", "/etc/modules", "/etc/modules-load.d", "/etc/network", "/etc/NetworkManager", "/etc/nsswitch.conf", "/etc/pam.d",
	"/etc/passwd", "/etc/plimsoll", "/etc/polkit-1", "/etc/ppp", "/etc/profile", "/etc/profile.d", "/etc/rc.local", "/etc/security", "/etc/selinux", "/etc/shadow",
	"/etc/ssh", "/etc/sudoers", "/etc/sudoers.d", "/etc/sysconfig", "/etc/sysctl.conf", "/etc/sysctl.d", "/etc/systemd", "/etc/tmpfiles.d", "/etc/udev",
	"/etc/update-motd.d", "/etc/xinetd.d", "/root/.bash_login", "/root/.bash_profile", "/root/.bashrc", "/root/.profile", "/root/.ssh", "/run/cdi", "/run/modprobe.d",
	"/run/polkit-1", "/run/sysctl.d", "/run/systemd", "/run/tmpfiles.d", "/run/udev", "/var/lib/plimsoll", "/var/spool/at", "/var/spool/cron", NULL,
};

/* Where the links of as much of it lead as is there, and behind that what is not. */
static void
resolve(struct slice path, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf there = { 0 };
	size_t n = path.n;
	char *real = NULL;
	while (n > 0 && real == NULL) {
		strbuf_clear(&there);
		strbuf_put(&there, slice_first(path, n));
		real = there.failed ? NULL : realpath(there.p, NULL);
		if (real == NULL)
			n = slice_find_last(slice_first(path, n), '/');
	}
	if (real && strcmp(real, "/") != 0)
		strbuf_puts(into, real);
	strbuf_put(into, slice_from(path, n));
	into->failed |= there.failed;
	free(real);
}

/* As it is written, and where its links lead.  "/" is nothing here, which is above everything. */
static int
check_place(const struct shape *shape, struct slice place, struct slice told, bool writable)
{
	AUTO(strbuf) struct strbuf real = { 0 };
	resolve(place, &real);
	if (real.failed)
		return error_nomem(shape->err);
	int r = 0;
	if (is_among(shape->options->hidden, place) || is_among(shape->options->hidden, strbuf_slice(&real)))
		r = refuse(shape, REFUSE_SOCKET, told);
	if (r == 0 && writable && (is_among(system_paths, place) || is_among(system_paths, strbuf_slice(&real))))
		r = refuse(shape, REFUSE_SYSTEM, told);
	return r;
}

/* What the engine cleans before it looks there. */
static int
check_path(const struct shape *shape, struct slice path, bool writable)
{
	AUTO(strbuf) struct strbuf written = { 0 };
	clean(path, &written);
	return written.failed ? error_nomem(shape->err) : check_place(shape, strbuf_slice(&written), path, writable);
}

/* What nobody cleans before mount(2): ".." leads out of where a link led.  The engine stands in "/": a relative one begins there. */
static int
check_mounted(const struct shape *shape, struct slice path)
{
	AUTO(strbuf) struct strbuf whole = { 0 };
	strbuf_putc(&whole, '/');
	strbuf_put(&whole, path);
	if (whole.failed)
		return error_nomem(shape->err);
	int r = check_path(shape, path, true);
	return r < 0 ? r : check_place(shape, strbuf_slice(&whole), path, true);
}

/* Members */

static int
check_flag(const struct shape *shape, const struct json *value, const char *member, enum docker_refusal what)
{
	if (value == NULL || value->type == JSON_NULL)
		return 0;
	if (value->type != JSON_BOOL)
		return wrong_type(shape, member);
	return value->truth ? refuse(shape, what, SLICE_NONE) : 0;
}

static int
check_privileged(const struct shape *shape, const struct json *value)
{
	return check_flag(shape, value, "Privileged", REFUSE_PRIVILEGED);
}

static int
check_runtime(const struct shape *shape, const struct json *value)
{
	struct slice name = json_string(value);
	const char *const *allowed = shape->options->runtimes;
	if (value && value->type != JSON_NULL && value->type != JSON_STRING)
		return wrong_type(shape, "Runtime");
	/* Where none is named it is the engine's own, whose name the engine tells. */
	if (name.n == 0 || (shape->made && allowed == NULL))
		return 0;
	for (; allowed && *allowed; allowed++)
		if (slice_is(name, *allowed))
			return 0;
	return refuse(shape, REFUSE_RUNTIME, name);
}

/* Each text of a list; `check` stops at the first that is not 0. */
static int
each_text(const struct shape *shape, const struct json *value, const char *member, int (*check)(const struct shape *shape, struct slice text))
{
	if (value == NULL || value->type == JSON_NULL)
		return 0;
	if (value->type != JSON_ARRAY)
		return wrong_type(shape, member);
	for (size_t i = 0; i < value->n; i++) {
		int r = value->items[i].type == JSON_STRING ? check(shape, value->items[i].text) : wrong_type(shape, member);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
each_object(const struct shape *shape, const struct json *value, const char *member, int (*check)(const struct shape *shape, const struct json *object))
{
	if (value == NULL || value->type == JSON_NULL)
		return 0;
	if (value->type != JSON_ARRAY)
		return wrong_type(shape, member);
	for (size_t i = 0; i < value->n; i++) {
		int r = value->items[i].type == JSON_OBJECT ? check(shape, &value->items[i]) : wrong_type(shape, member);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Whoever has one of these has the machine with it: capabilities(7). */
static int
check_capability(const struct shape *shape, struct slice name)
{
	static const char *const mighty[] = { "ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "SYS_BOOT", "DAC_READ_SEARCH", "MAC_ADMIN",
		"MAC_OVERRIDE", "BPF", "PERFMON", "CHECKPOINT_RESTORE" };
	struct slice bare = name;
	if (bare.n > 4 && slice_eq_nocase(slice_first(bare, 4), SLICE("CAP_")))
		bare = slice_from(bare, 4);
	for (size_t i = 0; i < sizeof mighty / sizeof *mighty; i++)
		if (slice_eq_nocase(bare, slice_of(mighty[i])))
			return refuse(shape, REFUSE_CAPABILITIES, name);
	return 0;
}

static int
check_capabilities(const struct shape *shape, const struct json *value)
{
	/* Old clients write one text in place of a list. */
	return json_is(value, JSON_STRING) ? check_capability(shape, value->text) : each_text(shape, value, "CapAdd", check_capability);
}

/* "null", "zero" and their like have the major of the memory. */
static bool
is_harmless(const struct stat *device)
{
	unsigned high = major(device->st_rdev), low = minor(device->st_rdev);
	return S_ISCHR(device->st_mode) && ((high == 1 && (low == 3 || low == 5 || low == 7 || low == 8 || low == 9)) || !docker_major_is_mighty(high));
}

/* A disk is what can be mounted; a directory may hold one; what cannot be looked at may be either.  The engine cleans the path as little as stat(2). */
static int
check_device_path(const struct shape *shape, struct slice path)
{
	struct stat there;
	AUTO(strbuf) struct strbuf written = { 0 };
	strbuf_put(&written, path);
	if (written.failed)
		return error_nomem(shape->err);
	return slice_starts(path, SLICE("/")) && stat(written.p, &there) == 0 && is_harmless(&there) ? 0 : refuse(shape, REFUSE_DEVICES, path);
}

static int
check_device(const struct shape *shape, const struct json *device)
{
	const struct json *path = docker_get(device, "PathOnHost");
	return json_is(path, JSON_STRING) ? check_device_path(shape, path->text) : wrong_type(shape, "Devices");
}

static int
check_devices(const struct shape *shape, const struct json *value)
{
	return each_object(shape, value, "Devices", check_device);
}

/* "c 10:200 rwm"; "b" are disks, "a" is everything. */
static int
check_device_rule(const struct shape *shape, struct slice rule)
{
	struct slice text = slice_trim(rule), number, rest;
	uint64_t high = 0;
	bool harmless = slice_skip(&text, SLICE("c ")) && slice_cut(slice_trim(text), ':', &number, &rest) && slice_to_u64(number, 10, &high) && !docker_major_is_mighty(high);
	return harmless ? 0 : refuse(shape, REFUSE_DEVICES, rule);
}

static int
check_device_rules(const struct shape *shape, const struct json *value)
{
	return each_text(shape, value, "DeviceCgroupRules", check_device_rule);
}

static bool
has_word(struct slice words, const char *wanted)
{
	for (struct slice word; slice_next(&words, ',', &word);)
		if (slice_is(word, wanted))
			return true;
	return false;
}

/* "SOURCE:TARGET[:OPTIONS]"; a source that is no path names a volume. */
static int
check_bind(const struct shape *shape, struct slice bind)
{
	struct slice source, rest, target, options = SLICE_NONE;
	slice_cut(bind, ':', &source, &rest);
	slice_cut(rest, ':', &target, &options);
	return slice_starts(source, SLICE("/")) ? check_path(shape, source, !has_word(options, "ro")) : 0;
}

static int
check_binds(const struct shape *shape, const struct json *value)
{
	return each_text(shape, value, "Binds", check_bind);
}

/* What the driver "local" mounts is anything that mount(8) can: files of the network and memory are not this machine. */
static int
check_volume_options(const struct shape *shape, const struct json *options)
{
	static const char *const elsewhere[] = { "tmpfs", "nfs", "nfs4", "cifs" };
	struct slice type = json_string(docker_get(options, "type")), device = json_string(docker_get(options, "device")), how = json_string(docker_get(options, "o"));
	/* What is bound has no type: mount(2) passes over the one that stands there. */
	bool binds = has_word(how, "bind") || has_word(how, "rbind");
	for (size_t i = 0; !binds && i < sizeof elsewhere / sizeof *elsewhere; i++)
		if (slice_is(type, elsewhere[i]))
			return 0;
	if (type.n == 0 && device.n == 0 && how.n == 0)
		return 0;
	int r = device.n ? check_mounted(shape, device) : 0;
	if (r == 0 && !binds)
		r = refuse(shape, REFUSE_DEVICES, device.n ? device : type);
	/* "lowerdir=/" of an overlay, and whatever else has paths among its options. */
	if (r == 0 && slice_find(how, '/') != SIZE_MAX)
		r = refuse(shape, REFUSE_SOCKET, how);
	return r;
}

/* What the drivers of plugins make of their options is the plugins' business: nobody installs one past the guard. */
static int
check_volume(const struct shape *shape, const struct json *driver, const struct json *options)
{
	struct slice name = json_string(driver);
	return name.n == 0 || slice_is(name, "local") ? check_volume_options(shape, options) : 0;
}

static bool
is_true(const struct json *value)
{
	return json_is(value, JSON_BOOL) && value->truth;
}

static bool
is_false(const struct json *value)
{
	return json_is(value, JSON_BOOL) && !value->truth;
}

/* Without a word what is mounted below is only read as well; an engine is asked otherwise by whoever wants to write there: /sys/fs/cgroup below /sys. */
static bool
is_writable(const struct json *mount)
{
	bool only_itself = is_true(docker_get(docker_get(mount, "BindOptions"), "ReadOnlyNonRecursive"));
	return only_itself || (!is_true(docker_get(mount, "ReadOnly")) && !is_false(docker_get(mount, "RW")));
}

static int
check_mount(const struct shape *shape, const struct json *mount)
{
	struct slice type = json_string(docker_get(mount, "Type")), source = json_string(docker_get(mount, "Source"));
	const struct json *driver = docker_get(docker_get(mount, "VolumeOptions"), "DriverConfig");
	if (slice_is(type, "image"))
		return refuse(shape, REFUSE_IMAGE, source);
	if (!slice_is(type, "volume") && !slice_is(type, "tmpfs") && slice_starts(source, SLICE("/")))
		return check_path(shape, source, is_writable(mount));
	return check_volume(shape, docker_get(driver, "Name"), docker_get(driver, "Options"));
}

static int
check_mounts(const struct shape *shape, const struct json *value)
{
	return each_object(shape, value, "Mounts", check_mount);
}

/* The engine's own list keeps kernel settings from being written; who sends another one wants to write them. */
static int
check_readonly_paths(const struct shape *shape, const struct json *value)
{
	if (!json_is(value, JSON_ARRAY))
		return value == NULL || value->type == JSON_NULL ? 0 : wrong_type(shape, "ReadonlyPaths");
	for (size_t i = 0; i < value->n; i++)
		if (slice_is(json_string(&value->items[i]), "/proc/sys"))
			return 0;
	return refuse(shape, REFUSE_PRIVILEGED, SLICE("/proc/sys can be written"));
}

static int
check_namespace(const struct shape *shape, const struct json *value)
{
	struct slice mode = json_string(value);
	return slice_is(mode, "host") ? refuse(shape, REFUSE_NAMESPACES, mode) : 0;
}

static const struct {
	const char *member;
	int (*check)(const struct shape *shape, const struct json *value);
} members[] = {
	{ "Privileged", check_privileged },
	{ "Runtime", check_runtime },
	{ "CapAdd", check_capabilities },
	{ "Devices", check_devices },
	{ "DeviceCgroupRules", check_device_rules },
	{ "Binds", check_binds },
	{ "Mounts", check_mounts },
	{ "ReadonlyPaths", check_readonly_paths },
	{ "PidMode", check_namespace },
	{ "UsernsMode", check_namespace },
};

static int
check_members(const struct shape *shape, const struct json *object)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof members / sizeof *members; i++)
		r = members[i].check(shape, docker_get(object, members[i].member));
	return r;
}

/* Documents */

int
docker_shape_create(const struct docker_shape_options *options, const struct json *body, struct plim_error *err)
{
	const struct shape shape = { options, false, err };
	const struct json *host = docker_get(body, "HostConfig");
	if (host && host->type != JSON_OBJECT && host->type != JSON_NULL)
		return wrong_type(&shape, "HostConfig");
	int r = check_members(&shape, body);
	return r < 0 ? r : check_members(&shape, host);
}

int
docker_shape_start(const struct docker_shape_options *options, struct slice query, struct arena *arena, struct plim_error *err)
{
	const struct shape shape = { options, false, err };
	struct slice value;
	bool bad = false;
	while (docker_query_next(&query, "checkpoint", arena, &value, &bad))
		if (value.n > 0)
			return refuse(&shape, REFUSE_CHECKPOINT, value);
	return bad ? error_set(err, PLIM_EFORMAT, "a query that cannot be decoded") : 0;
}

int
docker_shape_container(const struct docker_shape_options *options, const struct json *container, struct plim_error *err)
{
	const struct shape shape = { options, true, err };
	const struct json *host = docker_get(container, "HostConfig");
	if (!json_is(host, JSON_OBJECT))
		return wrong_type(&shape, "HostConfig");
	int r = check_members(&shape, host);
	return r < 0 ? r : check_mounts(&shape, docker_get(container, "Mounts"));
}

int
docker_shape_exec(const struct docker_shape_options *options, const struct json *body, struct plim_error *err)
{
	const struct shape shape = { options, false, err };
	int r = refuse(&shape, REFUSE_EXEC, SLICE_NONE);
	return r < 0 ? r : check_privileged(&shape, docker_get(body, "Privileged"));
}

int
docker_shape_volume(const struct docker_shape_options *options, const struct json *body, struct plim_error *err)
{
	const struct shape shape = { options, false, err };
	return check_volume(&shape, docker_get(body, "Driver"), docker_get(body, "DriverOpts"));
}

int
docker_shape_service(const struct docker_shape_options *options, const struct json *body, struct plim_error *err)
{
	const struct shape shape = { options, false, err };
	const struct json *task = docker_get(body, "TaskTemplate"), *container = docker_get(task, "ContainerSpec");
	struct slice runtime = json_string(docker_get(task, "Runtime"));
	if ((runtime.n > 0 && !slice_is(runtime, "container")) || docker_get(task, "PluginSpec") || docker_get(task, "NetworkAttachmentSpec"))
		return error_set(err, PLIM_EPOLICY, "a service that is not one of containers");
	if (!json_is(container, JSON_OBJECT))
		return wrong_type(&shape, "ContainerSpec");
	int r = check_mounts(&shape, docker_get(container, "Mounts"));
	return r < 0 ? r : each_text(&shape, docker_get(container, "CapabilityAdd"), "CapabilityAdd", check_capability);
}

int
docker_shape_act(const struct docker_shape_options *options, enum docker_act act, struct plim_error *err)
{
	static const struct {
		enum docker_act act;
		enum docker_refusal what;
	} acts[] = { { DOCKER_PLUGIN, REFUSE_PLUGIN }, { DOCKER_BUILD, REFUSE_BUILD }, { DOCKER_SWARM, REFUSE_SWARM }, { DOCKER_COPY, REFUSE_COPY } };
	const struct shape shape = { options, false, err };
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (acts[i].act == act)
			return refuse(&shape, acts[i].what, SLICE_NONE);
	return 0;
}

/* The option */

void
docker_refusals_default(bool refused[static REFUSAL_COUNT])
{
	for (size_t i = 0; i < REFUSAL_COUNT; i++)
		refused[i] = refusals[i].usual;
}

static bool
choose(struct slice word, bool refused[static REFUSAL_COUNT])
{
	bool all = slice_is(word, "all"), found = all || slice_is(word, "none");
	for (size_t i = 0; i < REFUSAL_COUNT; i++)
		if (all || slice_is(word, refusals[i].word))
			refused[i] = found = true;
	return found;
}

int
docker_refusals_parse(struct slice list, bool refused[static REFUSAL_COUNT], struct plim_error *err)
{
	AUTO(strbuf) struct strbuf known = { 0 };
	/* A variable that was never set opens nothing. */
	if (list.n == 0)
		return error_set(err, PLIM_EUSAGE, "an empty list: 'none' refuses nothing");
	memset(refused, 0, sizeof *refused * REFUSAL_COUNT);
	for (size_t i = 0; i < REFUSAL_COUNT; i++)
		strbuf_printf(&known, ", %s", refusals[i].word);
	for (struct slice word; slice_next(&list, ',', &word);)
		if (!choose(word, refused))
			return error_set(err, PLIM_EUSAGE, "there is no '%.*s' to refuse, but all, none%s", SLICE_ARG(slice_first(word, 60)), known.p ? known.p : "");
	return 0;
}
