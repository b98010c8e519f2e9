package mutants

import "slices"

// all are the bugs. Those that change nothing that is promised have no place here.
var all = slices.Concat(capture, names, sealing, copying, reading, keeping, verifying, judging, changing, tested)

var capture = []Mutant{
	{"acknowledged one copy below the quorum", "replica/answer.go", `case holding >= m.policy.Quorum:`, `case holding >= m.policy.Quorum-1:`},
	{"refused while a quorum is possible", "replica/answer.go", `case holding+pending < m.policy.Quorum:`, `case holding+pending <= m.policy.Quorum:`},
	{"acknowledged at the deadline without a quorum", "replica/answer.go", `if !b.quorumAt.IsZero() {
		verdict`, `if b.encoded {
		verdict`},
	{"refused at the deadline with a quorum", "replica/answer.go", `if !b.quorumAt.IsZero() {
		verdict`, `if b.quorumAt.IsZero() {
		verdict`},
	{"no deadlines", "replica/answer.go", `if m.now.Before(d.deadline) {
			continue
		}
		rest = append(rest, all[:i]...)`, `if m.now.Before(d.deadline) || len(all) > 0 {
			continue
		}
		rest = append(rest, all[:i]...)`},
	{"stragglers waited for without end", "replica/answer.go", `if !m.now.Before(b.quorumAt.Add(m.policy.Straggler)) {
		return false
	}`, ``},
	{"a copy that is not known counts as stored", "replica/event.go", `return s == Stored || s == Existed }`, `return s == Stored || s == Existed || s == Unknown }`},
	{"every refusal means that the name is taken", "replica/result.go", `case errors.Is(err, store.ErrExists):`, `case errors.Is(err, store.ErrExists), errors.Is(err, store.ErrDenied):`},
	{"no answer means stored", "replica/result.go", `return OutcomeNoAnswer`, `return OutcomeStored`},
	{"a taken name means not stored", "replica/batch.go", `m.end(b, e.Bucket, Existed)`, `m.end(b, e.Bucket, Failed)`},
	{"busy is never tried again", "replica/batch.go", `case OutcomeBusy, OutcomeNoAnswer:`, `case OutcomeNoAnswer:`},
	{"a refusal after silence is a certain one", "replica/batch.go", `if c.unsure {`, `if false {`},
	{"attempts end before they begin", "replica/batch.go", `until := m.now.Add(m.patience(b, c.attempts))`, `until := m.now`},
	{"no batch waits for all its deliveries", "replica/group.go", `if d.deadline.After(b.horizon) {`, `if d.deadline.Before(b.horizon) {`},
	{"deliveries beyond a full batch are forgotten", "replica/group.go", `m.queue = slices.Delete(m.queue, 0, n)`, `m.queue = nil`},
	{"nothing wakes for a retry", "replica/machine.go", `if c.status == Pending && !c.retryAt.IsZero() {`, `if c.status != Pending && !c.retryAt.IsZero() {`},
	{"a batch ends while creates are under way", "replica/answer.go", `if pending == 0 && len(b.deliveries) == 0 {`, `if len(b.deliveries) == 0 {`},
	{"an empty name for what is stored", "format/batch.go", `SHA256: sha256.Sum256(object)`, `SHA256: sha256.Sum256(nil)`},
}

var names = []Mutant{
	{"signatures of batches are not checked", "format/open.go", `case !k.signedBy(o.descriptor.Repository, receiver.Key):`, `case false:`},
	{"a batch's signature leaves out the repository", "format/key.go", `"outlast batch v1\n%s\n%s\n%x\n%x\n%s\n",
		repository, k.Time`, `"outlast batch v1\n%s\n%x\n%x\n%s\n",
		k.Time`},
	{"a batch's signature leaves out the time", "format/key.go", `repository, k.Time.UTC().Format(stamp), k.Nonce, k.SHA256`, `repository, stamp, k.Nonce, k.SHA256`},
	{"a batch's signature leaves out the nonce", "format/key.go", `k.Time.UTC().Format(stamp), k.Nonce, k.SHA256, k.Receiver)
}`, `k.Time.UTC().Format(stamp), "", k.SHA256, k.Receiver)
}`},
	{"a batch's signature leaves out the hash", "format/key.go", `k.Time.UTC().Format(stamp), k.Nonce, k.SHA256, k.Receiver)
}`, `k.Time.UTC().Format(stamp), k.Nonce, "", k.Receiver)
}`},
	{"bytes are not held against the name", "format/open.go", `if sha256.Sum256(object) != k.SHA256 {`, `if sha256.Sum256(object) == k.SHA256 && len(object) == 0 {`},
	{"signatures of seals are not checked", "format/seal_name.go", `case len(sealer.Key) != ed25519.PublicKeySize || !ed25519.Verify(sealer.Key, s.message(d.Repository), s.Signature[:]):`, `case len(sealer.Key) != ed25519.PublicKeySize:`},
	{"the root key's signature is not checked", "format/descriptor.go", `case CheckRepository(head.Repository) != nil || !ed25519.Verify(root, n.message(head.Repository), n.Signature[:]):`, `case CheckRepository(head.Repository) != nil:`},
	{"the oldest descriptor counts", "format/descriptor.go", `return a.Number - b.Number })`, `return b.Number - a.Number })`},
	{"one bucket too few counts as complete", "format/descriptor.go", `return len(d.Buckets) - d.Quorum + 1 }`, `return len(d.Buckets) - d.Quorum }`},
}

var sealing = []Mutant{
	{"sealed from one listing", "reconcile/seal.go", `return p.Descriptor.Complete(counted) && `, `return counted >= 1 && `},
	{"a new bucket counts as complete", "reconcile/seal.go", `return !b.CompleteSince.IsZero() && b.CompleteSince.Before(at.Add(time.Hour))`, `return b.CompleteSince.Before(at.Add(time.Hour))`},
	{"sealed without waiting for a bucket", "reconcile/seal.go", `(complete == len(p.buckets) && !p.leavesOut() || p.waited(h.at))`, `(complete > 0 || p.waited(h.at))`},
	{"sealed within the grace", "reconcile/seal.go", `!p.Now.Before(at.Add(time.Hour+Grace))`, `!p.Now.Before(at.Add(time.Hour))`},
	{"sealed after an hour that is not", "reconcile/seal.go", `if !p.chain || !p.enough(h) ||`, `if !p.enough(h) ||`},
	{"a seal names none before it", "reconcile/seal.go", `hashes = append(hashes, fmt.Sprintf("%x", n.SHA256))`, `_, hashes = fmt.Sprintf("%x", n.SHA256), nil`},
	{"a seal says that all buckets were listed", "reconcile/seal.go", `if h.complete(i) {
			own.Listed`, `if i >= 0 {
			own.Listed`},
	{"a seal leaves out what is late", "reconcile/seal.go", `Late: p.lateAt(ctx, h.at),`, `Late: nil,`},
	{"what the hour's seals list is called late", "reconcile/batch.go", `late := !h.roll.take(name) && h.judged`, `late := (!h.roll.take(name) || true) && h.judged`},
	{"what later seals list is called late once more", "reconcile/late.go", `delete(p.late, o.Key)`, `_ = o`},
	{"what is late in older hours is not sealed", "reconcile/hour.go", `all && !h.seal && (`, `all && !h.seal && p.recent(at) && (`},
	{"what is late before the first seal is not sealed", "reconcile/hour.go", `return at.Before(first) && (`, `return at.IsZero() && (`},
	{"signed although the seal leaves out a batch", "format/seal.go", `holds(s.Objects, o.Objects) && `, ``},
	{"signed although it names fewer seals before it", "format/seal.go", ` && holds(s.Previous, o.Previous)`, ``},
	{"a signature without its seal", "reconcile/seal.go", `func(name string) bool { return !s.held[i][name] }) {`, `func(name string) bool { return name == "?" }) {`},
	{"seals are not spread", "reconcile/seal.go", `if p.wanted(h, s, n.String()) {`, `if false {`},
	{"signatures are not spread", "reconcile/seal.go", `if p.wanted(h, s, signature.String()) {`, `if false {`},
	{"a refused seal counts as placed", "reconcile/seal.go", `if err := p.placeIn(ctx, i, name, content); err != nil {`, `if err := p.placeIn(ctx, i, name, content); err != nil && ctx.Err() != nil {`},
	{"the size of the first copy stands in the seal", "reconcile/batch.go", `slices.ContainsFunc(b.Copies, func(row listing.Row) bool { return row.Size != size }) {`, `size < 0 {`},
	{"the size that one bucket alone says stands in the seal", "reconcile/batch.go", `if read && alone ||`, `if read && alone && size < 0 ||`},
	{"sealed without a batch that is not known", "reconcile/batch.go", `copies.incomplete(b, err)`, ``},
	{"what is nowhere sound stops all seals", "reconcile/copies.go", `return c.waited(c.at)`, `return c.at.IsZero()`},
	{"what is nowhere sound is sealed as late", "reconcile/copies.go", `delete(c.late, name)`, `_ = name`},
}

var copying = []Mutant{
	{"forged batches are copied and sealed", "reconcile/batch.go", `if err := p.opener.CheckName(b.Key); err != nil {`, `if err := error(nil); err != nil {`},
	{"damaged batches are copied", "reconcile/batch.go", `err = p.opener.CheckBytes(b.Key, object)`, `err = nil`},
	{"half a listing is taken for the whole", "reconcile/batch.go", `h.unknown[row.Bucket] = true`, `_ = h`},
	{"a bucket that lacks a batch is called complete", "reconcile/hour.go", `return !h.unknown[bucket] && !h.lacking[bucket] }`, `return !h.unknown[bucket] }`},
	{"a listing that breaks off is not reported", "reconcile/batch.go", `p.fails(row.Bucket, 0, row.Err)`, ``},
	{"a copy that failed is not reported", "reconcile/copies.go", `c.fails(bucket, 1, err)`, ``},
	{"recent hours are not listed again", "reconcile/reconcile.go", `recent = 26 * time.Hour`, `recent = 1 * time.Hour`},
	{"hours are not listed again on demand", "reconcile/hour.go", `return p.Relist || p.recent(at) ||`, `return p.recent(at) ||`},
	{"older hours have no turn", "reconcile/hour.go", `if p.due(younger) &&`, `if p.due(at) && p.Now.Before(at) &&`},
	{"names before the repository are not looked for", "reconcile/run.go", `p.before(ctx, h.first)`, ``},
	{"what is lost is forgotten", "reconcile/run.go", `if !p.search(ctx, lost) {`, `if len(lost) < 0 {`},
	{"no note is left of what is lost", "reconcile/lost.go", `p.complete(ctx, name, nil, held, unknown)`, `held[name] = map[int]bool{0: true}`},
	{"what is lost is called equal", "reconcile/report.go", `r.Next.IsZero() && r.Lost == 0`, `r.Next.IsZero()`},
	{"descriptors are not copied", "reconcile/pages.go", `p.complete(ctx, name, object, held, unknown) // last`, `_ = object // last`},
	{"recovery pages are not copied", "reconcile/pages.go", `p.complete(ctx, format.RecoveryName(d.Number), format.RecoveryPage(d), held, unknown)`, ``},
	{"listings are not merged", "listing/listing.go", `first := slices.MinFunc(heads, func(a, b *head) int { return cmp.Compare(a.row.Key, b.row.Key) })`, `_, first := cmp.Compare(0, 0), heads[0]`},
	{"a bucket away ends the run as equal", "reconcile/report.go", `r.Equal = r.Equal && b.Error == "" && b.Missing == 0`, `r.Equal = r.Equal && b.Missing == 0`},
}

var reading = []Mutant{
	{"the first copy is the only one that is read", "restore/batch.go", `return o, content, true
			}`, `return o, content, true
			}
			break`},
	{"a damaged copy stands for the sound ones", "restore/batch.go", `return content, r.opener.CheckBytes(key, content)`, `return content, nil`},
	{"the first value written stays", "history/register.go", `case c < 0:
		return s
	case c > 0:
		return r`, `case c < 0:
		return r
	case c > 0:
		return s`},
	{"restored from too few buckets, and called complete", "restore/outcome.go", `if promised.Complete(counted) {`, `if counted > 0 {`},
	{"the sequence of the CRM does not count", "history/moment.go", `return cmp.Compare(a.seq, b.seq)`, `return cmp.Compare(b.seq, a.seq)`},
}
