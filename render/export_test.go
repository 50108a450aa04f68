package render

// What tests of package render_test need from inside.
var (
	Escape     = escape
	Expandable = expandable
	ConfigSum  = configSum
)

// Rules returns the rules of generated fields: what they are about, and their names.
func Rules() (paths, names []string) {
	for _, table := range [...][]rule{objectRules, podRules} {
		for _, r := range table {
			paths, names = append(paths, r.at), append(names, r.name)
		}
	}
	return paths, names
}

// RuleFor returns the path of the rule for a generated field.
func RuleFor(path string) string {
	paths, _ := Rules()
	for _, at := range paths {
		if _, ok := matchPath(at, path); ok {
			return at
		}
	}
	return ""
}
