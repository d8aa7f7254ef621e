// SPDX-License-Identifier: MIT
/*
 * cmd_show.c - `mmtwin show`, `asm` and `gen`: programs between their two
 * forms, and new ones.
 *
 * show and asm take either form, so that `show` of a text is the same
 * program in the canonical spelling.
 */
#include "cmd.h"
#include "codec.h"
#include "gen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int show_main(int argc, char **argv)
{
	const char *out = NULL;
	const struct cmd_option option[] = {
		{ "output", 'o', OPT_TEXT, &out, "write here, not to stdout" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"show FILE [-o OUT]",
		"Prints a program as text: bytes are decoded, text is brought "
		"into its\ncanonical form.",
		1, 1, option
	};
	int status;
	struct loaded l;

	if (!cmd_parse_and_load(&usage, argc, argv, &l, &status))
		return status;
	status = save_text(&l.p, out, NULL) ? CMD_OK : CMD_UNUSABLE;
	loaded_free(&l);
	return status;
}

static int cannot_encode(const struct loaded *l, const char *path,
			 const char *why, u32 bad)
{
	if (l->is_text && bad < l->p.nr && l->p.op[bad].line)
		return cmd_error("%s:%u: %s", path, l->p.op[bad].line, why);
	return cmd_error("%s: %s", path, why);
}

static int save_bytes(const struct loaded *l, const char *path, const char *out)
{
	size_t room = wire_size(&l->p), size;
	u8 *data = malloc(room ? room : 1);
	const char *why = NULL;
	struct out_file o;
	u32 bad = UINT32_MAX;

	if (!data)
		return cmd_error("%s: not enough memory", path);
	size = wire_encode(&l->p, data, room, &why, &bad);
	if (size == 0) {
		free(data);
		return cannot_encode(l, path,
				     why ? why : "has no form in bytes", bad);
	}
	if (!out_open(&o, out)) {
		free(data);
		return cmd_error_file(out);
	}
	fwrite(data, 1, size, o.f);
	free(data);
	return out_close(&o) ? CMD_OK
			     : cmd_error_file(out ? out : "standard output");
}

int asm_main(int argc, char **argv)
{
	const char *out = NULL;
	const struct cmd_option option[] = {
		{ "output", 'o', OPT_TEXT, &out, "write here, not to stdout" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"asm FILE [-o OUT]",
		"Writes a program as the bytes that the engines mutate.", 1, 1,
		option
	};
	int status;
	struct loaded l;

	if (!cmd_parse_and_load(&usage, argc, argv, &l, &status))
		return status;
	status = save_bytes(&l, argv[0], out);
	loaded_free(&l);
	return status;
}

int gen_main(int argc, char **argv)
{
	const char *out = NULL, *target_name = "pages";
	u64 seed = 1;
	u32 ops = 64;
	const struct cmd_option option[] = {
		{ "seed", 0, OPT_U64, &seed, "default 1" },
		{ "ops", 0, OPT_U32, &ops, "how many, at most (default 64)" },
		{ "target", 0, OPT_TEXT, &target_name, "default pages" },
		{ "output", 'o', OPT_TEXT, &out, "write here, not to stdout" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"gen --seed N --ops N [--target T] [-o OUT]",
		"Makes one program; the same seed makes the same one.", 0, 0,
		option
	};
	const struct target_row *target;
	struct program p;
	struct prng r;
	int status;

	if (cmd_parse(&usage, argc, argv, &status) < 0)
		return status;
	target = cmd_target_by_name(target_name);
	if (!target)
		return CMD_UNUSABLE;
	if (ops > CMD_OPS_MAX)
		return cmd_error("gen: --ops: 0 to %u", CMD_OPS_MAX);
	prng_seed(&r, seed);
	program_init(&p);
	if (!gen_program(&p, &r,
			 &(struct gen_options){ target->groups, ops,
						target->free_boot }))
		status = cmd_error("gen: not enough memory");
	else
		status = save_text(&p, out, NULL) ? CMD_OK : CMD_UNUSABLE;
	program_free(&p);
	return status;
}
