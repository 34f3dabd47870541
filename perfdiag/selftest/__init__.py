"""perfdiag on itself: short programs with a known illness, or none, and how often it is right about them."""
