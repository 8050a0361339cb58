package innovation

// Stages of an innovation, in order; Stopped may follow any.
const (
	Problem    = "problem"
	Idea       = "idea"
	Trial      = "trial"
	Live       = "live"
	Replicated = "replicated"
	Stopped    = "stopped"
)

// Stages lists the stages in order, Stopped last.
func Stages() []string { return []string{Problem, Idea, Trial, Live, Replicated, Stopped} }

// States of the dossier, in order; Revision leads back to the team.
const (
	Draft      = "draft"
	Submitted  = "submitted"
	Validated  = "validated"
	Revision   = "revision"
	Approved   = "approved"
	Authorised = "authorised"
	Review     = "review"
	Ready      = "ready"
	Sent       = "sent"
)

// States lists the states of the dossier in the order of the way.
func States() []string {
	return []string{Draft, Submitted, Validated, Revision, Approved, Authorised, Review, Ready, Sent}
}

// Answers of the innovation desk to an idea.
const (
	AnswerAccept  = "accept"
	AnswerMerge   = "merge"
	AnswerRefer   = "refer"
	AnswerDecline = "decline"
)

// Answers lists what the desk can answer.
func Answers() []string { return []string{AnswerAccept, AnswerMerge, AnswerRefer, AnswerDecline} }

// The national stages (Permendagri 104/2018).
const (
	NationalInitiative = "inisiatif"
	NationalTrial      = "uji-coba"
	NationalLive       = "penerapan"
)

// National gives the national stage of a stage; what stopped keeps the one it had reached.
func National(stage, before string) string {
	if stage == Stopped {
		stage = before
	}
	switch stage {
	case Trial:
		return NationalTrial
	case Live, Replicated:
		return NationalLive
	}
	return NationalInitiative
}

// next gives the stage behind the next gate; "" when there is none that people ask for. Replication comes from adopters.
func next(stage string) string {
	switch stage {
	case Idea:
		return Trial
	case Trial:
		return Live
	}
	return ""
}

// Next gives the stage behind the next gate of this innovation.
func (i Innovation) Next() string { return next(i.Stage) }

// Counts reports whether a dossier in this state counts in the national index: what is ready or sent.
func Counts(state string) bool { return state == Ready || state == Sent }

// open reports whether the team may still change the dossier.
func open(state string) bool { return state == Draft || state == Revision }
