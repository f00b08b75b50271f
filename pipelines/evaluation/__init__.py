"""Records against gold: what is compared (`claims`), how (`people`, `drugs`), and the figures that come out (`scores`). See `pipelines.evaluate`."""
