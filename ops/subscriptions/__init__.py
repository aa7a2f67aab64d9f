"""What other systems are told of what was changed here: webhooks, and a feed for TAK servers."""
