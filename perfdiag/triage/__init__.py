"""A round over the whole host: what is saturated, which processes are behind it, what to look at next."""
