package story

// Kind is what an incident is about.
type Kind uint8

// The kinds, the worst first: where incidents are folded, the worse one is the head.
const (
	// AllDown: no member was left for requests (R61): "all could be down", "Failed to find an app server".
	AllDown Kind = iota
	// GaveUp: the plug-in gave requests up, and no line says that no member was left.
	GaveUp
	// ReloadFailed: the plug-in did not take a plugin-cfg.xml (R18).
	ReloadFailed
	// Flapping: processes marked a member down and found it serving again, three times or more.
	Flapping
	// MemberDown: connects were refused, or no way led to the host, or attempts failed and the log does not say why.
	MemberDown
	// HangsConnect: ConnectTimeout, or that of the operating system, expired (R50).
	HangsConnect
	// HangsAnswer: ServerIOTimeout, or another timeout of the plug-in, fired (R54, R55).
	HangsAnswer
	// TLS: handshakes failed (R50), or GSKit did not start (R64).
	TLS
	// Full: a member had MaxConnections requests pending in a process and was passed over (R42).
	Full
	// Busy: a member answered 503 (R53).
	Busy
	// StaleStreams: writing to a member failed, on a stream from the queue where the log shows that (R50b).
	StaleStreams
	// Slow: in windows of five minutes requests took far longer than in the others of the log.
	Slow
	// ClientLeft: writing to clients failed.
	ClientLeft
	// Restart: processes of the web server started, with a fresh state, while the log was going on.
	Restart
	// Reload: processes took a changed plugin-cfg.xml; marks and weights began anew.
	Reload

	numKinds
)

// String returns the kind's name as the command line and JSON have it.
func (k Kind) String() string { return kinds[min(k, numKinds-1)].name }

// Notice reports whether a kind is worth knowing and no trouble by itself.
func (k Kind) Notice() bool { return k == Restart || k == Reload }

// Kinds returns all kinds, the worst first.
func Kinds() []Kind {
	all := make([]Kind, numKinds)
	for k := range all {
		all[k] = Kind(k)
	}
	return all
}
