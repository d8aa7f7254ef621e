/* SPDX-License-Identifier: MIT */
/*
 * boots.h - what a program covers depends on that program alone.
 *
 * An executor boots a machine for the first program that wants it, and the
 * next one finds it booted: AFL++ would call that unstable.  Here machines
 * are booted ahead: a profile's unseen, a boot line's is seen by every
 * program that has this line.  Without AFL++ nothing is done.
 */
#ifndef FUZZ_BOOTS_H
#define FUZZ_BOOTS_H

#include "exec.h"

/* Before x runs p. */
void boots_ahead(struct exec *x, const struct program *p);
/* After that; broken: x has thrown the machine away. */
void boots_after(const struct program *p, bool broken);

#endif
