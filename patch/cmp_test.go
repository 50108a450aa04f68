package patch_test

import "github.com/google/go-cmp/cmp"

// equalNumbers compares numbers by value: YAML readers differ in the types they
// use.
var equalNumbers = cmp.FilterValues(func(a, b any) bool { return isNumber(a) && isNumber(b) },
	cmp.Comparer(func(a, b any) bool { return number(a) == number(b) }))

func isNumber(v any) bool {
	switch v.(type) {
	case int64, float64:
		return true
	}
	return false
}

func number(v any) float64 {
	if i, ok := v.(int64); ok {
		return float64(i)
	}
	f, _ := v.(float64)
	return f
}
