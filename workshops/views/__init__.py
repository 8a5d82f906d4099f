"""Pages of the workshops, one module for each who looks at them."""
