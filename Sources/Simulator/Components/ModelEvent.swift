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
  case timer(id: Int32)
}

package typealias Calendar = EventCalendar<ModelEvent>

/// Processes that can go on: components append to it, the model drains it from the front.
package typealias ReadyLine = WaitingLine<Int32>
