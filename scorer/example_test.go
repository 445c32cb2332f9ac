package scorer_test

import (
	"context"
	"fmt"

	"github.com/agent-forge/forge/scorer"
)

func ExampleNewCascade() {
	cheap, model := &script{name: "lexical", score: 3}, &script{name: "model", score: 70}
	s, err := scorer.NewCascade(cheap, model, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := s.Score(context.Background(), "Ten years of Go.", posting("1"))
	fmt.Println(a.Score, a.By, err, model.calls.Load(), "model calls")
	// Output: 3 lexical/1 <nil> 0 model calls
}

func ExampleNewNearGate() {
	model := &script{name: "model", score: 31, again: scores(24, 28)}
	s, err := scorer.NewNearGate(model, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := s.Score(context.Background(), "Ten years of Go.", posting("1"))
	fmt.Println(a.Score, err)
	// Output: 28 <nil>
}

func ExampleNewCached() {
	model := &script{name: "model", score: 70}
	s, err := scorer.NewCached(model, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		if _, err := s.Score(context.Background(), "Ten years of Go.", posting("1")); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(model.calls.Load(), "model call")
	// Output: 1 model call
}

func ExampleNewFallback() {
	model, lexical := &script{name: "model", err: scorer.ErrUnavailable}, &script{name: "lexical", score: 40}
	s, err := scorer.NewFallback(model, lexical, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := s.Score(context.Background(), "Ten years of Go.", posting("1"))
	fmt.Println(a.Score, a.By, err)
	// Output: 40 fallback/lexical/1 <nil>
}
