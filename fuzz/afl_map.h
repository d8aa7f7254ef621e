/* SPDX-License-Identifier: MIT */
/*
 * afl_map.h - AFL++'s coverage map, in a program that afl-clang-fast linked.
 * Elsewhere there is none, and nothing here does anything.
 */
#ifndef FUZZ_AFL_MAP_H
#define FUZZ_AFL_MAP_H

#include "../alloc/abi.h"

bool afl_map_here(void);
/* Its bytes; how many. */
size_t afl_map(u8 **first);
/* The execution at hand has covered nothing so far. */
void afl_map_forget(void);
/* Keeps what it has covered so far; adds what was kept last. */
void afl_map_keep(void);
void afl_map_add_kept(void);
/*
 * The state counters become entries of the map, beside the edges, and are 0
 * again: libFuzzer has a section for them, AFL++ has not.
 */
void afl_map_add_states(void);

#endif
