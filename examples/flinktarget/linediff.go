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
func lineDiff(old, new []string) (out []line) {
	// common has the length of a longest common subsequence for each pair of rests.
	common := make([][]int32, len(old)+1)
	small := (len(old)+1)*(len(new)+1) <= maxTable
	for i := len(old); i >= 0 && small; i-- {
		common[i] = make([]int32, len(new)+1)
		for j := len(new) - 1; j >= 0 && i < len(old); j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); old[i] == new[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(old) || j < len(new); {
		switch {
		case small && i < len(old) && j < len(new) && old[i] == new[j]:
			out = append(out, line{' ', old[i]})
			i, j = i+1, j+1
		case i < len(old) && (!small || j == len(new) || common[i+1][j] >= common[i][j+1]):
			out = append(out, line{'-', old[i]})
			i++
		default:
			out = append(out, line{'+', new[j]})
			j++
		}
	}
	return out
}
