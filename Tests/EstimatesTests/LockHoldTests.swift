import Estimates
import Testing

@Suite("Row locks held by one batch")
struct LockHoldTests {
  // 500 rows of 1 ms and a commit of 20 ms, 200 writes a second.
  let hold = LockHold(shortest: 0.020, longest: 0.520)

  @Test("The job delays every write that meets a held row: 200 × 0.27 s")
  func waits() {
    #expect(abs(hold.waits(writeRate: 200) - 54) < 1e-9)
  }

  @Test("Waiting adds up to (Λ/n)·((nb+c)³ − c³)/(6b)")
  func totalWait() {
    let byHand = 200.0 / 500 * (0.520 * 0.520 * 0.520 - 0.020 * 0.020 * 0.020) / (6 * 0.001)
    #expect(abs(hold.totalWait(writeRate: 200) - byHand) < 1e-9)
    #expect(abs(byHand - 9.373_333_333) < 1e-6)
  }

  @Test("Waits beyond 0.3 s: Λ(nb+c−w)²/(2nb) = 200 × 0.22² / 1.0")
  func longWaits() {
    #expect(abs(hold.waits(longerThan: 0.3, writeRate: 200) - 9.68) < 1e-9)
  }

  @Test("No wait is longer than the longest hold, all are longer than nothing")
  func ends() {
    #expect(hold.waits(longerThan: 0.52, writeRate: 200) == 0)
    #expect(abs(hold.waits(longerThan: 0, writeRate: 200) - 54) < 1e-9)
    #expect(abs(hold.waits(longerThan: 0.01, writeRate: 200) - 52) < 1e-9)
  }

  @Test("With an instant commit the mean wait is a third of the batch")
  func third() {
    #expect(abs(LockHold(shortest: 0, longest: 0.9).meanWait - 0.3) < 1e-12)
  }

  @Test("Summing every row's own hold gives the same as the closed form")
  func bruteForce() {
    let rows = 2_000
    var count = 0.0
    var total = 0.0
    for j in 0..<rows {
      let held = (Double(rows - j) - 0.5) * 0.00025 + 0.02
      count += 200 / Double(rows) * held
      total += 200 / Double(rows) * held * held / 2
    }
    #expect(abs(hold.waits(writeRate: 200) - count) < 1e-6)
    #expect(abs(hold.totalWait(writeRate: 200) - total) < 1e-4)
  }
}
