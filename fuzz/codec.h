/* SPDX-License-Identifier: MIT */
/*
 * codec.h - a program as text (what people read and git keeps) and as bytes
 * (what the engines mutate).
 *
 * Every byte string is a program, and every program that fits the wire
 * encodes: decode(encode(p)) = p, expectations and comments apart.
 *
 * What fills a program takes one that program_init() has made or that was
 * filled before: its ops are replaced, their memory is used again.
 */
#ifndef FUZZ_CODEC_H
#define FUZZ_CODEC_H

#include "op.h"

#include <stdio.h>

/* Bumped when bytes change their meaning; byte caches are keyed by it. */
#define WIRE_VERSION 4
#define WIRE_RECORD 16 /* bytes an op */
#define WIRE_HEADER 1  /* the boot byte */
#define WIRE_PROFILE_MASK 0x1Fu
#define WIRE_BOOT_FREE 0x80u /* in the boot byte: words follow */
#define WIRE_BOOT_WORD 0xF0u /* ... with this opcode + enum boot_word_kind */

/*
 * The wire, little-endian:
 *
 *	byte 0	 low 5 bits: the boot profile, one that there is not stands
 *		 for its low 4 bits; bit 7: a boot line follows
 *	records	 of 16 bytes: first the boot line's words, then the ops
 *
 *	a word	 [0] 0xF0 + enum boot_word_kind  [1] enum e820_type
 *		 [2..7] start  [8..13] size  [14..15] zero
 *	an op	 [0] opcode  [1] out slot  [2] cpu (3 bits), task flags (5)
 *		 [3] fail_nth (4 bits)  [4..15] arguments, packed in order
 *		 with the widths of args.def
 *
 * Opcode 0 ends the program, and so does the end of the bytes; a record that
 * is cut off reads as zeros.  An opcode that the table has not stands for
 * row (opcode modulo rows).  A slot byte n < 128 is slot n; of an argument,
 * n >= 128 is the (n - 128)-th last live result of its type, modulo how many
 * there are (slot 0 if none); of a result, the first slot from n - 128 on
 * that holds nothing live.  The encoder writes exact slots only.
 */
/* Total: any bytes decode.  At most ops_max ops are taken.  false: no memory */
bool wire_decode(struct program *p, const u8 *data, size_t size, u32 ops_max);
/*
 * Returns the number of bytes, at most `room`; ops that do not fit the room
 * are dropped from the end.  0 and *why (static storage or NULL ok): the
 * program needs a slot or value that the wire has not; *bad_op says which.
 */
size_t wire_encode(const struct program *p, u8 *data, size_t room,
		   const char **why, u32 *bad_op);
/* Bytes that wire_encode() needs for all of p. */
size_t wire_size(const struct program *p);

/* What is wrong with a text: "FILE:LINE: reason" is made of it. */
struct text_error {
	u32 line;
	char reason[160];
};

/* size bytes of text, no NUL needed; false: *err is filled, p is empty. */
bool text_read(struct program *p, const char *text, size_t size,
	       struct text_error *err);
/* false: a write failed (the stream's error flag is set). */
bool text_write(FILE *to, const struct program *p);
/* The longest line: four arguments, of which one is every GFP flag. */
#define TEXT_OP_BYTES 640
/* One op as its line of text, without a newline; returns like snprintf. */
int text_op(char *buf, size_t room, const struct op *op);
int text_gfp(char *buf, size_t room, u32 gfp);
int text_boot(char *buf, size_t room, const struct boot_line *boot);
/* The boot line of p: its own one, or its profile's. */
void text_boot_of(char *buf, size_t room, const struct program *p);
/* "GFP_KERNEL|0x100" -> bits; false: not of that form, or over 32 bits. */
bool text_gfp_parse(const char *s, size_t len, u32 *gfp);

#endif
