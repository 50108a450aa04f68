package main

// line is a line of two texts: of both (' '), of the old ('-') or of the new one ('+').
type line struct {
	sign rune
	text string
}

// maxTable bounds the memory for a comparison of texts. Those that are larger are
// shown as a whole.
const maxTable = 1 << 22

// lineDiff returns the lines of both texts in their order, as many as possible of
// them as lines of both.
func lineDiff(old, new []string) []line {
	var out, tail []line
	for len(old) > 0 && len(new) > 0 && old[0] == new[0] {
		out = append(out, line{' ', old[0]})
		old, new = old[1:], new[1:]
	}
	for len(old) > 0 && len(new) > 0 && old[len(old)-1] == new[len(new)-1] {
		tail = append(tail, line{' ', old[len(old)-1]})
		old, new = old[:len(old)-1], new[:len(new)-1]
	}
	out = append(out, middle(old, new)...)
	for i := range tail {
		out = append(out, tail[len(tail)-1-i])
	}
	return out
}

// middle finds a longest common subsequence.
func middle(old, new []string) []line {
	width := len(new) + 1
	var common []int32 // the length of one for each pair of rests
	if (len(old)+1)*width <= maxTable {
		common = make([]int32, (len(old)+1)*width)
		for i := len(old) - 1; i >= 0; i-- {
			for j := len(new) - 1; j >= 0; j-- {
				if old[i] == new[j] {
					common[i*width+j] = common[(i+1)*width+j+1] + 1
				} else {
					common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
				}
			}
		}
	}
	var out []line
	i, j := 0, 0
	for i < len(old) || j < len(new) {
		switch {
		case i < len(old) && j < len(new) && common != nil && old[i] == new[j]:
			out = append(out, line{' ', old[i]})
			i, j = i+1, j+1
		case i < len(old) && (j == len(new) || common == nil || common[(i+1)*width+j] >= common[i*width+j+1]):
			out = append(out, line{'-', old[i]})
			i++
		default:
			out = append(out, line{'+', new[j]})
			j++
		}
	}
	return out
}
