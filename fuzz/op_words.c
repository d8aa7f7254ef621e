// SPDX-License-Identifier: MIT
/*
 * op_words.c - the tables behind op_words.h: which words the text has for
 * flags, types of kmap_atomic, expectations and reports.
 *
 * A table's order is the order of printing.  Leaves out what the text takes
 * as numbers: a GFP bit without a name is printed in hex.
 * Validator: fuzz/tests/test_op_text.c.
 */
#include "op_words.h"

#include <string.h>

#define WORD(text, value)                                                      \
	{                                                                      \
		text, sizeof(text) - 1, false, false, value                    \
	}
#define ALIAS(text, value)                                                     \
	{                                                                      \
		text, sizeof(text) - 1, false, true, value                     \
	}
#define COMPOSITE(flags)                                                       \
	{                                                                      \
#flags, sizeof(#flags) - 1, true, false, flags                 \
	}
#define FLAG(flag)                                                             \
	{                                                                      \
#flag, sizeof(#flag) - 1, false, false, flag                   \
	}
#define END                                                                    \
	{                                                                      \
		NULL, 0, false, false, 0                                       \
	}

const struct word gfp_words[] = {
	COMPOSITE(GFP_HIGHUSER),
	COMPOSITE(GFP_KERNEL),
	COMPOSITE(GFP_NOFS),
	COMPOSITE(GFP_NOIO),
	COMPOSITE(GFP_ATOMIC),
	COMPOSITE(GFP_DMA),
	FLAG(__GFP_DMA),
	FLAG(__GFP_HIGHMEM),
	FLAG(__GFP_WAIT),
	FLAG(__GFP_HIGH),
	FLAG(__GFP_IO),
	FLAG(__GFP_FS),
	FLAG(__GFP_COLD),
	FLAG(__GFP_NOWARN),
	FLAG(__GFP_REPEAT),
	FLAG(__GFP_NOFAIL),
	FLAG(__GFP_NORETRY),
	FLAG(__GFP_NO_GROW),
	FLAG(__GFP_COMP),
	FLAG(__GFP_ZERO),
	FLAG(__GFP_NOMEMALLOC),
	ALIAS("GFP_USER", GFP_USER),
	END,
};

const struct word slab_words[] = {
	FLAG(SLAB_DEBUG_FREE),
	FLAG(SLAB_DEBUG_INITIAL),
	FLAG(SLAB_RED_ZONE),
	FLAG(SLAB_POISON),
	FLAG(SLAB_NO_REAP),
	FLAG(SLAB_HWCACHE_ALIGN),
	FLAG(SLAB_CACHE_DMA),
	FLAG(SLAB_MUST_HWCACHE_ALIGN),
	FLAG(SLAB_STORE_USER),
	FLAG(SLAB_RECLAIM_ACCOUNT),
	FLAG(SLAB_PANIC),
	FLAG(SLAB_DESTROY_BY_RCU),
	END,
};

const struct word vm_words[] = {
	FLAG(VM_IOREMAP), FLAG(VM_ALLOC), FLAG(VM_MAP), FLAG(VM_VPAGES), END,
};

const struct word km_words[] = {
#define X(name) FLAG(name),
	KM_TYPES(X)
#undef X
		END,
};

const struct word task_words[] = {
	WORD("atomic", TASK_ATOMIC), WORD("irq", TASK_IRQ),
	WORD("rt", TASK_RT),	     WORD("memalloc", TASK_MEMALLOC),
	WORD("memdie", TASK_MEMDIE), END,
};

const struct word expect_words[] = {
	WORD("ok", EXPECT_OK),	   WORD("null", EXPECT_NULL),
	WORD("oom", EXPECT_OOM),   WORD("blocks", EXPECT_BLOCKS),
	WORD("busy", EXPECT_BUSY), WORD("-ENOMEM", EXPECT_ENOMEM),
	WORD("BUG", EXPECT_BUG),   WORD("PF", EXPECT_PF),
	WORD("GP", EXPECT_GP),	   WORD("SS", EXPECT_SS),
	WORD("NP", EXPECT_NP),	   END,
};

const struct word report_words[] = {
#define X(kind, doc) WORD(#kind, REPORT_##kind),
	REPORT_KINDS(X)
#undef X
		END,
};

const struct word event_words[] = {
#define X(event, doc) WORD(#event, TRACE_##event),
	TRACE_EVENTS(X)
#undef X
		END,
};

bool word_find(const struct word *words, const char *name, size_t len,
	       u32 *value)
{
	for (; words->name; words++) {
		if (words->len != len || memcmp(words->name, name, len) != 0)
			continue;
		*value = words->value;
		return true;
	}
	return false;
}
