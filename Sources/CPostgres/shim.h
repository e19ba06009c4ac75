#pragma once

#include <libpq-fe.h>
#include <poll.h>
#include <time.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Lets this thread's sleeps end on time instead of up to 50 us late (timers(7), PR_SET_TIMERSLACK).
/// 0, or -1 with errno. `prctl` takes variable arguments, which Swift does not import.
static inline int cpostgres_set_timer_slack(unsigned long nanoseconds) {
  return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}

/// Keeps this thread on the first core that it may use (sched_setaffinity(2)); 0, or -1 with errno. Swift
/// does not import the C library's own form, which is GNU's.
static inline int cpostgres_bind_to_first_core(void) {
  unsigned char mask[1024] = {0};
  long size = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int found = 0;
  for (long i = 0; i < size; i++) {
    if (found) mask[i] = 0;
    else if (mask[i]) { mask[i] &= (unsigned char)-mask[i]; found = 1; }
  }
  return found ? (int)syscall(SYS_sched_setaffinity, 0, size, mask) : -1;
}

/// Waits until one of the descriptors is ready, at most so many nanoseconds where that is not negative; how
/// many are ready, or -1 with errno. poll(2) counts in milliseconds, and Swift does not import ppoll, which is
/// GNU's.
static inline int cpostgres_await(struct pollfd *descriptors, nfds_t count, long long nanoseconds) {
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  return (int)syscall(SYS_ppoll, descriptors, count, nanoseconds < 0 ? 0 : &time, 0, 0);
}
#else
/// Only Linux batches timers.
static inline int cpostgres_set_timer_slack(unsigned long nanoseconds) {
  (void)nanoseconds;
  return 0;
}

static inline int cpostgres_bind_to_first_core(void) { return -1; }

static inline int cpostgres_await(struct pollfd *descriptors, nfds_t count, long long nanoseconds) {
  return poll(descriptors, count, nanoseconds < 0 ? -1 : (int)((nanoseconds + 999999) / 1000000));
}
#endif

/// Drops what the server notices ("relation already exists, skipping"), which libpq would print.
static inline void cpostgres_ignore_notice(void *argument, const PGresult *result) {
  (void)argument;
  (void)result;
}

static inline void cpostgres_silence_notices(PGconn *connection) {
  PQsetNoticeReceiver(connection, cpostgres_ignore_notice, 0);
}
