package compare

// Line is a line of two texts: of both (' '), of the old ('-') or of the new one ('+').
type Line struct {
	Sign rune
	Text string
	At   int // in its text
}

// maxTable bounds the memory for a comparison of texts. Those that are larger are
// shown as a whole.
const maxTable = 1 << 22

// Lines returns the lines of both texts in their order, as many as possible of
// them as lines of both.
func Lines(old, new []string) (out []Line) {
	if len(old) > 0 && len(new) > 0 && (len(old)+1)*(len(new)+1) > maxTable {
		return append(Lines(old, nil), Lines(nil, new)...)
	}
	// common has the length of a longest common subsequence for each pair of rests.
	common := make([][]int32, len(old)+1)
	common[len(old)] = make([]int32, len(new)+1)
	for i := len(old) - 1; i >= 0; i-- {
		common[i] = make([]int32, len(new)+1)
		for j := len(new) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); old[i] == new[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(old) || j < len(new); {
		switch {
		case i < len(old) && j < len(new) && old[i] == new[j]:
			out = append(out, Line{' ', old[i], i})
			i, j = i+1, j+1
		case j == len(new) || i < len(old) && common[i+1][j] >= common[i][j+1]:
			out = append(out, Line{'-', old[i], i})
			i++
		default:
			out = append(out, Line{'+', new[j], j})
			j++
		}
	}
	return out
}
