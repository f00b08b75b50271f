"""What many reports become: discover, run, store, export, evaluate; the command line."""
