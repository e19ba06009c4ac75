import Testing

@testable import Scenarios

@Suite struct QuantityTests {
  @Test(
    "A quantity is read in its base unit",
    arguments: [
      ("50ms", .time, 0.05), ("30s", .time, 30), ("5min", .time, 300), ("4h", .time, 14_400),
      ("2d", .time, 172_800), ("600us", .time, 600e-6), ("600µs", .time, 600e-6),
      ("1.5 h", .time, 5_400), ("310B", .size, 310), ("1kB", .size, 1_000), ("1KiB", .size, 1_024),
      ("16GiB", .size, 17_179_869_184), ("1.5MiB", .size, 1_572_864), ("420/s", .rate, 420),
      ("1.2k/s", .rate, 1_200), ("90/min", .rate, 1.5), ("500MiB/s", .throughput, 524_288_000),
      ("150MB/s", .throughput, 150e6), ("35%", .ratio, 0.35), ("0.1%", .ratio, 0.001),
      ("240M", .count, 240e6), ("3.1M", .count, 3_100_000), ("50k", .count, 50_000),
      ("1_000", .count, 1_000), ("5e3", .count, 5_000), ("1.07", .number, 1.07), ("0", .count, 0),
    ] as [(String, Dimension, Double)])
  func values(text: String, dimension: Dimension, value: Double) throws {
    let read = try Quantity.parse(text, as: dimension).get()
    #expect(abs(read - value) <= value * 1e-12)
  }

  @Test(
    "What is no quantity says why",
    arguments: [
      ("50", .time, .needsUnit(number: "50")), ("5m", .time, .ambiguous(number: "5")),
      ("5M", .time, .needsUnit(number: "5M")), ("5MiB", .time, .other(.size)),
      ("5sec", .time, .unknownUnit("sec")), ("64gib", .size, .unknownUnit("gib")),
      ("64Gb", .size, .unknownUnit("Gb")), ("420", .rate, .needsUnit(number: "420")),
      ("0.35", .ratio, .needsUnit(number: "0.35")), ("5%", .count, .other(.ratio)),
      ("1.5", .count, .notWhole), ("017", .count, .leadingZero),
      ("12:30", .count, .unknownUnit(":30")),
      ("", .count, .notANumber), ("ten", .count, .notANumber), ("1.2.3", .number, .notANumber),
      ("1e999", .number, .notANumber), ("9e18", .count, .tooLarge), ("nan", .number, .notANumber),
      ("0x10", .count, .unknownUnit("x10")), ("-", .count, .notANumber),
    ] as [(String, Dimension, Quantity.Fault)])
  func faults(text: String, dimension: Dimension, fault: Quantity.Fault) {
    #expect(throws: fault) { _ = try Quantity.parse(text, as: dimension).get() }
  }

  @Test("A number is spelled in the largest unit that leaves it short")
  func spelling() {
    #expect(Spelling.of(0.05, .time) == "50ms")
    #expect(Spelling.of(5_400, .time) == "1.5h")
    #expect(Spelling.of(90, .time) == "1.5min")
    #expect(Spelling.of(0, .time) == "0s")
    #expect(Spelling.of(17_179_869_184, .size) == "16GiB")
    #expect(Spelling.of(240_000_000, .count) == "240M")
    #expect(Spelling.of(0.001, .ratio) == "0.1%")
    #expect(Spelling.of(524_288_000, .throughput) == "500MiB/s")
  }

  @Test("The nearest word is suggested only if it is near")
  func suggestions() {
    let keys = ["lock_timeout", "workers", "batch"]
    #expect(Suggestion.nearest(to: "lock_timout", among: keys) == "lock_timeout")
    #expect(Suggestion.nearest(to: "wrokers", among: keys) == "workers")
    #expect(Suggestion.nearest(to: "Batch", among: keys) == "batch")
    #expect(Suggestion.nearest(to: "deadline", among: keys) == nil)
  }
}
