// SPDX-License-Identifier: MIT
/*
 * sandbox.c - programs in children: see sandbox.h.
 *
 *	parent (no machine) --fork--> child: exec_new, exec_run, _exit
 *	          \___ a shared page ___/   verdict, or last words
 *
 * The machine's RAM is shared memory, so that a fork of a booted process
 * would have two processes write to one RAM: the child boots its own.  Its
 * stderr is closed off, as the reports of a thousand tries help nobody; the
 * replay of what is left prints one.  Tested by tests/cli.sh.
 */
#include "sandbox.h"
#include "death.h"
#include "minimize.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared_run {
	struct death death;
	struct verdict v;
};

struct shared_min {
	struct death death;
	u32 tries;
	char why[320]; /* "": nothing can be simpler */
	u8 profile;
	struct boot_line boot;
	u32 nr;
	struct op op[];
};

void *sandbox_shared(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* In the child: quiet, watched, and gone when the parent is. */
static void child_begin(struct death *d)
{
	int null = open("/dev/null", O_WRONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null >= 0) {
		dup2(null, STDERR_FILENO);
		close(null);
	}
	death_watch(d);
}

pid_t sandbox_fork(struct death *d)
{
	pid_t pid = fork();

	if (pid == 0)
		child_begin(d);
	return pid;
}

enum child_state sandbox_wait(pid_t pid, struct death *d, bool block)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, block ? 0 : WNOHANG);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		return CHILD_RUNS;
	if (got > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return CHILD_ENDED;
	death_sign_unseen(d, got > 0 && WIFSIGNALED(status) ? WTERMSIG(status)
							    : SIGABRT);
	return CHILD_DIED;
}

static const char *keep(char text[160], const char *s)
{
	if (!s)
		return NULL;
	snprintf(text, 160, "%s", s);
	return text;
}

/* The strings of the finding move into the verdict. */
static void verdict_keep(struct verdict *v, const struct finding *f)
{
	v->f = *f;
	v->f.layer = keep(v->text[0], f->layer);
	v->f.clause = keep(v->text[1], f->clause);
	v->f.doc = keep(v->text[2], f->doc);
	v->f.field = keep(v->text[3], f->field);
}

static void run_in_child(struct shared_run *s,
			 const struct exec_options *options,
			 const struct program *p, u32 seconds)
{
	struct exec *x;
	struct finding f;

	death_alarm(seconds);
	x = exec_new(options);
	if (!x) {
		s->v.status = EXEC_NO_MEMORY;
		_exit(0);
	}
	s->v.status = exec_run(x, p, &s->v.stats, &f);
	if (s->v.status == EXEC_FINDING)
		verdict_keep(&s->v, &f);
	if (exec_why(x))
		snprintf(s->v.why, sizeof(s->v.why), "%s", exec_why(x));
	_exit(0);
}

static void verdict_of_death(struct verdict *v, const struct death *d)
{
	struct finding f = { .op = d->op,
			     .layer = "sanitizer",
			     .clause = "death",
			     .doc = "the process died of it",
			     .field = "process" };

	memcpy(f.signature, d->signature, SIGNATURE_MAX);
	v->status = EXEC_FINDING;
	v->died = true;
	v->stats.programs = 1;
	v->stats.findings = 1;
	verdict_keep(v, &f);
}

bool sandbox_run(const struct exec_options *options, const struct program *p,
		 u32 seconds, struct verdict *v)
{
	struct shared_run *s = sandbox_shared(sizeof(*s));
	pid_t pid;

	if (!s)
		return false;
	pid = sandbox_fork(&s->death);
	if (pid == 0)
		run_in_child(s, options, p, seconds);
	if (pid > 0) {
		bool ended = sandbox_wait(pid, &s->death, true) == CHILD_ENDED;

		*v = s->v;
		if (!ended)
			verdict_of_death(v, &s->death);
		else if (v->status == EXEC_FINDING)
			verdict_keep(v, &s->v.f);
	}
	munmap(s, sizeof(*s));
	return pid > 0;
}

static bool ends_with(const struct exec_options *options,
		      const struct program *p, u32 seconds,
		      const char *signature)
{
	struct verdict v;

	return sandbox_run(options, p, seconds, &v) &&
	       v.status == EXEC_FINDING &&
	       strcmp(v.f.signature, signature) == 0;
}

u32 sandbox_confirm(const struct exec_options *options, const struct program *p,
		    u32 seconds, const char *signature, u32 times)
{
	u32 same = 0;

	for (u32 i = 0; i < times; i++)
		same += ends_with(options, p, seconds, signature);
	return same;
}

/* --- the minimiser's predicates ----------------------------------------- */

static bool holds_in_child(void *arg, const struct program *p)
{
	const struct sandbox_min *how = arg;

	return ends_with(how->options, p, how->seconds, how->signature);
}

struct inside {
	const struct sandbox_min *how;
	struct exec *x;
};

static bool holds_inside(void *arg, const struct program *p)
{
	struct inside *in = arg;
	struct exec_stats stats = { 0 };
	struct finding f;

	death_alarm(in->how->seconds);
	return exec_run(in->x, p, &stats, &f) == EXEC_FINDING &&
	       strcmp(f.signature, in->how->signature) == 0;
}

static void minimize_in_child(struct shared_min *s,
			      const struct sandbox_min *how,
			      const struct program *p, bool check)
{
	struct inside in = { how, NULL };
	struct program copy;

	in.x = exec_new(how->options);
	program_init(&copy);
	if (!in.x || !program_copy(&copy, p))
		abort();
	if (check) {
		const char *why = NULL;

		minimize_check(&copy, holds_inside, &in, how->tries_max, &why);
		snprintf(s->why, sizeof(s->why), "%s", why ? why : "");
		_exit(0);
	}
	s->tries = minimize(&copy, holds_inside, &in, how->tries_max);
	s->profile = copy.profile;
	s->boot = copy.boot;
	s->nr = copy.nr;
	if (copy.nr)
		memcpy(s->op, copy.op, copy.nr * sizeof(*copy.op));
	_exit(0);
}

/* false: the child died of it, or there was none; p and *s say nothing. */
static bool minimize_inside(const struct sandbox_min *how, struct program *p,
			    bool check, u32 *tries, const char **why)
{
	size_t size = sizeof(struct shared_min) + p->nr * sizeof(*p->op);
	struct shared_min *s = sandbox_shared(size);
	static char text[sizeof(s->why)];
	bool ok = false;
	pid_t pid;

	if (!s)
		return false;
	pid = sandbox_fork(&s->death);
	if (pid == 0)
		minimize_in_child(s, how, p, check);
	if (pid > 0)
		ok = sandbox_wait(pid, &s->death, true) == CHILD_ENDED;
	if (ok && !check) {
		p->profile = s->profile;
		p->boot = s->boot;
		p->nr = s->nr; /* never more than it had */
		if (s->nr)
			memcpy(p->op, s->op, s->nr * sizeof(*p->op));
	}
	*tries = s->tries;
	snprintf(text, sizeof(text), "%s", s->why);
	*why = *text ? text : NULL;
	munmap(s, size);
	return ok;
}

u32 sandbox_minimize(const struct sandbox_min *how, struct program *p)
{
	struct sandbox_min copy = *how;
	const char *why;
	u32 tries;

	if (!how->died && minimize_inside(how, p, false, &tries, &why))
		return tries;
	return minimize(p, holds_in_child, &copy, how->tries_max);
}

bool sandbox_minimize_check(const struct sandbox_min *how,
			    const struct program *p, const char **why)
{
	struct sandbox_min copy = *how;
	struct program same = *p;
	u32 tries;

	if (!how->died && minimize_inside(how, &same, true, &tries, why))
		return !*why;
	return minimize_check(p, holds_in_child, &copy, how->tries_max, why);
}
