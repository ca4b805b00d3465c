package grid

// ServerConfig is what one server of the grid is told. The servers know each other from the start, so a majority is
// one of all of them, also of those that have not come yet.
type ServerConfig struct {
	Name    string
	Listen  string   // 127.0.0.1:PORT, for members
	Route   string   // 127.0.0.1:PORT, for the other servers
	Servers []string // where all of them listen
	Routes  []string // and have their routes
	Folder  string   // for what it must remember

	User, Password string // of the run, by chance
}

// ServerState is what a server says of itself.
type ServerState struct {
	Leads   bool  `json:"leads"`   // it takes the writes and gives them to the others
	Current bool  `json:"current"` // it has what the one that leads has
	Bytes   int64 `json:"bytes"`   // that it keeps
}
