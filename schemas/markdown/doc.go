// Package markdown writes a schema as a page for people: what the file is, then a section for each kind of map in it,
// with its keys, what they take and what they mean. The pages of docs/reference are written by it, so they say what
// the program holds a file against.
//
// It knows the keywords that our schemas use, and the attribute table; what stands on a page stands in them alone.
//
// Start reading at [Schema]; [PluginConfig] does the same for plugin-cfg.xml.
package markdown
