// SPDX-License-Identifier: MIT
/*
 * fixmap_model.c - the fixmap: where its slots are, whose they are, and the
 * zeroing of high pages through one of them.
 *
 *	0xFFFFF000	index 0: never used
 *	0xFFFFE000	1: vsyscall
 *	0xFFFFD000	2: CPU 0, type 0; 13 types a CPU
 *	FIXADDR_START	behind the last CPU's: 17 of boot
 *
 * [include/asm-i386/fixmap.h; arch/i386/mm/highmem.c]
 */
#include "judge.h"

#define FIX_VSYSCALL 1u
#define FIX_KMAP_BEGIN 2u

vaddr_t fix_address(u32 index)
{
	return FIXADDR_TOP - index * PAGE_SIZE;
}

u32 fix_index(vaddr_t addr)
{
	return (FIXADDR_TOP - (addr & FRAME_BITS)) / PAGE_SIZE;
}

u32 atomic_index(unsigned int cpu, u32 type)
{
	return FIX_KMAP_BEGIN + type + KM_TYPE_NR * cpu;
}

static u32 first_of_boot(const struct model *o)
{
	return fix_index(o->now.layout.fixaddr_start);
}

bool fix_is_atomic(const struct model *o, u32 index)
{
	return index >= FIX_KMAP_BEGIN && index < first_of_boot(o);
}

bool fix_is_settable(const struct model *o, u32 index)
{
	u32 first = first_of_boot(o);

	return index == FIX_VSYSCALL ||
	       (index >= first && index < first + FIX_BOOT_SLOTS);
}

u32 fix_word(const struct model *o, u32 index)
{
	return table_words(o, o->now.translation.fixmap)[WORDS - 1 - index];
}

void fixmap_set(struct model *o, u32 index, u32 word)
{
	table_set(o, o->now.translation.fixmap, WORDS - 1 - index, word);
}

/* The write that zeroes goes through the CPU's TLB. */
void atomic_zeroes(struct model *o, unsigned int cpu, pfn_t pfn)
{
	u32 index = atomic_index(cpu, KM_USER0);
	vaddr_t addr = fix_address(index);
	bool strict = o->now.layout.kmap_strict;

	fixmap_set(o, index, pfn << PAGE_SHIFT | WORD_KERNEL);
	if (!strict)
		tlb_drop(o, cpu, addr);
	translate(o, cpu, addr, true, false);
	if (strict) {
		fixmap_set(o, index, 0);
		tlb_drop(o, cpu, addr);
	}
}
