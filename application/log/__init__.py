"""The public, signed Merkle log: canonical bytes, tiles, checkpoints, receipts."""
