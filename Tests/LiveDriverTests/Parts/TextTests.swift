import Scenarios
import Strategies
import Testing
import Traffic

@testable import LiveDriver

@Suite("Keys, statements and progress as text")
struct TextTests {
  private let table = TableCatalog(
    name: TableName("s.or\"ders"),
    key: .init(name: "id", type: "bigint", isIndexed: true, isComputed: false, hasDefault: false),
    columns: [
      .init(name: "id", type: "bigint", isIndexed: true, isComputed: false, hasDefault: false),
      .init(name: "status", type: "text", isIndexed: false, isComputed: false, hasDefault: false),
      .init(name: "hits", type: "integer", isIndexed: true, isComputed: false, hasDefault: false),
      .init(name: "total", type: "numeric", isIndexed: false, isComputed: true, hasDefault: false),
    ], indexes: ["hits"], largestKey: 9)

  private func text(_ statement: Traffic.Statement, avoiding: [String] = []) throws -> String {
    try StatementText(statement: statement, table: table, avoiding: avoiding).sql
  }

  @Test("Names are quoted, whatever they are")
  func quoting() throws {
    #expect(
      try text(.init(kind: .select)) == #"SELECT * FROM "s"."or""ders" WHERE "id" = $1::bigint"#)
    #expect(
      try text(.init(kind: .delete, rows: 3))
        == #"DELETE FROM "s"."or""ders" WHERE "id" = ANY($1::bigint[])"#)
  }

  @Test(
    "An update that names no column changes one that can be HOT and that the backfill leaves alone")
  func choice() throws {
    #expect(try text(.init(kind: .update)).contains(#"SET "status" = reverse("status")"#))
    #expect(
      try text(.init(kind: .update), avoiding: ["status"]).contains(#""status" ="#),
      "an indexed column would be worse")
    #expect(
      try text(.init(kind: .update, set: ["hits"])).contains(#""hits" = coalesce("hits", 0) # 1"#))
    #expect(throws: LiveError.self) { try text(.init(kind: .update, set: ["nothing"])) }
  }

  @Test("A new row copies the drawn one, but for its key and what the server computes")
  func insertion() throws {
    let sql = try text(.init(kind: .insert))
    #expect(sql.contains(#"("id", "status", "hits") SELECT $2::bigint + row_number()"#))
    #expect(!sql.contains("total"))
  }

  @Test("UUID keys keep their order as text and back")
  func uuids() throws {
    let text = KeyText(type: "uuid")
    let key = Key(position: 0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF)
    #expect(text.text(key) == "00112233-4455-6677-8899-aabbccddeeff")
    #expect(text.key(text.text(key)) == key)
    #expect(KeyText(type: "bigint").bound(Key(position: .max)) == nil)
    #expect(KeyText(type: "bigint").key("-5") == Key(-5))
  }

  @Test("Progress of many batches is few ranges")
  func progress() {
    func range(_ after: Int64, _ upTo: Int64) -> KeyRange {
      KeyRange(after: Key(after), upTo: Key(upTo))
    }
    let merged = ProgressTable.merged([range(20, 30), range(0, 10), range(40, 50), range(10, 20)])
    #expect(merged == [range(0, 30), range(40, 50)])
  }
}
