// SPDX-License-Identifier: MIT
/*
 * vm_index.c - the tree of vm_index.h.
 *
 * Nodes are numbers in one array that grows; 0 is no node, and as such has no
 * height and no room.  Which areas there are decides how the tree is reached,
 * and only how: what it answers depends on the areas alone.
 * Validator: vm_index_validate(), H.
 */
#include "vm_index.h"

#define NODES_FIRST 16u

/* --- nodes ---------------------------------------------------------------- */

static force_inline struct vm_node *nodes(const struct machine *m)
{
	return m->vm.index.node;
}

bool vm_index_reserve(struct machine *m)
{
	struct vm_index *x = &m->vm.index;
	u32 room = x->room ? 2 * x->room : NODES_FIRST;
	struct vm_node *more;

	/* the ends of the window, one that is new, and 0 */
	if (x->free || x->nr + 4 <= x->room)
		return true;
	more = platform_alloc(room * sizeof(*more));
	if (!more) /* unreachable: the host had memory for RAM */
		return false;
	if (x->room)
		memcpy(more, x->node, (x->nr + 1) * sizeof(*more));
	platform_free(x->node, x->room * sizeof(*more));
	x->node = more;
	x->room = room;
	return true;
}

static u32 node_new(struct machine *m, vaddr_t start, vaddr_t end, u32 area)
{
	struct vm_index *x = &m->vm.index;
	u32 n = x->free;

	if (n)
		x->free = nodes(m)[n].kid[0];
	else
		n = ++x->nr;
	CHECK(m, n < x->room, "vm_index: no node was reserved");
	nodes(m)[n] = (struct vm_node){
		.area = area,
		.start = start,
		.end = end,
	};
	return n;
}

static void node_free(struct machine *m, u32 n)
{
	struct vm_index *x = &m->vm.index;

	nodes(m)[n] = (struct vm_node){ .kid = { x->free } };
	x->free = n;
}

/* --- what a node says of those below it ----------------------------------- */

static force_inline u32 fit(vaddr_t start, vaddr_t end, u32 align)
{
	const u32 mask = (PAGE_SIZE << align) - 1;
	vaddr_t addr = (start + mask) & ~mask;

	return addr < end ? end - addr : 0;
}

static force_inline void take_larger(u32 *room, const u32 *than)
{
	for (u32 i = 0; i < VM_ALIGNS; i++)
		room[i] = room[i] > than[i] ? room[i] : than[i];
}

static force_inline void take_gap(u32 *room, vaddr_t start, vaddr_t end)
{
	u32 gap[VM_ALIGNS];

	if (start == end)
		return;
	for (u32 i = 0; i < VM_ALIGNS; i++)
		gap[i] = fit(start, end, i);
	take_larger(room, gap);
}

/* From its kids. */
static force_inline void sum_up(struct vm_node *node, const struct vm_node *low,
				const struct vm_node *high)
{
	node->height =
		1 + (low->height > high->height ? low->height : high->height);
	memcpy(node->room, low->room, sizeof(node->room));
	take_larger(node->room, high->room);
	node->first = node->kid[0] ? low->first : node->start;
	node->last = node->kid[1] ? high->last : node->end;
	if (node->kid[0])
		take_gap(node->room, low->last, node->start);
	if (node->kid[1])
		take_gap(node->room, node->end, high->first);
}

/* Words of the machine's own, at the cost of bare loops. */
static UNSANITIZED void pull(struct vm_node *t, u32 n)
{
	sum_up(&t[n], &t[t[n].kid[0]], &t[t[n].kid[1]]);
}

/* --- balance -------------------------------------------------------------- */

/* The kid on that side comes up. */
static void rotate(struct vm_node *t, u32 *at, u32 side)
{
	u32 n = *at, kid = t[n].kid[side];

	t[n].kid[side] = t[kid].kid[!side];
	t[kid].kid[!side] = n;
	pull(t, n);
	pull(t, kid);
	*at = kid;
}

static void balance(struct vm_node *t, u32 *at)
{
	const u32 *kid = t[*at].kid;
	u32 low = t[kid[0]].height, high = t[kid[1]].height;
	u32 side = high > low;
	const u32 *grand = t[kid[side]].kid;

	if (low - high + 1 <= 2) {
		pull(t, *at);
		return;
	}
	if (t[grand[!side]].height > t[grand[side]].height)
		rotate(t, &t[*at].kid[side], !side);
	rotate(t, at, side);
}

/* The way from the root: where each node's number stands. */
struct way {
	u32 nr;
	u32 *at[VM_INDEX_DEPTH];
};

static void way_add(const struct machine *m, struct way *way, u32 *at)
{
	CHECK(m, way->nr < VM_INDEX_DEPTH, "vm_index: too deep a tree");
	way->at[way->nr++] = at;
}

static UNSANITIZED bool same(const struct vm_node *a, const struct vm_node *b)
{
	u32 bits = (a->first ^ b->first) | (a->last ^ b->last) |
		   (a->height ^ b->height);

	for (u32 i = 0; i < VM_ALIGNS; i++)
		bits |= a->room[i] ^ b->room[i];
	return !bits;
}

/* Up to where a node says what it has said before: so do those above it. */
static void way_back(struct machine *m, struct way *way)
{
	struct vm_node *t = nodes(m);

	while (way->nr) {
		u32 *at = way->at[--way->nr], n = *at;
		const struct vm_node was = t[n];

		balance(t, at);
		if (*at == n && same(&was, &t[n]))
			break;
	}
}

static void insert(struct machine *m, vaddr_t start, vaddr_t end, u32 area)
{
	u32 n = node_new(m, start, end, area);
	struct vm_node *t = nodes(m);
	u32 *at = &m->vm.index.root;
	struct way way = { 0 };

	while (*at) {
		way_add(m, &way, at);
		at = &t[*at].kid[start > t[*at].start];
	}
	*at = n;
	pull(t, n);
	way_back(m, &way);
}

/* --- adding, removing ----------------------------------------------------- */

void vm_index_add(struct machine *m, vaddr_t start, vaddr_t end, u32 area)
{
	insert(m, start, end, area);
}

/* Of two kids: the next area's node takes its place. */
static u32 *go_to_next(struct machine *m, struct way *way, u32 *at)
{
	struct vm_node *t = nodes(m);
	struct vm_node *node = &t[*at];

	way_add(m, way, at);
	at = &node->kid[1];
	while (t[*at].kid[0]) {
		way_add(m, way, at);
		at = &t[*at].kid[0];
	}
	node->area = t[*at].area;
	node->start = t[*at].start;
	node->end = t[*at].end;
	return at;
}

void vm_index_del(struct machine *m, vaddr_t start)
{
	struct vm_node *t = nodes(m);
	u32 *at = &m->vm.index.root;
	struct way way = { 0 };
	u32 n;

	while (*at && t[*at].start != start) {
		way_add(m, &way, at);
		at = &t[*at].kid[start > t[*at].start];
	}
	CHECK(m, *at, "vm_index: an area that is not there");
	if (t[*at].kid[0] && t[*at].kid[1])
		at = go_to_next(m, &way, at);
	n = *at;
	*at = t[n].kid[!t[n].kid[0]];
	node_free(m, n);
	way_back(m, &way);
}

/* --- finding -------------------------------------------------------------- */

u32 vm_index_at(const struct machine *m, vaddr_t addr)
{
	const struct vm_node *t = nodes(m);
	u32 n = m->vm.index.root;

	while (n && t[n].start != addr)
		n = t[n].kid[addr > t[n].start];
	return n ? t[n].area : 0;
}

u32 vm_index_before(const struct machine *m, vaddr_t addr)
{
	const struct vm_node *t = nodes(m);
	u32 n = m->vm.index.root, best = 0;

	while (n) {
		bool before = t[n].start < addr;

		if (before)
			best = t[n].area;
		n = t[n].kid[before];
	}
	return best;
}

static void begin(struct machine *m, vaddr_t start, vaddr_t end)
{
	insert(m, 0, start, 0);
	insert(m, end, UINT32_MAX, 0);
}

/* In the gap, if it is large enough. */
static bool fits(vaddr_t start, vaddr_t end, u32 size, u32 align, vaddr_t *addr)
{
	u32 room = fit(start, end, align);

	*addr = end - room;
	return room >= size;
}

static vaddr_t lowest(const struct machine *m, u32 size, u32 align)
{
	const struct vm_node *t = nodes(m);
	u32 n = m->vm.index.root;
	vaddr_t addr;

	for (;;) {
		const struct vm_node *node = &t[n];
		const struct vm_node *low = &t[node->kid[0]];
		const struct vm_node *high = &t[node->kid[1]];

		CHECK(m, n, "vm_index: room that is not there");
		if (low->room[align] >= size)
			n = node->kid[0];
		else if (node->kid[0] &&
			 fits(low->last, node->start, size, align, &addr))
			return addr;
		else if (node->kid[1] &&
			 fits(node->end, high->first, size, align, &addr))
			return addr;
		else
			n = node->kid[1];
	}
}

bool vm_index_place(struct machine *m, vaddr_t start, vaddr_t end, u64 size,
		    u32 align, vaddr_t *addr)
{
	const struct vm_index *x = &m->vm.index;

	if (!x->root)
		begin(m, start, end);
	if (size > nodes(m)[x->root].room[align])
		return false;
	*addr = lowest(m, (u32)size, align);
	return true;
}

/* --- life ----------------------------------------------------------------- */

void vm_index_exit(struct machine *m)
{
	struct vm_index *x = &m->vm.index;

	platform_free(x->node, x->room * sizeof(*x->node));
	*x = (struct vm_index){ 0 };
}

void vm_index_clear(struct machine *m)
{
	struct vm_index *x = &m->vm.index;

	if (x->room > NODES_FIRST)
		vm_index_exit(m);
	x->nr = 0;
	x->free = 0;
	x->root = 0;
	vm_index_reserve(m); /* no memory: the next area tries again */
}

/* --- validating ----------------------------------------------------------- */

static const char *validate_order(const struct machine *m,
				  const struct vm_node *node)
{
	const struct vm_node *low = &nodes(m)[node->kid[0]];
	const struct vm_node *high = &nodes(m)[node->kid[1]];

	CLAUSE(low->height - high->height + 1 <= 2,
	       "H1: the heights of two kids differ by one at most");
	CLAUSE((!node->kid[0] || low->last <= node->start) &&
		       node->start < node->end &&
		       (!node->kid[1] || node->end <= high->first),
	       "H2: the index is in order, and nothing in it overlaps");
	return NULL;
}

static const char *validate_sum(const struct machine *m,
				const struct vm_node *node)
{
	struct vm_node sum = *node;

	sum_up(&sum, &nodes(m)[node->kid[0]], &nodes(m)[node->kid[1]]);
	CLAUSE(!memcmp(&sum, node, sizeof(sum)),
	       "H3: a node says what is below it");
	return NULL;
}

/* All that are in use; how many they are. */
static const char *
validate_each(const struct machine *m, u32 *nr,
	      const char *(*each)(const struct machine *m,
				  const struct vm_node *node))
{
	const char *broken = NULL;

	*nr = 0;
	for (u32 n = 1; n <= m->vm.index.nr && !broken; n++)
		if (nodes(m)[n].height) {
			++*nr;
			broken = each(m, &nodes(m)[n]);
		}
	return broken;
}

static const char *validate_free(const struct machine *m, u32 used)
{
	const struct vm_index *x = &m->vm.index;
	u32 nr = 0;

	for (u32 n = x->free; n; n = nodes(m)[n].kid[0]) {
		CLAUSE(n <= x->nr && !nodes(m)[n].height && nr < x->nr,
		       "H15: a free node is in no tree, and there");
		nr++;
	}
	CLAUSE(used + nr == x->nr, "H16: a node is in the tree, or free");
	return NULL;
}

/*
 * H1  the tree is balanced
 * H2  it is in order, and no two of its nodes overlap
 * H3  each node knows the ends of what is below it, and the room between
 * H4  it has a node for each area and for both ends of the window
 * H15 the list of free nodes ends, and has none that is in use
 * H16 it has all others
 */
const char *vm_index_validate(const struct machine *m)
{
	const char *broken;
	u32 nr;

	broken = validate_each(m, &nr, validate_order);
	if (!broken)
		broken = validate_each(m, &nr, validate_sum);
	CLAUSE(!broken, broken);
	CLAUSE(nr == (m->vm.index.root ? m->vm.nr_areas + 2 : 0),
	       "H4: the index has as many nodes as there are areas, and two");
	return validate_free(m, nr);
}
