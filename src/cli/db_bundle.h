/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of plimsoll db that sign, pack and take databases. */
#ifndef CLI_DB_BUNDLE_H
#define CLI_DB_BUNDLE_H

#include "cli/command.h"

enum { OPT_DB_OLDER = 300 };
#define DB_OLDER_OPTION { { "allow-older", no_argument, NULL, OPT_DB_OLDER }, NULL, "take one that is older than what is there" }

extern const struct option_text db_sign_options[], db_export_options[], db_delta_options[], db_import_options[], db_publish_options[];

int db_sign_run(const struct command *self, int argc, char **argv);
int db_export_run(const struct command *self, int argc, char **argv);
int db_delta_run(const struct command *self, int argc, char **argv);
int db_publish_run(const struct command *self, int argc, char **argv);
int db_import_run(const struct command *self, int argc, char **argv);

#endif
