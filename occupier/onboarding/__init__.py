"""The conversation from which settings come: one question at a time, with its why, and a way back."""
