/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an entry of the log costs beside the disk: log FILE [COUNT].  Appends COUNT verdicts (1000), and beside each the same bytes to
 * FILE.plain with one write and one fdatasync; prints the medians and the 99th percentiles in microseconds.
 */
#include "base/strbuf.h"
#include "store/log.h"

#include <fcntl.h>
#include <time.h>

static double
now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;
	return (left > right) - (left < right);
}

static void
tell(const char *what, double *times, size_t n)
{
	qsort(times, n, sizeof *times, by_value);
	printf("%-24s median %8.1f us, 99 %% %8.1f us\n", what, times[n / 2], times[n * 99 / 100]);
}

static const struct log_field fields[] = {
	LOG_FIELD_TEXT("config", SLICE("sha256:5d0da3dc976460b72c77d94c8a1ad043720b0416bfc16c52c45d4847e53fadb6")),
	LOG_FIELD_TEXT("data", SLICE("sha256:5d0da3dc976460b72c77d94c8a1ad043720b0416bfc16c52c45d4847e53fadb6")),
	LOG_FIELD_TEXT("evaluated_at", SLICE("2026-11-01T00:00:00Z")),
	LOG_FIELD_NUMBER("findings", 17),
	LOG_FIELD_TEXT("manifest", SLICE("sha256:5d0da3dc976460b72c77d94c8a1ad043720b0416bfc16c52c45d4847e53fadb6")),
	LOG_FIELD_TEXT("platform", SLICE("linux/amd64")),
	LOG_FIELD_TEXT("policy", SLICE("sha256:5d0da3dc976460b72c77d94c8a1ad043720b0416bfc16c52c45d4847e53fadb6")),
	LOG_FIELD_TEXT("repository", SLICE("registry.example.com/team/web")),
	LOG_FIELD_TEXT("result", SLICE("fail")),
	LOG_FIELD_TEXT("target", SLICE("docker-archive:web.tar")),
};

static double
plain(int fd)
{
	static char bytes[800];
	double begun = now_us();
	if (write(fd, bytes, sizeof bytes) != sizeof bytes || fdatasync(fd) < 0)
		perror("write");
	return now_us() - begun;
}

int
main(int argc, char **argv)
{
	size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
	AUTO(free) double *logged = calloc(n + 1, sizeof *logged);
	AUTO(free) double *beside = calloc(n + 1, sizeof *beside);
	AUTO(strbuf) struct strbuf other = { 0 };
	const struct log_entry entry = { SLICE("verdict"), fields, sizeof fields / sizeof *fields };
	struct plim_error err = { 0 };
	if (argc < 2 || n == 0 || logged == NULL || beside == NULL)
		return 3;
	strbuf_printf(&other, "%s.plain", argv[1]);
	AUTO(fd) int fd = open(other.p, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	for (size_t i = 0; i < n; i++) {
		double begun = now_us();
		if (log_append(argv[1], &entry, 1, &err) < 0)
			return fprintf(stderr, "%s\n", err.text), 3;
		logged[i] = now_us() - begun;
		beside[i] = plain(fd);
	}
	tell("an entry of the log", logged, n);
	tell("one write, fdatasync", beside, n);
	return 0;
}
