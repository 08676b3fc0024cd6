"""The reader's network: one encoder, a span head for the claims, and heads that fill in each claim.

Claims are spans: a score for every token pair (i, j) no wider than WIDTH and every kind, made of what stands at the start, at
the end and inside, and of how start and end fit each other. The spans found then look at the text and at each other, in layers that
begin as copies of the encoder's last: who speaks, where and of whom often stands sentences away, and neighbours share it. Off what
they bring back is read what a claim says of itself (stance, source kind …); the words that fill its roles are found by pointing at
tokens, token 0 meaning none; claims about one event get vectors that lie close.
"""
import copy
import math

import torch
from torch import nn
from torch.nn import functional as F

from labels import CLASSES, KINDS, ROLES, WIDTH

CHANNELS, PAIR, KEY, EVENT, ROLE, CONTEXT = 8, 32, 48, 48, 96, 384
BUCKETS = 17          # distances of a token from the claim: inside, and eight doublings to either side
FEATURES = 384 * 3 + len(KINDS)
LOOKS = 2             # layers in which claims look about


def bucket(tokens, start, end):
    """[m, n]: signed, doubling distance of each token from each span."""
    before = (start[:, None] - tokens[None]).clamp(min=0).float()
    after = (tokens[None] - end[:, None]).clamp(min=0).float()
    steps = lambda d: torch.where(d > 0, (torch.log2(d.clamp(min=1)) + 1).floor().clamp(max=8), torch.zeros_like(d))
    return (8 + steps(after) - steps(before)).long()


def distances(n, start, end):
    """How far the claims [m, m] and the n tokens [m, n] stand from each claim, in buckets."""
    return bucket(start, start, end), bucket(torch.arange(n), start, end)


class Reader(nn.Module):
    def __init__(self, encoder, hidden=384):
        super().__init__()
        self.encoder = encoder
        self.drop = nn.Dropout(0.1)
        self.spans = nn.Linear(hidden, 3 * len(KINDS))
        self.pair = nn.Linear(hidden, 2 * CHANNELS * PAIR)
        self.mix = nn.Linear(CHANNELS, len(KINDS))
        self.width = nn.Parameter(torch.zeros(WIDTH, len(KINDS)))
        self.keys = nn.Linear(hidden, 2 * len(ROLES) * KEY)
        self.distance = nn.Parameter(torch.zeros(len(ROLES), BUCKETS))
        self.enter = nn.Linear(FEATURES, hidden)
        self.looks = nn.ModuleList(copy.deepcopy(encoder.layers[-1]) for _ in range(LOOKS))
        self.near = nn.Parameter(torch.zeros(2 * BUCKETS, encoder.layers[-1].heads))
        self.claim = nn.Sequential(nn.Linear(FEATURES + hidden, 512), nn.GELU(), nn.Dropout(0.1))
        self.squeeze = nn.Linear(2 * hidden, ROLE)
        self.context = nn.Sequential(nn.Linear(512 + len(ROLES) * ROLE, CONTEXT), nn.GELU(), nn.Dropout(0.2))
        self.classes = nn.ModuleDict({name: nn.Linear(CONTEXT, len(values)) for name, values in CLASSES.items()})
        self.queries = nn.Linear(512, 2 * len(ROLES) * KEY)
        self.event = nn.Linear(512, EVENT)
        self.real = nn.Linear(512, 1)
        self.event_scale = nn.Parameter(torch.tensor([4.0, -1.0]))
        nn.init.constant_(self.mix.bias, -5.0)
        # A claim enters as the mean of its words, which the copied layers understand.
        with torch.no_grad():
            self.enter.weight.mul_(0.2)
            self.enter.weight[:, 2 * hidden:3 * hidden] += torch.eye(hidden)

    def encode(self, ids, mask):
        h, first = self.encoder(ids, mask)
        h = self.drop(h)
        return h, torch.cat([h, first], -1), self.spans(h), self.pair(h), self.keys(h)

    def span_logits(self, spans, pair):
        """[b, n, WIDTH, kinds]: the score that a claim of a kind runs from token i to token i + d."""
        b, n, _ = spans.shape
        start, end, inside = spans.chunk(3, -1)
        k = len(KINDS)
        end = F.pad(end, (0, 0, 0, WIDTH)).unfold(1, WIDTH, 1)[:, :n].transpose(2, 3)
        total = F.pad(inside.cumsum(1), (0, 0, 1, 0))
        upto = F.pad(total[:, 1:], (0, 0, 0, WIDTH)).unfold(1, WIDTH, 1)[:, :n].transpose(2, 3)
        mean = (upto - total[:, :n, None]) / torch.arange(1, WIDTH + 1)[None, None, :, None]
        q, key = pair.view(b, n, 2, CHANNELS, PAIR).unbind(2)
        fit = torch.einsum("bnch,bmch->bcnm", q, key) / math.sqrt(PAIR)
        # Row i, column i + d, by reshaping: a row that is one longer than the matrix is wide shifts each row by one.
        fit = F.pad(fit, (0, WIDTH)).reshape(b, CHANNELS, n * (n + WIDTH))
        fit = F.pad(fit, (0, n)).view(b, CHANNELS, n, n + WIDTH + 1)[..., :WIDTH]
        return start[:, :, None] + end + mean + self.width + self.mix(torch.tanh(fit).permute(0, 2, 3, 1))

    @staticmethod
    def features(h, start, end, kind):
        """[m, FEATURES] of claims of one report: h [n, hidden], token bounds and kinds [m]; kind len(KINDS) is none of them."""
        total = F.pad(h.cumsum(0), (0, 0, 1, 0))
        mean = (total[end + 1] - total[start]) / (end + 1 - start)[:, None]
        return torch.cat([h[start], h[end], mean, F.one_hot(kind, len(KINDS) + 1)[:, :-1].float()], -1)

    def describe(self, features, h, claims, tokens):
        """State [m, 512], queries [m, 2, roles, KEY], event vectors and the score of being a claim, of all claims of one report together.

        h [n, hidden] without padding; claims [m, m] and tokens [m, n] are their `distances`.
        """
        x = self.enter(features)[None]
        bias = self.near[torch.cat([claims + BUCKETS, tokens], 1)].permute(2, 0, 1)[None]
        for layer in self.looks:
            x = layer(x, bias, h[None])
        state = self.claim(torch.cat([features, x[0]], -1))
        event = F.normalize(self.event(state), dim=-1)
        return state, self.queries(state).view(-1, 2, len(ROLES), KEY), event, self.real(state)[:, 0]

    def classify(self, state, roles):
        """Class logits from a claim's state and the means over the words in its roles [m, roles, 2 * hidden], 0 for none.

        What sort of speaker a source is can only be read off the words that name it, as they are and in their context.
        """
        both = self.context(torch.cat([state, F.gelu(self.squeeze(roles)).flatten(1)], -1))
        return {name: head(both) for name, head in self.classes.items()}

    @staticmethod
    def role_means(h, roles):
        """[m, roles, width]: mean of h [n, width] over each claim's role spans, given as (first, last) or None."""
        total = F.pad(h.cumsum(0), (0, 0, 1, 0))
        first = torch.tensor([[r[0] if r else 0 for r in claim] for claim in roles])
        after = torch.tensor([[r[1] + 1 if r else 0 for r in claim] for claim in roles])
        return (total[after] - total[first]) / (after - first).clamp(min=1)[..., None]

    def point(self, queries, keys, start, end, valid):
        """[m, 2, roles, n] logits of where each role's words begin and end."""
        n = keys.shape[0]
        logits = torch.einsum("msrk,nsrk->msrn", queries, keys.view(n, 2, len(ROLES), KEY)) / math.sqrt(KEY)
        near = self.distance[:, bucket(torch.arange(n), start, end)].permute(1, 0, 2)[:, None]
        near = torch.cat([torch.zeros_like(near[..., :1]), near[..., 1:]], -1)
        return (logits + near).masked_fill(~valid[None, None, None, :], -1e4)
