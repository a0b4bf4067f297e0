"""Cards: facts as embeds and as plain words, in the language of a newsroom."""
