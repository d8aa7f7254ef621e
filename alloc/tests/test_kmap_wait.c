// SPDX-License-Identifier: MIT
/*
 * test_kmap_wait.c - kmap where all slots have users: who sleeps, who wakes
 * whom, and what has become of the page meanwhile.
 */
#include "highmem.h"
#include "../wait.h"

static struct page *user[LAST_PKMAP]; /* of slot i + 1, and of slot 0 */

/* A machine all of whose slots have one user each. */
static struct machine *full(void)
{
	struct machine *m = high_on(HIGH_PC);

	for (u32 i = 0; i < LAST_PKMAP; i++) {
		user[i] = high_page(m);
		EXPECT_EQ(slot_at((i + 1) % LAST_PKMAP), do_kmap(m, user[i]));
	}
	EXPECT_EQ(1, pc_events(m, TRACE_kmap_flush));
	return m;
}

/* Its kmap falls asleep; the ticket. */
static u32 sleeper(struct machine *m, struct page *page)
{
	EXPECT_EQ(0, do_kmap(m, page));
	EXPECT(!mm_oom(m));
	return mm_blocked(m);
}

static vaddr_t go_on(struct machine *m, u32 ticket)
{
	as_task(m, 0);
	return mm_kmap_resume(m, ticket);
}

TEST(a_thousand_and_twenty_four_users_and_a_sleeper)
{
	struct machine *m = full();
	struct page *page = high_page(m);
	struct kmap_view view;

	EXPECT_EQ(1, sleeper(m, page));
	/* it has looked at each since the wrap */
	EXPECT_EQ(1, pc_events(m, TRACE_kmap_flush));
	mm_kmap_view(m, &view);
	EXPECT_EQ(1023, view.last_pkmap_nr);
	EXPECT_EQ(0, mm_woken(m));
	EXPECT_EQ(0, mm_page_address(m, page));
	EXPECT_SOUND(m);

	/* a page that has a slot needs no other */
	EXPECT_EQ(slot_at(7), do_kmap(m, user[6]));
	do_kunmap(m, user[6]);
	EXPECT_EQ(0, mm_woken(m));

	do_kunmap(m, user[6]);
	EXPECT_EQ(1, mm_woken(m));
	EXPECT_SOUND(m);
	EXPECT_EQ(slot_at(7), go_on(m, 1));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT_EQ(0, mm_woken(m));
	EXPECT_EQ(2, slot_count(m, 7));
	EXPECT_EQ(0, mm_page_address(m, user[6]));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Who goes on first has the slot, the others sleep again, by their tickets. */
TEST(all_are_woken_for_one_slot)
{
	struct machine *m = full();
	u32 ticket[3];

	for (u32 i = 0; i < 3; i++)
		ticket[i] = sleeper(m, high_page(m));
	do_kunmap(m, user[0]);
	EXPECT_EQ(ticket[0], mm_woken(m));
	EXPECT_EQ(slot_at(1), go_on(m, ticket[0]));
	EXPECT_EQ(ticket[1], mm_woken(m));
	for (u32 i = 1; i < 3; i++) {
		EXPECT_EQ(0, go_on(m, ticket[i]));
		EXPECT_EQ(ticket[i], mm_blocked(m));
	}
	EXPECT_EQ(0, mm_woken(m));
	EXPECT_SOUND(m);
	do_kunmap(m, user[5]);
	EXPECT_EQ(ticket[1], mm_woken(m));
	EXPECT_EQ(slot_at(6), go_on(m, ticket[1]));
	machine_delete(m);
}

/* Two tasks want one page: the second finds it mapped when it goes on. */
TEST(a_page_that_was_mapped_meanwhile)
{
	struct machine *m = full();
	struct page *page = high_page(m);
	u32 first = sleeper(m, page), second = sleeper(m, page);

	do_kunmap(m, user[100]);
	EXPECT_EQ(slot_at(101), go_on(m, first));
	as_task(m, 0);
	EXPECT_EQ(slot_at(101), mm_kmap_resume(m, second));
	EXPECT_EQ(0, pc_events(m, TRACE_kmap_high));
	EXPECT_EQ(0, pc_events(m, TRACE_kmap_flush));
	EXPECT_EQ(3, slot_count(m, 101));
	EXPECT_EQ(1, kmaps_of(m, page));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* A sleeper has no reference: its page may go, and may be another's. */
TEST(a_page_that_was_freed_meanwhile)
{
	struct machine *m = full();
	struct page *page = high_page(m);
	u32 ticket = sleeper(m, page);

	pc_free(m, page, 0);
	EXPECT_EQ(REPORT_none, mm_report(m));
	do_kunmap(m, user[0]);
	EXPECT_EQ(0, go_on(m, ticket));
	EXPECT_EQ(REPORT_ref_free, mm_report(m));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT(!wait_sleeper(m, 0));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(a_page_that_is_anothers_meanwhile)
{
	struct machine *m = full();
	struct page *page = high_page(m);
	u32 ticket = sleeper(m, page);

	pc_free(m, page, 0);
	EXPECT(page == high_page(m));
	do_kunmap(m, user[0]);
	EXPECT_EQ(slot_at(1), go_on(m, ticket));
	EXPECT_EQ(1, kmaps_of(m, page));
	machine_delete(m);
}

/* What the CPU that it goes on with holds is not the sleeper's. */
TEST(a_sleeper_goes_on_under_anothers_kmap_atomic)
{
	struct machine *m = full();
	u32 ticket = sleeper(m, high_page(m));
	struct cpu_view cpu;

	as_task(m, 0);
	mm_kmap_atomic(m, user[3], KM_USER1);
	do_kunmap(m, user[0]);
	EXPECT_EQ(slot_at(1), go_on(m, ticket));
	EXPECT_EQ(REPORT_none, mm_report(m));
	mm_cpu_view(m, 0, &cpu);
	EXPECT_EQ(1, cpu.preempt_count);
	/* and the CPU's task is as atomic as it was */
	EXPECT_EQ(0, mm_kmap(m, user[0]));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	machine_delete(m);
}

/* As of a pool: there is no room for another one. */
TEST(too_many_sleepers)
{
	struct machine *m = full();
	struct page *page = high_page(m);

	for (u32 i = 1; i <= SLEEPERS_MAX; i++)
		EXPECT_EQ(i, sleeper(m, page));
	EXPECT_EQ(0, do_kmap(m, page));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT(mm_oom(m));
	do_kunmap(m, user[9]);
	for (u32 i = 1; i <= SLEEPERS_MAX; i++)
		EXPECT_EQ(slot_at(10), go_on(m, i));
	EXPECT_EQ(SLEEPERS_MAX + 1, slot_count(m, 10));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(a_reset_forgets_who_sleeps)
{
	struct machine *m = full();

	sleeper(m, high_page(m));
	machine_reset(m);
	EXPECT(!wait_sleeper(m, 0));
	EXPECT_SOUND(m);
	EXPECT_EQ(slot_at(1), do_kmap(m, high_page(m)));
	machine_delete(m);
}

/* --- a pool's allocator that kmaps: the pool's call sleeps, and goes on --- */

static struct machine *pools_machine;
static struct page *pools_page;

static void *kmap_element(gfp_t gfp, __attribute__((unused)) void *data)
{
	vaddr_t addr;

	if (!(gfp & __GFP_WAIT))
		return NULL;
	addr = mm_kmap(pools_machine, pools_page);
	return addr ? mm_ptr(pools_machine, addr) : NULL;
}

static void kunmap_element(__attribute__((unused)) void *element,
			   __attribute__((unused)) void *data)
{
	mm_kunmap(pools_machine, pools_page);
}

TEST(a_pools_allocator_sleeps_for_a_slot)
{
	struct machine *m = objects_on(HIGH_PC);
	struct mempool *pool;
	void *element[2];
	u32 ticket;

	pools_machine = m;
	pools_page = high_page(m);
	as_task(m, 0);
	pool = mm_mempool_create(m, 1, kmap_element, kunmap_element, NULL);
	as_task(m, 0);
	element[0] = mm_mempool_alloc(m, pool, GFP_KERNEL);
	EXPECT_EQ(slot_at(1), mm_vaddr(element[0]));
	do_kunmap(m, pools_page); /* behind the pool's back */
	for (u32 i = 2; i <= LAST_PKMAP + 1; i++)
		user[i % LAST_PKMAP] = high_page(m);
	for (u32 i = 2; i <= LAST_PKMAP + 1; i++)
		do_kmap(m, user[i % LAST_PKMAP]);
	/* first the reserve is found empty, then there is no slot */
	as_task(m, 0);
	EXPECT(!mm_mempool_alloc(m, pool, GFP_KERNEL));
	ticket = mm_blocked(m);
	EXPECT_EQ(1, ticket);
	EXPECT_SOUND(m);
	as_task(m, 0);
	mm_mempool_free(m, pool, element[0]);
	EXPECT_EQ(ticket, mm_woken(m));
	as_task(m, 0);
	EXPECT(!mm_mempool_resume(m, ticket));
	EXPECT_EQ(ticket, mm_blocked(m));
	/* now it is the window that it waits for */
	EXPECT_SOUND(m);
	do_kunmap(m, user[77]);
	EXPECT_EQ(ticket, mm_woken(m));
	as_task(m, 0);
	element[1] = mm_mempool_resume(m, ticket);
	EXPECT_EQ(slot_at(77), mm_vaddr(element[1]));
	EXPECT_SOUND(m);
	machine_delete(m);
}
