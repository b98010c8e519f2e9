package mutants

// changing are bugs of what the next descriptor may say.
var changing = []Mutant{
	{"a bucket counts as complete whatever it lacks", "descriptors/next/plan.go", `if !slices.Contains(p.Is.Buckets, b) {`, `if slices.Contains(p.Is.Buckets, b) {`},
	{"what a new bucket holds is what it should", "descriptors/next/plan.go", `listing.FirstMissing(ctx, bucket.Bucket, other.Bucket,`, `listing.FirstMissing(ctx, other.Bucket, bucket.Bucket,`},
	{"after a listing that broke off nothing is missing", "listing/missing.go", `		if err != nil {
			return "", err
		}
		if wanted`, `		if err != nil {
			return "", nil
		}
		if wanted`},
	{"a bucket is removed whatever it alone holds", "descriptors/next/removed.go", `for _, b := range p.complete() {`, `for _, b := range p.complete()[:0] {`},
}
