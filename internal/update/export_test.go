package update

// Known reports whether the fields of a kind are looked at.
func Known(apiVersion, kind string) bool { return types[apiVersion+" "+kind] != nil }
