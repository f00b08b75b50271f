"""What treats a patient and is no drug: the rows of `therapies`."""
