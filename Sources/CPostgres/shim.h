#pragma once

#include <libpq-fe.h>

#ifdef __linux__
#include <sys/prctl.h>

/// Lets this thread's sleeps end on time instead of up to 50 us late (timers(7), PR_SET_TIMERSLACK).
/// 0, or -1 with errno. `prctl` takes variable arguments, which Swift does not import.
static inline int cpostgres_set_timer_slack(unsigned long nanoseconds) {
  return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}
#else
/// Only Linux batches timers.
static inline int cpostgres_set_timer_slack(unsigned long nanoseconds) {
  (void)nanoseconds;
  return 0;
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
