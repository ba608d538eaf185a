"""Texts in which a batch could see other hits than a text alone."""

#: Readings that go over several tokens, and neighbours that must not be taken for them.
TRICKY = (
    "", " ", "—", "f", "f u c k", "f u c k you", "f. u. c. k.", "f - u - c - k", "f uck off",
    "fu ck it", "F U", "f you", "what the f is this", "the f are you on", "I am the f", "a b c",
    "A s s", "s h i t!", "I a m", "jerk off", "he jerk ed off", "Vitamin C you know",
    "it was a f you moment", "the f-word, the f word and the F-bomb", "b i t c h", "you",
    "c o c k s", "bull shit", "shi- tting", "coal tit", "the great tit.", "cock- a-hoop", "I I I",
    "[expletive deleted]", "f*** f *** f", "f u", "“f” “u” “c” “k”", "n ig", "a ss", "a s",
    "Won't say the S word.", "a damn", "The damn thing", "I damn", "Ms F---", "fuck. fuck",
    "a Ball... Sack", "de souza, fu, ck", "I am a s s", "Treasury- Owned", "fu - ck and de - ck",
    "It was H ELL!", "h ell", "Offa's Dyke", "Offa’s dyke runs", "by Balaam's ass.", "offa dyke",
)  # fmt: skip
