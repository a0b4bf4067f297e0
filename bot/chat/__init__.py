"""The chat: the Discord client, questions and answers, controls, and what failures say."""
