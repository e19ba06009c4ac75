import LiveDriver
import Testing

@Suite struct QuotingTests {
  @Test("A DSN's password is in no description, dump or mirror of it")
  func passwordIsRedacted() throws {
    for text in [
      "postgresql://me:hunter2@db.example:5433/shop?sslmode=require",
      "host=db.example user=me password=hunter2 sslpassword='hunter2'",
      "host=db.example password='hun\\'ter2 hunter2'",
    ] {
      let server = try ConnectionString(text)
      var dumped = ""
      dump(server, to: &dumped)
      for shown in [
        "\(server)", String(reflecting: server), dumped, "\([server])", "\([1: server])",
      ] {
        #expect(!shown.contains("ter2"), "\(shown)")
        #expect(shown.contains("db.example"))
      }
    }
  }

  @Test("A text that libpq cannot read is not repeated in the error")
  func malformedIsNotRepeated() {
    #expect {
      try ConnectionString("host=db hunter2")
    } throws: {
      !"\($0)".contains("hunter2")
    }
  }
}
