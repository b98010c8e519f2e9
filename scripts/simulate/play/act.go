package play

import (
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/scene"
)

// act carries one act out.
func (w *World) act(a scene.Act) {
	switch a.Kind {
	case scene.Webhooks:
		w.crm.tell(a.N, a.Seed)
	case scene.Kill:
		w.kill(w.receivers[a.On], a.For)
	case scene.Reconcile:
		w.clouds[a.On].start(a, false)
	case scene.Keep:
		w.extenders[a.On].start(a)
	case scene.Verify:
		w.auditor.start(a)
	case scene.Status:
		w.auditor.ask()
	case scene.Next:
		w.operator.change(a.On)
	case scene.Trouble:
		w.say("TROUBLE    %s", a)
		end := w.buckets[a.On].Trouble(a.Trouble)
		w.loop.After(a.For, end)
	default:
		w.harm(a)
	}
}

// kill ends a receiver, and begins it again.
func (w *World) kill(r *receiver, pause time.Duration) {
	if !r.alive {
		return
	}
	w.Counts.Kills++
	w.say("KILL       %s", r.name())
	r.kill()
	w.loop.After(pause, r.begin)
}

// victim reports whether the bucket is the one that an act destroys or may destroy.
func (w *World) victim(bucket int) bool { return w.victims[bucket] }

// excused reports whether an administrator, or an accident, may have taken from a bucket what somebody saw or left there since
// some moment. What a bucket confirms that lies was never there.
func (w *World) excused(bucket int, since time.Time) bool {
	return w.victim(bucket) && (!w.harmed[bucket].Before(since) || w.Counts.Faults[string(cloud.Lying)] > 0)
}

func victims(acts []scene.Act) map[int]bool {
	all := map[int]bool{}
	for _, a := range acts {
		if a.Destroys() {
			all[a.On] = true
		}
	}
	return all
}

// remember takes the snapshots that the bucket will be rolled back to.
func (w *World) remember(a scene.Act) {
	if a.Kind != scene.RollBack {
		return
	}
	w.loop.At(scene.Begin.Add(max(0, a.At-a.For)), func() { w.snapshots[a.Seed] = w.buckets[a.On].Snapshot() })
}
