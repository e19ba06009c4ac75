import EventKernel
import Primitives

/// Takes the earliest of `pending` events and schedules it again, exponentially later.
///
/// Spans come from a table, so that the calendar's share is large. D. W. Jones, "An empirical
/// comparison of priority-queue and event-set implementations", CACM 29 (1986).
func hold(pending: Int, holds: Int) -> Measurement {
  var random = Exponential(seed: 1)
  let spans = UnsafeMutablePointer<TimeSpan>.allocate(capacity: 4_096)
  defer { spans.deallocate() }
  for index in 0..<4_096 { spans[index] = random.span(mean: 1e9) }
  var calendar = EventCalendar<Int32>()
  for id in 0..<pending { calendar.schedule(Int32(id), at: .zero + random.span(mean: 1e9)) }
  for _ in 0..<pending * 2 {
    guard let id = calendar.next() else { break }
    calendar.schedule(id, at: calendar.now + spans[Int(random.generator.nextBits() >> 52)])
  }
  var check = 0
  let start = processorTime()
  for _ in 0..<holds {
    guard let id = calendar.next() else { break }
    check &+= Int(id)
    calendar.schedule(id, at: calendar.now + spans[Int(random.generator.nextBits() >> 52)])
  }
  return Measurement(
    nanoseconds: processorTime() - start, units: holds,
    check: check + Int(calendar.now.nanoseconds))
}
