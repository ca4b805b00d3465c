package coretest

// TwoApplications has /app/* on C, with a backup and a retired server, and /shop/* on D, whose cookie is SHOPSESSION.
const TwoApplications = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C" CLUSTER>
 <Server Name="m1" CloneID="clone1"><Transport Hostname="h1" Port="1"/></Server>
 <Server Name="m2" CloneID="clone2"><Transport Hostname="h2" Port="1"/></Server>
 <Server Name="m3" CloneID="kept03"><Transport Hostname="h3" Port="1"/></Server>
 <Server Name="m4" CloneID="gone04"><Transport Hostname="h4" Port="1"/></Server>
 <PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers><BackupServers><Server Name="m3"/></BackupServers>
</ServerCluster>
<ServerCluster Name="D"><Server Name="d1" CloneID="shop1"><Transport Hostname="h5" Port="1"/></Server></ServerCluster>
<ServerCluster Name="E"><Server Name="e1"><Transport Hostname="h6" Port="1"/></Server><Server Name="e2"><Transport Hostname="h7" Port="1"/></Server></ServerCluster>
<ServerCluster Name="F" CLUSTER><Server Name="f1" CloneID="only1"><Transport Hostname="h8" Port="1"/></Server></ServerCluster>
<UriGroup Name="app"><Uri Name="/app/*"/><Uri Name="/sid/*" AffinityURLIdentifier="sid"/></UriGroup>
<UriGroup Name="shop"><Uri Name="/shop/*" AffinityCookie="SHOPSESSION"/><Uri Name="/shopadmin/*"/></UriGroup>
<UriGroup Name="none"><Uri Name="/none/*"/></UriGroup>
<UriGroup Name="one"><Uri Name="/one/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="app" VirtualHostGroup="v"/>
<Route ServerCluster="D" UriGroup="shop" VirtualHostGroup="v"/>
<Route ServerCluster="E" UriGroup="none" VirtualHostGroup="v"/>
<Route ServerCluster="F" UriGroup="one" VirtualHostGroup="v"/>
</Config>`
