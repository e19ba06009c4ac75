extension Presets {
  static let databases = [
    Preset(
      family: .database, name: "rds-r6g.2xlarge-gp3",
      doc: """
        8 vCPU, 64 GiB; gp3 of 400 GiB or more, which RDS stripes over four volumes: 12,000 IOPS \
        and 500 MiB/s (third-party tables); latency is not published beyond single-digit \
        milliseconds: typical values, to be calibrated. shared_buffers a quarter of the memory, \
        as RDS sets it.
        """,
      text: """
        cores: 8
        memory: 64GiB
        storage: {iops: 12000, throughput: 500MiB/s, read_latency: 600us, write_latency: 700us, burst: none}
        settings: {shared_buffers: 16GiB}
        """),
    Preset(
      family: .database, name: "rds-t3.medium-gp2",
      doc: """
        2 vCPU, 4 GiB; gp2 of 100 GiB: 3 IOPS per GiB sustained, bursts to 3,000 from a bucket of \
        5.4 million credits, 128 MiB/s up to 170 GiB (AWS EBS user guide, general purpose SSD). \
        CPU credits of the t3 are not modelled.
        """,
      text: """
        cores: 2
        memory: 4GiB
        storage:
          iops: 300
          throughput: 128MiB/s
          read_latency: 1ms
          write_latency: 1200us
          burst: {iops: 3000, credits: 5400k}
        settings: {shared_buffers: 1GiB}
        """),
    Preset(
      family: .database, name: "azure-d8s-p20",
      doc: """
        8 vCPU, 32 GiB; Premium SSD P20: 2,300 IOPS and 150 MB/s, bursts to 3,500 IOPS for 30 \
        minutes, which is a bucket of 2.16 million operations above the sustained rate (Azure, \
        Premium SSD sizes). The throughput burst of 170 MB/s is not modelled.
        """,
      text: """
        cores: 8
        memory: 32GiB
        storage:
          iops: 2300
          throughput: 150MB/s
          read_latency: 1ms
          write_latency: 1ms
          burst: {iops: 3500, credits: 2160k}
        settings: {shared_buffers: 8GiB}
        """),
    Preset(
      family: .database, name: "laptop-nvme",
      doc: """
        8 cores, 16 GiB and a consumer NVMe drive, all on one machine: typical data-sheet values, \
        of which only the flush latency matters much: measure it with pg_test_fsync.
        """,
      text: """
        cores: 8
        memory: 16GiB
        rtt: 50us
        colocated: true
        storage: {iops: 200000, throughput: 2GiB/s, read_latency: 80us, write_latency: 100us, burst: none}
        settings: {shared_buffers: 4GiB}
        """),
  ]
}
