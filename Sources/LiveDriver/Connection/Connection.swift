import CPostgres

/// One session on a server, over libpq's blocking calls, and those that only send and receive.
///
/// One thread at a time uses it, and never one of Swift's cooperative pool; only `canceller` may be
/// used from others. Lost connections stay lost: make a new one. Keep connections alive until the
/// last one's work is done, since closing one costs the server time that others would notice.
package final class Connection: @unchecked Sendable {
  package enum TransactionStatus: Hashable, Sendable {
    case idle, active, inTransaction, failed, unknown
  }

  /// For asynchronous calls of libpq that this type does not wrap.
  package let handle: OpaquePointer
  package let canceller: Canceller
  /// libpq itself failed, such as in sending, which its own status does not tell.
  private var isBroken = false
  /// Of the command whose answer is coming in, until it is complete.
  var firstFailure: ServerError?

  /// Connects, within 10 s unless the string says otherwise; fails on another cluster than the string's.
  ///
  /// `applicationName` replaces that of the string: pg_stat_activity shows it.
  package init(_ server: ConnectionString, applicationName: String) throws(ServerError) {
    var keywords = server.with("application_name", applicationName).with("client_encoding", "UTF8")
    if keywords["connect_timeout"] == nil { keywords = keywords.with("connect_timeout", "10") }
    guard let handle = Self.connect(keywords) else {
      throw ServerError(sqlState: "53200", message: "out of memory")
    }
    guard PQstatus(handle) == CONNECTION_OK, let cancel = PQgetCancel(handle) else {
      let message = Self.message(of: handle)
      PQfinish(handle)
      throw ServerError(sqlState: ServerError.connectionFailure, message: message)
    }
    cpostgres_silence_notices(handle)
    self.handle = handle
    canceller = Canceller(cancel)
    if let only = server.onlyCluster, try cluster() != only {
      throw ServerError(
        sqlState: ServerError.queryCanceled,
        message: "the server that answers is of another cluster than the one that was checked")
    }
  }

  /// The cluster's system identifier, which its replicas share.
  package func cluster() throws(ServerError) -> String? {
    try execute("SELECT system_identifier FROM pg_control_system()").scalar
  }

  deinit { PQfinish(handle) }

  package var transactionStatus: TransactionStatus {
    switch PQtransactionStatus(handle) {
    case PQTRANS_IDLE: .idle
    case PQTRANS_ACTIVE: .active
    case PQTRANS_INTRANS: .inTransaction
    case PQTRANS_INERROR: .failed
    default: .unknown
    }
  }

  package var isLost: Bool { isBroken || PQstatus(handle) != CONNECTION_OK }
  /// The server process, as in pg_stat_activity.
  package var backendPID: Int { Int(PQbackendPID(handle)) }
  /// Ten thousand times the major version plus the minor one: 150018 is 15.18.
  package var serverVersion: Int { Int(PQserverVersion(handle)) }

  /// Sends SQL without parameters; of several statements the last one's rows come back.
  ///
  /// Several statements outside a transaction are one transaction.
  @discardableResult
  package func execute(_ sql: String) throws(ServerError) -> Rows {
    try rows(PQexec(handle, sql))
  }

  /// Parses, plans and runs one statement with `$1`, `$2`, … as text; nil is NULL.
  @discardableResult
  package func execute(_ sql: String, _ parameters: [String?]) throws(ServerError) -> Rows {
    let result = Self.withPointers(parameters) { values in
      PQexecParams(handle, sql, Int32(values.count), nil, values.baseAddress, nil, nil, 0)
    }
    return try rows(result)
  }

  /// Parses a statement once, for `execute(prepared:)`; the types of parameters are inferred.
  package func prepare(_ name: String, _ sql: String) throws(ServerError) {
    _ = try rows(PQprepare(handle, name, sql, 0, nil))
  }

  @discardableResult
  package func execute(prepared name: String, _ parameters: [String?] = [])
    throws(ServerError) -> Rows
  {
    let result = Self.withPointers(parameters) { values in
      PQexecPrepared(handle, name, Int32(values.count), values.baseAddress, nil, nil, 0)
    }
    return try rows(result)
  }

  /// The outcome of a call of libpq, taken over: its rows, or its error.
  package func rows(_ result: OpaquePointer?) throws(ServerError) -> Rows {
    guard let result else { throw failure(nil) }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY:
      return Rows(result)
    default:
      defer { PQclear(result) }
      throw failure(result)
    }
  }

  func failure(_ result: OpaquePointer?) -> ServerError {
    func field(_ code: Int32) -> String? {
      result.flatMap { PQresultErrorField($0, code) }.map { String(cString: $0) }
    }
    let message = field(ErrorField.message) ?? Self.message(of: handle)
    // Only what the server says has a code: whatever else went wrong, its answer is unknown.
    if field(ErrorField.sqlState) == nil { isBroken = true }
    return ServerError(
      sqlState: field(ErrorField.sqlState) ?? ServerError.connectionFailure, message: message,
      detail: field(ErrorField.detail))
  }

  /// PG_DIAG_… of postgres_ext.h, character constants that Swift does not import.
  private enum ErrorField {
    static let sqlState = Int32(UInt8(ascii: "C"))
    static let message = Int32(UInt8(ascii: "M"))
    static let detail = Int32(UInt8(ascii: "D"))
  }

  private static func connect(_ server: ConnectionString) -> OpaquePointer? {
    withPointers(server.keywords.map(\.name) + [nil]) { names in
      withPointers(server.keywords.map(\.value) + [nil]) { values in
        PQconnectdbParams(names.baseAddress, values.baseAddress, 0)
      }
    }
  }

  /// libpq's message, on one line.
  private static func message(of handle: OpaquePointer) -> String {
    let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
    let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }
    return lines.isEmpty ? "the server gave no reason" : lines.joined(separator: "; ")
  }

  /// C strings of `texts`, one after the other in one buffer, for the length of the call.
  static func withPointers<R>(
    _ texts: [String?], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) throws -> R
  ) rethrows -> R {
    var bytes: [CChar] = []
    let starts = texts.map { text in
      text.map { text in
        defer { bytes.append(contentsOf: text.utf8CString) }
        return bytes.count
      }
    }
    return try bytes.withUnsafeBufferPointer { buffer in
      let pointers = starts.map { start in
        start.flatMap { start in buffer.baseAddress.map { $0 + start } }
      }
      return try pointers.withUnsafeBufferPointer(body)
    }
  }
}
