import ArgumentParser
import Foundation
import LiveDriver
import Scenarios

extension ClusterPlan {
  /// A scenario's servers; should this process be killed, `doctor` clears up after it.
  static func reaped(
    _ scenario: Scenario, limits: ResourceLimits = ResourceLimits(),
    shouldStop: @escaping @Sendable () -> Bool = { Interrupt.isRequested }
  ) -> ClusterPlan {
    var plan = ClusterPlan(scenario, limits: limits)
    plan.shouldStop = shouldStop
    if let program = Bundle.main.executablePath {
      plan.reaper = [program, Doctor.configuration.commandName ?? "doctor"]
    }
    return plan
  }
}
