/* SPDX-License-Identifier: MIT */
/*
 * unseen.h - what the machine covers between these two, and the states it is
 * in, the engine does not see.  They do not nest; what is not ended (a panic)
 * was seen, after all.
 */
#ifndef FUZZ_UNSEEN_H
#define FUZZ_UNSEEN_H

void unseen_begin(void);
void unseen_end(void);

#endif
