import EventKernel
import Primitives
import Testing

@testable import Simulator

@Suite("Log files")
struct LogSegmentsTests {
  @Test("A file is made only when the log reaches it and none stands ready")
  func making() {
    var files = LogSegments(size: 100, ahead: 200)
    #expect(files.make(upTo: 300) == 0)
    #expect(files.make(upTo: 301) == 1)
    #expect(files.make(upTo: 400) == 0)
    #expect(files.make(upTo: 650) == 3)
  }

  @Test("A checkpoint turns used files into the next ones, no more than are wanted")
  func recycling() {
    var files = LogSegments(size: 100, ahead: 0)
    #expect(files.make(upTo: 550) == 5)
    // Five files lie before the redo position; 250 bytes beyond it are wanted: up to 800.
    files.recycle(redo: 550, ahead: 250)
    #expect(files.make(upTo: 800) == 0)
    #expect(files.make(upTo: 801) == 1)
    // Now three more are old, and more are wanted than there are.
    files.recycle(redo: 850, ahead: 10_000)
    #expect(files.make(upTo: 1_200) == 0)
    #expect(files.make(upTo: 1_201) == 1)
  }

  @Test("A recycled file is never handed out twice")
  func once() {
    var files = LogSegments(size: 100, ahead: 0)
    _ = files.make(upTo: 500)
    files.recycle(redo: 500, ahead: 10_000)
    files.recycle(redo: 500, ahead: 10_000)
    #expect(files.make(upTo: 1_000) == 0)
    #expect(files.make(upTo: 1_100) == 1)
  }

  @Test("A commit that needs a new file waits until that is written and flushed too")
  func stall() {
    #expect(flushTimes(ahead: 0, upTo: [16 << 20, 18 << 20]) == [1_025, 1_175])
    #expect(flushTimes(ahead: 16 << 20, upTo: [16 << 20, 18 << 20]) == [1_025, 150])
  }

  @Test("A new file takes at least its measured time, however fast its bytes pass")
  func slowFiles() {
    // Two waits of 2.5 ms, 2 MiB of log in 12.5 ms, and the file: its bytes alone pass in 100 ms.
    #expect(flushTimes(ahead: 0, upTo: [16 << 20, 18 << 20], file: .zero) == [1_025, 1_175])
    #expect(
      flushTimes(ahead: 0, upTo: [16 << 20, 18 << 20], file: .milliseconds(90)) == [1_025, 1_175])
    #expect(
      flushTimes(ahead: 0, upTo: [16 << 20, 18 << 20], file: .milliseconds(300)) == [1_025, 3_175])
    // Two of them at once take twice as long.
    #expect(
      flushTimes(ahead: 0, upTo: [16 << 20, 34 << 20], file: .milliseconds(300)) == [1_025, 7_200])
  }

  /// Tenths of a millisecond that flushes up to those positions take, one after the other, on a device
  /// that answers after 2.5 ms and moves 160 MiB a second.
  private func flushTimes(
    ahead: Int64, upTo positions: [Int64], file: TimeSpan = .zero
  ) -> [Int] {
    let latency = Latency(mean: .microseconds(2_500))
    var limits = StorageDevice.Limits(
      iops: 1e9, throughput: Double(160 << 20), readLatency: latency, writeLatency: latency)
    limits.logFile = file
    var device = StorageDevice(
      id: 0, limits: limits, randomness: RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0))
    var settings = LogFlusher.Settings(fixed: .zero)
    settings.segmentsAhead = ahead
    var log = LogFlusher(owner: -1, settings: settings)
    var calendar = Calendar()
    var ready = ReadyLine()
    var times: [Int] = []
    for position in positions {
      let start = calendar.now
      let end = log.insert(
        LogContent(bytes: position - log.inserted), into: &device, in: &calendar)
      _ = log.wait(0, upTo: end, on: &device, in: &calendar)
      while let event = calendar.next() {
        guard case .roundEnded(_, let request) = event,
          device.roundEnded(request: request, in: &calendar) != nil
        else { continue }
        _ = log.flushEnded(ready: &ready, into: &device, in: &calendar)
        break
      }
      times.append(Int(((calendar.now - start).seconds * 1e4).rounded()))
    }
    return times
  }
}
