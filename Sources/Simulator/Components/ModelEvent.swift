import EventKernel
import Primitives

/// Everything that can happen in the simulated world.
///
/// A case carries the number of the component that scheduled it, because a world has a CPU and a
/// device for the primary and for each replica.
package enum ModelEvent: BitwiseCopyable, Sendable {
  /// The process on this core has received its whole demand: `CPU.burstEnded`.
  case burstEnded(cpu: Int16, core: Int16)
  /// A process has used up its time slice while others wait: `CPU.sliceEnded`.
  case sliceEnded(cpu: Int16)
  /// A request, or one round of it, has been served: `StorageDevice.roundEnded`.
  case roundEnded(device: Int16, request: Int32)
  /// The leader has slept for commit_delay: `LogFlusher.delayEnded`.
  case commitDelayEnded
  /// `LogFlusher.writerWoke`.
  case logWriterWoke
  /// The network has delivered a message of log: `ReplicaPipeline.received`.
  case logReceived(replica: Int16)
  /// The network can take the next message of log: `ReplicaPipeline.linkFreed`.
  case linkFreed(replica: Int16)
  /// A delay or a conflict's grace period is over: ask `ReplicaPipeline.nextQuantum`.
  case replayDue(replica: Int16)
  /// A replica's reply has reached the primary: `ReplicaPipeline.replyArrived`.
  case replyArrived(replica: Int16)
  /// Nobody gave the waiter a connection in time: `ConnectionPool.waitTimedOut`.
  case poolWaitTimedOut(pool: Int16, waiter: Int32)

  /// A process goes on.
  case resume(process: Int32)
  /// The next transaction of a traffic class arrives.
  case arrival(class: Int32)
  /// A client of a closed class has thought.
  case clientReturns(class: Int16, client: Int32)
  /// The oldest deadline of a class has come.
  case deadline(class: Int32)
  /// A transaction that failed tries again.
  case retry(process: Int32)
  case lockTimeout(process: Int32)
  case deadlockCheck(process: Int32)
  case strategyTimer(id: Int32)
  /// A throttle's sensor is due; its reading has arrived.
  case signal(index: Int32)
  case signalArrived(index: Int32)
  /// The earliest alarm of model time.
  case alarm
  case checkpointTick
  case vacuumTick(table: Int32)
  case second
}

package typealias Calendar = EventCalendar<ModelEvent>

/// Processes that can go on: components append to it, the model drains it from the front.
package typealias ReadyLine = WaitingLine<Int32>

extension Calendar {
  /// Schedules one of the world's events: `schedule`, kept out of line because the model calls it
  /// from many places and every inlined copy costs code and build time.
  @discardableResult @inline(never)
  package mutating func post(_ event: ModelEvent, at instant: Instant) -> EventToken {
    schedule(event, at: instant)
  }
}
