// SPDX-License-Identifier: MIT
/*
 * test_driver.c - a driver's life on a booted machine: probe, packets,
 * remove, when all goes well, when each of its allocations fails, and when
 * memory is gone.  The driver is driver_pool.c, kernel source of 2.6.12.
 */
#include <linux/errno.h>
#include "driver_pool.h"
#include "objects.h"

MMTWIN_DEFINE_MACHINE

#define SLOTS 8u
#define SLOT_BYTES 512u

static struct machine *driver_pc(const char *line)
{
	struct machine *m = objects_on(line);

	mmtwin_machine = m;
	as_task(m, 0);
	return m;
}

/* A packet of that number and length. */
static const u8 *packet(u32 nr, u32 length)
{
	static u8 bytes[SLOT_BYTES + 1];

	for (u32 i = 0; i < length; i++)
		bytes[i] = (u8)(nr * 31 + i);
	return bytes;
}

/* Half of them are short: these need no buffer. */
static u32 packet_length(u32 nr)
{
	return nr % 2 ? RING_INLINE - nr % 16 : 100 + nr * 17 % 400;
}

static int submit(struct ring *ring, u32 nr, unsigned int gfp)
{
	u32 length = packet_length(nr);

	return ring_submit(ring, packet(nr, length), length, gfp);
}

/* What the card would see of it.  (Debugging's objects are aligned to 4.) */
static UNSANITIZED bool in_dma_area(const struct ring *ring, u32 nr)
{
	const struct ring_desc *desc = ring->desc[nr % SLOTS];
	u32 length = packet_length(nr);

	return desc->magic == RING_MAGIC && desc->busy &&
	       desc->length == length && desc->bus_addr < 16u << 20 &&
	       !memcmp(ram_frame(mm_ram(mmtwin_machine), 0) + desc->bus_addr,
		       packet(nr, length), length);
}

TEST(a_life)
{
	struct machine *m = driver_pc(SMALL_PC);
	u64 view = machine_view(m);
	struct ring *ring;

	EXPECT_EQ(0, ring_probe(&ring, SLOTS, SLOT_BYTES));
	for (u32 i = 0; i < SLOTS; i++)
		EXPECT_EQ(RING_MAGIC, ring->desc[i]->magic);
	for (u32 nr = 0; nr < 100; nr++) {
		EXPECT_EQ(0,
			  submit(ring, nr, nr % 3 ? GFP_ATOMIC : GFP_KERNEL));
		EXPECT(in_dma_area(ring, nr));
		if (nr >= 5)
			EXPECT_EQ(packet_length(nr - 5), ring_complete(ring));
	}
	EXPECT_EQ(-EINVAL, ring_submit(ring, packet(0, 513), 513, GFP_KERNEL));
	EXPECT_SOUND(m);
	ring_remove(ring);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(a_full_ring)
{
	struct machine *m = driver_pc(SMALL_PC);
	struct ring *ring;

	EXPECT_EQ(0, ring_probe(&ring, SLOTS, SLOT_BYTES));
	EXPECT_EQ(-EAGAIN, ring_complete(ring));
	for (u32 nr = 0; nr < SLOTS; nr++)
		EXPECT_EQ(0, submit(ring, nr, GFP_KERNEL));
	EXPECT_EQ(-EAGAIN, submit(ring, SLOTS, GFP_KERNEL));
	for (u32 nr = 0; nr < SLOTS; nr++)
		EXPECT_EQ(packet_length(nr), ring_complete(ring));
	EXPECT_EQ(-EAGAIN, ring_complete(ring));
	ring_remove(ring);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Again and again: nothing is lost on the way. */
TEST(many_lives)
{
	struct machine *m = driver_pc(SMALL_PC);
	u64 view = machine_view(m);

	for (u32 life = 0; life < 50; life++) {
		struct ring *ring;

		EXPECT_EQ(0, ring_probe(&ring, SLOTS, SLOT_BYTES));
		for (u32 nr = 0; nr < life % (SLOTS + 1); nr++)
			EXPECT_EQ(0, submit(ring, nr, GFP_ATOMIC));
		ring_remove(ring);
		EXPECT_EQ(view, machine_view(m));
	}
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- faults --------------------------------------------------------------- */

/* Packets until one is refused, the nth page allocation of each failing. */
static u32 packets_failing(struct machine *m, struct ring *ring, u32 nth)
{
	u32 nr;

	for (nr = 0; nr < SLOTS; nr++) {
		failing(m, nth);
		if (submit(ring, nr, GFP_KERNEL) < 0)
			break;
		EXPECT(in_dma_area(ring, nr));
	}
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(0, mm_blocked(m));
	return nr;
}

static void take_out(struct machine *m, struct ring *ring, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		failing(m, 1);
		EXPECT_EQ(packet_length(i), ring_complete(ring));
	}
	failing(m, 1);
	EXPECT_EQ(-EAGAIN, ring_complete(ring));
	ring_remove(ring);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

/* On a machine as it booted; false: it makes no nth page allocation. */
static bool probe_failing(const char *line, u32 nth, u32 *failed)
{
	struct machine *m = driver_pc(line);
	u64 view = machine_view(m);
	struct ring *ring = NULL;
	bool reached;
	int err;

	failing(m, nth);
	err = ring_probe(&ring, SLOTS, SLOT_BYTES);
	reached = m->nr_entries >= nth;
	EXPECT(err == 0 || err == -ENOMEM);
	EXPECT_EQ(REPORT_none, mm_report(m));
	if (err)
		EXPECT(!ring);
	else
		take_out(m, ring, packets_failing(m, ring, nth));
	*failed += err != 0;
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
	return reached;
}

/* The DMA area and a slab of each of the two caches, at least. */
TEST(each_step_fails_once)
{
	static const char *const line[] = { SMALL_PC, "ram=16M cpus=1",
					    SMALL_PC " slab_debug" };

	for (u32 i = 0; i < ARRAY_SIZE(line); i++) {
		u32 nth = 1, failed = 0;

		while (probe_failing(line[i], nth, &failed))
			nth++;
		EXPECT(failed >= 3);
	}
}

/* --- no memory ------------------------------------------------------------ */

static u32 hoard(struct machine *m, struct page **page, u32 max)
{
	u32 nr = 0;

	mm_set_current(m, (struct task){ .flags = TASK_MEMALLOC });
	while (nr < max && (page[nr] = alloc_page(GFP_KERNEL)))
		nr++;
	return nr;
}

/* All objects that a cache still has. */
static u32 use_up(struct machine *m, kmem_cache_t *cache, void **object,
		  u32 max)
{
	u32 nr = 0;

	as_task(m, 0);
	while (nr < max && (object[nr] = kmem_cache_alloc(cache, GFP_ATOMIC)))
		nr++;
	return nr;
}

/* RING_EMERGENCY short packets always get through, one after the other. */
TEST(emergencies)
{
	static struct page *page[8192];
	static void *request[256], *buffer[256];
	struct machine *m = driver_pc(SMALL_PC);
	u64 view = machine_view(m);
	struct ring *ring;
	u32 pages, requests, buffers;
	kmem_cache_t *of_buffers;

	EXPECT_EQ(0, ring_probe(&ring, SLOTS, SLOT_BYTES));
	pages = hoard(m, page, ARRAY_SIZE(page));
	requests = use_up(m, ring->request_cache, request, ARRAY_SIZE(request));
	of_buffers = kmem_find_general_cachep(SLOT_BYTES, GFP_KERNEL);
	buffers = use_up(m, of_buffers, buffer, ARRAY_SIZE(buffer));
	for (u32 round = 0; round < 20; round++) {
		u32 nr;

		for (nr = 0; !ring_submit(ring, packet(nr, 40), 40, GFP_ATOMIC);
		     nr++)
			;
		EXPECT_EQ(RING_EMERGENCY, nr);
		/* a long one finds a request, but no buffer */
		EXPECT_EQ(40, ring_complete(ring));
		EXPECT_EQ(-ENOMEM,
			  ring_submit(ring, packet(nr, 512), 512, GFP_ATOMIC));
		while (ring_complete(ring) >= 0)
			;
	}
	for (u32 i = 0; i < requests; i++)
		kmem_cache_free(ring->request_cache, request[i]);
	for (u32 i = 0; i < buffers; i++)
		kfree(buffer[i]);
	for (u32 i = 0; i < pages; i++)
		__free_page(page[i]);
	ring_remove(ring);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- every name of the face ----------------------------------------------- */

TEST(every_name)
{
	struct machine *m = driver_pc(SMALL_PC);
	u64 view = machine_view(m);
	kmem_cache_t *cache;
	mempool_t *pool;
	u8 *object;

	cache = kmem_cache_create("faces", 100, 0, SLAB_NO_REAP, NULL, NULL);
	EXPECT_STR("faces", kmem_cache_name(cache));
	EXPECT_EQ(100, kmem_cache_size(cache));
	object = kmem_cache_alloc(cache, SLAB_ATOMIC);
	EXPECT_EQ(1, kmem_cache_shrink(cache));
	kmem_cache_free(cache, object);
	EXPECT_EQ(0, kmem_cache_shrink(cache));
	pool = mempool_create(2, mempool_alloc_slab, mempool_free_slab, cache);
	EXPECT_EQ(0, mempool_resize(pool, 3, SLAB_KERNEL));
	mempool_free(mempool_alloc(pool, SLAB_NOFS), pool);
	mempool_free(NULL, pool);
	mempool_destroy(pool);
	EXPECT_EQ(0, kmem_cache_destroy(cache));
	EXPECT(kmem_find_general_cachep(33, SLAB_USER) ==
	       cache_named(m, "size-64"));
	object = kmalloc(100, SLAB_DMA | SLAB_NOIO);
	EXPECT_EQ(128, ksize(object));
	kfree(object);
	object = kzalloc(200, GFP_KERNEL);
	EXPECT_EQ(0, object[0] | object[199]);
	kfree(object);
	object = kcalloc(10, 20, GFP_KERNEL);
	EXPECT_EQ(0, object[0] | object[199]);
	EXPECT(virt_to_phys(object) < 24u << 20);
	EXPECT(phys_to_virt(virt_to_phys(object)) == object);
	kfree(object);
	kfree(NULL);
	free_cold_page(alloc_page(GFP_KERNEL));
	drain_local_pages();
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* What i386 has no room for is too large, and does not wrap. */
TEST(sizes_beyond_32_bits)
{
	struct machine *m = driver_pc(SMALL_PC);
	const size_t huge = (size_t)1 << (sizeof(size_t) * 8 - 1);

	EXPECT(!kmalloc(huge + 32, GFP_KERNEL));
	EXPECT(!kzalloc(huge + 32, GFP_KERNEL));
	EXPECT(!kcalloc(huge + 1, 32, GFP_KERNEL));
	EXPECT(!kcalloc(1, huge + 32, GFP_KERNEL));
	EXPECT(!kmem_find_general_cachep(huge + 32, GFP_KERNEL));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_REPORT(m, cache_size,
		      kmem_cache_create("huge", huge + 64, 0, 0, NULL, NULL));
	EXPECT_REPORT(m, cache_align,
		      kmem_cache_create("huge", 64, ~(size_t)0, 0, NULL, NULL));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(orders)
{
	static const struct {
		unsigned long size;
		int order;
	} c[] = {
		{ 1, 0 },      { 4096, 0 },	     { 4097, 1 },
		{ 8192, 1 },   { 8193, 2 },	     { 131072, 5 },
		{ 131073, 6 }, { 0x80000000ul, 19 }, { 0xFFFFFFFFul, 20 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(c); i++)
		EXPECT_EQ(c[i].order, get_order(c[i].size));
}
