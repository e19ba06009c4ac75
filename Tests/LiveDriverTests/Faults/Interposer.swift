import Foundation
import Glibc
import Synchronization

@testable import LiveDriver

/// Stands between the backfill and its server and breaks its n-th statement, over all connections.
///
/// It speaks the server's protocol (postgresql.org/docs/current/protocol-message-formats.html): a
/// statement is one Query, or everything up to a Sync. Sessions of others pass through.
final class Interposer: Sendable {
  enum Fault: Hashable, Sendable {
    /// The connection ends before the server has the statement, or after it has answered.
    case cutBefore, cutAfter
    /// The server is not asked; an error with that SQLSTATE comes back.
    case error(String)
  }

  private struct Plan {
    var statement = Int.max
    var fault = Fault.cutBefore
    var seen = 0
    var isDone = false
  }

  let folder: String
  private let server: String
  private let listener: Int32
  private let plan = Mutex(Plan())

  /// In an empty folder; `server` is the path of the real socket.
  init(in folder: String, before server: String) throws {
    self.folder = folder
    self.server = server
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let bound = Self.withAddress(folder + "/.s.PGSQL.5432") { bind(listener, $0, $1) }
    guard bound == 0, listen(listener, 64) == 0 else {
      throw ServerError(sqlState: "08006", message: "the interposer cannot listen in \(folder)")
    }
    let thread = WorkingThread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        _ = WorkingThread { [self] in Relay(client, to: server).run(take) }
      }
    }
    _ = thread
  }

  /// Nobody can connect any more; who is connected stays.
  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
    Glibc.close(listener)
  }

  /// Counts from 1 again, and breaks statement `n`.
  func arm(_ n: Int, _ fault: Fault) {
    plan.withLock { $0 = Plan(statement: n, fault: fault) }
  }

  /// Whether the armed fault has happened.
  var isDone: Bool { plan.withLock { $0.isDone } }

  private func take() -> Fault? {
    plan.withLock { plan in
      plan.seen += 1
      guard plan.seen == plan.statement else { return nil }
      plan.isDone = true
      return plan.fault
    }
  }

  fileprivate static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

/// One connection's bytes in both directions.
private final class Relay {
  private let client: Int32
  private let server: Int32
  /// What the client has sent of a statement that is not complete.
  private var fromClient: [UInt8] = []
  private var fromServer: [UInt8] = []
  private var hasStarted = false
  private var isCounted = false
  /// Of the last ReadyForQuery: idle, in a transaction, in a failed one.
  private var status = UInt8(ascii: "I")
  /// ReadyForQuery messages seen.
  private var answers = 0

  init(_ client: Int32, to path: String) {
    self.client = client
    server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    _ = Interposer.withAddress(path) { connect(server, $0, $1) }
  }

  func run(_ take: () -> Interposer.Fault?) {
    defer {
      close(client)
      close(server)
    }
    while true {
      var ready = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0),
        pollfd(fd: server, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&ready, 2, -1) > 0 else { return }
      if ready[1].revents != 0 {
        guard let bytes = read(server), write(bytes, to: client) else { return }
        follow(bytes)
      }
      if ready[0].revents != 0 {
        guard let bytes = read(client) else { return }
        fromClient += bytes
        while let statement = nextStatement() {
          guard pass(statement, isCounted && hasStarted ? take() : nil) else { return }
          hasStarted = true
        }
      }
    }
  }

  /// False where the connection ends with it.
  private func pass(_ statement: [UInt8], _ fault: Interposer.Fault?) -> Bool {
    switch fault {
    case nil: return write(statement, to: server)
    case .cutBefore: return false
    case .cutAfter:
      let before = answers
      guard write(statement, to: server) else { return false }
      while answers == before, let bytes = read(server) { follow(bytes) }
      return false
    case .error(let state):
      let isInside = status != UInt8(ascii: "I")
      return write(Self.error(state, isInside ? "E" : "I"), to: client)
    }
  }

  /// Everything up to a Query, a Sync or a Terminate; first of all the start-up message.
  private func nextStatement() -> [UInt8]? {
    if !hasStarted {
      guard fromClient.count >= 8 else { return nil }
      let length = Self.length(fromClient[0..<4])
      guard fromClient.count >= length else { return nil }
      let text = String(decoding: fromClient[0..<length], as: UTF8.self)
      isCounted = text.contains(BackfillConnection.applicationName)
      return take(length)
    }
    var at = 0
    while fromClient.count >= at + 5 {
      let type = fromClient[at]
      at += 1 + Self.length(fromClient[(at + 1)..<(at + 5)])
      guard fromClient.count >= at else { return nil }
      if type == UInt8(ascii: "X") { isCounted = false }
      if [UInt8(ascii: "Q"), UInt8(ascii: "S"), UInt8(ascii: "X")].contains(type) {
        return take(at)
      }
    }
    return nil
  }

  private func take(_ count: Int) -> [UInt8] {
    defer { fromClient.removeFirst(count) }
    return Array(fromClient[0..<count])
  }

  /// Keeps the transaction's status in mind.
  private func follow(_ bytes: [UInt8]) {
    fromServer += bytes
    while fromServer.count >= 5 {
      let length = 1 + Self.length(fromServer[1..<5])
      guard fromServer.count >= length else { return }
      if fromServer[0] == UInt8(ascii: "Z") {
        status = fromServer[5]
        answers += 1
      }
      fromServer.removeFirst(length)
    }
  }

  /// ErrorResponse and ReadyForQuery.
  private static func error(_ state: String, _ status: Character) -> [UInt8] {
    var body: [UInt8] = []
    for field in ["SERROR", "VERROR", "C\(state)", "Mmade by a test"] {
      body += field.utf8
      body.append(0)
    }
    body.append(0)
    return message("E", body) + message("Z", Array("\(status)".utf8))
  }

  private static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
    var bytes = Array("\(type)".utf8)
    let size = UInt32(body.count + 4)
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: size >> UInt32(shift))) }
    return bytes + body
  }

  private static func length(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  /// Nil at the end of the stream.
  private func read(_ descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return count > 0 ? Array(bytes[0..<count]) : nil
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
