// SPDX-License-Identifier: MIT
/*
 * boots.c - machines booted ahead of their programs: see boots.h.
 *
 * It keeps in mind what the executor has booted: the profiles' machines, and
 * of boot lines the last one (exec_boot.c).  Programs that begin with boot
 * ops have a machine booted for each of them anyhow.
 */
#include "boots.h"

#include "afl_map.h"

static u32 profiles;	    /* a bit each */
static struct program line; /* without ops */
static bool line_booted;

_Static_assert(NR_PROFILES <= 32, "a bit for each profile");

static bool begins_with_boot_ops(const struct program *p)
{
	return p->nr && op_info[p->op[0].code].group == GROUP_BOOT;
}

static bool booted(const struct program *empty)
{
	if (empty->profile != PROFILE_FREE)
		return profiles >> empty->profile & 1;
	return line_booted && program_equal(empty, &line);
}

/* Another machine for p than what ran before has left. */
static void renew(struct exec *x)
{
	exec_drop_own_machine(x);
	line_booted = false;
}

void boots_ahead(struct exec *x, const struct program *p)
{
	struct program empty = { .profile = p->profile, .boot = p->boot };
	bool boot_ops = begins_with_boot_ops(p), ok;
	struct exec_stats unused = { 0 };
	struct finding f;

	if (!afl_map_here() || (!boot_ops && booted(&empty)))
		return;
	if (boot_ops || p->profile == PROFILE_FREE)
		renew(x);
	afl_map_forget();
	if (boot_ops)
		return;
	ok = exec_run(x, &empty, &unused, &f) == EXEC_AGREES;
	if (p->profile != PROFILE_FREE) {
		profiles |= (u32)ok << p->profile;
	} else {
		line = empty;
		line_booted = ok;
		afl_map_keep();
	}
	afl_map_forget();
}

void boots_after(const struct program *p, bool broken)
{
	if (begins_with_boot_ops(p))
		return;
	if (p->profile != PROFILE_FREE)
		profiles &= ~((u32)broken << p->profile);
	else if (line_booted) {
		afl_map_add_kept();
		line_booted = !broken;
	}
}
