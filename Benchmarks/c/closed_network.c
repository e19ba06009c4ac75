// 1,000 clients think (Exp 1 s), take one of 8 processors (Exp 4 ms), then one of 4 disks (Exp 2 ms).
// -DTIMEOUTS: every hold stands under a timeout of 30 s, which its end cancels.
#include "calendar.h"
#include "line.h"
#include "measure.h"
#include "random.h"

enum { CLIENTS = 1000, THOUGHT = 0, COMPUTED = 1 << 20, READ = 2 << 20, EXPIRED = 3 << 20 };

typedef struct {
  int free;
  double mean;
  uint32_t finished;
  line waiting;
} pool;

static calendar c;
static generator g;
static pool processors = {8, 4e6, COMPUTED, {0}}, disks = {4, 2e6, READ, {0}};

#ifdef TIMEOUTS
static uint64_t timeouts[CLIENTS];
#endif

static inline void hold(uint32_t end, uint32_t client, double mean) {
  schedule(&c, end | client, c.now + exponential(&g, mean));
#ifdef TIMEOUTS
  timeouts[client] = schedule(&c, EXPIRED | client, c.now + 30000000000);
#endif
}

static inline void request(pool *p, uint32_t client) {
  if (p->free > 0) {
    p->free--;
    hold(p->finished, client, p->mean);
  } else {
    join(&p->waiting, client);
  }
}

static inline void release(pool *p) {
  if (p->waiting.count > 0) {
    hold(p->finished, leave(&p->waiting), p->mean);
  } else {
    p->free++;
  }
}

int main(int argc, char **argv) {
  long cycles = atol(argv[1]), done = 0, expired = 0;
  make_ziggurat();
  g = seeded(1);
  c = make_calendar();
  static int64_t started[CLIENTS];
  int64_t total = 0;
  uint32_t event;
  double start = cpu_ns();
  for (uint32_t i = 0; i < CLIENTS; i++) hold(THOUGHT, i, 1e9);
  while (done < cycles && next(&c, &event)) {
    uint32_t client = event & 0xfffff;
#ifdef TIMEOUTS
    if (event >= EXPIRED) {
      expired++;
      continue;
    }
    cancel(&c, timeouts[client]);
#endif
    switch (event - client) {
    case THOUGHT:
      started[client] = c.now;
      request(&processors, client);
      break;
    case COMPUTED:
      release(&processors);
      request(&disks, client);
      break;
    case READ:
      done++;
      total += c.now - started[client];
      release(&disks);
      hold(THOUGHT, client, 1e9);
      break;
    }
  }
  report(cpu_ns() - start, cycles, total + expired);
}
