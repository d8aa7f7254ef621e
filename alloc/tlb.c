// SPDX-License-Identifier: MIT
/*
 * tlb.c - the TLBs' entries, and what drops them [IA-32 SDM vol. 3, 3.11].
 *
 *     entry[slot]   a word for each page there can be; without VALID: none
 *     reach[slot]   the way to its bytes in this process, for quick loads
 *     log           the slots filled since they were last flushed
 *
 * A slot stays on the log when its entry is dropped alone, so that dropping
 * costs nothing, and leaves it with the next flush, which costs what was
 * filled.  A global entry outlives the loading of CR3.  Real TLBs are small
 * and forget; a flush that a kernel lacks would then show by chance only.
 * Validator: tlb_validate(), T.
 */
#include "device.h"
#include "tlb.h"

#define TLB_BYTES ((size_t)TLB_SLOTS * (sizeof(uintptr_t) + 2 * sizeof(u32)))
#define TLB_BITS                                                               \
	(TLB_VALID | TLB_RW | TLB_USER | TLB_DIRTY | TLB_GLOBAL | TLB_OWN)

bool tlb_init(struct machine *m)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++) {
		struct tlb *tlb = &m->cpu[cpu].tlb;

		*tlb = (struct tlb){ .reach = platform_alloc(TLB_BYTES) };
		if (!tlb->reach)
			return false; /* unreachable: a host without memory */
		tlb->entry = (u32 *)(tlb->reach + TLB_SLOTS);
		tlb->log = tlb->entry + TLB_SLOTS;
	}
	return true;
}

void tlb_exit(struct machine *m)
{
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++) {
		platform_free(m->cpu[cpu].tlb.reach, TLB_BYTES);
		m->cpu[cpu].tlb = (struct tlb){ 0 };
	}
}

/* by: 1, or -1 in arithmetic modulo 2^32 */
static void count(struct tlb *tlb, u32 slot, u32 entry, u32 by)
{
	if (!(entry & TLB_VALID))
		return;
	if (slot < TLB_SMALL_SLOTS)
		tlb->nr_small += by;
	else
		tlb->nr_large += by;
	if (entry & TLB_GLOBAL)
		tlb->nr_global += by;
}

static u32 slot_frames(u32 slot)
{
	return slot < TLB_SMALL_SLOTS ? 1 : PTRS_PER_TABLE;
}

/* All of the page is low memory, or all is high, and no device is in it. */
static bool is_in_one_place(const struct machine *m, pfn_t pfn, u32 nr)
{
	return (pfn + nr <= m->view.low_pfns ||
		(pfn >= m->view.low_pfns && pfn + nr <= m->view.nr_pfns)) &&
	       !device_among(m, pfn, nr);
}

void tlb_fill(struct machine *m, struct tlb *tlb, u32 slot, vaddr_t addr,
	      u32 entry)
{
	pfn_t pfn = entry >> PAGE_SHIFT;
	u32 old = tlb->entry[slot], nr = slot_frames(slot);

	if (!(old & TLB_LOGGED))
		tlb->log[tlb->nr_log++] = slot;
	count(tlb, slot, old, -1u);
	count(tlb, slot, entry, 1);
	tlb->entry[slot] = entry | TLB_LOGGED;
	if (!is_in_one_place(m, pfn, nr))
		return;
	tlb->entry[slot] |= TLB_QUICK;
	tlb->reach[slot] = (uintptr_t)ram_frame(&m->view, pfn) -
			   (addr & ~(nr * PAGE_SIZE - 1));
}

void tlb_drop_slot(struct tlb *tlb, u32 slot)
{
	u32 old = tlb->entry[slot];

	if (!(old & TLB_VALID))
		return;
	count(tlb, slot, old, -1u);
	tlb->entry[slot] = TLB_LOGGED;
}

void tlb_drop_page(struct machine *m, u32 cpu, vaddr_t addr)
{
	tlb_drop_slot(&m->cpu[cpu].tlb, tlb_small_slot(addr));
	tlb_drop_slot(&m->cpu[cpu].tlb, tlb_large_slot(addr));
}

void tlb_drop_nonglobal(struct machine *m, u32 cpu)
{
	struct tlb *tlb = &m->cpu[cpu].tlb;
	u32 kept = 0;

	for (u32 i = 0; i < tlb->nr_log; i++) {
		u32 slot = tlb->log[i], entry = tlb->entry[slot];

		if (entry & TLB_VALID && entry & TLB_GLOBAL) {
			tlb->log[kept++] = slot;
			continue;
		}
		count(tlb, slot, entry, -1u);
		tlb->entry[slot] = 0;
	}
	tlb->nr_log = kept;
}

void tlb_drop_all(struct machine *m, u32 cpu)
{
	struct tlb *tlb = &m->cpu[cpu].tlb;

	for (u32 i = 0; i < tlb->nr_log; i++)
		tlb->entry[tlb->log[i]] = 0;
	tlb->nr_log = 0;
	tlb->nr_small = 0;
	tlb->nr_large = 0;
	tlb->nr_global = 0;
}

u32 mm_tlb_entry(const struct machine *m, unsigned int cpu, vaddr_t addr,
		 bool large)
{
	const struct tlb *tlb;

	CHECK(m, cpu < m->setup.nr_cpus, "tlb: there is no such CPU");
	tlb = &m->cpu[cpu].tlb;
	return tlb_look(tlb,
			large ? tlb_large_slot(addr) : tlb_small_slot(addr));
}

/* --- validating ----------------------------------------------------------- */

static bool reaches(const struct machine *m, const struct cpu *cpu, u32 slot)
{
	vaddr_t addr = slot < TLB_SMALL_SLOTS
			       ? slot << PAGE_SHIFT
			       : (slot - TLB_SMALL_SLOTS) << PGDIR_SHIFT;
	pfn_t pfn = cpu->tlb.entry[slot] >> PAGE_SHIFT;

	return is_in_one_place(m, pfn, slot_frames(slot)) &&
	       cpu->tlb.reach[slot] + addr ==
		       (uintptr_t)ram_frame(&m->view, pfn);
}

static UNSANITIZED const char *validate_entry(const struct machine *m,
					      const struct cpu *cpu, u32 slot)
{
	u32 entry = cpu->tlb.entry[slot];
	u32 frame = slot < TLB_SMALL_SLOTS ? PTE_FRAME : ~(PMD_SIZE - 1);

	CLAUSE(entry & TLB_LOGGED, "T1: what the log names is marked so");
	CLAUSE(entry & TLB_VALID || entry == TLB_LOGGED,
	       "T3: a dropped entry says nothing");
	CLAUSE(!(entry & ~(frame | TLB_BITS)),
	       "T3: an entry has a frame of its size, and bits that exist");
	CLAUSE(!(entry & TLB_GLOBAL) || cpu->r.cr4 & CR4_PGE,
	       "T4: without CR4.PGE no entry is global");
	CLAUSE(slot < TLB_SMALL_SLOTS || !(entry & TLB_VALID) ||
		       cpu->r.cr4 & CR4_PSE,
	       "T4: without CR4.PSE no entry is of 4 MiB");
	CLAUSE(!(entry & TLB_QUICK) || reaches(m, cpu, slot),
	       "T5: what is reached is the frame");
	return NULL;
}

static UNSANITIZED const char *validate_tlb(const struct machine *m,
					    const struct cpu *cpu)
{
	const struct tlb *tlb = &cpu->tlb;
	struct tlb recount = { 0 };

	CLAUSE(tlb->nr_log <= TLB_SLOTS, "T1: the log has a place for a slot");
	for (u32 i = 0; i < tlb->nr_log; i++) {
		u32 slot = tlb->log[i];
		const char *broken;

		CLAUSE(slot < TLB_SLOTS, "T1: the log names slots");
		broken = validate_entry(m, cpu, slot);
		CLAUSE(!broken, broken);
		count(&recount, slot, tlb->entry[slot], 1);
	}
	CLAUSE(recount.nr_small == tlb->nr_small &&
		       recount.nr_large == tlb->nr_large,
	       "T2: as many entries as are counted, of either size");
	CLAUSE(recount.nr_global == tlb->nr_global,
	       "T2: as many global entries as are counted");
	return NULL;
}

/*
 * T1  the log names slots that are marked as being on it
 * T2  it has all entries that are counted: small, large, global
 * T3  an entry is a frame and TLB_* bits
 * T4  what CR4 does not allow is not there
 * T5  the quick way leads to the entry's frame
 */
UNSANITIZED const char *tlb_validate(const struct machine *m)
{
	const char *broken = NULL;

	for (u32 cpu = 0; cpu < m->setup.nr_cpus && !broken; cpu++)
		broken = validate_tlb(m, &m->cpu[cpu]);
	return broken;
}
