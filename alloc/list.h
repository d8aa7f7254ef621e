/* SPDX-License-Identifier: MIT */
/*
 * list.h - the kernel's circular doubly linked list, in simulated RAM.
 *
 * A link is the linear address of another struct list_head.  Nothing here
 * knows what a list hangs in, nor who must hear of a write: lists of pages
 * are written through page.h alone.
 */
#ifndef ALLOC_LIST_H
#define ALLOC_LIST_H

#include "types.h"

struct list_head {
	u32 next, prev;
};
_Static_assert(sizeof(struct list_head) == 8, "i386 layout");

static force_inline struct list_head *list_at(uintptr_t base, u32 link)
{
	return link_ptr(base, link);
}

static force_inline void list_init(struct list_head *head)
{
	head->next = ptr_link(head);
	head->prev = ptr_link(head);
}

static force_inline bool list_empty(const struct list_head *head)
{
	return head->next == ptr_link(head);
}

/* Puts entry between two neighbours. */
static force_inline void list_insert(uintptr_t base, struct list_head *entry,
				     u32 prev, u32 next)
{
	u32 link = ptr_link(entry);

	entry->next = next;
	entry->prev = prev;
	list_at(base, prev)->next = link;
	list_at(base, next)->prev = link;
}

/* The entry keeps its own links: nobody follows them any more. */
static force_inline void list_remove(uintptr_t base,
				     const struct list_head *entry)
{
	u32 next = entry->next, prev = entry->prev;

	list_at(base, next)->prev = prev;
	list_at(base, prev)->next = next;
}

#endif
