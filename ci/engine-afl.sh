# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
#
# engine-afl.sh - ci/fuzz with AFL++: an afl-fuzz a job, which go on for all of
# the time and exchange what they find.
#
#	job	instance	program
#	0	main		build/afl, or afl-asan where it is alone
#	1	asan		build/afl-asan: ASan and UBSan
#	2	cmplog		build/afl, and afl-cmplog for what is compared
#	3...	plain3...	build/afl, on other schedules
#
# All but cmplog make programs only, with our mutator; where the target takes
# no programs, AFL++'s own makes the inputs.  main takes over what libFuzzer
# has in the work folder, and at the end its folder gets what is new.
# afl-fuzz exits with 0 whatever it saved: what it saved is judged here.

schedules=(explore coe rare exploit)

engine_build() {
	local preset presets=(afl-asan)

	need build fuzz afl
	((jobs == 1)) || presets+=(afl)
	((jobs <= 2)) || presets+=(afl-cmplog)
	[[ -z $canary ]] || presets=(afl-canary)
	for preset in "${presets[@]}"; do
		build_preset "$preset" "${target}_fuzzer" mmtwin mmtwin_mutator
	done
	fuzzer=$top/build/${presets[0]}/${target}_fuzzer
	mmtwin=$top/build/${presets[0]}/mmtwin
}

engine_begin() {
	export ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0
	ASAN_OPTIONS+=:quarantine_size_mb=10
	export UBSAN_OPTIONS=abort_on_error=1:symbolize=0:print_stacktrace=0
	# Lines for a log and no screen; cores and processors are as they are,
	# for who fuzzes may not be allowed to set them: a crash is seen all
	# the same, if the core dump is no pipe.
	export AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
	export AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1
	# An old queue is gone on with; seeds that crash are findings.
	export AFL_AUTORESUME=1 AFL_CRASHING_SEEDS_AS_NEW_CRASH=1
	export AFL_FORKSRV_INIT_TMOUT=30000 AFL_SYNC_TIME=1
	# Nothing varies from run to run: a few tell as much as many.
	export AFL_FAST_CAL=1
	export AFL_CMPLOG_ONLY_NEW=1 AFL_HANG_TMOUT=$((hang * 1000))
	export MMTWIN_TARGET=$target
	mkdir -p "$work/afl"
}

# program N: what job N fuzzes.
program() {
	local preset=afl

	((jobs > 1 && $1 != 1)) || preset=afl-asan
	[[ -z $canary ]] || preset=afl-canary
	echo "$top/build/$preset/${target}_fuzzer"
}

# instance N: its name among AFL++'s.
instance() {
	local names=(main asan cmplog)

	echo "${names[$1]-plain$1}"
}

# afl N SECONDS: one afl-fuzz.
afl() {
	local how=(-S "$(instance "$1")") our=0

	! takes_programs "$target" || our=1
	case $1 in
	0) how=(-M main -F "$work/corpus" -F "$work/seeds") ;;
	1) ;;
	2) how+=(-c "$top/build/afl-cmplog/${target}_fuzzer" -l 2AT) ;;
	*) how+=(-p "${schedules[($1 - 3) % ${#schedules[@]}]}") ;;
	esac
	[[ -z $canary || $1 != 2 ]] || how=(-S cmplog)
	if ((our)); then
		how=(AFL_CUSTOM_MUTATOR_LIBRARY="${mmtwin%/*}/$mutator"
			afl-fuzz "${how[@]}")
		(($1 == 2)) || how=(AFL_CUSTOM_MUTATOR_ONLY=1 "${how[@]}")
	else
		how=(afl-fuzz "${how[@]}")
	fi
	MMTWIN_KNOWN=$work/run/$1.known exec \
		timeout --foreground -s INT -k 20 "$2" env "${how[@]}" \
		-m none -t $((hang * 1000)) -G "$max_len" \
		-i "$work/seeds" -o "$work/afl" -- "$(program "$1")"
}
mutator=libmmtwin_mutator.so

# judge N BEFORE: what its instance had saved by then, also in a run that was
# cut short; what it is at might be a half, and one that was killed may have
# left a file without anything in it.
judge() {
	local all saved

	mapfile -d '' all < <(find "$work/afl/$(instance "$1")" -name 'id:*' \
		\( -path '*/crashes*' -o -path '*/hangs*' \) \
		-size +0 ! -newermt "$2" -print0 2>/dev/null)
	for saved in "${all[@]}"; do
		case $saved in
		*/hangs*) judge_input timeout "$saved" "$(program "$1")" ;;
		*) judge_input crash "$saved" "$(program "$1")" ;;
		esac
	done
}

# engine_job N: an afl-fuzz until time is up, again if it ends before.  What
# one that was killed has saved is judged first: the next moves it away, at a
# moment of its own, as it starts.
engine_job() {
	local run=0 left pid begin duds=0

	judge "$1" now
	while left=$((end - SECONDS)) && ((left > 0)); do
		begin=$SECONDS
		known_now "$1"
		afl "$1" "$left" >"$work/run/$1.$run.log" 2>&1 &
		pid=$!
		while kill -0 "$pid" 2>/dev/null; do
			sleep 1
			judge "$1" '1 second ago'
			known_now "$1"
		done
		wait "$pid" || true
		judge "$1" now
		duds=$((SECONDS - begin > 5 ? 0 : duds + 1))
		if ((duds >= 3 && SECONDS < end)); then
			cp "$work/run/$1.$run.log" "$work/run/broken"
			return
		fi
		run=$((run + 1))
	done
}

# stat INSTANCE NAME: a figure of its fuzzer_stats; 0 before there are any.
stat() {
	{ cat "$work/afl/$1/fuzzer_stats" 2>/dev/null || true; } |
		awk -F ' *: *' -v name="$2" '$1 == name { n = $2 + 0 }
			END { print n + 0 }'
}

# Sums over the instances, and the most edges and the least stability.
engine_progress() {
	local n name execs=0 edges=0 most=0 corpus=0 stability=100 s

	for ((n = 0; n < jobs; n++)); do
		name=$(instance "$n")
		execs=$((execs + $(stat "$name" execs_done)))
		edges=$(stat "$name" edges_found)
		((edges <= most)) || most=$edges
		s=$(stat "$name" corpus_count)
		((s <= corpus)) || corpus=$s
		s=$(stat "$name" stability)
		[[ $s == 0 ]] || stability=$(printf '%s\n' "$s" "$stability" |
			sort -g | head -n 1)
	done
	echo "$execs edges and states $most, corpus $corpus," \
		"stability $stability %"
}

engine_shrink() {
	timeout --foreground -k 5 40 afl-tmin -m none -t $((hang * 1000)) \
		-i "$1" -o "$2" -- "$fuzzer" >/dev/null 2>&1 || true
}

# What the instances found themselves, for libFuzzer, by its names.  A link is
# whole at once, and afl-fuzz never writes to a file that it has.
engine_end() {
	local sha file

	while read -r sha file; do
		[[ -e $work/corpus/$sha ]] || ln "$file" "$work/corpus/$sha"
	done < <(find "$work/afl" -path '*/queue/id:*' ! -name '*,orig:*' \
		! -name '*,sync:*' -exec sha1sum {} +)
}
