/* SPDX-License-Identifier: Apache-2.0 */
/* Replays a corpus through a fuzz target without a fuzzer: arguments are files and directories of files. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replayed;

static int
replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		return 1;
	}
	static uint8_t bytes[16 << 20];
	size_t size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	/* A copy of the exact size: the sanitizer then sees one byte too many. */
	uint8_t *exact = malloc(size ? size : 1);
	if (exact == NULL)
		return 1;
	memcpy(exact, bytes, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	replayed++;
	return 0;
}

static int
replay(const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return replay_file(path);
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort), failed = n < 0;
	for (int i = 0; i < n; i++) {
		char below[4096];
		snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			failed |= replay_file(below);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return failed;
}

int
main(int argc, char **argv)
{
	int failed = 0;
	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	printf("%d inputs replayed\n", replayed);
	return failed || replayed == 0;
}
