import Primitives

/// What is seen of the customers of a `CPUQueue`.
struct CPUObservations {
  private enum Output: Int, CaseIterable {
    case wait, sojourn, delayed, marked, markedSojourn, urgent, urgentWait, found
  }

  private let queue: CPUQueue
  private var blocks: ControlledBlocks
  private var waits = Tally()
  private var sojourns = Tally()

  init(_ queue: CPUQueue, customers: Int) {
    self.queue = queue
    blocks = ControlledBlocks(
      outputs: Output.allCases.count + queue.waitTails.count + queue.sojournTails.count,
      customers: customers,
      controls: ArrivalControls(
        rate: queue.rate, moments: (1...3).map { queue.moment($0) }, decay: queue.decay))
  }

  var customers: Int { blocks.customers }

  /// `found`: customers that are there already.
  mutating func arrive(number: Int, gap: Double, service: Double, found: Int) {
    blocks.arrive(gap: gap, service: service)
    add(Double(found), to: .found, of: number)
  }

  mutating func leave(
    _ customer: CPUQueueExperiment.Customer, wait: Double, sojourn: Double
  ) {
    let number = customer.number
    guard blocks.counts(number) else { return }
    add(wait, to: .wait, of: number)
    add(sojourn, to: .sojourn, of: number)
    if wait > 0 { add(1, to: .delayed, of: number) }
    if customer.marked {
      add(1, to: .marked, of: number)
      add(sojourn, to: .markedSojourn, of: number)
    }
    if customer.urgent {
      add(1, to: .urgent, of: number)
      add(wait, to: .urgentWait, of: number)
    }
    countTails(of: number, wait: wait, sojourn: sojourn)
  }

  private mutating func add(_ value: Double, to output: Output, of number: Int) {
    blocks.add(value, to: output.rawValue, of: number)
  }

  private mutating func countTails(of number: Int, wait: Double, sojourn: Double) {
    var output = Output.allCases.count
    for tail in queue.waitTails {
      if wait > tail.near { blocks.add(1, to: output, of: number) }
      output += 1
    }
    for tail in queue.sojournTails {
      if sojourn > tail.near { blocks.add(1, to: output, of: number) }
      output += 1
    }
    if !queue.waitTails.isEmpty { waits.add(wait) }
    if !queue.sojournTails.isEmpty { sojourns.add(sojourn) }
  }

  func fill(_ outcome: inout CPUQueue.Outcome) {
    let (raw, means) = blocks.means
    func mean(_ output: Output) -> Double { means[output.rawValue] }
    outcome.wait = mean(.wait)
    outcome.sojourn = mean(.sojourn)
    outcome.delayed = mean(.delayed)
    outcome.found = mean(.found)
    outcome.marked = mean(.markedSojourn) / mean(.marked)
    outcome.urgent = mean(.urgentWait) / mean(.urgent)
    outcome.others = (mean(.wait) - mean(.urgentWait)) / (1 - mean(.urgent))
    outcome.quantiles = (queue.waitTails + queue.sojournTails).enumerated().map { index, tail in
      let output = Output.allCases.count + index
      let tally = index < queue.waitTails.count ? waits : sojourns
      // Of the share beyond a value, as much is luck as the controls say (Hsu, Nelson 1990).
      return tally.quantile(1 - tail.share - (raw[output] - means[output]))
    }
  }
}
