import Testing

@testable import Tuning

@Suite("Confirmation on fresh seeds")
struct ConfirmationTests {
  @Test("59 of 59 for 95 % of runs with 95 % confidence, more where the scenario asks for more")
  func trials() {
    #expect(Confirmation.trials(attempt: 0, assurance: 0.9) == 59)
    // 0.98^183 < 2.5 %.
    #expect(Confirmation.trials(attempt: 0, assurance: 0.98) == 183)
  }

  @Test("All attempts together err with less than 5 %")
  func spending() {
    func chance(_ attempt: Int) -> Double {
      (0..<Confirmation.trials(attempt: attempt, assurance: 0.5)).reduce(1) { p, _ in p * 0.95 }
    }
    let spent = (0..<Confirmation.attempts).map(chance).reduce(0, +)
    #expect(spent <= 0.05)
    #expect(chance(0) > 0.048)
  }
}
