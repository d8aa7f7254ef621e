/* SPDX-License-Identifier: MIT */
/*
 * repro.h - a program as C, in the interface that drivers are written for,
 * which fails as the program does.
 *
 * What fails of itself (a CHECK, a sanitizer's report, a hang) is left to.
 * A difference from the model is one expect(): the value that the model
 * expected is in the C program, which needs no model then.  Where no look at
 * the machine shows the difference (contents, constructors' calls) the C
 * program runs the same text on both: repro_can_stand_alone() says which.
 */
#ifndef FUZZ_REPRO_H
#define FUZZ_REPRO_H

#include "exec.h"
#include "exec_story.h"

/* What there is to tell.  f NULL: machine and model agree. */
struct repro {
	const struct program *p;
	const struct story *s;
	const struct finding *f;
	bool died;	  /* f is a death: the process ends of itself */
	const char *path; /* of the program, for the comment at the top */
};

bool repro_can_stand_alone(const struct repro *r);
/* false: a write failed, or there was no memory. */
bool repro_write(FILE *to, const struct repro *r);
/* ... on machine and model, from the program's text. */
bool repro_write_lockstep(FILE *to, const struct repro *r);

#endif
