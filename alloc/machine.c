// SPDX-License-Identifier: MIT
/*
 * machine.c - one simulated PC: power, boot, and the sum of its validators.
 *
 *     machine_new --boot--> bootmem --mem_init--> running --snapshot, reset
 *                   ^__________________________________|
 *
 * Boot goes as setup_arch() goes: the memory map, the low/high split,
 * bootmem, the kernel's page tables, mem_map, the zones.  What can fail is
 * judged before RAM is there, or powers the machine off again.
 */
#include "mm.h"
#include "machine.h"
#include "bootmem.h"
#include "current.h"
#include "fixmap.h"
#include "ioremap.h"
#include "highmem.h"
#include "map_audit.h"
#include "pageattr.h"
#include "segment.h"
#include "device.h"
#include "mem_init.h"
#include "golden.h"
#include "page_alloc.h"
#include "poison.h"
#include "mempool.h"
#include "vmalloc.h"

/* Above this much RAM free frames are not poisoned: it costs an eighth of it
 * in the sanitizer's shadow, and all frames are written at boot. */
#define POISON_PFNS_MAX ((512u << 20) >> PAGE_SHIFT)

/* --- power ---------------------------------------------------------------- */

static void unpoison_all(struct machine *m)
{
	if (!PLATFORM_POISON || m->poison == POISON_NONE)
		return;
	platform_unpoison(ram_frame(&m->view, 0), m->ram.low_bytes);
	if (m->ram.high_bytes)
		platform_unpoison(ram_frame(&m->view, m->view.low_pfns),
				  m->ram.high_bytes);
}

static void power_off(struct machine *m)
{
	golden_exit(m);
	snapshot_exit(m);
	unpoison_all(m);
	handles_exit(m);
	front_exit(m);
	owner_exit(m);
	tlb_exit(m);
	platform_ram_unmap(&m->ram);
	m->phase = PHASE_OFF;
	m->mem_map = NULL;
	m->nr_pages = 0;
	m->data = NULL;
	m->nr_claims = 0;
	m->golden.taken = false;
	cpus_power_off(m);
	wait_power_off(m);
	mempools_power_off(m);
	vm_power_off(m);
	m->setup = (struct memory_setup){ .nr_cpus = 1,
					  .cache_line = L1_CACHE_BYTES };
	m->objects.debug = false;
	m->mirror = false;
	m->view = (struct ram_view){ 0 };
	mm_set_current(m, (struct task){ 0 });
}

void machine_set_poison(struct machine *m, enum poison poison)
{
	m->poison_wanted = (u8)poison;
}

void machine_set_mirror(struct machine *m, bool mirror)
{
	/* unreachable: programs run on machines that take snapshots */
	m->mirror_wanted = mirror;
}

struct machine *machine_new(void)
{
	struct machine *m = platform_alloc(sizeof(*m));

	if (!m || !platform_ram_reserve(&m->ram)) {
		/* unreachable: a host without memory or address space */
		platform_free(m, sizeof(*m));
		return NULL;
	}
	m->poison_wanted = POISON_ALL;
	m->faults.panic = platform_panic;
	m->setup.nr_cpus = 1;
	m->setup.cache_line = L1_CACHE_BYTES;
	front_clear(m);
	m->base = m->ram.base;
	mm_set_current(m, (struct task){ 0 });
	return m;
}

void machine_delete(struct machine *m)
{
	if (!m)
		return;
	power_off(m);
	platform_ram_release(&m->ram);
	platform_free(m, sizeof(*m));
}

void machine_on_panic(struct machine *m,
		      void (*handler)(void *arg, const char *clause), void *arg)
{
	m->faults.panic = handler ? handler : platform_panic;
	m->faults.arg = arg;
}

/* --- boot ----------------------------------------------------------------- */

static const char *map_ram(struct machine *m)
{
	u64 low = (u64)m->setup.max_low_pfn << PAGE_SHIFT;
	u64 all = (u64)m->setup.max_pfn << PAGE_SHIFT;
	const char *why = platform_ram_map(&m->ram, low, all - low,
					   device_all_bytes(&m->setup));

	if (why)
		return why;
	m->view = (struct ram_view){
		.low = m->base + PAGE_OFFSET,
		.high = m->ram.high - (uintptr_t)low,
		.low_pfns = m->setup.max_low_pfn,
		.nr_pfns = m->setup.max_pfn,
	};
	device_init(m);
	m->poison = m->setup.max_pfn <= POISON_PFNS_MAX ? m->poison_wanted
							: (u8)POISON_NONE;
	m->objects.debug = m->setup.slab_debug;
	m->data = phys_ptr(m, KERNEL_DATA_PADDR);
	m->swapper_pg_dir = phys_ptr(m, SWAPPER_PG_DIR_PADDR);
	m->mirror = m->mirror_wanted;
	mirror_init(m);
	return NULL;
}

static bool mem_map_init(struct machine *m)
{
	u32 nr = m->setup.max_pfn, paddr;

	if (!bootmem_claim(m, CLAIM_mem_map, (nr + 1) * PAGE_STRUCT_BYTES,
			   L1_CACHE_BYTES, MAX_DMA_PFN << PAGE_SHIFT, &paddr))
		return false;
	m->mem_map = phys_ptr(m, paddr);
	m->nr_pages = nr;
	m->lru_link = ptr_link(&m->mem_map->lru);
	return true;
}

static void kernel_data_init(struct machine *m)
{
	*m->data = (struct kernel_data){
		.mem_map = ptr_link(m->mem_map),
		.max_mapnr = m->setup.max_pfn,
		.highstart_pfn = m->setup.max_low_pfn,
		.highend_pfn = m->setup.max_pfn,
		.high_memory =
			PAGE_OFFSET + (m->setup.max_low_pfn << PAGE_SHIFT),
	};
	list_init(&m->data->cache_chain);
	list_init(&m->data->rcu_list);
	list_init(&m->data->df_list);
}

static const char *boot(struct machine *m, const struct boot_line *line)
{
	const char *why = memory_setup(&m->setup, line);

	if (!why && m->mirror_wanted)
		why = platform_no_mirror(); /* unreachable: likewise */
	if (why)
		return why;
	why = map_ram(m);
	if (why)
		return why;
	why = bootmem_init(m);
	if (why)
		return why;
	if (!pgtable_init(m))
		return "low memory has no room for the kernel's page tables";
	if (!mem_map_init(m))
		return "low memory has no room for mem_map";
	if (!snapshot_init(m) || !owner_init(m) || !front_init(m) ||
	    !tlb_init(m))
		/* unreachable: the host had enough for RAM */
		return "the host has no memory";
	kernel_data_init(m);
	highmem_init(m);
	zones_init(m);
	pgtable_mark_boot(m);
	cpus_init(m, m->setup.pse);
	m->phase = PHASE_BOOTMEM;
	return NULL;
}

const char *machine_boot(struct machine *m, const struct boot_line *line)
{
	const char *why;

	power_off(m);
	why = boot(m, line);
	if (why)
		power_off(m);
	return why;
}

void machine_mem_init(struct machine *m)
{
	CHECK(m, m->phase == PHASE_BOOTMEM, "machine: mem_init out of turn");
	mm_set_current(m, (struct task){ 0 });
	mem_init(m);
	pgtable_zap_low(m);
	m->phase = PHASE_RUNNING;
	mm_set_current(m, (struct task){ 0 });
}

/* --- the call's surroundings ---------------------------------------------- */

void mm_set_current(struct machine *m, struct task task)
{
	CHECK(m, task.cpu < m->setup.nr_cpus, "machine: there is no such CPU");
	current_begin(m, task);
	m->nr_entries = 0;
	m->oom = false;
	m->blocked = 0;
	m->faults.report = REPORT_none;
	trace_clear(&m->trace);
}

enum report_kind mm_report(const struct machine *m)
{
	return m->faults.report;
}

bool mm_oom(const struct machine *m)
{
	return m->oom;
}

const struct trace_record *mm_trace(const struct machine *m, u32 *nr)
{
	CHECK(m, trace_nr(&m->trace) <= TRACE_RECORDS,
	      "trace: a move was lost");
	*nr = trace_nr(&m->trace);
	return m->trace.record;
}

/* --- validating ----------------------------------------------------------- */

static const char *translation_validate(const struct machine *m,
					enum validate_depth d)
{
	const char *broken = segment_validate(m);

	if (!broken)
		broken = tlb_validate(m);
	if (!broken && d == VALIDATE_FULL)
		broken = pgd_validate(m);
	if (!broken && d == VALIDATE_FULL)
		broken = pageattr_validate(m);
	if (!broken)
		broken = vm_validate(m, d);
	if (!broken && d == VALIDATE_FULL)
		broken = map_validate(m);
	if (!broken && d == VALIDATE_FULL)
		broken = ioremap_validate(m);
	return broken;
}

const char *machine_validate(const struct machine *m, enum validate_depth d)
{
	const char *broken;

	if (m->phase != PHASE_RUNNING)
		return m->phase == PHASE_OFF ? NULL : bootmem_validate(m);
	broken = zone_validate(m);
	if (!broken)
		broken = buddy_validate(m, d);
	if (!broken)
		broken = pcp_validate(m);
	if (!broken)
		broken = fixmap_validate(m, d);
	if (!broken)
		broken = kmap_validate(m, d);
	if (!broken)
		broken = pgtable_validate(m, d);
	if (!broken && d == VALIDATE_FULL)
		broken = page_alloc_validate(m);
	if (!broken)
		broken = cache_validate(m, d);
	if (!broken)
		broken = slab_validate(m, d);
	if (!broken)
		broken = wait_validate(m);
	if (!broken)
		broken = mempool_validate(m, d);
	if (!broken)
		broken = translation_validate(m, d);
	return broken;
}
