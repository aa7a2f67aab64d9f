"""The pages that say what to do, step by step, within the product."""
