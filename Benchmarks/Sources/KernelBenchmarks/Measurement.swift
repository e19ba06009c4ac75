import Glibc

/// Processor time per unit of work, and a value on which the C twin must agree.
struct Measurement {
  var nanoseconds: Double
  var units: Int
  var check: Int
}

/// Processor time of this process, in nanoseconds: what others do on the machine counts little.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}
