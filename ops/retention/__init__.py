"""How long what is kept: groups, reviews, holds, and erasure that leaves the fact."""
