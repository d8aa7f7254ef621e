/* SPDX-License-Identifier: MIT */
/*
 * hash.h - a hash of bytes, for digests: the same on every host.
 */
#ifndef ALLOC_HASH_H
#define ALLOC_HASH_H

#include "platform.h"

/* multiply and fold; four lanes, so that one step need not wait for another */
struct hash {
	u64 lane[4];
};

static inline u64 hash_step(u64 lane, u64 word)
{
	lane = (lane ^ word) * 0x9E3779B97F4A7C15u;
	return lane ^ lane >> 29;
}

static inline void hash_init(struct hash *h)
{
	for (u32 i = 0; i < 4; i++)
		h->lane[i] = hash_step(0x6D6D7477696E0000u, i);
}

static inline void hash_word(struct hash *h, u32 word)
{
	h->lane[0] = hash_step(h->lane[0], word);
}

/* bytes is a multiple of 4 */
static inline void hash_bytes(struct hash *h, const void *data, u32 bytes)
{
	const u8 *at = data;

	for (; bytes >= 32; bytes -= 32, at += 32) {
		u64 word[4];

		memcpy(word, at, 32);
		for (u32 i = 0; i < 4; i++)
			h->lane[i] = hash_step(h->lane[i], word[i]);
	}
	for (; bytes >= 4; bytes -= 4, at += 4) {
		u32 word;

		memcpy(&word, at, 4);
		hash_word(h, word);
	}
}

static inline u64 hash_end(const struct hash *h)
{
	u64 sum = 0;

	for (u32 i = 0; i < 4; i++)
		sum = hash_step(sum, h->lane[i]);
	return sum;
}

#endif
