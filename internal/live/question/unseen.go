package question

import "github.com/wasplug/wasplug/routecheck/choices"

// unseen says of choices why no request tells their values apart, whatever the file.
var unseen = map[choices.Choice]string{
	choices.OpenRoute: "a plug-in that rejects a file with such a Route would answer nothing else either, " +
		"so none is added: where the file has one, it is asked",
	choices.SingleMemberWeight: "the weight of a single member decides nothing: only the plug-in's log shows it",
	choices.SingleMemberConnectRetry: "a refused connect leaves no trace at a member, " +
		"and one ends as two do; of connects that time out two would take twice as long, but members answer " +
		"connects or refuse them: only the plug-in's log shows it",
	choices.ReloadState: "it takes a reload in the middle, and the file of a web server is not touched: the " +
		"plug-in's log shows whether a member that was marked is chosen behind a reload",
	choices.ExtendedHandshake: "what the plug-in sends for it is not public, so no member of ours can fail it",
	choices.Probe503BeforeFix: "only plug-ins before PM49491 ask it: say which one this is with --plugin-level",
}

// Unseen says why no request tells the values of a choice apart, "" where some may.
func Unseen(c choices.Choice) string { return unseen[c] }

// NeedsTLS reports whether only requests over TLS tell the values of a choice apart, in the files that are usual.
func NeedsTLS(c choices.Choice) bool {
	return c == choices.TLSDefaultPort || c == choices.TransportChoice
}

// NeedsPlain reports whether only requests without TLS tell the values of a choice apart.
func NeedsPlain(c choices.Choice) bool { return c == choices.SSLSessionCookie }
