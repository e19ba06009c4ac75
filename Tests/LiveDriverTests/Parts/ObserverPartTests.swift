import Primitives
import Testing

@testable import LiveDriver

@Suite("What the observer makes of its readings")
struct ObserverPartTests {
  private func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

  @Test("A replica's lag is the age of the moment at which the primary passed its position")
  func logClock() {
    var clock = LogClock()
    for second in 0...10 {
      clock.record(LogPosition(bytes: Int64(second) * 1_000), at: at(Int64(second) * 1_000))
    }
    #expect(clock.lag(of: LogPosition(bytes: 10_000), at: at(12_000)) == .zero)
    #expect(clock.lag(of: LogPosition(bytes: 4_000), at: at(12_000)) == .seconds(8))
    #expect(clock.lag(of: LogPosition(bytes: 4_500), at: at(12_000)) == .milliseconds(7_500))
    #expect(clock.bytesBehind(LogPosition(bytes: 4_000)) == 6_000)
    clock.forget(before: LogPosition(bytes: 7_000))
    #expect(clock.lag(of: LogPosition(bytes: 7_000), at: at(12_000)) == .seconds(5))
  }

  @Test("A position that stood still and then moved was passed when it moved, not before")
  func standingLog() {
    var clock = LogClock()
    clock.record(LogPosition(bytes: 100), at: at(0))
    for moment in 1...500 { clock.record(LogPosition(bytes: 100), at: at(Int64(moment) * 20)) }
    clock.record(LogPosition(bytes: 200), at: at(10_020))
    let lag = clock.lag(of: LogPosition(bytes: 100), at: at(11_000))
    #expect(lag <= .milliseconds(1_000) && lag >= .milliseconds(980))
  }

  @Test("A position is read as the server writes it")
  func position() {
    #expect(LogPosition("16/B374D848")?.bytes == 0x16_B374_D848)
    #expect(LogPosition("16") == nil)
  }

  private func seen(_ session: Int32, _ start: Int64, _ last: Int64, gone: Int64?) -> SeenWait {
    SeenWait(
      session: session, isBatch: false, name: "\(start)", start: at(start), uncertainty: .zero,
      lastSeen: at(last), firstGone: gone.map { at($0) })
  }

  @Test("Several waits in one statement are one; in two statements they are two")
  func wholeWaits() {
    let statements = [
      LongStatement(session: 0, from: at(0), to: at(100), intended: at(0)),
      LongStatement(session: 0, from: at(200), to: at(300), intended: at(190)),
    ]
    let waits = assembleWaits(
      [
        seen(0, 10, 38, gone: 42), seen(0, 50, 98, gone: 103), seen(0, 220, 296, gone: 301),
      ], statements: statements, end: at(1_000))
    #expect(waits.map(\.waited) == [.milliseconds(30 + 50), .milliseconds(80)])
    #expect(waits.map(\.intended) == [at(0), at(190)])
    #expect(waits.map(\.ended) == [at(100), at(300)])
  }

  @Test("A statement that ended for its waiting is a wait, even where no look saw it")
  func unseen() {
    let statement = LongStatement(
      session: 1, from: at(0), to: at(200), intended: at(0), failedWaiting: true)
    let unseen = assembleWaits([], statements: [statement], end: at(1_000))
    #expect(unseen.map(\.waited) == [.milliseconds(200)])
    let once = assembleWaits(
      [seen(1, 5, 190, gone: 210)], statements: [statement], end: at(1_000))
    #expect(once.map(\.waited) == [.milliseconds(195)])
  }

  @Test("A wait that the run's end cuts off lasts until then")
  func openWait() {
    let waits = assembleWaits([seen(3, 10, 990, gone: nil)], statements: [], end: at(1_000))
    #expect(waits.map(\.waited) == [.milliseconds(985)])
  }
}
