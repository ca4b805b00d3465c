// Package cell makes a topology of the configuration of a traditional cell: the folder config/cells/CELL of a
// deployment manager's profile, or a copy of it. It says what the generator of plugin-cfg.xml starts from, so a
// topology can be had before there is any plugin-cfg.xml, and compared with the one that is in use.
//
// Read are, each where it stands in such a folder:
//
//   - clusters/*/cluster.xml: members, their nodes, weights and unique IDs
//   - nodes/*/serverindex.xml: where each server listens, and which are web servers
//   - nodes/*/servers/*/server.xml: clone IDs that somebody wrote, and what the servers do with sessions
//   - virtualhosts.xml: the aliases
//   - applications/*/deployments/*: deployment.xml (which cluster or server runs a web module),
//     META-INF/application.xml (context roots) and ibm-web-bnd.xml or .xmi (virtual hosts)
//
// What stands elsewhere (variables, plug-in properties, settings of single applications, modules whose descriptors are
// not there) is not read, and named where it matters.
//
// Sources: IBM's configDocs, which list the classes of these files and their attributes (ClusterMember, ServerEntry,
// NamedEndPoint, HostAlias, DeploymentTargetMapping), the redbooks' excerpts of serverindex.xml, and files of public
// repositories. No whole folder of a real cell is public: where a file differs, tell us.
//
// Start reading at topology.go.
package cell
