# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
#
# engine-libfuzzer.sh - ci/fuzz with libFuzzer: processes one after the other
# on one folder of inputs, each of which ends at its first finding.

slice=300

engine_build() {
	local preset=fuzz$canary

	need build fuzz
	build_preset "$preset" "${target}_fuzzer" mmtwin
	fuzzer=$top/build/$preset/${target}_fuzzer
	mmtwin=$top/build/$preset/mmtwin
}

engine_begin() {
	export ASAN_OPTIONS=symbolize=0:detect_leaks=0:quarantine_size_mb=10
	export UBSAN_OPTIONS=symbolize=0:print_stacktrace=0
}

# engine_job N: processes of the engine, one after the other, until time is
# up.  A process ends at its slice, at a finding, or (a deadlocked engine) by
# force.
engine_job() {
	local run=0 left log prefix artefact begin status duds=0

	while left=$((end - SECONDS)) && ((left > 0)); do
		((left < slice)) || left=$slice
		prefix=$work/run/$1.$run. log=$work/run/$1.$run.log
		known_now "$1"
		begin=$SECONDS status=0
		MMTWIN_KNOWN=$work/run/$1.known \
			timeout --foreground -k 5 $((left + 30)) "$fuzzer" \
			-artifact_prefix="$prefix" -max_total_time="$left" \
			-timeout="$hang" -rss_limit_mb=2048 -detect_leaks=0 \
			-max_len="$max_len" -print_final_stats=1 \
			"$work/corpus" "$work/seeds" >"$log" 2>&1 || status=$?
		duds=$((duds + 1))
		((SECONDS - begin > 2 || status == 0)) && duds=0
		for artefact in "$prefix"{crash,timeout,oom,leak}-*; do
			[[ -f $artefact ]] || continue
			collect "$artefact" "$log"
			rm -f "$artefact" # what is left was not judged
			duds=0
		done
		if ((duds >= 3)); then
			cp "$log" "$work/run/broken"
			return
		fi
		run=$((run + 1))
	done
}

# From the logs: executions, and the coverage in libFuzzer's words.
engine_progress() {
	cat "$work/run/"*.log 2>/dev/null | awk '
		/^INFO: Running with entropic/ { execs += n; n = 0 }
		/^#[0-9]+/ {
			n = substr($1, 2)
			for (i = 2; i < NF; i++) {
				if ($i == "cov:" && $(i + 1) > cov)
					cov = $(i + 1)
				if ($i == "ft:" && $(i + 1) > ft)
					ft = $(i + 1)
				if ($i == "corp:") corp = $(i + 1)
			}
		}
		/^stat::number_of_executed_units:/ { n = $2 }
		END {
			printf "%d cov %d, ft %d, corpus %s\n", execs + n,
				cov, ft, corp ? corp : 0
		}'
}

# engine_shrink INPUT OUT: a smaller input that crashes too, if there is one.
engine_shrink() {
	timeout --foreground -k 5 40 "$fuzzer" -minimize_crash=1 \
		-max_total_time=20 -exact_artifact_path="$2" "$1" \
		>/dev/null 2>&1 || true
}

engine_end() { :; }
