/* SPDX-License-Identifier: MIT */
/*
 * asm/io.h - devices' memory by the names of 2.6.12, over the thread's current
 * machine: see linux/gfp.h.
 *
 * What readl() and its kin are given is what ioremap() returned, or an address
 * inside it.  They go through the machine's segments, TLB and page tables, so
 * that the device records them; it is only under machine_set_mirror() that
 * such a pointer may be dereferenced as well.  Who faults has oopsed: it traps.
 */
#ifndef _ASM_IO_H
#define _ASM_IO_H

#include <linux/gfp.h>

#ifndef __iomem
#define __iomem
#endif

/* Low memory only: its linear address is its physical one + PAGE_OFFSET. */
static inline unsigned long virt_to_phys(const volatile void *address)
{
	return mmtwin_linear((unsigned long)address) - PAGE_OFFSET;
}

static inline void *phys_to_virt(unsigned long address)
{
	return (void *)mmtwin_host((vaddr_t)address + PAGE_OFFSET);
}

/* --- mapping -------------------------------------------------------------- */

/* More than i386 can say is refused, as its sizes that wrap are. */
static inline unsigned int mmtwin_io_size(unsigned long offset,
					  unsigned long size)
{
	return (offset | size) > 0xFFFFFFFFul ? 0 : (unsigned int)size;
}

static inline void __iomem *ioremap(unsigned long offset, unsigned long size)
{
	return (void *)mmtwin_host(mm_ioremap(mmtwin_machine,
					      (unsigned int)offset,
					      mmtwin_io_size(offset, size)));
}

static inline void __iomem *ioremap_nocache(unsigned long offset,
					    unsigned long size)
{
	return (void *)mmtwin_host(
		mm_ioremap_nocache(mmtwin_machine, (unsigned int)offset,
				   mmtwin_io_size(offset, size)));
}

static inline void iounmap(volatile void __iomem *addr)
{
	mm_iounmap(mmtwin_machine, mmtwin_linear((unsigned long)addr));
}

/* --- reading and writing -------------------------------------------------- */

static inline void mmtwin_io(enum access_kind kind, const volatile void *addr,
			     void *buf, size_t len)
{
	struct access a = { (u8)kind, SEG_DS,
			    mmtwin_linear((unsigned long)addr), 0 };
	struct access_pieces where;
	struct fault f;
	u8 *bytes = buf;

	for (; len; len -= a.len, bytes += a.len, a.offset += a.len) {
		a.len = len < ACCESS_BYTES_MAX ? (u32)len : ACCESS_BYTES_MAX;
		if (!mm_access(mmtwin_machine, &a, bytes, &where, &f))
			__builtin_trap();
	}
}

static inline unsigned char readb(const volatile void __iomem *addr)
{
	unsigned char value;

	mmtwin_io(ACCESS_READ, addr, &value, sizeof(value));
	return value;
}

static inline unsigned short readw(const volatile void __iomem *addr)
{
	unsigned short value;

	mmtwin_io(ACCESS_READ, addr, &value, sizeof(value));
	return value;
}

static inline unsigned int readl(const volatile void __iomem *addr)
{
	unsigned int value;

	mmtwin_io(ACCESS_READ, addr, &value, sizeof(value));
	return value;
}

static inline void writeb(unsigned char value, volatile void __iomem *addr)
{
	mmtwin_io(ACCESS_WRITE, addr, &value, sizeof(value));
}

static inline void writew(unsigned short value, volatile void __iomem *addr)
{
	mmtwin_io(ACCESS_WRITE, addr, &value, sizeof(value));
}

static inline void writel(unsigned int value, volatile void __iomem *addr)
{
	mmtwin_io(ACCESS_WRITE, addr, &value, sizeof(value));
}

static inline void memcpy_fromio(void *to, const volatile void __iomem *from,
				 size_t n)
{
	mmtwin_io(ACCESS_READ, from, to, n);
}

static inline void memcpy_toio(volatile void __iomem *to, const void *from,
			       size_t n)
{
	mmtwin_io(ACCESS_WRITE, to, (void *)from, n);
}

static inline void memset_io(volatile void __iomem *to, unsigned char byte,
			     size_t n)
{
	unsigned char bytes[64];
	size_t part;

	for (part = 0; part < sizeof(bytes); part++)
		bytes[part] = byte;
	for (; n; n -= part, to = (volatile unsigned char *)to + part) {
		part = n < sizeof(bytes) ? n : sizeof(bytes);
		mmtwin_io(ACCESS_WRITE, to, bytes, part);
	}
}

#endif
