package keystore

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// pkcs12Blocks reads a .p12 of keys (RFC 7292), or one that holds certificates to trust alone, as WebSphere's
// trust.p12. The library has a function for each of the two. Where neither reads it, the error of the first is told; a
// password that is wrong for one is wrong for both.
func pkcs12Blocks(data []byte, password string) ([]*pem.Block, error) {
	//lint:ignore SA1019 the only function that tells the labels of certificates
	blocks, err := pkcs12.ToPEM(data, password)
	if err == nil || errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return blocks, err
	}
	certs, trustErr := pkcs12.DecodeTrustStore(data, password)
	if trustErr != nil {
		return nil, err
	}
	for _, c := range certs {
		blocks = append(blocks, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return blocks, nil
}

// pemBlocks reads PEM (RFC 7468): certificates and keys in any order, with any text between them, as openssl writes
// it.
func pemBlocks(data []byte) (blocks []*pem.Block) {
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return blocks
		}
		blocks = append(blocks, b)
	}
}

// stash2Size is the size of stash files of version 2, which GSKit 8.0.50.69 and later writes (IBM support,
// node/568257).
const stash2Size = 193

// unstash reads the password from a stash file of version 1: each byte is combined with F5, and F5 itself ends it.
// Those of version 2 have a form that IBM keeps to itself.
func unstash(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("stash file: %w", err)
	}
	if len(data) == stash2Size {
		return "", fmt.Errorf(
			"stash file %s is of version 2 (GSKit 8.0.50.69 and later), whose form is not public", path)
	}
	var b strings.Builder
	for _, c := range data {
		c ^= 0xf5
		if c == 0 {
			return b.String(), nil
		}
		if c < ' ' || c > '~' { // no password has that: the file is something else
			break
		}
		b.WriteByte(c)
	}
	return "", fmt.Errorf("stash file %s holds no password of version 1, the only form that is public", path)
}

// parseKey reads the forms in which tools write a private key: PKCS #8, the older PKCS #1 for RSA, and SEC 1 for
// elliptic curves.
func parseKey(der []byte) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if s, ok := key.(crypto.Signer); ok {
			return s, nil
		}
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	return x509.ParseECPrivateKey(der)
}
