"""Who reads the documents, and how one is read: tasks go in, outcomes come out, the same whichever engine."""
