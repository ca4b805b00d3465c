// Package probe makes the plugin-cfg.xml that is given to a plug-in which is to be asked: the file of a user, whose
// servers stand on other ports, and, where that is wanted, a virtual host, groups and clusters of its own, made so
// that open choices show.
//
// It knows elements and attributes. It opens no ports and decides nothing.
//
// Start at [Add] and [Point]; shapes.go has what is added, and why each cluster is as it is.
package probe
