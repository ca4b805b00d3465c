// Package affinity reads what a request says of its session, and what an answer does: which session identifiers there
// are, where they stand, and the clone IDs in them (R4, R20 to R24, R28, R29).
//
//	JSESSIONID=0001sJDUzpMR6xb:14dtuu8g3:14dtuueci
//	           |   |           |         the clone ID of one that has taken it over since (R24)
//	           |   |           the clone ID of the member that made the session
//	           |   the session ID
//	           the cache ID, four characters
//
// It compares clone IDs with those of a configuration, and knows how cookies and URLs are written. It does not know
// which member is usable, nor who gets the request: that is failover's. What becomes of a session that another member
// gets is session's.
//
// Start at [Of] for requests, at [SessionOf] for answers.
package affinity
