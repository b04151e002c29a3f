//! Experiments: the specification, training, evaluation, measures and results.
