"""The pages: each file one page, its layout pure, its callbacks a few lines."""
