package render

// What tests of package render_test need from inside.
var (
	Escape     = escape
	Expandable = expandable
	ConfigSum  = configSum
)
