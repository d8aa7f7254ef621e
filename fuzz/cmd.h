/* SPDX-License-Identifier: MIT */
/*
 * cmd.h - what the subcommands of mmtwin share: options, errors, programs
 * from files.
 *
 * Exit status: 0 agrees, 1 a finding, 2 unusable input or arguments, with
 * one line on stderr that says which.
 */
#ifndef FUZZ_CMD_H
#define FUZZ_CMD_H

#include "cmd_codec.h"
#include "exec.h"
#include "io.h"
#include "op.h"
#include "targets.h"

enum { CMD_OK = 0, CMD_FINDING = 1, CMD_UNUSABLE = 2 };

#define CMD_OPS_MAX 100000u /* of a program that is made */

enum option_kind { OPT_FLAG, OPT_U32, OPT_U64, OPT_TEXT };

struct cmd_option {
	const char *name; /* without the dashes; NULL closes the list */
	char letter;	  /* 0: none */
	enum option_kind kind;
	void *to; /* bool, u32, u64 or const char * */
	const char *doc;
};

struct cmd_usage {
	const char *line; /* "run FILE...": behind "mmtwin " */
	const char *doc;
	u32 operands_min, operands_max;
	const struct cmd_option *option;
};

/*
 * Takes the options; operands move to argv[0..].  Returns their number, or
 * -1: --help was served or an error told, and *status is the exit status.
 */
int cmd_parse(const struct cmd_usage *usage, int argc, char **argv,
	      int *status);
struct loaded;
/*
 * The same for a command whose first argument is a program: it is loaded into
 * *l.  false: *status is the exit status, and nothing is left to free.
 */
bool cmd_parse_and_load(const struct cmd_usage *usage, int argc, char **argv,
			struct loaded *l, int *status);
/* Tells one line on stderr, "mmtwin: ..." and returns CMD_UNUSABLE. */
int cmd_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* ... about a file: "PATH: strerror(errno)" */
int cmd_error_file(const char *path);

/* A program from a file, and what is worth knowing of it. */
struct loaded {
	struct program p;
	bool is_text;
	u32 boot_line; /* of the text; 1 if it has none */
};

/*
 * *.ops and standard input are text, all else is bytes.  false: told.
 * Owner: loaded_free().
 */
bool load_program(struct loaded *l, const char *path);
void loaded_free(struct loaded *l);
/* As text, after `header` (comments, or NULL); false: told. */
bool save_text(const struct program *p, const char *path, const char *header);
/* The boot line of l boots no machine: tells why. */
int cmd_unbootable(const struct loaded *l, const char *path, const char *why);
/* l was neither a finding nor agreed: tells why; `why' as of exec_why(). */
int cmd_cannot_run(const struct loaded *l, const char *path,
		   enum exec_status status, const char *why);
/* fork() failed, and errno says why. */
int cmd_no_child(void);

/* NULL: no such target; told. */
const struct target_row *cmd_target_by_name(const char *name);

/* Whole frames painted, everything validated at the end. */
struct exec_options cmd_replay_options(void);
/* One digest of many: the order counts. */
u64 cmd_fold(u64 digest, u64 with);
u64 cmd_fold_text(u64 digest, const char *s);
/* The last line of run and fuzz. */
void cmd_totals(const struct exec_stats *total, bool json);
/* A finding as one line of JSON. */
void cmd_finding_json(const struct finding *f, const char *path);
void cmd_json_string(FILE *to, const char *s);

#define COMMANDS(X)                                                            \
	X(run, "replay programs on machine and model")                         \
	X(fuzz, "make programs, run them, keep what they find")                \
	X(show, "bytes -> text")                                               \
	X(asm, "text -> bytes")                                                \
	X(gen, "make one program")                                             \
	X(min, "the smallest program with the same finding")                   \
	X(features, "what programs reach; what a corpus lacks, or can spare")  \
	X(bisect, "the commit since which a program is a finding")             \
	X(story, "what both sides did, op by op")                              \
	X(sign, "the signatures of programs")                                  \
	X(repro, "a program as C that fails as it does")                       \
	X(import, "ftrace text of kmem events -> a program")                   \
	X(list, "the ops, targets, reports or rules")                          \
	X(bench, "measure")

/* argv[0] is the command's name. */
#define X(name, doc) int name##_main(int argc, char **argv);
COMMANDS(X)
#undef X

#endif
