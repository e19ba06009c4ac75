import Reports
import Testing

@Suite("Numbers for people")
struct HumanTests {
  @Test(
    "Durations take the unit that leaves three digits",
    arguments: [
      (0, "0 s"), (4.5e-7, "450 ns"), (18e-6, "18.0 us"), (0.031_44, "31.4 ms"), (0.9996, "1.00 s"),
      (6.8, "6.80 s"), (119.94, "120 s"), (119.96, "2 min"), (754, "12 min 34 s"),
      (7_199.6, "2 h"), (21_120, "5 h 52 min"), (200_000, "2 d 7 h"),
      (1e12, "over 100 years"),
    ])
  func durations(seconds: Double, text: String) { #expect(Human.duration(seconds) == text) }

  @Test(
    "Sizes are in powers of 1,024",
    arguments: [
      (0, "0 B"), (56, "56 B"), (409.83, "410 B"), (1_024, "1.00 KiB"), (1_048_100, "1.00 MiB"),
      (657_129_996_288, "612 GiB"),
    ])
  func sizes(bytes: Double, text: String) { #expect(Human.bytes(bytes) == text) }

  @Test(
    "Counts stay whole and readable",
    arguments: [
      (0, "0"), (7, "7"), (0.4, "0.400"), (48_000, "48,000"), (1_234_567.4, "1,234,567"),
      (240_000_000, "240 M"), (12_345_678_901, "12.3 G"),
    ])
  func counts(value: Double, text: String) { #expect(Human.count(value) == text) }

  @Test(
    "Shares keep two digits where they are small",
    arguments: [(0, "0%"), (0.000_4, "0.040%"), (0.0015, "0.15%"), (0.382, "38.2%"), (1, "100%")])
  func shares(ratio: Double, text: String) { #expect(Human.percent(ratio) == text) }

  @Test(
    "A margin of ten times and more is a multiple",
    arguments: [(0.21, "21%"), (-9.9, "-990%"), (-457.83, "-458x")])
  func margins(ratio: Double, text: String) { #expect(Human.margin(ratio) == text) }

  @Test("What never ends says so")
  func infinite() { #expect(Human.text(.infinity, unit: "s") == "not finished") }
}
