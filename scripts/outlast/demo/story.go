package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"outlast.example/shared/history"
)

// story is what happened in three made-up CRMs: the webhooks that they send about it, in the order of the events, and
// how their records stand at the end. The end is kept by the storyteller itself: nothing of it comes from the fold.
type story struct {
	webhooks []webhook
	want     map[history.Record]*expected
}

// webhook is one request that a CRM makes.
type webhook struct {
	source string
	header http.Header
	body   []byte
}

// expected is how a record stands when the story ends.
type expected struct {
	fields     map[string]json.RawMessage
	links      map[string]bool // "type/id" of other records
	deleted    bool
	mergedInto string // id
}

func (e *expected) live() bool { return !e.deleted && e.mergedInto == "" }

// tell makes the story of a seed: the same one each time.
func tell(seed uint64, events int) *story {
	t := &teller{
		rand:  rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // a story, not a secret
		now:   time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		story: &story{want: map[history.Record]*expected{}},
		alive: map[string][]history.Record{},
	}
	for range events {
		t.chapter()
	}
	return t.story
}

// teller is a story being told.
type teller struct {
	*story
	rand  *rand.Rand
	now   time.Time
	last  int                         // id given out last
	alive map[string][]history.Record // by "source/type"
}

// chapter lets something happen in one of the CRMs.
func (t *teller) chapter() {
	t.now = t.now.Add(time.Duration(1+t.rand.IntN(90)) * time.Second)
	switch n := t.rand.IntN(100); {
	case n < 50:
		t.hubspot()
	case n < 75:
		t.shop()
	default:
		t.ledger()
	}
}

// tick is the moment of the next event: no two are at the same one.
func (t *teller) tick() time.Time {
	t.now = t.now.Add(time.Millisecond)
	return t.now
}

func (t *teller) send(source string, header http.Header, payload any) {
	body, err := json.Marshal(payload)
	if err != nil {
		panic(err) // payloads are made of texts and numbers
	}
	t.webhooks = append(t.webhooks, webhook{source, header, body})
}

// born adds a record.
func (t *teller) born(source, typ, prefix string) history.Record {
	t.last++
	r := history.Record{Source: source, Type: typ, ID: fmt.Sprintf("%s%d", prefix, 4_100_000+t.last)}
	t.want[r] = &expected{fields: map[string]json.RawMessage{}, links: map[string]bool{}}
	t.alive[source+"/"+typ] = append(t.alive[source+"/"+typ], r)
	return r
}

// pick chooses a living record, if there are more than least.
func (t *teller) pick(source, typ string, least int) (history.Record, bool) {
	all := t.alive[source+"/"+typ]
	if len(all) <= least {
		return history.Record{}, false
	}
	return all[t.rand.IntN(len(all))], true
}

// ended takes a record from the living.
func (t *teller) ended(r history.Record) {
	place := r.Source + "/" + r.Type
	for i, other := range t.alive[place] {
		if other == r {
			t.alive[place] = append(t.alive[place][:i:i], t.alive[place][i+1:]...)
			return
		}
	}
}

// set states a field's value, and gives it as it is sent.
func (t *teller) set(r history.Record, field string, value any) json.RawMessage {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // values are texts and numbers
	}
	t.want[r].fields[field] = raw
	return raw
}

func (t *teller) one(of ...string) string { return of[t.rand.IntN(len(of))] }

func (t *teller) firstName() string {
	return t.one("Ada", "Grace", "Zoë", "Łukasz", "Nguyễn", "Anna-Lena", "José", "Aoife", "Jürgen", "美咲", "O'Neil",
		"Siobhán")
}

func (t *teller) lastName() string {
	return t.one("Lovelace", "Hopper", "García Márquez", "van den Berg", "Müller", "Şahin", "Kowalska", "李", "d'Arc", "Smith")
}

func (t *teller) company() string {
	return t.one("Nordwind", "Acme", "Blue Heron", "Kaffee & Kuchen", "Ćelik", "\"Quoted\"", "Tide") + " " +
		t.one("GmbH", "Ltd", "S.A.", "Inc", "AB")
}
