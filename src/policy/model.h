/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy file says, as plain data: written by read.c, read by the areas. */
#ifndef POLICY_MODEL_H
#define POLICY_MODEL_H

#include "base/vec.h"
#include "facts/regex.h"
#include "policy/approvals.h"
#include "policy/base.h"
#include "policy/check.h"
#include "policy/fields.h"
#include "policy/policy.h"
#include "policy/scap.h"
#include "policy/scope.h"
#include "policy/vex.h"

/* What any entry may carry beside its own words. */
struct terms {
	enum action action;
	int64_t enforce_from;      /* day; a failure is a warning before.  0 or DATE_NONE: always */
	enum severity severity;    /* what a finding is worth; SEVERITY_UNKNOWN: the area's own */
	struct scope scope;
};

/* A yes or a number with its terms: `root: deny`, `max_age: {is: 90d, action: warn}`. */
struct demand {
	bool set;
	int64_t value;
	struct terms terms;
};

/* Programs, libraries, scripts and Java archives that no package has: how many there may be, besides those at `allow`. */
struct unaccounted_demand {
	bool set;
	int64_t most;
	struct slice_list allow;    /* globs of absolute paths; none: nothing is let through */
	struct terms terms;
};

/* What licences packages may have: globs of SPDX identifiers, "GPL-3.0*", also with an exception, "GPL-2.0-only WITH Classpath-exception-2.0". */
struct license_demand {
	bool set;
	struct slice_list deny;     /* an expression of which every choice has one of these fails */
	struct slice_list allow;    /* ... of which no choice consists of these alone fails; none: all are allowed */
	enum action unknown;        /* a licence that is not declared or not understood; ACTION_UNKNOWN: what the kind `license` is worth */
	struct terms terms;
};

struct approved_base {
	struct slice name;
	bool scratch;              /* approved by name: it has no layers to list */
	struct base_file file;
	struct slice text;         /* its bytes, for the digest */
	int64_t until;             /* day, DATE_NONE: no end */
	struct slice replaced_by;
};

enum fix_wanted { FIX_ANY, FIX_NONE, FIX_AVAILABLE };

/* All conditions that are set must hold. */
struct deny {
	struct terms terms;
	struct slice text;         /* the entry as its author wrote it, for messages */
	enum severity at_least;    /* SEVERITY_UNKNOWN: not asked */
	int64_t fix;               /* enum fix_wanted */
	int64_t grace;             /* days, -1: not asked */
	int64_t exploited;         /* 1: must be, 0: not asked */
	int64_t age;               /* days, -1: not asked */
	double epss, cvss;         /* negative: not asked */
	unsigned states;           /* bits of enum match_state, 0: not asked */
	struct slice_list ids, ecosystems, packages, paths;    /* globs */
	struct slice_list severity_sources;    /* names of feeds or globs of them; the first that tells counts */
};

struct component {
	struct terms terms;
	struct slice name;         /* exact; of a forbidden or required one a glob */
	struct slice purl;         /* instead of a name, without version and qualifiers; absent if none */
	struct slice type;         /* purl type; absent: any */
	struct digest digest;      /* instead, of a forbidden or required one: files of this content */
	struct slice path;         /* ... at this place, a glob; either alone is enough */
	struct slice versions;     /* of a forbidden or required one: a range (version/range.h); absent: any */
	struct slice version;      /* of a minimum */
	struct slice upstream;     /* of a minimum: what its authors' advisories call it, NAME or ECOSYSTEM:NAME; absent: as its source package */
	struct slice reason;
};

struct selected {
	const struct check *check;
	struct terms terms;
	const struct yaml_node *at;    /* of a rule: where it stands */
	const struct fact_parameter *parameters;    /* of a check, as many as that has */
};

/* A name or a place with a regular expression: a label, an environment variable. */
struct pattern {
	struct slice name;         /* absent: the pattern takes the whole "NAME=VALUE" */
	struct slice text;
	struct regex *regex;       /* the policy's; NULL: any value */
};

struct patterns {
	struct pattern *at;
	size_t n;
};

/* A file of tests of another program. */
struct test_file {
	struct terms terms;
	struct slice name, text;
	const struct yaml_document *doc;
	const void *tests;         /* of container-structure-test: struct structure_tests */
};

/* `allow` and `deny` lists of ports and volumes, globs. */
struct allowance {
	bool has_allow;
	struct slice_list allow, deny;
	struct terms terms;
};

struct exception {
	struct slice rule, id, package, path, setting;
	struct slice purl;         /* of a vulnerability's package; absent: any */
	struct slice reason, owner, ticket;
	struct slice justification;    /* one of OpenVEX: its owner says that nothing is affected, not only that it is accepted */
	int64_t until;
	int64_t until_fixed;       /* 1: it takes no vulnerability that a fix is known for */
	struct scope scope;
	const struct yaml_node *at;
};

enum unknown_kind {
#define PLIM_UNKNOWN(name, key, meaning, example) UNKNOWN_##name,
#include "policy/unknowns.def"
#undef PLIM_UNKNOWN
	UNKNOWN_KIND_COUNT
};
extern const char *const unknown_names[UNKNOWN_KIND_COUNT + 1];    /* as the policy and the verdict spell them */

/* What one kind of unknown is worth. */
struct unknown_worth {
	enum action action;
	int64_t over;              /* of data_age: days, -1: not asked */
};

struct metadata {
	struct { struct patterns required, forbidden; struct terms terms; } labels;
	struct {
		struct demand root, numeric, exists, stable;
		struct allowance uid, gid;      /* numbers and ranges of them */
		struct allowance groups;        /* globs of names, numbers, ranges */
	} user;
	struct { struct demand required, form, exists, executable, writable; } entrypoint;
	struct allowance ports, volumes;
	struct { struct patterns deny, required; struct terms terms; } environment;
	struct demand healthcheck;    /* value 0: require, 1: deny */
	struct demand onbuild;
	struct allowance stop_signal;
	struct { struct demand required, exists, writable; struct allowance paths; } working_dir;
	struct allowance platform;
	struct demand max_age;        /* days */
	struct demand max_layers;
	struct demand max_size, max_layer_size;    /* bytes in files */
};

/* Who is asked what no check of ours answers. */
enum scap_scanner { SCAP_SCANNER_NONE, SCAP_SCANNER_OSCAP };

/* A profile of a data stream, perhaps of a tailoring. */
struct scap_entry {
	struct scap_file datastream, tailoring;
	struct slice profile;      /* as the policy names it */
	enum scap_scanner scanner;
	struct terms terms;
	const struct yaml_node *at;
	/* once policy_scap_open has read them */
	struct scap_document content, tailored;
	struct scap_selection selection;
	struct scap_answer *answers;    /* of each rule of the selection */
};

struct diff_demands {
	struct demand unexplained;
};

/* A file that the policy is made of. */
struct policy_source {
	const struct yaml_document *doc;
	struct slice approvals;    /* the bytes of "FILE.approvals" beside it; absent: there is none */
	struct given_approvals given;    /* what they come to, once somebody has held them against the keys */
	int directory;             /* where its relative paths begin; only while it is read */
	unsigned closed;           /* areas (merge.h) in which its children may only tighten */
};

struct policy {
	struct arena *arena;
	struct catalogue catalogue;
	const struct yaml_document *doc;
	VEC(struct policy_source) sources;    /* parents before children, the policy's own file last */
	const struct yaml_node *root;         /* all of them as one */
	VEC(struct regex *) regexes;
	struct slice name;
	struct digest digest;
	bool mentions[AREA_COUNT];
	enum hashed_files hashing;      /* of files, that its entries and rules ask for */
	bool reads_wished;         /* its rules read tables that are filled on wish */

	struct { struct approved_base *at; size_t n; struct terms terms; } bases;
	struct { struct deny *at; size_t n; } denies;
	struct { struct component *at; size_t n; } minimum, forbidden, required;
	struct unaccounted_demand unaccounted;
	struct license_demand licenses;
	struct { struct selected *at; size_t n; } selected;    /* by id of the check, each once */
	struct demand minimum_evaluated;
	struct { struct selected *at; size_t n; } rules;
	struct { struct test_file *at; size_t n; } structure, goss;
	struct { struct exception *at; size_t n; } exceptions;
	struct demand unused_exceptions;
	struct {
		struct origin_signer *at;
		size_t n;              /* 0: exceptions count without anybody's approval */
		int64_t required;
	} approvers;
	struct {
		struct { struct origin_signer *at; size_t n; } trusted;
		VEC(struct vex_file) files;
		size_t directories;    /* that it names */
		uint64_t bytes;        /* of all files */
		struct arena *arena;   /* what the documents say, once policy_vex_open has read them */
		VEC(struct vex_source) sources;
	} vex;
	struct {
		struct scap_entry *at;
		size_t n;
		struct arena *arena;   /* what the documents say, and what was selected for them */
	} scap;
	struct metadata metadata;
	struct {
		struct slice_list registries;
		struct { struct origin_signer *at; size_t n; } signers;
		struct terms terms;
	} origin;
	struct { struct origin_signer *at; size_t n; } data_signers;
	struct diff_demands diff;
	struct unknown_worth unknown[UNKNOWN_KIND_COUNT];
};

/* policy->root into `policy`, whose arena, catalogue, document and sources are set. */
int policy_read(struct policy *policy, struct plim_error *err);

#endif
