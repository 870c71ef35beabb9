/* SPDX-License-Identifier: Apache-2.0 */
/* Commands as Docker, containerd and podman find them. */
#include "policy/runtime.h"

static const struct slice *
word_at(const struct image_config *config, size_t at)
{
	if (at < config->entrypoint.n)
		return &config->entrypoint.at[at];
	at -= config->entrypoint.n;
	return at < config->cmd.n ? &config->cmd.at[at] : NULL;
}

static bool
is_shell(struct slice word)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash", "zsh", "ksh" };
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (slice_is(path_base(word), shells[i]))
			return true;
	return false;
}

/* The words of SHELL, or of what builders take when none is set. */
static bool
begins_with_shell(const struct image_config *config)
{
	for (size_t i = 0; i < config->shell.n; i++) {
		const struct slice *word = word_at(config, i);
		if (word == NULL || !slice_eq(*word, config->shell.at[i]))
			return false;
	}
	return config->shell.n > 0;
}

void
runtime_command_of(const struct image_config *config, struct runtime_command *out)
{
	const struct slice *first = word_at(config, 0), *second = word_at(config, 1);
	*out = (struct runtime_command){ .count = config->entrypoint.n + config->cmd.n };
	if (first == NULL)
		return;
	out->word = *first;
	/* "-c", and what people write instead: "-ec", "-lc". */
	out->shell_form = begins_with_shell(config) || (is_shell(*first) && second && slice_starts(*second, SLICE("-")) &&
	                                                slice_ends(*second, SLICE("c")));
}

static struct slice
search_path(const struct image_config *config)
{
	struct slice found = SLICE("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	for (size_t i = 0; i < config->env.n; i++) {
		struct slice value = config->env.at[i];
		if (slice_skip(&value, SLICE("PATH=")))
			found = value;
	}
	return found;
}

static const struct node *
file_at(const struct inventory *inventory, struct slice directory, struct slice name, struct strbuf *path)
{
	strbuf_clear(path);
	if (!slice_starts(directory, SLICE("/")))
		strbuf_putc(path, '/');
	strbuf_put(path, directory);
	if (!slice_ends(directory, SLICE("/")))
		strbuf_putc(path, '/');
	strbuf_put(path, name);
	const struct node *node = tree_resolve(inventory->tree, strbuf_slice(path));
	return node && node_entry(inventory->tree, node).type != ENTRY_DIRECTORY ? node : NULL;
}

/* The first executable one of PATH; else the first that is there at all, so that its mode can be complained about. */
static const struct node *
search(const struct inventory *inventory, struct slice word, struct strbuf *path)
{
	const struct node *other = NULL;
	AUTO(strbuf) struct strbuf tried = { 0 };
	struct slice rest = search_path(inventory->image->config), directory;
	while (slice_next(&rest, ':', &directory)) {
		const struct node *node = slice_starts(directory, SLICE("/")) ? file_at(inventory, directory, word, &tried) : NULL;
		if (node == NULL)
			continue;
		bool executable = node_entry(inventory->tree, node).mode & 0111;
		if (executable || other == NULL) {
			strbuf_clear(path);
			strbuf_put(path, strbuf_slice(&tried));
			other = node;
		}
		if (executable)
			return node;
	}
	return other;
}

const struct node *
runtime_command_find(const struct inventory *inventory, struct slice word, struct strbuf *path)
{
	if (slice_starts(word, SLICE("/")))
		return file_at(inventory, SLICE("/"), slice_from(word, 1), path);
	if (slice_find(word, '/') != SIZE_MAX)
		return file_at(inventory, inventory->image->config->working_dir, word, path);
	return search(inventory, word, path);
}
