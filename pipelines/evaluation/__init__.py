"""Records against gold: what is compared (`predictions`), how (`people`, `drugs`), and the figures that come out (`scores`). See `pipelines.evaluation.evaluate`."""
