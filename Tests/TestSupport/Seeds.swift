/// The fixed seeds of every statistical test: we choose how many, never which.
package let oracleSeeds: [UInt64] = Array(1...20)
