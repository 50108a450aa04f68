package kinds

import "strings"

// PlaceholderID stands for the id of a job that is not derived yet, BarePlaceholderID
// for it as Flink writes ids. It has the form of a derived id, so that patterns of names
// select both.
const (
	PlaceholderID     = "8ef63742-94b1-53e9-b296-88279e479c61"
	BarePlaceholderID = "8ef6374294b153e9b29688279e479c61"
)

// Reserved says why resources and patches with the placeholder are refused.
const Reserved = "the id " + PlaceholderID +
	" is reserved: it stands for job ids that are not derived yet, and would become one"

// IsReserved reports whether a text has the placeholder.
func IsReserved(text string) bool {
	return strings.Contains(text, PlaceholderID) || strings.Contains(text, BarePlaceholderID)
}
