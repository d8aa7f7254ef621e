/* SPDX-License-Identifier: MIT */
/*
 * mmtwin/repro_calls.h - what repro.h has of calls that are no single call of
 * Linux's: pages side by side, kmaps in a row, accesses of the processor,
 * callbacks.  Included by repro.h alone.
 */
#ifndef _MMTWIN_REPRO_CALLS_H
#define _MMTWIN_REPRO_CALLS_H

#include <mmtwin/repro.h>

/* --- addresses and pages -------------------------------------------------- */

/* Any linear address as a pointer; it need not be one of anything. */
static inline void *at(vaddr_t addr)
{
	return mm_ptr(mmtwin_machine, addr);
}

static inline struct page *pfn_to_page(pfn_t pfn)
{
	return mm_pfn_to_page(mmtwin_machine, pfn);
}

static inline pfn_t page_to_pfn(const struct page *page)
{
	return mm_page_to_pfn(mmtwin_machine, page);
}

static inline struct page *nth_page(struct page *page, u32 n)
{
	return pfn_to_page(page_to_pfn(page) + n);
}

/* Of an address that the page allocator gave: no call of the machine. */
static inline struct page *page_of(unsigned long addr)
{
	return pfn_to_page((mmtwin_linear(addr) - PAGE_OFFSET) >> PAGE_SHIFT);
}

static inline unsigned long addr_of(const struct page *page)
{
	return PAGE_OFFSET + ((unsigned long)page_to_pfn(page) << PAGE_SHIFT);
}

/* An area's address, NULL for none; and the end of one that was removed. */
static inline void *area_of(struct vm_struct *area)
{
	return area ? mmtwin_area_addr(area) : NULL;
}

static inline void free_area(struct vm_struct *area)
{
	if (area)
		mmtwin_free_area(area);
}

/* The word of RAM at a physical address. */
static inline u32 ram_word(u32 paddr)
{
	const u8 *frame =
		ram_frame(mm_ram(mmtwin_machine), paddr >> PAGE_SHIFT);

	return *(const volatile u32 *)(const void *)(frame + paddr % PAGE_SIZE);
}

static struct page **repro_pages;

static inline struct page **repro_pages_room(u32 nr)
{
	free(repro_pages);
	repro_pages = calloc((size_t)nr + 1, sizeof(*repro_pages));
	if (!repro_pages)
		repro_refused("pages of a vmap", "no memory");
	return repro_pages;
}

/* nr pages of a block: first, first + stride ..., modulo its size. */
static inline struct page **block_pages(struct page *head, u32 order, u32 first,
					u32 nr, u32 stride)
{
	struct page **pages = repro_pages_room(nr);

	for (u32 i = 0; i < nr; i++)
		pages[i] = nth_page(head,
				    (first + i * stride) & ((1u << order) - 1));
	return pages;
}

static inline struct page **with_hole(struct page **pages, u32 nr, u32 hole)
{
	if (hole < nr)
		pages[hole] = NULL;
	return pages;
}

static inline struct page **pfn_pages(pfn_t pfn, u32 nr)
{
	struct page **pages = repro_pages_room(nr);

	for (u32 i = 0; i < nr; i++)
		pages[i] = pfn_to_page(pfn + i);
	return pages;
}

/* vmap() of what vmalloc_to_page() gives from addr on. */
static inline void *vmap_area(void *addr, u32 nr, u32 prot)
{
	struct page **pages = repro_pages_room(nr);

	for (u32 i = 0; i < nr; i++) {
		call_again();
		pages[i] =
			vmalloc_to_page((char *)addr + (size_t)i * PAGE_SIZE);
		if (mm_report(mmtwin_machine))
			return NULL;
	}
	call_again();
	return vmap(pages, nr, VM_MAP, prot);
}

/* --- kmaps ---------------------------------------------------------------- */

/* Of nr pages, up to the first that gets no address. */
static inline void kmap_pages(struct page *page, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		void *kaddr;

		call_again();
		kaddr = kmap(nth_page(page, i));
		may_sleep(NULL, true);
		if (!kaddr)
			return;
	}
}

/* ... up to the first that draws a report. */
static inline void kunmap_pages(struct page *page, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		call_again();
		kunmap(nth_page(page, i));
		if (mm_report(mmtwin_machine))
			return;
	}
}

static inline void *kmap_of_area(void *addr)
{
	struct page *page = vmalloc_to_page(addr);

	if (!page)
		return NULL;
	call_again();
	return kmap(page);
}

static inline void kunmap_of_area(void *addr)
{
	struct page *page = vmalloc_to_page(addr);

	if (!page)
		return;
	call_again();
	kunmap(page);
}

/* --- the processor -------------------------------------------------------- */

#define SEL_AS_IT_IS 0xFFFFu /* no segment register is loaded */

/* In user or kernel mode, with `selector' loaded into `seg' first. */
static inline bool repro_enter(bool user, enum seg_reg seg, u32 selector,
			       struct fault *f)
{
	call_again();
	mm_set_mode(mmtwin_machine, user);
	f->vector = FAULT_NONE;
	if (selector == SEL_AS_IT_IS)
		return true;
	call_again();
	return mm_load_segment(mmtwin_machine, seg, (u16)selector, f);
}

/* ... and no access. */
static inline void enter(bool user, enum seg_reg seg, u32 selector)
{
	struct fault f;

	repro_enter(user, seg, selector, &f);
}

static inline struct fault load_segment(bool user, enum seg_reg seg,
					u32 selector)
{
	struct fault f = { 0 };

	call_again();
	mm_set_mode(mmtwin_machine, user);
	call_again();
	mm_load_segment(mmtwin_machine, seg, (u16)selector, &f);
	return f;
}

static inline struct fault repro_access(enum access_kind kind, bool user,
					enum seg_reg seg, u32 selector,
					u32 offset, u32 len, u8 *bytes)
{
	struct access a = { (u8)kind, (u8)seg, offset, len };
	struct access_pieces where;
	struct fault f = { 0 };

	if (!repro_enter(user, seg, selector, &f))
		return f;
	if (kind == ACCESS_READ && len == sizeof(u32)) {
		call_again();
		mm_load32(mmtwin_machine, seg, offset, &f);
		if (f.vector)
			return f;
	}
	call_again();
	mm_access(mmtwin_machine, &a, bytes, &where, &f);
	return f;
}

/* A load; of 4 bytes the quick way, and then the general way too. */
static inline struct fault load(bool user, enum seg_reg seg, u32 selector,
				u32 offset, u32 len)
{
	u8 bytes[ACCESS_BYTES_MAX];

	return repro_access(ACCESS_READ, user, seg, selector, offset, len,
			    bytes);
}

static inline struct fault fetch(bool user, u32 selector, u32 offset, u32 len)
{
	u8 bytes[ACCESS_BYTES_MAX];

	return repro_access(ACCESS_EXEC, user, SEG_CS, selector, offset, len,
			    bytes);
}

/* A store of `value', the byte that is there already: nothing changes. */
static inline struct fault store(bool user, enum seg_reg seg, u32 selector,
				 u32 offset, u32 len, const u8 *value)
{
	u8 bytes[ACCESS_BYTES_MAX] = { 0 };

	if (value)
		memcpy(bytes, value, len);
	return repro_access(ACCESS_WRITE, user, seg, selector, offset, len,
			    bytes);
}

/* --- callbacks ------------------------------------------------------------ */

/* What a constructor paints, and a destructor wipes. */
static inline u32 repro_painted(kmem_cache_t *cache)
{
	struct cache_info info;

	mm_cache_info(mmtwin_machine, cache, &info);
	return info.user_size < CTOR_PAINT_BYTES ? info.user_size
						 : CTOR_PAINT_BYTES;
}

static inline void construct(void *object, kmem_cache_t *cache,
			     unsigned long flags)
{
	u32 *word = object;

	if (flags & SLAB_CTOR_VERIFY)
		return;
	for (u32 i = 0; i < repro_painted(cache); i += 4)
		word[i / 4] = (mm_vaddr(object) + i) ^ CTOR_PATTERN;
}

/* A constructor that allocates. */
static inline void construct_nested(void *object, kmem_cache_t *cache,
				    unsigned long flags)
{
	gfp_t gfp = flags & SLAB_CTOR_ATOMIC ? GFP_ATOMIC : GFP_KERNEL;

	construct(object, cache, flags);
	if (!(flags & SLAB_CTOR_VERIFY))
		*(u32 *)object = mm_vaddr(kmalloc(NESTED_BYTES, gfp));
}

static inline void destruct(void *object, kmem_cache_t *cache,
			    unsigned long flags)
{
	(void)flags;
	memset(object, 0, repro_painted(cache));
}

static inline void destruct_nested(void *object, kmem_cache_t *cache,
				   unsigned long flags)
{
	u32 nested = *(u32 *)object;

	kfree(nested ? at(nested) : NULL);
	destruct(object, cache, flags);
}

/* A pool's allocator where pool_data is the size. */
static inline void *mempool_kmalloc(gfp_t gfp, void *pool_data)
{
	return kmalloc((size_t)pool_data, gfp);
}

static inline void mempool_kfree(void *element, void *pool_data)
{
	(void)pool_data;
	kfree(element);
}

#endif
