import EventKernel

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
  /// A piece of replay has been done: `ReplicaPipeline.quantumEnded`.
  case replayQuantumEnded(replica: Int16)
  /// Replay may be able to go on: a delay is over, or a conflict's grace period.
  case replayDue(replica: Int16)
  /// A replica's reply has reached the primary: `ReplicaPipeline.replyArrived`.
  case replyArrived(replica: Int16)
  /// Nobody gave the waiter a connection in time: `ConnectionPool.waitTimedOut`.
  case poolWaitTimedOut(pool: Int16, waiter: Int32)

  /// A process goes on.
  case resume(process: Int32)
  /// The next transaction of a traffic class arrives.
  case arrival(class: Int32)
  case timer(id: Int32)
}

package typealias Calendar = EventCalendar<ModelEvent>

/// Processes that can go on, first come, first served. Components append to it; the model drains it.
package typealias ReadyLine = WaitingLine<Int32>
