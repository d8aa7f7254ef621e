/* SPDX-License-Identifier: MIT */
/*
 * import.h - a real kernel's kmem events (ftrace text) -> a program.
 *
 * Page events become ops: mm_page_alloc -> alloc_pages, mm_page_free ->
 * __free_pages of the slot that holds the block.  Object events do: kmalloc
 * -> kmalloc or kzalloc, kmem_cache_alloc -> kmem_cache_alloc of the cache
 * that stands for its call site and size, and the frees of what these gave.
 * Who owns which frame and which address is followed, so that nothing is
 * freed that was not allocated in the trace.  The frames that the traced
 * kernel's own slabs took are blocks like all others: the machine's slabs
 * take theirs besides.  Everything else is counted and named.
 *
 * Not read: the latency column (2.6.12's context cannot be told from it: an
 * allocation that may sleep shows irqs off where the page allocator itself
 * had disabled them), time stamps, and the migrate type, which 2.6.12 lacks.
 */
#ifndef FUZZ_IMPORT_H
#define FUZZ_IMPORT_H

#include "codec.h"
#include "op.h"

#define IMPORT_NAMES 48 /* different names that are counted apart */
#define IMPORT_NAME_MAX 40

struct import_count {
	char name[IMPORT_NAME_MAX];
	u64 n;
};

/* Names in the order in which they came; what has no place is in `others`. */
struct import_names {
	struct import_count of[IMPORT_NAMES];
	u32 nr;
	u64 others;
};

struct import_summary {
	u64 lines, events; /* events: lines with a time stamp and a name */
	u64 imported;	   /* events that became an op, or more than one */

	u64 alloc, alloc_failed, alloc_too_large;
	u64 free;	    /* blocks freed by the event that names them */
	u64 free_batched;   /* repeat a free; not counted in it */
	u64 free_unknown;   /* frees of frames that no event had allocated */
	u64 free_in_parts;  /* frees of a part of a block: the last frees it */
	u64 free_implied;   /* blocks whose frames came back without a free */
	u64 live, live_max; /* blocks: at the end, and at most */

	u64 caches; /* different call sites and sizes */
	u64 object_alloc, object_failed;
	u64 object_large;      /* beyond kmalloc(): the page allocator's ... */
	u64 object_free_large; /* ... and their frees */
	u64 object_hidden;     /* events without an address */
	u64 object_free;
	u64 object_free_unknown; /* no event had allocated it */
	u64 object_free_implied; /* its address came back without a free */
	u64 kfree_null;		 /* kfree(NULL) */
	u64 object_live, object_live_max;

	u64 lost;     /* events that the tracer says it lost */
	u64 no_event; /* lines that are neither event nor comment */
	pfn_t pfn_max;
	u32 cpu_max;
	u64 ram_bytes; /* of the boot line, where it was not given */
	struct import_names skipped; /* events of other kinds */
	struct import_names dropped; /* flags that 2.6.12 has not */
	struct import_names refused; /* flags that its slabs refuse */
};

struct importer;

/*
 * Events are appended to p, which has been initialised.  boot NULL: the boot
 * line is made at the end, of the highest frame and CPU that were seen.
 * NULL: no memory.
 */
struct importer *importer_new(struct program *p, const struct boot_line *boot,
			      struct import_summary *summary);
/* Any cut of the text into pieces gives the same program.  false: *err. */
bool importer_feed(struct importer *im, const char *data, size_t size,
		   struct text_error *err);
/* The last line, and the boot line. */
bool importer_end(struct importer *im, struct text_error *err);
void importer_delete(struct importer *im);

/* All at once.  Total: any bytes give a program or an error with a line. */
bool import_trace(struct program *p, const char *data, size_t size,
		  struct import_summary *summary, struct text_error *err);
/*
 * A file, gzipped or not, "-" for standard input.  err->line 0: the file
 * could not be read to its end.
 */
bool import_file(struct program *p, const char *path,
		 const struct boot_line *boot, struct import_summary *summary,
		 struct text_error *err);

/*
 * The events that became nothing, whatever the reason: with `imported` they
 * are all events.
 */
u64 import_left_out(const struct import_summary *summary);
/* As comments of a program's text; false: a write failed. */
bool import_summary_write(FILE *to, const struct import_summary *summary,
			  const char *prefix);

/* Flags by name, `A|B|C`, as 2.6.12 has them; unknown ones are counted. */
gfp_t import_gfp(const char *s, size_t len, struct import_names *dropped);
void import_count(struct import_names *names, const char *name, size_t len);

#endif
