/* SPDX-License-Identifier: Apache-2.0 */
/* For builders: a patch of the Dockerfile, or a Containerfile of one more layer. */
#include "fix/describe.h"

#include "base/error.h"

static void
put_comment(struct slice text, struct strbuf *into)
{
	strbuf_puts(into, "# ");
	strbuf_put_printable(into, text);
	strbuf_putc(into, '\n');
}

/* What it comes to, and what stays: builders pass over it, and so does what applies patches. */
static void
put_head(const struct fix_subject *subject, struct strbuf *into)
{
	const struct mending *mending = subject->mending;
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put(&text, subject->target);
	strbuf_puts(&text, ", by the policy ");
	strbuf_put(&text, mending->before->policy_name);
	strbuf_puts(&text, ": ");
	mending_describe(mending, &text);
	put_comment(strbuf_slice(&text), into);
	for (size_t i = 0; i < mending->remaining_count; i++) {
		const struct remaining *at = &mending->remaining[i];
		strbuf_clear(&text);
		strbuf_puts(&text, "stays: ");
		strbuf_put(&text, at->finding->rule);
		strbuf_puts(&text, ": ");
		strbuf_put(&text, at->reason);
		put_comment(strbuf_slice(&text), into);
	}
	into->failed |= text.failed;
}

static int
write_patch(const struct fix_subject *subject, struct strbuf *into, struct plim_error *err)
{
	const struct mending *mending = subject->mending;
	put_head(subject, into);
	return dockerfile_patch(subject->dockerfile, subject->dockerfile_name, &mending->changes, &mending->script, into, err);
}

/* the Containerfile */

static bool
is_repository(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr("./_-:", c) != NULL);
		if (!plain)
			return false;
	}
	return text.n > 0;
}

/* Where a registry told both name and digest, this very image; else whoever builds says what it is called. */
static void
put_from(const struct fix_subject *subject, struct strbuf *into)
{
	const struct image *image = subject->mending->from->image;
	char digest[DIGEST_TEXT_SIZE];
	if (image->manifest_digest.algorithm != DIGEST_NONE && is_repository(subject->repository)) {
		strbuf_printf(into, "FROM %.*s@%s\n", SLICE_ARG(subject->repository), digest_text(&image->manifest_digest, digest));
		return;
	}
	strbuf_puts(into, "# IMAGE: what a builder calls this very image (--build-arg IMAGE=...)\nARG IMAGE\nFROM ${IMAGE}\n");
}

/* What no layer above does. */
static void
put_base(const struct mending *mending, struct strbuf *into)
{
	for (size_t i = 0; i < mending->changes.list.n; i++) {
		const struct fix_change *change = mending->changes.list.at[i];
		AUTO(strbuf) struct strbuf text = { 0 };
		if (change->off || change->kind != FIX_BASE)
			continue;
		strbuf_puts(&text, "beside this, in the Dockerfile: ");
		fix_change_describe(change, &text);
		put_comment(strbuf_slice(&text), into);
		into->failed |= text.failed;
	}
}

/* Any build on it begins with these. */
static void
put_triggers(const struct mending *mending, struct strbuf *into)
{
	const struct string_list *triggers = &mending->from->image->config->on_build;
	for (size_t i = 0; i < triggers->n; i++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		strbuf_puts(&text, "builders run this first, which is not judged here: ONBUILD ");
		strbuf_put(&text, triggers->at[i]);
		put_comment(strbuf_slice(&text), into);
		into->failed |= text.failed;
	}
}

static int
write_containerfile(const struct fix_subject *subject, struct strbuf *into, struct plim_error *err)
{
	(void)err;
	put_head(subject, into);
	put_base(subject->mending, into);
	put_triggers(subject->mending, into);
	put_from(subject, into);
	script_instructions(&subject->mending->script, '\\', into);
	return 0;
}

const struct fix_writer fix_writer_patch = { .name = "patch", .of_images = true, .wants_dockerfile = true, .write = write_patch };
const struct fix_writer fix_writer_containerfile = { .name = "containerfile", .of_images = true, .write = write_containerfile };

const struct fix_writer *const fix_writers[] = { &fix_writer_text, &fix_writer_json, &fix_writer_patch, &fix_writer_containerfile, NULL };
