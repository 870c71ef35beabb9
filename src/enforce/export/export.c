/* SPDX-License-Identifier: Apache-2.0 */
/* plim_export: what is given, the format's own text, and where it goes. */
#include "enforce/export/export.h"

#include "base/error.h"
#include "base/output.h"
#include "store/atomic.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>

#define NAME_MOST 63
#define INSTALL_USUAL "/etc/plimsoll"

static const struct export_format *const formats[] = {
	&export_podman, &export_crio, &export_cluster_image_policy, &export_kyverno, &export_admission, &export_notation, &export_buildkit,
	&export_containerd, NULL,
};

const char *
plim_export_format_name(unsigned index)
{
	return index < sizeof formats / sizeof *formats - 1 ? formats[index]->name : NULL;
}

const char *
plim_export_format_meaning(unsigned index)
{
	return index < sizeof formats / sizeof *formats - 1 ? formats[index]->meaning : NULL;
}

/* what is made */

struct strbuf *
export_file_add(const struct exporting *x, struct export_files *out, const char *path, unsigned mode)
{
	struct export_file *file = vec_push(&out->all);
	if (file == NULL || (file->path = arena_strz(x->arena, slice_of(path))) == NULL)
		return NULL;
	file->mode = mode;
	return &file->text;
}

struct strbuf *
export_file_addf(const struct exporting *x, struct export_files *out, unsigned mode, const char *format, ...)
{
	AUTO(free) char *path = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&path, format, args) < 0)
		path = NULL;
	va_end(args);
	return path ? export_file_add(x, out, path, mode) : NULL;
}

int
export_keys_add(const struct exporting *x, struct export_files *out, const char *directory, bool certificates, struct plim_error *err)
{
	const struct export_key *at = certificates ? x->certificates.at : x->keys.at;
	size_t n = certificates ? x->certificates.n : x->keys.n;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			if (slice_eq(at[i].name, at[k].name))
				return error_set(err, PLIM_EUSAGE, "two files are called '%.*s': they would become one", SLICE_ARG(at[i].name));
		struct strbuf *text = export_file_addf(x, out, 0644, "%s/%.*s", directory, SLICE_ARG(at[i].name));
		if (text == NULL)
			return error_nomem(err);
		strbuf_put(text, at[i].pem);
	}
	return 0;
}

static void
put_sentences(struct strbuf *into, const char *head, const char *const *sentences, const char *before)
{
	if (sentences == NULL || sentences[0] == NULL)
		return;
	strbuf_printf(into, "%s%s\n", before, head);
	for (size_t i = 0; sentences[i]; i++)
		strbuf_printf(into, "%s- %s\n", before, sentences[i]);
}

static void
put_words(const struct exporting *x, struct strbuf *into, const char *before)
{
	char digest[DIGEST_TEXT_SIZE];
	strbuf_printf(into, "%sWritten by plimsoll export %s: %s.\n", before, x->format->name, x->format->meaning);
	if (x->policy_digest.algorithm != DIGEST_NONE)
		strbuf_printf(into, "%sFrom a policy with the digest %s.\n", before, digest_text(&x->policy_digest, digest));
	put_sentences(into, "Installing:", x->format->installing, before);
	put_sentences(into, "It does NOT check:", x->format->unchecked, before);
}

void
export_comments(const struct exporting *x, struct strbuf *into)
{
	put_words(x, into, "# ");
}

void
export_quoted(struct strbuf *into, struct slice text)
{
	struct json_writer w = { .into = into };
	json_write_string(&w, text);
}

void
export_block(struct strbuf *into, struct slice text, size_t indent)
{
	slice_skip_end(&text, SLICE("\n"));
	for (struct slice line; slice_next(&text, '\n', &line);) {
		if (line.n)
			strbuf_fill(into, ' ', indent);
		strbuf_put(into, line);
		strbuf_putc(into, '\n');
	}
}

/* what is given */

/* The options of the command line for each bit, to say which one is meant. */
static const struct {
	unsigned bit;
	const char *option;
} inputs[] = {
	{ EXPORT_KEY, "--key" },           { EXPORT_CERTIFICATE, "--certificate" }, { EXPORT_REPOSITORY, "--repository (or --policy with origin.registries)" },
	{ EXPORT_DIGEST, "--digest" },     { EXPORT_BASE, "--base (or --policy with base_image)" }, { EXPORT_POLICY, "--policy" },
	{ EXPORT_NAMESPACE, "--namespace" }, { EXPORT_EXEMPT, "--exempt" },         { EXPORT_NAME, "--name" },
	{ EXPORT_INSTALL, "--install-dir" }, { EXPORT_IDENTITY, "--signed-as and --remap" },
};

/* What was said, whatever comes of it. */
static unsigned
given(const struct plim_export_options *o)
{
	return (o->keys ? EXPORT_KEY : 0) | (o->certificates ? EXPORT_CERTIFICATE : 0) | (o->repositories ? EXPORT_REPOSITORY : 0) |
	       (o->digests || o->digest_file ? EXPORT_DIGEST : 0) | (o->bases || o->at ? EXPORT_BASE : 0) | (o->policy ? EXPORT_POLICY : 0) |
	       (o->namespaces ? EXPORT_NAMESPACE : 0) | (o->exempt ? EXPORT_EXEMPT : 0) | (o->name ? EXPORT_NAME : 0) |
	       (o->install_directory ? EXPORT_INSTALL : 0) | (o->signed_as || o->remap ? EXPORT_IDENTITY : 0);
}

static unsigned
found(const struct exporting *x)
{
	return (x->keys.n ? EXPORT_KEY : 0) | (x->certificates.n ? EXPORT_CERTIFICATE : 0) | (x->repositories.n ? EXPORT_REPOSITORY : 0) |
	       (x->digests.n ? EXPORT_DIGEST : 0) | (x->bases.n ? EXPORT_BASE : 0);
}

static int
complain(const struct exporting *x, unsigned bits, const char *format, struct plim_error *err)
{
	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
		if (bits & inputs[i].bit)
			return error_set(err, PLIM_EUSAGE, format, x->format->name, inputs[i].option);
	return 0;
}

static bool
is_label(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\0' || strchr("abcdefghijklmnopqrstuvwxyz0123456789-", text.p[i]) == NULL)
			return false;
	return text.n > 0 && text.n <= NAME_MOST && text.p[0] != '-' && text.p[text.n - 1] != '-';
}

/* "acme/production" becomes "plimsoll-acme-production": letters, digits and single dashes, as Kubernetes names things. */
static struct slice
label_of(struct arena *arena, struct slice name)
{
	AUTO(strbuf) struct strbuf label = { 0 };
	strbuf_puts(&label, "plimsoll");
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 32) : name.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		bool begins = i == 0 || label.p[label.n - 1] == '-';
		if (i == 0)
			strbuf_putc(&label, '-');
		if (plain || !begins)
			strbuf_putc(&label, plain ? c : '-');
	}
	struct slice cut = slice_first(strbuf_slice(&label), NAME_MOST);
	while (cut.n && cut.p[cut.n - 1] == '-')
		cut.n--;
	return arena_dup(arena, cut);
}

static int
name_read(struct exporting *x, struct plim_error *err)
{
	const char *wanted = x->options->name;
	if (wanted && !is_label(slice_of(wanted)))
		return error_set(err, PLIM_EUSAGE, "'%s' is no name for Kubernetes: up to %d letters a-z, digits and dashes", wanted, NAME_MOST);
	x->name = wanted ? slice_of(wanted) : label_of(x->arena, x->policy ? policy_name(x->policy) : SLICE_NONE);
	for (size_t i = 0; x->options->namespaces && x->options->namespaces[i]; i++)
		if (!is_label(slice_of(x->options->namespaces[i])))
			return error_set(err, PLIM_EUSAGE, "'%s' is no namespace", x->options->namespaces[i]);
	for (size_t i = 0; x->options->exempt && x->options->exempt[i]; i++)
		if (!is_label(slice_of(x->options->exempt[i])))
			return error_set(err, PLIM_EUSAGE, "'%s' is no namespace", x->options->exempt[i]);
	return x->name.p ? 0 : error_nomem(err);
}

static int
install_read(struct exporting *x, struct plim_error *err)
{
	struct slice wanted = slice_of(x->options->install_directory ? x->options->install_directory : INSTALL_USUAL);
	bool good = wanted.n > 1 && wanted.n < 1024 && wanted.p[0] == '/' && wanted.p[wanted.n - 1] != '/';
	for (size_t i = 0; good && i < wanted.n; i++)
		good = wanted.p[i] == '/' || strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+", wanted.p[i]) != NULL;
	x->install = wanted;
	return good ? 0 : error_set(err, PLIM_EUSAGE, "'%.*s' is no directory for --install-dir: a whole path of letters, digits and '._-+'", SLICE_ARG(wanted));
}

static int
keys_read(struct exporting *x, struct plim_error *err)
{
	for (size_t i = 0; x->options->keys && x->options->keys[i]; i++) {
		struct export_key *key = vec_push(&x->keys);
		int r = key ? export_key_read(x->options->keys[i], x->arena, key, err) : error_nomem(err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; x->options->certificates && x->options->certificates[i]; i++) {
		struct export_key *key = vec_push(&x->certificates);
		int r = key ? export_certificate_read(x->options->certificates[i], x->arena, key, err) : error_nomem(err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
inputs_read(struct exporting *x, struct plim_error *err)
{
	unsigned takes = x->format->takes;
	int r = complain(x, given(x->options) & ~takes, "%s takes no %s: it could not demand it", err);
	if (r == 0 && x->options->policy && (r = policy_load(x->options->policy, &x->policy, err)) == 0)
		x->policy_digest = policy_digest(x->policy);
	if (r < 0 || (r = name_read(x, err)) < 0 || (r = install_read(x, err)) < 0 || (r = keys_read(x, err)) < 0)
		return r;
	if ((takes & EXPORT_REPOSITORY) && (r = export_repositories_read(x, err)) < 0)
		return r;
	if ((takes & EXPORT_DIGEST) && (r = export_digests_read(x, err)) < 0)
		return r;
	if ((takes & EXPORT_BASE) && (r = export_bases_read(x, err)) < 0)
		return r;
	return complain(x, x->format->needs & ~found(x), "%s needs %s", err);
}

/* where it goes */

/* The directories above a file, for others to read: it holds no secret. */
static int
parents_make(const char *path, struct plim_error *err)
{
	AUTO(free) char *copy = slice_dup(slice_of(path));
	if (copy == NULL)
		return error_nomem(err);
	for (char *at = strchr(copy + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return error_sys(err, errno, "%s", copy);
		*at = '/';
	}
	return 0;
}

static int
write_below(const char *directory, const struct export_files *files, struct plim_error *err)
{
	for (size_t i = 0; i < files->all.n; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		const struct export_file *file = &files->all.at[i];
		strbuf_printf(&path, "%s/%s", directory, file->path);
		if (path.failed || file->text.failed)
			return error_nomem(err);
		int r = parents_make(path.p, err);
		if (r < 0 || (r = atomic_write(path.p, file->mode, strbuf_slice(&file->text), err)) < 0)
			return r;
	}
	return 0;
}

static bool
holds_comments(const char *path)
{
	return !slice_ends(slice_of(path), SLICE(".json"));
}

static int
write_out(const struct exporting *x, struct export_files *files, FILE *into, FILE *words, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf told = { 0 };
	const char *directory = x->options->directory;
	if (directory == NULL && files->all.n > 1)
		return error_set(err, PLIM_EUSAGE, "%s is %zu files: name a place for them with --output-dir", x->format->name, files->all.n);
	if (directory) {
		struct strbuf *text = export_file_add(x, files, "README.txt", 0644);
		if (text == NULL)
			return error_nomem(err);
		put_words(x, text, "");
		return write_below(directory, files, err);
	}
	int r = output_text(&files->all.at[0].text, into, err);
	if (r < 0 || words == NULL || holds_comments(files->all.at[0].path))
		return r;
	put_words(x, &told, "");
	return output_text(&told, words, err);
}

static void
exporting_done(struct exporting *x, struct export_files *files)
{
	for (size_t i = 0; i < files->all.n; i++)
		strbuf_done(&files->all.at[i].text);
	vec_done(&files->all);
	vec_done(&x->keys);
	vec_done(&x->certificates);
	vec_done(&x->repositories);
	vec_done(&x->digests);
	vec_done(&x->bases);
	policy_free(x->policy);
	arena_free(x->arena);
}

static const struct export_format *
format_find(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

int
plim_export(const struct plim_export_options *options, FILE *into, FILE *words, struct plim_error *err)
{
	struct exporting x = { .options = options, .format = format_find(options->format), .arena = arena_new(0) };
	struct export_files files = { 0 };
	int r = x.arena ? 0 : error_nomem(err);
	if (r == 0 && x.format == NULL)
		r = error_set(err, PLIM_EUSAGE, "there is no format '%s'", options->format);
	if (r == 0 && (r = inputs_read(&x, err)) == 0 && (r = x.format->write(&x, &files, err)) == 0)
		r = write_out(&x, &files, into, words, err);
	exporting_done(&x, &files);
	return r;
}
