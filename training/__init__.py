"""Everything that makes the shipped model: sources, labels, corpus, fitting, the release gate."""
