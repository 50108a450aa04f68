package yamldoc

// Cost is what parsing a text is estimated to allocate with the YAML library.
func Cost(text []byte) int {
	s := measure(text)
	return s.sum + costQueued*s.queue
}
