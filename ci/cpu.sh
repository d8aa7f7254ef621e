# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# cpu.sh - CPU time of a process and of all that it started, for the scripts
# that measure engines: a second of theirs means the same beside other jobs.

# cpu_ticks PID: of the process and all below it, and of children they had.
# (afl-fuzz does not wait for its fork server, which is a session of its own.)
cpu_ticks() {
	{ cat /proc/[0-9]*/stat 2>/dev/null || true; } | awk -v top="$1" '
		{
			pid = $1
			sub(/^.*\) /, "") # from the state on: field 3 is 1
			parent[pid] = $2
			ticks[pid] = $12 + $13 + $14 + $15
		}
		END {
			for (pid in ticks) {
				for (p = pid; p > 1 && p != top; p = parent[p])
					continue
				if (p == top) n += ticks[pid]
			}
			print n + 0
		}'
}
# shellcheck disable=SC2034 # read by who sources this
ticks_a_second=$(getconf CLK_TCK)
