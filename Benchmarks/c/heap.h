// The kernel's heap in C: 4-ary, keys of 128 bits, four children in one cache line, the largest key
// behind the last. The smallest child is chosen by a knockout without branches: of the ways to
// write it, the fastest with gcc and clang alike.
#pragma once
#include <stdint.h>
#include <stdlib.h>

typedef unsigned __int128 key128;

typedef struct {
  key128 *keys;
  long count, capacity;
} heap;

static key128 *allocate_keys(long capacity) {
  key128 *keys = (key128 *)((char *)aligned_alloc(64, 64 + (48 + capacity * 16) / 64 * 64) + 48);
  for (long i = 0; i < capacity; i++) keys[i] = ~(key128)0;
  return keys;
}

static heap make_heap(void) { return (heap){.keys = allocate_keys(64), .count = 0, .capacity = 64}; }

static __attribute__((noinline)) void grow_heap(heap *h) {
  key128 *larger = allocate_keys(h->capacity * 2);
  for (long i = 0; i < h->count; i++) larger[i] = h->keys[i];
  free((char *)h->keys - 48);
  h->keys = larger;
  h->capacity *= 2;
}

static inline void push(heap *h, key128 key) {
  if (h->count + 4 > h->capacity) grow_heap(h);
  key128 *keys = h->keys;
  long hole = h->count++;
  while (hole > 0) {
    long parent = (hole - 1) >> 2;
    if (keys[parent] < key) break;
    keys[hole] = keys[parent];
    hole = parent;
  }
  keys[hole] = key;
}

static inline void settle(heap *h, key128 key, long hole) {
  key128 *keys = h->keys;
  long count = h->count, child = hole * 4 + 1;
  while (child < count) {
    long left = child + (keys[child + 1] < keys[child]);
    long right = child + 2 + (keys[child + 3] < keys[child + 2]);
    long at = left + ((right - left) & -(long)(keys[right] < keys[left]));
    key128 best = keys[at];
    if (key < best) break;
    keys[hole] = best;
    hole = at;
    child = at * 4 + 1;
  }
  keys[hole] = key;
}

static inline void remove_root(heap *h) {
  key128 key = h->keys[--h->count];
  h->keys[h->count] = ~(key128)0;
  if (h->count > 0) settle(h, key, 0);
}
