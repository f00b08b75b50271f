"""The tables of an output folder as files: written from the store, kept when somebody edited them, taken back in."""
