package format

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
)

// DescriptorPrefix starts the name of every descriptor.
const DescriptorPrefix = "repo/"

// MaxNumber is the highest number that a descriptor's name holds.
const MaxNumber = 999_999

const (
	numberLen           = 6 // digits
	descriptorExtension = ".json"
)

// DescriptorName is a descriptor's name, taken apart. As a batch's, it proves content and author.
type DescriptorName struct {
	Number    int
	SHA256    [sha256.Size]byte
	Signature [ed25519.SignatureSize]byte // of the root key
}

// String is the object's key in the bucket.
func (n DescriptorName) String() string {
	return fmt.Sprintf("%s%06d-%x-%s%s", DescriptorPrefix, n.Number, n.SHA256,
		signatures.EncodeToString(n.Signature[:]), descriptorExtension)
}

// ParseDescriptorName takes a name apart; it accepts exactly those that String gives, for numbers from 1 on.
func ParseDescriptorName(s string) (DescriptorName, error) {
	var n DescriptorName
	base := strings.TrimSuffix(strings.TrimPrefix(s, DescriptorPrefix), descriptorExtension)
	if len(base) == numberLen+1+hashLen+1+signatureLen &&
		decodeHex(n.SHA256[:], base[numberLen+1:]) &&
		decodeSignature(&n.Signature, base[len(base)-signatureLen:]) {
		n.Number, _ = strconv.Atoi(base[:numberLen]) // 0 for what is none
	}
	if n.Number < 1 || n.String() != s {
		return DescriptorName{}, &notNamed{s, "not a descriptor"}
	}
	return n, nil
}

func (n DescriptorName) message(repository string) []byte {
	return fmt.Appendf(nil, "outlast descriptor v1\n%s\n%d\n%x\n", repository, n.Number, n.SHA256)
}

// SignedBy reports whether a root key signed the name, for a descriptor of that repository. It takes no bytes.
func (n DescriptorName) SignedBy(root ed25519.PublicKey, repository string) bool {
	return len(root) == ed25519.PublicKeySize && ed25519.Verify(root, n.message(repository), n.Signature[:])
}
