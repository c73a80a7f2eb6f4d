"""What is known of a post beside its text: `read.read` asks each module here for its part."""
