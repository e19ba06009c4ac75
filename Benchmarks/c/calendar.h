// Two calendars over the heap, with the fired event's place left open for the next one.
// Default: the kernel's own, with payloads in slots and constant-time cancelling.
// -DLIMIT: the least a calendar can do; the payload is the slot, nothing can be cancelled.
#pragma once
#include "heap.h"

typedef struct {
  uint64_t mark;
  uint32_t payload;
} slot;

typedef struct {
  heap heap;
  uint64_t sequence, fired;
  int64_t now;
  long open, stale, capacity, first_free;
  slot *slots;
} calendar;

enum { NO_SLOT = 0xffffff };

static inline key128 key_of(int64_t time, uint64_t mark) {
  return (key128)(uint64_t)time << 64 | mark;
}

#ifdef LIMIT

static calendar make_calendar(void) { return (calendar){.heap = make_heap(), .open = 0}; }

static inline void schedule(calendar *c, uint32_t payload, int64_t time) {
  c->sequence += 1 << 24;
  key128 key = key_of(time, c->sequence | payload);
  if (c->open) {
    c->open = 0;
    settle(&c->heap, key, 0);
  } else {
    push(&c->heap, key);
  }
}

static inline int next(calendar *c, uint32_t *payload) {
  if (c->open) remove_root(&c->heap);
  if (c->heap.count == 0) return 0;
  key128 key = c->heap.keys[0];
  c->now = (int64_t)(key >> 64);
  c->fired++;
  c->open = 1;
  *payload = (uint32_t)key & NO_SLOT;
  return 1;
}

#else

static inline void give_back(calendar *c, long s) {
  c->slots[s].mark = c->first_free;
  c->first_free = s;
}

static __attribute__((noinline)) void grow_slots(calendar *c) {
  long old = c->capacity;
  c->capacity = old ? old * 2 : 64;
  c->slots = realloc(c->slots, c->capacity * sizeof(slot));
  for (long s = c->capacity - 1; s >= old; s--) give_back(c, s);
}

static calendar make_calendar(void) {
  calendar c = {.heap = make_heap(), .open = NO_SLOT, .first_free = NO_SLOT};
  grow_slots(&c);
  return c;
}

static inline uint64_t schedule(calendar *c, uint32_t payload, int64_t time) {
  if (time < c->now) abort();
  long s = c->open;
  int fills = s != NO_SLOT;
  if (!fills) {
    if (c->first_free == NO_SLOT) grow_slots(c);
    s = c->first_free;
    c->first_free = c->slots[s].mark;
  }
  c->sequence += 1 << 24;
  uint64_t mark = c->sequence | s;
  c->slots[s] = (slot){mark, payload};
  if (fills) {
    c->open = NO_SLOT;
    settle(&c->heap, key_of(time, mark), 0);
  } else {
    push(&c->heap, key_of(time, mark));
  }
  return mark;
}

static inline int next(calendar *c, uint32_t *payload) {
  if (c->open != NO_SLOT) {
    give_back(c, c->open);
    c->open = NO_SLOT;
    remove_root(&c->heap);
  }
  while (c->heap.count > 0) {
    key128 key = c->heap.keys[0];
    long s = (uint64_t)key & NO_SLOT;
    if (c->slots[s].mark == (uint64_t)key) {
      c->now = (int64_t)(key >> 64);
      c->fired++;
      c->open = s;
      c->slots[s].mark = NO_SLOT;
      *payload = c->slots[s].payload;
      return 1;
    }
    remove_root(&c->heap);
    c->stale--;
  }
  return 0;
}

static __attribute__((noinline)) void rebuild(calendar *c) {
  heap *h = &c->heap;
  long kept = c->open != NO_SLOT;
  for (long i = kept; i < h->count; i++) {
    uint64_t mark = (uint64_t)h->keys[i];
    if (c->slots[mark & NO_SLOT].mark == mark) h->keys[kept++] = h->keys[i];
  }
  for (long i = kept; i < h->count; i++) h->keys[i] = ~(key128)0;
  h->count = kept;
  c->stale = 0;
  for (long i = (kept - 2) / 4; i >= 0; i--) settle(h, h->keys[i], i);
}

static inline int cancel(calendar *c, uint64_t token) {
  long s = token & NO_SLOT;
  if (s >= c->capacity || c->slots[s].mark != token) return 0;
  give_back(c, s);
  c->stale++;
  if (c->stale * 2 > c->heap.count && c->stale > 32) rebuild(c);
  return 1;
}

#endif
