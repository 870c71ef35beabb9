/* SPDX-License-Identifier: Apache-2.0 */
/* Users and groups: passwd, group, shadow, gshadow, their backups, and passwords of before.  What stands for a password is told by a word, never copied. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/config_lines.h"

#define ACCOUNT_PARTS 9

/* Prefixes of crypt(5); those that come first win. */
static const struct {
	const char *prefix;
	const char *name;
} hashes[] = {
	{ "$1$", "md5" },       { "$md5", "sunmd5" },   { "$3$", "nt" },         { "$2", "blowfish" },      { "$5$", "sha256" },
	{ "$6$", "sha512" },    { "$7$", "scrypt" },    { "$sha1", "sha1" },     { "$y$", "yescrypt" },     { "$gy$", "gost_yescrypt" },
	{ "$argon2", "argon2" }, { "$", "unknown" },
};

/* How many of crypt's letters it begins with. */
static size_t
crypt_length(struct slice s)
{
	size_t n = 0;
	while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || (s.p[n] >= 'A' && s.p[n] <= 'Z') || (s.p[n] >= 'a' && s.p[n] <= 'z') || s.p[n] == '.' || s.p[n] == '/'))
		n++;
	return n;
}

static bool
is_crypt_text(struct slice s)
{
	return crypt_length(s) == s.n;
}

/* The kind of hash; absent for a text that is none, which no password can match. */
static struct slice
hash_name(struct slice text)
{
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
		if (slice_starts(text, slice_of(hashes[i].prefix)))
			return slice_of(hashes[i].name);
	if (text.n == 20 && text.p[0] == '_' && is_crypt_text(slice_from(text, 1)))
		return SLICE("bsdi");
	/* What another letter begins behind it is its age, HP-UX's, which pam_unix takes off. */
	text = slice_first(text, crypt_length(text));
	if (text.n < 13)
		return SLICE_NONE;
	return text.n == 13 ? SLICE("des") : (text.n - 2) % 11 == 0 ? SLICE("bigcrypt") : SLICE_NONE;
}

/* Also of a hash that is locked with a mark in front: it can still be cracked. */
static struct slice
locked_hash_name(struct slice text)
{
	while (slice_skip(&text, SLICE("!")) || slice_skip(&text, SLICE("*")))
		;
	return hash_name(text);
}

static struct slice
password_word(struct slice text)
{
	if (text.n == 0)
		return SLICE("empty");
	if (slice_is(text, "x"))
		return SLICE("x");
	return text.p[0] == '*' || text.p[0] == '!' ? SLICE("locked") : SLICE("set");
}

static struct slice
password_status(struct slice text)
{
	if (text.n == 0)
		return SLICE("empty");
	if (hash_name(text).p)
		return SLICE("active");
	return locked_hash_name(text).p ? SLICE("locked") : SLICE("not_set");
}

/* As osquery has it, whose queries ask for its words: it looks at the first letters only. */
static struct slice
osquery_status(struct slice text)
{
	if (slice_is(text, "!!"))
		return SLICE("not_set");
	if (text.n == 0)
		return SLICE("empty");
	return strchr("!*x", text.p[0]) && text.p[0] ? SLICE("locked") : SLICE("active");
}

/* "$6$...": 6. */
static struct slice
hash_id(struct slice text)
{
	struct slice id, rest;
	if (!slice_skip(&text, SLICE("$")) || !slice_cut(text, '$', &id, &rest))
		return SLICE_NONE;
	return id.n && is_crypt_text(id) ? id : SLICE_NONE;
}

/* An id that fits 32 bits: a larger one wraps to another user in some libraries. */
static bool
is_id(struct slice text)
{
	uint64_t id;
	return slice_to_u64(text, 10, &id) && id <= UINT32_MAX;
}

static const char *
fill_user(const struct slice *parts, struct slice *fields)
{
	fields[USERS_USERNAME] = parts[0];
	fields[USERS_PASSWORD] = parts[1].p ? password_word(parts[1]) : SLICE_NONE;
	fields[USERS_UID] = is_id(parts[2]) ? parts[2] : SLICE_NONE;
	fields[USERS_GID] = is_id(parts[3]) ? parts[3] : SLICE_NONE;
	fields[USERS_DESCRIPTION] = parts[4];
	fields[USERS_DIRECTORY] = parts[5];
	fields[USERS_SHELL] = parts[6];
	fields[USERS_HASH_ALG] = locked_hash_name(parts[1]);
	return fields[USERS_UID].p == NULL || fields[USERS_GID].p == NULL ? "uid or gid is no number" : NULL;
}

static const char *
fill_group(const struct slice *parts, struct slice *fields)
{
	fields[GROUPS_GROUPNAME] = parts[0];
	fields[GROUPS_PASSWORD] = parts[1].p ? password_word(parts[1]) : SLICE_NONE;
	fields[GROUPS_GID] = is_id(parts[2]) ? parts[2] : SLICE_NONE;
	fields[GROUPS_MEMBERS] = parts[3];
	fields[GROUPS_HASH_ALG] = locked_hash_name(parts[1]);
	return fields[GROUPS_GID].p == NULL ? "gid is no number" : NULL;
}

static const char *
fill_shadow(const struct slice *parts, struct slice *fields)
{
	const char *wrong = NULL;
	fields[SHADOW_USERNAME] = parts[0];
	if (parts[1].p) {
		fields[SHADOW_PASSWORD_STATUS] = password_status(parts[1]);
		fields[SHADOW_HASH_ALG] = locked_hash_name(parts[1]);
		fields[SHADOW_OSQUERY_STATUS] = osquery_status(parts[1]);
		fields[SHADOW_HASH_ID] = hash_id(parts[1]);
	}
	for (int i = 2; i < 8; i++) {
		int64_t days;
		if (slice_to_i64(parts[i], &days))
			fields[SHADOW_LAST_CHANGE + i - 2] = parts[i];
		else if (parts[i].n > 0)
			wrong = "a day is no number";
	}
	return wrong;
}

static const char *
fill_gshadow(const struct slice *parts, struct slice *fields)
{
	fields[GSHADOW_GROUPNAME] = parts[0];
	/* An empty one lets nobody but the members in: it is like none. */
	fields[GSHADOW_PASSWORD_STATUS] = parts[1].p ? password_status(parts[1]) : SLICE_NONE;
	fields[GSHADOW_HASH_ALG] = locked_hash_name(parts[1]);
	fields[GSHADOW_ADMINISTRATORS] = parts[2];
	fields[GSHADOW_MEMBERS] = parts[3];
	return NULL;
}

static const char *
fill_backup(const struct slice *parts, struct slice *fields)
{
	fields[SHADOW_BACKUP_NAME] = parts[0];
	fields[SHADOW_BACKUP_HASH_ALG] = locked_hash_name(parts[1]);
	return NULL;
}

/* The passwords of a user before, of pam_unix and pam_pwhistory: NAME:UID:COUNT:HASH,HASH. */
static const char *
fill_old(const struct slice *parts, struct slice *fields)
{
	fields[SHADOW_BACKUP_NAME] = parts[0];
	for (struct slice hash, rest = parts[3]; fields[SHADOW_BACKUP_HASH_ALG].p == NULL && slice_next(&rest, ',', &hash);)
		fields[SHADOW_BACKUP_HASH_ALG] = locked_hash_name(hash);
	return NULL;
}

struct account_file {
	const char *name;
	enum row_kind kind;
	size_t parts;
	size_t field_count;
	int form;                  /* the field that tells plain, nis or damaged */
	/* Answers what is wrong with it, NULL if nothing. */
	const char *(*fill)(const struct slice *parts, struct slice *fields);
};

static const struct account_file files[] = {
	{ "passwd", ROW_USERS, 7, USERS_FIELD_COUNT, USERS_FORM, fill_user },
	{ "group", ROW_GROUPS, 4, GROUPS_FIELD_COUNT, GROUPS_FORM, fill_group },
	{ "shadow", ROW_SHADOW, 9, SHADOW_FIELD_COUNT, SHADOW_FORM, fill_shadow },
	{ "gshadow", ROW_GSHADOW, 4, GSHADOW_FIELD_COUNT, GSHADOW_FORM, fill_gshadow },
	{ "shadow-", ROW_SHADOW_BACKUP, 9, SHADOW_BACKUP_FIELD_COUNT, SHADOW_BACKUP_FORM, fill_backup },
	{ "gshadow-", ROW_SHADOW_BACKUP, 4, SHADOW_BACKUP_FIELD_COUNT, SHADOW_BACKUP_FORM, fill_backup },
	{ "passwd-", ROW_SHADOW_BACKUP, 7, SHADOW_BACKUP_FIELD_COUNT, SHADOW_BACKUP_FORM, fill_backup },
	{ "group-", ROW_SHADOW_BACKUP, 4, SHADOW_BACKUP_FIELD_COUNT, SHADOW_BACKUP_FORM, fill_backup },
	{ "opasswd", ROW_SHADOW_BACKUP, 4, SHADOW_BACKUP_FIELD_COUNT, SHADOW_BACKUP_FORM, fill_old },
};

struct account_reader {
	const struct account_file *file;
	struct rows *rows;
	size_t count;
};

/* How many parts there are; those behind the last one wanted are counted only. */
static size_t
split(struct slice line, struct slice *parts)
{
	size_t n = 0;
	for (struct slice part, rest = line; slice_next(&rest, ':', &part); n++)
		if (n < ACCOUNT_PARTS)
			parts[n] = part;
	return n;
}

/*
 * A line that is not whole still makes a row, for the C libraries take such
 * lines too ("evil::0:0"), and a problem: nobody knows what else it was to say.
 */
static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct account_reader *reader = context;
	/* glibc passes over all that isspace(3) knows. */
	line = config_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return 0;
	const struct account_file *file = reader->file;
	struct slice parts[ACCOUNT_PARTS] = { 0 }, fields[ACCOUNT_PARTS + 4] = { 0 };
	size_t n = split(line, parts);
	bool nis = line.p[0] == '+' || line.p[0] == '-';
	/* The C libraries take all behind the home for the shell. */
	if (file->kind == ROW_USERS && n > file->parts)
		parts[6] = slice_from(line, (size_t)(parts[6].p - line.p));
	const char *wrong = file->fill(parts, fields);
	if (n != file->parts)
		wrong = "the wrong number of fields";
	else if (parts[0].n == 0)
		wrong = "no name";
	fields[file->form] = nis ? SLICE("nis") : wrong ? SLICE("damaged") : SLICE("plain");
	reader->count++;
	int r = rows_add(reader->rows, file->kind, number, fields, file->field_count, err);
	if (r == 0 && wrong && !nis)
		r = rows_problem(reader->rows, err, "line %u: %s", number, wrong);
	return r;
}

static const struct account_file *
file_of(struct slice path)
{
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (slice_is(path_base(path), files[i].name))
			return &files[i];
	return NULL;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct account_reader reader = { file_of(path), rows, 0 };
	int r = config_each_line(body, false, take_line, &reader, err);
	if (r == 0 && reader.count == 0 && body.n > 0)
		r = error_set(err, PLIM_EFORMAT, "offset 0: no account is in it");
	return r;
}

const struct cataloger cataloger_accounts = {
	.name = "accounts",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/shadow-", "etc/gshadow-", "etc/passwd-", "etc/group-",
	                                "etc/security/opasswd", NULL },
	.roots = (const char *const[]){ "etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", NULL },
	.extract = extract,
};
