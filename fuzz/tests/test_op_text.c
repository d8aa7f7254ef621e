// SPDX-License-Identifier: MIT
/* test_op_text.c - what the reader takes, what it says, what is printed. */
#include "../codec.h"
#include "../gen.h"

#include "../../ci/test.h"

#include <stdlib.h>

/* The canonical text of p; the caller frees it. */
static char *print(const struct program *p)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	EXPECT(f != NULL);
	EXPECT(text_write(f, p));
	fclose(f);
	return text;
}

static bool read_text(struct program *p, const char *text)
{
	struct text_error err;

	program_init(p);
	if (text_read(p, text, strlen(text), &err))
		return true;
	TEST_FAIL("line %u: %s", err.line, err.reason);
	return false;
}

/* The comment behind profile=N is cut: profiles.def knows what it says. */
#define BOOT0 "boot profile=0\n"

static char *without_comment(char *text)
{
	char *comment = strstr(text, "   # "), *end;

	if (!comment)
		return text;
	end = strchr(comment, '\n');
	memmove(comment, end, strlen(end) + 1);
	return text;
}

static const struct {
	const char *text, *canonical;
} canonical[] = {
	{ "", BOOT0 },
	{ "# nothing\n\n   \n", BOOT0 },
	{ "nr_free_pages", BOOT0 "nr_free_pages\n" },
	{ "boot profile=6\r\n\tnr_free_pages\r\n",
	  "boot profile=6\nnr_free_pages\n" },
	{ "boot profile=0x6", "boot profile=6\n" },
	{ "boot ram=24M mem=nopentium  mem=23M",
	  "boot ram=24M mem=nopentium mem=23M\n" },
	{ "load => PF\nfetch sel=0x73 user=1 len=1 => NP",
	  BOOT0 "load seg=3 sel=0xffff off=0xc0000000 len=4 user=0   => PF\n"
		"fetch sel=0x73 off=0xc0000000 len=1 user=1   => NP\n" },
	{ "store off=8 seg=2 => SS\nload_segment sel=4 => GP",
	  BOOT0 "store seg=2 sel=0xffff off=8 len=4 user=0   => SS\n"
		"load_segment seg=3 sel=4 user=0   => GP\n" },
	{ "r1 = pgd_alloc\nmap_page r1 page=r2 => -ENOMEM",
	  BOOT0 "r1 = pgd_alloc\nmap_page r1 page=r2 addr=0x8048000 prot=3"
		"   => -ENOMEM\n" },
	{ "boot   ram=49152K cpus=2  vmalloc=992M # small\n",
	  "boot ram=48M cpus=2 vmalloc=992M\n" },
	{ "boot e820=0-9fc00,100000-1800000 e820=f0000-100000:reserved "
	  "cpus=1 memmap=1M#2M memmap=4096$0x5000 memmap=23M\n",
	  "boot e820=0-9fc00,100000-1800000,f0000-100000:reserved "
	  "cpus=1 memmap=1M#2M memmap=4K$20K mem=23M\n" },
	{ "boot ram=8M mem=8388607 memmap=exactmap memmap=8M@0\n",
	  "boot ram=8M mem=0x7fffff memmap=exactmap memmap=8M@0\n" },
	{ "r1 = alloc_pages order=3\n",
	  BOOT0 "r1 = alloc_pages order=3 gfp=GFP_KERNEL\n" },
	{ "r1=alloc_pages gfp=GFP_USER|__GFP_HIGHMEM|0x8000\n",
	  BOOT0 "r1 = alloc_pages order=0 gfp=GFP_HIGHUSER|__GFP_ZERO\n" },
	{ "r0 = alloc_page gfp=0\n", BOOT0 "r0 = alloc_page gfp=0\n" },
	{ "r0 = alloc_page gfp=0xf00000\n",
	  BOOT0 "r0 = alloc_page gfp=0xf00000\n" },
	{ "r0 = alloc_page gfp=0xF0000F|GFP_ATOMIC\n",
	  BOOT0 "r0 = alloc_page gfp=GFP_ATOMIC|__GFP_DMA|__GFP_HIGHMEM"
		"|0xf0000c\n" },
	{ "r0 = alloc_page gfp=__GFP_WAIT|__GFP_FS\n",
	  BOOT0 "r0 = alloc_page gfp=GFP_NOIO|__GFP_FS\n" },
	{ "r1048575 = alloc_page cpu=7 irq atomic memdie rt memalloc "
	  "fail_nth=15 => oom # why\n",
	  BOOT0 "r1048575 = alloc_page gfp=GFP_KERNEL cpu=7 atomic irq rt "
		"memalloc memdie fail_nth=15   => oom\n" },
	{ "__free_pages r1\n__free_pages page=r2 order=own\n"
	  "__free_pages order=3 r3 =>ok\n__free_pages r3 order=254",
	  BOOT0 "__free_pages r1 order=own\n__free_pages r2 order=own\n"
		"__free_pages r3 order=3   => ok\n"
		"__free_pages r3 order=254\n" },
	{ "free_page r1 => BUG double_free\nfree_page r1 => -ENOMEM\n"
	  "free_page r1 => blocks\nfree_page r1 => null\n"
	  "free_page r1 => busy",
	  BOOT0 "free_page r1   => BUG double_free\n"
		"free_page r1   => -ENOMEM\nfree_page r1   => blocks\n"
		"free_page r1   => null\nfree_page r1   => busy\n" },
	{ "boot ram=8M line=0128 slab_debug cpus=1\n",
	  "boot ram=8M line=128 slab_debug cpus=1\n" },
	{ "r1 = kmem_cache_create flags=SLAB_PANIC|SLAB_POISON|0x80000 "
	  "life=7\n",
	  BOOT0 "r1 = kmem_cache_create name=0 size=64 align=0 "
		"flags=SLAB_POISON|SLAB_PANIC|SLAB_DESTROY_BY_RCU life=7\n" },
	{ "r1 = kmem_cache_create name=65535 size=131073 align=16777215 "
	  "flags=0xffffff\n",
	  BOOT0 "r1 = kmem_cache_create name=65535 size=131073 "
		"align=16777215 flags=SLAB_DEBUG_FREE|SLAB_DEBUG_INITIAL|"
		"SLAB_RED_ZONE|SLAB_POISON|SLAB_NO_REAP|SLAB_HWCACHE_ALIGN|"
		"SLAB_CACHE_DMA|SLAB_MUST_HWCACHE_ALIGN|SLAB_STORE_USER|"
		"SLAB_RECLAIM_ACCOUNT|SLAB_PANIC|SLAB_DESTROY_BY_RCU|"
		"0xf000ff life=0\n" },
	{ "r2 = kmem_cache_alloc r1\nr2 = kmem_cache_alloc gfp=0 cache=r1\n"
	  "kmem_cache_free object=r2 r1\nkmem_cache_free cache=r3 object=r4",
	  BOOT0 "r2 = kmem_cache_alloc r1 gfp=GFP_KERNEL\n"
		"r2 = kmem_cache_alloc r1 gfp=0\n"
		"kmem_cache_free r1 object=r2\n"
		"kmem_cache_free r3 object=r4\n" },
	{ "r1 = mempool_create_kmalloc min_nr=-1 size=0x40\n"
	  "mempool_resize r1 min_nr=-2147483648\n"
	  "mempool_resize r1 min_nr=2147483647\n"
	  "mempool_resize r1 min_nr=-0\n",
	  BOOT0 "r1 = mempool_create_kmalloc min_nr=-1 size=64\n"
		"mempool_resize r1 min_nr=-2147483648 gfp=GFP_KERNEL\n"
		"mempool_resize r1 min_nr=2147483647 gfp=GFP_KERNEL\n"
		"mempool_resize r1 min_nr=0 gfp=GFP_KERNEL\n" },
	{ "write r1 off=256 len=9\nvirt_to_page addr=3221225472\n",
	  BOOT0 "write r1 off=0x100 len=9\nvirt_to_page addr=0xc0000000\n" },
	{ "min_free_kbytes kb=4294967295\nlowmem_reserve_ratio normal=1",
	  BOOT0 "min_free_kbytes kb=4294967295\n"
		"lowmem_reserve_ratio dma=256 normal=1\n" },
	{ "r7 = alloc_bootmem size=1 align=0x40 goal=0\n",
	  BOOT0 "r7 = alloc_bootmem size=1 align=0x40 goal=0\n" },
};

TEST(text_has_one_canonical_form)
{
	for (size_t i = 0; i < sizeof(canonical) / sizeof(canonical[0]); i++) {
		struct program p, q;
		char *once, *twice;

		if (!read_text(&p, canonical[i].text))
			continue;
		once = print(&p);
		EXPECT(read_text(&q, once));
		EXPECT(program_equal(&p, &q));
		twice = print(&q);
		EXPECT_STR(once, twice);
		EXPECT_STR(canonical[i].canonical, without_comment(once));
		free(once);
		free(twice);
		program_free(&p);
		program_free(&q);
	}
}

static const struct {
	const char *text;
	u32 line;
	const char *reason;
} errors[] = {
	{ "foo r1", 1, "unknown op `foo'" },
	{ "\n# x\n  r1 = foo", 3, "unknown op `foo'" },
	{ "r1 =", 1, "unknown op `'" },
	{ "=> ok", 1, "unknown op `=>'" },
	{ "al\001\377loc", 1, "unknown op `al??loc'" },
	{ "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee", 1,
	  "unknown op `aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeee...'" },
	{ "r1 nr_free_pages", 1, "`=' and an op are missing behind `r1'" },
	{ "r1", 1, "`=' and an op are missing behind `r1'" },
	{ "r1048576 = alloc_page", 1,
	  "slot `r1048576' is not one of r0..r1048575" },
	{ "free_page r99999999999999999999", 1,
	  "slot `r99999999999999999999' is not one of r0..r1048575" },
	{ "free_page r1x", 1, "slot `r1x' is not one of r0..r1048575" },
	{ "alloc_page", 1, "`alloc_page' has a result: rN = alloc_page ..." },
	{ "r3 = free_page r1", 1, "`free_page' has no result for r3" },
	{ "free_page", 1, "`free_page' needs a slot: page=rN" },
	{ "free_page => ok", 1, "`free_page' needs a slot: page=rN" },
	{ "free_page page=3", 1, "page= takes a slot, not `3'" },
	{ "free_page page=", 1, "page= takes a slot, not `'" },
	{ "free_page r1 r2", 1, "duplicate argument `page'" },
	{ "free_page r1 page=r1", 1, "duplicate argument `page'" },
	{ "r1 = alloc_pages order=1 order=1", 1, "duplicate argument `order'" },
	{ "r1 = alloc_pages irq irq", 1, "duplicate argument `irq'" },
	{ "r1 = alloc_pages cpu=1 cpu=1", 1, "duplicate argument `cpu'" },
	{ "r1 = alloc_pages fail_nth=1 fail_nth=2", 1,
	  "duplicate argument `fail_nth'" },
	{ "r1 = alloc_pages order=256", 1, "order= takes 0..255, not `256'" },
	{ "r1 = alloc_pages order=-1", 1, "order= takes 0..255, not `-1'" },
	{ "r1 = alloc_pages order=", 1, "order= takes 0..255, not `'" },
	{ "r1 = alloc_pages order=0x", 1, "order= takes 0..255, not `0x'" },
	{ "r1 = alloc_pages order=1#1", 1, "order= takes 0..255, not `1#1'" },
	{ "__free_pages r1 order=255", 1,
	  "order= takes own or 0..254, not `255'" },
	{ "write r1 off=0x1000000", 1,
	  "off= takes 0..0xffffff, not `0x1000000'" },
	{ "min_free_kbytes kb=4294967296", 1,
	  "kb= takes 0..4294967295, not `4294967296'" },
	{ "r1 = alloc_page gfp=GFP_FOO", 1,
	  "gfp= takes GFP flags, not `GFP_FOO'" },
	{ "r1 = alloc_page gfp=GFP_KERNEL|", 1,
	  "gfp= takes GFP flags, not `GFP_KERNEL|'" },
	{ "r1 = alloc_page gfp=0x1000000", 1,
	  "gfp= takes GFP flags, not `0x1000000'" },
	{ "r1 = alloc_page order=0", 1,
	  "`alloc_page' has no argument `order'" },
	{ "r1 = alloc_page =0", 1, "`alloc_page' has no argument `'" },
	{ "r1 = alloc_page r2", 1,
	  "`alloc_page' takes no slot, but there is `r2'" },
	{ "r1 = alloc_page cpu=8", 1, "cpu= takes 0..7, not `8'" },
	{ "r1 = alloc_page fail_nth=16", 1, "fail_nth= takes 0..15, not `16'" },
	{ "r1 = alloc_page sleepy", 1, "unknown word `sleepy'" },
	{ "map_page r1", 1, "`map_page' needs a slot: page=rN" },
	{ "load sel=65536", 1, "sel= takes 0..0xffff, not `65536'" },
	{ "load => pf", 1, "unknown expectation `pf'" },
	{ "nr_free_pages => maybe", 1, "unknown expectation `maybe'" },
	{ "nr_free_pages =>", 1, "unknown expectation `'" },
	{ "nr_free_pages => BUG", 1, "unknown report `'" },
	{ "nr_free_pages => BUG none", 1, "unknown report `none'" },
	{ "nr_free_pages => BUG doublefree", 1, "unknown report `doublefree'" },
	{ "nr_free_pages => ok => ok", 1,
	  "`=>' stands behind the expectation" },
	{ "r1 = kmem_cache_create flags=SLAB_FOO", 1,
	  "flags= takes SLAB flags, not `SLAB_FOO'" },
	{ "r1 = kmem_cache_create flags=__GFP_WAIT", 1,
	  "flags= takes SLAB flags, not `__GFP_WAIT'" },
	{ "r1 = kmem_cache_create size=-4", 1,
	  "size= takes 0..16777215, not `-4'" },
	{ "mempool_resize r1 min_nr=2147483648", 1,
	  "min_nr= takes a signed number of 32 bits, not `2147483648'" },
	{ "mempool_resize r1 min_nr=-2147483649", 1,
	  "min_nr= takes a signed number of 32 bits, not `-2147483649'" },
	{ "mempool_resize r1 min_nr=--1", 1,
	  "min_nr= takes a signed number of 32 bits, not `--1'" },
	{ "kmem_cache_free r1", 1,
	  "`kmem_cache_free' needs a slot: object=rN" },
	{ "boot", 1, "boot: no words" },
	{ "boot # ram=8M", 1, "boot: no words" },
	{ "boot profile=27", 1, "boot: profile= takes 0..26, not `27'" },
	{ "boot profile=", 1, "boot: profile= takes 0..26, not `'" },
	{ "boot profile=1 cpus=2", 1,
	  "boot: profile= stands alone, but there is `cpus=2'" },
	{ "boot profile=1\nboot ram=8M", 2, "a second boot line" },
	{ "nr_free_pages\nboot ram=8M", 2,
	  "the boot line stands behind an op" },
	{ "booting", 1, "unknown op `booting'" },
};

TEST(a_profile_is_printed_with_its_line)
{
	for (u32 i = 0; i < NR_PROFILES; i++) {
		struct program p;
		char want[300], *text;

		program_init(&p);
		p.profile = (u8)i;
		text = print(&p);
		snprintf(want, sizeof(want), "boot profile=%u   # %s\n", i,
			 profile_text[i]);
		EXPECT_STR(want, text);
		free(text);
	}
}

TEST(errors_name_line_and_reason)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct program p;
		struct text_error err;
		const char *text = errors[i].text;

		program_init(&p);
		if (text_read(&p, text, strlen(text), &err)) {
			TEST_FAIL("`%s' was read", text);
			program_free(&p);
			continue;
		}
		EXPECT_EQ(errors[i].line, err.line);
		EXPECT_STR(errors[i].reason, err.reason);
		EXPECT(p.op == NULL && p.nr == 0);
	}
}

/* The parser of boot lines is the machine's: its words are passed on. */
TEST(boot_errors_are_passed_on)
{
	static const char *const bad[] = {
		"boot ram=zz",	   "boot ram=8M foo=7",
		"boot e820=5-5",   "boot e820=0-10:9",
		"boot memmap=1M@", "boot ram=8M profile=1",
	};
	char nul[] = "boot ram=8M?cpus=1";
	struct program p;
	struct text_error err;

	program_init(&p);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT(!text_read(&p, bad[i], strlen(bad[i]), &err));
		EXPECT_EQ(1, err.line);
		EXPECT(strncmp(err.reason, "boot: ", 6) == 0);
		EXPECT(strlen(err.reason) > 10);
	}
	nul[11] = '\0';
	EXPECT(!text_read(&p, nul, sizeof(nul) - 1, &err));
	EXPECT_STR("boot: a NUL byte", err.reason);
}

TEST(boot_line_that_is_too_long)
{
	char text[3000];
	struct program p;
	struct text_error err;

	memset(text, ' ', sizeof(text));
	memcpy(text, "boot ram=8M", 11);
	text[2999] = 'x';
	program_init(&p);
	EXPECT(!text_read(&p, text, sizeof(text), &err));
	EXPECT_STR("boot: longer than 2047 bytes", err.reason);
}

TEST(a_reader_replaces_what_was_there)
{
	struct program p;
	struct text_error err;

	program_init(&p);
	EXPECT(text_read(&p, "boot ram=8M\nnr_free_pages\nnr_free_pages\n", 40,
			 &err));
	EXPECT_EQ(PROFILE_FREE, p.profile);
	EXPECT_EQ(2, p.nr);
	EXPECT_EQ(3, p.op[1].line);
	EXPECT(text_read(&p, NULL, 0, &err));
	EXPECT_EQ(0, p.profile);
	EXPECT_EQ(0, p.nr);
	program_free(&p);
}

TEST(gfp_flags_go_both_ways)
{
	char buf[256];
	u32 gfp, i;

	for (i = 0; i < 1u << 18; i += 1 + i / 1024) {
		int n = text_gfp(buf, sizeof(buf), i);

		EXPECT(n > 0 && n < 256);
		EXPECT(text_gfp_parse(buf, (size_t)n, &gfp));
		EXPECT_EQ(i, gfp);
	}
	EXPECT_EQ(10, text_gfp(buf, 5, GFP_KERNEL));
	EXPECT_STR("GFP_", buf);
	EXPECT_EQ(10, text_gfp(NULL, 0, GFP_KERNEL));
	EXPECT(!text_gfp_parse("", 0, &gfp));
}

static void round_trip(struct program *p, struct program *q)
{
	char *text = print(p);
	struct text_error err = { 0, "" };

	if (!text_read(q, text, strlen(text), &err))
		TEST_FAIL("line %u: %s in\n%s", err.line, err.reason, text);
	else if (!program_equal(p, q))
		TEST_FAIL("not the same again:\n%s", text);
	free(text);
}

TEST(generated_programs_survive_their_text)
{
	const struct gen_options boot = { GROUP_BOOT | GROUP_PAGES, 40, true };
	const struct gen_options pages = { GROUP_PAGES | GROUP_SLAB |
						   GROUP_KMALLOC |
						   GROUP_MEMPOOL,
					   64, false };
	struct program p, q;
	struct prng r;

	program_init(&p);
	program_init(&q);
	for (u32 seed = 0; seed < 2000; seed++) {
		prng_seed(&r, seed);
		EXPECT(gen_program(&p, &r, seed % 2 ? &boot : &pages));
		round_trip(&p, &q);
		EXPECT(mutate_program(&p, &r, seed % 2 ? &boot : &pages));
		round_trip(&p, &q);
	}
	program_free(&p);
	program_free(&q);
}

/* Bytes flipped in a good text: the reader takes it or says why, and that. */
TEST(damaged_text_is_taken_or_refused)
{
	const struct gen_options options = {
		GROUP_PAGES | GROUP_OBJECTS | GROUP_MEMPOOL, 20, false
	};
	struct program p, q;
	struct prng r;
	u32 taken = 0, refused = 0;

	program_init(&p);
	program_init(&q);
	for (u32 seed = 0; seed < 2000; seed++) {
		struct text_error err = { 0, "" };
		char *text;
		size_t size;

		prng_seed(&r, seed);
		EXPECT(gen_program(&p, &r, &options));
		text = print(&p);
		size = strlen(text);
		text[prng_below(&r, (u32)size)] =
			(char)(seed % 2 ? '0' + prng_below(&r, 10)
					: prng_below(&r, 256));
		if (text_read(&q, text, size, &err)) {
			round_trip(&q, &p);
			taken++;
		} else {
			EXPECT(err.line > 0 && err.reason[0]);
			refused++;
		}
		free(text);
	}
	EXPECT(taken > 100);
	EXPECT(refused > 100);
	program_free(&p);
	program_free(&q);
}
