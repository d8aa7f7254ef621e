// SPDX-License-Identifier: MIT
/*
 * cmd_min.c - `mmtwin min FILE`: the smallest program with the same finding.
 *
 * The finding is what the replay shows; where the replay agrees, what
 * fuzzing shows (it paints samples at offsets of its own).  Everything runs
 * in children, so that crashes and hangs are findings like any other.
 */
#include "cmd.h"
#include "cmd_find.h"

#include <string.h>

static bool shows(const struct verdict *v, const char *wanted)
{
	if (v->status != EXEC_FINDING)
		return v->status != EXEC_AGREES;
	return !wanted || strcmp(v->f.signature, wanted) == 0;
}

bool find_again(const struct program *p, const char *wanted, u32 seconds,
		struct exec_options *options, struct verdict *v)
{
	*options = cmd_replay_options();
	if (!sandbox_run(options, p, seconds, v))
		return false;
	if (shows(v, wanted))
		return true;
	*options = (struct exec_options){ 0 };
	return sandbox_run(options, p, seconds, v);
}

/*
 * A replay looks at everything, before and after each op; what shows without
 * that is first shrunk without.  true: p is the result, which shows it to the
 * replay; else p is as it was.  Adds to the number of tries.
 */
static bool shrink_quickly(struct program *p, const struct sandbox_min *how,
			   u32 *tries)
{
	const struct exec_options quick = { 0 };
	struct sandbox_min with = *how;
	struct program copy;
	bool ok = false;

	with.options = &quick;
	program_init(&copy);
	if (program_copy(&copy, p) &&
	    sandbox_confirm(&quick, p, how->seconds, how->signature, 1)) {
		*tries += sandbox_minimize(&with, &copy);
		ok = sandbox_confirm(how->options, &copy, how->seconds,
				     how->signature, 1);
		if (ok) {
			struct program swap = *p;

			*p = copy;
			copy = swap;
		}
	}
	program_free(&copy);
	return ok;
}

bool find_smallest(struct program *p, const struct exec_options *options,
		   u32 seconds, struct verdict *v, struct smallest *out)
{
	struct sandbox_min how = { .options = options,
				   .signature = out->signature,
				   .died = v->died,
				   .seconds = seconds };
	struct sandbox_min looking;
	const char *why;

	memcpy(out->signature, v->f.signature, SIGNATURE_MAX);
	how.tries_max = v->died ? DEATH_TRIES_MAX : 0;
	if (has_suffix(out->signature, "-hang")) {
		how.tries_max = HANG_TRIES_MAX;
		how.seconds = seconds < HANG_SECONDS ? seconds : HANG_SECONDS;
	}
	out->ops_before = p->nr;
	out->tries = 0;
	/* a check does what sandbox_minimize() would, but for detours */
	looking = how;
	if (!looking.tries_max)
		looking.tries_max = LOOKING_TRIES_MAX;
	if (!options->validate_full || !shrink_quickly(p, &how, &out->tries) ||
	    !sandbox_minimize_check(&looking, p, &why))
		out->tries += sandbox_minimize(&how, p);
	out->same = sandbox_confirm(options, p, how.seconds, out->signature,
				    CONFIRM_TIMES);
	/* the finding as the smallest program shows it: other op numbers */
	return sandbox_run(options, p, seconds, v);
}

void find_header(char header[HEADER_MAX], const struct smallest *s,
		 const struct verdict *v)
{
	snprintf(
		header, HEADER_MAX,
		"# %s\n# %s: %s\n# reproduces %u/%u; %u ops before, %u tries\n",
		s->signature, v->f.layer ? v->f.layer : "unknown",
		v->f.doc      ? v->f.doc
		: v->f.clause ? v->f.clause
			      : "",
		s->same, CONFIRM_TIMES, s->ops_before, s->tries);
}

static int check(const struct loaded *l, const char *path,
		 const struct exec_options *options, u32 seconds,
		 const struct verdict *v)
{
	const struct sandbox_min how = { .options = options,
					 .signature = v->f.signature,
					 .died = v->died,
					 .seconds = seconds };
	const char *why;

	if (sandbox_minimize_check(&how, &l->p, &why)) {
		printf("%s: %s: minimal\n", path, v->f.signature);
		return CMD_OK;
	}
	printf("%s: %s: %s\n", path, v->f.signature, why);
	return CMD_FINDING;
}

static int shrink(struct loaded *l, const char *out,
		  const struct exec_options *options, u32 seconds,
		  struct verdict *v)
{
	char header[HEADER_MAX];
	struct smallest s;

	if (!find_smallest(&l->p, options, seconds, v, &s))
		return cmd_no_child();
	find_header(header, &s, v);
	if (!save_text(&l->p, out, header))
		return CMD_UNUSABLE;
	fprintf(stderr, "%s: %u ops -> %u, reproduces %u/%u\n", s.signature,
		s.ops_before, l->p.nr, s.same, CONFIRM_TIMES);
	return CMD_OK;
}

static int minimize_loaded(struct loaded *l, const char *path, const char *out,
			   bool only_check, u32 seconds)
{
	struct exec_options options;
	struct verdict v;

	if (!find_again(&l->p, NULL, seconds, &options, &v))
		return cmd_no_child();
	switch (v.status) {
	case EXEC_FINDING:
		return only_check ? check(l, path, &options, seconds, &v)
				  : shrink(l, out, &options, seconds, &v);
	case EXEC_AGREES:
		return cmd_error("%s: machine and model agree: nothing to keep",
				 path);
	default:
		return cmd_cannot_run(l, path, v.status, v.why);
	}
}

int min_main(int argc, char **argv)
{
	const char *out = NULL;
	bool only_check = false;
	u32 seconds = TRY_SECONDS;
	const struct cmd_option option[] = {
		{ "output", 'o', OPT_TEXT, &out, "write here, not to stdout" },
		{ "check", 0, OPT_FLAG, &only_check,
		  "only say whether anything can be simpler (exit 1: yes)" },
		{ "seconds", 0, OPT_U32, &seconds,
		  "a run that takes longer hangs (default 10)" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"min FILE [-o OUT] [--check]",
		"Shrinks a program as long as its finding keeps its signature, "
		"and writes it\nas text.",
		1, 1, option
	};
	int status;
	struct loaded l;

	if (!cmd_parse_and_load(&usage, argc, argv, &l, &status))
		return status;
	status = minimize_loaded(&l, argv[0], out, only_check, seconds);
	loaded_free(&l);
	return status;
}
