// SPDX-License-Identifier: MIT
/* test_op.c - the tables, and the list of ops that a program is. */
#include "../op.h"

#include "../../alloc/mm.h"
#include "../../ci/test.h"

/* Opcodes are for ever: bytes that were kept name them. */
static const struct {
	const char *name;
	u8 code;
} golden[] = {
	{ "alloc_pages", 1 },
	{ "alloc_page", 2 },
	{ "__get_free_pages", 3 },
	{ "__get_free_page", 4 },
	{ "get_zeroed_page", 5 },
	{ "__get_dma_pages", 6 },
	{ "__free_pages", 7 },
	{ "__free_page", 8 },
	{ "free_pages", 9 },
	{ "free_page", 10 },
	{ "free_cold_page", 11 },
	{ "get_page", 12 },
	{ "put_page", 13 },
	{ "page_address", 14 },
	{ "virt_to_page", 15 },
	{ "nr_free_pages", 16 },
	{ "write", 17 },
	{ "read", 18 },
	{ "drain_local_pages", 19 },
	{ "min_free_kbytes", 20 },
	{ "lowmem_reserve_ratio", 21 },
	{ "free_pfn", 22 },
	{ "free_addr", 23 },
	{ "get_pfn", 24 },
	{ "put_pfn", 25 },
	{ "free_tail", 26 },
	{ "free_skewed", 27 },
	{ "alloc_bootmem", 32 },
	{ "free_bootmem", 33 },
	{ "reserve_bootmem", 34 },
	{ "kmem_cache_create", 40 },
	{ "kmem_cache_destroy", 41 },
	{ "kmem_cache_shrink", 42 },
	{ "kmem_cache_size", 43 },
	{ "kmem_cache_name", 44 },
	{ "kmem_cache_alloc", 45 },
	{ "kmem_cache_free", 46 },
	{ "kmem_find_general_cachep", 47 },
	{ "tick", 48 },
	{ "kmem_cache_free_addr", 49 },
	{ "write_object", 50 },
	{ "read_object", 51 },
	{ "damage", 52 },
	{ "kmalloc", 53 },
	{ "kzalloc", 54 },
	{ "kcalloc", 55 },
	{ "kfree", 56 },
	{ "ksize", 57 },
	{ "kfree_addr", 58 },
	{ "kfree_inside", 59 },
	{ "mempool_create", 60 },
	{ "mempool_create_kmalloc", 61 },
	{ "mempool_alloc", 62 },
	{ "mempool_free", 63 },
	{ "mempool_resize", 64 },
	{ "mempool_destroy", 65 },
	{ "ksize_addr", 66 },
	{ "mempool_free_null", 67 },
	{ "load", 68 },
	{ "store", 69 },
	{ "fetch", 70 },
	{ "load_segment", 71 },
	{ "write_gdt_entry", 72 },
	{ "write_cr0", 73 },
	{ "write_cr4", 74 },
	{ "invlpg", 75 },
	{ "flush_tlb", 76 },
	{ "flush_tlb_all", 77 },
	{ "change_page_attr", 78 },
	{ "change_pfn_attr", 79 },
	{ "global_flush_tlb", 80 },
	{ "pgd_alloc", 83 },
	{ "pgd_free", 84 },
	{ "exit_mmap", 85 },
	{ "switch_mm", 86 },
	{ "leave_mm", 87 },
	{ "map_page", 88 },
	{ "unmap", 89 },
	{ "protect", 90 },
	{ "set_pte", 91 },
	{ "set_pde", 92 },
	{ "pgd_free_addr", 93 },
	{ "map_pfn", 94 },
	{ "vmalloc", 95 },
	{ "vmalloc_32", 96 },
	{ "vmalloc_exec", 97 },
	{ "__vmalloc", 98 },
	{ "vfree", 99 },
	{ "vmap", 100 },
	{ "vmap_null", 101 },
	{ "vmap_area", 102 },
	{ "vunmap", 103 },
	{ "get_vm_area", 104 },
	{ "ioremap", 105 },
	{ "ioremap_nocache", 106 },
	{ "iounmap", 107 },
	{ "vfree_addr", 108 },
	{ "vunmap_addr", 109 },
	{ "iounmap_addr", 110 },
	{ "vfree_inside", 111 },
	{ "vmalloc_to_page", 112 },
	{ "vmalloc_to_page_addr", 113 },
	{ "kmap", 114 },
	{ "kmap_block", 115 },
	{ "kunmap", 116 },
	{ "kunmap_block", 117 },
	{ "kmap_pfn", 118 },
	{ "kunmap_pfn", 119 },
	{ "kmap_area", 120 },
	{ "kunmap_area", 121 },
	{ "kmap_atomic", 122 },
	{ "kunmap_atomic", 123 },
	{ "kunmap_atomic_addr", 124 },
	{ "kmap_atomic_to_page", 125 },
	{ "kmap_atomic_to_page_addr", 126 },
	{ "set_fixmap", 127 },
	{ "clear_fixmap", 128 },
	{ "virt_addr_valid", 129 },
	{ "load_area", 130 },
	{ "store_area", 131 },
	{ "remove_vm_area", 132 },
	{ "vmap_flags", 133 },
	{ "vmap_pfn", 134 },
	{ "kmap_atomic_pfn", 135 },
};

TEST(opcodes_never_change)
{
	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		const char *name = golden[i].name;

		EXPECT_EQ(golden[i].code, op_by_name(name, strlen(name)));
		EXPECT_STR(name, op_info[golden[i].code].name);
	}
}

TEST(every_row_is_known_by_its_name)
{
	u32 rows = 0;

	for (u32 code = 0; code < NR_OPS; code++) {
		const char *name = op_info[code].name;

		if (!name)
			continue;
		EXPECT_EQ(code, op_by_name(name, strlen(name)));
		EXPECT_EQ(code, op_codes[rows]);
		EXPECT(op_info[code].doc != NULL);
		EXPECT(op_info[code].group != 0);
		rows++;
	}
	EXPECT_EQ(NR_OP_CODES, rows);
	EXPECT_EQ(OP_end, op_by_name("alloc_page_", 11));
	EXPECT_EQ(OP_end, op_by_name("alloc_pag", 9));
	EXPECT_EQ(OP_end, op_by_name("", 0));
	EXPECT(op_info[OP_end].name == NULL);
}

TEST(every_profile_parses)
{
	for (u32 i = 0; i < NR_PROFILES; i++) {
		struct boot_line line;
		char buf[128];
		size_t at;
		const char *why =
			boot_line_parse(profile_text[i], &line, &at, buf);

		if (why)
			TEST_FAIL("profile %u: %s", i, why);
	}
}

TEST(an_op_has_its_defaults)
{
	struct op op = op_default(OP_alloc_pages);

	EXPECT_EQ(0, op.arg[0]);
	EXPECT_EQ(GFP_KERNEL, op.arg[1]);
	EXPECT_EQ(0, op.arg[2]);
	EXPECT_EQ(SLOT_NONE, op.out);
	EXPECT_EQ(64, op_default(OP_write).arg[2]);
}

TEST(arguments_are_found_by_kind)
{
	const struct op_info *info = &op_info[OP___free_pages];

	EXPECT_EQ(0, op_arg_of_kind(info, ARG_PAGES_FREED));
	EXPECT_EQ(1, op_arg_of_kind(info, ARG_FORDER));
	EXPECT(op_arg_of_kind(info, ARG_GFP) == -1);
	EXPECT_EQ(RES_PAGES, arg_slot_kind(ARG_PAGES));
	EXPECT_EQ(RES_PAGES, arg_slot_kind(ARG_PAGES_FREED));
	EXPECT_EQ(RES_NONE, arg_slot_kind(ARG_PHYS));
	EXPECT_EQ(RES_CACHE, arg_slot_kind(ARG_CACHE));
	EXPECT_EQ(RES_OBJECT, arg_slot_kind(ARG_OBJECT_FREED));
	EXPECT_EQ(RES_POOL, arg_slot_kind(ARG_POOL_FREED));
	EXPECT_EQ(RES_ELEMENT, arg_slot_kind(ARG_ELEMENT_FREED));
	EXPECT(!arg_frees_slot(ARG_CACHE));
	EXPECT(arg_frees_slot(ARG_CACHE_FREED));
	EXPECT(!arg_frees_slot(ARG_POOL));
	EXPECT(!arg_frees_slot(ARG_SFLAGS));
}

/* Ops that are told apart by their fail_nth: 1 2 3 ... */
static void fill(struct program *p, u32 n)
{
	program_init(p);
	for (u32 i = 1; i <= n; i++) {
		struct op op = op_default(OP_alloc_page);

		op.out = i;
		EXPECT(program_append(p, &op) != NULL);
	}
}

TEST(programs_grow_and_shrink)
{
	struct program p, q;
	struct op op = op_default(OP_nr_free_pages);

	fill(&p, 200);
	EXPECT_EQ(200, p.nr);
	program_remove(&p, 1, 198);
	EXPECT_EQ(2, p.nr);
	EXPECT_EQ(200, p.op[1].out);
	EXPECT(program_insert(&p, 1, &op));
	EXPECT(program_insert(&p, 3, &p.op[0]));
	EXPECT_EQ(4, p.nr);
	EXPECT_EQ(OP_nr_free_pages, p.op[1].code);
	EXPECT_EQ(1, p.op[3].out);

	program_init(&q);
	EXPECT(program_copy(&q, &p));
	EXPECT(program_equal(&p, &q));
	q.op[2].arg[0] ^= 1;
	EXPECT(!program_equal(&p, &q));
	q.op[2].arg[0] ^= 1;
	q.op[0].line = 7;
	q.op[0].expect = EXPECT_OK;
	EXPECT(program_equal(&p, &q));
	q.profile = 1;
	EXPECT(!program_equal(&p, &q));
	program_free(&p);
	program_free(&q);
	EXPECT_EQ(0, p.nr);
}

TEST(each_field_of_an_op_counts)
{
	struct program p, q;

	fill(&p, 1);
	fill(&q, 1);
	EXPECT(program_equal(&p, &q));
	q.op[0].cpu = 1;
	EXPECT(!program_equal(&p, &q));
	q.op[0] = p.op[0];
	q.op[0].flags = TASK_RT;
	EXPECT(!program_equal(&p, &q));
	q.op[0] = p.op[0];
	q.op[0].fail_nth = 1;
	EXPECT(!program_equal(&p, &q));
	q.op[0] = p.op[0];
	q.op[0].out = 2;
	EXPECT(!program_equal(&p, &q));
	q.op[0] = p.op[0];
	q.op[0].code = OP___get_free_page;
	EXPECT(!program_equal(&p, &q));
	program_free(&p);
	program_free(&q);
}
