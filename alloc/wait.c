// SPDX-License-Identifier: MIT
/*
 * wait.c - the one door to sleep, and the way back.
 *
 * The table is kept in order, so that waking is a stable partition of it and
 * every walk is of at most SLEEPERS_MAX steps.  Tickets count from 1 since
 * boot; a task that sleeps again keeps its own.
 */
#include "mm.h"
#include "wait.h"

void wait_queue_init(struct wait_queue_head *queue)
{
	queue->lock = 0;
	list_init(&queue->task_list);
}

/* --- the table ------------------------------------------------------------ */

/* A woken one. */
static struct sleeper table_take(struct sleepers *s, u32 i)
{
	struct sleeper taken = s->sleeper[i];

	s->nr--;
	s->nr_woken--;
	for (; i < s->nr; i++)
		s->sleeper[i] = s->sleeper[i + 1];
	return taken;
}

/* Index of that ticket's sleeper; nr: there is none. */
static u32 table_find(const struct sleepers *s, u32 ticket)
{
	u32 i = 0;

	while (i < s->nr && s->sleeper[i].ticket != ticket)
		i++;
	return i;
}

/* To the end of those that are woken; the others keep their order. */
static void table_wake(struct sleepers *s, u32 i)
{
	struct sleeper woken = s->sleeper[i];

	for (; i > s->nr_woken; i--)
		s->sleeper[i] = s->sleeper[i - 1];
	s->sleeper[s->nr_woken++] = woken;
}

/* --- sleeping ------------------------------------------------------------- */

struct waiter wait_begin(struct machine *m, const struct wait_queue_head *queue,
			 gfp_t gfp, u32 ticket, u32 subject)
{
	struct waiter was = m->waiter;

	if (was.busy)
		return was; /* unreachable: no program has pools on pools */
	m->blocked = 0;
	m->waiter = (struct waiter){
		.busy = true,
		.call = gfp & __GFP_WAIT ? ptr_link(queue) : 0,
		.gfp = gfp,
		.ticket = ticket,
		.subject = subject,
	};
	return was;
}

void wait_end(struct machine *m, struct waiter was)
{
	m->waiter = was;
}

void wait_sleep(struct machine *m, const struct wait_queue_head *queue)
{
	struct sleepers *s = &m->sleepers;
	const struct waiter *w = &m->waiter;

	if (!w->call || s->nr == SLEEPERS_MAX) {
		m->oom = true;
		return;
	}
	m->blocked = w->ticket ? w->ticket : ++s->last_ticket;
	s->sleeper[s->nr++] = (struct sleeper){
		.queue = ptr_link(queue),
		.call = w->call,
		.gfp = w->gfp,
		.ticket = m->blocked,
		.subject = w->subject,
	};
	platform_yield(m, YIELD_WAIT);
}

/* --- waking --------------------------------------------------------------- */

void wait_wake_all(struct machine *m, const struct wait_queue_head *queue)
{
	struct sleepers *s = &m->sleepers;

	for (u32 i = s->nr_woken; i < s->nr; i++)
		if (s->sleeper[i].queue == ptr_link(queue))
			table_wake(s, i);
}

bool waitqueue_active(const struct machine *m,
		      const struct wait_queue_head *queue)
{
	const struct sleepers *s = &m->sleepers;
	u32 link = ptr_link(queue);

	for (u32 i = 0; i < s->nr; i++)
		if (s->sleeper[i].queue == link || s->sleeper[i].call == link)
			return true;
	return false;
}

struct sleeper wait_go_on(struct machine *m, u32 ticket)
{
	struct sleepers *s = &m->sleepers;
	u32 i = table_find(s, ticket);

	CHECK(m, i < s->nr_woken, "wait: nobody woke that task");
	return table_take(s, i);
}

/* --- looking -------------------------------------------------------------- */

u32 mm_blocked(const struct machine *m)
{
	return m->blocked;
}

u32 mm_woken(const struct machine *m)
{
	return m->sleepers.nr_woken ? m->sleepers.sleeper[0].ticket : 0;
}

const struct sleeper *wait_sleeper(const struct machine *m, u32 i)
{
	return i < m->sleepers.nr ? &m->sleepers.sleeper[i] : NULL;
}

/* --- life ----------------------------------------------------------------- */

void wait_snapshot(struct machine *m)
{
	CHECK(m, !m->sleepers.nr, "wait: a task sleeps at the snapshot");
	m->sleepers.golden_ticket = m->sleepers.last_ticket;
}

void wait_reset(struct machine *m)
{
	m->sleepers.nr = 0;
	m->sleepers.nr_woken = 0;
	m->sleepers.last_ticket = m->sleepers.golden_ticket;
	m->waiter = (struct waiter){ 0 };
	m->blocked = 0;
}

void wait_power_off(struct machine *m)
{
	m->sleepers.golden_ticket = 0;
	wait_reset(m);
}

/* --- validating ----------------------------------------------------------- */

static bool ticket_is_double(const struct sleepers *s, u32 i)
{
	return table_find(s, s->sleeper[i].ticket) != i;
}

/*
 * W1  the woken ones are the first of at most 128 sleepers
 * W2  tickets have been issued, each to one sleeper
 * W3  who sleeps may sleep: its gfp has __GFP_WAIT
 */
UNSANITIZED const char *wait_validate(const struct machine *m)
{
	const struct sleepers *s = &m->sleepers;

	CLAUSE(s->nr <= SLEEPERS_MAX && s->nr_woken <= s->nr,
	       "W1: the woken are some of at most 128 sleepers");
	for (u32 i = 0; i < s->nr; i++) {
		CLAUSE(s->sleeper[i].ticket &&
			       s->sleeper[i].ticket <= s->last_ticket &&
			       !ticket_is_double(s, i),
		       "W2: a sleeper has a ticket of its own");
		CLAUSE(s->sleeper[i].gfp & __GFP_WAIT,
		       "W3: who sleeps has said that it may");
	}
	return NULL;
}
