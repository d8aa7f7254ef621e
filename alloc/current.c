// SPDX-License-Identifier: MIT
/*
 * current.c - the call goes on as another task, or its CPU holds more or fewer
 * kmap_atomics than before.
 */
#include "current.h"

void current_change(struct machine *m, struct task task)
{
	current_set(m, task);
}
