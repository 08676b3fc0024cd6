"""The label lists that the network's outputs are in order of; written to labels.json beside the model."""

KINDS = """attack clash explosion shelling airstrike abduction arrest deaths injuries missing captives seizure recapture
withdrawal repelled siege looting destruction materiel displacement responsibility attribution operation""".split()

# One classification head each; "" is none.
CLASSES = {
    "stance": "states confirms denies does-not-confirm estimates alleges shows".split(),
    "certainty": "certain probable possible".split(),
    "polarity": "positive negative".split(),
    "scope": "incident period background".split(),
    "victims": ["", *"military police armed-group civilian peacekeeper mixed unknown".split()],
    "source": ["", *"""media armed-group military police government local-official resident witness medical ngo un
foreign-government analyst unnamed-official unnamed imagery document""".split()],
    "outer": ["", *"""media armed-group military police government local-official resident witness medical ngo un
foreign-government analyst unnamed-official unnamed imagery document""".split()],
}

# One pointer each: the words in the report that fill a role of the claim, or none.
ROLES = "source outer actor target place date count weapon".split()

# Longest run of tokens that fills each role; nearly all of gold's are shorter.
ROLE_TOKENS = [20, 12, 18, 18, 10, 12, 8, 8]

# Widest claim quote, in tokens, that the span head considers.
WIDTH = 40
