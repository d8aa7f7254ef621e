/* SPDX-License-Identifier: MIT */
/*
 * pc.h - what the tests of the machine share: a PC at the flick of a boot
 * line, a trap for its panics, and a source of chance.
 *
 * Of a 32-bit host's process only one machine can live at a time, and lines
 * of too much RAM cannot boot: these are counted, so that a test can say how
 * many it has skipped.
 */
#ifndef ALLOC_TESTS_PC_H
#define ALLOC_TESTS_PC_H

#include <setjmp.h>
#include <stdlib.h>

#include "../../ci/test.h"
#include "../mm.h"
#include "../page.h"

#define HOST_32BIT (sizeof(void *) == 4)

/* low 20M, high 4M, two CPUs: three zones, and all of it small */
#define SMALL_PC "ram=24M vmalloc=1004M cpus=2"

static const struct task task_plain;
static unsigned int pcs_too_large;

static inline _Noreturn void pc_end(const char *line, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", test_running, line, why);
	exit(1);
}

static inline struct boot_line pc_words(const char *text)
{
	struct boot_line line;
	char buf[128];
	const char *why;
	size_t at;

	why = boot_line_parse(text, &line, &at, buf);
	if (why)
		pc_end(text, why);
	return line;
}

/* NULL: it boots, and is in the time of bootmem; else why it does not. */
static inline const char *pc_boot_why(struct machine *m, const char *text)
{
	const struct boot_line line = pc_words(text);

	return machine_boot(m, &line);
}

static inline struct machine *pc_new(void)
{
	struct machine *m = machine_new();

	if (!m)
		pc_end("machine_new", "no machine");
	return m;
}

/* In the time of bootmem. */
static inline struct machine *pc_bootmem(const char *text)
{
	struct machine *m = pc_new();
	const char *why = pc_boot_why(m, text);

	if (why)
		pc_end(text, why);
	return m;
}

/* Running. */
static inline struct machine *pc_on(const char *text)
{
	struct machine *m = pc_bootmem(text);

	machine_mem_init(m);
	return m;
}

/* Running, or NULL: only a 64-bit host has the room. */
static inline struct machine *pc_on_if_it_fits(const char *text)
{
	struct machine *m = pc_new();
	const char *why = pc_boot_why(m, text);

	if (!why) {
		machine_mem_init(m);
		return m;
	}
	if (!HOST_32BIT || strcmp(why, "too large for a 32-bit host") != 0)
		pc_end(text, why);
	pcs_too_large++;
	machine_delete(m);
	return NULL;
}

static inline struct page *pc_alloc(struct machine *m, gfp_t gfp, u32 order)
{
	mm_set_current(m, task_plain);
	return mm_alloc_pages(m, gfp, order);
}

static inline void pc_free(struct machine *m, struct page *page, u32 order)
{
	mm_set_current(m, task_plain);
	mm__free_pages(m, page, order);
}

/* How many of these the call announced. */
static inline u32 pc_events(struct machine *m, enum trace_event event)
{
	const struct trace_record *trace;
	u32 nr, found = 0;

	trace = mm_trace(m, &nr);
	for (u32 i = 0; i < nr; i++)
		found += trace[i].event == event;
	return found;
}

static inline struct zone *pc_zone(struct machine *m, enum zone_id id)
{
	return &m->data->node_zones[id];
}

static inline u32 pc_reserved_pfn(void)
{
	return KERNEL_START >> PAGE_SHIFT;
}

#define EXPECT_SOUND(m)                                                        \
	EXPECT_STR("sound", pc_broken(machine_validate(m, VALIDATE_FULL)))

static inline const char *pc_broken(const char *clause)
{
	return clause ? clause : "sound";
}

/* --- panics --------------------------------------------------------------- */

struct pc_trap {
	jmp_buf env;
	const char *volatile clause;
};

static inline void pc_trap_springs(void *arg, const char *clause)
{
	struct pc_trap *trap = arg;

	trap->clause = clause;
	longjmp(trap->env, 1);
}

/* The clause that fails when this is done, or "sound". */
static inline const char *pc_panic_of(struct machine *m,
				      void (*act)(struct machine *m))
{
	struct pc_trap trap = { .clause = "sound" };

	machine_on_panic(m, pc_trap_springs, &trap);
	if (!setjmp(trap.env))
		act(m);
	machine_on_panic(m, NULL, NULL);
	return trap.clause;
}

/* --- chance --------------------------------------------------------------- */

struct pc_dice {
	u32 state;
};

/* 0 .. sides - 1 */
static inline u32 pc_roll(struct pc_dice *dice, u32 sides)
{
	dice->state = dice->state * 1664525 + 1013904223;
	return (u32)((u64)(dice->state >> 8) * sides >> 24);
}

#endif
