/// The JSON Schema of a calibration file.
package enum CalibrationSchema {
  package static let text = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "rehearse.calibration/1",
      "title": "What a server was measured to cost",
      "type": "object",
      "required": ["schema", "engine", "version", "model_version", "created", "rehearse",
                   "instance", "parameters", "observations", "scope", "warnings"],
      "properties": {
        "schema": {"const": "rehearse.calibration/1"},
        "engine": {"enum": ["postgresql"]},
        "version": {"type": "string", "description": "The server's own, such as 15.18."},
        "model_version": {"type": "integer",
                          "description": "Of the model whose parameters these are."},
        "created": {"type": "string", "format": "date-time"},
        "rehearse": {"type": "string"},
        "instance": {
          "type": "object",
          "required": ["os", "cpu", "cores", "memory_bytes", "settings"],
          "properties": {
            "os": {"type": "string"},
            "cpu": {"type": "string"},
            "cores": {"type": "integer", "minimum": 1},
            "memory_bytes": {"type": "integer"},
            "settings": {"type": "object", "additionalProperties": {"type": "string"}}
          }
        },
        "parameters": {
          "type": "object",
          "description": "By path below `database` of a scenario, such as costs.update_row.",
          "additionalProperties": {
            "type": "object",
            "required": ["value", "unit", "low", "high", "half", "method"],
            "properties": {
              "value": {"type": "number", "minimum": 0},
              "unit": {"enum": ["s", "1"]},
              "low": {"type": "number", "description": "The 90% interval of the value."},
              "high": {"type": "number"},
              "half": {"$ref": "#/$defs/half"},
              "method": {"type": "string"},
              "quantiles": {"type": "object", "additionalProperties": {"type": "number"}}
            }
          }
        },
        "joint": {
          "type": "object",
          "description": "Vectors of parameters that belong together; each trial draws one.",
          "required": ["parameters", "draws"],
          "properties": {
            "parameters": {"type": "array", "items": {"type": "string"}},
            "draws": {"type": "array", "minItems": 20,
                      "items": {"type": "array", "items": {"type": "number"}}}
          }
        },
        "observations": {
          "type": "object",
          "description": "What the server did, beside what the model computes for the same.",
          "additionalProperties": {
            "type": "object",
            "required": ["value", "unit", "half", "method"],
            "properties": {
              "value": {"type": "number"},
              "unit": {"type": "string"},
              "model": {"type": "number"},
              "half": {"$ref": "#/$defs/half"},
              "method": {"type": "string"}
            }
          }
        },
        "scope": {
          "type": "object",
          "description": "What was covered, and how far beyond it the parameters are taken to hold.",
          "additionalProperties": {
            "type": "object",
            "required": ["from", "to", "reach"],
            "properties": {
              "from": {"type": "number", "exclusiveMinimum": 0},
              "to": {"type": "number"},
              "reach": {"type": "number", "minimum": 1}
            }
          }
        },
        "warnings": {"type": "array", "items": {"type": "string"}}
      },
      "$defs": {
        "half": {"enum": ["portable", "machine"],
                 "description": "True of the engine everywhere, or of that machine only."}
      }
    }

    """
}
