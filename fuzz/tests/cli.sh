#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cli.sh MMTWIN - the command line: what comes out, exit statuses, one line
# for what is unusable, and nothing left behind by what failed.
set -uo pipefail

mmtwin=$(realpath "$1")
traces=$(realpath "$(dirname "$0")/../../corpus/traces")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0

fail() {
	echo "cli: $*" >&2
	failures=$((failures + 1))
}

# expect STATUS ARGUMENT...: runs mmtwin; its outputs are in out and err.
expect() {
	local want=$1 got

	shift
	"$mmtwin" "$@" >out 2>err </dev/null
	got=$?
	((got == want)) || fail "mmtwin $*: exit $got, not $want: $(head -3 err)"
	case $want in
	2) (($(wc -l <err) == 1)) || fail "mmtwin $*: not one line: $(cat err)" ;;
	esac
}

# says FILE PATTERN: the last command's output holds it.
says() {
	grep -Eq -- "$2" "$1" || fail "no '$2' in $1: $(head -3 "$1")"
}

totals='^programs=[0-9]+ ops=[0-9]+ skipped=[0-9]+ findings=[0-9]+ digest=[0-9a-f]{16}$'

# --- help, and arguments that cannot be used
expect 0 --help
says out '^  run '
for command in run fuzz show asm gen min features bisect story sign repro \
	import list bench; do
	expect 0 "$command" --help
	[[ -s out && ! -s err ]] || fail "$command --help prints to stdout only"
done
expect 2
expect 2 walk
expect 2 run
expect 2 run --no-such-option x
expect 2 run x --until
expect 2 run x --until -3
expect 2 run x --every 12x
expect 2 fuzz --programs 99999999999999999999
expect 2 fuzz --target nothing
expect 2 fuzz --ops 0
expect 2 show a b
expect 2 list nothing
expect 2 min

# --- programs: text, bytes, standard input, directories
cat >good.ops <<'END'
boot profile=0
r1 = alloc_pages order=2 gfp=GFP_KERNEL
write r1 off=0x10 len=0x20
__free_pages r1 order=2 => ok
END
cat >finding.ops <<'END'
r1 = alloc_pages order=2 gfp=GFP_KERNEL
r2 = alloc_page gfp=GFP_KERNEL => null
__free_pages r1
END
expect 0 run good.ops
says out "$totals"
says out '^programs=1 ops=3 skipped=0 findings=0 '
expect 1 min --check finding.ops
says out ': op 3, __free_pages r1'
expect 0 min finding.ops -o small.ops
expect 0 min --check small.ops
expect 1 run good.ops finding.ops
says out 'expect'
says out 'mmtwin run finding.ops'
says out '^programs=2 .* findings=1 '
expect 0 run --json good.ops
says out '^\{"programs":1,.*\}$'
expect 1 run --json finding.ops
says out '^\{"file":"finding.ops","signature":"[a-z0-9_.-]+"'
expect 0 run --digests good.ops
says out '^[0-9a-f]{16} good.ops$'
expect 0 run --trace good.ops
says out 'mm_page_alloc: .*pfn='
expect 0 run --every 1 --until 2 good.ops
says out '^programs=1 ops=2 '
expect 0 run --until 2 --dump good.ops
says out '^STATE behind 2 of 3 ops$'
says out '^  last op 2: write r1 '
says out '^  next op 3: __free_pages r1 '
says out '^all [0-9]+ rows are the same$'
expect 1 run --dump finding.ops
says out '^STATE at a divergence, behind 1 of 3 ops$'
expect 0 run --stop 2 good.ops
expect 2 run --stop 2 --dump good.ops
expect 2 run --stop 0 good.ops
expect 2 run --until 0 good.ops
"$mmtwin" run - <good.ops >out || fail "run - does not read standard input"
says out '^programs=1 ops=3 '
expect 0 asm good.ops -o good
expect 0 show good -o good2.ops
expect 0 show good.ops
diff <(sed 's/ *=> ok//' out) good2.ops >/dev/null ||
	fail "show of bytes and of text differ"
expect 0 run good
mkdir -p dir/sub && cp good.ops dir/ && cp good dir/sub/ && echo x >dir/README
mkfifo dir/pipe # which nobody writes to
expect 0 run dir
says out '^programs=2 '
: >empty
expect 0 run empty
head -c 4000 /dev/urandom >noise
expect 0 show noise
expect 0 run noise

# --- gdb, or what stands for it: how it is called, and that it is missing
for op in 0 4 9; do
	expect 2 run --gdb "$op" good.ops
	says err "good.ops: there is no op $op in its 3 ops|usage"
done
expect 2 run --gdb 1 good.ops finding.ops
expect 2 run --gdb 1 -
says err 'of a file only'
mkdir path
PATH=$work/path "$mmtwin" run --gdb 2 good.ops 2>err
(($? == 2)) || fail "run --gdb without gdb: not exit 2"
says err '^mmtwin: gdb is not installed'
printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' >path/gdb
chmod +x path/gdb
PATH=$work/path:$PATH expect 0 run --gdb 2 good.ops
says out '^tbreak exec_write$'
[[ $(tail -n 4 out | paste -sd ' ') == "run --stop 2 good.ops" ]] ||
	fail "run --gdb: $(cat out)"
if [[ -n $(type -P gdb) && $(head -c 4 "$mmtwin") == $'\x7fELF' ]]; then
	"$mmtwin" run --gdb 2 good.ops <<<'print op->code' >out 2>err
	says out '^Temporary breakpoint 2, exec_write \('
	says out '[$]1 = '
fi

# --- programs that cannot be used
expect 2 run missing.ops
says err 'missing.ops: No such file'
expect 2 run $'two\nlines.ops'
expect 2 gen --ops 4294967295
printf 'r1 = alloc_page\nr2 = alloc_sheet\n' >bad.ops
expect 2 run bad.ops
says err 'bad.ops:2: '
printf '# x\nboot ram=64M vmalloc=3M\n' >boot.ops
expect 2 run boot.ops
says err 'boot.ops:2: '
printf 'boot ram=1K\n' >small.ops
expect 2 run small.ops
says err 'small.ops:1: '
mkdir locked && chmod 000 locked
((EUID == 0)) || expect 2 run locked
chmod 700 locked
printf 'r900 = alloc_page\n' >slot.ops
expect 2 asm slot.ops -o slot
says err 'slot.ops:1: '
[[ -e slot ]] && fail "asm left a file that it could not make"
expect 2 min good.ops

# --- story, sign, repro
expect 0 story finding.ops
says out '^alloc_page-e1-result$'
says out '^   1[.] r1 = alloc_pages order=2'
says out '^     both: ok, r1 = 0x'
says out '^>  2[.] r2 = alloc_page .*=> null$'
says out '^     expect, E1: the op ends .*: it ended with ok$'
[[ $(tail -n 1 out) == "     expect, E1: "* ]] ||
	fail "a story goes on behind its finding"
expect 0 story good.ops -o story.txt
says story.txt '^machine and model agree$'
expect 1 sign good.ops finding.ops noise
says out '^- 3 good.ops$'
says out '^alloc_page-e1-result 3 finding.ops$'
says out '^- [0-9]+ noise$'
expect 0 repro finding.ops -o x.c
says x.c '^ [*] alloc_page-e1-result$'
says x.c '^	call[(]2, "alloc_page"[)];$'
says x.c '^	expect[(]"null", true, page2 == NULL[)];$'
grep -q __free_pages x.c && fail "repro goes on behind the finding"
expect 0 repro --lockstep finding.ops
says out 'lockstep_run[(]program[)]'
for command in story sign repro; do
	expect 2 $command bad.ops
	says err 'bad.ops:2: '
	expect 2 $command boot.ops
	says err 'boot.ops:2: boot line: '
	expect 2 $command missing.ops
	expect 2 $command
done
expect 2 repro good.ops -o no/such/place.c
expect 2 story good.ops -o dir

# --- gen and fuzz: the same seed, the same outcome
expect 0 gen --seed 7 --ops 20 -o gen1.ops
expect 0 gen --seed 7 --ops 20
cmp -s out gen1.ops || fail "gen: the same seed made another program"
expect 0 run gen1.ops
for target in pages slab kmalloc mempool segment paging user vmalloc ioremap \
	highmem mm boot wire text import; do
	expect 0 fuzz --seed 5 --programs 200 --target "$target"
	says out "$totals"
	cp out first
	expect 0 fuzz --seed 5 --programs 200 --target "$target"
	cmp -s out first || fail "fuzz $target: the second run differs"
	expect 0 fuzz --seed 5 --programs 200 --target "$target" --in-process
	cmp -s out first || fail "fuzz $target: --in-process differs"
done
[[ -e findings ]] && fail "findings/ without a finding"

# --- min
for i in {1..40}; do
	echo "r$((i + 2)) = alloc_pages order=1 gfp=GFP_ATOMIC cpu=1"
done >long.ops
cat finding.ops >>long.ops
expect 1 min --check long.ops
expect 0 min long.ops -o min.ops
says min.ops '^# reproduces 10/10'
(($(grep -cv '^#\|^boot' min.ops) == 1)) || fail "min: more than an op is left"
expect 0 min --check min.ops
expect 1 run min.ops

# --- features
expect 0 features --states-only good.ops
says out '^files=1 edges=[0-9]+ states=[0-9]+ findings=0 digest=[0-9a-f]{16}$'
expect 1 features --states-only good.ops finding.ops
says out '^FINDING alloc_page-e1-result$'
says out ' findings=1 '
mkdir few grown none
expect 1 features --states-only --running good.ops none finding.ops
says out '^good.ops files=1 .* findings=0 '
says out '^finding.ops files=2 .* findings=1 '
(($(grep -c ' states=' out) == 2)) || fail "features --running: $(cat out)"
cp gen1.ops few/a.ops
expect 0 features --states-only --grow grown --from few good.ops
says out '^grown/.*\.ops$'
says out '^added=[1-9][0-9]* .*unfit=0 no_room=0 '
says "$(find grown -name '*.ops' | head -n 1)" '^# Grown for pages;'
expect 0 run grown
expect 0 features --states-only --grow grown --from few good.ops
says out '^added=0 '
cp grown/*.ops few
expect 0 features --states-only --redundant few grown
(($(wc -l <out) == $(find few -name '*.ops' | wc -l))) ||
	fail "features --redundant: some are not, to themselves"
expect 2 features --states-only --grow grown good.ops
expect 2 features --states-only --from few good.ops
expect 2 features --states-only --target wire good.ops
expect 2 features --states-only no-such.ops
expect 2 features --states-only --grow no/place --from few good.ops

# --- import
{
	echo "# tracer: nop"
	for i in {1..2000}; do
		echo " x-1 [000] d..1. 1.$i: mm_page_alloc: page=1 pfn=$i" \
			"order=0 migratetype=0 gfp_flags=GFP_KERNEL"
		echo " x-1 [000] d..1. 1.$i: mm_page_free: page=1 pfn=$i order=0"
	done
} >trace.txt
gzip -k trace.txt
expect 0 import trace.txt -o plain.ops
says plain.ops '^# 2000 blocks allocated'
says plain.ops '^boot ram=16M cpus=1'
expect 0 import trace.txt.gz
diff <(tail -n +2 plain.ops) <(tail -n +2 out) >/dev/null ||
	fail "import: gzipped and plain differ"
expect 0 run plain.ops
says out '^programs=1 ops=4000 skipped=0 findings=0 '
expect 0 import --summary trace.txt
says out '^4000 events'
expect 0 import --boot 'ram=64M cpus=2' trace.txt
says out '^boot ram=64M cpus=2'
for line in ram=64Q ram=1K ''; do
	expect 2 import --boot "$line" trace.txt
done
head -c 2000 trace.txt.gz >cut.gz
expect 2 import cut.gz -o cut.ops
says err 'cut.gz: .*ends too early'
{ head -c 1000 trace.txt.gz && echo damage && tail -c 5000 trace.txt.gz; } \
	>damaged.gz
expect 2 import damaged.gz -o cut.ops
says err 'damaged.gz: .*gzip'
sed '9s/pfn=[0-9]*/pfn=xyz/' trace.txt >bad.txt
expect 2 import bad.txt -o cut.ops
says err 'bad.txt:9: '
expect 2 import good.ops -o cut.ops
[[ -e cut.ops ]] && fail "import left a file that it could not make"

# a kernel's own words give the program beside them, to the byte
boot_of() {
	sed -n 's/^boot //p' "$1"
}
for trace in "$traces"/*.txt.gz; do
	program=${trace%.txt.gz}.ops
	expect 0 import --boot "$(boot_of "$program")" "$trace"
	diff <(sed -n '/^# imported/,$p' "$program") out >/dev/null ||
		fail "import of $trace is not $program"
done
# what run --trace prints of a program that was imported is that program; of
# one with objects it also has what the slabs themselves took
for program in "$traces"/*.ops; do
	grep -q '^# imported' "$program" || continue # written by hand
	"$mmtwin" run --trace "$program" >trace.txt ||
		fail "run --trace $program: exit $?"
	grep -q mm_page_alloc: trace.txt || continue # no room on 32 bits
	expect 0 import --boot "$(boot_of "$program")" trace.txt -o back.ops
	if grep -q '= kmem_cache_create ' "$program"; then
		says back.ops '^# [0-9]+ objects freed'
		expect 0 run back.ops
		continue
	fi
	diff <(grep -v '^#' "$program") <(grep -v '^#' back.ops) >/dev/null ||
		fail "run --trace, then import: not $program again"
done

# --- list
expect 0 list ops
says out '^alloc_pages +order gfp'
expect 0 list --json ops
says out '^\{"name":"alloc_pages","code":1,'
expect 0 list reports
says out '^double_free '
expect 0 list rules
[[ -s out ]] || fail "list rules prints nothing"
expect 0 list targets
says out '^pages '

# --- what is not there: one line, exit 2
mkdir hollow
expect 2 run hollow
says err 'hollow: no programs in it$'
expect 2 bench no-such
expect 2 bench exec pages
expect 2 bench --no-such

# --- a full disk: one line, exit 2, what was there stays, no file is left
for command in "list ops" "show good" "run good.ops" "import trace.txt" \
	"story good.ops" "repro good.ops"; do
	# shellcheck disable=SC2086 # words
	"$mmtwin" $command >/dev/full 2>err
	(($? == 2)) || fail "$command >/dev/full: not exit 2"
	(($(wc -l <err) == 1)) || fail "$command >/dev/full: $(cat err)"
	says err 'No space left'
done
echo before >kept.ops
(
	trap '' XFSZ
	ulimit -f 8
	"$mmtwin" import trace.txt -o kept.ops 2>err
	(($? == 2)) || echo "no error" >>err
)
(($(wc -l <err) == 1)) || fail "a write that fails: $(cat err)"
[[ $(cat kept.ops) == before ]] || fail "a failed write changed the file"
expect 2 gen -o no/such/place.ops
expect 2 show good -o dir
compgen -G '*.ops.*' >/dev/null && fail "temporary files are left"

((failures == 0)) || exit 1
