import EventKernel
import Primitives
import Simulator
import Testing

@Suite("Log flusher")
struct LogFlusherTests {
  /// A log on a device that answers after 1 ms and moves 100 MiB a second.
  private struct World: ~Copyable {
    var calendar = Calendar()
    var device: StorageDevice
    var log: LogFlusher
    var ready = ReadyLine()
    /// The milliseconds at which flushes ended, and the bytes they covered.
    var flushes: [(at: Double, bytes: Int64)] = []

    init(variation: Double = 0, _ change: (inout LogFlusher.Settings) -> Void = { _ in }) {
      let latency = Latency(mean: .milliseconds(1), variation: variation)
      device = StorageDevice(
        id: 0,
        limits: .init(
          iops: 1e6, throughput: Double(100 << 20), readLatency: latency, writeLatency: latency),
        randomness: RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0))
      var settings = LogFlusher.Settings(fixed: .zero)
      change(&settings)
      log = LogFlusher(owner: -1, settings: settings)
    }

    mutating func insert(_ bytes: Int64) -> Int64 {
      log.insert(LogContent(bytes: bytes), into: &device, in: &calendar)
    }

    mutating func wait(
      _ process: Int32, upTo position: Int64, others: Int = 0, name: UInt64? = nil
    ) -> Bool {
      log.wait(
        process, upTo: position, othersActive: others, name: name, on: &device, in: &calendar)
    }

    mutating func play(until seconds: Double = 10, timer: (inout World) -> Void = { _ in }) {
      while let event = calendar.next(), calendar.now.seconds < seconds {
        switch event {
        case .roundEnded(_, let request):
          guard device.roundEnded(request: request, in: &calendar) != nil else { continue }
          let content = log.flushEnded(ready: &ready, into: &device, in: &calendar)
          flushes.append((calendar.now.seconds * 1e3, content.bytes))
        case .logWriterWoke: log.writerWoke(into: &device, in: &calendar)
        case .commitDelayEnded: log.delayEnded(into: &device, in: &calendar)
        case .strategyTimer: timer(&self)
        default: break
        }
      }
    }
  }

  @Test("A flush has the latency of its leader's name, whatever was flushed before it")
  func named() {
    func length(_ name: UInt64, after others: Int) -> Double {
      var world = World(variation: 0.5)
      for _ in 0..<others {
        _ = world.wait(0, upTo: world.insert(100))
        world.play()
      }
      let start = world.calendar.now.seconds * 1e3
      _ = world.wait(1, upTo: world.insert(100), name: name)
      world.play()
      return (world.flushes.last?.at ?? 0) - start
    }
    #expect(abs(length(7, after: 0) - length(7, after: 3)) < 1e-5)
    #expect(abs(length(7, after: 0) - length(8, after: 0)) > 1e-3)
  }

  @Test("Commits that come during a flush share the next one")
  func groups() {
    var world = World()
    _ = world.wait(0, upTo: world.insert(100))
    for process in Int32(1)...3 { _ = world.wait(process, upTo: world.insert(100)) }
    world.play()
    #expect(world.flushes.map(\.bytes) == [100, 300])
    #expect(world.ready.count == 4)
    #expect(world.ready.first == 0)
    #expect(world.log.flushed == 400)
  }

  @Test("A commit that is durable already does not wait")
  func durable() {
    var world = World()
    let position = world.insert(100)
    let waits = world.wait(0, upTo: position)
    #expect(waits)
    world.play()
    let waitsAgain = world.wait(1, upTo: position)
    #expect(!waitsAgain)
  }

  @Test("Log that nobody waits for is flushed by the writer at its next wake-up, once")
  func writer() {
    var world = World()
    _ = world.insert(8192)
    world.play()
    #expect(world.flushes.count == 1)
    #expect(abs(world.flushes[0].at - 201.078) < 0.001)
    #expect(world.log.flushed == 8192)
  }

  @Test("A full segment is flushed at once")
  func segment() {
    var world = World()
    _ = world.insert((16 << 20) - 1)
    #expect(world.log.statistics.flushes == 0)
    _ = world.insert(1)
    #expect(world.log.statistics.flushes == 1)
    #expect(world.log.isFull == false)
    _ = world.insert(16 << 20)
    #expect(world.log.isFull == true)
  }

  @Test("Asynchronous commits are flushed once a mebibyte has gathered")
  func asynchronous() {
    var world = World()
    _ = world.insert((1 << 20) - 1)
    world.log.commitAsynchronously(into: &world.device, in: &world.calendar)
    #expect(world.log.statistics.flushes == 0)
    _ = world.insert(1)
    world.log.commitAsynchronously(into: &world.device, in: &world.calendar)
    #expect(world.log.statistics.flushes == 1)
  }

  @Test("With enough others active the leader sleeps first and takes along who comes meanwhile")
  func commitDelay() {
    var world = World { $0.commitDelay = .milliseconds(3) }
    _ = world.wait(0, upTo: world.insert(100), others: 5)
    world.calendar.schedule(.strategyTimer(id: 0), at: Instant(seconds: 0.002))
    world.play {
      $0.log.settings.commitSiblings = 5; _ = $0.wait(1, upTo: $0.insert(100), others: 5)
    }
    #expect(world.flushes.map(\.bytes) == [200])
    #expect(abs(world.flushes[0].at - 4.078) < 0.001)
  }

  @Test("With too few others the leader does not sleep")
  func commitSiblings() {
    var world = World { $0.commitDelay = .milliseconds(3) }
    _ = world.wait(0, upTo: world.insert(100), others: 4)
    world.play()
    #expect(world.flushes[0].at < 1.1)
  }
}
