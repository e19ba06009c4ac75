// The hold model: take the earliest of n pending events and schedule it again, exponentially later.
#include "calendar.h"
#include "measure.h"
#include "random.h"

int main(int argc, char **argv) {
  long pending = atol(argv[1]), holds = atol(argv[2]);
  make_ziggurat();
  generator g = seeded(1);
  static int64_t spans[4096];
  for (int i = 0; i < 4096; i++) spans[i] = exponential(&g, 1e9);
  calendar c = make_calendar();
  for (long i = 0; i < pending; i++) schedule(&c, i, exponential(&g, 1e9));
  uint32_t id = 0;
  int64_t check = 0;
  for (long i = 0; i < pending * 2; i++) {
    next(&c, &id);
    schedule(&c, id, c.now + spans[next_bits(&g) >> 52]);
  }
  double start = cpu_ns();
  for (long i = 0; i < holds; i++) {
    next(&c, &id);
    check += id;
    schedule(&c, id, c.now + spans[next_bits(&g) >> 52]);
  }
  report(cpu_ns() - start, holds, check + c.now);
}
