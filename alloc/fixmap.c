// SPDX-License-Identifier: MIT
/*
 * fixmap.c - the kernel's page tables at boot, and the atomic kmap slots
 * [arch/i386/mm/init.c, highmem.c].
 *
 *     swapper_pg_dir  768..        4 MiB pages: the direct map
 *                     of PKMAP_BASE    -> pkmap_pt   (no one maps there yet)
 *                     1023             -> fixmap_pt
 *
 * A high frame has no kernel address: to clear one, its PTE is written into
 * slot FIX_KMAP_BEGIN + type + 13 * cpu, and the address is translated as the
 * hardware would.  kunmap_atomic() leaves the PTE behind.  The TLB is none of
 * this file's business yet.  Validator: fixmap_validate(), F.
 */
#include "fixmap.h"

static u32 kmap_slot(const struct machine *m, u32 type)
{
	return FIX_KMAP_BEGIN + type + KM_TYPE_NR * m->task.cpu;
}

static bool direct_map_reaches(const struct machine *m, vaddr_t addr)
{
	return (addr - PAGE_OFFSET) >> PAGE_SHIFT < m->setup.max_low_pfn;
}

/* The last 4 MiB over-map if low memory ends inside them. */
static void map_low_memory(struct machine *m)
{
	for (pfn_t pfn = 0; pfn < m->setup.max_low_pfn; pfn += PTRS_PER_TABLE) {
		vaddr_t addr = PAGE_OFFSET + (pfn << PAGE_SHIFT);

		m->swapper_pg_dir[pgd_index(addr)].word =
			pfn << PAGE_SHIFT | PAGE_KERNEL_PSE;
	}
}

void fixmap_init(struct machine *m, u32 fixmap_pt, u32 pkmap_pt)
{
	vaddr_t pkmap = pkmap_base(m->setup.nr_cpus);

	m->fixmap_pt = phys_ptr(m, fixmap_pt);
	m->pkmap_pt = phys_ptr(m, pkmap_pt);
	map_low_memory(m);
	/* as 2.6.12: what the direct map has taken stays as it is */
	if (!direct_map_reaches(m, pkmap))
		m->swapper_pg_dir[pgd_index(pkmap)].word =
			pkmap_pt | KERNPG_TABLE;
	m->swapper_pg_dir[pgd_index(FIXADDR_TOP)].word =
		fixmap_pt | KERNPG_TABLE;
}

vaddr_t kmap_atomic(struct machine *m, struct page *page, u32 type)
{
	pfn_t pfn = page_to_pfn(m, page);
	vaddr_t addr;

	if (pfn < m->setup.max_low_pfn)
		return PAGE_OFFSET + (pfn << PAGE_SHIFT);
	addr = fix_to_virt(kmap_slot(m, type));
	m->fixmap_pt[pte_index(addr)].word = pfn << PAGE_SHIFT | PAGE_KERNEL;
	m->fixmap_touched = true;
	return addr;
}

void kunmap_atomic(struct machine *m, vaddr_t addr, u32 type)
{
	CHECK(m,
	      addr < fixaddr_start(m->setup.nr_cpus) ||
		      addr == fix_to_virt(kmap_slot(m, type)),
	      "fixmap: kunmap_atomic of another slot");
}

/* linear -> PDE -> PTE -> frame, as the hardware walks */
void *kernel_ptr(struct machine *m, vaddr_t addr)
{
	u32 pde = m->swapper_pg_dir[pgd_index(addr)].word;
	u32 offset = addr & (PMD_SIZE - 1);
	u32 frame = pde & ~(PMD_SIZE - 1);
	pfn_t pfn;

	CHECK(m, pde & PTE_PRESENT, "fixmap: no page table there");
	if (!(pde & PTE_PSE)) {
		const pte_t *table = phys_ptr(m, pde & PTE_FRAME);
		u32 pte = table[pte_index(addr)].word;

		CHECK(m, pte & PTE_PRESENT, "fixmap: no page there");
		frame = pte & PTE_FRAME;
		offset = addr & (PAGE_SIZE - 1);
	}
	pfn = (frame + offset) >> PAGE_SHIFT;
	CHECK(m, pfn < m->view.nr_pfns, "fixmap: a PTE leads out of RAM");
	return ram_frame(&m->view, pfn) + (offset & (PAGE_SIZE - 1));
}

void clear_highpage(struct machine *m, struct page *page)
{
	vaddr_t addr = kmap_atomic(m, page, KM_USER0);

	memset(kernel_ptr(m, addr), 0, PAGE_SIZE);
	kunmap_atomic(m, addr, KM_USER0);
}

/* --- validating ----------------------------------------------------------- */

static const char *validate_table(const struct machine *m, vaddr_t addr,
				  const pte_t *table)
{
	u32 pde = m->swapper_pg_dir[pgd_index(addr)].word;

	CLAUSE((pde & ~PTE_FRAME) == KERNPG_TABLE &&
		       phys_ptr(m, pde & PTE_FRAME) == (const void *)table,
	       "F1: fixmap and kmap window have their page tables");
	return NULL;
}

/* Slots grow downwards, so those below the first wrap to no CPU at all. */
static const char *validate_slot(const struct machine *m, u32 slot, u32 pte)
{
	u32 past = slot - (FIX_KMAP_BEGIN + KM_USER0);
	pfn_t pfn = pte >> PAGE_SHIFT;

	CLAUSE(past % KM_TYPE_NR == 0 && past / KM_TYPE_NR < m->setup.nr_cpus,
	       "F2: the slots in use are KM_USER0's of CPUs that run");
	CLAUSE((pte & ~PTE_FRAME) == PAGE_KERNEL &&
		       pfn >= m->setup.max_low_pfn && pfn < m->setup.max_pfn,
	       "F2: a kmap slot maps a high frame");
	return NULL;
}

static const char *validate_slots(const struct machine *m)
{
	const char *broken = NULL;

	for (u32 i = 0; i < PTRS_PER_TABLE && !broken; i++) {
		u32 pte = m->fixmap_pt[i].word;

		if (pte)
			broken = validate_slot(m, pte_index(FIXADDR_TOP) - i,
					       pte);
	}
	return broken;
}

/* The first PDEs from PAGE_OFFSET on, as many as low memory takes. */
static const char *validate_directory(const struct machine *m)
{
	u32 first = pgd_index(PAGE_OFFSET);
	u32 end = first +
		  (m->setup.max_low_pfn + PTRS_PER_TABLE - 1) / PTRS_PER_TABLE;
	u32 kmap = pgd_index(pkmap_base(m->setup.nr_cpus));

	for (u32 i = 0; i < PTRS_PER_TABLE; i++) {
		u32 pde = m->swapper_pg_dir[i].word;

		if (i >= first && i < end)
			CLAUSE(pde == ((i - first) << PGDIR_SHIFT |
				       PAGE_KERNEL_PSE),
			       "F3: low memory is mapped by 4 MiB pages");
		else if (i != kmap && i != pgd_index(FIXADDR_TOP))
			CLAUSE(!pde, "F4: nothing else is mapped");
	}
	return NULL;
}

/*
 * F1  the page directory has the fixmap's and the kmap window's page tables
 * F2  a PTE of the fixmap is empty, or it is KM_USER0's of a CPU that runs
 *     and maps a high frame
 * F3  the direct map is a 4 MiB page for each 4 MiB of low memory begun
 * F4  and the page directory has nothing else
 *
 * All in full; F2 also where a slot was used since the snapshot.
 */
const char *fixmap_validate(const struct machine *m, enum validate_depth depth)
{
	vaddr_t pkmap = pkmap_base(m->setup.nr_cpus);
	const char *broken = NULL;

	if (depth == VALIDATE_FULL)
		broken = validate_table(m, FIXADDR_TOP, m->fixmap_pt);
	if (!broken && depth == VALIDATE_FULL && !direct_map_reaches(m, pkmap))
		broken = validate_table(m, pkmap, m->pkmap_pt);
	if (!broken && depth == VALIDATE_FULL)
		broken = validate_directory(m);
	if (!broken && (depth == VALIDATE_FULL || m->fixmap_touched))
		broken = validate_slots(m);
	return broken;
}
