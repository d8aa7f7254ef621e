// SPDX-License-Identifier: MIT
/* lockstep.c - one program on both sides: see lockstep.h. */
#include "lockstep.h"
#include "codec.h"
#include "death.h"
#include "exec.h"

#include <string.h>

static int run(const struct program *p)
{
	const struct exec_options options = { .paint_whole = true,
					      .validate_full = true };
	struct exec *x = exec_new(&options);
	struct exec_stats stats = { 0 };
	enum exec_status status;
	struct finding f;

	if (!x) {
		fputs("not enough memory\n", stderr);
		return 2;
	}
	death_announce();
	status = exec_run(x, p, &stats, &f);
	if (status == EXEC_FINDING) {
		printf("FINDING %s\n", f.signature);
		finding_print(stdout, &f, p, "");
	} else if (status == EXEC_AGREES) {
		puts("machine and model agree");
	} else {
		fprintf(stderr, "no machine: %s\n",
			exec_why(x) ? exec_why(x) : "no memory");
	}
	exec_delete(x);
	return status == EXEC_AGREES ? 0 : status == EXEC_FINDING ? 1 : 2;
}

int lockstep_run(const char *text)
{
	struct text_error err;
	struct program p;
	int status;

	program_init(&p);
	if (!text_read(&p, text, strlen(text), &err)) {
		fprintf(stderr, "line %u: %s\n", err.line, err.reason);
		return 2;
	}
	status = run(&p);
	program_free(&p);
	return status;
}
