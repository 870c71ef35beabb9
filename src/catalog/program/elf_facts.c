/* SPDX-License-Identifier: Apache-2.0 */
/* What an ELF file says of how it was linked: the table `elf`; and the package that its distribution built it for. */
#include "catalog/program/programs.h"

#include "base/arena.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/json.h"

#include <inttypes.h>
#include <stdio.h>

enum { NOTE_BUILD_ID = 3 };

/* Of systemd's "Package Metadata for Executable Files": owner FDO. */
#define NOTE_PACKAGE 0xcafe1a7eu

enum { FLAG_BIND_NOW = 8, FLAG_1_NOW = 1, FLAG_1_PIE = 0x08000000 };

static const struct {
	uint16_t number;
	const char *name;
} machines[] = {
	{ 2, "sparc" },   { 3, "i386" },     { 8, "mips" },       { 20, "powerpc" },   { 21, "powerpc64" },  { 22, "s390" },
	{ 40, "arm" },    { 43, "sparc64" }, { 50, "ia64" },      { 62, "x86_64" },    { 183, "aarch64" },   { 243, "riscv" },
	{ 247, "bpf" },   { 258, "loongarch" },
};

static struct slice
machine_name(uint16_t number, char text[static 16])
{
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (machines[i].number == number)
			return slice_of(machines[i].name);
	snprintf(text, 16, "%u", number);
	return slice_of(text);
}

/* What the names of symbols tell of the compiler's protections. */
struct protection {
	bool canary, checked, unchecked;
};

/* Functions of which there is a checked one, __NAME_chk, where _FORTIFY_SOURCE is set. */
static const char *const fortifiable[] = {
	"fgets", "fprintf", "fread", "getcwd", "gets", "memcpy", "memmove", "memset", "printf", "read", "readlink", "realpath", "recv",
	"snprintf", "sprintf", "stpcpy", "strcat", "strcpy", "strncat", "strncpy", "syslog", "vfprintf", "vsnprintf", "vsprintf",
};

/* The shortest and the longest of these. */
#define NAME_LEAST       4
#define FORTIFIABLE_MOST 9

static void
note_name(struct protection *out, struct slice name)
{
	if (slice_is(name, "__stack_chk_fail") || slice_is(name, "__stack_chk_fail_local") || slice_is(name, "__stack_chk_guard"))
		out->canary = true;
	else if (slice_starts(name, SLICE("__")) && slice_ends(name, SLICE("_chk")))
		out->checked = true;
	for (size_t i = 0; !out->unchecked && name.n <= FORTIFIABLE_MOST && i < sizeof fortifiable / sizeof *fortifiable; i++)
		out->unchecked = slice_is(name, fortifiable[i]);
}

/* Far more than any program's: behind that a hostile one has nothing but empty names. */
#define NAMES_MOST ((size_t)64 << 20)

/* Of a dynamic program what it imports, else all symbols; false where neither is there. */
static bool
protection_of(const struct elf *elf, struct protection *out)
{
	struct elf_section all;
	struct slice names = elf_dynamic_strings(elf);
	*out = (struct protection){ 0 };
	if (names.n == 0 && elf_find_section(elf, ".strtab", &all))
		names = elf_section_bytes(elf, &all);
	struct cursor in = cursor_of(slice_first(names, NAMES_MOST));
	while (cursor_left(&in)) {
		struct slice name = cursor_string(&in);
		if (name.n >= NAME_LEAST)
			note_name(out, name);
	}
	return names.n > 0;
}

static bool
binds_now(const struct elf *elf)
{
	uint64_t value;
	return elf_find_dynamic(elf, ELF_TAG_BIND_NOW, &value) || (elf_find_dynamic(elf, ELF_TAG_FLAGS, &value) && (value & FLAG_BIND_NOW)) ||
	       (elf_find_dynamic(elf, ELF_TAG_FLAGS_1, &value) && (value & FLAG_1_NOW));
}

/* Libraries may have an interpreter too, to be started for what they say of themselves: those have a name. */
static bool
is_position_independent(const struct elf *elf)
{
	struct elf_segment unused;
	uint64_t value;
	if (elf->type != ELF_SHARED)
		return false;
	if (elf_find_dynamic(elf, ELF_TAG_FLAGS_1, &value) && (value & FLAG_1_PIE))
		return true;
	return elf_find_segment(elf, ELF_INTERPRETER, &unused) && !elf_find_dynamic(elf, ELF_TAG_SONAME, &value);
}

static struct slice
flag(bool truth)
{
	return truth ? SLICE("1") : SLICE("0");
}

static struct slice
dynamic_text(const struct elf *elf, enum elf_tag tag)
{
	uint64_t at;
	struct slice text = elf_find_dynamic(elf, tag, &at) ? elf_dynamic_string(elf, at) : SLICE_NONE;
	return text.n ? text : SLICE_NONE;
}

static struct slice
interpreter_of(const struct elf *elf)
{
	struct elf_segment segment;
	struct cursor in = cursor_of(elf_find_segment(elf, ELF_INTERPRETER, &segment) ? elf_segment_bytes(elf, &segment) : SLICE_NONE);
	struct slice text = cursor_string(&in);
	return text.n ? text : SLICE_NONE;
}

static struct slice
needed_of(const struct elf *elf, struct strbuf *into)
{
	uint64_t tag, value;
	for (size_t at = 0; elf_next_dynamic(elf, &at, &tag, &value);) {
		if (tag != ELF_TAG_NEEDED || into->n > LIMIT_ROW_TEXT_BYTES)
			continue;
		strbuf_puts(into, into->n ? "\n" : "");
		strbuf_put(into, elf_dynamic_string(elf, value));
	}
	return into->n ? strbuf_slice(into) : SLICE_NONE;
}

/* Longer ones than any digest are none. */
#define BUILD_ID_MOST 64

static struct slice
build_id_of(const struct elf *elf, struct strbuf *into)
{
	struct elf_note note;
	if (!elf_find_note(elf, "GNU", NOTE_BUILD_ID, &note) || note.text.n > BUILD_ID_MOST)
		return SLICE_NONE;
	for (size_t i = 0; i < note.text.n; i++)
		strbuf_printf(into, "%02x", (uint8_t)note.text.p[i]);
	return into->n ? strbuf_slice(into) : SLICE_NONE;
}

static const char *
relro_of(const struct elf *elf)
{
	struct elf_segment segment;
	if (!elf_find_segment(elf, ELF_GNU_RELRO, &segment))
		return "none";
	return binds_now(elf) ? "full" : "partial";
}

/* Symbols of debuggers: what `strip` takes away. */
static bool
is_stripped(const struct elf *elf)
{
	struct elf_section section;
	for (size_t i = 0; elf_section(elf, i, &section); i++)
		if (section.type == ELF_SYMBOLS)
			return false;
	return true;
}

static void
take_protection(const struct elf *elf, struct slice fields[static ELF_FIELD_COUNT])
{
	struct protection protection;
	struct elf_segment stack;
	if (protection_of(elf, &protection)) {
		fields[ELF_CANARY] = flag(protection.canary);
		fields[ELF_FORTIFY] = protection.checked ? flag(true) : protection.unchecked ? flag(false) : SLICE_NONE;
	}
	/* Without that segment Linux makes the stack executable. */
	fields[ELF_NX] = flag(elf_find_segment(elf, ELF_GNU_STACK, &stack) && !(stack.flags & ELF_EXECUTE));
	fields[ELF_RELRO] = slice_of(relro_of(elf));
	fields[ELF_BIND_NOW] = elf->dynamic.n ? flag(binds_now(elf)) : SLICE_NONE;
}

static int
add_facts(const struct elf *elf, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needed = { 0 }, build_id = { 0 };
	char number[16];
	bool pie = is_position_independent(elf), program = pie || elf->type == ELF_EXECUTABLE;
	struct slice fields[ELF_FIELD_COUNT] = {
		[ELF_TYPE] = program ? SLICE("executable") : SLICE("shared"),
		[ELF_MACHINE] = machine_name(elf->machine, number),
		[ELF_BITS] = elf->wide ? SLICE("64") : SLICE("32"),
		[ELF_INTERPRETER_PATH] = interpreter_of(elf),
		[ELF_NEEDED] = needed_of(elf, &needed),
		[ELF_SONAME] = dynamic_text(elf, ELF_TAG_SONAME),
		[ELF_PIE] = program ? flag(pie) : SLICE_NONE,
		[ELF_RPATH] = dynamic_text(elf, ELF_TAG_RPATH),
		[ELF_RUNPATH] = dynamic_text(elf, ELF_TAG_RUNPATH),
		[ELF_BUILD_ID] = build_id_of(elf, &build_id),
		[ELF_STRIPPED] = flag(is_stripped(elf)),
	};
	take_protection(elf, fields);
	if (needed.failed || build_id.failed)
		return error_nomem(err);
	return rows_add(rows, ROW_ELF, 0, fields, ELF_FIELD_COUNT, err);
}

static const char *const note_types[] = { "deb", "rpm", "apk", "alpm", "ebuild", "opkg", "xbps" };

static bool
is_note_type(struct slice type)
{
	for (size_t i = 0; i < sizeof note_types / sizeof *note_types; i++)
		if (slice_is(type, note_types[i]))
			return true;
	return false;
}

/* "fedora 38": the distribution that the note names, as its os-release does. */
static struct slice
distribution_of(const struct json *note, struct strbuf *into)
{
	struct slice os = json_get_string(note, "os"), version = json_get_string(note, "osVersion");
	if (os.n == 0)
		return SLICE_NONE;
	strbuf_put(into, os);
	strbuf_puts(into, version.n ? " " : "");
	strbuf_put(into, version);
	return strbuf_slice(into);
}

static int
add_package(const struct json *note, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf distribution = { 0 };
	struct slice type = json_get_string(note, "type"), name = json_get_string(note, "name"), version = json_get_string(note, "version");
	if (name.n == 0 || version.n == 0)
		return rows_problem(rows, err, "the note of the package has no name or no version");
	struct slice architecture = json_get_string(note, "architecture");
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = is_note_type(type) ? type : SLICE("generic"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version,
		[PACKAGE_ARCH] = architecture.n ? architecture : SLICE_NONE, [PACKAGE_EVIDENCE] = SLICE("binary"),
		[PACKAGE_VENDOR] = distribution_of(note, &distribution),
	};
	return distribution.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

/* A line of JSON with NULs behind it. */
static int
take_package(const struct elf *elf, struct rows *rows, struct plim_error *err)
{
	struct elf_note note;
	const struct json *json;
	struct plim_error why = { 0 };
	if (!elf_find_note(elf, "FDO", NOTE_PACKAGE, &note))
		return 0;
	AUTO(arena) struct arena *arena = arena_new(LIMIT_EMBEDDED_BYTES);
	if (arena == NULL)
		return error_nomem(err);
	struct slice text, rest;
	slice_cut(note.text, '\0', &text, &rest);
	int r = json_parse(text, arena, &json, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	return r < 0 ? rows_problem(rows, err, "the note of the package: %s", why.text) : add_package(json, rows, err);
}

static bool
bid(struct slice path, struct slice head)
{
	(void)path;
	return elf_is(head);
}

/* Objects that are not linked yet, modules of the kernel among them, and dumps of memory have none of this. */
static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct elf elf;
	(void)path;
	int r = elf_open(body, &elf, err);
	if (r < 0 || (elf.type != ELF_EXECUTABLE && elf.type != ELF_SHARED))
		return r;
	r = add_facts(&elf, rows, err);
	if (r == 0 && elf.sections_lost)
		r = rows_problem(rows, err, "offset %" PRIu64 ": the headers of the sections do not lie in the file", elf.sections_at);
	return r < 0 ? r : take_package(&elf, rows, err);
}

const struct cataloger cataloger_elf_facts = {
	.name = "elf",
	.bid = bid,
	.extract = extract,
};
