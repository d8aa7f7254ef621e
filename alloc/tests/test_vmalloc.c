// SPDX-License-Identifier: MIT
/*
 * test_vmalloc.c - memory in the vmalloc window: what it is made of, what
 * comes of each failure, and how it is given back.
 */
#include "areas.h"

static u32 bytes_at(struct machine *m, vaddr_t addr)
{
	struct fault f;
	u32 word;

	as_task(m, 0);
	word = mm_load32(m, SEG_DS, addr, &f);
	EXPECT_EQ(FAULT_NONE, f.vector);
	return word;
}

static struct vm_area_view seen_at(struct machine *m, vaddr_t addr)
{
	struct vm_area_view view;

	mm_vm_view(m, vm_area_find(m, addr), &view);
	return view;
}

/* --- what it is ----------------------------------------------------------- */

TEST(single_frames_in_a_row)
{
	struct machine *m = objects_on(SMALL_PC);
	vaddr_t addr = vmalloc_new(m, 2 * PAGE_SIZE + 1);
	struct vm_area_view view = seen_at(m, addr);
	u32 events = pc_events(m, TRACE_mm_page_alloc), paddr;
	struct fault f;

	EXPECT_EQ(VMALLOC, addr);
	EXPECT_EQ(3 + 1, events); /* a table, too */
	EXPECT_EQ(4 * PAGE_SIZE, view.size);
	EXPECT_EQ(VM_ALLOC, view.flags);
	EXPECT_EQ(3, view.nr_pages);
	for (u32 i = 0; i < 3; i++) {
		vaddr_t at = addr + i * PAGE_SIZE;
		struct page *page = page_at(m, at);

		EXPECT(page_to_pfn(m, page) >= LOW_PFNS);
		EXPECT_EQ(frame_word(m, page, PAGE_KERNEL), kernel_word(m, at));
		EXPECT_EQ(1, frame_seen(m, page).count);
		EXPECT_EQ(1, frame_seen(m, page).kmapcount);
		EXPECT_EQ(0, frame_seen(m, page).order);
		memset(page_bytes(m, page), 0x11 * (int)i, PAGE_SIZE);
		EXPECT_EQ(0x11111111 * i, bytes_at(m, at + 0x123));
		EXPECT_REPORT(m, free_mapped, (mm__free_pages(m, page, 0), 0));
	}
	EXPECT(!touch_byte(m, ACCESS_READ, addr + 3 * PAGE_SIZE, &paddr, &f));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(where_frames_come_from)
{
	struct machine *m = objects_on(SMALL_PC);
	vaddr_t any = vmalloc_new(m, 1), exec, low, dma, zero, none;
	struct page *page;

	exec = mm_vmalloc_exec(m, 1);
	low = mm_vmalloc_32(m, 1);
	dma = mm__vmalloc(m, 1, GFP_KERNEL | __GFP_DMA, 0x161);
	none = mm__vmalloc(m, 1, GFP_KERNEL, 0xE80);
	EXPECT(page_to_pfn(m, page_at(m, any)) >= LOW_PFNS);
	EXPECT(page_to_pfn(m, page_at(m, exec)) >= LOW_PFNS);
	EXPECT_EQ(PAGE_KERNEL, kernel_word(m, exec) & 0xFFF);
	EXPECT(page_to_pfn(m, page_at(m, low)) < LOW_PFNS);
	EXPECT(page_to_pfn(m, page_at(m, dma)) < MAX_DMA_PFN);
	EXPECT_EQ(0x161, kernel_word(m, dma) & 0xFFF);
	EXPECT_EQ(0, kernel_word(m, none) & 0xFFF);
	page = page_at(m, low);
	memset(page_bytes(m, page), 0xFF, PAGE_SIZE);
	vmalloc_gone(m, low);
	as_task(m, 0);
	zero = mm__vmalloc(m, 1, GFP_KERNEL | __GFP_ZERO, PAGE_KERNEL);
	EXPECT(page_at(m, zero) == page);
	EXPECT_EQ(0, bytes_at(m, zero + 0x800));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* 1024 links fit into a page; for one more the array is an area. */
TEST(an_array_that_is_an_area)
{
	struct machine *m = objects_on("ram=40M vmalloc=1004M cpus=2");
	vaddr_t few = vmalloc_new(m, 1024 * PAGE_SIZE);
	vaddr_t many = vmalloc_new(m, 1025 * PAGE_SIZE);
	struct vm_area_view view = seen_at(m, few), array;
	u32 free;

	EXPECT_EQ(VM_ALLOC, view.flags);
	EXPECT(view.pages < VMALLOC);
	view = seen_at(m, many);
	EXPECT_EQ(VM_ALLOC | VM_VPAGES, view.flags);
	EXPECT_EQ(1025, view.nr_pages);
	EXPECT_EQ(many + 1026 * PAGE_SIZE, view.pages);
	array = seen_at(m, view.pages);
	EXPECT_EQ(VM_ALLOC, array.flags);
	EXPECT_EQ(2, array.nr_pages);
	for (u32 i = 0; i < 1025; i++)
		EXPECT_EQ(ptr_link(page_at(m, many + i * PAGE_SIZE)),
			  bytes_at(m, view.pages + i * 4));
	EXPECT_SOUND(m);
	EXPECT_REFUSED(m, 0, vm_kind, (mm_vfree(m, view.pages), 0));
	EXPECT_REFUSED(m, 0, vm_kind, (mm_vunmap(m, view.pages), 0));
	mm_drain_local_pages(m);
	free = mm_nr_free_pages(m);
	vmalloc_gone(m, many);
	mm_drain_local_pages(m);
	EXPECT_EQ(free + 1025 + 2, mm_nr_free_pages(m));
	EXPECT_EQ(1, nr_areas(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- the moves ------------------------------------------------------------ */

/* Which areas and frames, in their order; refills and the like apart. */
static void expect_moves(struct machine *m, const u8 *want, u32 nr_want)
{
	const struct trace_record *trace;
	u32 nr, at = 0;

	trace = mm_trace(m, &nr);
	for (u32 i = 0; i < nr; i++) {
		u8 event = trace[i].event;

		if (event != TRACE_mm_page_alloc &&
		    event != TRACE_mm_page_free &&
		    event != TRACE_alloc_vmap_area &&
		    event != TRACE_free_vmap_area)
			continue;
		EXPECT(at < nr_want && event == want[at]);
		at++;
	}
	EXPECT_EQ(nr_want, at);
}

TEST(moves_of_one_area)
{
	static const u8 made[] = { TRACE_alloc_vmap_area, TRACE_mm_page_alloc,
				   TRACE_mm_page_alloc };
	static const u8 gone[] = { TRACE_free_vmap_area, TRACE_mm_page_free,
				   TRACE_mm_page_free };
	struct machine *m = objects_on(SMALL_PC);
	const struct trace_record *trace;
	vaddr_t addr;
	u32 nr;

	vmalloc_new(m, 1); /* the table is there, and slabs are */
	addr = vmalloc_new(m, 2 * PAGE_SIZE);
	expect_moves(m, made, ARRAY_SIZE(made));
	trace = mm_trace(m, &nr);
	EXPECT_EQ(addr, trace[0].pfn);
	EXPECT_EQ(VM_ALLOC, trace[0].order);
	EXPECT_EQ(3 * PAGE_SIZE, trace[0].arg);
	vmalloc_gone(m, addr);
	expect_moves(m, gone, ARRAY_SIZE(gone));
	machine_delete(m);
}

TEST(moves_of_an_area_with_an_array)
{
	struct machine *m = objects_on(SMALL_PC);
	static u8 moves[4 + 2 + 1025];
	vaddr_t addr = vmalloc_new(m, 1025 * PAGE_SIZE);

	vmalloc_gone(m, addr);
	memset(moves, TRACE_mm_page_alloc, sizeof(moves));
	moves[0] = moves[1] = TRACE_alloc_vmap_area;
	addr = vmalloc_new(m, 1025 * PAGE_SIZE);
	expect_moves(m, moves, 2 + 2 + 1025);
	memset(moves, TRACE_mm_page_free, sizeof(moves));
	moves[0] = moves[1026] = TRACE_free_vmap_area;
	vmalloc_gone(m, addr);
	expect_moves(m, moves, 1 + 1025 + 1 + 2);
	machine_delete(m);
}

/* --- what goes wrong ------------------------------------------------------ */

TEST(vmalloc_refused)
{
	struct machine *m = objects_on(SMALL_PC);

	EXPECT_REFUSED(m, TASK_IRQ, none, mm_vmalloc(m, 0));
	EXPECT_REFUSED(m, TASK_IRQ, none, mm_vmalloc(m, 0xFFFFF001));
	EXPECT_REFUSED(m, TASK_IRQ, none, mm_vmalloc(m, 6145 * PAGE_SIZE));
	EXPECT_REFUSED(m, TASK_IRQ, vm_interrupt, mm_vmalloc(m, 1));
	EXPECT_REFUSED(m, TASK_IRQ, vm_interrupt,
		       mm__vmalloc(m, 1, GFP_ATOMIC, 0x163));
	EXPECT_REFUSED(m, TASK_ATOMIC, sleep_in_atomic, mm_vmalloc(m, 1));
	/* more than is free, and not more than there is */
	EXPECT_REFUSED(m, 0, none, mm_vmalloc(m, 6144 * PAGE_SIZE));
	EXPECT_REFUSED(m, 0, bad_zone_bits,
		       mm__vmalloc(m, 1, GFP_KERNEL | GFP_ZONEMASK, 0x163));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Tables are GFP_KERNEL's, whatever the caller can bear. */
TEST(vmalloc_of_a_task_that_must_not_sleep)
{
	struct machine *m = objects_on(SMALL_PC);
	vaddr_t addr;

	EXPECT_REFUSED(m, TASK_ATOMIC, sleep_in_atomic,
		       mm__vmalloc(m, 1, GFP_ATOMIC, 0x163));
	EXPECT_EQ(0, kernel_pde(m, VMALLOC)->word);
	vmalloc_new(m, 1);
	as_task(m, TASK_ATOMIC);
	addr = mm__vmalloc(m, 1, GFP_ATOMIC, 0x163);
	EXPECT_EQ(VMALLOC + 2 * PAGE_SIZE, addr);
	mm_vfree(m, addr);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(1, nr_areas(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Each allocation inside fails once: slab, array, frames, table. */
static void fail_each(struct machine *m, u32 size, u32 nr_min)
{
	u64 view = machine_view(m);
	vaddr_t addr = 0;
	u8 nth;

	for (nth = 1; nth < 255 && !addr; nth++) {
		failing(m, nth);
		addr = mm_vmalloc(m, size);
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_EQ(!addr, view == machine_view(m));
		EXPECT_EQ(!addr, nr_areas(m) == 0);
		EXPECT_SOUND(m);
	}
	EXPECT(nth - 2u >= nr_min);
	if (addr)
		vmalloc_gone(m, addr);
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
}

TEST(each_part_fails_once)
{
	static const char *const lines[] = { SMALL_PC, DEBUG_PC,
					     SMALL_PC " mem=nopentium" };

	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		struct machine *m = objects_on(lines[i]);

		fail_each(m, 5 * PAGE_SIZE, 6);
		fail_each(m, 5 * PAGE_SIZE, 5);
		fail_each(m, 600 * PAGE_SIZE, 253);
		fail_each(m, 1100 * PAGE_SIZE, 253);
		machine_delete(m);
	}
}

/* The last frame of all, and so the array's way back from there. */
TEST(memory_that_ends_half_way)
{
	struct machine *m = objects_on(SMALL_PC);
	u64 view = machine_view(m);
	u32 pages;

	for (pages = 6144; pages > 4000; pages -= 9) {
		vaddr_t addr = vmalloc_new(m, pages * PAGE_SIZE);

		if (addr) {
			EXPECT(pages < 6144);
			EXPECT_SOUND(m);
			vmalloc_gone(m, addr);
			break;
		}
		EXPECT_EQ(view, machine_view(m));
	}
	EXPECT(pages > 4000);
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(vfree_misused)
{
	struct machine *m = objects_on(SMALL_PC);
	vaddr_t addr = vmalloc_new(m, 3 * PAGE_SIZE);
	vaddr_t device = area_new(m, 1, VM_IOREMAP);

	EXPECT_REFUSED(m, TASK_IRQ, vm_interrupt, (mm_vfree(m, 0), 0));
	EXPECT_REFUSED(m, TASK_IRQ, vm_interrupt, (mm_vfree(m, addr), 0));
	EXPECT_REFUSED(m, TASK_ATOMIC, none, (mm_vfree(m, 0), 0));
	EXPECT_REFUSED(m, 0, vm_unknown, (mm_vfree(m, addr + 4), 0));
	EXPECT_REFUSED(m, 0, vm_unknown, (mm_vfree(m, addr + 0x1000), 0));
	EXPECT_REFUSED(m, 0, vm_unknown, (mm_vfree(m, addr + 0x3000), 0));
	EXPECT_REFUSED(m, 0, vm_unknown, (mm_vfree(m, PAGE_OFFSET), 0));
	EXPECT_REFUSED(m, 0, vm_kind, (mm_vfree(m, device), 0));
	vmalloc_gone(m, addr);
	EXPECT_REFUSED(m, 0, vm_unknown, (mm_vfree(m, addr), 0));
	/* one that has no pages */
	addr = area_new(m, 3 * PAGE_SIZE, VM_ALLOC);
	vmalloc_gone(m, addr);
	EXPECT_EQ(1, nr_areas(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Of the area's frames, and of its array's. */
TEST(memory_that_others_have_mapped)
{
	struct machine *m = objects_on(SMALL_PC);
	vaddr_t addr = vmalloc_new(m, 1025 * PAGE_SIZE), other;
	vaddr_t at[] = { addr, addr + 1024 * PAGE_SIZE,
			 seen_at(m, addr).pages + PAGE_SIZE };

	for (u32 i = 0; i < ARRAY_SIZE(at); i++) {
		struct page *page = page_at(m, at[i]);

		other = vmap_one(m, page, PAGE_KERNEL);
		EXPECT_REFUSED(m, 0, free_mapped, (mm_vfree(m, addr), 0));
		as_task(m, 0);
		mm_vunmap(m, other);
	}
	/* whoever has a reference keeps it, and the mapping */
	other = vmap_one(m, page_at(m, addr), PAGE_KERNEL);
	mm_get_page(m, page_at(m, other));
	vmalloc_gone(m, addr);
	EXPECT_EQ(1, frame_seen(m, page_at(m, other)).count);
	EXPECT_EQ(1, frame_seen(m, page_at(m, other)).kmapcount);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* A user's mapping has its own reference. */
TEST(memory_that_users_have_mapped)
{
	struct machine *m = objects_on(SMALL_PC);
	vaddr_t addr = vmalloc_new(m, PAGE_SIZE);
	struct page *page = page_at(m, addr);
	struct pgd *pgd = pgd_new(m);

	EXPECT_EQ(0, mm_map_page(m, pgd, 0x5000, page, USER_SHARED));
	EXPECT_REPORT(m, free_mapped, (mm_put_page(m, page), 0));
	vmalloc_gone(m, addr);
	EXPECT_EQ(1, frame_seen(m, page).count);
	EXPECT_EQ(1, frame_seen(m, page).mapcount);
	EXPECT_SOUND(m);
	EXPECT_EQ(0, mm_unmap(m, pgd, 0x5000, 1));
	EXPECT_EQ(0, frame_seen(m, page).count);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- processors, resets --------------------------------------------------- */

/* A directory learns of the table when its process comes there. */
TEST(a_process_that_comes_later)
{
	struct machine *m = objects_on(SMALL_PC);
	struct pgd *pgd = pgd_new(m);
	u32 index = pgd_index(VMALLOC), paddr;
	struct fault f;
	vaddr_t addr;

	EXPECT_EQ(0, mm_switch_mm(m, pgd));
	addr = vmalloc_new(m, PAGE_SIZE);
	EXPECT_EQ(0, pgd_words(pgd)[index].word);
	EXPECT(touch_byte(m, ACCESS_WRITE, addr + 9, &paddr, &f));
	EXPECT_EQ(frame_word(m, page_at(m, addr), 9), paddr);
	EXPECT_EQ(kernel_pde(m, VMALLOC)->word, pgd_words(pgd)[index].word);
	EXPECT(!touch_byte(m, ACCESS_READ, addr + PAGE_SIZE, &paddr, &f));
	EXPECT_EQ(addr + PAGE_SIZE, f.cr2);
	vmalloc_gone(m, addr);
	EXPECT(!touch_byte(m, ACCESS_READ, addr, &paddr, &f));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* What another CPU remembers of it goes with the area. */
TEST(all_tlbs_forget)
{
	struct machine *m = objects_on(SMALL_PC);
	vaddr_t addr = vmalloc_new(m, PAGE_SIZE);
	struct fault f;

	on_cpu(m, 1);
	mm_load32(m, SEG_DS, addr, &f);
	mm_load32(m, SEG_DS, PAGE_OFFSET, &f);
	EXPECT(mm_tlb_entry(m, 1, addr, false) & TLB_GLOBAL);
	vmalloc_gone(m, addr);
	EXPECT_EQ(0, mm_tlb_entry(m, 1, addr, false));
	EXPECT_EQ(0, mm_tlb_entry(m, 1, PAGE_OFFSET, true));
	machine_delete(m);
}

TEST(a_reset_takes_all_areas)
{
	struct machine *m = objects_on(SMALL_PC);
	u64 digest = machine_digest(m);

	machine_snapshot(m);
	for (u32 round = 0; round < 3; round++) {
		struct page *page = pc_alloc(m, GFP_HIGHUSER, 0);
		struct mapping_counts counts;

		EXPECT_EQ(VMALLOC, vmalloc_new(m, 1025 * PAGE_SIZE));
		vmalloc_gone(m, vmalloc_new(m, 30000));
		area_new(m, 1, VM_IOREMAP);
		vmap_one(m, page, PAGE_KERNEL);
		EXPECT(digest != machine_digest(m));
		EXPECT_SOUND(m);
		machine_reset(m);
		EXPECT_EQ(digest, machine_digest(m));
		mm_mapping_counts(m, &counts);
		EXPECT_EQ(0, counts.nr_areas | counts.area_bytes);
		EXPECT(!mm_vm_next(m, NULL));
		EXPECT_EQ(0, frame_seen(m, page).kmapcount);
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}

/* Boot begins with none, too. */
TEST(power_off_takes_all_areas)
{
	struct machine *m = objects_on(SMALL_PC);
	const struct boot_line line = pc_words("ram=32M cpus=1");

	vmalloc_new(m, 1);
	EXPECT(!machine_boot(m, &line));
	machine_mem_init(m);
	EXPECT(!machine_kmem_cache_init(m));
	EXPECT_EQ(0, nr_areas(m));
	EXPECT_EQ(0xC2800000, vmalloc_new(m, 1));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The hashes see an area that has no page. */
TEST(hashes_see_areas)
{
	struct machine *m = objects_on(SMALL_PC);
	u64 view = machine_view(m), digest = machine_digest(m);
	vaddr_t addr;

	vmalloc_new(m, 1);
	vmalloc_gone(m, VMALLOC);
	EXPECT_EQ(view, machine_view(m));
	digest = machine_digest(m);
	addr = area_new(m, 1, VM_MAP);
	EXPECT(view != machine_view(m));
	EXPECT(digest != machine_digest(m));
	view = machine_view(m);
	digest = machine_digest(m);
	vm_area_find(m, addr)->phys_addr = 4096;
	EXPECT(view != machine_view(m));
	EXPECT(digest != machine_digest(m));
	machine_delete(m);
}
