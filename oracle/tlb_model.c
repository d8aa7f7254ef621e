// SPDX-License-Identifier: MIT
/*
 * tlb_model.c - what each CPU remembers of its walks: exact and without
 * limit, until it is dropped.
 *
 *	bucket[page % 64] -> entry -> entry ...	chained by index
 *	entry[0..nr)				in no order, without holes
 *
 * A page of 4 KiB and one of 4 MiB over it may both be there.  Where nothing
 * is remembered, dropping costs a test.  [SDM vol. 3, 4.10]
 *
 * Validator: translation_self_check(), in translation_self_check.c.
 */
#include "host.h"
#include "model.h"

#define ROOM_FIRST 64u

static vaddr_t page_of(vaddr_t addr, bool large)
{
	return addr & (large ? LARGE_BITS : FRAME_BITS);
}

static u32 *bucket_of(struct tlb *t, vaddr_t page, bool large)
{
	u32 key = large ? page >> 22 : page >> PAGE_SHIFT;

	return &t->bucket[(key ^ key >> 6) % TLB_BUCKETS];
}

const struct tlb_entry *tlb_find(const struct model *o, unsigned int cpu,
				 vaddr_t addr, bool large)
{
	const struct tlb *t = &o->tlb[cpu];
	vaddr_t page = page_of(addr, large);
	u32 key = large ? page >> 22 : page >> PAGE_SHIFT;
	u32 at = t->bucket[(key ^ key >> 6) % TLB_BUCKETS];

	for (; at; at = t->entry[at - 1].next) {
		const struct tlb_entry *e = &t->entry[at - 1];

		if (e->addr == page && e->large == large)
			return e;
	}
	return NULL;
}

static void count(struct tlb *t, const struct tlb_entry *e, u32 by)
{
	if (e->large)
		t->nr_large += by;
	if (e->word & TLB_GLOBAL)
		t->nr_global += by;
}

static bool room(struct tlb *t)
{
	u32 more = t->room ? 2 * t->room : ROOM_FIRST;
	struct tlb_entry *entry;

	if (t->nr < t->room)
		return true;
	entry = model_host_alloc(more * sizeof(*entry));
	if (!entry)
		return false;
	for (u32 i = 0; i < t->nr; i++)
		entry[i] = t->entry[i];
	model_host_free(t->entry, t->room * sizeof(*entry));
	t->entry = entry;
	t->room = more;
	return true;
}

bool tlb_put(struct model *o, unsigned int cpu, vaddr_t addr, bool large,
	     u32 word)
{
	struct tlb *t = &o->tlb[cpu];
	vaddr_t page = page_of(addr, large);
	u32 *bucket = bucket_of(t, page, large);

	tlb_drop_entry(o, cpu, addr, large);
	if (!room(t))
		return false;
	t->entry[t->nr] = (struct tlb_entry){ page, word, *bucket, large };
	count(t, &t->entry[t->nr], 1);
	*bucket = ++t->nr;
	return true;
}

/* Where the chain leads to the entry. */
static u32 *link_to(struct tlb *t, u32 index)
{
	const struct tlb_entry *e = &t->entry[index];
	u32 *link = bucket_of(t, e->addr, e->large);

	while (*link != index + 1)
		link = &t->entry[*link - 1].next;
	return link;
}

/* The last one fills the hole. */
static void remove_at(struct tlb *t, u32 index)
{
	u32 last = t->nr - 1;

	count(t, &t->entry[index], ~0u);
	*link_to(t, index) = t->entry[index].next;
	if (index != last) {
		*link_to(t, last) = index + 1;
		t->entry[index] = t->entry[last];
	}
	t->nr = last;
}

void tlb_drop_entry(struct model *o, unsigned int cpu, vaddr_t addr, bool large)
{
	struct tlb *t = &o->tlb[cpu];
	const struct tlb_entry *e;

	if (!t->nr)
		return;
	e = tlb_find(o, cpu, addr, large);
	if (e)
		remove_at(t, (u32)(e - t->entry));
}

void tlb_drop(struct model *o, unsigned int cpu, vaddr_t addr)
{
	tlb_drop_entry(o, cpu, addr, false);
	tlb_drop_entry(o, cpu, addr, true);
}

void tlb_drop_local(struct model *o, unsigned int cpu)
{
	struct tlb *t = &o->tlb[cpu];

	if (t->nr == t->nr_global)
		return;
	for (u32 i = t->nr; i-- > 0;)
		if (!(t->entry[i].word & TLB_GLOBAL))
			remove_at(t, i);
}

void tlb_drop_each(struct model *o, unsigned int cpu)
{
	struct tlb *t = &o->tlb[cpu];

	for (u32 i = 0; i < t->nr; i++)
		*bucket_of(t, t->entry[i].addr, t->entry[i].large) = 0;
	t->nr = t->nr_large = t->nr_global = 0;
}

void tlb_drop_everywhere(struct model *o)
{
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		tlb_drop_each(o, cpu);
}

void tlb_end(struct model *o)
{
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++) {
		struct tlb *t = &o->tlb[cpu];

		model_host_free(t->entry, t->room * sizeof(*t->entry));
		*t = (struct tlb){ .nr = 0 };
	}
}
