"""The jobs that run during a night: notices, summaries, boards, the desk's channel, the log."""
