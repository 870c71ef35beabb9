/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of queries beyond SQLite's own:
 *   VALUE REGEXP PATTERN    the regular expression (PCRE2) matches somewhere in it
 *   real_path(PATH)         where it leads to through links; NULL: nowhere (facts_set_paths)
 *   in_list(VALUE, LIST)    one of the globs, a line each, takes the value: for parameters that are lists
 *   not_known(TEXT)         fails, and says why: for views, of what there is and nobody knows
 *   octal(TEXT)             the number that octal digits stand for, of modes and masks; NULL for what has others
 *   printf, format          SQLite's own, but for widths and precisions that would take long
 * NULL on either side answers NULL.  Besides, as osquery has them: split, regex_split, regex_match (PCRE2), concat, concat_ws, inet_aton, in_cidr_block, md5,
 * sha1, sha256, to_base64, from_base64, conditional_to_base64, parent_directory, log (the natural one), cot, version_compare, and the collations version, version_arch, version_dpkg and version_rhel.
 */
#ifndef FACTS_FUNCTIONS_H
#define FACTS_FUNCTIONS_H

struct sqlite3;

void functions_add(struct sqlite3 *db);
void functions_add_osquery(struct sqlite3 *db);
void functions_add_encoding(struct sqlite3 *db);

#endif
