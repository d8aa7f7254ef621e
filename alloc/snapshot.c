// SPDX-License-Identifier: MIT
/*
 * snapshot.c - back to the booted state, at the cost of what was touched.
 *
 * The golden copy has all of RAM's metadata: the image's structures, mem_map,
 * the CPUs.  Since the snapshot every struct page that is
 * written is listed once (page_touch() in page.h); a reset copies those back,
 * and the small rest always.  What was out of the buddy then is listed from
 * the start.  Before the snapshot all count as touched, so that boot lists
 * nothing.
 *
 * What slabs and page tables have in their frames is golden.h's; their struct
 * pages need not be listed from the start, since nobody writes one without
 * saying so.
 *
 * Poison goes with the blocks: one that is allocated now and was free then
 * has a touched head, and so has one the other way round; what POISON_FREED
 * has poisoned was a head, and so touched.
 */
#include "mm.h"
#include "machine.h"
#include "device.h"
#include "golden.h"
#include "highmem.h"
#include "poison.h"
#include "mempool.h"
#include "segment.h"
#include "vmalloc.h"

/* With the spare element, which nobody writes. */
static size_t mem_map_size(const struct machine *m)
{
	return ((size_t)m->nr_pages + 1) * PAGE_STRUCT_BYTES;
}

/* Of the golden mem_map and, behind it, the lists of touched and poisoned. */
static size_t copy_size(const struct machine *m)
{
	const size_t per_frame = sizeof(*m->touched_pfn) + sizeof(*m->touched) +
				 sizeof(*m->poisoned);

	return mem_map_size(m) + m->nr_pages * per_frame;
}

bool snapshot_init(struct machine *m)
{
	size_t nr = m->nr_pages;

	m->golden.taken = false;
	m->golden.mem_map = platform_alloc(copy_size(m));
	if (!m->golden.mem_map)
		return false; /* unreachable: the host had memory for RAM */
	m->touched_pfn = (pfn_t *)(m->golden.mem_map + nr + 1);
	m->touched = (bool *)(m->touched_pfn + nr);
	m->poisoned = m->touched + nr;
	m->nr_touched = 0;
	for (size_t i = 0; i < nr; i++)
		m->touched[i] = true;
	return true;
}

void snapshot_exit(struct machine *m)
{
	platform_free(m->golden.mem_map, copy_size(m));
	m->golden.mem_map = NULL;
	m->touched = NULL;
	m->touched_pfn = NULL;
	m->poisoned = NULL;
}

/* What is neither reserved nor in the buddy nor a slab's: see page.h. */
static void touch_what_is_out(struct machine *m)
{
	for (pfn_t pfn = 0; pfn < m->nr_pages;) {
		const struct page *page = pfn_to_page(m, pfn);

		if (!page_reserved(page) && !page_free_head(page) &&
		    !page_in_slab(page))
			page_touch(m, page);
		pfn += page_block_frames(page);
	}
}

void machine_snapshot(struct machine *m)
{
	struct golden *g = &m->golden;
	u32 nr = m->nr_pages;

	CHECK(m, m->phase == PHASE_RUNNING, "machine: snapshot before boot");
	CHECK(m, !m->mirror, "machine: a snapshot of a mirrored machine");
	g->taken = false;
	if (!golden_snapshot(m))
		/* unreachable: the host had enough for RAM */
		check_failed(&m->faults, "machine: the host has no memory");
	g->data = *m->data;
	memcpy(g->mem_map, m->mem_map, mem_map_size(m));
	for (u32 i = 0; i < nr; i++)
		m->touched[i] = false;
	m->nr_touched = 0;
	touch_what_is_out(m);
	m->nr_touched_golden = m->nr_touched;
	cpus_snapshot(m);
	highmem_snapshot(m);
	wait_snapshot(m);
	mempools_snapshot(m);
	vm_snapshot(m);
	g->taken = true;
	golden_begin(m);
}

static void restore_poison(struct machine *m)
{
	if (!PLATFORM_POISON || m->poison == POISON_NONE)
		return;
	if (m->poison == POISON_FREED) {
		for (u32 i = 0; i < m->nr_touched; i++)
			unpoison_freed(m, m->touched_pfn[i], 0);
		return;
	}
	for (u32 i = 0; i < m->nr_touched; i++) {
		const struct page *page = m->mem_map + m->touched_pfn[i];

		if (page_allocated(page))
			platform_poison(page_bytes(m, page),
					PAGE_SIZE << page_order(page));
	}
	for (u32 i = 0; i < m->nr_touched; i++) {
		pfn_t pfn = m->touched_pfn[i];
		const struct page *old = &m->golden.mem_map[pfn];
		u32 bytes = PAGE_SIZE << page_order(old);

		if (page_allocated(old))
			/* unreachable: programs have nothing at the snapshot */
			platform_unpoison(ram_frame(&m->view, pfn), bytes);
	}
}

/* The struct pages that were listed, as they were. */
static UNSANITIZED void restore_pages(struct machine *m)
{
	const struct page *golden = m->golden.mem_map;

	for (u32 i = 0; i < m->nr_touched; i++) {
		pfn_t pfn = m->touched_pfn[i];
		u32 flags = m->mem_map[pfn].flags | golden[pfn].flags;

		if (unlikely(flags & (PAGE_FLAG(slab) | PAGE_FLAG(table))))
			golden_reset_frame(m, pfn);
		m->mem_map[pfn] = golden[pfn];
		m->touched[pfn] = i < m->nr_touched_golden;
	}
	m->nr_touched = m->nr_touched_golden;
}

void machine_reset(struct machine *m)
{
	const struct golden *g = &m->golden;

	CHECK(m, g->taken, "machine: reset without a snapshot");
	restore_poison(m);
	restore_pages(m);
	*m->data = g->data;
	golden_reset(m);
	cpus_reset(m);
	highmem_reset(m);
	wait_reset(m);
	mempools_reset(m);
	vm_reset(m);
	device_reset(m);
	m->front = m->fronts[m->task.cpu]; /* the guess: coverage shows it */
	mm_set_current(m, (struct task){ 0 });
}
