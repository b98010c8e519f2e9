package main

import (
	"context"
	"fmt"

	"outlast.example/shared/doctor"
)

// clause is what one identity tries, what each store documents to answer, and how it is tried. Alternatives stand apart by
// " | "; a store without an answer has no such clause.
type clause struct {
	as              doctor.Role
	action          string
	s3, gcs, azblob string
	try             func(context.Context, *stage, clause) (seen string, err error)
}

func (c clause) want(scheme string) string {
	return map[string]string{"s3": c.s3, "gs": c.gcs, "azblob": c.azblob}[scheme]
}

// The refusals that stand for missing rights, and for locks:
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// https://cloud.google.com/storage/docs/json_api/v1/status-codes (a read is answered in XML, of which the status is seen)
// https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
const (
	denied3    = "403 AccessDenied"
	deniedG    = "403 forbidden"
	deniedA    = "403 AuthorizationPermissionMismatch"
	retainedG  = "403 retentionPolicyNotMet"
	immutableA = "409 BlobImmutableDueToPolicy"
)

// contract is what is relied upon, in the order in which it is tried: what an identity of the roles in infra/ may, and may not;
// what creates answer; what a lock holds against; what versions keep.
var contract = []clause{
	{doctor.Capture, "create under log/", could, could, could, doctored},
	{doctor.Capture, "create what is there", "412 PreconditionFailed", "412 conditionNotMet", "403 UnauthorizedBlobOverwrite", createAgain},
	{doctor.Capture, "create one name 16 times at once",
		"1 created, 412 PreconditionFailed | 1 created, 409 ConditionalRequestConflict, 412 PreconditionFailed",
		"1 created, 412 conditionNotMet | 1 created, 412 conditionNotMet, 429 rateLimitExceeded",
		"1 created, 403 UnauthorizedBlobOverwrite | 1 created, 403 UnauthorizedBlobOverwrite, 409 BlobAlreadyExists", createAtOnce},
	{doctor.Capture, "create with a byte altered on the way", "400 XAmzContentSHA256Mismatch | 400 BadDigest", "400 invalid", "400 Md5Mismatch", createAltered},
	{doctor.Capture, "create elsewhere", denied3, deniedG, deniedA, doctored},
	{doctor.Capture, "list", denied3, deniedG, deniedA, doctored},
	{doctor.Capture, "read", denied3, "403", deniedA, doctored},
	{doctor.Capture, "extend a lock", denied3, deniedG, deniedA, doctored},
	{doctor.Capture, "shorten a lock", denied3, deniedG, deniedA, doctored},
	{doctor.Capture, "overwrite", denied3, deniedG, "403 UnauthorizedBlobOverwrite", doctored},
	{doctor.Capture, "delete", denied3, deniedG, deniedA, doctored},

	{doctor.Reconcile, "create under log/", could, could, could, doctored},
	{doctor.Reconcile, "create what is there", "412 PreconditionFailed", "412 conditionNotMet", "403 UnauthorizedBlobOverwrite", createAgain},
	{doctor.Reconcile, "list", could, could, could, doctored},
	{doctor.Reconcile, "read", could, could, could, doctored},
	{doctor.Reconcile, "read a range", "the range", "the range", "the range", readRange},
	{doctor.Reconcile, "read past the end", "nothing", "nothing", "nothing", readPastEnd},
	{doctor.Reconcile, "read what is not there", "404 NoSuchKey", noObject, "404 BlobNotFound", readMissing},
	{doctor.Reconcile, "extend a lock", denied3, deniedG, deniedA, doctored},
	{doctor.Reconcile, "shorten a lock", denied3, deniedG, deniedA, doctored},
	{doctor.Reconcile, "overwrite", denied3, deniedG, "403 UnauthorizedBlobOverwrite", doctored},
	{doctor.Reconcile, "delete", denied3, deniedG, deniedA, doctored},

	{doctor.Keep, "create under log/", denied3, deniedG, deniedA, doctored},
	{doctor.Keep, "list", could, could, could, doctored},
	{doctor.Keep, "see a lock", could, could, could, doctored},
	{doctor.Keep, "extend a lock", could, could, could, doctored},
	{doctor.Keep, "shorten a lock", denied3, anyRefusal, anyRefusal, doctored},
	{doctor.Keep, "overwrite", denied3, deniedG, deniedA, doctored},
	{doctor.Keep, "delete", denied3, deniedG, deniedA, doctored},

	{doctor.Restore, "create under log/", denied3, deniedG, deniedA, doctored},
	{doctor.Restore, "list", could, could, could, doctored},
	{doctor.Restore, "read", could, could, could, doctored},
	{doctor.Restore, "extend a lock", denied3, deniedG, deniedA, doctored},
	{doctor.Restore, "shorten a lock", denied3, deniedG, deniedA, doctored},
	{doctor.Restore, "overwrite", denied3, deniedG, deniedA, doctored},
	{doctor.Restore, "delete", denied3, deniedG, deniedA, doctored},

	{administrator, "create what is there", "412 PreconditionFailed", "412 conditionNotMet", "409 BlobAlreadyExists", createAgain},
	{administrator, "create in a bucket that is not there", "404 NoSuchBucket", "404 notFound", "404 ContainerNotFound", createNowhere},
	{administrator, "list a bucket that is not there", "404 NoSuchBucket", "404 notFound", "404 ContainerNotFound", listNowhere},
	{administrator, "see the lock of a new object", lockedByDefault, lockedByDefault, lockedByDefault, seeDefaultLock},
	{administrator, "overwrite what is locked", denied3, retainedG, could, overwriteLocked}, // on Azure that makes a version
	{administrator, "shorten a lock", denied3, anyRefusal, anyRefusal, shortenLock},
	{administrator, "lift a lock", denied3, anyRefusal, "409 ImmutabilityPolicyDeleteOnLockedPolicy", liftLock},
	{administrator, "delete for good what is locked", denied3, retainedG, immutableA, eraseLocked},
	{administrator, "delete without naming a version", denied3, retainedG, "", hideLocked},

	{administrator, "read what was deleted", "404 NoSuchKey", noObject, "404 BlobNotFound", readHidden},
	{administrator, "list versions of what was deleted", "a version, a current marker", "a version", "a version", listHidden},
	{administrator, "read the version below", whole, whole, whole, readBeneath},
	{administrator, "create where one was deleted", created, created, created, createOverHidden},
	{administrator, "read the version below what was overwritten", whole, whole, whole, readOverwritten},
}

// Words for what was seen, where it is no store's answer.
const (
	could           = "could"
	created         = "created"
	whole           = "whole"
	noObject        = "no such object" // of a bucket that is there: GCS is asked twice
	lockedByDefault = "locked for 14 days"
)

// rows tries everything. What an error leaves open is a row that was not run.
func (s *stage) rows(ctx context.Context) []Row {
	var rows []Row
	for _, c := range contract {
		want := c.want(s.scheme)
		if want == "" {
			continue
		}
		seen, err := c.try(ctx, s, c)
		if err != nil {
			seen = fmt.Sprintf("%s: %v", notRun, err)
		}
		rows = append(rows, newRow(string(c.as), c.action, want, seen))
	}
	if s.brief {
		return rows
	}
	return append(rows, s.conform(ctx)...)
}
