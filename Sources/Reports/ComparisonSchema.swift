/// The JSON Schema of `rehearse.comparison/1`.
package enum ComparisonSchema {
  package static let text = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "rehearse.comparison/1",
      "title": "Several candidates side by side",
      "type": "object",
      "required": ["schema", "model_version", "seed", "rows", "differences", "left_out", "sentence"],
      "properties": {
        "schema": {"const": "rehearse.comparison/1"},
        "model_version": {"type": "integer"},
        "seed": {"type": "integer", "minimum": 0},
        "versions": {"type": "object", "additionalProperties": {"type": "string"}},
        "narrowing": {"$ref": "#/$defs/number",
                      "description": "How many times wider the intervals would be without pairing."},
        "sentence": {"type": "string", "description": "What it means."},
        "left_out": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["name", "reason"],
            "properties": {"name": {"type": "string"}, "reason": {"type": "string"}}
          }
        },
        "rows": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["name", "verdict", "metrics"],
            "properties": {
              "name": {"type": "string"},
              "operand": {"type": "string"},
              "work": {"type": "string", "description": "Only equal work is compared."},
              "verdict": {"enum": ["pass", "fail", "inconclusive", "none"]},
              "trials": {"type": "integer", "minimum": 0},
              "trials_passed": {"type": "integer", "minimum": 0},
              "complete": {"type": "boolean"},
              "censored": {"type": "boolean", "description": "The horizon ended a trial."},
              "cut": {"type": "boolean",
                      "description": "Its first trial was left before the end, and is its only one."},
              "pacing_only": {"type": "boolean"},
              "metrics": {"type": "object", "additionalProperties": {"$ref": "#/$defs/metric"}}
            }
          }
        },
        "differences": {
          "type": "array",
          "description": "b − a, where both were followed to their end.",
          "items": {
            "type": "object",
            "required": ["a", "b", "metric", "value", "low", "high"],
            "properties": {
              "a": {"type": "string"},
              "b": {"type": "string"},
              "metric": {"type": "string"},
              "unit": {"type": "string"},
              "value": {"$ref": "#/$defs/number"},
              "low": {"$ref": "#/$defs/number", "description": "Its 95% interval."},
              "high": {"$ref": "#/$defs/number"},
              "n": {"type": "integer", "minimum": 0},
              "paired": {"type": "boolean"},
              "unpaired_low": {"$ref": "#/$defs/number"},
              "unpaired_high": {"$ref": "#/$defs/number"}
            }
          }
        }
      },
      "$defs": {
        "number": {"type": ["number", "null"]},
        "metric": {
          "type": "object",
          "required": ["unit", "value", "n"],
          "properties": {
            "unit": {"type": "string"},
            "value": {"$ref": "#/$defs/number"},
            "low": {"$ref": "#/$defs/number"},
            "high": {"$ref": "#/$defs/number"},
            "n": {"type": "integer", "minimum": 0},
            "predicted_low": {"$ref": "#/$defs/number"},
            "predicted_high": {"$ref": "#/$defs/number"}
          }
        }
      }
    }

    """
}
