// SPDX-License-Identifier: MIT
/*
 * report.c - where reports are noted and broken machines stop.
 *
 * Owns nothing but what its caller passes; the panic handler is the
 * machine's, so that a harness can turn a failed CHECK into a finding.
 */
#include "report.h"

void report(struct faults *f, enum report_kind kind)
{
	if (f->report == REPORT_none)
		f->report = (u8)kind;
}

_Noreturn void check_failed(const struct faults *f, const char *clause)
{
	/* unreachable: no program breaks the machine */
	f->panic(f->arg, clause);
	/* A handler that returns has broken its contract. */
	__builtin_trap();
}
