package storetest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

func (k *kit) put(user string, id int64, key, value string) {
	k.Helper()
	k.must(ability[forge.Annotator](k, user).Put(k.Context(), id, key, json.RawMessage(value)), "put "+key)
}

// extra checks what an entry holds for the application.
func (k *kit) extra(user string, id int64, want map[string]string, when string) {
	k.Helper()
	got := map[string]string{}
	for key, value := range k.entry(user, id).Extra {
		got[key] = string(value)
	}
	k.equal(got, want, when)
}

var extraCases = []testCase{
	{"a value comes back with its spelling, and a later one replaces it", func(k *kit) {
		id := k.decide(ada, 1, match(80, "Text.")).ID
		if k.entry(ada, id).Extra != nil {
			k.Error("a job of which nothing is kept has an Extra")
		}
		all := map[string]string{
			"crm.id": `"a<b>&\u0000\ud83d\ude00é` + "\u2028" + `"`,
			"A-1_b":  `{"b":1.0,"a":[1e3,null,true],"b":2}`,
			"0":      `12345678901234567890`, "false": `false`, "empty": `""`,
		}
		for key, value := range all {
			k.put(ada, id, key, value)
		}
		k.extra(ada, id, all, "as it was put")
		k.put(ada, id, "0", " {\n\t\"a\" : [ 1 , \"b c\" ]\r\n} ")
		all["0"] = `{"a":[1,"b c"]}`
		k.extra(ada, id, all, "without white space that means nothing")
		k.put(ada, id, "0", `{"a":[1,"b c"]}`)
		k.extra(ada, id, all, "after a repeat")
	}},
	{"an empty value and null remove the key", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		k.put(ada, id, "a", `1`)
		k.put(ada, id, "b", `2`)
		k.put(ada, id, "a", ``)
		k.extra(ada, id, map[string]string{"b": `2`}, "after an empty value")
		k.put(ada, id, "b", ` null `)
		if k.entry(ada, id).Extra != nil {
			k.Error("a job whose last key was removed has an Extra")
		}
		k.put(ada, id, "b", ``)
		k.must(ability[forge.Annotator](k, ada).Put(k.Context(), id, "b", nil), "remove what is not there")
	}},
	{"nothing else that happens to a job changes it, and Put changes nothing else", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		k.put(ada, id, "a", `1`)
		want := map[string]string{"a": `1`}
		j := k.take(ada)
		k.extra(ada, id, want, "under a claim")
		k.put(ada, id, "a", `2`)
		want["a"] = `2`
		k.record(ada, j.Lease, match(80, "Text."))
		k.extra(ada, id, want, "after a decision")
		k.mark(ada, id, lead.Applied)
		before := k.entry(ada, id)
		k.advance(lease)
		k.put(ada, id, "b", `3`)
		want["b"] = `3`
		after := k.entry(ada, id)
		k.extra(ada, id, want, "after a mark")
		after.Extra = before.Extra
		k.equal(after, before, "the rest of the entry")
		k.mark(ada, id, lead.Matched)
		k.reopen(ada, store.Selection{IDs: []int64{id}})
		k.record(ada, k.take(ada).Lease, reject(5))
		k.extra(ada, id, want, "after a rejection")
		k.reopen(ada, store.Selection{IDs: []int64{id}})
		k.release(ada, k.take(ada).Lease, store.Outcome{Status: lead.Closed})
		k.sync(ada, leadOf(1))
		k.extra(ada, id, want, "of a closed job")
	}},
	{"no user sees or changes what another keeps", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		k.sync(bob, leadOf(1))
		k.put(ada, id, "a", `1`)
		k.put(bob, id, "a", `2`)
		k.put(bob, id, "b", `3`)
		k.extra(ada, id, map[string]string{"a": `1`}, "ada's")
		k.put(ada, id, "a", ``)
		k.extra(bob, id, map[string]string{"a": `2`, "b": `3`}, "bob's")
		err := ability[forge.Annotator](k, cyd).Put(k.Context(), id, "a", json.RawMessage(`1`))
		k.fails(err, store.ErrNotFound, "put by a user who has no such job")
		err = ability[forge.Annotator](k, ada).Put(k.Context(), id+1000, "a", nil)
		k.fails(err, store.ErrNotFound, "remove of a job that does not exist")
		entries, _ := k.list(ada, store.Filter{Statuses: every().Statuses, ExtraKey: "b"})
		k.equal(len(entries), 0, "ada's jobs by a key of bob")
	}},
	{"a listing is limited to a key and a value", func(k *kit) {
		ids := map[int]int64{}
		for n, value := range []string{`"yes"`, `"no"`, ` "yes" `, ``, `{"a": 1}`} {
			ids[n] = k.decide(ada, n, match(50+n, "Text.")).ID
			k.put(ada, ids[n], "good", value)
			k.put(ada, ids[n], "other", `"yes"`)
		}
		for _, c := range []struct {
			name, key, value string
			want             []int
		}{
			{"a key", "good", ``, []int{4, 2, 1, 0}},
			{"a value", "good", `"yes"`, []int{2, 0}},
			{"a value with white space", "good", ` {"a" : 1}`, []int{4}},
			{"a value that no job has", "good", `"maybe"`, nil},
			{"a key that no job has", "better", ``, nil},
			{"the key of another", "other", `"yes"`, []int{4, 3, 2, 1, 0}},
		} {
			k.each(c.name, func(k *kit) {
				var got, want []int64
				f := store.Filter{Limit: 2, ExtraKey: c.key, ExtraValue: json.RawMessage(c.value)}
				again := k.atMost(4, "pages: the cursor of the last page must be empty")
				for {
					again()
					entries, next := k.list(ada, f)
					for _, e := range entries {
						got = append(got, e.ID)
					}
					if f.Cursor = next; next == "" {
						break
					}
				}
				for _, n := range c.want {
					want = append(want, ids[n])
				}
				k.equal(got, want, "listed")
			})
		}
	}},
	{"keys and values that break the contract are refused and nothing is stored", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		long := `"` + strings.Repeat("x", store.MaxExtraBytes-2) + `"`
		for _, c := range []struct{ name, key, value string }{
			{"no key", "", `1`},
			{"a space", "a b", `1`},
			{"a dot in front", ".a", `1`},
			{"a slash", "a/b", `1`},
			{"a letter of another alphabet", "ключ", `1`},
			{"a line break", "a\n", `1`},
			{"a long key", strings.Repeat("k", store.MaxExtraKeyBytes+1), `1`},
			{"no JSON", "a", `yes`},
			{"two values", "a", `1 2`},
			{"half a value", "a", `{"a":`},
			{"invalid UTF-8", "a", "\"\xff\""},
			{"a long value", "a", long[:1] + "y" + long[1:]},
			{"white space alone", "a", "  "},
		} {
			k.each(c.name, func(k *kit) {
				err := ability[forge.Annotator](k, ada).Put(k.Context(), id, c.key, json.RawMessage(c.value))
				k.fails(err, store.ErrInvalid, "put")
			})
		}
		for _, f := range []store.Filter{
			{ExtraKey: "a b"},
			{ExtraValue: json.RawMessage(`1`)},
			{ExtraKey: "a", ExtraValue: json.RawMessage(`yes`)},
		} {
			_, _, err := ability[forge.Lister](k, ada).List(k.Context(), f)
			k.fails(err, store.ErrInvalid, fmt.Sprintf("list by %q with %s", f.ExtraKey, f.ExtraValue))
		}
		k.extra(ada, id, map[string]string{}, "after what was refused")
		key := strings.Repeat("k", store.MaxExtraKeyBytes)
		k.put(ada, id, key, " "+long+" ")
		k.extra(ada, id, map[string]string{key: long}, "the longest key and value")
	}},
	{"a job has a bounded number of keys", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		for n := range store.MaxExtraKeys {
			k.put(ada, id, fmt.Sprint("key", n), `1`)
		}
		annotator := ability[forge.Annotator](k, ada)
		err := annotator.Put(k.Context(), id, "more", json.RawMessage(`1`))
		k.fails(err, store.ErrInvalid, "one key more")
		k.put(ada, id, "key0", `2`)
		k.put(ada, id, "key1", ``)
		k.put(ada, id, "more", `1`)
		k.equal(len(k.entry(ada, id).Extra), store.MaxExtraKeys, "number of keys")
	}},
}
