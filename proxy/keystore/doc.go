// Package keystore reads what stands behind https: the key store that a Transport names, with its stash file, and the
// certificate of a listener.
//
// It knows files, their forms and what they hold, and makes a tls.Config of it. It knows no connection, no member and
// no plugin-cfg.xml: whoever asks says where in the configuration a key store is named. What it cannot read is an
// error that says what to do, never a silent fallback.
//
// Start in ring.go: Read. The forms of key stores stand in forms.go, the certificate of a listener, which is read
// again when it changes, in certificate.go.
package keystore
