// SPDX-License-Identifier: MIT
/*
 * gen_map.c - the generator's guess at what a program's ops do: how many
 * free blocks each zone has, and which slots hold a block.
 *
 * Blocks have an order here and no address, and freed ones merge by chance.
 * That is enough to tell about when a zone runs dry, so that ops further on
 * refer to slots that hold something.  Left out: per-CPU lists, kswapd's
 * marks, fragmentation by place.
 * Validator: fuzz/tests/test_gen.c counts how often a guess leads astray.
 */
#include "gen_state.h"

#include "../alloc/mm.h"

#include <string.h>

#define MB (1u << 20)
#define DMA_PFNS 4096u
#define LOW_MB 1024u	      /* the kernel's gigabyte */
#define VMALLOC_MB 128u	      /* the default of vmalloc= */
#define KERNEL_END_PFN 0x406u /* image, page tables, bitmap and some slack */

/* --- the memory map ------------------------------------------------------ */

static u32 zone_start(const struct gen *g, u32 zone)
{
	u32 dma = g->low_pfn < DMA_PFNS ? g->low_pfn : DMA_PFNS;

	return zone == ZONE_DMA ? 0 : zone == ZONE_NORMAL ? dma : g->low_pfn;
}

/* Frames [start, end) of one zone: as aligned blocks, the largest first. */
static void zone_fill(struct gen_zone *z, u32 start, u32 end)
{
	while (start < end) {
		u32 order = MAX_ORDER - 1;

		while (start & ((1u << order) - 1) ||
		       start + (1u << order) > end)
			order--;
		z->nr[order]++;
		z->free += 1u << order;
		start += 1u << order;
	}
}

static u32 zone_end(const struct gen *g, u32 zone)
{
	return zone == ZONE_HIGHMEM ? g->max_pfn : zone_start(g, zone + 1);
}

static void map_fill(struct gen *g, u64 start, u64 end)
{
	u32 first = (u32)((start + PAGE_SIZE - 1) >> PAGE_SHIFT);
	u32 last = (u32)(end >> PAGE_SHIFT);
	u32 zone;

	for (zone = 0; zone < NR_ZONES; zone++) {
		u32 from = zone_start(g, zone);
		u32 to = zone_end(g, zone);

		if (from < first)
			from = first;
		if (to > last)
			to = last;
		if (from >= to)
			continue;
		zone_fill(&g->zone[zone], from, to);
	}
}

/* The last word of a kind, or NULL. */
static const struct boot_word *last_word(const struct boot_line *line, u32 kind)
{
	u32 i;

	for (i = line->nr; i > 0; i--)
		if (line->word[i - 1].kind == kind)
			return &line->word[i - 1];
	return NULL;
}

static u32 size_pfns(const struct boot_word *w, u32 otherwise)
{
	u64 pfns = w ? w->size >> PAGE_SHIFT : otherwise;

	return pfns > 0x100000 ? 0x100000 : (u32)pfns;
}

/* The end of memory, and of low memory. */
static void map_ends(struct gen *g, const struct boot_line *line)
{
	u32 vmalloc = size_pfns(last_word(line, BOOT_VMALLOC), VMALLOC_MB << 8);
	u32 limit = size_pfns(last_word(line, BOOT_MEM), 0x100000);
	u32 high = size_pfns(last_word(line, BOOT_HIGHMEM), 0);
	u32 i;

	g->max_pfn = 1;
	for (i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];
		u64 end = (w->start + w->size) >> PAGE_SHIFT;

		if (w->kind != BOOT_RAM && w->kind != BOOT_E820)
			continue;
		if (w->kind == BOOT_RAM || w->type == E820_RAM)
			if (end > g->max_pfn)
				g->max_pfn =
					end > 0x100000 ? 0x100000 : (u32)end;
	}
	if (limit && limit < g->max_pfn)
		g->max_pfn = limit;
	g->low_pfn = vmalloc < LOW_MB << 8 ? (LOW_MB << 8) - vmalloc : 1;
	if (g->low_pfn > g->max_pfn)
		g->low_pfn = g->max_pfn;
	if (high && high < g->low_pfn && g->max_pfn - high < g->low_pfn)
		g->low_pfn = g->max_pfn - high;
}

/* RAM that the kernel image and mem_map leave over. */
static void map_ram(struct gen *g, const struct boot_line *line)
{
	u64 mem_map = (u64)g->max_pfn * PAGE_STRUCT_BYTES + PAGE_SIZE;
	u64 behind = (u64)KERNEL_END_PFN << PAGE_SHIFT;
	u64 goal = (u64)DMA_PFNS << PAGE_SHIFT;
	u32 i;

	/* mem_map is at 16 MiB if it fits there, else behind the kernel */
	if (goal + mem_map > (u64)g->low_pfn << PAGE_SHIFT)
		goal = behind;
	map_fill(g, PAGE_SIZE, PC_EBDA_START);
	for (i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];
		u64 start = w->start, end = w->start + w->size;

		if (w->kind != BOOT_RAM &&
		    (w->kind != BOOT_E820 || w->type != E820_RAM))
			continue;
		if (start < behind)
			start = behind;
		if (goal >= start && goal + mem_map <= end) {
			map_fill(g, start, goal);
			start = goal + mem_map;
		}
		if (start < end)
			map_fill(g, start, end);
	}
}

/* The largest x with x * x <= n */
static u32 root(u32 n)
{
	u32 bit, x = 0;

	for (bit = 1u << 15; bit; bit >>= 1)
		if ((u64)(x | bit) * (x | bit) <= n)
			x |= bit;
	return x;
}

void gen_map_watermarks(struct gen *g)
{
	u64 low = g->low_pfn;
	u32 zone, class;

	for (zone = 0; zone < NR_ZONES; zone++) {
		struct gen_zone *z = &g->zone[zone];
		u64 min;

		z->spanned = zone_end(g, zone) - zone_start(g, zone);
		min = (u64)g->min_kb / 4 * z->spanned / (low ? low : 1);

		if (zone == ZONE_HIGHMEM)
			min = z->spanned / 1024 < 32 ? 32 : z->spanned / 1024;
		z->min = min > UINT32_MAX / 2 ? UINT32_MAX / 2 : (u32)min;
	}
	for (class = 1; class < NR_ZONES; class ++) {
		u64 above = 0;

		for (zone = class; zone-- > 0;) {
			u32 ratio = g->ratio[zone] ? g->ratio[zone] : 1;

			above += g->zone[zone + 1].spanned;
			g->zone[zone].reserve[class] = (u32)(above / ratio);
		}
	}
}

void gen_map_init(struct gen *g, const struct program *p)
{
	struct boot_line parsed;
	const struct boot_line *line = &p->boot;
	const struct boot_word *cpus;
	char why[128];
	size_t at;

	if (p->profile != PROFILE_FREE) {
		line = &parsed;
		if (boot_line_parse(profile_text[p->profile], &parsed, &at,
				    why))
			parsed.nr = 0;
	}
	cpus = last_word(line, BOOT_CPUS);
	g->cpus = cpus && cpus->size >= 1 && cpus->size <= NR_CPUS
			  ? (u32)cpus->size
			  : 1;
	map_ends(g, line);
	map_ram(g, line);
	g->min_kb = root(g->low_pfn * 64);
	g->ratio[ZONE_DMA] = 256;
	g->ratio[ZONE_NORMAL] = 32;
	gen_map_watermarks(g);
}

/* --- allocation ------------------------------------------------------------
 */

struct request {
	u32 gfp, order;
	bool address; /* wants an address: no high memory */
};

static struct request request_of(const struct op *op)
{
	const struct op_info *info = &op_info[op->code];
	int order = op_arg_of_kind(info, ARG_ORDER);
	int gfp = op_arg_of_kind(info, ARG_GFP);
	struct request q = { 0, 0, false };

	q.order = order >= 0 ? op->arg[order] : 0;
	q.gfp = gfp >= 0 ? op->arg[gfp] : 0;
	q.address = op->code != OP_alloc_pages && op->code != OP_alloc_page;
	if (op->code == OP___get_dma_pages)
		q.gfp |= __GFP_DMA;
	return q;
}

/* Calls that end in NULL whatever memory there is: misuse and injections. */
static bool request_refused(const struct request *q, const struct op *op)
{
	bool atomic = op->flags & (TASK_ATOMIC | TASK_IRQ);
	u32 zone = q->gfp & GFP_ZONEMASK;

	if (q->order >= MAX_ORDER || op->fail_nth == 1)
		return true;
	if (zone == GFP_ZONEMASK || (q->address && zone == __GFP_HIGHMEM))
		return true;
	if (atomic && q->gfp & __GFP_WAIT)
		return true;
	return op->flags & TASK_IRQ && q->gfp & __GFP_ZERO &&
	       zone == __GFP_HIGHMEM;
}

/* Frames that an allocation by this caller leaves free in a zone. */
static u32 zone_mark(const struct gen_zone *z, const struct request *q,
		     const struct op *op, u32 class)
{
	bool irq = op->flags & TASK_IRQ;
	u32 mark = z->min;

	if (!irq && op->flags & (TASK_MEMALLOC | TASK_MEMDIE) &&
	    !(q->gfp & __GFP_NOMEMALLOC))
		return 0;
	if (q->gfp & __GFP_HIGH)
		mark -= mark / 2;
	if (!(q->gfp & __GFP_WAIT) || (op->flags & TASK_RT && !irq))
		mark -= mark / 4;
	return q->gfp & __GFP_WAIT ? mark + z->reserve[class] : mark;
}

static u32 class_of(u32 gfp)
{
	return gfp & __GFP_DMA	     ? ZONE_DMA
	       : gfp & __GFP_HIGHMEM ? ZONE_HIGHMEM
				     : ZONE_NORMAL;
}

/* The zone that serves op, or NR_ZONES. */
static u32 zone_for(const struct gen *g, const struct op *op,
		    const struct request *q)
{
	u32 class = class_of(q->gfp), zone, order;

	if (request_refused(q, op))
		return NR_ZONES;
	for (zone = class + 1; zone-- > 0;) {
		const struct gen_zone *z = &g->zone[zone];

		if (z->free < zone_mark(z, q, op, class) + (1u << q->order))
			continue;
		for (order = q->order; order < MAX_ORDER; order++)
			if (z->nr[order])
				return zone;
	}
	return NR_ZONES;
}

bool gen_fails(const struct gen *g, const struct op *op)
{
	struct request q = request_of(op);

	return zone_for(g, op, &q) == NR_ZONES;
}

static void zone_take(struct gen_zone *z, u32 order)
{
	u32 from = order;

	while (!z->nr[from])
		from++;
	z->nr[from]--;
	while (from > order)
		z->nr[--from]++;
	z->free -= 1u << order;
}

/* A freed block finds its buddy free three times out of four. */
static void zone_give(struct gen *g, struct gen_zone *z, u32 order)
{
	z->free += 1u << order;
	while (order < MAX_ORDER - 1 && z->nr[order] && prng_below(g->r, 4)) {
		z->nr[order]--;
		order++;
	}
	z->nr[order]++;
}

/* --- slots ------------------------------------------------------------------
 */

static void slot_unlist(struct gen *g, u32 slot)
{
	u8 *at = memchr(g->live, (int)slot, g->nr_live);

	if (!at)
		return;
	g->nr_live--;
	memmove(at, at + 1, (size_t)(g->live + g->nr_live - at));
}

static void slot_fill(struct gen *g, u32 slot, const struct gen_slot *with)
{
	slot_unlist(g, slot);
	g->slot[slot] = *with;
	g->live[g->nr_live++] = (u8)slot;
	if (slot >= g->named)
		g->named = slot + 1;
}

static void slot_put(struct gen *g, u32 slot)
{
	struct gen_slot *s = &g->slot[slot];

	if (--s->refs)
		return;
	s->state = SLOT_FREED;
	zone_give(g, &g->zone[s->zone], s->order);
	slot_unlist(g, slot);
}

/* --- following an op --------------------------------------------------------
 */

static void follow_alloc(struct gen *g, const struct op *op)
{
	struct request q = request_of(op);
	u32 zone = zone_for(g, op, &q);
	struct gen_slot s = { .state = SLOT_LIVE, .refs = 1 };

	if (zone == NR_ZONES || op->out >= SLOTS_WIRE)
		return;
	s.order = (u8)q.order;
	s.zone = (u8)zone;
	s.comp = q.order && q.gfp & __GFP_COMP;
	zone_take(&g->zone[zone], q.order);
	slot_fill(g, op->out, &s);
}

static void follow_free(struct gen *g, const struct op *op)
{
	const struct op_info *info = &op_info[op->code];
	u32 slot = op->arg[op_arg_of_kind(info, ARG_PAGES_FREED)];
	int forder = op_arg_of_kind(info, ARG_FORDER);
	u32 order = forder >= 0 && op->arg[forder] ? op->arg[forder] - 1 : 0;
	bool by_address = op->code == OP_free_pages || op->code == OP_free_page;
	const struct gen_slot *s;

	if (slot >= SLOTS_WIRE)
		return;
	s = &g->slot[slot];
	if (s->state != SLOT_LIVE)
		return;
	if (by_address && s->zone == ZONE_HIGHMEM)
		return;
	if (forder >= 0 && op->arg[forder] == 0)
		order = s->order;
	if (order == s->order)
		slot_put(g, slot);
}

static void follow_ref(struct gen *g, const struct op *op)
{
	u32 slot = op->arg[0], frame = op->arg[1];
	struct gen_slot *s = slot < SLOTS_WIRE ? &g->slot[slot] : NULL;

	if (!s || s->state != SLOT_LIVE || (frame && !s->comp))
		return;
	if (op->code == OP_get_page)
		s->refs++;
	else if (op->code == OP_put_page &&
		 (s->order == 0 || s->comp || s->refs > 1))
		slot_put(g, slot);
}

static void follow_knob(struct gen *g, const struct op *op)
{
	if (op->code == OP_min_free_kbytes) {
		g->min_kb = op->arg[0];
	} else {
		g->ratio[ZONE_DMA] = op->arg[0];
		g->ratio[ZONE_NORMAL] = op->arg[1];
	}
	gen_map_watermarks(g);
}

static void follow_boot(struct gen *g, const struct op *op)
{
	struct gen_range range = { op->arg[0], op->arg[1] };

	/* what no machine would reserve need not be freed either */
	if (op->code == OP_reserve_bootmem &&
	    range.start < g->low_pfn * PAGE_SIZE)
		g->range[g->nr_ranges++ % GEN_RANGES] = range;
}

void gen_follow(struct gen *g, const struct op *op)
{
	switch (gen_role_of((enum op_code)op->code)) {
	case ROLE_ALLOC:
		follow_alloc(g, op);
		break;
	case ROLE_FREE:
		follow_free(g, op);
		break;
	case ROLE_REF:
		follow_ref(g, op);
		break;
	case ROLE_KNOB:
		follow_knob(g, op);
		break;
	case ROLE_BOOT:
		follow_boot(g, op);
		break;
	default:
		break;
	}
	g->cpu = op->cpu;
}
