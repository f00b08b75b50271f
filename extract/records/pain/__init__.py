"""The pain ratings of each patient: which mentions are ratings, of which phase, under which treatment."""
