// xoshiro256++ 1.0 (Blackman, Vigna 2019), seeded by SplitMix64, and exponential variates by the
// ziggurat (Marsaglia, Tsang, J. Stat. Softw. 5(8), 2000; table as in Doornik 2005).
// The Swift side draws the same numbers.
#pragma once
#include <math.h>
#include <stdint.h>

typedef struct {
  uint64_t a, b, c, d;
} generator;

static uint64_t splitmix(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

static generator seeded(uint64_t seed) {
  generator g;
  g.a = splitmix(&seed);
  g.b = splitmix(&seed);
  g.c = splitmix(&seed);
  g.d = splitmix(&seed);
  return g;
}

static inline uint64_t rotated(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t next_bits(generator *g) {
  uint64_t result = rotated(g->a + g->d, 23) + g->a, t = g->b << 17;
  g->c ^= g->a;
  g->d ^= g->b;
  g->b ^= g->c;
  g->a ^= g->d;
  g->c ^= t;
  g->d = rotated(g->d, 45);
  return result;
}

static inline double unit(uint64_t bits) { return (double)(bits >> 11) * 0x1p-53; }

static double edge[257], density[257];

static void make_ziggurat(void) {
  const double tail = 7.69711747013104972, area = 3.949659822581572e-3;
  edge[0] = area / exp(-tail);
  edge[1] = tail;
  for (int i = 2; i < 256; i++) edge[i] = -log(area / edge[i - 1] + exp(-edge[i - 1]));
  edge[256] = 0;
  for (int i = 0; i <= 256; i++) density[i] = exp(-edge[i]);
}

static __attribute__((noinline)) double exponential_slow(generator *g, int layer, double x) {
  for (;;) {
    double u = unit(next_bits(g));
    if (layer == 0) return edge[1] - log(1 - u);
    if (density[layer] + u * (density[layer + 1] - density[layer]) < exp(-x)) return x;
    uint64_t bits = next_bits(g);
    layer = bits & 255;
    x = unit(bits) * edge[layer];
    if (x < edge[layer + 1]) return x;
  }
}

// A time span in nanoseconds, exponential with mean `mean` nanoseconds.
static inline int64_t exponential(generator *g, double mean) {
  uint64_t bits = next_bits(g);
  int layer = bits & 255;
  double x = unit(bits) * edge[layer];
  if (x >= edge[layer + 1]) x = exponential_slow(g, layer, x);
  return (int64_t)(x * mean);
}
