// SPDX-License-Identifier: MIT
/*
 * verify.c - checks that belong to no one call: the aggregates, after every
 * op, and single frames.
 *
 * The aggregates are compared as rows of words; only where a row differs is
 * the field looked for and named.
 */
#include "judge.h"

#define ZONE_WORDS (NR_ZONES + NR_ZONES * MAX_ORDER)
#define LIST_WORDS (NR_ZONES * NR_PCP_TEMPS)

_Static_assert(offsetof(struct mm_counts, nr_free) == NR_ZONES * sizeof(u32),
	       "free_pages and nr_free are one row");
_Static_assert(offsetof(struct mm_counts, pcp) == ZONE_WORDS * sizeof(u32),
	       "and pcp follows it");

#define ORDERS(z)                                                              \
	"nr_free[" z "][0]", "nr_free[" z "][1]", "nr_free[" z "][2]",         \
		"nr_free[" z "][3]", "nr_free[" z "][4]", "nr_free[" z "][5]", \
		"nr_free[" z "][6]", "nr_free[" z "][7]", "nr_free[" z "][8]", \
		"nr_free[" z "][9]", "nr_free[" z "][10]"

static const char *const zone_field[ZONE_WORDS] = {
	"free_pages[0]", "free_pages[1]", "free_pages[2]",
	ORDERS("0"),	 ORDERS("1"),	  ORDERS("2"),
};

static const char *const list_field[LIST_WORDS] = {
	"pcp[0].hot",  "pcp[0].cold", "pcp[1].hot",
	"pcp[1].cold", "pcp[2].hot",  "pcp[2].cold",
};

#define ROW 6u

_Static_assert(ZONE_WORDS % ROW == 0 && LIST_WORDS % ROW == 0, "whole rows");

/*
 * The first word of two rows that differs; nr, a multiple of ROW: none.  Word
 * by word: the machine has only just stored them so, and wider loads would
 * have to wait for those stores.
 */
static inline u32 row_differs(const u32 *a, const u32 *b, u32 nr)
{
	u32 bits = 0, at = 0;

	for (u32 i = 0; i < nr; i += ROW)
		for (u32 k = 0; k < ROW; k++) {
			bits |= a[i + k] ^ b[i + k];
			__asm__("" : "+r"(bits));
		}
	if (likely(!bits))
		return nr;
	while (a[at] == b[at])
		at++;
	return at;
}

bool model_check_counts(struct model *o, unsigned int cpu,
			const struct mm_counts *machine, struct divergence *d)
{
	const u32 *want = (const u32 *)(const void *)&o->now.counts;
	const u32 *zones = (const u32 *)(const void *)machine;
	const u32 *list = &o->now.pcp[ring_of(cpu % NR_CPUS, 0, 0)];
	const u32 *pcp = zones + ZONE_WORDS;
	u32 at = row_differs(want, zones, ZONE_WORDS);

	rule_hit(o, RULE_K1);
	rule_hit(o, RULE_K2);
	if (unlikely(at < ZONE_WORDS))
		return diverge(d, at < NR_ZONES ? RULE_K1 : RULE_K2,
			       zone_field[at], want[at], zones[at]);
	at = row_differs(list, pcp, LIST_WORDS);
	rule_hit(o, RULE_K3);
	if (unlikely(at < LIST_WORDS))
		return diverge(d, RULE_K3, list_field[at], list[at], pcp[at]);
	return must(o, d, RULE_K4, "kswapd_max_order",
		    o->now.counts.kswapd_max_order, machine->kswapd_max_order);
}

static struct frame_view view_of(const struct model *o, pfn_t pfn)
{
	const struct frame *f, *head;

	if (pfn >= o->now.layout.max_mapnr)
		return (struct frame_view){ .state = FRAME_RESERVED };
	f = &o->frame[pfn];
	switch (f->is) {
	case IS_FREE:
		return (struct frame_view){ .state = FRAME_BUDDY,
					    .order = f->order,
					    .head = 1 };
	case IS_PCP:
		return (struct frame_view){ .state = FRAME_PCP };
	case IS_ALLOCATED:
		return (struct frame_view){
			.state = FRAME_ALLOCATED,
			.order = f->order,
			.head = 1,
			.slab = !!(f->marks & MARK_SLAB),
			.compound = !!(f->marks & MARK_COMPOUND),
			.count = f->count,
			.table = !!(f->marks & MARK_TABLE),
			.mapcount = f->mapcount,
			.kmapcount = f->kmapcount,
		};
	case IS_INSIDE:
		head = &o->frame[block_of(o, pfn)];
		if (head->is == IS_FREE)
			return (struct frame_view){ .state = FRAME_BUDDY };
		return (struct frame_view){
			.state = FRAME_TAIL,
			.slab = !!(head->marks & MARK_SLAB),
			.compound = !!(head->marks & MARK_COMPOUND),
		};
	default:
		return (struct frame_view){ .state = FRAME_RESERVED,
					    .count = f->count };
	}
}

void model_frame_view(const struct model *o, pfn_t pfn, struct frame_view *out)
{
	*out = view_of(o, pfn);
}

bool model_check_frame(struct model *o, pfn_t pfn,
		       const struct frame_view *machine, struct divergence *d)
{
	struct frame_view want = view_of(o, pfn);

	return must(o, d, RULE_F5, "state", want.state, machine->state) &&
	       must(o, d, RULE_F6, "order", want.order, machine->order) &&
	       must(o, d, RULE_F7, "head", want.head, machine->head) &&
	       must(o, d, RULE_F8, "compound", want.compound,
		    machine->compound) &&
	       must(o, d, RULE_F10, "slab", want.slab, machine->slab) &&
	       must(o, d, RULE_F9, "count", want.count, machine->count) &&
	       must(o, d, RULE_F11, "table", want.table, machine->table) &&
	       must(o, d, RULE_F12, "mapcount", want.mapcount,
		    machine->mapcount) &&
	       must(o, d, RULE_V12, "kmapcount", want.kmapcount,
		    machine->kmapcount);
}
