"""The check-in desk: who stands before it, slips that replace others, and the piles it answers for. It knows no vote."""
