/* SPDX-License-Identifier: Apache-2.0 */
/* embed OUTPUT TABLE FILE...: files as one constant C table of struct embedded_file, each under its base name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
put_bytes(FILE *out, FILE *in, size_t *count)
{
	int c;
	for (*count = 0; (c = getc(in)) != EOF; ++*count)
		fprintf(out, *count % 24 == 23 ? "%d,\n" : "%d,", c);
	return ferror(in) ? -1 : 0;
}

static int
put_file(FILE *out, const char *path, int index, size_t *count)
{
	FILE *in = fopen(path, "rb");
	if (in == NULL)
		return -1;
	fprintf(out, "static const unsigned char bytes_%d[] = {\n", index);
	int r = put_bytes(out, in, count);
	fputs("0\n};\n", out);
	fclose(in);
	return r;
}

/* "checks/accounts.yaml" is "accounts". */
static void
put_name(FILE *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	fprintf(out, "\"%.*s\"", (int)strcspn(name, "."), name);
}

static int
put_all(FILE *out, const char *table, char **paths, int n)
{
	size_t *counts = calloc((size_t)n + 1, sizeof *counts);
	if (counts == NULL)
		return -1;
	fputs("#include \"policy/embedded.h\"\n", out);
	for (int i = 0; i < n; i++)
		if (put_file(out, paths[i], i, &counts[i]) < 0) {
			perror(paths[i]);
			free(counts);
			return -1;
		}
	fprintf(out, "const struct embedded_file %s[] = {\n", table);
	for (int i = 0; i < n; i++) {
		fputs("\t{ ", out);
		put_name(out, paths[i]);
		fprintf(out, ", (const char *)bytes_%d, %zu },\n", i, counts[i]);
	}
	fputs("\t{ 0, 0, 0 },\n};\n", out);
	free(counts);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: embed OUTPUT TABLE FILE...\n", stderr);
		return 2;
	}
	FILE *out = fopen(argv[1], "wb");
	if (out == NULL) {
		perror(argv[1]);
		return 1;
	}
	int r = put_all(out, argv[2], argv + 3, argc - 3);
	if (fclose(out) != 0 || r < 0) {
		remove(argv[1]);
		return 1;
	}
	return 0;
}
