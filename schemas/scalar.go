package schemas

import (
	"math"
	"strconv"

	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Scalar returns a value as the scalar that a schema wants at a path below one of its definitions: a number and a
// truth value plain, words as text. It is nil when the schema does not take the value; known reports whether it says
// anything of the path.
func Scalar(name, value, definition string, path ...string) (n *yamldoc.Node, known bool) {
	rules, err := rulesOf(name)
	if err != nil {
		return nil, false
	}
	rule := subschema(rules, map[string]any{"$ref": "#/definitions/" + definition}, path)
	if rule == nil {
		return nil, false
	}
	switch {
	case rule["enum"] != nil:
		for _, allowed := range rule["enum"].([]any) {
			if allowed == value {
				return yamldoc.NewText(value), true
			}
		}
		return nil, true
	case rule["type"] == "boolean":
		if value != "true" && value != "false" {
			return nil, true
		}
	case rule["type"] == "integer":
		if !within(rule, value) {
			return nil, true
		}
	default:
		return yamldoc.NewText(value), true
	}
	return yamldoc.NewPlain(value), true
}

// within reports whether a text is a whole number as it is usually written, in the bounds of a rule. Those of the
// plug-in's numbers are 32 bits.
func within(rule map[string]any, value string) bool {
	n, err := strconv.ParseInt(value, 10, 32)
	// "+5" and "05" are numbers in plugin-cfg.xml and text in a file of YAML: as numbers they are not written so.
	if err != nil || strconv.FormatInt(n, 10) != value {
		return false
	}
	bound := func(key string, usual float64) float64 {
		if b, ok := rule[key].(float64); ok {
			return b
		}
		return usual
	}
	return float64(n) >= bound("minimum", math.MinInt32) && float64(n) <= bound("maximum", math.MaxInt32)
}
