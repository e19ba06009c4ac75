#pragma once
#include <stdint.h>
#include <stdio.h>
#include <time.h>

static double cpu_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

// One line per measurement: CPU time per unit of work, and a value that the twins must agree on.
static void report(double ns, long units, int64_t check) {
  printf("%.4f\t%lld\n", ns / units, (long long)check);
}
