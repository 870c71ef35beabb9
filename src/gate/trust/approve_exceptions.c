/* SPDX-License-Identifier: Apache-2.0 */
/* plim_policy_approve: a signature over a file of exceptions, beside it. */
#include <plimsoll/policy.h>

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/output.h"
#include "codec/yaml.h"
#include "store/atomic.h"
#include "trust/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

struct approving_exceptions {
	struct signer *signer;
	struct arena *arena;
	const char *path;
	const char *beside;        /* where approvals are */
	struct exceptions_claim claim;
	size_t exceptions;         /* how many are in the file */
	struct strbuf kept;        /* approvals of the same text by others */
	size_t kept_count, dropped_count;    /* dropped: of an earlier text */
	struct strbuf told;
};

static void
auto_approving(struct approving_exceptions *a)
{
	strbuf_done(&a->kept);
	strbuf_done(&a->told);
	arena_free(a->arena);
}

/* A list of exceptions, or a policy with some of its own. */
static int
count_exceptions(struct approving_exceptions *a, const struct yaml_document *doc, struct plim_error *err)
{
	const struct yaml_node *list = doc->root->kind == YAML_MAPPING ? yaml_get(doc->root, "exceptions") : doc->root;
	if (doc->root->kind == YAML_MAPPING && yaml_get(doc->root, "plimsoll") == NULL)
		return yaml_error(doc, doc->root, err, "a list of exceptions, or a policy with some, is needed here");
	if (list == NULL || list->kind != YAML_SEQUENCE || list->n == 0)
		return yaml_error(doc, list ? list : doc->root, err, "there is no exception to approve");
	for (size_t i = 0; i < list->n; i++)
		a->exceptions += yaml_get(list->items[i], "folder") == NULL;
	return a->exceptions ? 0 : yaml_error(doc, list, err, "its exceptions are in files of their own: approve those");
}

static int
read_exceptions(struct approving_exceptions *a, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t size;
	struct yaml_document *doc;
	int r = file_read(AT_FDCWD, a->path, LIMIT_POLICY_BYTES, &text, &size, err);
	if (r < 0 || (r = yaml_parse(slice_of(a->path), (struct slice){ text, size }, a->arena, &doc, err)) < 0)
		return r;
	a->claim = (struct exceptions_claim){ path_base(slice_of(a->path)), digest_of((struct slice){ text, size }), time(NULL) };
	return count_exceptions(a, doc, err);
}

/* Those of others stay; one of the same key is replaced, one of what the file was before says nothing any more. */
static void
keep_line(struct approving_exceptions *a, const struct exceptions_approval *approval)
{
	bool current = digest_eq(&approval->claim.digest, &a->claim.digest);
	a->dropped_count += !current;
	if (!current || dsse_verify(approval->envelope, signer_key(a->signer)))
		return;
	strbuf_put(&a->kept, approval->text);
	strbuf_putc(&a->kept, '\n');
	a->kept_count++;
}

static int
read_approvals(struct approving_exceptions *a, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t size = 0;
	int r = file_read(AT_FDCWD, a->beside, LIMIT_POLICY_BYTES, &text, &size, err);
	struct slice lines = { text, size };
	if (r == PLIM_ENOTFOUND)
		return 0;
	for (size_t line = 1; r == 0; line++) {
		struct exceptions_approval approval;
		bool there;
		if ((r = exceptions_approval_next(&lines, a->arena, &approval, &there, err)) < 0)
			return error_wrap(err, r, "%s:%zu", a->beside, line);
		if (!there)
			break;
		keep_line(a, &approval);
	}
	return r;
}

static void
tell(struct approving_exceptions *a)
{
	char digest[DIGEST_TEXT_SIZE], key[DIGEST_TEXT_SIZE];
	const struct digest id = key_id(signer_key(a->signer));
	strbuf_puts(&a->told, "approved     ");
	strbuf_put_printable(&a->told, slice_of(a->path));
	strbuf_printf(&a->told, ", %zu exception%s, %s\n", a->exceptions, a->exceptions == 1 ? "" : "s", digest_text(&a->claim.digest, digest));
	strbuf_printf(&a->told, "by           %s\n", digest_text(&id, key));
	strbuf_printf(&a->told, "approvals    %zu\n", a->kept_count + 1);
	if (a->dropped_count)
		strbuf_printf(&a->told, "dropped      %zu of what the file was before\n", a->dropped_count);
}

static int
sign_file(struct approving_exceptions *a, struct plim_error *err)
{
	int r = signer_exceptions(a->signer, &a->claim, &a->kept, err);
	if (r < 0)
		return r;
	strbuf_putc(&a->kept, '\n');
	return a->kept.failed ? error_nomem(err) : atomic_write(a->beside, 0644, strbuf_slice(&a->kept), err);
}

static int
approve_file(struct signer *signer, const char *path, FILE *into, struct plim_error *err)
{
	AUTO(approving) struct approving_exceptions a = { .signer = signer, .arena = arena_new(0), .path = path };
	if (a.arena == NULL || (a.beside = arena_printf(a.arena, "%s.approvals", path).p) == NULL)
		return error_nomem(err);
	int r = read_exceptions(&a, err);
	if (r < 0 || (r = read_approvals(&a, err)) < 0 || (r = sign_file(&a, err)) < 0)
		return r;
	tell(&a);
	return output_text(&a.told, into, err);
}

int
plim_policy_approve(const struct plim_policy_approve_options *options, const char *const *files, FILE *into, struct plim_error *err)
{
	const struct signer_options key = { .key = options->key, .companion = options->companion, .passphrase_file = options->passphrase_file };
	AUTO(signer) struct signer *signer = NULL;
	int r = signer_open(&key, &signer, err);
	for (; r == 0 && *files; files++)
		r = approve_file(signer, *files, into, err);
	return r;
}
