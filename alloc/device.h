/* SPDX-License-Identifier: MIT */
/*
 * device.h - the memory of devices, what mmio= words say: physical pages that
 * are no frame of the allocator's.
 */
#ifndef ALLOC_DEVICE_H
#define ALLOC_DEVICE_H

#include "state.h"

/* RAM's host memory is mapped, and the devices' with it. */
void device_init(struct machine *m);
/* As at boot: zero, and nobody has asked. */
void device_reset(struct machine *m);
/* How much memory the boot line's devices have, in bytes. */
u64 device_all_bytes(const struct memory_setup *s);

/* The device that a frame belongs to, or NULL. */
static force_inline struct device *device_at(struct machine *m, pfn_t pfn)
{
	for (u32 i = 0; i < m->setup.nr_devices; i++) {
		struct device *d = &m->device[i];

		if (pfn - (d->start >> PAGE_SHIFT) < d->size >> PAGE_SHIFT)
			return d;
	}
	return NULL;
}

/* True if one of nr frames from pfn on, not 0 of them, is a device's. */
bool device_among(const struct machine *m, pfn_t pfn, u32 nr);

/* A piece of an access, inside a page of the device: recorded.  Its bytes. */
u8 *device_piece(struct device *d, bool write, u32 paddr, u32 len);

#endif
