// SPDX-License-Identifier: MIT
/*
 * test_kmap_atomic.c - kmap_atomic of all types on all CPUs, as of 2.6.12 and
 * strict; preempt_count.
 */
#include "highmem.h"

#define STRICT_PC HIGH_PC " kmap_strict"
#define ALL_CPUS "ram=32M vmalloc=1004M cpus=8"

/* Of which slots grow downwards. */
static vaddr_t atomic_at(u32 cpu, u32 type)
{
	return 0xFFFFF000u - (2 + type + 13 * cpu) * PAGE_SIZE;
}

static u32 pte_at(struct machine *m, vaddr_t addr)
{
	return m->fixmap_pt[addr >> PAGE_SHIFT & 1023].word;
}

static u32 word_of(const struct machine *m, const struct page *page)
{
	return page_to_pfn(m, page) << PAGE_SHIFT | 0x163;
}

static u32 held(struct machine *m, u32 cpu)
{
	struct cpu_view view;

	mm_cpu_view(m, cpu, &view);
	return view.preempt_count;
}

/* On a CPU, without a report. */
static vaddr_t take(struct machine *m, u32 cpu, struct page *page, u32 type)
{
	vaddr_t addr;

	on_cpu(m, cpu);
	addr = mm_kmap_atomic(m, page, type);
	EXPECT_EQ(REPORT_none, mm_report(m));
	return addr;
}

static void give(struct machine *m, u32 cpu, vaddr_t addr, u32 type)
{
	on_cpu(m, cpu);
	mm_kunmap_atomic(m, addr, type);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

/* --- slots ---------------------------------------------------------------- */

static void all_types_on_all_cpus(const char *line, bool strict)
{
	struct machine *m = high_on(line);
	struct page *page[8 * 13];

	for (u32 i = 0; i < 8 * 13; i++)
		page[i] = high_page(m);
	for (u32 i = 0; i < 8 * 13; i++)
		EXPECT_EQ(atomic_at(i / 13, i % 13),
			  take(m, i / 13, page[i], i % 13));
	EXPECT_SOUND(m);
	for (u32 i = 0; i < 8 * 13; i++) {
		EXPECT_EQ(word_of(m, page[i]), pte_at(m, atomic_at(0, i)));
		EXPECT_EQ(strict, kmaps_of(m, page[i]));
		on_cpu(m, 7 - i / 13); /* any CPU may ask */
		EXPECT(page[i] == mm_kmap_atomic_to_page(m, atomic_at(0, i)));
		EXPECT_EQ(13, held(m, i / 13));
	}
	for (u32 i = 0; i < 8 * 13; i++)
		give(m, i / 13, atomic_at(0, i), i % 13);
	for (u32 i = 0; i < 8 * 13; i++) {
		EXPECT_EQ(strict ? 0 : word_of(m, page[i]),
			  pte_at(m, atomic_at(0, i)));
		EXPECT_EQ(0, held(m, i / 13));
		EXPECT_EQ(0, kmaps_of(m, page[i]));
	}
	EXPECT_SOUND(m);
	machine_reset(m);
	EXPECT_EQ(0, pte_at(m, atomic_at(3, 3)));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(all_thirteen_types_on_eight_cpus)
{
	EXPECT_EQ(0xFFFFD000, atomic_at(0, KM_BOUNCE_READ));
	EXPECT_EQ(0xFFFFA000, atomic_at(0, KM_USER0));
	EXPECT_EQ(0xFFFF9000, atomic_at(0, KM_USER1));
	all_types_on_all_cpus(ALL_CPUS, false);
	all_types_on_all_cpus(ALL_CPUS " kmap_strict", true);
}

/* Silently, and the TLB of this CPU forgets it, as 2.6.12 has it. */
TEST(a_slot_in_use_is_overwritten)
{
	struct machine *m = high_on(HIGH_PC);
	struct page *page[2] = { high_page(m), high_page(m) };
	vaddr_t addr = atomic_at(0, KM_USER0);
	struct fault f;

	for (u32 i = 0; i < 2; i++) {
		EXPECT_EQ(addr, take(m, 0, page[i], KM_USER0));
		mm_load32(m, SEG_DS, addr, &f);
		EXPECT_EQ(page_to_pfn(m, page[i]) << PAGE_SHIFT,
			  mm_tlb_entry(m, 0, addr, false) & PTE_FRAME);
	}
	EXPECT_EQ(word_of(m, page[1]), pte_at(m, addr));
	EXPECT_EQ(2, held(m, 0));
	/* no count is kept, so that the page may go */
	EXPECT_EQ(0, kmaps_of(m, page[1]));
	pc_free(m, page[1], 0);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(a_strict_slot_is_not_overwritten)
{
	struct machine *m = high_on(STRICT_PC);
	struct page *page = high_page(m), *other = high_page(m);
	vaddr_t addr = take(m, 0, page, KM_IRQ0);
	struct fault f;

	mm_load32(m, SEG_DS, addr, &f);
	EXPECT_NOTHING(m, 0, kmap_busy, mm_kmap_atomic(m, other, KM_IRQ0));
	EXPECT_NOTHING(m, 0, kmap_busy, mm_kmap_atomic(m, page, KM_IRQ0));
	/* the page is somebody's as long as it is there */
	pc_free(m, page, 0);
	EXPECT_EQ(REPORT_free_mapped, mm_report(m));
	EXPECT_EQ(1, kmaps_of(m, page));
	/* another CPU's, another type's */
	give(m, 1, take(m, 1, other, KM_IRQ0), KM_IRQ0);
	give(m, 0, take(m, 0, page, KM_IRQ1), KM_IRQ1);
	give(m, 0, addr, KM_IRQ0);
	EXPECT_EQ(0, mm_tlb_entry(m, 0, addr, false));
	EXPECT_EQ(0, pte_at(m, addr));
	pc_free(m, page, 0);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Only this CPU's TLB is told: the others' slots are others. */
TEST(invlpg_is_local)
{
	struct machine *m = high_on(HIGH_PC);
	struct page *page = high_page(m), *other = high_page(m);
	vaddr_t addr = take(m, 0, page, KM_PTE0);
	struct fault f;

	on_cpu(m, 1);
	mm_load32(m, SEG_DS, addr, &f);
	take(m, 0, other, KM_PTE0);
	EXPECT_EQ(page_to_pfn(m, page) << PAGE_SHIFT,
		  mm_tlb_entry(m, 1, addr, false) & PTE_FRAME);
	machine_delete(m);
}

/* The count alone: bug 91 of the reference emptied somebody else's slot. */
TEST(a_low_page_takes_no_slot)
{
	for (u32 strict = 0; strict < 2; strict++) {
		struct machine *m = high_on(strict ? STRICT_PC : HIGH_PC);
		struct page *low = pc_alloc(m, GFP_KERNEL, 0);
		struct page *high = high_page(m);
		vaddr_t addr, mine = take(m, 0, high, KM_USER0);

		addr = take(m, 0, low, KM_USER0);
		EXPECT_EQ(mm_page_address(m, low), addr);
		EXPECT_EQ(2, held(m, 0));
		EXPECT_EQ(0, kmaps_of(m, low));
		EXPECT_EQ(word_of(m, high), pte_at(m, mine));
		give(m, 0, addr + 5, KM_USER0);
		EXPECT_EQ(word_of(m, high), pte_at(m, mine));
		EXPECT_EQ(1, held(m, 0));
		/* whatever page it is */
		pc_free(m, low, 0);
		give(m, 0, take(m, 0, low, KM_USER0), KM_USER0);
		give(m, 0, mine, KM_USER0);
		EXPECT_EQ(0, held(m, 0));
		EXPECT_SOUND(m);
		machine_delete(m);
	}
}

/* A free frame behind the slot, and then its next owner's. */
TEST(what_kunmap_atomic_leaves_behind)
{
	struct machine *m = high_on(HIGH_PC);
	struct page *page = high_page(m);
	vaddr_t addr = take(m, 0, page, KM_USER1);

	give(m, 0, addr, KM_USER1);
	pc_free(m, page, 0);
	EXPECT_EQ(word_of(m, page), pte_at(m, addr));
	EXPECT(page == mm_kmap_atomic_to_page(m, addr));
	EXPECT_SOUND(m);
	EXPECT_NOTHING(m, 0, ref_free, mm_kmap_atomic(m, page, KM_USER1));
	machine_delete(m);
}

/* --- misuse --------------------------------------------------------------- */

TEST(what_cannot_be_mapped)
{
	struct machine *m = high_on(HIGH_PC);
	struct page *page = high_page(m);

	EXPECT_NOTHING(m, 0, kmap_type, mm_kmap_atomic(m, page, KM_TYPE_NR));
	EXPECT_NOTHING(m, 0, kmap_type, mm_kmap_atomic(m, NULL, 0xFFFFFFFF));
	EXPECT_NOTHING(m, 0, bad_page, mm_kmap_atomic(m, NULL, KM_USER0));
	pc_free(m, page, 0);
	EXPECT_NOTHING(m, 0, ref_free, mm_kmap_atomic(m, page, KM_USER0));
	machine_delete(m);
}

/* The report, and nothing else. */
static void expect_kunmap(struct machine *m, enum report_kind kind,
			  vaddr_t addr, u32 type)
{
	u64 digest = machine_digest(m);

	on_cpu(m, 0);
	mm_kunmap_atomic(m, addr, type);
	EXPECT_EQ(kind, mm_report(m));
	EXPECT_EQ(digest, machine_digest(m));
}

TEST(kunmap_atomic_of_something_else)
{
	struct machine *m = high_on(HIGH_PC);
	vaddr_t addr = take(m, 0, high_page(m), KM_USER0);
	const vaddr_t other[] = { 0,
				  addr - PAGE_SIZE,
				  addr + PAGE_SIZE,
				  atomic_at(1, KM_USER0),
				  PAGE_OFFSET - 1,
				  PAGE_OFFSET + 0x1400000,
				  PKMAP };

	for (u32 i = 0; i < sizeof(other) / sizeof(*other); i++)
		expect_kunmap(m, REPORT_kunmap_slot, other[i], KM_USER0);
	expect_kunmap(m, REPORT_kunmap_slot, addr, KM_USER1);
	expect_kunmap(m, REPORT_kmap_type, addr, KM_TYPE_NR);
	/* any byte of the page will do */
	give(m, 0, addr + 4095, KM_USER0);
	machine_delete(m);
}

/* Bug 92: twice, and preempt_count wraps. */
TEST(kunmap_atomic_twice)
{
	struct machine *m = high_on(HIGH_PC);
	vaddr_t addr = take(m, 0, high_page(m), KM_USER0);

	give(m, 0, addr, KM_USER0);
	expect_kunmap(m, REPORT_kunmap_unheld, addr, KM_USER0);
	expect_kunmap(m, REPORT_kunmap_unheld, PAGE_OFFSET, KM_USER0);
	EXPECT_EQ(0, held(m, 0));
	machine_delete(m);
}

/* The count does not say which: 2.6.12 cannot tell, strict slots can. */
TEST(kunmap_atomic_of_a_slot_that_is_empty)
{
	for (u32 strict = 0; strict < 2; strict++) {
		struct machine *m = high_on(strict ? STRICT_PC : HIGH_PC);
		vaddr_t addr = take(m, 0, high_page(m), KM_USER0);

		give(m, 0, addr, KM_USER0);
		take(m, 0, high_page(m), KM_USER1);
		if (strict)
			expect_kunmap(m, REPORT_kunmap_unheld, addr, KM_USER0);
		else
			give(m, 0, addr, KM_USER0);
		EXPECT_EQ(strict, held(m, 0));
		machine_delete(m);
	}
}

/* Then the count is gone, and the slot is not. */
TEST(a_strict_slot_is_left_behind)
{
	struct machine *m = high_on(STRICT_PC);
	struct page *page = high_page(m);
	vaddr_t addr = take(m, 0, page, KM_USER0);

	give(m, 0, PAGE_OFFSET, KM_USER0);
	EXPECT_EQ(0, held(m, 0));
	EXPECT_EQ(word_of(m, page), pte_at(m, addr));
	EXPECT_SOUND(m);
	expect_kunmap(m, REPORT_kunmap_unheld, addr, KM_USER0);
	take(m, 0, pfn_to_page(m, 256), KM_USER0);
	give(m, 0, addr, KM_USER0);
	EXPECT_EQ(0, pte_at(m, addr));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(to_page)
{
	struct machine *m = high_on(HIGH_PC);
	const vaddr_t none[] = {
		0xFFFFF000,	  0xFFFFE000, atomic_at(0, KM_USER0),
		atomic_at(7, 12), 0xFFFFFFFF, 0xFFF95000
	};

	EXPECT(m->mem_map + 5119 ==
	       mm_kmap_atomic_to_page(m, PAGE_OFFSET + 5119 * 4096 + 7));
	mm_set_fixmap(m, 1, 0xFEC00000, true);
	for (u32 i = 0; i < sizeof(none) / sizeof(*none); i++) {
		as_task(m, 0);
		EXPECT(!mm_kmap_atomic_to_page(m, none[i]));
		EXPECT_EQ(REPORT_bad_address, mm_report(m));
	}
	machine_delete(m);
}

TEST(which_addresses_have_a_struct_page)
{
	struct machine *m = high_on(HIGH_PC);

	do_kmap(m, high_page(m));
	EXPECT(mm_virt_addr_valid(m, PAGE_OFFSET));
	EXPECT(mm_virt_addr_valid(m, PAGE_OFFSET + 0x13FFFFF));
	EXPECT(!mm_virt_addr_valid(m, PAGE_OFFSET + 0x1400000));
	EXPECT(!mm_virt_addr_valid(m, PAGE_OFFSET - 1));
	EXPECT(!mm_virt_addr_valid(m, 0));
	EXPECT(!mm_virt_addr_valid(m, slot_at(1)));
	EXPECT(!mm_virt_addr_valid(m, 0xFFFFA000));
	machine_delete(m);
}

/* --- preempt_count -------------------------------------------------------- */

static bool may_sleep(struct machine *m, u32 cpu)
{
	struct page *page;

	on_cpu(m, cpu);
	page = mm_alloc_pages(m, GFP_KERNEL, 0);
	EXPECT_EQ(page ? REPORT_none : REPORT_sleep_in_atomic, mm_report(m));
	return page;
}

/* They nest, of whatever types, and go in any order; each CPU has its own. */
TEST(who_holds_one_may_not_sleep)
{
	struct machine *m = high_on(HIGH_PC);
	struct page *page = high_page(m);
	vaddr_t addr[3];

	for (u32 i = 0; i < 3; i++) {
		EXPECT_EQ(!i, may_sleep(m, 0));
		addr[i] = take(m, 0, page, KM_USER0 + i);
		EXPECT(may_sleep(m, 1));
	}
	for (u32 i = 0; i < 3; i++) {
		EXPECT(!may_sleep(m, 0));
		give(m, 0, addr[i], KM_USER0 + i);
	}
	EXPECT(may_sleep(m, 0));
	machine_delete(m);
}

/* Also the call that follows in the same task, without mm_set_current(). */
TEST(at_once)
{
	struct machine *m = high_on(HIGH_PC);
	struct page *page = high_page(m);
	vaddr_t addr;

	as_task(m, 0);
	addr = mm_kmap_atomic(m, page, KM_USER0);
	EXPECT(!mm_alloc_pages(m, GFP_KERNEL, 0));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	EXPECT(mm_alloc_pages(m, GFP_ATOMIC, 0) != NULL);
	mm_kunmap_atomic(m, addr, KM_USER0);
	EXPECT(mm_alloc_pages(m, GFP_KERNEL, 0) != NULL);
	/* a lock is a lock, whatever is held beside it */
	as_task(m, TASK_ATOMIC);
	mm_kunmap_atomic(m, mm_kmap_atomic(m, page, KM_USER0), KM_USER0);
	EXPECT(!mm_alloc_pages(m, GFP_KERNEL, 0));
	machine_delete(m);
}

TEST(what_else_may_not_sleep)
{
	struct machine *m = objects_on(HIGH_PC);
	struct kmem_cache *cache = cache_new(m, "held", 100, 0, 0);
	struct page *page = high_page(m);

	take(m, 0, page, KM_USER0);
	EXPECT_REPORT(m, sleep_in_atomic, mm_kmalloc(m, 64, GFP_KERNEL));
	EXPECT_REPORT(m, sleep_in_atomic,
		      mm_kmem_cache_create(m, "more", 64, 0, 0, NULL, NULL));
	EXPECT_REPORT(m, sleep_in_atomic, mm_kmem_cache_destroy(m, cache));
	EXPECT_REPORT(m, sleep_in_atomic, mm_kmap(m, page));
	EXPECT_REPORT(m, sleep_in_atomic, mm_pgd_alloc(m));
	EXPECT_REPORT(m, none, mm_kmalloc(m, 64, GFP_ATOMIC));
	/* reaps are others' tasks, though on this CPU: they go on */
	as_task(m, 0);
	mm_tick(m, 5 * HZ);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(1, held(m, 0));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(a_reset_lets_go)
{
	struct machine *m = high_on(STRICT_PC);
	u64 digest = machine_digest(m), view = machine_view(m);

	take(m, 0, high_page(m), KM_USER0);
	take(m, 1, pc_alloc(m, GFP_ATOMIC, 0), KM_USER0);
	EXPECT(digest != machine_digest(m));
	EXPECT(view != machine_view(m));
	machine_reset(m);
	EXPECT_EQ(digest, machine_digest(m));
	EXPECT_EQ(view, machine_view(m));
	EXPECT(may_sleep(m, 0));
	machine_delete(m);
}

/* ... and a boot. */
TEST(a_boot_lets_go)
{
	struct machine *m = high_on(HIGH_PC);

	take(m, 0, high_page(m), KM_USER0);
	EXPECT(!pc_boot_why(m, HIGH_PC));
	machine_mem_init(m);
	EXPECT(may_sleep(m, 0));
	machine_delete(m);
}

/* The count is everybody's to see, and so is a strict slot. */
TEST(the_view_of_slots)
{
	for (u32 strict = 0; strict < 2; strict++) {
		struct machine *m = high_on(strict ? STRICT_PC : HIGH_PC);
		struct page *page = high_page(m), *other = high_page(m);
		u64 view = machine_view(m), one;

		give(m, 0, take(m, 0, page, KM_USER0), KM_USER0);
		EXPECT_EQ(view, machine_view(m));
		take(m, 0, page, KM_USER0);
		one = machine_view(m);
		EXPECT(view != one);
		machine_reset(m);
		EXPECT(page == high_page(m) && other == high_page(m));
		take(m, 0, other, KM_USER0);
		EXPECT_EQ(strict, one != machine_view(m));
		machine_delete(m);
	}
}
