import Foundation
import LiveDriver

/// The least project of a web framework that a script for it runs in.
enum FrameworkProject {
  /// Of the environment that `scripts/parsers` makes, with Django; nil where it is not there.
  static let python: URL? = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".tools/parsers/bin/python")
    return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
  }()

  static let hasRails: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ruby", "-e", "require 'active_record'; require 'pg'"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  static func prepareDjango(
    _ process: Process, _ script: String, in folder: URL, on server: ConnectionString
  ) throws {
    process.executableURL = python
    process.arguments = ["-m", "django", "fill", "--settings", "settings"]
    let commands = folder.appendingPathComponent("shop/management/commands")
    try FileManager.default.createDirectory(at: commands, withIntermediateDirectories: true)
    try script.write(
      to: commands.appendingPathComponent("fill.py"), atomically: true, encoding: .utf8)
    func setting(_ name: String, _ keyword: String) -> String {
      "\"\(name)\": \"\(server[keyword] ?? "")\""
    }
    let places = [("HOST", "host"), ("PORT", "port"), ("USER", "user"), ("NAME", "dbname")]
    try """
    SECRET_KEY = "none"
    INSTALLED_APPS = ["shop"]
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql",
                             \(places.map(setting).joined(separator: ", "))}}

    """.write(
      to: folder.appendingPathComponent("settings.py"), atomically: true, encoding: .utf8)
  }

  /// ActiveRecord itself, and of the gem maintenance_tasks what calls a task.
  static func prepareRails(
    _ process: Process, script: String, in folder: URL, on server: ConnectionString
  ) throws {
    let runner = folder.appendingPathComponent("run.rb")
    try """
    require "active_record"
    require "active_support/all"
    module MaintenanceTasks
      class Task
        class << self
          def throttles = @throttles ||= []
          def throttle_on(backoff: 30, &condition) = throttles << condition
        end
      end
    end
    ActiveRecord::Base.establish_connection(
      adapter: "postgresql", host: "\(server["host"] ?? "")", port: \(server["port"] ?? "0"),
      username: "\(server["user"] ?? "")", database: "\(server["dbname"] ?? "")")
    load ARGV[0]
    task = Maintenance.const_get(Maintenance.constants.first).new
    task.collection.each do |batch|
      raise "paused" if task.class.throttles.any?(&:call)
      task.process(batch)
    end

    """.write(to: runner, atomically: true, encoding: .utf8)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ruby", runner.path, script]
  }
}
