/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of one policy on two targets: one writer a format. */
#ifndef REPORT_PARITY_H
#define REPORT_PARITY_H

#include "diff/parity.h"

struct parity_report {
	const struct parity *parity;
	unsigned columns;
	bool colour;
};

struct parity_writer {
	const char *name;
	void (*write)(const struct parity_report *report, struct strbuf *into);
};

extern const struct parity_writer parity_text, parity_json;
extern const struct parity_writer *const parity_writers[];    /* NULL-terminated */

/* "/etc/passwd", "openssl 3.0.9 in /var/lib/dpkg/status", with what was found in parentheses. */
void parity_put_place(const struct finding *finding, struct strbuf *into);

#endif
