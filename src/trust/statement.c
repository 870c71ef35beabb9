/* SPDX-License-Identifier: Apache-2.0 */
/* In-toto statements of any predicate. */
#include "trust/statement.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "trust/document.h"

static int
read_subject(const struct json *item, struct statement_subject *out, struct plim_error *err)
{
	const struct json *name = json_get(item, "name");
	if (name && !json_is(name, JSON_STRING))
		return error_set(err, PLIM_EFORMAT, "name: no text");
	out->name = json_string(name).p ? json_string(name) : SLICE("");
	return document_digest_set(item, "digest", &out->digest, err);
}

static int
read_subjects(const struct json *list, struct arena *arena, struct statement *out, struct plim_error *err)
{
	if (!json_is(list, JSON_ARRAY) || list->n == 0)
		return error_set(err, PLIM_EFORMAT, "subject: none");
	struct statement_subject *subjects = arena_make_array(arena, list->n, struct statement_subject);
	if (subjects == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		int r = read_subject(json_item(list, i), &subjects[i], err);
		if (r < 0)
			return error_wrap(err, r, "subject[%zu]", i);
	}
	out->subjects = subjects;
	out->subject_count = list->n;
	return 0;
}

static int
read_statement(const struct json *root, bool older, struct arena *arena, struct statement *out, struct plim_error *err)
{
	struct slice type;
	int r = document_keys(root, (const char *const[]){ "_type", "subject", "predicateType", "predicate", NULL }, "the statement", err);
	if (r == 0)
		r = document_text(root, "_type", &type, err);
	if (r == 0 && !slice_is(type, STATEMENT_TYPE) && !(older && slice_is(type, STATEMENT_TYPE_OLDER)))
		r = error_set(err, PLIM_EUNSUPPORTED, "_type: not " STATEMENT_TYPE);
	if (r == 0)
		r = read_subjects(json_get(root, "subject"), arena, out, err);
	if (r == 0)
		r = document_text(root, "predicateType", &out->predicate_type, err);
	out->predicate = json_get(root, "predicate");
	if (r == 0 && !json_is(out->predicate, JSON_OBJECT))
		r = error_set(err, PLIM_EFORMAT, "predicate: no object");
	return r;
}

static int
parse(struct slice payload, bool older, struct arena *arena, struct statement **out, struct plim_error *err)
{
	const struct json *root;
	struct statement *found = arena_make(arena, struct statement);
	int r = found ? document_parse(payload, arena, &root, err) : error_nomem(err);
	if (r == 0)
		r = read_statement(root, older, arena, found, err);
	if (r < 0)
		return error_wrap(err, r, "statement");
	*out = found;
	return 0;
}

int
statement_parse(struct slice payload, struct arena *arena, struct statement **out, struct plim_error *err)
{
	return parse(payload, false, arena, out, err);
}

int
statement_parse_older(struct slice payload, struct arena *arena, struct statement **out, struct plim_error *err)
{
	return parse(payload, true, arena, out, err);
}

bool
statement_speaks_of(const struct statement *statement, const struct digest *digest)
{
	for (size_t i = 0; i < statement->subject_count; i++)
		if (digest_eq(&statement->subjects[i].digest, digest))
			return true;
	return false;
}

static int
check_predicate(struct slice predicate, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct json *root;
	int r = arena ? document_parse(predicate, arena, &root, err) : error_nomem(err);
	if (r == 0 && !json_is(root, JSON_OBJECT))
		r = error_set(err, PLIM_EFORMAT, "no object");
	return r < 0 ? error_wrap(err, r, "predicate") : 0;
}

static void
put_digest_set(struct json_writer *w, const struct digest *digest)
{
	char hex[DIGEST_TEXT_SIZE];
	json_write_key(w, SLICE("digest"));
	json_write_object(w);
	json_write_member(w, digest_algorithm_name(digest->algorithm), slice_of(digest_hex(digest, hex)));
	json_write_object_end(w);
}

int
statement_write(const struct statement_subject *subject, struct slice predicate_type, struct slice predicate, struct strbuf *into,
                struct plim_error *err)
{
	int r = check_predicate(predicate, err);
	if (r < 0)
		return r;
	if (subject->digest.algorithm == DIGEST_NONE || predicate_type.n == 0)
		return error_set(err, PLIM_EUSAGE, "a statement needs a digest and a type of its predicate");
	struct json_writer w = { .into = into };
	json_write_object(&w);
	json_write_member(&w, "_type", SLICE(STATEMENT_TYPE));
	json_write_key(&w, SLICE("predicate"));
	strbuf_put(into, slice_trim(predicate));
	w.after_key = false;
	json_write_member(&w, "predicateType", predicate_type);
	json_write_key(&w, SLICE("subject"));
	json_write_array(&w);
	json_write_object(&w);
	put_digest_set(&w, &subject->digest);
	json_write_member(&w, "name", subject->name.p ? subject->name : SLICE(""));
	json_write_object_end(&w);
	json_write_array_end(&w);
	json_write_object_end(&w);
	return into->failed ? error_nomem(err) : 0;
}
