"""Sequence networks: an epoch of training, warm, and text written token by token. Random data; Adam; the same network for all.

lstm: LSTM 64 on (30, 8), dense 1, batches of 32 (1,024 rows); ten epochs a call, as a short training is.
gpt: 4 blocks, width 128, 4 heads, context 128, 65 tokens, batches of 32 (256 texts).
generate: the same network, 128 and 256 tokens written one by one from one token, keys and values kept.
"""

import time

import numpy as np

EPOCHS, LONG = 5, 10
WIDTH, DEPTH, HEADS, CONTEXT, TOKENS = 128, 4, 4, 128, 65


def timed(works, first=True):
    """Seconds of each work's first call, and the median of further ones."""
    found = {}
    for label, work in works.items():
        started = time.perf_counter()
        work()
        if first:
            found[f"{label}, first"] = time.perf_counter() - started
        further = []
        for _ in range(EPOCHS):
            started = time.perf_counter()
            work()
            further.append(time.perf_counter() - started)
        found[label] = float(np.median(further))
    return found


def series():
    random = np.random.default_rng(0)
    return random.normal(size=(1024, 30, 8)).astype("float32"), random.normal(size=(1024, 1)).astype("float32")


def texts():
    random = np.random.default_rng(0)
    numbers = random.integers(0, TOKENS, (256, CONTEXT + 1))
    return numbers[:, :-1].astype("int32"), numbers[:, 1:].astype("int32")


def lstm_fit(keras):
    layers = keras.layers
    model = keras.Sequential([keras.Input((30, 8)), layers.LSTM(64), layers.Dense(1)])
    model.compile("adam", "mse")
    x, y = series()
    return lambda: model.fit(x, y, batch_size=32, epochs=LONG, verbose=0)


def glassnet():
    import glassnet as keras
    from glassnet.models import GPT

    model = GPT(TOKENS, CONTEXT, WIDTH, DEPTH, HEADS, seed=0)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = texts()
    return timed(
        {
            "lstm": lstm_fit(keras),
            "gpt": lambda: model.fit(x, y, batch_size=32, epochs=1, verbose=0),
            "generate 127": lambda: model.generate([1], 127, seed=0),
            "generate 256": lambda: model.generate([1], 256, seed=0),
        }
    )


def keras_gpt(keras):
    layers = keras.layers
    tokens = keras.Input((CONTEXT,), dtype="int32")
    positions = keras.ops.arange(CONTEXT)
    h = layers.Embedding(TOKENS, WIDTH)(tokens) + layers.Embedding(CONTEXT, WIDTH)(positions)
    for _ in range(DEPTH):
        n = layers.LayerNormalization()(h)
        h = h + layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(n, n, use_causal_mask=True)
        n = layers.Dense(4 * WIDTH, "gelu")(layers.LayerNormalization()(h))
        h = h + layers.Dense(WIDTH)(n)
    model = keras.Model(tokens, layers.Dense(TOKENS)(layers.LayerNormalization()(h)))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def keras_peer():
    import keras

    model = keras_gpt(keras)
    x, y = texts()
    return timed({"lstm": lstm_fit(keras), "gpt": lambda: model.fit(x, y, batch_size=32, epochs=1, verbose=0)})


def pytorch():
    import torch

    nn, functional = torch.nn, torch.nn.functional
    torch.manual_seed(0)
    x, y = (torch.tensor(a) for a in series())

    class Series(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.out = nn.LSTM(8, 64, batch_first=True), nn.Linear(64, 1)

        def forward(self, x):
            return self.out(self.lstm(x)[0][:, -1])

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.before, self.after = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
            self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
            self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

        def forward(self, h, past=None):
            b, t, _ = h.shape
            q, k, v = (part.view(b, t, HEADS, -1).transpose(1, 2) for part in self.qkv(self.before(h)).split(WIDTH, -1))
            if past is not None:
                k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
            a = functional.scaled_dot_product_attention(q, k, v, is_causal=past is None)
            h = h + self.out(a.transpose(1, 2).reshape(b, t, WIDTH))
            return h + self.down(functional.gelu(self.up(self.after(h)), approximate="tanh")), (k, v)

    class Text(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens, self.places = nn.Embedding(TOKENS, WIDTH), nn.Embedding(CONTEXT, WIDTH)
            self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
            self.norm = nn.LayerNorm(WIDTH)

        def forward(self, x, kept=None, at=0):
            h = self.tokens(x) + self.places(torch.arange(at, at + x.shape[1]))
            now = []
            for index, block in enumerate(self.blocks):
                h, pair = block(h, None if kept is None else kept[index])
                now.append(pair)
            return self.norm(h) @ self.tokens.weight.T, now

    def fit(model, x, y, loss, epochs=1):
        optimizer = torch.optim.Adam(model.parameters(), fused=True)

        def train():
            for _ in range(epochs):
                for part in torch.randperm(len(x)).split(32):
                    optimizer.zero_grad()
                    loss(model(x[part]), y[part]).backward()
                    optimizer.step()

        return train

    text = Text()
    a, b = (torch.tensor(n, dtype=torch.long) for n in texts())

    @torch.inference_mode()
    def generate(length):
        written = [1]
        kept, at = None, 0
        for _ in range(length):
            if at == CONTEXT:  # the window is full: begin again with its last half
                kept, at = None, 0
                logits, kept = text(torch.tensor([written[-CONTEXT // 2 :]]), None, 0)
                at = CONTEXT // 2
            else:
                logits, kept = text(torch.tensor([written[-1:]]), kept, at)
                at += 1
            written.append(int(torch.multinomial(torch.softmax(logits[0, -1], -1), 1)))

    return timed(
        {
            "lstm": fit(Series(), x, y, nn.MSELoss(), LONG),
            "gpt": fit(text, a, b, lambda out, y: functional.cross_entropy(out[0].flatten(0, 1), y.flatten())),
            "generate 127": lambda: generate(127),
            "generate 256": lambda: generate(256),
        }
    )


CONTENDERS = {
    "glassnet": glassnet,
    "PyTorch, plain loop, two threads, fused Adam": pytorch,
    "Keras on JAX": keras_peer,
    "Keras on TensorFlow": keras_peer,
}
ENVIRONMENT = {
    "Keras on JAX": {"KERAS_BACKEND": "jax"},
    "Keras on TensorFlow": {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""},
}
