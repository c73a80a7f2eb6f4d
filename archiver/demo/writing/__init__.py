"""What the demo blog says. The books, their authors and the people who comment are invented."""
