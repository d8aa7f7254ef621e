// SPDX-License-Identifier: MIT
/*
 * highmem.c - the kmap window: addresses for high pages, that last
 * [mm/highmem.c].
 *
 *     pkmap_count   0   the slot is empty, and no TLB has it
 *                   1   nobody uses it, but its PTE stands: its page, if it is
 *                       kmapped again, has it back, and nobody else
 *                   n   n - 1 users
 *
 * Slots are taken round about, from 1 on.  At each wrap those with count 1 are
 * emptied, and all TLBs flushed: once in 1024 new slots.  If all have users
 * the task sleeps until a kunmap finds that there are none of its slot.
 *
 * What lies in the image is restored by lines of 64 bytes, those that were
 * written.  Left out: kmap_lock, and so a page that somebody else has mapped
 * while the lock was dropped, but for sleepers.  Validator: kmap_validate(), K.
 */
#include "mm.h"
#include "highmem.h"
#include "current.h"
#include "pgtable.h"
#include "wait.h"

bool kmap_window(const struct machine *m)
{
	vaddr_t base = pkmap_base(m->setup.nr_cpus);

	return base - PAGE_OFFSET >= (u64)m->setup.max_low_pfn << PAGE_SHIFT;
}

static vaddr_t slot_address(const struct machine *m, u32 slot)
{
	return pkmap_base(m->setup.nr_cpus) + (slot << PAGE_SHIFT);
}

static u32 address_slot(const struct machine *m, vaddr_t addr)
{
	return (addr - pkmap_base(m->setup.nr_cpus)) >> PAGE_SHIFT;
}

pfn_t kmap_pfn(const struct machine *m, u32 slot)
{
	return pte_pfn(m->pkmap_pt[slot]);
}

static s32 *count_of(struct machine *m, u32 slot)
{
	s32 *count;

	CHECK(m, slot < LAST_PKMAP, "highmem: there is no such slot");
	count = &m->highmem.data->pkmap_count[slot];
	highmem_touch(m, count);
	return count;
}

static void set_pte(struct machine *m, u32 slot, u32 word)
{
	set_kernel_word(m, slot_address(m, slot), &m->pkmap_pt[slot], word);
}

/* --- slots come and go ---------------------------------------------------- */

/* From no user to the first; the frame's owner must not give it up now. */
static void slot_begin_use(struct machine *m, const struct page *page,
			   s32 *count)
{
	*count = 2;
	page_kmap_inc(m, pfn_to_page(m, page_to_pfn(m, page)));
}

/* [flush_all_zero_pkmaps()] */
static void flush_unused(struct machine *m)
{
	u32 nr = 0;

	for (u32 slot = 0; slot < LAST_PKMAP; slot++) {
		if (m->highmem.data->pkmap_count[slot] != 1)
			continue;
		page_address_clear(m, pfn_to_page(m, kmap_pfn(m, slot)));
		*count_of(m, slot) = 0;
		set_pte(m, slot, 0);
		nr++;
	}
	m->highmem.sums.slots -= nr;
	mm_flush_tlb_all(m);
	trace_kmap_flush(&m->trace, nr);
}

/* The next one, which is last_pkmap_nr then; flushes at a wrap. */
static u32 next_slot(struct machine *m)
{
	u32 *last = &m->highmem.data->last_pkmap_nr;

	highmem_touch(m, last);
	*last = (*last + 1) % LAST_PKMAP;
	if (!*last)
		flush_unused(m);
	return *last;
}

/*
 * LAST_PKMAP: all have users, and have been looked at since a flush.  There is
 * one wrap at most: the budget that begins there ends with the last slot.
 */
static u32 find_slot(struct machine *m)
{
	for (u32 left = LAST_PKMAP; left; left--) {
		u32 slot = next_slot(m);

		if (!slot)
			left = LAST_PKMAP;
		if (!m->highmem.data->pkmap_count[slot])
			return slot;
	}
	return LAST_PKMAP;
}

/* 0: there is no slot. */
static vaddr_t map_new(struct machine *m, const struct page *page)
{
	const pfn_t pfn = page_to_pfn(m, page);
	u32 slot = find_slot(m);

	if (slot == LAST_PKMAP)
		return 0;
	CHECK(m, pte_none(m->pkmap_pt[slot]), "highmem: an empty slot's PTE");
	set_pte(m, slot, pfn << PAGE_SHIFT | PAGE_KERNEL);
	page_address_set(m, page, slot_address(m, slot));
	slot_begin_use(m, page, count_of(m, slot));
	m->highmem.sums.slots++;
	m->highmem.sums.users++;
	trace_kmap_high(&m->trace, pfn, slot);
	return slot_address(m, slot);
}

/* It has one. */
static void use_again(struct machine *m, const struct page *page, vaddr_t addr)
{
	s32 *count = count_of(m, address_slot(m, addr));

	if (*count == 1)
		slot_begin_use(m, page, count);
	else
		++*count;
	m->highmem.sums.users++;
}

/* --- kmap and kunmap ------------------------------------------------------ */

static void fall_asleep(struct machine *m, const struct page *page, u32 ticket)
{
	const struct wait_queue_head *queue = &m->highmem.data->pkmap_map_wait;
	struct waiter was =
		wait_begin(m, queue, __GFP_WAIT, ticket, page_to_pfn(m, page));

	wait_sleep(m, queue);
	wait_end(m, was);
}

/* [kmap_high()]; ticket: of a sleeper that goes on, else 0. */
static vaddr_t kmap_high(struct machine *m, struct page *page, u32 ticket)
{
	vaddr_t addr;

	if (!pgtable_may_kmap(m, page))
		return 0;
	addr = page_virt(m, page);
	if (addr) {
		use_again(m, page, addr);
		return addr;
	}
	addr = map_new(m, page);
	if (!addr)
		fall_asleep(m, page, ticket);
	return addr;
}

vaddr_t mm_kmap(struct machine *m, struct page *page)
{
	if (current_may_not_sleep(m, __GFP_WAIT) ||
	    misused(m, !page_valid(m, page), REPORT_bad_page))
		return 0;
	if (page_low(m, page))
		return page_virt(m, page);
	if (misused(m, !kmap_window(m), REPORT_kmap_window))
		return 0;
	return kmap_high(m, page, 0);
}

vaddr_t mm_kmap_resume(struct machine *m, u32 ticket)
{
	const struct task was = current_resume(m);
	vaddr_t addr = 0;

	if (!current_may_not_sleep(m, __GFP_WAIT)) {
		struct sleeper s = wait_go_on(m, ticket);

		CHECK(m,
		      s.call == ptr_link(&m->highmem.data->pkmap_map_wait) &&
			      pfn_valid(m, s.subject),
		      "highmem: it was no kmap that slept");
		addr = kmap_high(m, pfn_to_page(m, s.subject), ticket);
	}
	current_change(m, was);
	return addr;
}

void mm_kunmap(struct machine *m, struct page *page)
{
	vaddr_t addr;
	s32 *count;

	if (misused(m, m->task.flags & TASK_IRQ, REPORT_kunmap_interrupt) ||
	    misused(m, !page_valid(m, page), REPORT_bad_page) ||
	    page_low(m, page))
		return;
	addr = page_virt(m, page);
	if (misused(m, !addr, REPORT_kunmap_unmapped))
		return;
	count = count_of(m, address_slot(m, addr));
	if (misused(m, *count < 2, REPORT_kunmap_unmapped))
		return;
	m->highmem.sums.users--;
	if (--*count > 1)
		return;
	page_kmap_dec(m, page);
	wait_wake_all(m, &m->highmem.data->pkmap_map_wait);
}

void mm_kmap_view(const struct machine *m, struct kmap_view *out)
{
	const struct highmem_data *d = m->highmem.data;

	CHECK(m, m->phase != PHASE_OFF, "highmem: a view of no machine");
	out->last_pkmap_nr = d->last_pkmap_nr;
	out->pkmap_count = d->pkmap_count;
}

/* --- life ----------------------------------------------------------------- */

void highmem_init(struct machine *m)
{
	struct highmem *h = &m->highmem;

	h->data = phys_ptr(m, HIGHMEM_DATA_PADDR);
	h->sums = (struct kmap_sums){ 0 };
	h->nr_dirty = 0;
	for (u32 i = 0; i < HIGHMEM_LINES; i++)
		h->is_dirty[i] = true;
	memset(h->data, 0, sizeof(*h->data));
	wait_queue_init(&h->data->pkmap_map_wait);
	page_address_init(m);
}

void highmem_snapshot(struct machine *m)
{
	struct highmem *h = &m->highmem;

	h->golden = *h->data;
	h->golden_sums = h->sums;
	h->nr_dirty = 0;
	for (u32 i = 0; i < HIGHMEM_LINES; i++)
		h->is_dirty[i] = false;
}

void highmem_reset(struct machine *m)
{
	struct highmem *h = &m->highmem;

	for (u32 i = 0; i < h->nr_dirty; i++) {
		size_t at = h->dirty[i] * HIGHMEM_LINE;
		size_t bytes = sizeof(*h->data) - at;

		memcpy((u8 *)h->data + at, (const u8 *)&h->golden + at,
		       bytes < HIGHMEM_LINE ? bytes : HIGHMEM_LINE);
		h->is_dirty[h->dirty[i]] = false;
	}
	h->nr_dirty = 0;
	h->sums = h->golden_sums;
}

/* --- validating ----------------------------------------------------------- */

static const char *validate_used(const struct machine *m, u32 slot)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;
	u32 pte = m->pkmap_pt[slot].word;
	pfn_t pfn = kmap_pfn(m, slot);
	const struct page *head;

	CLAUSE(kmap_window(m), "K9: where the direct map is no slot is in use");
	CLAUSE((pte & ~PTE_FRAME & ~hw) == (PAGE_KERNEL & ~hw) &&
		       pfn >= m->setup.max_low_pfn && pfn < m->nr_pages,
	       "K2: a slot in use maps a high frame");
	CLAUSE(page_virt(m, pfn_to_page(m, pfn)) == slot_address(m, slot),
	       "K3: a slot in use is its page's address");
	if (m->highmem.data->pkmap_count[slot] == 1)
		return NULL;
	head = page_head(m, pfn_to_page(m, pfn));
	CLAUSE(head && page_allocated(head) && page_kmapped(head),
	       "K4: a slot with users maps a live frame that knows of it");
	return NULL;
}

static const char *validate_slot(const struct machine *m, u32 slot)
{
	s32 count = m->highmem.data->pkmap_count[slot];

	CLAUSE(count >= 0 && !count == pte_none(m->pkmap_pt[slot]),
	       "K1: a slot has a PTE if its count is not 0");
	return count ? validate_used(m, slot) : NULL;
}

static bool somebody_sleeps(const struct machine *m)
{
	const struct sleeper *s;
	u32 queue = ptr_link(&m->highmem.data->pkmap_map_wait);

	for (u32 i = m->sleepers.nr_woken; (s = wait_sleeper(m, i)); i++)
		if (s->queue == queue) /* unreachable: K8 is broken then */
			return true;
	return false;
}

static const char *validate_sums(const struct machine *m)
{
	const struct highmem *h = &m->highmem;
	u32 slots = 0, users = 0, in_use = 0, hashed;
	const char *broken = page_address_validate(m, &hashed);

	CLAUSE(!broken, broken);
	for (u32 slot = 0; slot < LAST_PKMAP; slot++) {
		u32 count = (u32)h->data->pkmap_count[slot];

		slots += count != 0;
		in_use += count > 1;
		users += count > 1 ? count - 1 : 0;
	}
	CLAUSE(slots == hashed, "K5: the hash has as many pages as slots");
	CLAUSE(slots == h->sums.slots && users == h->sums.users,
	       "K6: slots and users are counted");
	CLAUSE(h->data->last_pkmap_nr < LAST_PKMAP,
	       "K7: the last slot taken is one");
	CLAUSE(!somebody_sleeps(m) || in_use == LAST_PKMAP,
	       "K8: nobody sleeps while a slot is without users");
	return NULL;
}

/*
 * K1  a slot's PTE is empty if and only if its count is 0
 * K2  a slot in use maps a high frame, ...
 * K3  ... whose address the hash says is the slot's: so a page has one slot
 * K4  if it has users the frame's block is live, and the kernel has mapped it
 * K5  the hash has no other pages
 * K6  the sums over the counts are what is counted
 * K7  last_pkmap_nr is a slot
 * K8  nobody sleeps while a slot is without users
 * K9  a machine without a kmap window has no slot in use
 *
 * In quick those slots whose counts were written since the snapshot.
 */
UNSANITIZED const char *kmap_validate(const struct machine *m,
				      enum validate_depth depth)
{
	const u32 per_line = HIGHMEM_LINE / sizeof(s32);
	const char *broken = NULL;

	for (u32 slot = 0; slot < LAST_PKMAP && !broken; slot++) {
		if (depth != VALIDATE_FULL &&
		    !m->highmem.is_dirty[slot / per_line])
			slot |= per_line - 1;
		else
			broken = validate_slot(m, slot);
	}
	if (!broken && depth == VALIDATE_FULL)
		broken = validate_sums(m);
	return broken;
}
