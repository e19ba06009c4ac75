import EventKernel
import Primitives

/// A disk or volume: limits on operations and bytes per second, and a latency beyond them.
///
/// A request first waits at two gates, served in the order of arrival: its operations start one
/// 1/iops after another, its bytes take bytes/throughput. Then comes the latency, which requests
/// spend side by side. So an idle device answers after its latency and the transfer, and a
/// saturated one after queue/limit (AWS EBS, "I/O characteristics").
///
/// Operations of one request are issued `depth` at a time; those after the first wait for the ones
/// before (dependent reads: depth 1). That plays a round for each `depth` operations, at most
/// `roundLimit` rounds: longer requests put several operations into a round.
package struct StorageDevice: ~Copyable {
  package enum Direction: Sendable { case read, write }

  /// What a device can do; see `Scenarios.Storage`.
  package struct Limits: Sendable {
    /// Operations per second, sustained.
    package var iops: Double
    /// Bytes per second.
    package var throughput: Double
    package var readLatency: Latency
    package var writeLatency: Latency
    package var burst: (iops: Double, credits: Double)?
    /// What a write takes that follows the answer before it at once, as a share of its usual latency, and the
    /// time constant in which the device comes to rest.
    package var afterWrite: (share: Double, rest: TimeSpan)?
    /// The least that a new log file takes, however fast its bytes pass.
    package var logFile = TimeSpan.zero
    /// The most rounds played for one request.
    package var roundLimit = 64

    package init(
      iops: Double, throughput: Double, readLatency: Latency, writeLatency: Latency,
      burst: (iops: Double, credits: Double)? = nil
    ) {
      self.iops = iops
      self.throughput = throughput
      self.readLatency = readLatency
      self.writeLatency = writeLatency
      self.burst = burst
    }
  }

  package struct Statistics: Sendable {
    /// Operations begun.
    package internal(set) var reads = 0
    package internal(set) var writes = 0
    package internal(set) var readBytes: Int64 = 0
    package internal(set) var writtenBytes: Int64 = 0
    package internal(set) var requests = 0
    package internal(set) var completions = 0
    /// Operations issued and not answered, as the operating system counts its queue.
    package internal(set) var inFlight = TimeWeighted()
  }

  package let id: Int16
  package let limits: Limits
  package private(set) var statistics = Statistics()

  private var operationGate: RateGate
  private var byteGate: RateGate
  private var credits: BurstCredits?
  private var requests = OwnedArray<Request>()
  private var free = OwnedArray<Int32>()
  private let randomness: RandomKey
  private let named: RandomKey
  private var draws: UInt64 = 0
  private var lastAnswer: Instant?

  struct Request {
    var owner: Int32 = -1
    /// Of its next round.
    var name: UInt64?
    var direction = Direction.read
    /// Still to issue, this round excluded.
    var operations = 0
    var bytes: Int64 = 0
    var roundOperations = 0
    var depth = 1
    var inFlight = 0
    /// Added after the last round.
    var extra = TimeSpan.zero
  }

  package init(id: Int16, limits: Limits, randomness: RandomKey) {
    self.id = id
    self.limits = limits
    self.randomness = randomness
    named = randomness.child(1)
    self.operationGate = RateGate(rate: limits.iops)
    self.byteGate = RateGate(rate: limits.throughput)
    self.credits = limits.burst.map {
      BurstCredits(baseline: limits.iops, burst: $0.iops, size: $0.credits)
    }
  }

  /// Starts a request of `operations` that move `bytes` in all; `roundEnded` hands its owner back.
  ///
  /// `extra` passes after the device has answered (the fixed part of a flush). A request with a name
  /// has its latencies from that name, so that what other requests came before does not move them.
  package mutating func submit(
    _ owner: Int32, _ direction: Direction, operations: Int, bytes: Int64,
    depth: Int = .max, extra: TimeSpan = .zero, name: UInt64? = nil, in calendar: inout Calendar
  ) {
    precondition(operations > 0 && bytes >= 0 && depth > 0)
    let number: Int32
    if let reused = free.popLast() {
      number = reused
    } else {
      number = Int32(requests.count)
      requests.append(Request())
    }
    // Most requests take one round, and divisions take their time.
    let depth = min(depth, operations)
    let rounds = depth == operations ? 1 : min(limits.roundLimit, (operations - 1) / depth + 1)
    requests[Int(number)] = Request(
      owner: owner, name: name, direction: direction, operations: operations, bytes: bytes,
      roundOperations: rounds == 1 ? operations : (operations - 1) / rounds + 1, depth: depth,
      extra: extra)
    statistics.requests += 1
    startRound(of: number, in: &calendar)
  }

  /// Writes and flushes `bytes` of log, once `files` new log files of `size` bytes each have been
  /// written full of zeros and flushed, one after the other.
  package mutating func flush(
    _ owner: Int32, bytes: Int64, merge: Int64, after files: Int, of size: Int64,
    fixed: TimeSpan, name: UInt64? = nil, in calendar: inout Calendar
  ) {
    if files == 0 && bytes <= merge {
      return submit(
        owner, .write, operations: 1, bytes: bytes, extra: fixed, name: name,
        in: &calendar)
    }
    let total = bytes + Int64(files) * size
    let operations = Int((total + merge - 1) / merge)
    let passing = TimeSpan(seconds: Double(size) / limits.throughput)
    let rest = max(.zero, limits.logFile - passing) * files
    // Each file's flush is waited for before the next begins: a wave of operations each.
    submit(
      owner, .write, operations: operations, bytes: total,
      depth: (operations + files) / (files + 1),
      extra: fixed * Double(files + 1) + rest, name: name, in: &calendar)
  }

  /// Ends a round; returns the owner when it was the last one.
  package mutating func roundEnded(request number: Int32, in calendar: inout Calendar) -> Int32? {
    statistics.inFlight.add(-requests[Int(number)].inFlight, at: calendar.now)
    lastAnswer = calendar.now
    if requests[Int(number)].operations > 0 {
      startRound(of: number, in: &calendar)
      return nil
    }
    statistics.completions += 1
    free.append(number)
    return requests[Int(number)].owner
  }

  /// Nanoseconds during which the busier of the two limits was in use.
  package func busy(at now: Instant) -> Double {
    max(operationGate.busy(at: now), byteGate.busy(at: now))
  }

  /// How long an operation would now wait before it starts.
  package func backlog(at now: Instant) -> TimeSpan {
    let free = max(operationGate.free(at: now), byteGate.free(at: now))
    return TimeSpan(seconds: (free - Double(now.nanoseconds)) * 1e-9)
  }

  /// Credits as a share of the full bucket; nil without bursts.
  package func burstBalance(at now: Instant) -> Double? {
    credits.map { $0.balance(at: operationGate.free(at: now)) / $0.size }
  }

  /// The lowest share of credits so far; nil without bursts.
  package var lowestBurstBalance: Double? { credits.map { $0.lowest / $0.size } }

  /// How long credits last at this demand; nil without bursts, or where they do not run out.
  package func burstLeft(operationsPerSecond demand: Double, at now: Instant) -> TimeSpan? {
    guard let credits, demand > credits.baseline else { return nil }
    let balance = credits.balance(at: Double(now.nanoseconds))
    return TimeSpan(seconds: balance / (min(demand, credits.burst) - credits.baseline))
  }

  /// Spends what a stretch of time that was not played would have spent above the baseline.
  package mutating func skip(netCredits: Double) { credits?.skip(net: netCredits) }

  private mutating func startRound(of number: Int32, in calendar: inout Calendar) {
    let index = Int(number)
    let request = requests[index]
    let isLast = request.operations <= request.roundOperations
    let issued = isLast ? request.operations : request.roundOperations
    let bytes =
      isLast ? request.bytes : request.bytes * Int64(issued) / Int64(request.operations)
    let passed = pass(operations: issued, bytes: bytes, at: calendar.now)
    let latency = latency(ofRound: number, operations: issued, at: calendar.now)
    requests[index].operations -= issued
    requests[index].bytes -= bytes
    requests[index].inFlight = min(issued, request.depth)
    count(request.direction, operations: issued, bytes: bytes)
    statistics.inFlight.add(requests[index].inFlight, at: calendar.now)
    calendar.post(
      .roundEnded(device: id, request: number),
      at: Instant(nearest: passed) + latency + (isLast ? request.extra : .zero))
  }

  /// Nanoseconds at which the last operation has started and the last byte has passed.
  private mutating func pass(operations: Int, bytes: Int64, at now: Instant) -> Double {
    let start = operationGate.free(at: now)
    let count = Double(operations)
    let taken = credits?.spend(count, from: start) ?? count * 1e9 / limits.iops
    _ = operationGate.occupy(for: taken, at: now)
    // The first of n operations starts at once, the last one after n - 1 intervals.
    let lastStart = operations == 1 ? start : start + taken * (count - 1) / count
    return max(lastStart, byteGate.pass(Double(bytes), at: now))
  }

  /// Waves of `depth` operations follow each other; one draw stands for their sum.
  private mutating func latency(
    ofRound number: Int32, operations: Int, at now: Instant
  ) -> TimeSpan {
    let request = requests[Int(number)]
    let waves = operations <= request.depth ? 1 : (operations - 1) / request.depth + 1
    let (key, index): (RandomKey, UInt64)
    if let name = request.name {
      (key, index) = (named, name)
      requests[Int(number)].name = name &+ 1
    } else {
      draws &+= 1
      (key, index) = (randomness, draws)
    }
    // Not through a copy of the law: it would be counted as another owner of its table.
    return switch request.direction {
    case .read: limits.readLatency.draw(sumOf: waves, from: key, at: index)
    case .write:
      limits.writeLatency.draw(sumOf: waves, from: key, at: index) * rested(waves, at: now)
    }
  }

  /// Latency over that of a device at rest, of `waves` writes one after another: it wakes within the first.
  private func rested(_ waves: Int, at now: Instant) -> Double {
    guard let after = limits.afterWrite else { return 1 }
    let busy = statistics.inFlight.value > 0
    let gap = busy ? 0 : lastAnswer.map { (now - $0).seconds } ?? .infinity
    let first = 1 - (1 - after.share) * Double.exp(-gap / after.rest.seconds)
    return (first + after.share * Double(waves - 1)) / Double(waves)
  }

  private mutating func count(_ direction: Direction, operations: Int, bytes: Int64) {
    switch direction {
    case .read:
      statistics.reads += operations
      statistics.readBytes += bytes
    case .write:
      statistics.writes += operations
      statistics.writtenBytes += bytes
    }
  }
}
