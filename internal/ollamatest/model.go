package ollamatest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// A Model is a Qwen2 of two layers with random weights, always the same for the same fields. Its
// zero value rambles: it fills every string and list to the limit that a schema sets. Text costs it
// one token a byte.
type Model struct {
	// Likes are pieces of text that the model prefers to everything else wherever a schema's
	// grammar allows them, each a token of its own. A reply that is made of them is short, and
	// known beforehand.
	Likes []string
}

// Sizes of the network, https://huggingface.co/docs/transformers/model_doc/qwen2.
const (
	hidden       = 64
	layers       = 2
	heads        = 4
	kvHeads      = 2
	intermediate = 128
	headSize     = hidden / heads
	window       = 32768
	noise        = 0.05 // standard deviation of the weights
	preference   = 0.6  // of what the model likes: far above the noise of an output
)

// merges are there because a tokenizer without any is refused.
func merges() [][2]string { return [][2]string{{"e", "r"}, {"i", "n"}, {"t", "h"}, {"o", "n"}} }

func special() []string { return []string{"<|endoftext|>", "<|im_start|>", "<|im_end|>"} }

// write writes the model as Ollama imports it: safetensors, configuration, tokenizer, Modelfile.
func (m Model) write(dir string) error {
	vocabulary := m.vocabulary()
	size := len(vocabulary) + len(special())
	start := len(vocabulary)
	for name, content := range map[string]any{
		"config.json": map[string]any{
			"architectures": []string{"Qwen2ForCausalLM"}, "model_type": "qwen2", "hidden_size": hidden,
			"num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": kvHeads,
			"intermediate_size": intermediate, "vocab_size": size, "max_position_embeddings": window,
			"rope_theta": 1e6, "rms_norm_eps": 1e-6, "bos_token_id": start, "eos_token_id": start + 2,
			"tie_word_embeddings": false, "torch_dtype": "float32", "hidden_act": "silu",
		},
		"tokenizer_config.json": map[string]any{
			"eos_token": "<|im_end|>", "bos_token": nil, "add_bos_token": false,
		},
		"tokenizer.json": m.tokenizer(vocabulary),
	} {
		text, err := json.Marshal(content)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	weights, err := m.weights(vocabulary)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "model.safetensors"), weights, 0o600); err != nil {
		return err
	}
	// One thread: two that wait for each other on a busy machine take many times as long.
	return os.WriteFile(filepath.Join(dir, "Modelfile"), []byte(`FROM .
PARAMETER num_thread 1
TEMPLATE """{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
"""
`), 0o600)
}

// vocabulary has every byte, the merges, and what the model likes.
func (m Model) vocabulary() []string {
	spelling := byteSpelling()
	vocabulary := append([]string{}, spelling[:]...)
	for _, pair := range merges() {
		vocabulary = append(vocabulary, pair[0]+pair[1])
	}
	for _, like := range m.Likes {
		if len(like) > 1 { // single bytes are there
			vocabulary = append(vocabulary, spell(spelling, like))
		}
	}
	return vocabulary
}

// byteSpelling is how byte-level tokenizers write each byte as a printable character, after GPT-2's
// encoder (https://github.com/openai/gpt-2/blob/master/src/encoder.py).
func byteSpelling() [256]string {
	var spelling [256]string
	next := rune(256)
	for b := range 256 {
		r := rune(b)
		if shown := r >= '!' && r <= '~' || r >= 0xa1 && r <= 0xac || r >= 0xae; !shown {
			r = next
			next++
		}
		spelling[b] = string(r)
	}
	return spelling
}

func spell(spelling [256]string, text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.WriteString(spelling[c])
	}
	return b.String()
}

func (m Model) tokenizer(vocabulary []string) map[string]any {
	numbers := make(map[string]int, len(vocabulary))
	for i, token := range vocabulary {
		numbers[token] = i
	}
	var added []map[string]any
	for i, token := range special() {
		added = append(added, map[string]any{
			"id": len(vocabulary) + i, "content": token, "special": true,
			"single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
		})
	}
	joined := make([]string, 0, len(merges()))
	for _, pair := range merges() {
		joined = append(joined, pair[0]+" "+pair[1])
	}
	return map[string]any{
		"added_tokens": added,
		"pre_tokenizer": map[string]any{"type": "Sequence", "pretokenizers": []map[string]any{
			{
				"type": "Split", "behavior": "Isolated", "invert": false,
				"pattern": map[string]string{"Regex": `(?i:'s|'t|'re|'ve|'m|'ll|'d)|` +
					`[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`},
			},
			{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
		}},
		"model": map[string]any{"type": "BPE", "vocab": numbers, "merges": joined},
	}
}

// weights returns the tensors in the safetensors format: the length of a header, the header, the
// numbers (https://huggingface.co/docs/safetensors).
func (m Model) weights(vocabulary []string) ([]byte, error) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // weights, not secrets
	header := make(map[string]any)
	var data bytes.Buffer
	tensor := func(name string, change func(i int, v float32) float32, shape ...int) {
		start, n := data.Len(), 1
		for _, size := range shape {
			n *= size
		}
		for i := range n {
			v := change(i, float32(random.NormFloat64()*noise))
			_ = binary.Write(&data, binary.LittleEndian, v) // a buffer takes everything
		}
		header[name] = map[string]any{
			"dtype": "F32", "shape": shape, "data_offsets": [2]int{start, data.Len()},
		}
	}
	as := func(_ int, v float32) float32 { return v }
	one := func(int, float32) float32 { return 1 }
	// The first component of every embedding is 1, so that the first weight of an output is a
	// constant in its favour.
	constant := func(i int, v float32) float32 {
		if i%hidden == 0 {
			return 1
		}
		return v
	}
	favoured := m.favoured(vocabulary)
	output := func(i int, v float32) float32 {
		if i%hidden == 0 {
			return favoured[i/hidden]
		}
		return v
	}
	size := len(vocabulary) + len(special())
	tensor("model.embed_tokens.weight", constant, size, hidden)
	tensor("lm_head.weight", output, size, hidden)
	tensor("model.norm.weight", one, hidden)
	for l := range layers {
		layer := fmt.Sprintf("model.layers.%d.", l)
		tensor(layer+"input_layernorm.weight", one, hidden)
		tensor(layer+"post_attention_layernorm.weight", one, hidden)
		tensor(layer+"self_attn.q_proj.weight", as, hidden, hidden)
		tensor(layer+"self_attn.q_proj.bias", as, hidden)
		tensor(layer+"self_attn.k_proj.weight", as, kvHeads*headSize, hidden)
		tensor(layer+"self_attn.k_proj.bias", as, kvHeads*headSize)
		tensor(layer+"self_attn.v_proj.weight", as, kvHeads*headSize, hidden)
		tensor(layer+"self_attn.v_proj.bias", as, kvHeads*headSize)
		tensor(layer+"self_attn.o_proj.weight", as, hidden, hidden)
		tensor(layer+"mlp.gate_proj.weight", as, intermediate, hidden)
		tensor(layer+"mlp.up_proj.weight", as, intermediate, hidden)
		tensor(layer+"mlp.down_proj.weight", as, hidden, intermediate)
	}
	head, err := json.Marshal(header)
	if err != nil {
		return nil, err
	}
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(head)))
	return append(append(file, head...), data.Bytes()...), nil
}

// favoured returns each token's constant. White space is disliked: a model that repeats one token
// is stopped by the server.
func (m Model) favoured(vocabulary []string) []float32 {
	number := make(map[string]int, len(vocabulary))
	for i, token := range vocabulary {
		number[token] = i
	}
	spelling := byteSpelling()
	favoured := make([]float32, len(vocabulary)+len(special()))
	for _, space := range []string{" ", "\n", "\t"} {
		favoured[number[spell(spelling, space)]] = -preference
	}
	for _, like := range m.Likes {
		favoured[number[spell(spelling, like)]] = preference
	}
	if len(m.Likes) > 0 {
		favoured[len(vocabulary)+2] = preference // and then it ends
	}
	return favoured
}
