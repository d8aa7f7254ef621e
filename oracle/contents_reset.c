// SPDX-License-Identifier: MIT
/*
 * contents_reset.c - nothing that the model writes to RAM outlives an
 * execution.
 *
 * paint[pfn].dirty remembers which 64-byte chunks of a frame were ever
 * written to, so that a reset costs no more than that.  They become zero, as
 * all memory is that boot has not used; but in a frame that a slab held at
 * the snapshot they become what they were: its management is there, free
 * objects are poisoned, and what is stale is the same for each program.
 *
 * The loops are outside ASan, as frames are poisoned when they are wiped.
 */
#include "host.h"
#include "model.h"

#define NO_ASAN __attribute__((no_sanitize("address"), noinline))

#define WORD sizeof(u64)
#define CHUNK 64u

static u8 *bytes_of(const struct model *o, pfn_t pfn)
{
	return ram_frame(&o->ram, pfn);
}

/* --- chunks ------------------------------------------------------------- */

/* One bit for each chunk of [off, off + len). */
static u64 chunks_of(u32 off, u32 len)
{
	u32 first = off / CHUNK, last = (off + len - 1) / CHUNK;

	return (~0ull << first) & (~0ull >> (63 - last));
}

void contents_dirty(struct model *o, pfn_t pfn, u32 off, u32 len)
{
	struct window *p = &o->paint[pfn];

	if (!p->dirty)
		o->painted[o->nr_painted++] = pfn;
	p->dirty |= chunks_of(off, len);
}

/* The barrier keeps the loop from becoming a memset, which ASan checks. */
static NO_ASAN void wipe_chunks(u8 *frame, u64 chunks)
{
	for (; chunks; chunks &= chunks - 1) {
		u8 *at = frame + __builtin_ctzll(chunks) * CHUNK;
		u64 *word = (u64 *)(void *)at;

		for (u32 i = 0; i < CHUNK / WORD; i++)
			word[i] = 0;
		__asm__ volatile("" ::: "memory");
	}
}

static NO_ASAN void copy_chunks(u8 *to, const u8 *from, u64 chunks)
{
	for (; chunks; chunks &= chunks - 1) {
		u32 at = (u32)__builtin_ctzll(chunks) * CHUNK;
		const u64 *old = (const u64 *)(const void *)(from + at);
		u64 *word = (u64 *)(void *)(to + at);

		for (u32 i = 0; i < CHUNK / WORD; i++)
			word[i] = old[i];
		__asm__ volatile("" ::: "memory");
	}
}

/* --- reset -------------------------------------------------------------- */

static u8 *gold_of(const struct model *o, const struct window *p)
{
	return o->frame_bytes + (size_t)(p->gold - 1) * PAGE_SIZE;
}

void contents_wipe(struct model *o)
{
	for (u32 i = 0; i < o->nr_painted; i++) {
		pfn_t pfn = o->painted[i];
		struct window *p = &o->paint[pfn];

		if (unlikely(p->gold))
			copy_chunks(bytes_of(o, pfn), gold_of(o, p), p->dirty);
		else
			wipe_chunks(bytes_of(o, pfn), p->dirty);
		p->dirty = 0;
		p->owner = 0;
	}
	o->nr_painted = 0;
}

/* --- the snapshot ------------------------------------------------------- */

static bool is_slab_frame(const struct model *o, pfn_t pfn)
{
	pfn_t head = block_of(o, pfn);

	return head != PFN_NONE && o->frame[head].is == IS_ALLOCATED &&
	       o->frame[head].marks & MARK_SLAB;
}

void contents_end(struct model *o)
{
	model_host_free(o->frame_bytes, (size_t)o->nr_frame_bytes * PAGE_SIZE);
	o->frame_bytes = NULL;
	o->nr_frame_bytes = 0;
}

/*
 * What slabs hold is not to be zeroed: their management is in them, free
 * objects are poisoned, and stale bytes must be the same for each program.
 */
static void keep_slabs(struct model *o)
{
	u32 nr = 0, end = o->ram.low_pfns;

	if (end > o->nr_frames)
		end = o->nr_frames;
	contents_end(o);
	for (pfn_t pfn = 0; pfn < end; pfn++) {
		o->paint[pfn].gold = 0;
		nr += is_slab_frame(o, pfn);
	}
	o->frame_bytes = nr ? model_host_alloc((size_t)nr * PAGE_SIZE) : NULL;
	if (!o->frame_bytes)
		return;
	for (pfn_t pfn = 0; pfn < end; pfn++)
		if (is_slab_frame(o, pfn)) {
			o->paint[pfn].gold = ++o->nr_frame_bytes;
			copy_chunks(gold_of(o, &o->paint[pfn]),
				    bytes_of(o, pfn), ~0ull);
		}
}

void contents_forget(struct model *o)
{
	for (u32 i = 0; i < o->nr_painted; i++) {
		o->paint[o->painted[i]].dirty = 0;
		o->paint[o->painted[i]].owner = 0;
	}
	o->nr_painted = 0;
	keep_slabs(o);
}
