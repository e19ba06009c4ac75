import Testing

@testable import Gates

@Suite("Judging gates")
struct JudgingTests {
  private func rule(
    _ comparison: GateRule.Comparison = .atMost, _ limit: Double = 10,
    _ judgement: GateRule.Judgement = .shareOfTrials, level: GateRule.Level = .error
  ) -> GateRule {
    GateRule(
      id: "g", metric: MetricKey("replica.lag.max"), comparison: comparison, limit: .value(limit),
      judgement: judgement, level: level)
  }

  @Test("35 trials that all pass do not yet show 90 %, 36 do")
  func passes() {
    let few = judge(rule(), values: Array(repeating: 9, count: 35), assurance: 0.9)
    #expect(few.verdict == .inconclusive)
    let enough = judge(rule(), values: Array(repeating: 9, count: 36), assurance: 0.9)
    #expect(enough.verdict == .pass)
    #expect(enough.trialsPassed == 36)
    #expect(enough.margin == 1)
  }

  @Test("Seven failures of 30 leave 90 % open, eight rule it out")
  func fails() {
    // Clopper-Pearson upper ends: 23/30 gives 0.9007, 22/30 gives 0.8772.
    let values = { (failures: Int) in
      (0..<30).map { Double($0 < failures ? 20 : 5) as Double? }
    }
    #expect(judge(rule(), values: values(7), assurance: 0.9).verdict == .inconclusive)
    #expect(judge(rule(), values: values(8), assurance: 0.9).verdict == .fail)
  }

  @Test("A gate without a sample is inconclusive, never pass")
  func noSample() {
    let result = judge(rule(), values: [nil, nil, nil], assurance: 0.9)
    #expect(result.verdict == .inconclusive)
    #expect(result.n == 0 && result.value == nil && result.margin == nil)
    #expect(judge(rule(), values: [], assurance: 0.9).verdict == .inconclusive)
    #expect(judgeLive(rule(), value: nil).verdict == .inconclusive)
    #expect(judgeLive(rule(), value: .nan).verdict == .inconclusive)
  }

  @Test("The limit itself meets <= and >= and breaks < and >")
  func boundary() {
    #expect(judgeLive(rule(.atMost), value: 10).verdict == .pass)
    #expect(judgeLive(rule(.below), value: 10).verdict == .fail)
    #expect(judgeLive(rule(.atLeast), value: 10).verdict == .pass)
    #expect(judgeLive(rule(.above), value: 10).verdict == .fail)
  }

  @Test("The value is what 90 % of the trials stay within, for either direction")
  func assuredValue() {
    let values = (1...100).map { Double($0) as Double? }
    #expect(judge(rule(), values: values, assurance: 0.9).value == 90)
    #expect(judge(rule(.atLeast), values: values, assurance: 0.9).value == 11)
  }

  @Test("The interval of the value lies on the limit's side exactly where the verdict does")
  func intervalAgreesWithVerdict() {
    let values = (1...40).map { Double($0) as Double? }
    for comparison in GateRule.Comparison.allCases {
      for limit in stride(from: 0.5, through: 40.5, by: 1) {
        let result = judge(rule(comparison, limit), values: values, assurance: 0.9)
        let upper = comparison.isUpper
        let worst = upper ? result.high : result.low
        let best = upper ? result.low : result.high
        #expect((result.verdict == .pass) == (worst.map { comparison.holds($0, limit) } ?? false))
        #expect((result.verdict == .fail) == (best.map { !comparison.holds($0, limit) } ?? false))
      }
    }
  }

  @Test("A mean is judged by its own interval")
  func mean() {
    let values: [Double?] = [8, 9, 9, 8, 9, 8]
    #expect(judge(rule(.atMost, 10, .mean), values: values, assurance: 0.9).verdict == .pass)
    #expect(
      judge(rule(.atMost, 8.6, .mean), values: values, assurance: 0.9).verdict == .inconclusive)
    #expect(judge(rule(.atMost, 7, .mean), values: values, assurance: 0.9).verdict == .fail)
    #expect(judge(rule(.atMost, 10, .mean), values: [8], assurance: 0.9).verdict == .inconclusive)
  }

  @Test("An infinite duration fails its deadline")
  func infinite() {
    let share = judge(rule(), values: Array(repeating: .infinity, count: 30), assurance: 0.9)
    #expect(share.verdict == .fail)
    let mean = judge(rule(.atMost, 10, .mean), values: [1, .infinity], assurance: 0.9)
    #expect(mean.verdict == .fail)
  }

  @Test("Only error-level gates decide, the worst of them first")
  func overall() {
    func result(_ verdict: Verdict, _ level: GateRule.Level = .error) -> GateResult {
      var result = judgeLive(rule(level: level), value: 1)
      result.verdict = verdict
      return result
    }
    #expect(verdict(of: []) == Verdict.none)
    #expect(verdict(of: [result(.fail, .warn)]) == Verdict.none)
    #expect(verdict(of: [result(.pass), result(.fail, .warn)]) == .pass)
    #expect(verdict(of: [result(.pass), result(.inconclusive)]) == .inconclusive)
    #expect(verdict(of: [result(.inconclusive), result(.fail), result(.pass)]) == .fail)
  }

  @Test("More trials are asked for only where they can decide")
  func decidedBy() {
    let open = judge(rule(), values: Array(repeating: 9, count: 30), assurance: 0.9)
    let unmeasurable = judge(rule(), values: [nil], assurance: 0.9)
    let passed = judge(rule(), values: Array(repeating: 9, count: 36), assurance: 0.9)
    #expect(!decided([passed, open]))
    #expect(decided([passed, unmeasurable]))
    #expect(decided([]))
  }

  @Test("30 passes of 30 need 36 trials in all; 27 of 30 never decide")
  func remaining() {
    func needed(_ passed: Int, of n: Int) -> Int? {
      let values = (0..<n).map { $0 < passed ? 9.0 : 11 }
      return judge(rule(), values: values, assurance: 0.9).trialsToDecide(assurance: 0.9)
    }
    #expect(needed(30, of: 30) == 36)
    #expect(needed(27, of: 30) == nil)
    #expect(needed(0, of: 0) == nil)
    // Half of the mean's interval is 0.575, the limit 0.1 away: 6 × 5.75² trials.
    var mean = rule(.atMost, 8.6, .mean)
    mean.expectation = "mean <= 8.6s"
    let open = judge(mean, values: [8, 9, 9, 8, 9, 8], assurance: 0.9)
    #expect(open.trialsToDecide(assurance: 0.9) == 199)
  }
}
