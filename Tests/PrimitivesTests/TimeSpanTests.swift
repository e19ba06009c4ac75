import Primitives
import Testing

@Suite("Time")
struct TimeSpanTests {
  @Test(
    "Seconds are rounded once to the nearest nanosecond, ties to even",
    arguments: [
      (0.0, 0), (1.5, 1_500_000_000), (-2.25e-9, -2), (0x1p-30, 1), (2.5e-9, 2), (3.5e-9, 4),
      (-0.5e-9, 0), (86_400 * 30, 2_592_000_000_000_000), (4e6, 4_000_000_000_000_000),
      (3e9, 3_000_000_000_000_000_000),
    ] as [(Double, Int64)])
  func rounding(seconds: Double, nanoseconds: Int64) {
    #expect(TimeSpan(seconds: seconds).nanoseconds == nanoseconds)
    #expect(Instant(seconds: seconds).nanoseconds == nanoseconds)
  }

  @Test("Beyond 146 years, time is clamped")
  func clamping() {
    #expect(TimeSpan(seconds: 1e300) == .forever)
    #expect(TimeSpan(seconds: .infinity) == .forever)
    #expect(TimeSpan(seconds: -1e300).nanoseconds == -(1 << 62))
  }

  @Test(
    "Real nanoseconds become the instants that rounding gives",
    arguments: [0, 0.25, 0.5.nextDown, 0.5, 0.5.nextUp, 1.5, 2.5, 3, 1e12 + 0.5, 1e15 + 0.375])
  func nanoseconds(value: Double) {
    #expect(Instant(nearest: value).nanoseconds == Int64(value.rounded()))
    #expect(Instant(notBefore: value).nanoseconds == Int64(value.rounded(.up)))
  }

  @Test("Instants and spans add up")
  func arithmetic() {
    let start = Instant(seconds: 10)
    #expect(start + .milliseconds(1500) - start == .microseconds(1_500_000))
    #expect(start - .seconds(10) == .zero)
    #expect(TimeSpan.seconds(3) * 0.5 == .milliseconds(1500))
    #expect(Instant.zero < start && start < .distantFuture)
  }
}
