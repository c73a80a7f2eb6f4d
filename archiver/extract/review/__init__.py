"""Which work a post reviews: `find` weighs marked-up reviews, ratings and titles."""
