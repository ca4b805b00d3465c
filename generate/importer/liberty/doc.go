// Package liberty reads what application servers say of their sessions: the server.xml of a Liberty server
// (httpSession, httpSessionDatabase, httpSessionCache), and server.xml and deployment.xml of a traditional cell (a
// session manager with its tuningParams). [Read] gives it in the words of a topology's `session:`; [Topology] makes a
// whole topology of one Liberty server: its endpoint, aliases, applications and pluginConfiguration.
//
// One file is read and nothing else. What stands elsewhere, in an include, a variable that the file does not define or
// a replication domain, is named with its place and never guessed; so is an attribute that a topology cannot say, or
// that nobody knows.
//
// Sources: Open Liberty's metatype files of com.ibm.ws.session, .session.db, .session.cache and of the webcontainer's
// MBeans (pluginConfiguration); IBM's AdminConfig
// types SessionManager, TuningParams and DRSSettings as scripts and exported files show them.
//
// Start reading at read.go, then server.go, where each attribute is a row.
package liberty
