// SPDX-License-Identifier: MIT
/*
 * mirror.c - what the kernel's tables map, for the host too: driver code that
 * holds a pointer of vmalloc() or ioremap() goes through it as it is.
 *
 *     base + address  --host's tables-->  the page of RAM's file, or a device's
 *     address         --TLB, tables--->   the same bytes
 *
 * A device in a hole of low memory is shown in the direct map's place, over
 * the bytes of RAM that nobody has there.
 *
 * The host learns of a PTE when it is written, as if no TLB remembered
 * anything; a frame that nothing answers for, which reads as ones through the
 * tables, is not there for it.  Power off takes all of it away.
 *
 * It has no state but the host's, and no validator: test_mirror.c asks there.
 * No program comes here, as those run on machines that take snapshots.
 */
#include "mirror.h"
#include "device.h"

/* Where the frame's bytes are, or NULL: the bus is open. */
static const u8 *frame_bytes(struct machine *m, pfn_t pfn)
{
	const struct device *device = device_at(m, pfn);

	if (device)
		return device->bytes + ((pfn << PAGE_SHIFT) - device->start);
	return pfn < m->view.nr_pfns ? ram_frame(&m->view, pfn) : NULL;
}

static void show(struct machine *m, vaddr_t addr, const u8 *frame,
		 bool writable)
{
	bool done =
		platform_ram_mirror(&m->ram, addr & PTE_FRAME, frame, writable);

	CHECK(m, done, "mirror: the host cannot show a page");
}

void mirror_word(struct machine *m, vaddr_t addr, u32 word)
{
	const u8 *frame = NULL;

	CHECK(m, addr - PAGE_OFFSET >= m->ram.low_bytes,
	      "mirror: the direct map is there already");
	if (word & PAGE_PRESENT)
		frame = frame_bytes(m, word >> PAGE_SHIFT);
	show(m, addr, frame, word & PAGE_RW);
}

void mirror_init(struct machine *m)
{
	for (u32 i = 0; m->mirror && i < m->setup.nr_devices; i++) {
		const struct device *d = &m->device[i];

		for (u32 at = 0; at < d->size; at += PAGE_SIZE)
			if ((d->start + at) >> PAGE_SHIFT < m->view.low_pfns)
				show(m, PAGE_OFFSET + d->start + at,
				     d->bytes + at, true);
	}
}
