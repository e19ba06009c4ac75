import Scenarios
import Strategies

/// A task for Shopify's maintenance_tasks, which calls `process` for each batch and can be paused.
struct RailsScript {
  private let parts: ScriptParts

  init(_ parts: ScriptParts) { self.parts = parts }

  /// A constant's name from any text.
  static func constant(_ text: String) -> String {
    let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let name = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    return name.first?.isLetter == true ? name : "Backfill" + name
  }

  /// A constant text: nothing is interpolated between single quotes.
  static func quoted(_ text: String) -> String {
    var quoted = "'"
    for scalar in text.unicodeScalars {
      if scalar == "'" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "'"
  }

  private var lockTimeout: String {
    parts.lockTimeout.map {
      "      Row.connection.execute(\(Self.quoted("SET LOCAL lock_timeout = '\($0)'")))\n"
    }
      ?? ""
  }

  var text: String {
    let delay = RetryWords(parts.strategy.retry).program(
      "attempt", least: { "[\($0), \($1)].min" }, random: "rand")
    let end =
      parts.strategy.giveUp == .stop
      ? "raise"
      : "Rails.logger.warn(\"left out: #{batch.pick(Row.arel_table[Row.primary_key].minimum)} and on\")"
    let batches = parts.isWhole ? "[Row.all]" : "Row.in_batches(of: \(parts.rows.first))"
    return """
      # frozen_string_literal: true

      \(parts.remarks.map { "# \($0)\n" }.joined())\
      # app/tasks/maintenance/, for the gem maintenance_tasks.
      module Maintenance
        class \(Self.constant(parts.scenario.name))Task < MaintenanceTasks::Task
          class Row < ActiveRecord::Base
            self.table_name = \(Self.quoted(parts.tableText))
            self.primary_key = \(Self.quoted(parts.keyText))
            self.inheritance_column = nil
          end

      \(parts.checks.filter { $0.resume != nil }.map(throttle).joined())\
          def collection
            \(batches)
          end

          def count
            nil # counting a large table takes longer than it is worth
          end

          def process(batch)
            attempt = 0
            began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
            begin
              change(batch)
            rescue ActiveRecord::LockWaitTimeout, ActiveRecord::Deadlocked, ActiveRecord::SerializationFailure
              attempt += 1
              if attempt <= \(parts.strategy.retry.max)
                sleep(\(delay))
                retry
              end
              \(end)
            end
            took = Process.clock_gettime(Process::CLOCK_MONOTONIC) - began
            sleep(\(max(0, parts.pause.fixed)) + \(parts.pause.ratio) * took)
          end

          private

          def change(batch)
            Row.transaction do
        \(lockTimeout)\
              batch.where(\(Self.quoted(parts.filter))).update_all(\(Self.quoted(parts.assignments)))
            end
          end
        end
      end

      """
  }

  private func throttle(_ check: SignalQuery) -> String {
    let comparison = "\(check.condition.comparison.rawValue) \(check.condition.limit)"
    return """
          # Pauses where \(check.words).
          throttle_on(backoff: \(check.every).seconds) do
            Row.connection.select_value(\(Self.quoted(check.sql))).to_f \(comparison)
          end


      """
  }
}
