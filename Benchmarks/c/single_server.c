// M/M/1: arrivals at 0.9/s, service of 1 s on average, first come first served.
#include "calendar.h"
#include "line.h"
#include "measure.h"
#include "random.h"

enum { ARRIVAL, DEPARTURE };

int main(int argc, char **argv) {
  long customers = atol(argv[1]), arrived = 0;
  make_ziggurat();
  generator g = seeded(1);
  calendar c = make_calendar();
  line in_system = {0};
  int64_t total = 0;
  uint32_t event;
  double start = cpu_ns();
  schedule(&c, ARRIVAL, exponential(&g, 1e9 / 0.9));
  while (next(&c, &event)) {
    switch (event) {
    case ARRIVAL:
      arrived++;
      if (arrived < customers) schedule(&c, ARRIVAL, c.now + exponential(&g, 1e9 / 0.9));
      if (in_system.count == 0) schedule(&c, DEPARTURE, c.now + exponential(&g, 1e9));
      join(&in_system, c.now);
      break;
    case DEPARTURE:
      total += c.now - leave(&in_system);
      if (in_system.count > 0) schedule(&c, DEPARTURE, c.now + exponential(&g, 1e9));
      break;
    }
  }
  report(cpu_ns() - start, customers, total);
}
