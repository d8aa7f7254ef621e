// SPDX-License-Identifier: MIT
/*
 * bootmem.c - a bit per low frame [mm/bootmem.c, arch/i386/kernel/setup.c].
 *
 *     1 MiB        4 MiB   +2 pages
 *     | image      | pg0   | bitmap | ...   1: reserved, 0: free
 *
 * First fit from a goal upwards, and once more from the bottom.  A request
 * that lands right behind an allocation which ended inside a frame shares
 * that frame:
 *
 *     last_pos |#####....|   +   |  size  |   ->   |#####+++|+++++...|
 *                   ^ last_offset
 *
 * Owns the bitmap and the list of boot's claims.  mem_init (mem_init.c)
 * ends its life.  Validator: bootmem_validate(), M.
 */
#include "mm.h"
#include "bootmem.h"
#include "device.h"
#include "bitops.h"

static void claim(struct machine *m, enum boot_claim_label label, u32 start,
		  u32 size)
{
	if (m->nr_claims == BOOT_CLAIMS_MAX)
		return;
	m->claim[m->nr_claims++] = (struct boot_claim){
		.label = (u8)label,
		.start = start,
		.size = size,
	};
}

bool bootmem_reserved(const struct machine *m, pfn_t pfn)
{
	return test_bit(m->bootmem.map, pfn);
}

static void reserve_frames(struct machine *m, u64 first, u64 end)
{
	for (u64 pfn = first; pfn < end; pfn++)
		set_bit(m->bootmem.map, (u32)pfn);
}

static void reserve_claim(struct machine *m, enum boot_claim_label label,
			  u32 start, u32 size)
{
	reserve_frames(m, start >> PAGE_SHIFT,
		       align_up((u64)start + size, PAGE_SIZE) >> PAGE_SHIFT);
	claim(m, label, start, size);
}

/* --- setting up ----------------------------------------------------------- */

static void free_ram(struct machine *m)
{
	const struct e820_map *map = &m->setup.map;

	for (u32 i = 0; i < map->nr; i++) {
		u64 first, end;

		e820_ram_pfns(&map->range[i], &first, &end);
		end = min_u64(end, m->setup.max_low_pfn);
		for (u64 pfn = first; pfn < end; pfn++)
			clear_bit(m->bootmem.map, (u32)pfn);
	}
}

const char *bootmem_init(struct machine *m)
{
	struct bootmem *b = &m->bootmem;
	u32 bytes = (u32)align_up((m->setup.max_low_pfn + 7) / 8, 4);

	*b = (struct bootmem){
		.map_start = PG0_PADDR + PG0_BYTES,
		.map_bytes = (u32)align_up(bytes, PAGE_SIZE),
	};
	m->nr_claims = 0;
	if ((b->map_start + b->map_bytes) >> PAGE_SHIFT > m->setup.max_low_pfn)
		return "low memory has no room for bootmem's bitmap";
	b->map = phys_ptr(m, b->map_start);
	memset(b->map, 0xFF, b->map_bytes);
	free_ram(m);
	reserve_claim(m, CLAIM_image, KERNEL_START, KERNEL_BYTES);
	reserve_claim(m, CLAIM_pg0, PG0_PADDR, PG0_BYTES);
	reserve_claim(m, CLAIM_bitmap, b->map_start, b->map_bytes);
	reserve_claim(m, CLAIM_page0, 0, PAGE_SIZE);
	reserve_claim(m, CLAIM_ebda, PC_EBDA_START & ~(PAGE_SIZE - 1),
		      PAGE_SIZE);
	if (m->setup.nr_cpus > 1)
		reserve_claim(m, CLAIM_trampoline, PAGE_SIZE, PAGE_SIZE);
	return NULL;
}

/* --- allocating ----------------------------------------------------------- */

/* The first reserved frame of [first, first + nr), all low, or first + nr. */
static u64 first_reserved(const struct machine *m, u64 first, u32 nr)
{
	u64 pfn = first;

	while (pfn < first + nr && !bootmem_reserved(m, (pfn_t)pfn))
		pfn++;
	return pfn;
}

/* First fit at a multiple of step, from `from`; PFN_NONE: none. */
static pfn_t scan(const struct machine *m, u32 from, u32 nr, u32 step)
{
	u64 first = align_up(from, step);

	while (first + nr <= m->setup.max_low_pfn) {
		u64 end = first_reserved(m, first, nr);

		if (end == first + nr)
			return (pfn_t)first;
		first = align_up(end + 1, step);
	}
	return PFN_NONE;
}

/*
 * Zeroed memory; false: there is no room, and nothing has changed.
 * size is not 0, align a power of two.
 */
static bool alloc_core(struct machine *m, u32 size, u32 align, u32 goal,
		       u32 *paddr)
{
	struct bootmem *b = &m->bootmem;
	u32 nr = (u32)(((u64)size + PAGE_SIZE - 1) >> PAGE_SHIFT);
	u32 step = align > PAGE_SIZE ? align >> PAGE_SHIFT : 1;
	u32 first;

	if (goal >> PAGE_SHIFT >= m->setup.max_low_pfn)
		goal = 0;
	first = scan(m, (u32)max_u64(goal, b->last_success) >> PAGE_SHIFT, nr,
		     step);
	if (first == PFN_NONE)
		first = scan(m, 0, nr, step);
	if (first == PFN_NONE)
		return false;
	b->last_success = first << PAGE_SHIFT;
	if (align < PAGE_SIZE && b->last_offset && b->last_pos + 1 == first) {
		u32 start = (b->last_pos << PAGE_SHIFT) +
			    (u32)align_up(b->last_offset, align);

		*paddr = start;
	} else {
		*paddr = first << PAGE_SHIFT;
	}
	/* what lies below `first` is the shared frame, reserved already */
	reserve_frames(m, first,
		       align_up((u64)*paddr + size, PAGE_SIZE) >> PAGE_SHIFT);
	b->last_pos = (u32)(((u64)*paddr + size - 1) >> PAGE_SHIFT);
	b->last_offset = (*paddr + size) & (PAGE_SIZE - 1);
	memset(phys_ptr(m, *paddr), 0, size);
	return true;
}

bool bootmem_claim(struct machine *m, enum boot_claim_label label, u32 size,
		   u32 align, u32 goal, u32 *paddr)
{
	if (!alloc_core(m, size, align, goal, paddr))
		return false;
	claim(m, label, *paddr, size);
	return true;
}

/* --- the interface -------------------------------------------------------- */

/* True if bootmem's life is over, or has not begun: reported. */
static bool too_late(struct machine *m)
{
	if (m->phase == PHASE_BOOTMEM)
		return false;
	report(&m->faults, REPORT_bootmem_late);
	return true;
}

static bool bad_range(struct machine *m, u32 addr, u32 size)
{
	u64 low_end = (u64)m->setup.max_low_pfn << PAGE_SHIFT;

	if (size && (u64)addr + size <= low_end)
		return false;
	report(&m->faults, REPORT_bootmem_range);
	return true;
}

u32 mm_alloc_bootmem(struct machine *m, u32 size, u32 align, u32 goal)
{
	u32 paddr;

	if (too_late(m))
		return 0;
	if (!align)
		align = 1;
	if (!size)
		report(&m->faults, REPORT_bootmem_range);
	else if (!is_power_of_2(align))
		report(&m->faults, REPORT_bootmem_align);
	else if (!bootmem_claim(m, CLAIM_user, size, align, goal, &paddr))
		report(&m->faults, REPORT_bootmem_panic);
	else
		return paddr;
	return 0;
}

/* True if boot itself lives in one of the frames [first, end). */
static bool boot_owns(const struct machine *m, u32 first, u32 end)
{
	for (u32 i = 0; i < m->nr_claims; i++) {
		const struct boot_claim *c = &m->claim[i];

		if (c->label != CLAIM_user && c->start >> PAGE_SHIFT < end &&
		    first <= (c->start + c->size - 1) >> PAGE_SHIFT)
			return true;
	}
	return false;
}

void mm_free_bootmem(struct machine *m, u32 addr, u32 size)
{
	struct bootmem *b = &m->bootmem;
	u32 first, end;

	if (too_late(m) || bad_range(m, addr, size))
		return;
	first = (u32)(align_up(addr, PAGE_SIZE) >> PAGE_SHIFT);
	end = (addr + size) >> PAGE_SHIFT;
	if (first >= end)
		return;
	if (boot_owns(m, first, end) || device_among(m, first, end - first)) {
		report(&m->faults, REPORT_free_reserved);
		return;
	}
	for (u32 pfn = first; pfn < end; pfn++)
		if (!bootmem_reserved(m, pfn)) {
			report(&m->faults, REPORT_bootmem_double_free);
			return;
		}
	for (u32 pfn = first; pfn < end; pfn++)
		clear_bit(b->map, pfn);
	if (addr < b->last_success)
		b->last_success = addr;
}

void mm_reserve_bootmem(struct machine *m, u32 addr, u32 size)
{
	if (too_late(m) || bad_range(m, addr, size))
		return;
	reserve_claim(m, CLAIM_user, addr, size);
}

/* --- validating ----------------------------------------------------------- */

/*
 * M1  every frame that boot took for itself is reserved
 * M2  the bits behind the end of low memory are set
 * M3  the cursors lie in low memory
 */
const char *bootmem_validate(const struct machine *m)
{
	const struct bootmem *b = &m->bootmem;

	for (u32 i = 0; i < m->nr_claims; i++) {
		const struct boot_claim *c = &m->claim[i];
		u32 last = (c->start + c->size - 1) >> PAGE_SHIFT;

		if (c->label == CLAIM_user)
			continue;
		for (u32 pfn = c->start >> PAGE_SHIFT; pfn <= last; pfn++)
			CLAUSE(bootmem_reserved(m, pfn),
			       "M1: boot's own frames are reserved");
	}
	for (u32 pfn = m->setup.max_low_pfn; pfn < b->map_bytes * 8; pfn++)
		CLAUSE(bootmem_reserved(m, pfn),
		       "M2: nothing is free behind low memory");
	CLAUSE(b->last_pos < m->setup.max_low_pfn &&
		       b->last_success >> PAGE_SHIFT < m->setup.max_low_pfn &&
		       b->last_offset < PAGE_SIZE,
	       "M3: the cursors lie in low memory");
	return NULL;
}
