package instrument

import "math/big"

// Rules by which marks become an index (docs/instruments, section "Aturan"). A pack names one; no pack brings a formula.
const (
	MeanThenWeight  = "mean-then-weight"                    // smart city
	WeightTimes     = "weight-times-parameter-with-divisor" // Indeks Inovasi Daerah
	WeightedLevel   = "weighted-level-percent"              // SPBE
	ContinuousLevel = "continuous-level"                    // Pemdi
	WeightedPoints  = "weighted-criteria"                   // KIPP, selection, own criteria
)

// Rules lists the rules in the order of their description.
func Rules() []string {
	return []string{MeanThenWeight, WeightTimes, WeightedLevel, ContinuousLevel, WeightedPoints}
}

// Band is a class of the index. Bands stand from the best down; the first whose From is reached counts. From is compared
// with the index rounded half up to two digits. OpenFrom is the bound of the half-open reading, compared unrounded; it is
// used when the option "bands" is "half-open".
type Band struct {
	From     string `yaml:"from"`
	OpenFrom string `yaml:"open_from,omitempty"`
	Name     Text   `yaml:"name"`
}

// Choice is one way to read what the published rule leaves open.
type Choice struct {
	ID   string `yaml:"id"`
	Name Text   `yaml:"name"`
}

// Option is a point on which sources disagree or are silent. The first choice is the default.
type Option struct {
	ID      string   `yaml:"id"`
	Note    Text     `yaml:"note"`
	Choices []Choice `yaml:"choices"`
}

// Phase is a stage of an evaluation with its share of the final index, in percent.
type Phase struct {
	Code  string `yaml:"code"`
	Name  Text   `yaml:"name"`
	Share string `yaml:"share"`
}

// Step gives Points to a figure from From to To, both included; an empty bound is open. Beyond marks a step that the
// published table does not have; it earns 0 when the option "beyond" is "zero".
type Step struct {
	Points string `yaml:"points"`
	From   string `yaml:"from,omitempty"`
	To     string `yaml:"to,omitempty"`
	Beyond bool   `yaml:"beyond,omitempty"`
	Note   Text   `yaml:"note,omitempty"` // why this step is not as printed, shown beside the points

	from, to, points *big.Rat
}

// Brackets turn a raw figure into points: the figure is rounded half up to Decimals, then the first step from the top that
// holds it counts. A figure in no step earns 0. Nothing is earned when there was nothing to count, such as a share of
// complaints without any complaint; marks files then say "-" or "nihil".
type Brackets struct {
	Unit     Text   `yaml:"unit"`
	Decimals int    `yaml:"decimals"`
	Steps    []Step `yaml:"steps"`
	Nothing  *Step  `yaml:"nothing,omitempty"`
}

// Basis is one of several ways to prove an item, each with brackets of its own; an entry uses exactly one.
type Basis struct {
	Code     string   `yaml:"code"` // one small letter; 33a is basis a of item 33
	Name     Text     `yaml:"name"`
	Brackets Brackets `yaml:"brackets"`
}

// Slot is a place for one piece of evidence in the official form, at a level of the item. A supporting slot does not
// hold the level back.
type Slot struct {
	Code       string `yaml:"code"`
	Level      int    `yaml:"level"`
	Supporting bool   `yaml:"supporting,omitempty"`
	Name       Text   `yaml:"name"`
}

// Affair is a government affair (urusan). The basic ones count for the gate.
type Affair struct {
	Code  string `yaml:"code"`
	Basic bool   `yaml:"basic,omitempty"`
	Name  Text   `yaml:"name"`
}

// Divisor holds the parameters of WeightTimes: how many innovations the sum is divided by at least, what each counts up
// to which number, the total of all parts, how many basic affairs the innovations must cover, and the days between which
// an innovation must have been implemented.
type Divisor struct {
	Minimum     int    `yaml:"minimum"`
	CountWeight string `yaml:"count_weight"`
	CountCap    int    `yaml:"count_cap"`
	Total       string `yaml:"total"`
	Affairs     int    `yaml:"affairs"`
	From        string `yaml:"from,omitempty"` // 2024-01-01
	To          string `yaml:"to,omitempty"`

	countWeight, total *big.Rat
}
