/* SPDX-License-Identifier: MIT */
/*
 * op.h - programs: a boot line and a list of ops, in memory.
 *
 * ops.def has a row for each op and args.def one for each kind of argument;
 * everything that knows an op (text, wire, generator, mutator, minimiser,
 * executor, documentation) derives from those two tables.
 */
#ifndef FUZZ_OP_H
#define FUZZ_OP_H

#include "../alloc/abi.h"

#define OP_ARGS_MAX 5
#define SLOT_NONE 0xFFFFFFFFu
#define SLOTS_WIRE 128u	     /* slots r0..r127 fit the wire */
#define SLOTS_MAX (1u << 20) /* ... and text has this many */

/* Kinds of arguments: args.def */
enum arg_kind {
	ARG_END, /* closes an op's list of arguments */
#define ARG(name, bytes, base, low, high, doc) ARG_##name,
#include "args.def"
#undef ARG
	NR_ARG_KINDS
};

/* What an op puts into its out slot. */
enum res_kind {
	RES_NONE,
	RES_PAGES,
	RES_PHYS,
	RES_CACHE,
	RES_OBJECT,
	RES_POOL,
	RES_ELEMENT,
	RES_PGD,
	RES_MAP,
	NR_RES_KINDS
};

/* What the program's author expects of an op. */
enum expect {
	EXPECT_NOTHING,
	EXPECT_OK,
	EXPECT_NULL,
	EXPECT_OOM,
	EXPECT_BLOCKS,
	EXPECT_BUSY,   /* shrink, destroy: 1, something is left */
	EXPECT_ENOMEM, /* mempool_resize */
	EXPECT_BUG,    /* a report: op.expect_report */
	EXPECT_PF,     /* exceptions, by their names: #PF ... */
	EXPECT_GP,
	EXPECT_SS,
	EXPECT_NP,
};

enum op_code {
	OP_end, /* ends a program on the wire; never stands in struct program */
#define OP(name, code, weight, group, result, doc, ...) OP_##name = (code),
#include "ops.def"
#undef OP
	NR_OPS = 256
};

struct op {
	u8 code;     /* enum op_code */
	u8 cpu;	     /* taken modulo the CPUs booted */
	u8 flags;    /* enum task_flags */
	u8 fail_nth; /* 0..15 */
	u8 expect;   /* enum expect: text only */
	u8 expect_report;
	u32 out; /* slot, or SLOT_NONE where the op has no result */
	u32 arg[OP_ARGS_MAX];
	u32 line; /* in the text it came from; 0 elsewhere */
};

struct op_arg {
	u8 kind; /* enum arg_kind */
	const char *name;
	u32 deflt;
};

struct op_info {
	const char *name; /* NULL: no such op */
	u8 weight;	  /* of the generator; 0: never generated */
	u8 result;	  /* enum res_kind */
	u16 group;	  /* bits of enum op_group: who generates it */
	struct op_arg arg[OP_ARGS_MAX + 1];
	const char *doc;
};

/* Which targets generate an op. */
enum op_group {
	GROUP_BOOT = 1,
	GROUP_PAGES = 2,
	GROUP_SLAB = 4,
	GROUP_KMALLOC = 8,
	GROUP_MEMPOOL = 16,
	GROUP_SEGMENT = 32,
	GROUP_PAGING = 64,
	GROUP_USER = 128,
	GROUP_VMALLOC = 256,
	GROUP_IOREMAP = 512,
	GROUP_HIGHMEM = 1024,
	GROUP_OBJECTS = GROUP_SLAB | GROUP_KMALLOC, /* either */
	GROUP_ACCESS = GROUP_SEGMENT | GROUP_PAGING | GROUP_USER,
	GROUP_WINDOW = GROUP_PAGING | GROUP_VMALLOC,
	GROUP_MAPPING = GROUP_VMALLOC | GROUP_IOREMAP | GROUP_HIGHMEM,
};

extern const struct op_info op_info[NR_OPS];

/* The opcodes that exist, in the order of the table. */
enum {
	NR_OP_CODES = 0
#define OP(name, code, weight, group, result, doc, ...) +1
#include "ops.def"
#undef OP
};
extern const u8 op_codes[NR_OP_CODES];

struct arg_info {
	const char *name;
	u8 bytes;      /* on the wire */
	u8 base;       /* 10 or 16 in text; 0: a form of its own */
	u32 low, high; /* of generated values; the wire takes any */
	const char *doc;
};

extern const struct arg_info arg_info[NR_ARG_KINDS];

/*
 * The boot profiles that a byte can name: profiles.def.  Profile 0 is the
 * default of a program that says nothing.
 */
#define NR_PROFILES 27
#define NR_SMALL_PROFILES 8 /* the first ones: a few hundred frames a zone */
#define FIRST_NO_PSE 16	    /* from here on small ones without 4 MiB pages */
#define ALIGNED_PROFILE 21  /* those end; it has tables that are 4 MiB pages */
#define FIRST_DEVICES 22  /* from here on: devices, kmap_strict, high memory */
#define WINDOW_PROFILE 26 /* ... and here a vmalloc window of 8 MiB */
#define PROFILE_FREE 0xFF /* the program has a boot line of its own */
extern const char *const profile_text[NR_PROFILES];

struct program {
	u8 profile;	       /* below NR_PROFILES, or PROFILE_FREE */
	struct boot_line boot; /* with PROFILE_FREE */
	struct op *op;	       /* malloc'ed */
	u32 nr, room;
};

void program_init(struct program *p);
void program_free(struct program *p);
/* Makes room for n more ops; false: no memory.  append returns the new op. */
bool program_reserve(struct program *p, u32 n);
struct op *program_append(struct program *p, const struct op *op);
bool program_insert(struct program *p, u32 at, const struct op *op);
void program_remove(struct program *p, u32 at, u32 n);
bool program_copy(struct program *to, const struct program *from);
/* Same boot, same ops: expectations and line numbers apart. */
bool program_equal(const struct program *a, const struct program *b);

/* An op of that code with its default arguments; out is SLOT_NONE. */
struct op op_default(enum op_code code);
/* Is the boot word a name and nothing else? */
bool boot_word_is_bare(enum boot_word_kind kind);
/* OP_end if no op is called so. */
enum op_code op_by_name(const char *name, size_t len);
/* Index of the argument of one of these kinds, or -1. */
int op_arg_of_kind(const struct op_info *info, enum arg_kind kind);
/* The kind of result that a slot argument of this kind refers to, or NONE. */
enum res_kind arg_slot_kind(enum arg_kind kind);
/* Does the op give back what the slot holds? */
bool arg_frees_slot(enum arg_kind kind);

#endif
