/// The JSON Schemas of what `verify` and `diagnose` write.
package enum InspectionSchema {
  package static let verify = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "rehearse.verify/1",
      "title": "The checks of a table after a backfill",
      "type": "object",
      "required": ["schema", "name", "table", "target", "read", "server_version", "hash", "rows",
                   "ranges", "checks", "verdict"],
      "properties": {
        "schema": {"const": "rehearse.verify/1"},
        "name": {"type": "string", "description": "The scenario's."},
        "table": {"type": "string"},
        "target": {"type": "string"},
        "read": {"type": "string", "description": "Whose rows were read."},
        "server_version": {"type": "string"},
        "hash": {"type": "string", "description": "How the sums are made; only equal ones compare."},
        "rows": {"type": "integer", "minimum": 0},
        "ranges": {
          "type": "array",
          "description": "In key order, each from above the one before up to its own end.",
          "items": {
            "type": "object",
            "required": ["up_to", "rows", "rows_sum", "kept_sum"],
            "properties": {
              "up_to": {"type": "string"},
              "rows": {"type": "integer", "minimum": 0},
              "rows_sum": {"type": "string", "description": "Sum of the rows' 64-bit hashes."},
              "kept_sum": {"type": "string",
                           "description": "Without the columns that the backfill writes."}
            }
          }
        },
        "checks": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["id", "verdict", "unit", "expected", "detail", "help"],
            "properties": {
              "id": {"enum": ["rows", "checksum", "null_fallbacks", "mismatches", "cache_misses",
                              "replicas", "retained_log", "error_rate"]},
              "verdict": {"enum": ["pass", "fail", "inconclusive", "none"]},
              "measured": {"type": ["number", "null"]},
              "unit": {"type": "string"},
              "expected": {"type": "string"},
              "detail": {"type": "string"},
              "help": {"type": "string"}
            }
          }
        },
        "verdict": {"enum": ["pass", "fail", "inconclusive", "none"]}
      }
    }

    """

  package static let diagnosis = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "rehearse.diagnosis/1",
      "title": "The symptoms of a server",
      "type": "object",
      "required": ["schema", "target", "server_version", "interval_s", "symptoms", "unknown"],
      "properties": {
        "schema": {"const": "rehearse.diagnosis/1"},
        "target": {"type": "string"},
        "server_version": {"type": "string"},
        "interval_s": {"type": "number", "description": "Between the two looks."},
        "symptoms": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["id", "present", "seen", "values", "evidence", "cause", "mitigation"],
            "properties": {
              "id": {"enum": ["lock_waits", "idle_in_transaction", "held_horizon", "connections",
                              "replica_lag", "retained_log", "archiving", "vacuum", "deadlocks"]},
              "present": {"type": "boolean"},
              "seen": {"type": "string"},
              "values": {"type": "object", "additionalProperties": {"type": "number"},
                         "description": "Base units in the names."},
              "evidence": {"type": "array", "items": {"type": "string"}},
              "cause": {"type": "string"},
              "mitigation": {"type": "array", "items": {"type": "string"}}
            }
          }
        },
        "unknown": {"type": "array", "items": {"type": "string"},
                    "description": "What could not be read."}
      }
    }

    """
}
