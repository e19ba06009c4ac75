// A first-come, first-served line: a ring buffer that grows.
#pragma once
#include <stdint.h>
#include <stdlib.h>

typedef struct {
  int64_t *places;
  long front, count, capacity;
} line;

static __attribute__((noinline)) void grow_line(line *l) {
  long capacity = l->capacity ? l->capacity * 2 : 8;
  int64_t *larger = malloc(capacity * sizeof *larger);
  for (long i = 0; i < l->count; i++) larger[i] = l->places[(l->front + i) & (l->capacity - 1)];
  free(l->places);
  *l = (line){.places = larger, .front = 0, .count = l->count, .capacity = capacity};
}

static inline void join(line *l, int64_t element) {
  if (l->count == l->capacity) grow_line(l);
  l->places[(l->front + l->count++) & (l->capacity - 1)] = element;
}

static inline int64_t leave(line *l) {
  int64_t element = l->places[l->front];
  l->front = (l->front + 1) & (l->capacity - 1);
  l->count--;
  return element;
}
