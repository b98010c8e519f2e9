// Package config is the one place where every variable is named, read and explained.
//
// A setting is a field of Config with a yaml key, an environment variable and, where there is one, a default. The comment
// on the field is what "outlast help config" says about it: settings.go itself is embedded and read for that page.
package config

import "time"

// Config is everything that Outlast can be told.
type Config struct {
	// The repository's UUID, the same for all its buckets. "outlast keygen" makes it.
	Repository string `yaml:"repository" env:"REPOSITORY"`

	// The public half of the offline root key that signs the repository's descriptors: the base64 text that "outlast
	// keygen" prints. It is pinned here because whoever holds the buckets could replace a key that is kept in them.
	RootPublicKey string `yaml:"root_public_key" env:"ROOT_PUBLIC_KEY"`

	// The buckets that hold the same objects: s3://bucket/prefix?region=…, gs://bucket/prefix,
	// azblob://container/prefix?storage_account=…, file:///folder. Usually three, one per provider.
	Buckets []string `yaml:"buckets" env:"BUCKETS"`

	// How buckets of other clouds are reached by this process's own identity, without a stored key. Left out, each bucket
	// is reached as its cloud's SDK finds credentials.
	Federation Federation `yaml:"federation" envPrefix:"FEDERATION_"`

	// How many buckets must hold a delivery before its CRM hears 2xx. Left out, it is the majority: 2 of 3.
	Quorum int `yaml:"quorum" env:"QUORUM"`

	// The age recipients that every batch is encrypted to, two at least: one lost identity must not lose everything.
	Recipients []string `yaml:"recipients" env:"RECIPIENTS"`

	// Files with age identities, the private halves of recipients. Only reading needs one; a receiver never has one.
	Identities []string `yaml:"identities" env:"IDENTITIES"`

	// Who signs what this deployment captures.
	Receiver Signer `yaml:"receiver" envPrefix:"RECEIVER_"`

	// Who seals hours, in the cloud where "outlast reconcile" runs. Left out, it copies and does not seal.
	Sealer Signer `yaml:"sealer" envPrefix:"SEALER_"`

	// Every receiver whose batches count, this one included, as "name public-key". init writes them into the descriptor,
	// which is what readers trust.
	Receivers []string `yaml:"receivers" env:"RECEIVERS"`

	// Every sealer whose seals count, in the same form. init writes them into the first descriptor; later ones come in by
	// "outlast descriptor next --add-sealer".
	Sealers []string `yaml:"sealers" env:"SEALERS"`

	// The CRM connections that are listened to. Each has its own address, /v1/hooks/NAME.
	Sources []Source `yaml:"sources" env:"-"`

	// Scheme and host that the CRMs call, and the path before /v1/hooks where there is one. HubSpot signs the address it
	// called, which a proxy or a function runtime hides. "outlast serve" on the loopback needs none.
	PublicURL string `yaml:"public_url" env:"PUBLIC_URL"`

	// Address and port that "outlast serve" listens on. It is the loopback: TLS belongs to a proxy in front.
	Listen string `yaml:"listen" env:"LISTEN" envDefault:"127.0.0.1:8080"`

	// How long capture takes and what it may hold meanwhile.
	Limits Limits `yaml:"limits" envPrefix:"LIMITS_"`

	// How log lines are written: text or json.
	LogFormat string `yaml:"log_format" env:"LOG_FORMAT" envDefault:"text"`

	// The least level that is logged: debug, info, warn or error.
	LogLevel string `yaml:"log_level" env:"LOG_LEVEL" envDefault:"info"`
}

// Signer is a name in the descriptor, and the key that signs for it: a receiver's or a sealer's.
type Signer struct {
	// The name, as the descriptor knows it.
	Name string `yaml:"name" env:"NAME"`

	// The Ed25519 private key, PEM (PKCS #8). A file is safer: see key_file.
	Key Secret `yaml:"key" env:"KEY"`

	// The file that holds the private key.
	KeyFile string `yaml:"key_file" env:"KEY_FILE"`
}

// Source is one CRM connection.
type Source struct {
	// The source's name: lower-case letters, digits and dashes. It is part of the address that the CRM calls, and tells
	// tenants apart.
	Name string `yaml:"name"`

	// The CRM's protocol: attio, close, cloudevents, dynamics, espocrm, generic, hubspot, pipedrive, salesforce,
	// standard-webhooks, sugarcrm, suitecrm or zoho. Each has a page in shared/crm.
	Kind string `yaml:"kind"`

	// What proves that a request comes from the CRM. Any of several counts, so that a secret can be rotated.
	Secrets []Secret `yaml:"secrets" variable:"SOURCE_<NAME>_SECRETS"`

	// Files that hold such secrets, one a line. In the environment it is one file; NAME is in capitals, with _ for -.
	SecretFiles []string `yaml:"secret_files" variable:"SOURCE_<NAME>_SECRETS_FILE"`

	// Where credentials travel that the kind knows nothing of, such as a gateway's key: header:NAME, query:NAME or
	// path:POSITION (4 is what follows the source's name). They are cut out before storing, like those that always are:
	// the headers Authorization, Proxy-Authorization, Cookie, X-Api-Key, X-Functions-Key and X-Serverless-Authorization,
	// and the parameter code. A signature that covers the address, such as HubSpot's v2 and v3, cannot be verified again
	// from what is kept once a part of the address is cut.
	Credentials []string `yaml:"credentials" variable:"SOURCE_<NAME>_CREDENTIALS"`

	// The name under which Amazon EventBridge passes this source's events to the Lambda function, such as Salesforce's event
	// relay does: aws.partner/salesforce.com/ORGANIZATION/CHANNEL. Only events of this very name are taken as this source's;
	// without it, none are.
	EventSource string `yaml:"event_source"`

	// What only this kind knows: the kind's page in shared/crm names its options.
	Options map[string]string `yaml:"options"`
}

// Federation says by which identity the buckets of other clouds are reached: the own cloud vouches for the process, and
// the other one trusts that.
type Federation struct {
	// The cloud that this process runs in, and whose identity vouches for it: aws, gcp or azure. Its own buckets need no
	// other cloud's token. Left out, nothing below counts, so that one file serves several places.
	From string `yaml:"from" env:"FROM"`

	// Whom the own cloud's tokens must name, or none is sent anywhere: the role's ARN (aws), the service account's number
	// (gcp), the managed identity's object id (azure). Left out, whoever the process is.
	Subject string `yaml:"subject" env:"SUBJECT"`

	// How s3:// buckets are reached from gcp or azure.
	AWS FederationAWS `yaml:"aws" envPrefix:"AWS_"`

	// How gs:// buckets are reached from aws or azure.
	GCP FederationGCP `yaml:"gcp" envPrefix:"GCP_"`

	// How azblob:// containers are reached from aws or gcp.
	Azure FederationAzure `yaml:"azure" envPrefix:"AZURE_"`
}

// FederationAWS is a role that trusts the own cloud's identity.
type FederationAWS struct {
	// The ARN of the IAM role to assume, by AssumeRoleWithWebIdentity.
	Role string `yaml:"role" env:"ROLE"`

	// The region whose STS is asked. Left out, AWS_REGION.
	Region string `yaml:"region" env:"REGION"`

	// What the own cloud's token is made out to; the role's trust pins it. From gcp it is sts.amazonaws.com if left out;
	// from azure it is the application that stands for AWS in Entra: api://… or its client id.
	Audience string `yaml:"audience" env:"AUDIENCE"`
}

// FederationGCP is a workload identity pool's provider that trusts the own cloud's identity.
type FederationGCP struct {
	// The provider: //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER.
	Provider string `yaml:"provider" env:"PROVIDER"`

	// The e-mail address of the service account to act as. Left out, the bucket's own policy names the federated identity.
	ServiceAccount string `yaml:"service_account" env:"SERVICE_ACCOUNT"`

	// What the own cloud's token is made out to; the provider pins it. From aws it is the provider with https: in front
	// if left out, which a provider accepts by itself; from azure it is the application that stands for Google in Entra.
	Audience string `yaml:"audience" env:"AUDIENCE"`
}

// FederationAzure is an application or a user-assigned identity with a federated credential that trusts the own cloud's
// identity.
type FederationAzure struct {
	// The Entra tenant's id.
	Tenant string `yaml:"tenant" env:"TENANT"`

	// The client id of the application, or of the user-assigned managed identity.
	Client string `yaml:"client" env:"CLIENT"`

	// What the own cloud's token is made out to; the federated credential pins it. Left out, api://AzureADTokenExchange.
	Audience string `yaml:"audience" env:"AUDIENCE"`
}

// Limits bound time and memory.
type Limits struct {
	// The time from a delivery's arrival to its answer. HubSpot hangs up after 5 s, and the answer needs time to travel.
	Deadline time.Duration `yaml:"deadline" env:"DEADLINE" envDefault:"4s"`

	// How long a delivery that has its quorum waits for a slow bucket, so that all hold it before the CRM is answered.
	Straggler time.Duration `yaml:"straggler" env:"STRAGGLER" envDefault:"1500ms"`

	// The time that one attempt to create an object may take before it is tried again.
	Attempt time.Duration `yaml:"attempt" env:"ATTEMPT" envDefault:"1500ms"`

	// The largest body that is accepted. A function's runtime may allow less: Lambda's 6 MiB hold 4.5 MB of body.
	MaxBody Bytes `yaml:"max_body" env:"MAX_BODY" envDefault:"6MiB"`

	// The largest batch before compression: when it is reached, the batch is written and the next one begins.
	BatchBytes Bytes `yaml:"batch_bytes" env:"BATCH_BYTES" envDefault:"8MiB"`

	// The most deliveries in a batch.
	BatchLines int `yaml:"batch_lines" env:"BATCH_LINES" envDefault:"1000"`

	// What all deliveries that wait for an answer may hold together; beyond it a CRM hears 503 and comes back later.
	Memory Bytes `yaml:"memory" env:"MEMORY" envDefault:"64MiB"`

	// What batches on their way to one bucket may hold: the price of a bucket that hangs.
	Backlog Bytes `yaml:"backlog" env:"BACKLOG" envDefault:"64MiB"`
}
