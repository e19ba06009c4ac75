#ifndef CHINTS_H
#define CHINTS_H

/// Asks the processor to bring the cache line of `address`, which will soon be written, without
/// waiting for it. Swift has no word for it.
static inline void hint_prefetch(const void *_Nonnull address) { __builtin_prefetch(address, 1); }

#endif
