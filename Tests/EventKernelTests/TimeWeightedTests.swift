import EventKernel
import Primitives
import Testing

@Suite("A time-weighted value")
struct TimeWeightedTests {
  @Test("Its integral is the area under the steps")
  func area() {
    var value = TimeWeighted()
    value.set(3, at: Instant(nanoseconds: 10))
    value.add(-1, at: Instant(nanoseconds: 30))
    value.set(7, at: Instant(nanoseconds: 30))
    value.set(0, at: Instant(nanoseconds: 31))
    #expect(value.integral(until: Instant(nanoseconds: 100)) == 3 * 20 + 7)
    #expect(value.mean(until: Instant(nanoseconds: 100)) == 0.67)
    #expect(value.maximum == 7)
    #expect(value.value == 0)
  }

  @Test("A value that held for no time counts for the maximum, not for the mean")
  func instantaneous() {
    var value = TimeWeighted(1)
    value.set(9, at: Instant(nanoseconds: 5))
    value.set(1, at: Instant(nanoseconds: 5))
    #expect(value.integral(until: Instant(nanoseconds: 10)) == 10)
    #expect(value.maximum == 9)
  }

  @Test("Restarting forgets the past, keeps the value and begins its maximum there")
  func restarted() {
    var value = TimeWeighted(8)
    value.set(2, at: Instant(nanoseconds: 50))
    value.restart(at: Instant(nanoseconds: 100))
    #expect(value.maximum == 2)
    #expect(value.mean(until: Instant(nanoseconds: 100)) == nil)
    #expect(value.integral(until: Instant(nanoseconds: 110)) == 20)
    #expect(value.mean(until: Instant(nanoseconds: 110)) == 2)
  }

  @Test("A large and a negative value over a hundred years do not overflow")
  func large() {
    let century = Instant(nanoseconds: 100 * 31_557_600_000_000_000)
    var value = TimeWeighted(1_000_000_000_000)
    let area = Int128(3_155_760_000_000_000_000) * 1_000_000_000_000
    #expect(value.integral(until: century) == area)
    value.set(-1_000_000_000_000, at: .zero)
    #expect(value.integral(until: century) == -area)
  }
}
