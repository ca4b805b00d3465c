package proxy

// decline answers a request that no Route matches: around the real plug-in there is a web server that serves it (R9).
func (c *client) decline(*generation) { c.fail(404) }
