package yamldoc

// flow reads a flow map or list; a scalar, if it is inside of one.
func (r *simple) flow(depth int) {
	at := r.here()
	switch c := r.peek(0); {
	case depth > DefaultLimits.Nesting:
		r.giveUp()
	case c == '{':
		r.out.open(Map, at)
		r.elements('}', func() { r.pair(depth + 1) })
		r.out.close()
	case c == '[':
		r.out.open(List, at)
		r.elements(']', func() { r.flow(depth + 1) })
		r.out.close()
	default:
		r.out.value(at, r.scalar(true))
	}
}

func (r *simple) elements(end byte, element func()) {
	r.at++
	for n := 0; ; n++ {
		r.blanks()
		if r.peek(0) == end && r.at < len(r.text) {
			r.at++
			return
		}
		if n > 0 {
			if r.peek(0) != ',' {
				r.giveUp()
			}
			r.at++
			if r.blanks(); r.peek(0) == end && r.at < len(r.text) { // a comma behind the last one
				r.at++
				return
			}
		}
		element()
	}
}

func (r *simple) pair(depth int) {
	at := r.here()
	if c := r.peek(0); c == '{' || c == '[' {
		r.giveUp()
	}
	r.out.key(at, r.name(true))
	r.at++ // the colon
	r.blanks()
	if c := r.peek(0); c == ',' || c == '}' {
		r.giveUp()
	}
	r.flow(depth)
}

// blanks passes over what separates the elements of flow maps and lists.
func (r *simple) blanks() {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '\n':
			r.newline()
		case c == ' ' || c == '\t':
			r.at++
		case c == '#' && (r.at == r.start || r.text[r.at-1] == ' '):
			r.toEnd()
		default:
			return
		}
	}
}
