/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/proc.h"

/* What stands between the fixed fields and "-" may be more, one day. */
static bool
skip_optional(struct slice *rest)
{
	for (struct slice word; slice_word(rest, &word);)
		if (slice_is(word, "-"))
			return true;
	return false;
}

/* Whoever mounts may call the source nothing at all: then two blanks stand side by side. */
static bool
take_source(struct slice *line, struct slice *out)
{
	return slice_skip(line, SLICE(" ")) && slice_cut(*line, ' ', out, line);
}

bool
mount_line_parse(struct slice line, struct mount_line *out)
{
	struct slice id, parent, flags;
	*out = (struct mount_line){ 0 };
	return slice_word(&line, &id) && slice_to_u64(id, 10, &out->id) && slice_word(&line, &parent) && slice_word(&line, &out->device) &&
	       slice_word(&line, &out->root) && slice_word(&line, &out->place) && slice_word(&line, &flags) && skip_optional(&line) &&
	       slice_word(&line, &out->kind) && take_source(&line, &out->source) && slice_word(&line, &out->options);
}

static bool
is_octal(struct slice digits)
{
	for (size_t i = 0; i < digits.n; i++)
		if (digits.p[i] < '0' || digits.p[i] > '7')
			return false;
	return digits.n == 3;
}

void
mount_put_name(struct strbuf *into, struct slice name)
{
	while (name.n > 0) {
		struct slice digits = slice_first(slice_from(name, 1), 3);
		bool escape = name.p[0] == '\\' && is_octal(digits);
		strbuf_putc(into, escape ? (char)((digits.p[0] - '0') * 64 + (digits.p[1] - '0') * 8 + digits.p[2] - '0') : name.p[0]);
		name = slice_from(name, escape ? 4 : 1);
	}
}

/* Up to the next `separator` that no backslash is before. */
static struct slice
part_next(struct slice *rest, char separator)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] != separator)
		n += rest->p[n] == '\\' && n + 1 < rest->n ? 2 : 1;
	struct slice part = slice_first(*rest, n);
	*rest = slice_from(*rest, n + (n < rest->n));
	return part;
}

bool
mount_option(struct slice options, const char *name, struct strbuf *value)
{
	while (options.n > 0) {
		struct slice option = part_next(&options, ',');
		if (!slice_skip(&option, slice_of(name)) || !slice_skip(&option, SLICE("=")))
			continue;
		strbuf_clear(value);
		mount_put_name(value, option);
		return !value->failed;
	}
	return false;
}

bool
overlay_next(struct slice *paths, struct strbuf *path)
{
	if (paths->n == 0)
		return false;
	struct slice part = part_next(paths, ':');
	strbuf_clear(path);
	for (size_t i = 0; i < part.n; i++) {
		i += part.p[i] == '\\' && i + 1 < part.n;
		strbuf_putc(path, part.p[i]);
	}
	return !path->failed;
}

bool
proc_name_gone(struct slice *name, bool *in_memory)
{
	bool gone = slice_skip_end(name, SLICE(" (deleted)"));
	*in_memory = gone && slice_starts(*name, SLICE("/memfd:"));
	return gone;
}

bool
map_line_parse(struct slice line, struct map_line *out)
{
	struct slice addresses, flags, offset, device, inode;
	*out = (struct map_line){ 0 };
	if (!slice_word(&line, &addresses) || !slice_word(&line, &flags) || !slice_word(&line, &offset) || !slice_word(&line, &device) || !slice_word(&line, &inode))
		return false;
	while (slice_skip(&line, SLICE(" ")))
		continue;
	out->executable = flags.n == 4 && flags.p[2] == 'x';
	out->path = slice_starts(line, SLICE("/")) ? line : SLICE_NONE;
	out->gone = out->path.p && proc_name_gone(&out->path, &out->in_memory);
	return true;
}

bool
id_line_parse(struct slice line, uint32_t out[static 3])
{
	for (size_t i = 0; i < 3; i++) {
		struct slice word;
		uint64_t number;
		if (!slice_word(&line, &word) || !slice_to_u64(word, 10, &number) || number > UINT32_MAX)
			return false;
		out[i] = (uint32_t)number;
	}
	return true;
}
