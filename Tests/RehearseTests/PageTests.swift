import Foundation
import Testing

@Suite("Pages in a browser")
struct PageTests {
  @Test(
    "On a desk, in the dark, on a phone, on paper and without scripts nothing is off",
    .enabled(
      if: ["chromium", "google-chrome"].contains {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
      }, "there is no Chromium here"))
  func opened() throws {
    try Command.inFolder { command in
      try command.write(TuneTests.extras, to: "s.yaml")
      let tuned = try command.run(
        "tune", "s.yaml", "--no-history", "--headroom", "--start-times", "--sensitivity", "--out",
        "html=tune.html")
      #expect(tuned.status == 0, "\(tuned.errors)")
      _ = try command.run(
        "simulate", "s.yaml", "--no-history", "--trials", "3", "--out", "html=run.html")
      let script = Command.packageRoot.appendingPathComponent("Tests/Pages/open.py").path
      let looked = try command.run(
        script, "run.html", "tune.html", executable: URL(fileURLWithPath: "/usr/bin/python3"))
      #expect(looked.status == 0, "\(looked.output)\(looked.errors)")
    }
  }
}
