// SPDX-License-Identifier: MIT
/*
 * test_wait.c - tasks that sleep: who is woken, in which order they go on,
 * how many may, and each clause of wait_validate().
 */
#include "clauses.h"
#include "pools.h"

/* Two queues in a page of RAM. */
static struct wait_queue_head *queues(struct machine *m)
{
	struct wait_queue_head *queue;

	queue = (void *)page_bytes(m, pc_alloc(m, GFP_KERNEL, 0));
	wait_queue_init(&queue[0]);
	wait_queue_init(&queue[1]);
	return queue;
}

/* A call that goes on with `call`, and the bare `queue` that it sleeps on. */
static void try_sleep(struct machine *m, const struct wait_queue_head *queue,
		      const struct wait_queue_head *call, gfp_t gfp, u32 ticket)
{
	struct waiter was;

	as_task(m, 0);
	was = wait_begin(m, call, gfp, ticket, 0);
	EXPECT(!was.busy);
	wait_sleep(m, queue);
	wait_end(m, was);
}

static u32 sleep_on(struct machine *m, const struct wait_queue_head *queue,
		    u32 ticket)
{
	try_sleep(m, queue, queue, GFP_KERNEL, ticket);
	EXPECT(!mm_oom(m));
	return mm_blocked(m);
}

/* Goes on, and was the first that could. */
static u32 go_on(struct machine *m)
{
	u32 ticket = mm_woken(m);

	EXPECT_EQ(ticket, wait_go_on(m, ticket).ticket);
	return ticket;
}

TEST(layout)
{
	EXPECT_EQ(12, sizeof(struct wait_queue_head));
	EXPECT_EQ(4, offsetof(struct wait_queue_head, task_list));
}

TEST(a_queue_is_empty_and_unlocked)
{
	struct machine *m = pc_on(SMALL_PC);
	struct wait_queue_head *queue = queues(m);

	EXPECT_EQ(0, queue->lock);
	EXPECT(list_empty(&queue->task_list));
	EXPECT_EQ(ptr_link(&queue->task_list), queue->task_list.prev);
	EXPECT(!waitqueue_active(m, queue));
	machine_delete(m);
}

TEST(tickets_count_from_one)
{
	struct machine *m = pc_on(SMALL_PC);
	struct wait_queue_head *queue = queues(m);

	for (u32 ticket = 1; ticket <= 5; ticket++)
		EXPECT_EQ(ticket, sleep_on(m, queue, 0));
	as_task(m, 0);
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT_EQ(0, mm_woken(m));
	machine_delete(m);
}

TEST(all_of_a_queue_wake_in_order_and_nobody_else)
{
	struct machine *m = pc_on(SMALL_PC);
	struct wait_queue_head *queue = queues(m);

	sleep_on(m, &queue[0], 0); /* 1 */
	sleep_on(m, &queue[1], 0); /* 2 */
	sleep_on(m, &queue[0], 0); /* 3 */
	sleep_on(m, &queue[1], 0); /* 4 */
	wait_wake_all(m, &queue[1]);
	EXPECT_EQ(2, mm_woken(m));
	EXPECT(waitqueue_active(m, &queue[0]));
	EXPECT(waitqueue_active(m, &queue[1]));
	wait_wake_all(m, &queue[0]);
	EXPECT(!wait_validate(m));
	/* those of the queue that was woken first go first */
	EXPECT_EQ(2, go_on(m));
	EXPECT_EQ(4, go_on(m));
	EXPECT(!waitqueue_active(m, &queue[1]));
	EXPECT_EQ(1, go_on(m));
	EXPECT_EQ(3, go_on(m));
	EXPECT_EQ(0, mm_woken(m));
	machine_delete(m);
}

TEST(who_sleeps_again_is_behind_all_others)
{
	struct machine *m = pc_on(SMALL_PC);
	struct wait_queue_head *queue = queues(m);

	for (u32 i = 0; i < 3; i++)
		sleep_on(m, queue, 0);
	wait_wake_all(m, queue);
	sleep_on(m, queue, 0); /* 4: not woken yet */
	EXPECT_EQ(1, go_on(m));
	EXPECT_EQ(1, sleep_on(m, queue, 1));
	EXPECT_EQ(2, go_on(m));
	EXPECT_EQ(3, go_on(m));
	EXPECT_EQ(0, mm_woken(m));
	wait_wake_all(m, queue);
	EXPECT_EQ(4, go_on(m));
	EXPECT_EQ(1, go_on(m));
	/* a ticket is not given out twice */
	EXPECT_EQ(5, sleep_on(m, queue, 0));
	machine_delete(m);
}

/* Any of those who were woken may go on. */
TEST(not_only_the_first)
{
	struct machine *m = pc_on(SMALL_PC);
	struct wait_queue_head *queue = queues(m);

	for (u32 i = 0; i < 3; i++)
		sleep_on(m, queue, 0);
	wait_wake_all(m, queue);
	EXPECT_EQ(2, wait_go_on(m, 2).ticket);
	EXPECT_EQ(1, go_on(m));
	EXPECT_EQ(3, go_on(m));
	machine_delete(m);
}

TEST(at_most_128)
{
	struct machine *m = pc_on(SMALL_PC);
	struct wait_queue_head *queue = queues(m);

	for (u32 i = 0; i < SLEEPERS_MAX; i++)
		sleep_on(m, queue, 0);
	try_sleep(m, queue, queue, GFP_KERNEL, 0);
	EXPECT(mm_oom(m));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT(!wait_validate(m));
	wait_wake_all(m, queue);
	for (u32 i = 1; i <= SLEEPERS_MAX; i++)
		EXPECT_EQ(i, go_on(m));
	/* the one too many had no ticket */
	EXPECT_EQ(SLEEPERS_MAX + 1, sleep_on(m, queue, 0));
	machine_delete(m);
}

/* Asleep on an inner queue: woken with it, but the outer call goes on. */
TEST(calls_in_calls)
{
	struct machine *m = pc_on(SMALL_PC);
	struct wait_queue_head *queue = queues(m);
	struct waiter was, inner;
	struct sleeper s;

	sleep_on(m, &queue[0], 0);
	as_task(m, 0);
	was = wait_begin(m, &queue[1], GFP_NOFS, 0, 0);
	inner = wait_begin(m, &queue[0], GFP_KERNEL, 0, 0);
	wait_sleep(m, &queue[0]);
	wait_end(m, inner);
	wait_end(m, was);
	EXPECT_EQ(2, mm_blocked(m));
	EXPECT(waitqueue_active(m, &queue[1]));
	wait_wake_all(m, &queue[1]);
	EXPECT_EQ(0, mm_woken(m));
	wait_wake_all(m, &queue[0]);
	EXPECT_EQ(1, go_on(m));
	s = wait_go_on(m, 2);
	EXPECT_EQ(ptr_link(&queue[1]), s.call);
	EXPECT_EQ(ptr_link(&queue[0]), s.queue);
	EXPECT_EQ(GFP_NOFS, s.gfp);
	/* and again, under the ticket that it had */
	try_sleep(m, &queue[0], &queue[1], GFP_NOFS, 2);
	EXPECT_EQ(2, mm_blocked(m));
	EXPECT_EQ(2, wait_sleeper(m, 0)->ticket);
	EXPECT(!wait_sleeper(m, 1));
	machine_delete(m);
}

/* A call that may not wait, or has nothing to go on with, ends. */
TEST(calls_that_cannot_be_parked)
{
	struct machine *m = pc_on(SMALL_PC);
	struct wait_queue_head *queue = queues(m);

	try_sleep(m, queue, queue, GFP_ATOMIC, 0);
	EXPECT(mm_oom(m));
	EXPECT_EQ(0, mm_blocked(m));
	try_sleep(m, queue, NULL, 0, 0);
	EXPECT(mm_oom(m));
	as_task(m, 0);
	wait_sleep(m, queue);
	EXPECT(mm_oom(m));
	EXPECT(!wait_sleeper(m, 0));
	EXPECT_EQ(1, sleep_on(m, queue, 0));
	machine_delete(m);
}

TEST(a_reset_and_a_boot_forget_them)
{
	struct machine *m = pc_on(SMALL_PC);
	struct wait_queue_head *queue = queues(m);

	sleep_on(m, queue, 0);
	wait_wake_all(m, queue);
	wait_go_on(m, 1);
	machine_snapshot(m);
	for (u32 i = 0; i < 2; i++) {
		EXPECT_EQ(2, sleep_on(m, queue, 0));
		EXPECT_EQ(3, sleep_on(m, queue, 0));
		wait_wake_all(m, queue);
		machine_reset(m);
		EXPECT_EQ(0, mm_woken(m));
		EXPECT(!wait_sleeper(m, 0));
	}
	sleep_on(m, queue, 0);
	EXPECT(!pc_boot_why(m, SMALL_PC));
	machine_mem_init(m);
	EXPECT(!wait_sleeper(m, 0));
	EXPECT_EQ(1, sleep_on(m, queues(m), 0));
	machine_delete(m);
}

/* --- our own mistakes ----------------------------------------------------- */

static void resume_nobody(struct machine *m)
{
	wait_go_on(m, 7);
}

static void resume_who_sleeps(struct machine *m)
{
	sleep_on(m, queues(m), 0);
	wait_go_on(m, 1);
}

static void snapshot_asleep(struct machine *m)
{
	sleep_on(m, queues(m), 0);
	machine_snapshot(m);
}

TEST(checks)
{
	static const struct {
		void (*act)(struct machine *m);
		const char *clause;
	} c[] = {
		{ resume_nobody, "wait: nobody woke that task" },
		{ resume_who_sleeps, "wait: nobody woke that task" },
		{ snapshot_asleep, "wait: a task sleeps at the snapshot" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(c); i++) {
		struct machine *m = pc_on(SMALL_PC);

		EXPECT_STR(c[i].clause, pc_panic_of(m, c[i].act));
		machine_delete(m);
	}
}

/* --- clauses -------------------------------------------------------------- */

/* An empty pool with three who sleep, of which one was woken. */
static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);
	struct mempool *pool;
	void *element;

	g = giver_of(m, 0);
	pool = pool_of(&g, 1);
	element = element_new(m, pool, GFP_KERNEL);
	sleeper_new(m, pool);
	element_free(m, pool, element);
	EXPECT(element == element_new(m, pool, GFP_KERNEL));
	sleeper_new(m, pool);
	sleeper_new(m, pool);
	return m;
}

NEGATIVE(more_are_woken_than_sleep, QUICK,
	 "W1: the woken are some of at most 128 sleepers")
{
	m->sleepers.nr_woken = 4;
}

NEGATIVE(too_many_sleep, QUICK,
	 "W1: the woken are some of at most 128 sleepers")
{
	m->sleepers.nr = SLEEPERS_MAX + 1;
}

NEGATIVE(two_with_one_ticket, QUICK, "W2: a sleeper has a ticket of its own")
{
	m->sleepers.sleeper[2].ticket = 1;
}

NEGATIVE(no_ticket, QUICK, "W2: a sleeper has a ticket of its own")
{
	m->sleepers.sleeper[0].ticket = 0;
}

NEGATIVE(a_ticket_to_come, QUICK, "W2: a sleeper has a ticket of its own")
{
	m->sleepers.sleeper[1].ticket = 4;
}

NEGATIVE(who_may_not_sleep, QUICK, "W3: who sleeps has said that it may")
{
	m->sleepers.sleeper[1].gfp = GFP_ATOMIC;
}

CLAUSES("wait.c", wait_validate, setup)
