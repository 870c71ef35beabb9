/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erlang and Elixir applications that are installed: NAME/ebin/NAME.app,
 * {application, NAME, [{vsn, "V"}, {applications, [...]}, ...]}.  Those that
 * come with Erlang/OTP and with Elixir are of type otp, all others of type hex.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/term.h"

/* The applications of all releases of OTP since 17, and of Elixir. */
static const char *const otp_names[] = {
	"asn1", "common_test", "compiler", "cosEvent", "cosEventDomain", "cosFileTransfer", "cosNotification", "cosProperty", "cosTime",
	"cosTransactions", "crypto", "debugger", "dialyzer", "diameter", "edoc", "eex", "eldap", "elixir", "erl_docgen", "erl_interface",
	"erts", "et", "eunit", "ex_unit", "ftp", "gs", "hipe", "ic", "iex", "inets", "jinterface", "kernel", "logger", "megaco", "mix",
	"mnesia", "observer", "odbc", "orber", "os_mon", "ose", "otp_mibs", "parsetools", "percept", "public_key", "reltool",
	"runtime_tools", "sasl", "snmp", "ssh", "ssl", "stdlib", "syntax_tools", "test_server", "tftp", "tools", "typer", "webtool", "wx",
	"xmerl",
};

struct application {
	struct slice name, version;
	struct strbuf licenses, needs;
	uint32_t line;
};

static bool
is_otp(struct slice name)
{
	for (size_t i = 0; i < sizeof otp_names / sizeof *otp_names; i++)
		if (slice_is(name, otp_names[i]))
			return true;
	return false;
}

/* Properties are brackets of depth 3, lists in them of depth 4. */
static void
keep(struct application *application, const struct term_reader *reader, const struct term *term)
{
	struct slice key = term_word(reader, 3, 0);
	bool listed = term->depth == 4 && (term->kind == TERM_ATOM || term->kind == TERM_STRING);
	if (term->kind == TERM_CLOSE && term->depth == 3 && slice_is(key, "vsn"))
		application->version = term_word(reader, 3, 1);
	if (listed && (slice_is(key, "applications") || slice_is(key, "included_applications")))
		names_put(&application->needs, term->text);
	if (listed && slice_is(key, "licenses")) {
		strbuf_puts(&application->licenses, application->licenses.n ? "; " : "");
		strbuf_put(&application->licenses, term->text);
	}
}

static int
read_application(struct slice body, struct application *out, struct plim_error *err)
{
	struct term_reader reader = term_reader_of(body, "%");
	struct term term;
	int r;
	while ((r = term_next(&reader, &term, err)) > 0) {
		if (term.kind != TERM_CLOSE || term.depth != 1) {
			keep(out, &reader, &term);
			continue;
		}
		out->name = term_word(&reader, 1, 1);
		if (!slice_is(term_word(&reader, 1, 0), "application"))
			return error_set(err, PLIM_EFORMAT, "line %u: no application", term.line);
	}
	return r;
}

static int
add_application(struct slice path, const struct application *application, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	if (application->name.n == 0 || application->version.n == 0)
		return error_set(err, PLIM_EFORMAT, "line %u: an application without %s", application->line, application->name.n ? "vsn" : "name");
	strbuf_putc(&root, '/');
	strbuf_put(&root, path_dir(path_dir(path)));
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = is_otp(application->name) ? SLICE("otp") : SLICE("hex"),
		[PACKAGE_NAME] = application->name,
		[PACKAGE_VERSION] = application->version,
		[PACKAGE_LICENSE] = names_slice(&application->licenses),
		[PACKAGE_ROOT] = root.n > 1 ? strbuf_slice(&root) : SLICE_NONE,
		[PACKAGE_DEPENDENCIES] = names_slice(&application->needs),
	};
	if (root.failed || application->licenses.failed || application->needs.failed)
		return error_nomem(err);
	return rows_add(rows, ROW_PACKAGE, application->line, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct application application = { .line = 1 };
	int r = read_application(body, &application, err);
	if (r == 0)
		r = add_application(path, &application, rows, err);
	strbuf_done(&application.licenses);
	strbuf_done(&application.needs);
	return r;
}

const struct cataloger cataloger_erlang = {
	.name = "erlang",
	.paths = (const char *const[]){ "**/ebin/*.app", NULL },
	.extract = extract,
};
