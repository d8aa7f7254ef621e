// SPDX-License-Identifier: MIT
/*
 * cmd_campaign.c - the worker and its keeper: see cmd_campaign.h.
 *
 *	keeper (no machine)	      worker
 *	  fork  ------------------->  for k: make, publish, run, keep if new
 *	  wait  <-- shared: totals, known signatures, the program that runs
 *
 * The program is published before it runs, so that the keeper has it when
 * the worker dies.  A pool member is a program that raised a state counter
 * to a height (1, 2, 3, 4, 8, 16, 32, 128) that none before it had reached.
 */
#include "cmd_campaign.h"
#include "gen.h"
#include "sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KNOWN_MAX 1024u
#define POOL_MAX 512u
#define PROGRAM_SECONDS 10u
#define HANG_SECONDS 2u
#define PROGRESS_USEC 250000u
#define INPUT_OP_BYTES 512u /* of text or trace an op */

enum worker_state { WORKER_RUNS, WORKER_DONE, WORKER_FOUND, WORKER_FAILED };

struct shared {
	struct death death;
	u32 state;		 /* enum worker_state */
	u64 next;		 /* the program that runs, or is to run */
	struct exec_stats total; /* its digest: of the program that runs */
	u64 digest;		 /* of all before it */
	char found[SIGNATURE_MAX];
	u32 nr_known;
	char known[KNOWN_MAX][SIGNATURE_MAX];
	u8 profile;
	struct boot_line boot;
	u32 nr;	   /* ops */
	u32 bytes; /* of an input that is no program */
	union {
		struct op op[1]; /* as many as the options say */
		u8 input[1];
	};
};

struct campaign {
	struct campaign_options opt;
	struct gen_options gen;
	struct shared *s;
	size_t shared_size, room; /* bytes of the program or input in it */

	/* the worker's */
	struct exec *x;
	struct program p, *pool;
	u32 nr_pool;
	u8 seen[COVER_COUNTERS]; /* bit n: height n was reached */
};

struct campaign *campaign_new(const struct campaign_options *options)
{
	struct campaign *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->opt = *options;
	c->gen.groups = options->target->groups;
	c->gen.free_boot = options->target->free_boot;
	c->gen.ops = options->ops;
	c->room = (size_t)options->ops *
		  (options->target->form ? INPUT_OP_BYTES : sizeof(struct op));
	c->shared_size = sizeof(*c->s) + c->room;
	c->s = sandbox_shared(c->shared_size);
	if (!c->s) {
		free(c);
		return NULL;
	}
	return c;
}

void campaign_delete(struct campaign *c)
{
	munmap(c->s, c->shared_size);
	free(c);
}

struct exec_stats campaign_total(const struct campaign *c)
{
	struct exec_stats total = c->s->total;

	total.digest = c->s->digest;
	return total;
}

const u8 *campaign_input(const struct campaign *c, size_t *size)
{
	*size = c->s->bytes;
	return c->s->input;
}

static bool known(const struct shared *s, const char *signature)
{
	for (u32 i = 0; i < s->nr_known; i++)
		if (strcmp(s->known[i], signature) == 0)
			return true;
	return false;
}

/* Once a hang is known, no other program waits as long for its own. */
static bool hangs(const struct shared *s)
{
	for (u32 i = 0; i < s->nr_known; i++)
		if (has_suffix(s->known[i], "-hang"))
			return true;
	return false;
}

/* --- the worker ---------------------------------------------------------- */

static void pool_free(struct campaign *c)
{
	for (u32 i = 0; i < c->nr_pool; i++)
		program_free(&c->pool[i]);
	free(c->pool);
	c->pool = NULL;
	c->nr_pool = 0;
	program_free(&c->p);
}

/* When it is full, a member drawn by lot makes room. */
static bool pool_add(struct campaign *c, struct prng *r)
{
	u32 at = c->nr_pool;

	if (at == POOL_MAX)
		at = prng_below(r, POOL_MAX);
	else
		program_init(&c->pool[c->nr_pool++]);
	return program_copy(&c->pool[at], &c->p);
}

static const struct program *pool_pick(const struct campaign *c, struct prng *r)
{
	return &c->pool[prng_below(r, c->nr_pool)];
}

static bool make_program(struct campaign *c, struct prng *r)
{
	const struct program *a, *b;

	if (!c->nr_pool || prng_one_in(r, 4))
		return gen_program(&c->p, r, &c->gen);
	a = pool_pick(c, r);
	if (prng_one_in(r, 8)) {
		b = pool_pick(c, r);
		if (!cross_programs(&c->p, a, b, r, &c->gen))
			return false;
	} else if (!program_copy(&c->p, a)) {
		return false;
	}
	for (u32 edits = 1 + prng_below(r, 3); edits; edits--)
		if (!mutate_program(&c->p, r, &c->gen))
			return false;
	return true;
}

static void publish(struct shared *s, const struct program *p, u32 room)
{
	s->profile = p->profile;
	if (p->profile == PROFILE_FREE)
		s->boot = p->boot;
	s->nr = p->nr < room ? p->nr : room;
	memcpy(s->op, p->op, s->nr * sizeof(*s->op));
}

static u8 height_bit(u8 count)
{
	static const u8 from[] = { 1, 2, 3, 4, 8, 16, 32, 128 };
	u8 bit = 0;

	for (u32 i = 0; i < 8 && count >= from[i]; i++)
		bit = (u8)(1u << i);
	return bit;
}

/* Looks at eight counters at a time: nearly all of them are 0. */
static bool new_states(struct campaign *c)
{
	bool any = false;

	for (u32 i = 0; i < COVER_COUNTERS; i += 8) {
		u64 word;

		memcpy(&word, cover_counters + i, sizeof(word));
		for (u32 k = i; word && k < i + 8; k++) {
			u8 bit = height_bit(cover_counters[k]);

			any |= (bit & ~c->seen[k]) != 0;
			c->seen[k] |= bit;
		}
	}
	return any;
}

/* A finding: the worker stops if it is new, and goes on if it is known. */
static bool found(struct shared *s, const char *signature)
{
	s->digest = cmd_fold_text(s->digest, signature);
	if (known(s, signature))
		return true;
	snprintf(s->found, sizeof(s->found), "%s", signature);
	s->state = WORKER_FOUND;
	return false;
}

static bool failed(struct shared *s)
{
	s->state = WORKER_FAILED;
	return false;
}

/* c->p on machine and model; false: the worker stops here. */
static bool run_program(struct campaign *c, struct prng *r)
{
	struct shared *s = c->s;
	u64 programs = s->total.programs;
	struct finding f;

	publish(s, &c->p, c->opt.ops);
	memset(cover_counters, 0, sizeof(cover_counters));
	s->total.digest = 0;
	switch (exec_run(c->x, &c->p, &s->total, &f)) {
	case EXEC_FINDING:
		return found(s, f.signature);
	case EXEC_NO_MEMORY:
		return failed(s);
	default: /* boot lines that boot nothing are programs too */
		s->total.programs = programs + 1;
		s->digest = cmd_fold(s->digest, s->total.digest);
	}
	return !new_states(c) || pool_add(c, r) || failed(s);
}

/* c->p as bytes, for reader, decoder or importer. */
static bool run_input(struct campaign *c, struct prng *r)
{
	enum codec_form form = c->opt.target->form;
	struct shared *s = c->s;
	struct buffer b;
	const char *broken;

	if (!codec_input(form, &c->p, r, &b))
		return failed(s);
	s->bytes = (u32)(b.size < c->room ? b.size : c->room);
	memcpy(s->input, b.data, s->bytes);
	buffer_free(&b);
	for (u32 i = 0; i < s->bytes; i++)
		s->digest = cmd_fold(s->digest, s->input[i]);
	s->total.programs++;
	s->total.ops += c->p.nr;
	broken = codec_check(form, s->input, s->bytes);
	if (!broken)
		return true;
	s->total.findings++;
	return found(s, broken);
}

/* Program k from making to verdict; false: the worker stops here. */
static bool one_program(struct campaign *c, u64 k)
{
	struct prng r;

	prng_seed(&r, c->opt.seed ^ (k + 1) * 0xD1342543DE82EF95u);
	if (!make_program(c, &r))
		return failed(c->s);
	if (!c->opt.in_process)
		death_alarm(hangs(c->s) ? HANG_SECONDS : PROGRAM_SECONDS);
	return c->opt.target->form ? run_input(c, &r) : run_program(c, &r);
}

static void work(struct campaign *c)
{
	const struct exec_options options = {
		.digest = true,
		.full_one_in = FULL_ONE_IN,
	};
	struct shared *s = c->s;

	memset(c->seen, 0, sizeof(c->seen));
	program_init(&c->p);
	cover_enable(!c->opt.no_states);
	c->pool = calloc(POOL_MAX, sizeof(*c->pool));
	c->x = exec_new(&options);
	s->state = c->x && c->pool ? WORKER_RUNS : WORKER_FAILED;
	while (s->state == WORKER_RUNS && s->next < c->opt.programs) {
		if (!one_program(c, s->next))
			break;
		s->next++;
	}
	if (s->state == WORKER_RUNS)
		s->state = WORKER_DONE;
	death_alarm(0);
	exec_delete(c->x);
	pool_free(c);
}

/* --- its keeper ---------------------------------------------------------- */

static void progress(const struct campaign *c)
{
	fprintf(stderr, "\r%llu of %llu programs, %u findings ",
		(unsigned long long)c->s->next,
		(unsigned long long)c->opt.programs, c->s->nr_known);
}

/* Runs a worker to its end or death; false: there was none. */
static bool run_worker(struct campaign *c, bool *died)
{
	struct shared *s = c->s;
	enum child_state state;
	pid_t pid;

	*died = false;
	if (c->opt.in_process) {
		work(c);
		return true;
	}
	pid = sandbox_fork(&s->death);
	if (pid == 0) {
		work(c);
		_exit(0);
	}
	if (pid < 0)
		return false;
	while ((state = sandbox_wait(pid, &s->death, !c->opt.progress)) ==
	       CHILD_RUNS) {
		progress(c);
		usleep(PROGRESS_USEC);
	}
	if (c->opt.progress)
		fputs("\r\033[K", stderr);
	*died = state == CHILD_DIED;
	return true;
}

static bool published(const struct shared *s, struct program *p)
{
	p->nr = 0;
	if (!program_reserve(p, s->nr))
		return false;
	p->profile = s->profile;
	p->boot = s->boot;
	p->nr = s->nr;
	memcpy(p->op, s->op, s->nr * sizeof(*s->op));
	return true;
}

enum campaign_end campaign_run(struct campaign *c, struct program *p,
			       char signature[SIGNATURE_MAX], u64 *number)
{
	struct shared *s = c->s;
	bool died;

	while (s->next < c->opt.programs) {
		if (!run_worker(c, &died) ||
		    (!died && s->state == WORKER_FAILED)) {
			cmd_error("fuzz: no child process, or no memory");
			return CAMPAIGN_FAILED;
		}
		if (!died && s->state == WORKER_DONE)
			break;
		memcpy(signature, died ? s->death.signature : s->found,
		       SIGNATURE_MAX);
		*number = s->next++;
		if (died) {
			s->total.programs++;
			s->total.findings++;
			s->digest = cmd_fold_text(s->digest, signature);
		}
		if (known(s, signature) || s->nr_known == KNOWN_MAX)
			continue;
		memcpy(s->known[s->nr_known++], signature, SIGNATURE_MAX);
		return published(s, p) ? CAMPAIGN_FOUND : CAMPAIGN_FAILED;
	}
	return CAMPAIGN_DONE;
}
