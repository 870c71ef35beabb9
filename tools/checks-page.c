/* SPDX-License-Identifier: Apache-2.0 */
/* The manual's page of all checks, from the catalogue itself. */
#include "checks-page.h"

static void
put_value(FILE *out, const struct fact_parameter *parameter)
{
	struct slice rest = parameter->value, line;
	bool first = true;
	while (slice_next(&rest, '\n', &line)) {
		fputs(first ? "" : ", ", out);
		page_put(out, line);
		first = false;
	}
	fputs(parameter->value.n ? "" : "(none)", out);
}

static void
put_parameters(FILE *out, const struct check *check)
{
	for (size_t i = 0; i < check->parameters.n; i++) {
		fputs("\n\tParameter *", out);
		page_put(out, check->parameters.at[i].name);
		fputs("*: ", out);
		put_value(out, &check->parameters.at[i]);
		fputs("\n", out);
	}
}

static void
put_references(FILE *out, const struct check *check)
{
	fputs("\n\tControl ", out);
	page_put(out, check->control);
	for (size_t i = 0; i < check->reference_count; i++) {
		fputs(i ? ", " : "; elsewhere ", out);
		page_put(out, check->references[i]);
	}
	fputs(".\n", out);
}

static void
put_check(FILE *out, const struct profiles *profiles, const struct check *check)
{
	static const char *const scopes[] = { [CHECK_OF_BOTH] = "", [CHECK_OF_IMAGES] = ", of images", [CHECK_OF_HOSTS] = ", of hosts" };
	fputs("*", out);
	page_put(out, check->id);
	fprintf(out, "* (%s%s)\n\t", severity_name(check->severity), scopes[check->scope]);
	page_put(out, check->title);
	fputs(". ", out);
	page_put(out, check->rationale);
	fputs("\n", out);
	put_references(out, check);
	profiles_put_check(out, profiles, check);
	put_parameters(out, check);
	if (check->fix.n) {
		fputs("\n\tFix: ", out);
		page_put(out, check->fix);
		fputs("\n", out);
	}
	fputs("\n", out);
}

static struct slice
theme_of(const struct check *check)
{
	return slice_first(check->id, slice_find(check->id, '/'));
}

void
checks_page(FILE *out, const struct check *checks, size_t n, const struct profiles *profiles)
{
	fprintf(out, "plimsoll-checks(7)\n\n# NAME\n\nplimsoll-checks - the checks of configuration that are built into plimsoll\n\n# DESCRIPTION\n\n"
	        "%zu checks, which a policy selects by id, by control or by a glob of either (*configuration.checks*, plimsoll-policy(5)). Each is one query over the tables of the target; "
	        "*plimsoll policy show --sql* prints those of a policy. Elsewhere names the same thing in other catalogues: rules of the SCAP Security Guide, CIS benchmarks, STIGs, dockle (CIS-DI, DKL), hadolint (DL). In policies names the built-in policies that ask for it themselves, with the requirement that it answers there; those that extend them ask for it too.\n\n", n);
	for (size_t i = 0; i < n; i++) {
		struct slice theme = theme_of(&checks[i]);
		if (i == 0 || !slice_eq(theme, theme_of(&checks[i - 1]))) {
			fputs("# ", out);
			for (size_t at = 0; at < theme.n; at++)
				fputc(theme.p[at] >= 'a' && theme.p[at] <= 'z' ? theme.p[at] - 'a' + 'A' : theme.p[at], out);
			fputs("\n\n", out);
		}
		put_check(out, profiles, &checks[i]);
	}
	fputs("# STANDARDS\n\nWhat the built-in policies that follow a standard ask for each of its requirements (*plimsoll-policies*(7), which also says what no image can answer).\n\n", out);
	profiles_put_tables(out, profiles);
	fputs("# SEE ALSO\n\n*plimsoll*(1), *plimsoll-policy*(5), *plimsoll-policies*(7)\n", out);
}
