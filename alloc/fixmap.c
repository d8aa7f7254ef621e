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

static const char *validate_slot(const struct machine *m, vaddr_t addr, u32 pte)
{
	pfn_t pfn = pte >> PAGE_SHIFT;

	CLAUSE(addr >= fixaddr_start(m->setup.nr_cpus) &&
		       addr <= fix_to_virt(FIX_KMAP_BEGIN) &&
		       (pte & ~PTE_FRAME) == PAGE_KERNEL &&
		       pfn >= m->setup.max_low_pfn && pfn < m->setup.max_pfn,
	       "F2: a kmap slot maps a high frame");
	return NULL;
}

/*
 * F1  the page directory has the fixmap's and the kmap window's page tables
 * F2  a PTE of the fixmap is empty, or a kmap slot's and maps a high frame
 */
const char *fixmap_validate(const struct machine *m)
{
	vaddr_t pkmap = pkmap_base(m->setup.nr_cpus);
	const char *broken = validate_table(m, FIXADDR_TOP, m->fixmap_pt);

	if (!broken && !direct_map_reaches(m, pkmap))
		broken = validate_table(m, pkmap, m->pkmap_pt);
	for (u32 i = 0; i < PTRS_PER_TABLE && !broken; i++) {
		vaddr_t addr =
			(FIXADDR_TOP & ~(PMD_SIZE - 1)) + (i << PAGE_SHIFT);
		u32 pte = m->fixmap_pt[i].word;

		if (pte)
			broken = validate_slot(m, addr, pte);
	}
	return broken;
}
