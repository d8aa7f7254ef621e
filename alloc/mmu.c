// SPDX-License-Identifier: MIT
/*
 * mmu.c - a linear address through TLB and tables [IA-32 SDM vol. 3, 3.6 to
 * 3.8, 3.11, 4.11, 5.15].
 *
 *     31        22 21        12 11         0
 *     [ directory ][   table   ][  offset  ]     4 KiB: PDE, PTE
 *     [ directory ][        offset         ]     4 MiB: PDE with PS, CR4.PSE
 *
 *     rights = those of PDE and PTE both; U is asked for at CPL 3,
 *              RW for a write at CPL 3 or under CR0.WP
 *     error  = P (and RSVD, as far as presence goes) | W | U
 *
 * What the TLB has is believed, whatever the tables say by now.  A walk sets
 * A and D only when all is judged.  Tables are read in low memory; elsewhere
 * the bus is open.  Left out: PAE, NX, paging-structure caches, the PAT.
 * The TLB's validator is tlb_validate().
 */
#include "mmu.h"
#include "page.h"

/* A #PF's error code; W and U are how an access is made, too. */
#define PF_PROTECTION 1u
#define PF_WRITE 2u
#define PF_USER 4u
#define PF_RSVD 8u

#define PDE_RSVD 0x003FE000u /* of a 4 MiB page: bits 21..13 */
#define LARGE_FRAME (~(PMD_SIZE - 1))

_Static_assert(TLB_RW == PAGE_RW && TLB_USER == PAGE_USER &&
		       TLB_DIRTY == PAGE_DIRTY && TLB_GLOBAL == PAGE_GLOBAL,
	       "an entry's bits are a word's");
_Static_assert(PF_USER == PAGE_USER, "how an access is made is what it needs");

static force_inline struct cpu *current_cpu(struct machine *m)
{
	return &m->cpu[m->task.cpu];
}

/* --- tables --------------------------------------------------------------- */

/* Programs may have led a directory anywhere, free frames included. */
static UNSANITIZED u32 read_word(const struct machine *m, u32 paddr)
{
	if (paddr >> PAGE_SHIFT >= m->view.low_pfns)
		return ~0u; /* unreachable: programs make low tables only */
	return *(const u32 *)phys_ptr(m, paddr);
}

static UNSANITIZED void set_bits(struct machine *m, u32 paddr, u32 bits)
{
	pfn_t pfn = paddr >> PAGE_SHIFT;
	u32 *word = phys_ptr(m, paddr);

	if (pfn >= m->view.low_pfns || !(bits & ~*word))
		return;
	pfn_touch(m, pfn);
	*word |= bits;
}

/* --- faults --------------------------------------------------------------- */

/* #PF; returns false. */
static bool page_fault(struct machine *m, vaddr_t addr, u32 error,
		       struct fault *f)
{
	*f = (struct fault){ .vector = FAULT_PF, .error = error, .cr2 = addr };
	tlb_drop_page(m, m->task.cpu, addr);
	return false;
}

/* Which of PAGE_USER and PAGE_RW an access made so needs. */
static u32 rights_needed(const struct cpu *cpu, u32 how)
{
	u32 need = how & PF_USER;

	if (how & PF_WRITE && (how & PF_USER || cpu->r.cr0 & CR0_WP))
		need |= PAGE_RW;
	return need;
}

/* --- the walk ------------------------------------------------------------- */

/* A and D in the leaf, and the entry. */
static void remember(struct machine *m, u32 slot, vaddr_t addr, u32 leaf_at,
		     u32 frame, u32 rights, u32 how)
{
	struct cpu *cpu = current_cpu(m);
	u32 dirty = how & PF_WRITE ? PAGE_DIRTY : 0;
	u32 leaf = read_word(m, leaf_at);
	u32 entry = frame | TLB_VALID | (rights & (TLB_RW | TLB_USER)) |
		    ((leaf | dirty) & TLB_DIRTY);

	if (cpu->r.cr4 & CR4_PGE)
		entry |= leaf & TLB_GLOBAL;
	set_bits(m, leaf_at, PAGE_ACCESSED | dirty);
	tlb_fill(m, &cpu->tlb, slot, addr, entry);
}

static bool walk_large(struct machine *m, vaddr_t addr, u32 how, u32 pde_at,
		       u32 *slot, struct fault *f)
{
	u32 pde = read_word(m, pde_at);

	if (pde & PDE_RSVD)
		return page_fault(m, addr, how | PF_PROTECTION | PF_RSVD, f);
	if (rights_needed(current_cpu(m), how) & ~pde)
		return page_fault(m, addr, how | PF_PROTECTION, f);
	*slot = tlb_large_slot(addr);
	remember(m, *slot, addr, pde_at, pde & LARGE_FRAME, pde, how);
	return true;
}

static bool walk_small(struct machine *m, vaddr_t addr, u32 how, u32 pde_at,
		       u32 *slot, struct fault *f)
{
	u32 pde = read_word(m, pde_at);
	u32 pte_at = (pde & PTE_FRAME) + pte_index(addr) * sizeof(pte_t);
	u32 pte = read_word(m, pte_at);

	if (!(pte & PAGE_PRESENT))
		return page_fault(m, addr, how, f);
	if (rights_needed(current_cpu(m), how) & ~(pde & pte))
		return page_fault(m, addr, how | PF_PROTECTION, f);
	set_bits(m, pde_at, PAGE_ACCESSED);
	*slot = tlb_small_slot(addr);
	remember(m, *slot, addr, pte_at, pte & PTE_FRAME, pde & pte, how);
	return true;
}

/* True: the TLB has it now, in *slot. */
static bool walk(struct machine *m, vaddr_t addr, u32 how, u32 *slot,
		 struct fault *f)
{
	const struct cpu *cpu = current_cpu(m);
	u32 pde_at = (cpu->r.cr3 & PTE_FRAME) + pgd_index(addr) * sizeof(pte_t);
	u32 pde = read_word(m, pde_at);

	if (!(pde & PAGE_PRESENT))
		return page_fault(m, addr, how, f);
	if (pde & PAGE_PSE && cpu->r.cr4 & CR4_PSE)
		return walk_large(m, addr, how, pde_at, slot, f);
	return walk_small(m, addr, how, pde_at, slot, f);
}

/* --- translating ---------------------------------------------------------- */

static u32 physical(const struct tlb *tlb, u32 slot, vaddr_t addr)
{
	u32 frame = slot < TLB_SMALL_SLOTS ? PTE_FRAME : LARGE_FRAME;

	return (tlb->entry[slot] & frame) | (addr & ~frame);
}

/* how: PF_WRITE, PF_USER. */
static bool translate(struct machine *m, vaddr_t addr, u32 how, u32 *paddr,
		      struct fault *f)
{
	struct cpu *cpu = current_cpu(m);
	struct tlb *tlb = &cpu->tlb;
	u32 slot = tlb_small_slot(addr), entry = tlb->entry[slot];

	if (!(entry & TLB_VALID)) {
		slot = tlb_large_slot(addr);
		entry = tlb->entry[slot];
	}
	if (entry & TLB_VALID && rights_needed(cpu, how) & ~entry)
		return page_fault(m, addr, how | PF_PROTECTION, f);
	if (entry & TLB_VALID && how & PF_WRITE && !(entry & TLB_DIRTY)) {
		/* the tables must learn of it: a walk decides, and replaces */
		tlb_drop_slot(tlb, slot);
		entry = 0;
	}
	if (!(entry & TLB_VALID) && !walk(m, addr, how, &slot, f))
		return false;
	*paddr = physical(tlb, slot, addr);
	return true;
}

bool mmu_translate(struct machine *m, vaddr_t addr, enum access_kind kind,
		   u32 *paddr, struct fault *f)
{
	u32 how = kind == ACCESS_WRITE ? PF_WRITE : 0;

	if (current_cpu(m)->r.cpl == 3)
		how |= PF_USER;
	return translate(m, addr, how, paddr, f);
}

void *mmu_kernel_ptr(struct machine *m, vaddr_t addr)
{
	struct fault f;
	u32 paddr;
	bool there = translate(m, addr, PF_WRITE, &paddr, &f);

	CHECK(m, there, "mmu: the kernel's own write faults");
	CHECK(m, paddr >> PAGE_SHIFT < m->view.nr_pfns,
	      "mmu: the kernel's own write leads out of RAM");
	return ram_frame(&m->view, paddr >> PAGE_SHIFT) +
	       (paddr & (PAGE_SIZE - 1));
}

/* --- control registers and flushes ---------------------------------------- */

void cpu_load_cr3(struct machine *m, u32 cpu, u32 cr3)
{
	m->cpu[cpu].r.cr3 = cr3;
	tlb_drop_nonglobal(m, cpu);
}

void mm_write_cr0(struct machine *m, bool wp)
{
	current_cpu(m)->r.cr0 = CR0_BITS | (wp ? CR0_WP : 0);
}

void mm_write_cr4(struct machine *m, bool pge)
{
	struct registers *r = &current_cpu(m)->r;
	u32 cr4 = (r->cr4 & ~CR4_PGE) | (pge ? CR4_PGE : 0);

	if (cr4 == r->cr4)
		return;
	r->cr4 = cr4;
	tlb_drop_all(m, m->task.cpu);
}

void mm_invlpg(struct machine *m, vaddr_t addr)
{
	tlb_drop_page(m, m->task.cpu, addr);
}

void mm_flush_tlb(struct machine *m)
{
	cpu_load_cr3(m, m->task.cpu, current_cpu(m)->r.cr3);
}

/* Without PGE there is no global entry, so that loading CR3 does the same. */
void mm_flush_tlb_all(struct machine *m)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		tlb_drop_all(m, cpu);
}

UNSANITIZED void mm_cpu_view(const struct machine *m, unsigned int cpu,
			     struct cpu_view *out)
{
	const struct cpu *c = &m->cpu[cpu];

	CHECK(m, cpu < m->setup.nr_cpus, "mmu: there is no such CPU");
	out->cr0 = c->r.cr0;
	out->cr3 = c->r.cr3;
	out->cr4 = c->r.cr4;
	out->cpl = c->r.cpl;
	for (u32 i = 0; i < NR_SEG_REGS; i++)
		out->seg[i] = c->r.seg[i];
	out->tlb_small = c->tlb.nr_small;
	out->tlb_large = c->tlb.nr_large;
	out->tlb_global = c->tlb.nr_global;
	out->preempt_count = c->preempt_count;
}
