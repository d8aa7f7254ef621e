// SPDX-License-Identifier: MIT
/*
 * device.c - devices' memory: bytes that answer to physical addresses, and a
 * record of who asked.
 *
 *     RAM's file   | low memory | high frames | device 0 | device 1 | ...
 *
 * A device is plain memory that keeps what is written to it, without side
 * effects; it may lie above RAM, or in a hole of it, where it covers what the
 * direct map would lead to.  What the mirror shows of it is written to
 * unseen.  Who writes through device_view's bytes wipes its own traces.
 *
 * Left out: everything that a device does.  It has no validator.
 */
#include "device.h"
#include "mm.h"

u64 device_all_bytes(const struct memory_setup *s)
{
	u64 bytes = 0;

	for (u32 i = 0; i < s->nr_devices; i++)
		bytes += s->device[i].size;
	return bytes;
}

void device_init(struct machine *m)
{
	u8 *bytes = (u8 *)m->ram.devices;

	for (u32 i = 0; i < m->setup.nr_devices; i++) {
		m->device[i] = (struct device){
			.start = m->setup.device[i].start,
			.size = m->setup.device[i].size,
			.bytes = bytes,
		};
		bytes += m->device[i].size;
	}
}

/* The pages of a word of dirty bits. */
static void wipe(u8 *bytes, u64 dirty)
{
	for (; dirty; dirty &= dirty - 1)
		platform_zero(bytes + (size_t)__builtin_ctzll(dirty) *
					      PAGE_SIZE,
			      PAGE_SIZE);
}

void device_reset(struct machine *m)
{
	for (u32 i = 0; i < m->setup.nr_devices; i++) {
		struct device *d = &m->device[i];

		for (u32 n = 0; d->writes && n < DEVICE_DIRTY_WORDS; n++) {
			wipe(d->bytes + (size_t)n * 64 * PAGE_SIZE,
			     d->dirty[n]);
			d->dirty[n] = 0;
		}
		d->reads = 0;
		d->writes = 0;
		d->last_offset = 0;
		d->last_len = 0;
	}
}

bool device_among(const struct machine *m, pfn_t pfn, u32 nr)
{
	for (u32 i = 0; i < m->setup.nr_devices; i++) {
		pfn_t first = m->device[i].start >> PAGE_SHIFT;
		u32 frames = m->device[i].size >> PAGE_SHIFT;

		if (pfn < first + frames && first < pfn + nr)
			return true;
	}
	return false;
}

u8 *device_piece(struct device *d, bool write, u32 paddr, u32 len)
{
	u32 offset = paddr - d->start, page = offset >> PAGE_SHIFT;

	d->last_offset = offset;
	d->last_len = len;
	if (write) {
		d->writes++;
		d->dirty[page / 64] |= 1ull << page % 64;
	} else {
		d->reads++;
	}
	return d->bytes + offset;
}

void mm_device_view(const struct machine *m, u32 i, struct device_view *out)
{
	const struct device *d = &m->device[i];

	CHECK(m, i < m->setup.nr_devices, "device: there is no such device");
	*out = (struct device_view){
		.start = d->start,
		.size = d->size,
		.bytes = d->bytes,
		.reads = d->reads,
		.writes = d->writes,
		.last_offset = d->last_offset,
		.last_len = d->last_len,
	};
}
