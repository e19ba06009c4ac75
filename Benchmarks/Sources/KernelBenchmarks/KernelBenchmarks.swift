import Glibc

@main
struct KernelBenchmarks {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    let measurement: Measurement
    switch (arguments.first, numbers.count) {
    case ("hold", 2): measurement = hold(pending: numbers[0], holds: numbers[1])
    case ("single-server", 1): measurement = SingleServer.measure(customers: numbers[0])
    case ("closed-network", 1):
      measurement = ClosedNetwork<Plain>.measure(cycles: numbers[0])
    case ("timeouts", 1):
      measurement = ClosedNetwork<UnderTimeouts>.measure(cycles: numbers[0])
    default:
      print(
        "hold PENDING HOLDS | single-server CUSTOMERS | closed-network CYCLES | timeouts CYCLES")
      exit(64)
    }
    print("\(measurement.nanoseconds / Double(measurement.units))\t\(measurement.check)")
  }
}
