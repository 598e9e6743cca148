"""What residents do: propose, keep drafts, add photos, follow proposals, hear of what became of them."""
