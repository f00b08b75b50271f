"""What is told of the course of a drug beside its dosing: columns of `treatments`."""
