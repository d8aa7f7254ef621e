/* SPDX-License-Identifier: MIT */
/*
 * lockstep.h - one program, given as text, on machine and model: for the C
 * programs that `mmtwin repro` makes of findings which only the model sees.
 */
#ifndef FUZZ_LOCKSTEP_H
#define FUZZ_LOCKSTEP_H

/*
 * Prints "FINDING signature" and the finding, or that both agree.  Returns an
 * exit status: 0 they agree, 1 a finding, 2 no program, or no machine.
 */
int lockstep_run(const char *text);

#endif
