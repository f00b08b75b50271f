"""Whether a mention holds: assertion and status, decided by triggers, their direction and their scope (ConText, Harkema 2009)."""
