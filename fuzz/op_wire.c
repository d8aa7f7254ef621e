// SPDX-License-Identifier: MIT
/*
 * op_wire.c - programs as bytes; codec.h has the picture of the wire.
 *
 * Decoding is total, and what it gives is exact: slots that are named by
 * their age ("the third last block") are resolved once, here, against the
 * list of slots that would be live if every op succeeded.  So text that was
 * made of bytes keeps its meaning when ops are deleted, and an engine that
 * flips bits still hits live objects.
 * Validator: fuzz/tests/test_op_wire.c, and the target wire_fuzzer.
 */
#include "codec.h"

#include <string.h>

#define RECORD_ARGS 4 /* offset of the arguments in an op's record */
#define CPU_BITS 3
#define FAIL_NTH_MASK 15u
#define SLOT_BY_AGE 128u

/* --- which slots are live ----------------------------------------------- */

/* Slots with a result that no op gave back, by kind, oldest first. */
struct live {
	u8 kind[SLOTS_WIRE]; /* enum res_kind; RES_NONE: not live */
	u8 nr[NR_RES_KINDS];
	u8 slot[NR_RES_KINDS][SLOTS_WIRE];
};

static void live_init(struct live *l)
{
	memset(l->kind, RES_NONE, sizeof(l->kind));
	memset(l->nr, 0, sizeof(l->nr));
}

static void live_drop(struct live *l, u32 slot)
{
	u32 kind = l->kind[slot];
	u8 *list = l->slot[kind], *at;

	if (kind == RES_NONE)
		return;
	at = memchr(list, (int)slot, l->nr[kind]);
	l->nr[kind]--;
	memmove(at, at + 1, (size_t)(list + l->nr[kind] - at));
	l->kind[slot] = RES_NONE;
}

static void live_add(struct live *l, u32 slot, u32 kind)
{
	live_drop(l, slot);
	l->kind[slot] = (u8)kind;
	l->slot[kind][l->nr[kind]++] = (u8)slot;
}

/* What an argument's slot byte means. */
static u32 live_find(const struct live *l, u32 byte, u32 kind)
{
	u32 nr = l->nr[kind];

	if (byte < SLOT_BY_AGE)
		return byte;
	return nr ? l->slot[kind][nr - 1 - (byte - SLOT_BY_AGE) % nr] : 0;
}

/* What a result's slot byte means. */
static u32 live_room(const struct live *l, u32 byte)
{
	u32 i, first = byte % SLOTS_WIRE;

	if (byte < SLOT_BY_AGE)
		return byte;
	for (i = 0; i < SLOTS_WIRE; i++)
		if (l->kind[(first + i) % SLOTS_WIRE] == RES_NONE)
			return (first + i) % SLOTS_WIRE;
	return first;
}

/* --- numbers ------------------------------------------------------------ */

static u64 get_le(const u8 *from, u32 bytes)
{
	u64 value = 0;
	u32 i;

	for (i = 0; i < bytes; i++)
		value |= (u64)from[i] << (8 * i);
	return value;
}

/* The same for at most four bytes, of which all four can be read. */
static u32 get_le32(const u8 *from, u32 bytes)
{
	u32 word = from[0] | (u32)from[1] << 8 | (u32)from[2] << 16 |
		   (u32)from[3] << 24;

	return word & UINT32_MAX >> (32 - 8 * bytes);
}

static void put_le(u8 *to, u64 value, u32 bytes)
{
	u32 i;

	for (i = 0; i < bytes; i++)
		to[i] = (u8)(value >> (8 * i));
}

static bool fits(u64 value, u32 bytes)
{
	return value >> (8 * bytes - 1) >> 1 == 0;
}

/* --- boot words --------------------------------------------------------- */

#define WORD_BYTES 6 /* of start and of size */

/*
 * The nearest word that the text has a form for: what the text cannot say
 * must not come from bytes either.
 */
static struct boot_word word_legal(struct boot_word w)
{
	bool typed = w.kind == BOOT_E820 || w.kind == BOOT_MEMMAP;
	bool range = typed || w.kind == BOOT_MMIO;
	u32 types = w.kind == BOOT_MEMMAP ? E820_ACPI : E820_NVS;

	if (!range)
		w.start = 0;
	if (!typed)
		w.type = 0;
	else if (w.type < E820_RAM || w.type > types)
		w.type = (u8)(E820_RAM + w.type % types);
	if (boot_word_is_bare((enum boot_word_kind)w.kind))
		w.size = 0;
	if (w.kind == BOOT_E820 && w.size == 0)
		w.size = 1;
	return w;
}

static bool word_equal(const struct boot_word *a, const struct boot_word *b)
{
	return a->kind == b->kind && a->type == b->type &&
	       a->start == b->start && a->size == b->size;
}

static bool word_decode(struct boot_line *boot, const u8 *record)
{
	struct boot_word w = { 0 };
	u32 kind = record[0] - WIRE_BOOT_WORD;

	if (record[0] < WIRE_BOOT_WORD || kind >= NR_BOOT_WORDS)
		return false;
	if (boot->nr == BOOT_WORDS_MAX)
		return false;
	w.kind = (u8)kind;
	w.type = record[1];
	w.start = get_le(record + 2, WORD_BYTES);
	w.size = get_le(record + 2 + WORD_BYTES, WORD_BYTES);
	boot->word[boot->nr++] = word_legal(w);
	return true;
}

static const char *word_encode(u8 *record, const struct boot_word *w)
{
	struct boot_word legal = word_legal(*w);

	if (!fits(w->start, WORD_BYTES) || !fits(w->size, WORD_BYTES))
		return "a boot word of 48 bits or more";
	if (!word_equal(&legal, w))
		return "a boot word that the wire has not";
	memset(record, 0, WIRE_RECORD);
	record[0] = (u8)(WIRE_BOOT_WORD + w->kind);
	record[1] = w->type;
	put_le(record + 2, w->start, WORD_BYTES);
	put_le(record + 2 + WORD_BYTES, w->size, WORD_BYTES);
	return NULL;
}

/* --- ops ---------------------------------------------------------------- */

static void op_decode(struct op *op, const u8 *record, struct live *live)
{
	const struct op_info *info = &op_info[record[0]];
	const u8 *from = record + RECORD_ARGS;
	u32 code = record[0], i;

	if (!info->name) {
		code = op_codes[code % NR_OP_CODES];
		info = &op_info[code];
	}
	memset(op, 0, sizeof(*op));
	op->code = (u8)code;
	op->cpu = record[2] & ((1u << CPU_BITS) - 1);
	op->flags = record[2] >> CPU_BITS;
	op->fail_nth = record[3] & FAIL_NTH_MASK;
	for (i = 0; info->arg[i].kind != ARG_END; i++) {
		enum arg_kind kind = (enum arg_kind)info->arg[i].kind;
		u32 bytes = arg_info[kind].bytes;
		u32 value = get_le32(from, bytes);
		enum res_kind holds = arg_slot_kind(kind);

		if (holds != RES_NONE)
			value = live_find(live, value, holds);
		if (arg_frees_slot(kind))
			live_drop(live, value);
		op->arg[i] = value;
		from += bytes;
	}
	op->out = SLOT_NONE;
	if (info->result != RES_NONE) {
		op->out = live_room(live, record[1]);
		live_add(live, op->out, info->result);
	}
}

/* A record, and what get_le32() reads past it; what is cut off is zeros. */
#define RECORD_READ (WIRE_RECORD + 3)

static const u8 *record_at(const u8 *data, size_t left, u8 cut[RECORD_READ])
{
	if (left >= RECORD_READ)
		return data;
	memset(cut, 0, RECORD_READ);
	memcpy(cut, data, left < WIRE_RECORD ? left : WIRE_RECORD);
	return cut;
}

/* A number that no profile has is that of its low bits. */
static u8 profile_of(u8 byte)
{
	u8 number = byte & WIRE_PROFILE_MASK;

	return number < NR_PROFILES ? number : number % FIRST_NO_PSE;
}

bool wire_decode(struct program *p, const u8 *data, size_t size, u32 ops_max)
{
	u8 cut[RECORD_READ];
	struct live live;
	bool boot;

	p->nr = 0;
	p->boot.nr = 0;
	p->profile = size ? profile_of(data[0]) : 0;
	boot = size && data[0] & WIRE_BOOT_FREE;
	live_init(&live);
	for (size_t at = WIRE_HEADER; at < size; at += WIRE_RECORD) {
		const u8 *record = record_at(data + at, size - at, cut);

		boot = boot && word_decode(&p->boot, record);
		if (boot)
			continue;
		if (record[0] == OP_end || p->nr == ops_max)
			break;
		if (!program_reserve(p, 1))
			return false;
		op_decode(&p->op[p->nr++], record, &live);
	}
	if (p->boot.nr)
		p->profile = PROFILE_FREE;
	return true;
}

static const char *args_encode(u8 *to, const struct op *op)
{
	const struct op_arg *a = op_info[op->code].arg;
	u32 i;

	for (i = 0; a[i].kind != ARG_END; i++) {
		const struct arg_info *kind = &arg_info[a[i].kind];
		bool slot = arg_slot_kind((enum arg_kind)a[i].kind) != RES_NONE;

		if (slot && op->arg[i] >= SLOTS_WIRE)
			return "a slot past r127";
		if (!fits(op->arg[i], kind->bytes))
			return "a value wider than its bytes";
		put_le(to, op->arg[i], kind->bytes);
		to += kind->bytes;
	}
	return NULL;
}

static const char *op_encode(u8 *record, const struct op *op)
{
	bool result = op_info[op->code].result != RES_NONE;

	if (!op_info[op->code].name)
		return "an opcode that is none";
	if (result && op->out >= SLOTS_WIRE)
		return "a slot past r127";
	if (op->cpu >> CPU_BITS)
		return "a cpu past 7";
	if (op->flags & ~TASK_FLAGS)
		return "task flags that are none";
	if (op->fail_nth & ~FAIL_NTH_MASK)
		return "fail_nth past 15";
	memset(record, 0, WIRE_RECORD);
	record[0] = op->code;
	record[1] = result ? (u8)op->out : 0;
	record[2] = (u8)(op->cpu | op->flags << CPU_BITS);
	record[3] = op->fail_nth;
	return args_encode(record + RECORD_ARGS, op);
}

static size_t refuse(const char **why, const char *reason, u32 *bad_op, u32 at)
{
	if (why)
		*why = reason;
	if (bad_op)
		*bad_op = at;
	return 0;
}

static bool has_words(const struct program *p)
{
	return p->profile == PROFILE_FREE;
}

size_t wire_size(const struct program *p)
{
	size_t words = has_words(p) ? p->boot.nr : 0;

	return WIRE_HEADER + (words + p->nr) * WIRE_RECORD;
}

/* Header and words; the number of bytes, or 0 and a reason. */
static size_t boot_encode(const struct program *p, u8 *data, size_t room,
			  const char **reason)
{
	size_t n = WIRE_HEADER;
	u32 i;

	*reason = "no room for the boot line";
	if (room < wire_size(p) - (size_t)p->nr * WIRE_RECORD)
		return 0;
	data[0] = has_words(p) ? WIRE_BOOT_FREE : p->profile;
	for (i = 0; has_words(p) && i < p->boot.nr; i++) {
		*reason = word_encode(data + n, &p->boot.word[i]);
		if (*reason)
			return 0;
		n += WIRE_RECORD;
	}
	*reason = "a boot line without words";
	return has_words(p) && p->boot.nr == 0 ? 0 : n;
}

size_t wire_encode(const struct program *p, u8 *data, size_t room,
		   const char **why, u32 *bad_op)
{
	const char *reason;
	size_t n = boot_encode(p, data, room, &reason);
	u32 i;

	if (n == 0)
		return refuse(why, reason, bad_op, 0);
	for (i = 0; i < p->nr && room - n >= WIRE_RECORD; i++) {
		reason = op_encode(data + n, &p->op[i]);
		if (reason)
			return refuse(why, reason, bad_op, i);
		n += WIRE_RECORD;
	}
	return n;
}

/* Every op's arguments fit its record. */
enum {
#define ARG(name, bytes, base, low, high, doc) BYTES_##name = (bytes),
#include "args.def"
#undef ARG
};
#define A(kind, name, deflt) +BYTES_##kind
#define OP(name, code, weight, group, result, doc, ...)                        \
	_Static_assert(0 __VA_ARGS__ <= WIRE_RECORD - RECORD_ARGS,             \
		       #name " has more arguments than a record has room");
#include "ops.def"
#undef OP
#undef A

_Static_assert(WIRE_BOOT_WORD + NR_BOOT_WORDS <= 0x100,
	       "each kind of boot word has an opcode");
