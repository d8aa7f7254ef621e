// SPDX-License-Identifier: MIT
/*
 * cmd_fuzz.c - `mmtwin fuzz`: a campaign without an engine, and what becomes
 * of what it finds.
 *
 * A finding is first kept as it was found, then shrunk, so that nothing is
 * lost if that takes too long.  Findings of one signature are one finding
 * and one file: DIR/<signature>.ops.  Smoke tests and the canary are this
 * command with a fixed seed.
 */
#include "cmd.h"
#include "cmd_campaign.h"
#include "cmd_find.h"
#include "death.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fuzz {
	struct campaign_options campaign;
	const char *findings_dir;
	u32 findings, findings_max;
	bool json, raw;
};

static bool make_dir(const struct fuzz *f)
{
	if (mkdir(f->findings_dir, 0777) == 0 || errno == EEXIST)
		return true;
	cmd_error_file(f->findings_dir);
	return false;
}

static bool keep_raw(const struct fuzz *f, const struct program *p,
		     const char *path, const char *signature, u64 number)
{
	char header[HEADER_MAX];

	if (!make_dir(f))
		return false;
	snprintf(header, sizeof(header),
		 "# %s\n# as found: program %llu of seed %llu, target %s\n",
		 signature, (unsigned long long)number,
		 (unsigned long long)f->campaign.seed,
		 f->campaign.target->name);
	return save_text(p, path, header);
}

static bool keep_small(struct program *p, const char *path,
		       const struct exec_options *options, struct verdict *v)
{
	char header[HEADER_MAX];
	struct smallest s;
	size_t n;

	if (!find_smallest(p, options, TRY_SECONDS, v, &s)) {
		cmd_no_child();
		return false;
	}
	find_header(header, &s, v);
	n = strlen(header);
	snprintf(header + n, sizeof(header) - n, "# replay: mmtwin run %s\n",
		 path);
	return save_text(p, path, header);
}

static void tell(const struct fuzz *f, const struct verdict *v,
		 const struct program *p, const char *path)
{
	if (f->json)
		cmd_finding_json(&v->f, path);
	else
		finding_print(stdout, &v->f, p, path);
	fflush(stdout);
}

/* Bytes are kept as they are: the target itself replays and shrinks them. */
static bool keep_input(const struct fuzz *f, const struct campaign *c,
		       const char *signature)
{
	size_t size;
	const u8 *data = campaign_input(c, &size);
	struct out_file o;
	char *path;
	bool ok;

	if (!make_dir(f) ||
	    asprintf(&path, "%s/%s.input", f->findings_dir, signature) < 0)
		return false;
	ok = out_open(&o, path);
	if (ok) {
		fwrite(data, 1, size, o.f);
		ok = out_close(&o);
	}
	if (ok)
		printf("FINDING %s\n  replay: %s_fuzzer %s\n", signature,
		       f->campaign.target->name, path);
	else
		cmd_error_file(path);
	free(path);
	return ok;
}

/* false: the file could not be written, or no child made; told. */
static bool keep(struct fuzz *f, struct program *p, const char *signature,
		 u64 number)
{
	struct exec_options options;
	struct verdict v;
	char *path;
	bool ok;

	if (asprintf(&path, "%s/%s.ops", f->findings_dir, signature) < 0)
		return false;
	ok = keep_raw(f, p, path, signature, number);
	if (ok && f->raw) {
		printf("FINDING %s: %s\n", signature, path);
		free(path);
		return true;
	}
	if (ok && !find_again(p, signature, TRY_SECONDS, &options, &v)) {
		cmd_no_child();
		ok = false;
	}
	if (ok && v.status == EXEC_FINDING &&
	    strcmp(v.f.signature, signature) == 0) {
		ok = keep_small(p, path, &options, &v);
		if (ok && v.status == EXEC_FINDING)
			tell(f, &v, p, path);
	} else if (ok) {
		printf("%s: seen once, not by the program alone: %s\n",
		       signature, path);
	}
	free(path);
	return ok;
}

static int fuzz(struct fuzz *f)
{
	struct campaign *c = campaign_new(&f->campaign);
	char signature[SIGNATURE_MAX];
	struct exec_stats total;
	enum campaign_end end = CAMPAIGN_DONE;
	struct program p;
	u64 number;

	if (!c)
		return cmd_error("fuzz: not enough memory");
	program_init(&p);
	while (f->findings < f->findings_max &&
	       (end = campaign_run(c, &p, signature, &number)) ==
		       CAMPAIGN_FOUND) {
		f->findings++;
		if (f->campaign.target->form
			    ? !keep_input(f, c, signature)
			    : !keep(f, &p, signature, number)) {
			end = CAMPAIGN_FAILED;
			break;
		}
	}
	program_free(&p);
	total = campaign_total(c);
	campaign_delete(c);
	if (end == CAMPAIGN_FAILED)
		return CMD_UNUSABLE;
	if (total.findings > f->findings)
		fprintf(stderr, "mmtwin: %llu programs showed the findings\n",
			(unsigned long long)total.findings);
	total.findings = f->findings;
	cmd_totals(&total, f->json);
	return f->findings ? CMD_FINDING : CMD_OK;
}

int fuzz_main(int argc, char **argv)
{
	struct fuzz f = {
		.campaign = { .seed = 1, .programs = 10000, .ops = 64 },
		.findings_dir = "findings",
		.findings_max = UINT32_MAX
	};
	const char *target = "pages";
	bool isolate = true;
	const struct cmd_option option[] = {
		{ "seed", 0, OPT_U64, &f.campaign.seed, "default 1" },
		{ "programs", 0, OPT_U64, &f.campaign.programs,
		  "how many (default 10000)" },
		{ "target", 0, OPT_TEXT, &target, "default pages" },
		{ "ops", 0, OPT_U32, &f.campaign.ops,
		  "of a program, at most (default 64)" },
		{ "findings", 0, OPT_TEXT, &f.findings_dir,
		  "the directory for them (default findings)" },
		{ "max-findings", 0, OPT_U32, &f.findings_max,
		  "stop after so many" },
		{ "raw", 0, OPT_FLAG, &f.raw,
		  "keep what is found as it is, not minimised" },
		{ "no-states", 0, OPT_FLAG, &f.campaign.no_states,
		  "ignore the state counters" },
		{ "isolate", 0, OPT_FLAG, &isolate,
		  "run in children that may die (the default)" },
		{ "in-process", 0, OPT_FLAG, &f.campaign.in_process,
		  "run in this process: for debuggers and profilers" },
		{ "progress", 0, OPT_FLAG, &f.campaign.progress,
		  "a progress line, even where stderr is no terminal" },
		{ "json", 0, OPT_FLAG, &f.json, "one JSON object a line" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"fuzz --seed N --programs N [--target T]",
		"Makes programs and runs them; the same seed gives the same "
		"programs, findings\nand digest.",
		0, 0, option
	};
	int status;

	if (cmd_parse(&usage, argc, argv, &status) < 0)
		return status;
	f.campaign.target = cmd_target_by_name(target);
	if (!f.campaign.target)
		return CMD_UNUSABLE;
	if (f.campaign.ops == 0 || f.campaign.ops > CMD_OPS_MAX)
		return cmd_error("fuzz: --ops: 1 to %u", CMD_OPS_MAX);
	if (f.campaign.in_process)
		death_announce();
	if (isatty(STDERR_FILENO))
		f.campaign.progress = true;
	return fuzz(&f);
}
