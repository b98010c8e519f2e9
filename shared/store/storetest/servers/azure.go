package servers

import (
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
)

// Account and AccountKey are the emulator's, the same everywhere and public:
// https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
const (
	Account    = "devstoreaccount1"
	AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==" //nolint:gosec // public
)

// AzureServer is a running azurite.
type AzureServer struct {
	*Server
	Endpoint string // http://127.0.0.1:PORT/devstoreaccount1
}

// Azure starts an Azure Blob server that ends with the test.
func Azure(t TB) *AzureServer {
	t.Helper()
	port := FreePort(t)
	endpoint := "http://127.0.0.1:" + port + "/" + Account
	process := start(t, endpoint, tool(t, "azurite-blob"),
		"--blobHost", "127.0.0.1", "--blobPort", port, "--location", folder(t, "data"),
		"--silent", "--disableTelemetry", "--skipApiVersionCheck")
	return &AzureServer{process, endpoint}
}

// Container makes a container and gives its name.
func (s *AzureServer) Container(t TB) string {
	t.Helper()
	name := freshName()
	if _, err := s.client(t, name).Create(t.Context(), nil); err != nil {
		t.Fatalf("create Azure container %s: %v", name, err)
	}
	return name
}

// CreateOnly gives a shared access signature, without its question mark, that may create blobs in the container and
// nothing else.
func (s *AzureServer) CreateOnly(t TB, container string) string {
	t.Helper()
	return s.Signed(t, container, "c")
}

// Signed gives a shared access signature, without its question mark, for what some of Azure's letters allow: c to create, r to
// read, l to list, i to set immutability policies.
func (s *AzureServer) Signed(t TB, container, letters string) string {
	t.Helper()
	may := func(letter string) bool { return strings.Contains(letters, letter) }
	permissions := sas.ContainerPermissions{Create: may("c"), Read: may("r"), List: may("l"), SetImmutabilityPolicy: may("i")}
	signed, err := s.client(t, container).GetSASURL(permissions, time.Now().Add(time.Hour), nil)
	if err != nil {
		t.Fatalf("sign for Azure container %s: %v", container, err)
	}
	_, token, _ := strings.Cut(signed, "?")
	return token
}

func (s *AzureServer) client(t TB, name string) *container.Client {
	t.Helper()
	key, err := container.NewSharedKeyCredential(Account, AccountKey)
	if err != nil {
		t.Fatalf("Azure account key: %v", err)
	}
	client, err := container.NewClientWithSharedKeyCredential(s.Endpoint+"/"+name, key, nil)
	if err != nil {
		t.Fatalf("Azure container %s: %v", name, err)
	}
	return client
}

// URL is the container's Outlast URL, credentials left out.
func (s *AzureServer) URL(container string) string {
	return "azblob://" + container + "?" + url.Values{
		"storage_account": {Account}, "endpoint": {s.Endpoint},
	}.Encode()
}
