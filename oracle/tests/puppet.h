/* SPDX-License-Identifier: MIT */
/*
 * puppet.h - an honest machine for the model's tests.
 *
 * A pair is the model under test, `o`, and a puppet: a second model, `t`,
 * whose buddy and lists a test moves by hand, so that it can announce what an
 * honest machine would.  A test lets the puppet move, falsifies one fact, and
 * sees which rule the model names.  That the puppet's figures are the right
 * ones is shown elsewhere, by numbers worked out on paper.
 */
#ifndef ORACLE_PUPPET_H
#define ORACLE_PUPPET_H

#include "../host.h"
#include "../model.h"
#include "../../ci/test.h"

#include <stdlib.h>

#define PUPPET_TRACE 8192
#define M(x) ((u64)(x) << 20)

struct pair {
	struct model *o, *t;
	struct outcome out;
	struct trace_record trace[PUPPET_TRACE];
	struct divergence d;
	struct boot_claims claims;
	u8 *ram;
	size_t ram_bytes;
};

/* --- boot --------------------------------------------------------------- */

static inline struct boot_line line_of(u64 ram, u64 vmalloc, u64 cpus)
{
	struct boot_line line = { .nr = 0 };

	line.word[line.nr++] =
		(struct boot_word){ .kind = BOOT_RAM, .size = ram };
	line.word[line.nr++] =
		(struct boot_word){ .kind = BOOT_CPUS, .size = cpus };
	if (vmalloc)
		line.word[line.nr++] = (struct boot_word){ .kind = BOOT_VMALLOC,
							   .size = vmalloc };
	return line;
}

static inline void pair_delete(struct pair *p)
{
	model_delete(p->o);
	model_delete(p->t);
	model_host_free(p->ram, p->ram_bytes);
	free(p);
}

/* The puppet is at the end of boot, p->claims are its; the model is new. */
static inline struct pair *pair_new(const struct boot_line *line)
{
	struct pair *p = calloc(1, sizeof(*p));
	struct divergence d;

	if (!p)
		abort();
	p->o = model_new();
	p->t = model_new();
	p->out.trace = p->trace;
	model_boot(p->t, line, false, NULL, 0, &d);
	if (p->t->now.phase == PHASE_BOOTMEM)
		p->claims = p->t->claims;
	return p;
}

static inline bool pair_boots(struct pair *p, const struct boot_line *line)
{
	return model_boot(p->o, line, false, p->claims.claim, p->claims.nr,
			  &p->d);
}

static inline void pair_ram(struct pair *p)
{
	struct ram_view ram;

	p->ram_bytes = (size_t)p->o->nr_frames * PAGE_SIZE;
	p->ram = model_host_alloc(p->ram_bytes);
	if (!p->ram)
		abort();
	ram = (struct ram_view){ (uintptr_t)p->ram, (uintptr_t)p->ram,
				 p->o->now.layout.max_low_pfn,
				 p->o->nr_frames };
	model_set_ram(p->o, &ram);
}

/* A pair that is booted, before mem_init; with memory for contents. */
static inline struct pair *pair_bootmem(u64 ram, u64 vmalloc, u64 cpus)
{
	struct boot_line line = line_of(ram, vmalloc, cpus);
	struct pair *p = pair_new(&line);

	EXPECT(pair_boots(p, &line));
	pair_ram(p);
	return p;
}

static inline bool pair_mem_init(struct pair *p)
{
	struct mm_layout none = { 0 };
	struct divergence d;

	model_mem_init(p->t, &none, &d);
	return model_mem_init(p->o, &p->t->now.layout, &p->d);
}

static inline struct pair *pair_run(u64 ram, u64 vmalloc, u64 cpus)
{
	struct pair *p = pair_bootmem(ram, vmalloc, cpus);

	EXPECT(pair_mem_init(p));
	model_snapshot(p->o);
	return p;
}

/* The machine of most tests: 16 MiB of DMA, 4 MiB each of the others. */
static inline struct pair *pair_small(void)
{
	return pair_run(M(24), M(1004), 2);
}

/* --- the puppet's moves ------------------------------------------------- */

static inline void begin(struct pair *p)
{
	p->out = (struct outcome){ .task = p->out.task, .trace = p->trace };
}

static inline void announce(struct pair *p, struct trace_record r)
{
	if (p->out.nr_trace < PUPPET_TRACE)
		p->trace[p->out.nr_trace++] = r;
}

static inline void puppet_refill(struct pair *p, u32 ring)
{
	u32 zone = ring_zone(ring), temp = ring_temp(ring);
	u32 batch = p->t->now.layout.zone[zone].pcp[temp].batch;

	while (batch--) {
		pfn_t pfn = buddy_take(p->t, zone, 0);

		if (pfn == PFN_NONE)
			return;
		announce(p, (struct trace_record){
				    TRACE_mm_page_alloc_zone_locked, 0,
				    (u8)zone, (u8)temp, pfn, 1 });
		pcp_append(p->t, ring, pfn);
	}
}

/* Success from this zone, without a shortage. */
static inline pfn_t puppet_alloc(struct pair *p, u32 zone, gfp_t gfp,
				 unsigned int order)
{
	u32 temp = gfp & __GFP_COLD ? PCP_COLD : PCP_HOT;
	u32 ring = ring_of(p->out.task.cpu, zone, temp);
	struct frame *f;
	pfn_t pfn;

	if (order) {
		pfn = buddy_take(p->t, zone, order);
		announce(p, (struct trace_record){
				    TRACE_mm_page_alloc_zone_locked, (u8)order,
				    (u8)zone, 0, pfn, 0 });
	} else {
		if (p->t->now.pcp[ring] <=
		    p->t->now.layout.zone[zone].pcp[temp].low)
			puppet_refill(p, ring);
		pfn = pcp_head(p->t, ring);
		pcp_drop_head(p->t, ring);
	}
	f = frame_touch(p->t, pfn);
	f->is = IS_ALLOCATED;
	f->order = (u8)order;
	f->count = 1;
	announce(p, (struct trace_record){ TRACE_mm_page_alloc, (u8)order,
					   (u8)zone, 0, pfn, gfp });
	return pfn;
}

static inline void puppet_drain(struct pair *p, u32 ring, u32 nr)
{
	while (nr--) {
		pfn_t pfn = pcp_tail(p->t, ring);

		announce(p,
			 (struct trace_record){ TRACE_mm_page_pcpu_drain, 0,
						(u8)ring_zone(ring),
						(u8)ring_temp(ring), pfn, 0 });
		pcp_drop_tail(p->t, ring);
		buddy_give(p->t, pfn, 0);
	}
}

static inline void puppet_free(struct pair *p, pfn_t pfn, u32 temp)
{
	struct frame *f = frame_touch(p->t, pfn);
	u32 zone = zone_of(p->t, pfn);
	u32 ring = ring_of(p->out.task.cpu, zone, temp);
	const struct zone_layout *z = &p->t->now.layout.zone[zone];

	announce(p, (struct trace_record){ TRACE_mm_page_free, f->order,
					   (u8)zone, (u8)temp, pfn, 0 });
	f->count = 0;
	if (f->order) {
		buddy_give(p->t, pfn, f->order);
		return;
	}
	if (p->t->now.pcp[ring] >= z->pcp[temp].high)
		puppet_drain(p, ring, z->pcp[temp].batch);
	pcp_push(p->t, ring, pfn);
}

/* --- whole calls, honest ------------------------------------------------ */

static inline pfn_t good_alloc(struct pair *p, u32 zone, gfp_t gfp,
			       unsigned int order)
{
	pfn_t pfn;

	begin(p);
	pfn = puppet_alloc(p, zone, gfp, order);
	EXPECT(model_alloc_pages(p->o, &p->out, gfp, order, pfn, &p->d));
	return pfn;
}

static inline void good_free(struct pair *p, pfn_t pfn, unsigned int order)
{
	begin(p);
	EXPECT(model_before_free(p->o, pfn, &p->d));
	puppet_free(p, pfn, PCP_HOT);
	EXPECT(model_free_pages(p->o, &p->out, pfn, order, &p->d));
}

/* A report, and nothing else. */
static inline const struct outcome *reported(struct pair *p,
					     enum report_kind kind)
{
	begin(p);
	p->out.report = kind;
	return &p->out;
}

static inline const struct outcome *silent(struct pair *p)
{
	return reported(p, REPORT_none);
}

#endif
