import Dispatch
import Synchronization

/// Says on stderr how far a run is: redrawn in place on a terminal, else a plain line after 2 s and
/// then every 10 s.
final class Progress: Sendable {
  private struct State {
    var nextLine: UInt64
    var drawn = false
  }
  private let console: Console
  private let redraws: Bool
  private let began: UInt64
  private let state: Mutex<State>
  private let label: String

  init(_ console: Console, label: String) {
    self.console = console
    self.label = label
    redraws = console.isTerminal(.error)
    began = DispatchTime.now().uptimeNanoseconds
    state = Mutex(State(nextLine: began + (redraws ? 1_000_000_000 : 2_000_000_000)))
  }

  /// - Parameters:
  ///   - done: Trials finished.
  ///   - planned: At most so many.
  func report(done: Int, planned: Int) {
    report { "\(done) of at most \(planned) trials" }
  }

  /// What has been done, in words that the time so far can follow.
  func report(_ words: () -> String) {
    let now = DispatchTime.now().uptimeNanoseconds
    state.withLock { state in
      guard now >= state.nextLine else { return }
      let seconds = Double(now - began) * 1e-9
      let text = "\(label): \(words()) after \(Int(seconds)) s"
      if redraws {
        state.nextLine = now + 100_000_000
        state.drawn = true
        Console.write("\r\u{1B}[2K\(text)", to: .error)
      } else {
        state.nextLine = now + 10_000_000_000
        console.say(text)
      }
    }
  }

  /// Takes a redrawn line away again.
  func finish() {
    state.withLock { state in
      if state.drawn { Console.write("\r\u{1B}[2K", to: .error) }
      state.drawn = false
      state.nextLine = .max
    }
  }
}
