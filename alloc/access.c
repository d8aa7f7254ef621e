// SPDX-License-Identifier: MIT
/*
 * access.c - bytes through segment, TLB and page tables: what a program of
 * this PC can do to memory.
 *
 *     seg:offset --segment.c--> linear --mmu.c--> physical, a piece a page
 *
 * All pages are translated before a byte moves; those in front of one that
 * faults keep what their translation left.  The kernel's fault handler is
 * asked once a page [arch/i386/mm/fault.c, the vmalloc_fault path].  A frame
 * is memory whoever has it, so that no sanitizer watches these bytes; where a
 * device is, its memory is instead, which records the piece; past the last
 * frame the bus is open.
 *
 * The quick way is a load of 4 bytes in one page, of a flat segment that is
 * not expand-down, which the TLB has: it changes nothing, and whatever is
 * not so goes the general way.  It has no state, and no validator.
 */
#include "device.h"
#include "mmu.h"
#include "pgtable.h"
#include "segment.h"

/* --- bytes ---------------------------------------------------------------- */

/* The barrier keeps the loop from becoming memcpy, which ASan sees. */
static UNSANITIZED void move(u8 *to, const u8 *from, u32 bytes)
{
	u32 lines = bytes & ~63u;

	platform_copy(to, from, lines);
	for (u32 i = lines; i < bytes; i++) {
		to[i] = from[i];
		__asm__ volatile("" ::: "memory");
	}
}

/* Where the bytes of a piece are; NULL: nowhere. */
static u8 *find_piece(struct machine *m, enum access_kind kind, u32 paddr,
		      u32 bytes)
{
	pfn_t pfn = paddr >> PAGE_SHIFT;
	struct device *device = device_at(m, pfn);

	if (device)
		return device_piece(device, kind == ACCESS_WRITE, paddr, bytes);
	if (pfn >= m->view.nr_pfns)
		return NULL;
	return ram_frame(&m->view, pfn) + (paddr & (PAGE_SIZE - 1));
}

/* Within a page. */
static void move_piece(struct machine *m, enum access_kind kind, u32 paddr,
		       u8 *buf, u32 bytes)
{
	u8 *at = find_piece(m, kind, paddr, bytes);

	if (!at && kind != ACCESS_WRITE)
		memset(buf, 0xFF, bytes);
	if (!at)
		return;
	if (kind == ACCESS_WRITE)
		move(at, buf, bytes);
	else
		move(buf, at, bytes);
}

/* --- pages ---------------------------------------------------------------- */

/* What the kernel has mended is translated anew, once. */
static bool translate_piece(struct machine *m, enum access_kind kind,
			    vaddr_t addr, u32 bytes,
			    struct access_pieces *where, struct fault *f)
{
	u32 paddr;

	if (!mmu_translate(m, addr, kind, &paddr, f)) {
		if (!pgtable_kernel_fault(m, f) ||
		    !mmu_translate(m, addr, kind, &paddr, f))
			return false;
		*f = (struct fault){ 0 };
	}
	where->piece[where->nr].start = paddr;
	where->piece[where->nr].len = bytes;
	where->nr++;
	return true;
}

static bool translate_all(struct machine *m, const struct access *a,
			  vaddr_t addr, struct access_pieces *where,
			  struct fault *f)
{
	u32 in_page = PAGE_SIZE - (addr & (PAGE_SIZE - 1));
	u32 first = a->len < in_page ? a->len : in_page;

	if (!translate_piece(m, a->kind, addr, first, where, f))
		return false;
	return first == a->len || translate_piece(m, a->kind, addr + first,
						  a->len - first, where, f);
}

bool mm_access(struct machine *m, const struct access *a, void *buf,
	       struct access_pieces *where, struct fault *f)
{
	u8 *bytes = buf;
	vaddr_t addr;

	CHECK(m, a->len - 1 < ACCESS_BYTES_MAX, "access: 1 to 4096 bytes");
	CHECK(m, a->kind <= ACCESS_EXEC && a->seg < NR_SEG_REGS,
	      "access: there is no such kind, or no such register");
	*f = (struct fault){ 0 };
	*where = (struct access_pieces){ 0 };
	if (!segment_linear(m, a, &addr, f))
		return false;
	if (!translate_all(m, a, addr, where, f)) {
		*where = (struct access_pieces){ 0 };
		return false;
	}
	for (u32 i = 0; i < where->nr; i++) {
		move_piece(m, a->kind, where->piece[i].start, bytes,
			   where->piece[i].len);
		bytes += where->piece[i].len;
	}
	return true;
}

/* --- the quick way -------------------------------------------------------- */

static u32 load32_general(struct machine *m, enum seg_reg seg, u32 offset,
			  struct fault *f)
{
	const struct access a = { .kind = ACCESS_READ,
				  .seg = (u8)seg,
				  .offset = offset,
				  .len = sizeof(u32) };
	struct access_pieces where;
	u32 value = 0;

	return mm_access(m, &a, &value, &where, f) ? value : 0;
}

typedef u32 word_t __attribute__((aligned(1), may_alias));

/*
 * The next load of a chain waits for shift, reach and load; all else is
 * judged beside it.
 */
UNSANITIZED u32 mm_load32(struct machine *m, enum seg_reg seg, u32 offset,
			  struct fault *f)
{
	const struct cpu *cpu = &m->cpu[m->task.cpu];
	const u32 need =
		TLB_VALID | TLB_QUICK | (cpu->r.cpl == 3 ? TLB_USER : 0);
	const struct segment *s = &cpu->r.seg[seg];
	const vaddr_t addr = s->base + offset;
	const struct tlb *tlb = &cpu->tlb;
	const size_t small = tlb_small_slot(addr), large = pgd_index(addr);

	CHECK(m, seg < NR_SEG_REGS, "access: there is no such register");
	f->vector = FAULT_NONE;
	f->error = 0;
	f->cr2 = 0;
	if (unlikely(!segment_is_plain_data(s) ||
		     (u64)offset + sizeof(u32) - 1 > s->limit ||
		     (addr & (PAGE_SIZE - 1)) > PAGE_SIZE - sizeof(u32)))
		return load32_general(m, seg, offset, f);
	if ((tlb->entry[small] & need) == need)
		return *(const word_t *)(tlb->reach[small] + addr);
	if (unlikely(tlb->entry[small] & TLB_VALID ||
		     (tlb->entry[TLB_SMALL_SLOTS + large] & need) != need))
		return load32_general(m, seg, offset, f);
	return *(const word_t *)(tlb->reach[TLB_SMALL_SLOTS + large] + addr);
}
