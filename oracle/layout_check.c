// SPDX-License-Identifier: MIT
/*
 * layout_check.c - the machine's layout against the model's, field by field,
 * so that the one that differs is named.
 */
#include "judge.h"

struct field {
	enum rule rule;
	const char *name;
	size_t at; /* of a u32 in struct mm_layout */
};

#define PLAIN(rule, member)                                                    \
	{                                                                      \
		RULE_##rule, #member, offsetof(struct mm_layout, member)       \
	}
#define ZONED(rule, member)                                                    \
	PLAIN(rule, zone[0].member), PLAIN(rule, zone[1].member),              \
		PLAIN(rule, zone[2].member)

static const struct field fields[] = {
	PLAIN(L2, nr_cpus),
	PLAIN(L16, cache_line),
	PLAIN(L17, slab_debug),
	PLAIN(L18, pse),
	PLAIN(L19, kmap_strict),
	PLAIN(I7, nr_devices),
	PLAIN(L3, max_pfn),
	PLAIN(L4, max_low_pfn),
	PLAIN(L4, highstart_pfn),
	PLAIN(L4, highend_pfn),
	PLAIN(L5, max_mapnr),
	PLAIN(L6, high_memory),
	PLAIN(L7, vmalloc_start),
	PLAIN(L7, vmalloc_end),
	PLAIN(L8, pkmap_base),
	PLAIN(L8, fixaddr_start),
	PLAIN(L9, totalram_pages),
	PLAIN(L9, totalhigh_pages),
	ZONED(L10, start_pfn),
	ZONED(L10, spanned_pages),
	ZONED(L10, present_pages),
	PLAIN(L11, nr_zonelist[0]),
	PLAIN(L11, nr_zonelist[1]),
	PLAIN(L11, nr_zonelist[2]),
	ZONED(L12, pcp[PCP_HOT].low),
	ZONED(L12, pcp[PCP_HOT].high),
	ZONED(L12, pcp[PCP_HOT].batch),
	ZONED(L12, pcp[PCP_COLD].low),
	ZONED(L12, pcp[PCP_COLD].high),
	ZONED(L12, pcp[PCP_COLD].batch),
	PLAIN(L13, min_free_kbytes),
	ZONED(L14, pages_min),
	ZONED(L14, pages_low),
	ZONED(L14, pages_high),
	ZONED(L15, lowmem_reserve[0]),
	ZONED(L15, lowmem_reserve[1]),
	ZONED(L15, lowmem_reserve[2]),
};

static u32 value(const struct mm_layout *l, const struct field *f)
{
	return *(const u32 *)((const u8 *)l + f->at);
}

static bool zonelists_check(struct model *o, const struct mm_layout *machine,
			    struct divergence *d)
{
	static const char *const name[NR_ZONES] = { "zonelist[0]",
						    "zonelist[1]",
						    "zonelist[2]" };
	const struct mm_layout *l = &o->now.layout;

	for (int i = 0; i < NR_ZONES; i++)
		for (u32 k = 0; k < l->nr_zonelist[i]; k++)
			if (!must(o, d, RULE_L11, name[i], l->zonelist[i][k],
				  machine->zonelist[i][k]))
				return false;
	return true;
}

bool layout_check(struct model *o, const struct mm_layout *machine,
		  struct divergence *d)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct field *f = &fields[i];

		if (!must(o, d, f->rule, f->name, value(&o->now.layout, f),
			  value(machine, f)))
			return false;
	}
	return zonelists_check(o, machine, d);
}
