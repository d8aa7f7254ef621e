/* SPDX-License-Identifier: MIT */
/*
 * mmtwin/repro.h - what the C programs of `mmtwin repro` have in common: a
 * machine is booted, its calls are made one after the other, and what differs
 * from what the model expects ends the program with 1.
 *
 *	int main(void)
 *	{
 *		struct page *page1 = NULL;
 *
 *		repro_begin("__free_page-r1-report");
 *		boot("ram=24M cpus=2");
 *
 *		call(1, "alloc_page");
 *		page1 = alloc_page(GFP_KERNEL);
 *		call_as(2, "__free_page", 1, TASK_IRQ, 0);
 *		__free_page(page1);
 *		expect("report", REPORT_none, mm_report(mmtwin_machine));
 *		return repro_end();
 *	}
 *
 * Exit status: 0 nothing differs, 1 "FINDING signature", 2 the machine cannot
 * boot.  A program is one file: this one defines mmtwin_machine.  Calls for
 * which Linux has no name of its own follow; the rest is in linux/ and asm/.
 */
#ifndef _MMTWIN_REPRO_H
#define _MMTWIN_REPRO_H

#include <asm/io.h>
#include <linux/highmem.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

MMTWIN_DEFINE_MACHINE

/* What is running: for the signature of what breaks on the way. */
struct repro {
	const char *signature; /* of the finding that is to be shown */
	const char *op;	       /* the call's name */
	u32 at;		       /* its place in the program, from 1 */
	struct task task;
};

static struct repro repro = { .op = "boot" };

/* --- findings ------------------------------------------------------------- */

static inline void repro_fail(const char *signature)
{
	printf("FINDING %s\n", signature);
	exit(1);
}

/* op-clause-field, as the replay signs what the machine says of itself. */
static inline void repro_broken(const char *clause, const char *field)
{
	char text[80], *s = text;

	snprintf(text, sizeof(text), "%s-%.*s-%s", repro.op,
		 (int)strcspn(clause, ": "), clause, field);
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
	printf("%s, op %u: %s\n", repro.op, repro.at, clause);
	repro_fail(text);
}

static inline void repro_on_panic(void *arg, const char *clause)
{
	(void)arg;
	repro_broken(clause, "check");
}

/* The machine's own invariants hold. */
static inline void validate(enum validate_depth depth)
{
	const char *clause = machine_validate(mmtwin_machine, depth);

	if (clause)
		repro_broken(clause, "validate");
}

static inline void repro_expect(const char *what, u64 model, u64 machine)
{
	if (model == machine)
		return;
	printf("%s, op %u: %s: the model expects %#llx, the machine has "
	       "%#llx\n",
	       repro.op, repro.at, what, (unsigned long long)model,
	       (unsigned long long)machine);
	repro_fail(repro.signature);
}

#define expect(what, model, machine)                                           \
	repro_expect(what, (u64)(model), (u64)(machine))

/* --- the machine ---------------------------------------------------------- */

/* signature: of the finding that the program is about, "" for none. */
static inline void repro_begin(const char *signature)
{
	repro.signature = signature;
	setvbuf(stdout, NULL, _IONBF, 0); /* what follows may crash */
}

static inline void repro_refused(const char *line, const char *why)
{
	fprintf(stderr, "%s: %s\n", line, why);
	exit(2);
}

/* Up to the point before mem_init, where bootmem's calls are valid. */
static inline void boot_early(const char *text)
{
	struct machine *m = machine_new();
	struct boot_line line;
	const char *why;
	char buf[128];
	size_t at;

	if (!m)
		repro_refused(text, "no memory");
	mmtwin_machine = m;
	machine_on_panic(m, repro_on_panic, NULL);
	why = boot_line_parse(text, &line, &at, buf);
	if (!why)
		why = machine_boot(m, &line);
	if (why)
		repro_refused(text, why);
}

/* Page frames, then caches. */
static inline void boot_late(void)
{
	const char *why;

	validate(VALIDATE_QUICK);
	machine_mem_init(mmtwin_machine);
	validate(VALIDATE_QUICK);
	mm_set_current(mmtwin_machine, (struct task){ 0 });
	why = machine_kmem_cache_init(mmtwin_machine);
	if (why)
		repro_refused("kmem_cache_init", why);
	validate(VALIDATE_FULL);
}

static inline void boot(const char *line)
{
	boot_early(line);
	boot_late();
}

/* Nothing differed.  The digest is what `mmtwin run --digests' says, too. */
static inline int repro_end(void)
{
	printf("nothing differs, digest=%016llx\n",
	       (unsigned long long)machine_digest(mmtwin_machine));
	machine_delete(mmtwin_machine);
	return 0;
}

/* --- calls ---------------------------------------------------------------- */

/* The task's next call; what the last one drew is forgotten. */
static inline void call_again(void)
{
	mm_set_current(mmtwin_machine, repro.task);
}

/*
 * Op `at` of the program is next, of a task on that CPU with these TASK_*
 * flags; the fail_nth-th page allocation inside it fails, 0: none.
 */
static inline void call_as(u32 at, const char *op, unsigned int cpu,
			   unsigned int flags, unsigned int fail_nth)
{
	repro.at = at;
	repro.op = op;
	repro.task.cpu = (u8)cpu;
	repro.task.flags = (u8)flags;
	repro.task.fail_nth = (u8)fail_nth;
	call_again();
}

/* ... of a task on CPU 0 that may sleep. */
static inline void call(u32 at, const char *op)
{
	call_as(at, op, 0, 0, 0);
}

/* The i-th move since then; NR_TRACE_EVENTS: there are fewer. */
static inline struct trace_record move(u32 i)
{
	u32 nr;
	const struct trace_record *trace = mm_trace(mmtwin_machine, &nr);

	if (i >= nr)
		return (struct trace_record){ .event = NR_TRACE_EVENTS };
	return trace[i];
}

/* --- sleepers ------------------------------------------------------------- */

#define REPRO_SLEEPERS_MAX 128u

static struct repro_sleeper {
	u32 ticket; /* 0: nobody */
	struct task task;
	void **result; /* or NULL */
	bool in_kmap;  /* else on a pool */
} repro_sleeper[REPRO_SLEEPERS_MAX];

/* If the last call fell asleep, it goes on in wake(), and *result is its. */
static inline void may_sleep(void **result, bool in_kmap)
{
	struct repro_sleeper *s = repro_sleeper;
	u32 ticket = mm_blocked(mmtwin_machine);

	if (!ticket)
		return;
	while (s->ticket)
		s++;
	*s = (struct repro_sleeper){ ticket, repro.task, result, in_kmap };
	s->task.fail_nth = 0;
}

static inline void repro_resume(struct repro_sleeper *s)
{
	void *got;

	mm_set_current(mmtwin_machine, s->task);
	if (s->in_kmap)
		got = (void *)mmtwin_host(
			mm_kmap_resume(mmtwin_machine, s->ticket));
	else
		got = mm_mempool_resume(mmtwin_machine, s->ticket);
	if (got && s->result)
		*s->result = got;
	if (!mm_blocked(mmtwin_machine))
		s->ticket = 0;
}

/* Who was woken by the last call goes on. */
static inline void wake(void)
{
	u32 ticket, i;

	while ((ticket = mm_woken(mmtwin_machine))) {
		for (i = 0; i < REPRO_SLEEPERS_MAX; i++)
			if (repro_sleeper[i].ticket == ticket)
				break;
		if (i == REPRO_SLEEPERS_MAX)
			repro_broken("E2: who is woken had fallen asleep",
				     "ticket");
		repro_resume(&repro_sleeper[i]);
	}
}

#include <mmtwin/repro_calls.h>

#endif
